"""Whether an id was another task's before: the history is asked, for few ids; writes nothing."""

from __future__ import annotations

from tmfiles import codec
from tmfiles.errors import TmError
from tmfiles.git import objects
from tmfiles.git.history import log
from tmfiles.rules import finding
from tmfiles.store import id_of, is_task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tmfiles.git.history import Commit
    from tmfiles.rules import Finding
    from tmfiles.workspace import Workspace


def reused(workspace: Workspace, tip: str, docs: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    """Give a finding for each of these tasks whose id another one had, deleted in the history of `tip`.

    A task that comes back is no other: it has the time it was made at, or the title.
    """
    wanted = dict(docs)
    found: dict[str, Finding] = {}
    prefix = workspace.repository_path("")
    if not (wanted and tip):
        return []
    for commit in log(workspace.home, tip, *([prefix.rstrip("/")] if prefix else []), every=True):
        gone, kept = _by_fate(commit, prefix)
        for task_id in kept & wanted.keys() - found.keys():
            del wanted[task_id]  # it is there at the tip, and no other task's any more
        for task_id in gone.keys() & wanted.keys() - kept:
            old = _doc(workspace, gone[task_id])
            if not old or _same(old, wanted[task_id]):
                del wanted[task_id]
                found.pop(task_id, None)
            elif task_id not in found:
                title = str(old.get("title", ""))
                told = f"the id {task_id!r} was another task's, {title!r}, which {commit.id[:10]} deleted"
                found[task_id] = finding((), "used-id", f"{told}: give the file another name", task_id)
        if not wanted:
            break
    return list(found.values())


def _by_fate(commit: Commit, prefix: str) -> tuple[dict[str, str], set[str]]:
    """Give the blob of each task that a commit deleted, by id, and the ids of those it left there."""
    gone: dict[str, str] = {}
    kept: set[str] = set()
    for status, path in commit.changes:
        below = path[len(prefix) :]
        if not is_task(below):
            continue
        if status == "D":
            gone[id_of(below)] = commit.blobs[path][0][0]
        else:
            kept.add(id_of(below))
    return gone, kept


def _doc(workspace: Workspace, blob: str) -> dict[str, Any]:
    data = objects.read(workspace.home, [blob])[0]
    try:
        return codec.loads(data or b"")
    except TmError:
        return {}  # whose it was cannot be told


def _same(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    if old.get("created_at") and old.get("created_at") == new.get("created_at"):
        return True
    return old.get("title") == new.get("title")
