"""What commits did to tasks, field by field: of the store, of one task, of a person; changes nothing."""

from __future__ import annotations

from collections import namedtuple
from itertools import islice

from tmfiles import codec
from tmfiles.changes import differences
from tmfiles.errors import TmError
from tmfiles.git import objects
from tmfiles.history import walk
from tmfiles.store import id_of
from tmfiles.workspace import renamed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from tmfiles.changes import Difference
    from tmfiles.git.history import Commit
    from tmfiles.workspace import Workspace

# So many commits are looked into at first, and then at once: a process for each would take longer than Git does.
_FIRST, _AT_ONCE = 10, 200


class Told(namedtuple("Told", "id title what path earlier fields before after readable", defaults=(True,))):
    """What became of one task's file.

    `what` is added, changed, moved or deleted; `path` is where it lies below `.tasks/`, or lay, `earlier` where
    it was moved from. `fields` differ, all of an added task's, none of a deleted one's. `before` and `after` are
    the bytes, None for no file. Where one of the two can't be read as a task, it is not `readable`, and no field
    is told.
    """

    __slots__ = ()

    id: str
    title: str
    what: str
    path: str
    earlier: str
    fields: Sequence[Difference]
    before: bytes | None
    after: bytes | None
    readable: bool


class Event(namedtuple("Event", "commit tasks")):
    """One commit, and what it did to which tasks."""

    __slots__ = ()

    commit: Commit
    tasks: Sequence[Told]


def who(commit: Commit) -> str:
    """Give who did it: the actor a command names, which may be an agent under its user's identity, or the author."""
    return commit.trailers.get("Tm-Actor", commit.author)


def events(
    workspace: Workspace,
    text: str = "",
    *,
    by: str = "",
    since: datetime | None = None,
    limit: int = 0,
    after: str = "",
    most: int = 0,
) -> Iterator[Event]:
    """Give what was done, newest first, `limit` 0 for all: to the store or one task, by one actor or all.

    With `after` it goes on behind the commit of that id; of a commit that changed more than `most` tasks, so many
    are told. A deleted task is found by its full id. Raises TmError
    (`not_found`) when nobody of that name did anything, and for a commit to go on behind that is not among them.
    """
    task_id = walk.id_in_history(workspace, text) if text else ""
    found = walk.of_task(workspace, task_id, since) if task_id else walk.commits(workspace, since)
    found = (commit for commit in found if since is None or commit.at >= since)
    chosen = _by(found, by.strip()) if by else found
    chosen = _behind(chosen, after) if after else chosen
    chosen = islice(chosen, limit) if limit else chosen
    count = _FIRST
    while some := list(islice(chosen, count)):
        yield from _told(workspace, some, task_id, most)
        count = _AT_ONCE


def _by(found: Iterable[Commit], name: str) -> Iterator[Commit]:
    names: set[str] = set()
    for commit in found:
        names.update((who(commit), commit.author))
        if name in (who(commit), commit.author):
            yield commit
    if name not in names:
        from tmfiles.words import did_you_mean

        near = did_you_mean(name, names)
        there = ", ".join(sorted(names)[:10]) or "nobody"
        raise TmError(
            f"nothing was done here by {name!r}", f"did you mean {near[0]!r}?" if near else f"by: {there}", "not_found"
        )


def _behind(found: Iterator[Commit], last: str) -> Iterator[Commit]:
    if not any(commit.id == last for commit in found):
        raise TmError(f"no commit {last!r} did any of this", "the log shows what there is: tm log", "not_found")
    yield from found


def _told(workspace: Workspace, commits: Sequence[Commit], task_id: str, most: int = 0) -> Iterator[Event]:
    top = workspace.repository_path("")
    groups = [_grouped(walk.paths(commit, top, task_id)) for commit in commits]
    if most:
        groups = [dict(islice(tasks.items(), most)) for tasks in groups]
    wanted = {
        blob
        for commit, tasks in zip(commits, groups, strict=True)
        for paths in tasks.values()
        for path in paths
        for blob in (*commit.blobs[path][0], commit.blobs[path][1])
        if blob
    }
    contents = blobs(workspace, wanted)
    for commit, tasks in zip(commits, groups, strict=True):
        yield Event(commit, [_task(commit, name, paths, contents, top) for name, paths in tasks.items()])


def blobs(workspace: Workspace, ids: Iterable[str]) -> dict[str, bytes]:
    """Read blobs, by their ids; one that is missing (from a partial clone, say) is left out."""
    names = sorted(ids)
    found = objects.read(walk.repository(workspace), names)
    return {name: data for name, data in zip(names, found, strict=True) if data is not None}


def counted(workspace: Workspace, commit: Commit) -> int:
    """Count the tasks that a commit changed."""
    return len({id_of(path) for path in walk.paths(commit, workspace.repository_path(""))})


def _grouped(paths: Iterable[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for path in paths:
        groups.setdefault(id_of(path), []).append(path)
    return groups


def _task(commit: Commit, task_id: str, paths: Sequence[str], contents: Mapping[str, bytes], top: str) -> Told:
    """Tell what a commit did to one task, whose file may have been at one path before and at another after."""
    sides = {path: commit.blobs[path] for path in paths}
    now = next((path for path in paths if sides[path][1]), "")
    # A merge has a side for each of its parents, and tells only what is in none of them.
    parents = max(len(olds) for olds, _ in sides.values())
    before = []
    for side in range(parents):
        at = next((path for path in paths if side < len(sides[path][0]) and sides[path][0][side]), "")
        before.append((at, contents.get(sides[at][0][side]) if at else None))
    after = contents.get(sides[now][1]) if now else None
    told = [compared(task_id, was[len(top) :], old, now[len(top) :], after) for was, old in before]
    first = told[0]
    common = [one for one in first.fields if all(any(one.field == o.field for o in t.fields) for t in told)]
    return first._replace(fields=common)


def compared(task_id: str, was: str, before: bytes | None, now: str, after: bytes | None) -> Told:
    """Tell what lies between two versions of a task's file; `was` and `now` are paths below `.tasks/`, "" for none."""
    what = "added" if not was else "deleted" if not now else "moved" if was != now else "changed"
    old, new = document(before), document(after)
    readable = old is not None and new is not None
    fields = differences(old or {}, new or {}) if now and readable else []
    title = " ".join(str((new or old or {}).get("title", "")).split())
    return Told(task_id, title, what, now or was, was if what == "moved" else "", fields, before, after, readable)


def document(data: bytes | None) -> dict[str, Any] | None:
    """Read a version of a task's file; no file is an empty document, one that can't be read is None."""
    try:
        return codec.loads(data) if data is not None else {}
    except TmError:
        return None


class Deleted(namedtuple("Deleted", "commit task")):
    """A task that is not here any more, with the commit that deleted it."""

    __slots__ = ()

    commit: Commit
    task: Told


def deleted(workspace: Workspace, *, by: str = "", since: datetime | None = None, limit: int = 0) -> Iterator[Deleted]:
    """Give the tasks that were deleted and have not come back, the latest first."""
    here, top = set(workspace.read().index.ids()), workspace.repository_path("")
    # What bears another id now was not deleted.
    known = renamed.table(workspace.store.read)
    here |= {old for old in known if renamed.now_called(known, old) in here}
    seen: set[str] = set()
    found = walk.commits(workspace, since)
    for commit in _by(found, by.strip()) if by else found:
        gone = {path for status, path in commit.changes if status == "D"}
        names = {id_of(path) for path in walk.paths(commit, top) if path in gone} - here - seen
        seen |= names
        for event in _told(workspace, [commit], "") if names else ():
            for task in event.tasks:
                if task.id in names and task.what == "deleted":
                    yield Deleted(commit, task)
                    if limit and (limit := limit - 1) == 0:
                        return
