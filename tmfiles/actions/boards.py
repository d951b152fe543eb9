"""The board: tasks in columns by status, assignee, priority or phase, in lanes or not; changes nothing."""

from __future__ import annotations

from collections import namedtuple

from tmfiles.actions.lists import listing
from tmfiles.errors import TmError
from tmfiles.query import unknown
from tmfiles.task import CLOSED, PRIORITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tmfiles.errors import Problem
    from tmfiles.query import Query, Row
    from tmfiles.workspace import View, Workspace

BY = ("status", "assignee", "priority", "phase")
LANES = (*BY, "type", "parent")
# From what cannot be done to what is done.
_STATUSES = ("blocked", "pending", "in_progress", *CLOSED)


class Column(namedtuple("Column", "name total rows most", defaults=(None,))):
    """One column; `total` counts its tasks before the limit. The name is empty for tasks that have no such value.

    `most` is how many the store wants there to be at a time, None where it does not say.
    """

    __slots__ = ()

    name: str
    total: int
    rows: Sequence[Row]
    most: int | None


class Board(namedtuple("Board", "by columns problems lanes", defaults=((),))):
    """All columns, and what no task could be made of.

    `lanes` are (name, columns), where they were asked for: the tasks of the columns once more, by another field,
    each lane with a column for each of the board's. The name is empty for tasks that have no such value.
    """

    __slots__ = ()

    by: str
    columns: Sequence[Column]
    problems: Sequence[Problem]
    lanes: Sequence[tuple[str, Sequence[Column]]]

    @property
    def rows(self) -> list[Row]:
        """All tasks in the columns."""
        return [row for column in self.columns for row in column.rows]


def board(
    workspace: Workspace,
    query: Query,
    by: str,
    limit: int,
    *,
    everything: bool = False,
    lanes: str = "",
    empty: bool = False,
) -> Board:
    """Give the open tasks in columns, each cut at `limit` (0: not at all), closed ones too with `everything`.

    In a column they go by `order`, unless the query sorts them otherwise. The columns of open statuses are always
    there, others where they have tasks, or with `empty` all that there could be. With `lanes` each lane is cut by
    itself. Raises TmError for a `by` or `lanes` that is none.
    """
    if by not in BY:
        raise unknown("column", by, BY)
    if lanes and lanes not in LANES:
        raise unknown("lane", lanes, LANES)
    if lanes == by:
        raise TmError(f"columns and lanes are both by {by}", "take another for one of the two", "usage")
    found = listing(workspace, query._replace(limit=0, sort=query.sort or "order"), everything=everything)
    view = workspace.view()
    columns = _sorted_out(view, found.rows, by)
    most = limits(view.config.declared, by)
    shown = [
        Column(name, len(rows), rows[: limit or None], most(name))
        for name, rows in columns.items()
        if rows or empty or (by == "status" and name not in CLOSED)
    ]
    if not lanes:
        return Board(by, shown, found.problems)
    each = []
    for name, rows in _sorted_out(view, found.rows, lanes).items():
        if rows:
            own = _sorted_out(view, rows, by)
            cells = [(one.name, own.get(one.name, [])) for one in shown]
            each.append((name, [Column(column, len(some), some[: limit or None]) for column, some in cells]))
    return Board(by, shown, found.problems, each)


def values(view: View, by: str) -> Callable[[Row], str]:
    """Give what tells in which column or lane a task belongs; a task that has no such value is in that of none.

    Raises TmError for what no column or lane is of.
    """
    if by not in LANES:
        raise unknown("column", by, LANES)
    if by == "parent":
        parents = view.index.links("parent")
        return lambda row: next(iter(parents.get(row.id, ())), "")
    if by == "phase":
        phases = {task_id: phase for task_id, phase, _, _ in view.index.phased()}
        return lambda row: phases.get(row.id, "")
    return lambda row: str(getattr(row, by))


def limits(declared: str, by: str) -> Callable[[str], int | None]:
    """Give what tells how many tasks the store wants in a column of a board, by the column's name."""
    from tmfiles import policies

    most = policies.of(declared).wip
    if by == "status":
        return lambda name: most.get("total") if name == "in_progress" else None
    return lambda name: most.get("per_assignee") if by == "assignee" and name else None


def _sorted_out(view: View, rows: Iterable[Row], by: str) -> dict[str, list[Row]]:
    """Give the tasks by column, the columns in their order; that of tasks without a value comes last."""
    known = {
        "status": _STATUSES,
        "priority": PRIORITIES,
        "type": view.config.all_types,
        "phase": [phase.name for phase in view.config.phases],
    }.get(by, ())
    none = [""] if by in ("assignee", "phase") else []
    found: dict[str, list[Row]] = {name: [] for name in (*known, *none)}
    value = values(view, by)
    for row in rows:
        found.setdefault(value(row), []).append(row)
    rank = {name: at for at, name in enumerate(known)}
    return dict(sorted(found.items(), key=lambda one: (not one[0], rank.get(one[0], len(rank)), one[0].lower())))
