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
    found = _limited(view, query._replace(statuses=("pending",), awake=_now(workspace)))
    if not found.rows:
        _refuse_unknown(view, query)
    return found


def blocked(workspace: Workspace, query: Query) -> Listing:
    """List the tasks that wait for others, or are marked blocked, with what blocks each."""
    view = workspace.read()
    checked(query, view.config.all_types)
    found = _limited(view, query._replace(statuses=("blocked",)))
    if not found.rows:
        _refuse_unknown(view, query)
    return found._replace(blockers={row.id: view.graph.blockers(row.id) for row in found.rows})


def following(workspace: Workspace) -> Listing:
    """Give the one task to do next; raises TmError (code `not_found`) that says why when nothing is ready."""
    found = ready(workspace, Query(limit=1))
    if found.rows:
        return found
    view = workspace.view()
    now = _now(workspace)
    waiting, busy, later = (
        len(view.rows(Query(statuses=(status,)))) for status in ("blocked", "in_progress", "pending")
    )
    why = [f"{waiting} blocked"] * bool(waiting) + [f"{busy} in progress"] * bool(busy)
    why += [f"{later} put off until after {now}"] * bool(later)
    hint = "what blocks them: tm blocked; a new task: tm add TITLE" if waiting else "a new task: tm add TITLE"
    raise TmError(f"nothing is ready: {', '.join(why) or 'there is no open task'}", hint, "not_found", found.problems)


def details(workspace: Workspace, texts: Sequence[str]) -> list[Details]:
    """Give tasks with their computed fields, each once."""
    view = workspace.read()
    return [_details(view, task_id) for task_id in dict.fromkeys(view.resolve(text) for text in texts)]


def _details(view: View, task_id: str) -> Details:
    task = view.task(task_id)
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
                there = f"there is: {', '.join(known[:10])}" if known else f"no task has any {what} yet"
                hint = f"did you mean {near[0]!r}?" if near else there
                raise TmError(f"no task has the {what} {name!r}", hint, "not_found")


def whole(workspace: Workspace, rows: Sequence[Row]) -> list[tuple[Task, str, list[str], tuple[str, str, str, str]]]:
    """Give (task, effective status, what blocks it, change as in `Details`) for listed tasks, in their order."""
    view = workspace.view()
    found = {task.path: task for task in view.tasks(row.id for row in rows)}
    return [
        (found[row.path], row.status, view.graph.blockers(row.id), view.change(row.id))
        for row in rows
        if row.path in found
    ]
