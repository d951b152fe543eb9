"""The whole store made otherwise in one commit: its format, and where its files lie; refuses what is not committed."""

from __future__ import annotations

from collections import namedtuple

from tmfiles import codec, formats
from tmfiles.errors import TmError
from tmfiles.git.differences import unsaved
from tmfiles.store import CONFIG, FOLDER, id_of, is_task, place
from tmfiles.task import ARCHIVE
from tmfiles.workspace import edit
from tmfiles.workspace.write import Order, Outcome, rehearse, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from tmfiles.formats import Changes, Step
    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit
    from tmfiles.workspace.write import How

    Planned = tuple[list["Change"], list[Edit]]

LAYOUTS = ("flat", "sharded")


class Change(namedtuple("Change", "id path new_id new_path fields")):
    """What becomes of one task: its id and path before and after, and the fields that change."""

    __slots__ = ()

    id: str
    path: str
    new_id: str
    new_path: str
    fields: tuple[str, ...]


class Migrated(namedtuple("Migrated", "changes written outcome")):
    """What becomes of tasks, whether any file was to change, and the write: None where it was only judged."""

    __slots__ = ()

    changes: list[Change]
    written: bool
    outcome: Outcome | None


class State(namedtuple("State", "format newest pending layout flat sharded elsewhere archived")):
    """What a store is like: its format, the newest known, the steps between in words, and how many files lie where."""

    __slots__ = ()

    format: int
    newest: int
    pending: tuple[str, ...]
    layout: str
    flat: int
    sharded: int
    elsewhere: int
    archived: int


def status(workspace: Workspace) -> State:
    """Tell a store's format and layout."""
    view = workspace.read()
    version = formats.of(_settings(workspace)[1])
    where = [_where(path) for path in _task_paths(workspace)]
    counts = [where.count(one) for one in (*LAYOUTS, "elsewhere", "archived")]
    words = tuple(step.words for step in formats.pending(version))
    return State(version, formats.newest(), words, view.config.layout, *counts)


def apply(workspace: Workspace, how: How, *, dry_run: bool = False) -> Migrated:
    """Bring a store to the newest format; nothing changes where it has it."""

    def plan(view: View) -> Planned:
        version = formats.of(_settings(workspace)[1])
        steps = formats.pending(version)
        return _turned(workspace, view, [s.task for s in steps], [s.settings for s in steps], formats.newest())

    subject = f"tm: migrate to format {formats.newest()}"
    return carried_out(workspace, how._replace(message=how.message or subject), plan, dry_run=dry_run)


def roll_back(workspace: Workspace, how: How, *, dry_run: bool = False) -> Migrated:
    """Bring a store back to the format before; raises TmError where it has the first."""

    def last() -> tuple[int, Step]:
        version = formats.of(_settings(workspace)[1])
        if version > formats.newest():
            raise TmError(f"format {version} is newer than this tm knows", "upgrade tm")
        return version - 1, formats.back(version)

    def plan(view: View) -> Planned:
        version, step = last()
        return _turned(workspace, view, [step.back_task], [step.back_settings], version)

    subject = f"tm: migrate back to format {last()[0]}"
    return carried_out(workspace, how._replace(message=how.message or subject), plan, dry_run=dry_run)


def lay_out(workspace: Workspace, layout: str, how: How, *, dry_run: bool = False) -> Migrated:
    """Move the files of tasks to where this layout puts new ones, and let the settings say so.

    Those in the archive, and in folders that somebody made, stay. Raises TmError for an unknown layout.
    """
    if layout not in LAYOUTS:
        raise TmError(f"{layout!r} is no layout", f"one of {', '.join(LAYOUTS)}", "usage")

    def plan(_view: View) -> Planned:
        changes: list[Change] = []
        edits: list[Edit] = []
        paths = _task_paths(workspace)
        taken = set(paths)
        for path in paths:
            task_id = id_of(path)
            to = path if _where(path) not in LAYOUTS else place(task_id, layout, 0)
            if to == path:
                continue
            if to in taken:
                raise TmError(f"{task_id} is the name of two files: {path} and {to}", "rename one of them", "invalid")
            changes.append(Change(task_id, path, task_id, to, ()))
            edits += edit.moved(path, to, present(workspace, path))
        return changes, [*edits, *_set(workspace, {"layout": layout})]

    subject = f"tm: migrate to the layout {layout}"
    return carried_out(workspace, how._replace(message=how.message or subject), plan, dry_run=dry_run)


def carried_out(workspace: Workspace, how: How, plan: Callable[[View], Planned], *, dry_run: bool = False) -> Migrated:
    """Do what is planned, or only judge it; refused while a file of the store is not committed."""
    planned: list[Planned] = []

    def edits(view: View) -> list[Edit]:
        _refuse_unsaved(workspace)
        planned[:] = [plan(view)]
        return planned[0][1]

    order = Order("migrate", how)
    outcome = None
    if dry_run:
        rehearse(workspace, order, edits)
    else:
        outcome = write(workspace, order, edits)
    return Migrated(planned[0][0], bool(planned[0][1]), outcome)


def refuse_unreadable(view: View) -> None:
    """Refuse to change all tasks while one of them cannot be read, and so would be left behind."""
    if unread := sorted(task_id for task_id, stored in view.index.statuses().items() if stored is None):
        problems = [problem for problem in view.errors() if id_of(problem.path) in unread]
        message = f"{unread[0]} cannot be read as a task, and would be left behind"
        raise TmError(message, "mend the file first: tm check", "invalid", problems)
    if twins := view.index.twins():
        raise TmError(f"{twins[0][0]} is the name of two files", "rename one of them: tm check", "invalid")


def present(workspace: Workspace, path: str) -> bytes:
    """Give the bytes of a file that was there just now; raises TmError where it is gone."""
    data = edit.bytes_of(workspace.store, path)
    if data is None:
        raise TmError(f"{FOLDER}/{path} was removed just now", "try again", "not_found")
    return data


def _refuse_unsaved(workspace: Workspace) -> None:
    if left := sorted(unsaved(workspace.home, workspace.repository_path("").rstrip("/"))):
        some = ", ".join(left[:3]) + (f" and {len(left) - 3} more" if len(left) > 3 else "")
        raise TmError(
            f"the store has changes that are not committed: {some}",
            "commit them first: tm commit, and git commit for what is no task",
        )


def _turned(
    workspace: Workspace, view: View, tasks: Sequence[Changes], settings: Sequence[Changes], version: int
) -> Planned:
    """Plan what these turns make of each task and of the settings."""
    data, doc = _settings(workspace)
    if formats.of(doc) == version:
        return [], []
    refuse_unreadable(view)
    changes: list[Change] = []
    edits: list[Edit] = []
    for task in sorted(view.tasks(), key=lambda one: one.id):
        if fields := formats.stepped(task.doc, tasks):
            changes.append(Change(task.id, task.path, task.id, task.path, tuple(sorted(fields))))
            new = codec.patch(present(workspace, task.path), fields, f"{FOLDER}/{task.path}")
            edits.append(edit.put(task.path, new))
    values = {**formats.stepped(doc, settings), "version": version}
    return changes, [*edits, edit.put(CONFIG, codec.patch(data, values, f"{FOLDER}/{CONFIG}"))]


def _settings(workspace: Workspace) -> tuple[bytes, dict[str, Any]]:
    data = edit.bytes_of(workspace.store, CONFIG) or b"version: 1\n"
    return data, codec.loads(data, f"{FOLDER}/{CONFIG}", shapes={})


def _set(workspace: Workspace, values: Mapping[str, Any]) -> list[Edit]:
    data, doc = _settings(workspace)
    differing = {key: value for key, value in values.items() if doc.get(key) != value}
    return [edit.put(CONFIG, codec.patch(data, differing, f"{FOLDER}/{CONFIG}"))] if differing else []


def _task_paths(workspace: Workspace) -> list[str]:
    return sorted(path for path in workspace.store.scan().paths if is_task(path))


def _where(path: str) -> str:
    """Tell by which layout a file lies where it does, or that a person put it there, or the archive."""
    spots = {place(id_of(path), layout, 0): layout for layout in LAYOUTS}
    return spots.get(path) or ("archived" if path.startswith(ARCHIVE) else "elsewhere")
