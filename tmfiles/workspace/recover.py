"""Finishes or puts back what a killed write left, from its pending record; runs under the lock."""

from __future__ import annotations

from tmfiles.errors import TmError
from tmfiles.git import objects, worktree
from tmfiles.git.commit import discard, publish
from tmfiles.git.history import ancestor
from tmfiles.git.repository import head
from tmfiles.git.state import state
from tmfiles.workspace import record
from tmfiles.workspace.refresh import digest_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tmfiles.git.repository import Repository
    from tmfiles.git.worktree import Blob
    from tmfiles.workspace.place import Workspace
    from tmfiles.workspace.record import Record


def recover(workspace: Workspace, repository: Repository) -> list[str]:
    """Mend the store after a killed write; give what the user should be told (nothing, as a rule).

    The write is finished where it can be: the branch is as it was, or has the commit already. Else its
    files get their earlier bytes. A file that holds neither version was edited since, and is left alone.
    """
    left = record.load(workspace.private)
    if left is None:
        return []
    workspace.store.clear_temporaries([file["path"] for file in left.files])
    # A git that outlived its tm may still be at work here.
    worktree.wait_until_free(repository)
    finished = _finished(workspace, repository, left)
    if not finished:
        _bring(workspace, repository, left, "old")
        _restore_index(workspace, repository, left)
        discard(repository)
    record.drop(workspace.private)
    return [f"{'finished' if finished else 'took back'} an interrupted tm {left.what}"]


def _finished(workspace: Workspace, repository: Repository, left: Record) -> bool:
    """Finish the write if that can be done; the order of the steps is that of the write itself."""
    if not left.commit:
        _bring(workspace, repository, left, "new")
        return True
    if _in_history(workspace, repository, left):
        _refresh_index(workspace, repository, left, "HEAD")
        return True
    here = head(repository)
    same_place = here.commit == (left.parent or None) and (here.branch or "") == left.branch
    if not (same_place and left.commit != record.HOOKED and state(repository) in ("", "merge")):
        return False
    if _blobs(workspace, repository, left.commit) is None:
        return False  # the commit's objects did not outlive a power cut
    _bring(workspace, repository, left, "new")
    _refresh_index(workspace, repository, left, left.commit)
    return publish(repository, left.commit, here.commit, "tm: recovered") or _in_history(workspace, repository, left)


def _blobs(workspace: Workspace, repository: Repository, revision: str) -> dict[str, Blob] | None:
    try:
        return worktree.listed(repository, revision, workspace.repository_path("").rstrip("/"))
    except TmError:
        return None


def _in_history(workspace: Workspace, repository: Repository, left: Record) -> bool:
    """Tell whether HEAD has the commit, or its contents: a commit of the user's may have taken them in."""
    now = head(repository).commit
    if not now:
        return False
    try:
        if left.commit != record.HOOKED and ancestor(repository, left.commit, now):
            return True
    except TmError:
        pass  # the commit is gone
    paths = [workspace.repository_path(file["path"]) for file in left.files]
    held = objects.read(repository, [f"{now}:{path}" for path in paths])
    return all(_digest(data) == file["new_digest"] for data, file in zip(held, left.files, strict=True))


def _refresh_index(workspace: Workspace, repository: Repository, left: Record, revision: str) -> None:
    """Let Git's index follow, but not at files that were edited, and maybe staged, since."""
    blobs = _blobs(workspace, repository, revision) or {}
    untouched = [file["path"] for file in left.files if _here(workspace, file) == file["new_digest"]]
    paths = [workspace.repository_path(path) for path in untouched]
    worktree.refresh_index(repository, {path: blobs.get(path) for path in paths})


def _restore_index(workspace: Workspace, repository: Repository, left: Record) -> None:
    paths = {workspace.repository_path(file["path"]): file for file in left.files}
    if left.commit == record.HOOKED:  # the index had to hear of new files first
        worktree.refresh_index(repository, {path: None for path, file in paths.items() if not file["old_digest"]})
        return
    blobs = _blobs(workspace, repository, left.commit)
    if blobs is not None:
        ids = {path: file.get("staged") for path, file in paths.items()}
        worktree.restore_index(repository, {path: blobs.get(path) for path in paths}, ids)


def _bring(workspace: Workspace, repository: Repository, left: Record, side: str) -> None:
    """Give the files that hold one side of the write the other one."""
    other = "old" if side == "new" else "new"
    turn = [
        file
        for file in left.files
        if file["old_digest"] != file["new_digest"] and _here(workspace, file) == file[f"{other}_digest"]
    ]
    wanted: dict[str, bytes | None] = {file["path"]: file.get(side) for file in turn}
    absent = [file for file in turn if file[f"{side}_digest"] and side not in file]
    revision = left.commit if side == "new" else left.before
    names = [f"{revision}:{workspace.repository_path(file['path'])}" for file in absent]
    for file, data in zip(absent, objects.read(repository, names), strict=True):
        wanted[file["path"]] = data
        if data is None:  # it cannot be had any more: what is there stays
            del wanted[file["path"]]
    still = {file["path"]: file for file in turn}
    if wanted:
        workspace.store.replace(wanted, lambda path: _here(workspace, still[path]) == still[path][f"{other}_digest"])


def _here(workspace: Workspace, file: dict[str, Any]) -> str:
    try:
        return _digest(workspace.store.read(file["path"]))
    except FileNotFoundError:
        return ""
    except OSError:
        return "?"  # a folder, say, which is neither version


def _digest(data: bytes | None) -> str:
    return "" if data is None else digest_of(data).hex()
