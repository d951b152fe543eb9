"""Looking: lists, one task whole, what is ready, blocked, next; changes nothing."""

from __future__ import annotations

from collections import namedtuple

from tmfiles.actions.asking import asked
from tmfiles.errors import TmError
from tmfiles.query import OPEN, Query, Row
from tmfiles.task import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tmfiles.errors import Problem
    from tmfiles.workspace import View, Workspace


# Of the past of so many tasks each is asked for by itself; of more, all commits are walked once.
_FEW = 8


class Listing(namedtuple("Listing", "rows total problems blockers", defaults=({},))):
    """Tasks as asked for: `total` counts them before the limit; `problems` are what no task can be made of."""

    __slots__ = ()

    rows: Sequence[Row]
    total: int
    problems: Sequence[Problem]
    blockers: Mapping[str, Sequence[str]]


class Details(namedtuple("Details", "task row status blocked_by blocks children change problems")):
    """One task with all that is computed about it; `change` is (changed at, by, made at, by) from history."""

    __slots__ = ()

    task: Task
    row: Row
    status: str
    blocked_by: Sequence[str]
    blocks: Sequence[str]
    children: Sequence[str]
    change: tuple[str, str, str, str]
    problems: Sequence[Problem]


def listing(workspace: Workspace, query: Query, *, everything: bool = False) -> Listing:
    """List tasks: the open ones, unless the query names statuses or `everything` is asked for.

    What is in the archive is left out, unless that or everything is asked for.
    """
    view = workspace.read()
    if everything and query.statuses:
        raise TmError("--all and --status contradict each other", "leave one of the two out", "usage")
    query = asked(workspace, view, query)
    if everything or query.archived:
        return _limited(view, query)
    if query.statuses:
        query = query._replace(unless=query.barred._replace(archived=True))
    else:
        barred = query.barred.statuses
        query = query._replace(statuses=tuple(status for status in OPEN if status not in barred))
        if not query.statuses:
            raise TmError(f"without {', '.join(barred)} no task is open", "closed tasks too: --all", "usage")
    return _limited(view, query)


def ready(workspace: Workspace, query: Query) -> Listing:
    """List the tasks that can be started now, the most urgent first."""
    view = workspace.read()
    query = asked(workspace, view, query)
    return _limited(view, query._replace(statuses=("pending",), awake=_now(workspace)))


def blocked(workspace: Workspace, query: Query) -> Listing:
    """List the tasks that wait for others, or are marked blocked, with what blocks each."""
    view = workspace.read()
    query = asked(workspace, view, query)
    found = _limited(view, query._replace(statuses=("blocked",)))
    return found._replace(blockers={row.id: view.graph.blockers(row.id) for row in found.rows})


def following(workspace: Workspace) -> Listing:
    """Give the one task to do next; raises TmError (`not_found`, `claimed`) that says why there is none."""
    view = workspace.read()
    query = Query(statuses=("pending",), awake=_now(workspace))
    rows = view.rows(query)
    if view.index.claims(query.awake):
        from tmfiles.actions.claims import free

        chosen = free(workspace, view)
        rows = [row for row in rows if row.id == chosen]
    if not rows:
        from tmfiles.actions.claims import nothing_ready

        raise nothing_ready(workspace, view)
    return Listing(rows[:1], len(rows), view.errors())


def details(workspace: Workspace, texts: Sequence[str]) -> list[Details]:
    """Give tasks with their computed fields, each once."""
    view = workspace.read()
    ids = dict.fromkeys(view.resolve(text) for text in texts)
    change = view.change
    if workspace.commit and len(ids) <= _FEW:
        from functools import partial

        from tmfiles.history import walk

        change = partial(walk.change, workspace)
    return [_details(view, task_id, change) for task_id in ids]


def _details(view: View, task_id: str, change: Callable[[str], tuple[str, str, str, str]]) -> Details:
    task = view.task(task_id)
    referrers = view.index.referrers(task.id)
    return Details(
        task,
        view.row(task.id),
        view.status(task),
        view.graph.blockers(task.id) if task.status not in ("completed", "cancelled") else [],
        [src for src, kind in referrers if kind == "depends_on"],
        [src for src, kind in referrers if kind == "parent"],
        change(task.id),
        view.problems_of(task.path),
    )


def _limited(view: View, query: Query) -> Listing:
    rows = view.rows(query)
    return Listing(rows[: query.limit] if query.limit else rows, len(rows), view.errors())


def _now(workspace: Workspace) -> str:
    from tmfiles.dates import stamp

    return stamp(workspace.now())


def whole(workspace: Workspace, rows: Sequence[Row]) -> list[tuple[Task, str, list[str], tuple[str, str, str, str]]]:
    """Give (task, effective status, what blocks it, change as in `Details`) for listed tasks, in their order."""
    view = workspace.view()
    found = {task.path: task for task in view.tasks(row.id for row in rows)}
    return [
        (found[row.path], row.status, view.graph.blockers(row.id), view.change(row.id))
        for row in rows
        if row.path in found
    ]
