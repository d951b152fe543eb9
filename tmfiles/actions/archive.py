"""The archive: closed tasks put by year into a folder of their own, and taken out; their files stay as they are."""

from __future__ import annotations

from collections import namedtuple

from tmfiles import dates
from tmfiles.actions.tasks import Done, chosen_ids, done
from tmfiles.errors import TmError
from tmfiles.query import Query
from tmfiles.store import FOLDER, SUFFIX, place
from tmfiles.task import ARCHIVE, CLOSED, Task
from tmfiles.workspace import edit
from tmfiles.workspace.write import How, Order, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit


class Move(namedtuple("Move", "task to")):
    """A task, and the path below `.tasks/` that its file goes to; the one it has when it stays."""

    __slots__ = ()

    task: Task
    to: str


def archive(workspace: Workspace, texts: Sequence[str], how: How, older_than: str = "") -> Done:
    """Move closed tasks to `archive/<year>/`: those named, or all that were closed as long ago as `90d` says.

    The year is that in which a task was closed. Raises TmError for a task that is open.
    """
    return _moved(workspace, "archive", how, lambda view: _archivable(workspace, view, texts, older_than))


def archivable(workspace: Workspace, texts: Sequence[str], older_than: str = "") -> list[Move]:
    """Give what `archive` would move, and move nothing."""
    moves = _archivable(workspace, workspace.read(), texts, older_than)
    return [one for one in moves if one.to != one.task.path]


def unarchive(workspace: Workspace, texts: Sequence[str], how: How) -> Done:
    """Move tasks out of the archive to where new ones lie."""

    def moves(view: View) -> list[Move]:
        count = view.index.count()
        tasks = [view.task(task_id) for task_id in chosen_ids(view, texts)]
        return [
            Move(task, place(task.id, view.config.layout, count) if task.path.startswith(ARCHIVE) else task.path)
            for task in tasks
        ]

    return _moved(workspace, "unarchive", how, moves)


def _moved(workspace: Workspace, op: str, how: How, moves: Callable[[View], list[Move]]) -> Done:
    chosen: list[str] = []

    def plan(view: View) -> list[Edit]:
        found = moves(view)
        chosen[:] = [one.task.id for one in found]
        edits: list[Edit] = []
        for task, to in found:
            if to == task.path:
                continue
            data = edit.bytes_of(workspace.store, task.path)
            if data is None:
                raise TmError(f"{FOLDER}/{task.path} was removed just now", "try again", "not_found")
            edits += edit.moved(task.path, to, data)
        return edits

    outcome = write(workspace, Order(op, how), plan)
    return done(workspace, chosen, outcome)


def _archivable(workspace: Workspace, view: View, texts: Sequence[str], older_than: str) -> list[Move]:
    if texts:
        tasks = [view.task(task_id) for task_id in chosen_ids(view, texts)]
        for task in tasks:
            if task.status not in CLOSED:
                raise TmError(f"{task.id} is {view.status(task)}", "only closed tasks go into the archive: tm complete")
    else:
        before = dates.stamp(dates.past(older_than, workspace.now()))
        asked = Query(statuses=CLOSED, unless=Query(archived=True), sort="id")
        tasks = list(view.tasks(row.id for row in view.rows(asked)))
        old = (task for task in tasks if _closed_at(workspace, view, task) <= before)
        tasks = sorted(old, key=lambda task: task.id)
    return [Move(task, _place(task, _closed_at(workspace, view, task))) for task in tasks]


def _place(task: Task, closed_at: str) -> str:
    inside = task.path.startswith(ARCHIVE)
    return task.path if inside else f"{ARCHIVE}{closed_at[:4]}/{task.id}{SUFFIX}"


def _closed_at(workspace: Workspace, view: View, task: Task) -> str:
    """Give when a task was closed: as it says, or when it was last changed, or now."""
    said = str(task.doc.get("completed_at", ""))
    return dates.canonical(said) or view.change(task.id)[0] or dates.stamp(workspace.now())
