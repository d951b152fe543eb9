"""Which files differ between HEAD, the index, the work tree and commits, by the ids of blobs; reads no contents."""

from __future__ import annotations

import os
from collections import namedtuple
from collections.abc import Container, Mapping, Sequence

from tmfiles.git import process
from tmfiles.git.objects import path_text
from tmfiles.git.repository import Repository, head
from tmfiles.git.worktree import Blob, entries

_RAW = ("--raw", "-z", "-r", "--no-renames", "--abbrev=64")


class Indexed(namedtuple("Indexed", "blobs differing unmerged")):
    """What the index holds: blobs by path, the paths that may lie otherwise in the work tree, the unmerged ones."""

    __slots__ = ()

    blobs: dict[str, Blob]
    differing: set[str]
    unmerged: set[str]


def indexed(repo: Repository, folder: str = "", index_file: str | None = None) -> Indexed:
    """List the files in the index under a folder, and which of them the work tree has otherwise.

    `index_file` names another index than the work tree's own: git gives one to its hooks, in GIT_INDEX_FILE,
    when only some of the changes are committed.
    """
    found = Indexed({}, set(), set())
    args = ["--literal-pathspecs", "ls-files", "-v", "-s", "-m", "-d", "-z", "--full-name"]
    out = process.run(repo.root, *args, *_limited(folder), env=_index(index_file)).out
    for line in out.split(b"\0")[:-1]:
        about, _, name = line.partition(b"\t")
        tag, mode, blob, stage = about.decode("ascii").split(" ")
        path = path_text(name)
        if stage != "0":
            found.unmerged.add(path)
            continue
        found.blobs[path] = Blob(blob, mode)
        if tag != "H":  # changed, removed, or one of those that git was told not to look at
            found.differing.add(path)
    return found


def staged(
    repo: Repository, folder: str = "", index_file: str | None = None, parent: str = ""
) -> dict[str, tuple[Blob | None, ...]]:
    """Give (before, after) of each path under a folder that a commit of the index would change.

    They are compared with HEAD, or with `parent`.
    """
    base = parent or head(repo).commit or empty_tree(repo)
    args = ("--literal-pathspecs", "diff-index", "--cached", *_RAW)
    env = _index(index_file)
    found = _raw(process.run(repo.root, *args, base, *_limited(folder), env=env).out)
    if any(_is_announced(*sides) for sides in found.values()):
        # Of what is only announced (git add -N), the index has an empty blob that no commit takes in.
        real = process.run(repo.root, *args, "--ita-invisible-in-index", base, *_limited(folder), env=env).out
        kept = _raw(real)
        found = {path: sides for path, sides in found.items() if path in kept}
    return found


def announced(repo: Repository, blobs: Mapping[str, Blob], changes: Container[str]) -> set[str]:
    """Give the paths that the index only announces: it holds them empty, and a commit makes nothing of it."""
    empty = [path for path, blob in blobs.items() if _is_empty(blob.id) and path not in changes]
    held = entries(repo, head(repo).commit, empty)
    return {path for path in empty if held[path].head is None}


def unsaved(repo: Repository, folder: str = "") -> set[str]:
    """List the paths under a folder that HEAD, the index and the work tree do not all hold alike.

    What git ignores is left out, and what another repository in it holds.
    """
    args = ("--no-optional-locks", "--literal-pathspecs", "status", "--porcelain", "-z", "--no-renames")
    out = process.run(repo.root, *args, "--untracked-files=all", "--ignore-submodules", *_limited(folder)).out
    return {path_text(line[3:]) for line in out.split(b"\0")[:-1] if not line.endswith(b"/")}


def nothing(repo: Repository) -> str:
    """Give the id of the tree without a file, to compare a first commit with."""
    return process.run(repo.root, "hash-object", "-t", "tree", "--stdin").out.decode("ascii").strip()


def between(repo: Repository, old: str, new: str, folder: str = "") -> dict[str, tuple[Blob | None, ...]]:
    """Give (before, after) of each path under a folder that differs between two commits or trees."""
    args = ("--literal-pathspecs", "diff-tree", *_RAW, old, new)
    return _raw(process.run(repo.root, *args, *_limited(folder)).out)


def work_tree(repo: Repository, old: str, folder: str = "") -> set[str]:
    """Give the paths under a folder that may lie in the work tree otherwise than in a commit or tree.

    What the index does not know is among them, ignored or not, and so is what merely was touched.
    """
    args = ("--literal-pathspecs", "diff-index", *_RAW, old, *_limited(folder))
    found = set(_raw(process.run(repo.root, *args).out))
    args = ("--literal-pathspecs", "ls-files", "-z", "--others", *_limited(folder))
    return found | {path_text(name) for name in process.run(repo.root, *args).out.split(b"\0") if name}


def empty_tree(repo: Repository) -> str:
    """Give the id of the tree that holds nothing."""
    return process.run(repo.root, "hash-object", "-t", "tree", "--stdin").out.decode("ascii").strip()


def _limited(folder: str) -> Sequence[str]:
    return ("--", folder) if folder else ()


def _index(index_file: str | None) -> Mapping[str, str] | None:
    return {"GIT_INDEX_FILE": os.path.abspath(index_file)} if index_file else None


def _is_announced(before: Blob | None, after: Blob | None) -> bool:
    return before is None and after is not None and _is_empty(after.id)


def _is_empty(blob: str) -> bool:
    """Tell whether this is the id of a blob without a byte."""
    return blob.startswith(("e69de29bb2d1", "473a0f4c3be8"))


def _raw(out: bytes) -> dict[str, tuple[Blob | None, ...]]:
    """Read git's raw format: `:mode mode id id status`, and a path."""
    found: dict[str, tuple[Blob | None, ...]] = {}
    fields = iter(out.split(b"\0"))
    for about in fields:
        if not about:
            break
        old_mode, new_mode, old, new, _status = about[1:].decode("ascii").split(" ")
        sides = ((old, old_mode), (new, new_mode))
        found[path_text(next(fields))] = tuple(Blob(*side) if side[1] != "000000" else None for side in sides)
    return found
