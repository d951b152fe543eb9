"""Looking: lists, one task whole, what is ready, blocked, next; changes nothing."""

from __future__ import annotations

from collections import namedtuple

from tmfiles.errors import TmError
from tmfiles.query import OPEN, Query, Row, checked
from tmfiles.task import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tmfiles.errors import Problem
    from tmfiles.workspace import View, Workspace


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
    """List tasks: the open ones, unless the query names statuses or `everything` is asked for."""
    view = workspace.read()
    checked(query, view.config.all_types)
    if everything and query.statuses:
        raise TmError("--all and --status contradict each other", "leave one of the two out", "usage")
    if query.parent:
        query = query._replace(parent=view.resolve(query.parent))
    if not query.statuses and not everything:
        query = query._replace(statuses=OPEN)
    found = _limited(view, query)
    if not found.rows:
        _refuse_unknown(view, query)
    return found


def ready(workspace: Workspace, query: Query) -> Listing:
    """List the tasks that can be started now, the most urgent first."""
    view = workspace.read()
    checked(query, view.config.all_types)
    return _limited(view, query._replace(statuses=("pending",), awake=_now(workspace)))


def blocked(workspace: Workspace, query: Query) -> Listing:
    """List the tasks that wait for others, or are marked blocked, with what blocks each."""
    view = workspace.read()
    checked(query, view.config.all_types)
    found = _limited(view, query._replace(statuses=("blocked",)))
    return found._replace(blockers={row.id: view.graph.blockers(row.id) for row in found.rows})


def following(workspace: Workspace) -> Row:
    """Give the one task to do next; raises TmError (code `not_found`) when nothing is ready."""
    found = ready(workspace, Query(limit=1))
    if found.rows:
        return found.rows[0]
    view = workspace.read()
    waiting = len(view.rows(Query(statuses=("blocked",))))
    busy = len(view.rows(Query(statuses=("in_progress",))))
    raise TmError(
        f"nothing is ready: {waiting} blocked, {busy} in progress",
        "what blocks them: tm blocked; a new task: tm add TITLE",
        "not_found",
    )


def details(workspace: Workspace, text: str) -> Details:
    """Give one task with its computed fields."""
    view = workspace.read()
    task = view.task(view.resolve(text))
    referrers = view.index.referrers(task.id)
    return Details(
        task,
        view.row(task.id),
        view.status(task),
        view.graph.blockers(task.id) if task.status not in ("completed", "cancelled") else [],
        [src for src, kind in referrers if kind == "depends_on"],
        [src for src, kind in referrers if kind == "parent"],
        view.change(task.id),
        view.problems_of(task.path),
    )


def _limited(view: View, query: Query) -> Listing:
    rows = view.rows(query)
    return Listing(rows[: query.limit] if query.limit else rows, len(rows), view.errors())


def _now(workspace: Workspace) -> str:
    from tmfiles.dates import stamp

    return stamp(workspace.now())


def _refuse_unknown(view: View, query: Query) -> None:
    """A name that no task bears is a slip of the pen, not a filter that happens to match nothing."""
    for what, wanted, known in (
        ("tag", query.tags, view.index.names("tag")),
        ("assignee", query.assignees, view.index.names("assignee")),
    ):
        for name in wanted:
            if name not in known:
                from tmfiles.words import did_you_mean

                near = did_you_mean(name, known)
                hint = f"did you mean {near[0]!r}?" if near else f"there is: {', '.join(known[:10]) or 'none yet'}"
                raise TmError(f"no task has the {what} {name!r}", hint, "not_found")


def whole(workspace: Workspace, rows: Sequence[Row]) -> list[tuple[Task, str, list[str], str]]:
    """Give (task, effective status, what blocks it, changed at) for listed tasks, in their order."""
    view = workspace.read()
    wanted = {row.id for row in rows}
    found = {task.id: task for task in view.tasks() if task.id in wanted}
    return [
        (found[row.id], row.status, view.graph.blockers(row.id), view.change(row.id)[0])
        for row in rows
        if row.id in found
    ]
