"""Bringing tasks back from the past: deleted ones, earlier versions, files that are gone though HEAD has them."""

from __future__ import annotations

import os
from collections import namedtuple

from tmfiles.actions.tasks import Done, done
from tmfiles.changes import differences
from tmfiles.errors import TmError
from tmfiles.git import objects, worktree
from tmfiles.git.repository import head
from tmfiles.history import walk
from tmfiles.history.events import blobs, document
from tmfiles.store import FOLDER, id_of, is_task
from tmfiles.task import LINKS
from tmfiles.workspace import edit, renamed
from tmfiles.workspace.write import How, Order, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tmfiles.git.history import Commit
    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit


class Version(namedtuple("Version", "id path data commit")):
    """A task's file as it was: its path below `.tasks/`, its bytes, and the commit that deleted it, if one did."""

    __slots__ = ()

    id: str
    path: str
    data: bytes
    commit: Commit | None


def restore(workspace: Workspace, texts: Sequence[str], how: How, at: str = "") -> Done:
    """Bring back deleted tasks, or with `at` tasks as they were in a commit or on a date, by a new commit.

    A task that is here keeps its place. The notes of the result tell of links to it that were cut when it was
    deleted, and of tasks that wait again. Raises TmError when a task is here already, was never there, or names
    tasks that are not here.
    """
    view = workspace.read()
    versions = [_then(workspace, text, at) if at else _last(workspace, view, text) for text in dict.fromkeys(texts)]
    ready: list[str] = []

    def plan(view: View) -> list[Edit]:
        ready[:] = view.graph.ready()
        edits = []
        known = renamed.table(workspace.store.read)
        for one in versions:
            files = view.index.files(one.id)
            if not files and view.index.has(now := renamed.now_called(known, one.id)):
                hint = f"it is not lost: tm show {now}; what was done to it before: tm log {one.id}"
                raise TmError(f"{one.id} was renamed: it is {now} now", hint)
            if files and not at:
                raise TmError(f"{one.id} is back already", f"look at it: tm show {one.id}")
            edits.append(edit.restore(files[0][0] if len(files) == 1 else one.path, one.data))
        _refuse_missing(view, versions)
        return edits

    outcome = write(workspace, Order("restore", how), plan)
    view = workspace.read()
    there = [one.id for one in versions if len(files := view.index.files(one.id)) == 1 and files[0][1] is not None]
    notes = [*outcome.notes, *_cut(workspace, view, versions), *_waiting(view, ready, there)]
    return done(workspace, there, outcome._replace(notes=tuple(notes)))


def restore_all(workspace: Workspace, how: How) -> list[str]:
    """Bring back every file of the store that HEAD has and the work tree has not; give their paths.

    That is a damaged store, or files removed by hand and not committed: nothing is to be committed.
    """
    repository = walk.repository(workspace)
    commit, top = head(repository).commit, workspace.repository_path("")
    listed = worktree.listed(repository, commit, walk.folder(workspace)) if commit else {}
    gone = {p: b.id for p, b in listed.items() if not os.path.lexists(os.path.join(repository.root, p))}
    contents = dict(zip(gone, objects.read(repository, list(gone.values())), strict=True))
    if lost := [path for path, data in contents.items() if data is None]:
        raise TmError(f"git does not have {lost[0]}", "this clone is not whole: git fetch", "git")

    def plan(_view: View) -> list[Edit]:
        return [edit.restore(path[len(top) :], data) for path, data in contents.items()]

    if gone:
        write(workspace, Order("restore", how._replace(commit=False)), plan)
    return sorted(path[len(top) :] for path in gone)


def _then(workspace: Workspace, text: str, at: str) -> Version:
    """Find a task as a commit had it."""
    repository, commit = walk.repository(workspace), walk.revision(workspace, at)
    top = workspace.repository_path("")
    listed = worktree.listed(repository, commit, walk.folder(workspace))
    paths = {path[len(top) :]: blob.id for path, blob in listed.items() if is_task(path[len(top) :])}
    found = [path for path in paths if id_of(path) == text] or [p for p in paths if id_of(p).startswith(text)]
    if len(found) != 1:
        told = "is no task" if not found else f"begins {len(found)} ids"
        raise TmError(f"{text!r} {told} in {commit[:10]}", f"what it had: tm list --all --at {at}", "not_found")
    path = found[0]
    data = blobs(workspace, [paths[path]]).get(paths[path])
    if data is None:
        raise TmError(f"git does not have {path} of {commit[:10]}", "this clone is not whole: git fetch", "git")
    return Version(id_of(path), path, data, None)


def _last(workspace: Workspace, view: View, text: str) -> Version:
    """Find a task that is not here as it was last."""
    task_id = walk.id_in_history(workspace, text)
    if view.index.has(task_id):
        raise TmError(
            f"{task_id} is here",
            f"an earlier version: tm restore {task_id} --at REV; which there are: tm log {task_id}",
        )
    top = workspace.repository_path("")
    for commit in walk.of_task(workspace, task_id):
        for path in walk.paths(commit, top, task_id):
            olds, new = commit.blobs[path]
            if not new and olds[0] and (data := blobs(workspace, [olds[0]]).get(olds[0])) is not None:
                return Version(task_id, path[len(top) :], data, commit)
        break  # the last commit did not delete it
    raise TmError(
        f"{FOLDER} has lost the file of {task_id}, and no commit deleted it",
        "to bring back such files: tm restore --all",
    )


def _refuse_missing(view: View, versions: Sequence[Version]) -> None:
    """A restored task may name others that went with it: say which, and how they come back as well."""
    coming = {one.id for one in versions}
    for one in versions:
        missing = [
            other for other in _links(document(one.data) or {}) if other not in coming and not view.index.has(other)
        ]
        if missing:
            also = f"tm restore {' '.join([*coming, *missing])}"
            known = view.was_deleted(missing) == set(missing)
            raise TmError(
                f"{one.id} names {', '.join(missing)}, and there is no such task",
                f"bring them back together: {also}" if known else "an earlier version: tm restore ID --at REV",
            )


def _links(doc: dict[str, object]) -> list[str]:
    found: list[str] = []
    for key in LINKS:
        value = doc.get(key)
        found += value if isinstance(value, list) else [value] if isinstance(value, str) else []
    return list(dict.fromkeys(found))


def _cut(workspace: Workspace, view: View, versions: Iterable[Version]) -> list[str]:
    """Tell which links to the tasks were cut by the commits that deleted them."""
    notes = []
    top = workspace.repository_path("")
    for one in versions:
        if one.commit is None:
            continue
        for path in walk.paths(one.commit, top):
            olds, new = one.commit.blobs[path]
            other = id_of(path)
            if not (olds[0] and new) or not view.index.has(other):
                continue
            held = blobs(workspace, [olds[0], new])
            fields = differences(document(held.get(olds[0])) or {}, document(held.get(new)) or {})
            for field in fields:
                if field.field in LINKS and one.id in (field.old if isinstance(field.old, list) else [field.old]):
                    how = f"tm update {other} --{field.field} {one.id}"
                    how = f"tm dep add {other} {one.id}" if field.field == "depends_on" else how
                    notes.append(f"{other} named it in {field.field} before it was deleted; to link it again: {how}")
    return notes


def _waiting(view: View, ready: Iterable[str], restored: Sequence[str]) -> list[str]:
    now = set(view.graph.ready())
    waits = [task_id for task_id in ready if task_id not in now and task_id not in restored]
    return [f"waits for it again: {', '.join(waits)}"] if waits else []
