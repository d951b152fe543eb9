"""What HEAD and the index hold at given paths, and the index brought up to a commit; makes no commit."""

from __future__ import annotations

import os
import posixpath
from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence

from tmfiles.git import process
from tmfiles.git.objects import lines, path_bytes, path_text
from tmfiles.git.repository import Repository, head

FEW = 50
"""Up to so many paths are asked for one by one; beyond, git lists the folder they share."""


class Blob(namedtuple("Blob", "id mode", defaults=("100644",))):
    """A file as a tree or the index holds it: the blob's id, and the mode as octal text."""

    __slots__ = ()

    id: str
    mode: str


class Entry(namedtuple("Entry", "head index unmerged")):
    """One path: the blob's id in HEAD and in the index (None: not there), and whether it is unmerged."""

    __slots__ = ()

    head: str | None
    index: str | None
    unmerged: bool


def entries(repo: Repository, commit: str | None, paths: Sequence[str]) -> dict[str, Entry]:
    """Tell what `commit` (HEAD's; None when unborn) and the index hold at each path."""
    if len(paths) > FEW:
        return _entries_by_listing(repo, commit, paths)
    if not paths:
        return {}
    questions = [f"{side}:{path}" for path in paths for side in (commit or ":0", ":0", ":1", ":2", ":3")]
    args = ("cat-file", "--batch-check=%(objectname) %(objecttype)")
    answers = process.run(repo.root, *args, stdin=lines(questions)).out.decode("utf-8", "replace").split("\n")
    ids = [line[: -len(" blob")] if line.endswith(" blob") else None for line in answers]
    found = {}
    for n, path in enumerate(paths):
        in_head, in_index, *stages = ids[5 * n : 5 * n + 5]
        found[path] = Entry(in_head if commit else None, in_index, any(stages))
    return found


def listed(repo: Repository, commit: str, folder: str = "") -> dict[str, Blob]:
    """List the files that a commit holds under a folder, all of them without one."""
    found = {}
    args = ["--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", commit, *([folder + "/"] if folder else [])]
    for line in process.run(repo.root, *args).out.split(b"\0")[:-1]:
        about, _, path = line.partition(b"\t")
        mode, kind, name = about.decode("ascii").split(" ")
        if kind == "blob":
            found[path_text(path)] = Blob(name, mode)
    return found


def staged(repo: Repository, folder: str = "", index_file: str | None = None) -> tuple[dict[str, Blob], set[str]]:
    """List the files in the index under a folder, and the paths that are unmerged.

    `index_file` names another index than the work tree's own: git gives one to a pre-commit hook, in
    GIT_INDEX_FILE, when only some of the changes are committed.
    """
    blobs: dict[str, Blob] = {}
    unmerged = set()
    args = ["--literal-pathspecs", "ls-files", "-s", "-z", "--full-name", *(["--", folder] if folder else [])]
    env = {"GIT_INDEX_FILE": os.path.abspath(index_file)} if index_file else None
    for line in process.run(repo.root, *args, env=env).out.split(b"\0")[:-1]:
        about, _, path = line.partition(b"\t")
        mode, name, stage = about.decode("ascii").split(" ")
        if stage == "0":
            blobs[path_text(path)] = Blob(name, mode)
        else:
            unmerged.add(path_text(path))
    return blobs, unmerged


def refresh_index(repo: Repository, blobs: Mapping[str, Blob | None], limit: float = 10.0) -> None:
    """Make the index hold what was just committed at these paths (None: deleted), and nothing else new.

    Without it the user's next commit would take the change back. Waits up to `limit` seconds for another
    git process that holds the index.
    """
    if not blobs:
        return
    # First the exact entries, which also lifts skip-worktree and assume-unchanged from a path that has
    # changed; then the files that are there, for their stat data, or git shows changes where there are none.
    gone = [p for p, blob in blobs.items() if blob is None]
    there = [p for p, blob in blobs.items() if blob and _is_file(os.path.join(repo.root, p))]
    if len(blobs) <= FEW:
        exact = [
            word for path, blob in blobs.items() if blob for word in ("--cacheinfo", f"{blob.mode},{blob.id},{path}")
        ]
        away = ["--force-remove", *(f"./{p}" for p in gone)] if gone else []
        _update_index(repo, [*exact, *(f"./{p}" for p in there), *away], b"", limit)
        return
    _set_index(repo, blobs, limit)
    if there:
        _update_index(repo, ["-z", "--stdin"], b"".join(path_bytes(p) + b"\0" for p in there), limit)


def stage_files(repo: Repository, paths: Sequence[str], limit: float = 10.0) -> None:
    """Make the index hold these paths as they are in the work tree, also those that were unmerged or are gone."""
    if paths:
        _update_index(repo, ["--remove", "-z", "--stdin"], b"".join(path_bytes(p) + b"\0" for p in paths), limit)


def restore_index(repo: Repository, ours: Mapping[str, Blob | None], ids: Mapping[str, str | None]) -> None:
    """Make the index hold the blobs `ids` (None: nothing) again at those paths where it holds `ours`."""
    told = entries(repo, None, list(ours))
    mine = [path for path, blob in ours.items() if told[path].index == (blob and blob.id)]
    commit = head(repo).commit
    held = listed(repo, commit, shared_folder(mine)) if commit and mine else {}
    blobs = {
        path: Blob(name, held[path].mode if path in held else "100644") if name else None for path, name in ids.items()
    }
    _set_index(repo, {path: blobs[path] for path in mine}, 10.0)


def wait_until_free(repo: Repository, limit: float = 10.0) -> None:
    """Wait up to `limit` seconds for another git process that holds the index."""
    process.wait_until_free(os.path.join(repo.gitdir, "index.lock"), limit)


def _set_index(repo: Repository, blobs: Mapping[str, Blob | None], limit: float) -> None:
    nothing = "0" * len(head(repo).commit or 40 * "0")
    info = b"".join(_index_info(path, blob or Blob(nothing, "0")) for path, blob in blobs.items())
    if info:
        _update_index(repo, ["-z", "--index-info"], info, limit)


def _update_index(repo: Repository, args: Sequence[str], stdin: bytes, limit: float) -> None:
    # With fileMode off the mode stays the one committed, whatever the file's own is: that is another edit.
    process.run_when_unlocked(
        repo.root,
        *("-c", "core.fileMode=false", "update-index", "--add", "--replace", *args),
        limit=limit,
        lock=os.path.join(repo.gitdir, "index.lock"),
        stdin=stdin,
    )


def _index_info(path: str, blob: Blob) -> bytes:
    return f"{blob.mode} {blob.id}\t".encode("ascii") + path_bytes(path) + b"\0"


def _entries_by_listing(repo: Repository, commit: str | None, paths: Sequence[str]) -> dict[str, Entry]:
    folder = shared_folder(paths)
    committed = listed(repo, commit, folder) if commit else {}
    index, unmerged = staged(repo, folder)
    found = {}
    for path in paths:
        in_head, in_index = committed.get(path), index.get(path)
        found[path] = Entry(in_head and in_head.id, in_index and in_index.id, path in unmerged)
    return found


def shared_folder(paths: Iterable[str]) -> str:
    """Give the deepest folder that all paths lie under, '' for the top."""
    return posixpath.commonpath([posixpath.dirname(p) for p in paths])


def _is_file(path: str) -> bool:
    return os.path.isfile(path) and not os.path.islink(path)
