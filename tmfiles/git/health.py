"""What a clone is like as a whole: loose objects, linked work trees, depth; changes nothing."""

from __future__ import annotations

import os

from tmfiles.git import process
from tmfiles.git.objects import path_text
from tmfiles.git.repository import Repository


def loose(repo: Repository) -> int:
    """Count the objects that lie in a file of their own each."""
    lines = process.run(repo.root, "count-objects", "-v").out.decode("ascii", "replace").splitlines()
    return next((int(line.partition(":")[2]) for line in lines if line.startswith("count:")), 0)


def gone_work_trees(repo: Repository) -> list[str]:
    """List the linked work trees whose folder is gone."""
    out = process.run(repo.root, "worktree", "list", "--porcelain").out
    paths = [path_text(line[len(b"worktree ") :]) for line in out.splitlines() if line.startswith(b"worktree ")]
    return [path for path in paths if not os.path.isdir(path)]


def shallow(repo: Repository) -> frozenset[str]:
    """Give the commits whose parents a shallow clone left behind: Git shows them as if they had none."""
    try:
        with open(os.path.join(repo.commondir, "shallow"), encoding="ascii") as file:
            return frozenset(file.read().split())
    except FileNotFoundError:
        return frozenset()


def lost(repo: Repository, folder: str = "") -> list[str]:
    """List the files under a folder that the index and HEAD have, and the work tree has not."""
    args = ("--literal-pathspecs", "ls-files", "-d", "-z", "--full-name")
    out = process.run(repo.root, *args, *(("--", folder) if folder else ())).out
    return [path_text(name) for name in out.split(b"\0")[:-1]]
