"""What git could not merge: the versions its index holds of a path, and the commits of both sides."""

from __future__ import annotations

import os

from tmfiles.git import process
from tmfiles.git.objects import path_text
from tmfiles.git.repository import Repository, head
from tmfiles.git.worktree import Blob

# What names the other side's commit, by the state that `state.state` tells.
_OTHER = {"merge": "MERGE_HEAD", "cherry-pick": "CHERRY_PICK_HEAD", "rebase": "REBASE_HEAD"}
BASE, OURS, THEIRS = 1, 2, 3


def stages(repo: Repository, folder: str = "") -> dict[str, dict[int, Blob]]:
    """Give the versions of each unmerged path under a folder, by stage: base, ours, theirs."""
    found: dict[str, dict[int, Blob]] = {}
    args = ["--literal-pathspecs", "ls-files", "-u", "-z", "--full-name", *(["--", folder] if folder else [])]
    for line in process.run(repo.root, *args).out.split(b"\0")[:-1]:
        about, _, path = line.partition(b"\t")
        mode, name, stage = about.decode("ascii").split(" ")
        found.setdefault(path_text(path), {})[int(stage)] = Blob(name, mode)
    return found


def sides(repo: Repository, state: str) -> tuple[str, str]:
    """Give the commits of our side and theirs; '' where there is none, as when a stash is brought back."""
    theirs = _OTHER.get(state, "")
    return head(repo).commit or "", _commit(repo, theirs) if theirs else ""


def put_aside(repo: Repository) -> str:
    """Give the commit of what was stashed last, which git keeps while it is unmerged; '' for none."""
    return _commit(repo, "refs/stash")


def replaced(folder: str, data: bytes) -> str:
    """Give the path where the last commit of HEAD that took a blob away had it; '' where none did.

    Each side of a merge of three versions has put another in the place of the first.
    """
    name = process.run(folder, "hash-object", "--stdin", stdin=data).out.decode("ascii").strip()
    args = (
        "log",
        "-1",
        "--format=",
        "--name-status",
        "-z",
        "--no-renames",
        "--diff-filter=MD",
        f"--find-object={name}",
    )
    found = process.run(folder, *args, accept=process.ANY).out.split(b"\0")
    return path_text(found[1]) if len(found) > 1 else ""


def _commit(repo: Repository, name: str) -> str:
    out = process.run(repo.root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", accept=(0, 1)).out
    return out.decode("ascii").strip()


def naming(repo: Repository, commit: str, folder: str, word: str) -> list[str]:
    """List the files under a folder in which a commit has the word."""
    args = ("grep", "-l", "-z", "-F", "-w", "-e", word, commit, "--", f":(top){folder}" if folder else ":(top)")
    out = process.run(repo.root, *args, accept=(0, 1)).out
    return [path_text(name).partition(":")[2] for name in out.split(b"\0")[:-1]]


def last_touching(repo: Repository, commits: list[str], pathspec: str, word: str = "") -> str:
    """Give `id (author) subject` of the last commit that added or took the word in a path, or removed the path."""
    how = [f"-S{word}"] if word else ["--diff-filter=D"]
    args = ["log", "-1", "--format=%h (%an) %s", *how, *[one for one in commits if one], "--", f":(top,glob){pathspec}"]
    return os.fsdecode(process.run(repo.root, *args).out).strip()
