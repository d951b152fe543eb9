"""Finishes or puts back what a killed write left, from its pending record; runs under the lock."""

from __future__ import annotations

from tmfiles.errors import TmError
from tmfiles.git import objects, worktree
from tmfiles.git.commit import publish
from tmfiles.git.history import ancestor
from tmfiles.git.repository import head
from tmfiles.git.state import state
from tmfiles.workspace import record
from tmfiles.workspace.refresh import digest_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tmfiles.git.repository import Repository
    from tmfiles.workspace.place import Workspace
    from tmfiles.workspace.record import Record


def recover(workspace: Workspace) -> list[str]:
    """Mend the store after a killed write; give what the user should be told (nothing, as a rule).

    The write is finished where the branch is as it was or has the commit already; else its files get
    their earlier bytes. A file that holds neither version was edited since, and is left alone.
    """
    left = record.load(workspace.private)
    if left is None:
        return []
    workspace.store.clear_temporaries([file["path"] for file in left.files])
    repository = workspace.repository
    if repository is None:
        raise TmError(f"{workspace.root} is in no Git repository", "make one: git init", "git")
    finish = not left.commit or _can_finish(repository, left)
    _bring(workspace, repository, left, "new" if finish else "old")
    if left.commit and finish:
        now = head(repository).commit
        if now == (left.parent or None):
            publish(repository, left.commit, now, "tm: recovered")
        _refresh_index(workspace, repository, left)
    record.drop(workspace.private)
    return [f"{'finished' if finish else 'took back'} an interrupted tm {left.what}"]


def _can_finish(repository: Repository, left: Record) -> bool:
    now = head(repository)
    if now.commit and ancestor(repository, left.commit, now.commit):
        return True
    same_place = now.commit == (left.parent or None) and (now.branch or "") == left.branch
    return same_place and state(repository) in ("", "merge")


def _refresh_index(workspace: Workspace, repository: Repository, left: Record) -> None:
    now = head(repository).commit
    if now:
        blobs = worktree.listed(repository, now, workspace.repository_path("").rstrip("/"))
        paths = [workspace.repository_path(file["path"]) for file in left.files]
        worktree.refresh_index(repository, {path: blobs.get(path) for path in paths})


def _bring(workspace: Workspace, repository: Repository, left: Record, side: str) -> None:
    other = "old" if side == "new" else "new"
    files: dict[str, bytes | None] = {}
    for file in left.files:
        try:
            here = digest_of(workspace.store.read(file["path"])).hex()
        except FileNotFoundError:
            here = ""
        if here == file[f"{other}_digest"] and here != file[f"{side}_digest"]:
            files[file["path"]] = _contents(workspace, repository, left, file, side)
    if files:
        workspace.store.replace(files)


def _contents(
    workspace: Workspace, repository: Repository, left: Record, file: dict[str, Any], side: str
) -> bytes | None:
    if not file[f"{side}_digest"]:
        return None
    if side in file:
        data: bytes | None = file[side]
        return data
    commit = left.commit if side == "new" else left.parent
    return objects.read(repository, [f"{commit}:{workspace.repository_path(file['path'])}"])[0]
