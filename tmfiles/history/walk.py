"""Which commits changed the store, or one task wherever its file lay; reads no contents."""

from __future__ import annotations

from tmfiles.errors import TmError
from tmfiles.git.history import before, log, resolved
from tmfiles.git.repository import head
from tmfiles.store import SUFFIX, id_of, is_task, place
from tmfiles.workspace.past import changes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tmfiles.git.history import Commit
    from tmfiles.git.repository import Repository
    from tmfiles.workspace import Workspace


def repository(workspace: Workspace) -> Repository:
    """Give the repository; raises TmError where there is none, and so no past."""
    if workspace.repository is None:
        raise TmError(f"{workspace.root} is in no Git repository", "make one: git init, then tm init", "git")
    return workspace.repository


def folder(workspace: Workspace) -> str:
    """Give the store's folder as Git names it."""
    return workspace.repository_path("").rstrip("/")


def commits(workspace: Workspace, since: datetime | None = None) -> Iterator[Commit]:
    """Walk the commits of HEAD that changed the store, newest first."""
    found = repository(workspace)
    if head(found).commit:
        yield from log(found, "HEAD", folder(workspace), since=since)


def of_task(workspace: Workspace, task_id: str, since: datetime | None = None) -> Iterator[Commit]:
    """Walk the commits up to the workspace's that changed one task, newest first, in whatever folder its file lay.

    Git is asked for the paths where the file is or would be, and for those from which a commit moved it there:
    to look for its name in every folder takes ten times as long, and is done where that finds nothing.
    """
    found = repository(workspace)
    tip = workspace.commit or head(found).commit
    if not tip:
        return
    usual = [place(task_id, "flat", 0), place(task_id, "sharded", 0)]
    here = [path for path, _ in workspace.view().index.files(task_id)]
    known = [workspace.repository_path(path) for path in dict.fromkeys((*here, *usual))]
    top, seen = workspace.repository_path(""), set[str]()
    while True:
        more: list[str] = []
        for commit in log(found, tip, *known, whole=True, since=since):
            if commit.id in seen:
                continue
            if more := [path for path in paths(commit, top, task_id) if path not in known]:
                break  # what came later at those paths comes first
            seen.add(commit.id)
            yield commit
        if not more:
            break
        known += more
    if not seen:
        yield from log(found, tip, folder(workspace), named=task_id + SUFFIX, since=since)


def change(workspace: Workspace, task_id: str) -> tuple[str, str, str, str]:
    """Give (changed at, by, made at, by) of one task as `View.change` does, from its own commits alone."""
    top = workspace.repository_path("")
    found = [one for commit in of_task(workspace, task_id) for one in changes(commit, top) if one[0] == task_id]
    return (*found[0][1:3], *found[-1][1:3]) if found else ("", "", "", "")


def paths(commit: Commit, top: str, task_id: str = "") -> list[str]:
    """Give the paths of task files that a commit changed, or of one task; `top` is the store's folder with its `/`."""
    return [
        path
        for _, path in commit.changes
        if path.startswith(top) and is_task(path[len(top) :]) and (not task_id or id_of(path) == task_id)
    ]


def id_in_history(workspace: Workspace, text: str) -> str:
    """Turn an id, or the beginning of one, into the id; a task that is gone is found by its full id."""
    view = workspace.read()
    try:
        return view.resolve(text)
    except TmError:
        if any(view.change(text)):
            return text
        raise


def at(workspace: Workspace, text: str) -> Workspace:
    """Give the store as it was in a commit, or on a date, to be read."""
    from tmfiles.workspace.earlier import Earlier

    return Earlier(workspace, repository(workspace), revision(workspace, text))


def revision(workspace: Workspace, text: str) -> str:
    """Give the commit that a revision of Git's names, or a date: the last of HEAD's own line at or before it."""
    from tmfiles import dates

    found = repository(workspace)
    if commit := resolved(found, text):
        return commit
    try:
        moment = dates.past(text, workspace.now(), end=True)
    except TmError as error:
        raise TmError(
            f"{text!r} is neither a commit nor a date",
            "for example HEAD~3, a branch, 2026-11-01, yesterday or 2w; the commits: tm log",
            "not_found",
        ) from error
    if not (commit := before(found, moment)):
        raise TmError(f"there is no commit before {dates.stamp(moment)}", "the first one: tm log", "not_found")
    return commit
