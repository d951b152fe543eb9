"""The board: tasks in columns by status, assignee or priority; changes nothing."""

from __future__ import annotations

from collections import namedtuple

from tmfiles.actions.lists import listing
from tmfiles.query import unknown
from tmfiles.task import CLOSED, PRIORITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmfiles.errors import Problem
    from tmfiles.query import Query, Row
    from tmfiles.workspace import Workspace

BY = ("status", "assignee", "priority")
# From what cannot be done to what is done.
_STATUSES = ("blocked", "pending", "in_progress", *CLOSED)


class Column(namedtuple("Column", "name total rows")):
    """One column; `total` counts its tasks before the limit. The name is empty for tasks without an assignee."""

    __slots__ = ()

    name: str
    total: int
    rows: Sequence[Row]


class Board(namedtuple("Board", "by columns problems")):
    """All columns, and what no task could be made of."""

    __slots__ = ()

    by: str
    columns: Sequence[Column]
    problems: Sequence[Problem]

    @property
    def rows(self) -> list[Row]:
        """All tasks on the board."""
        return [row for column in self.columns for row in column.rows]


def board(workspace: Workspace, query: Query, by: str, limit: int, *, everything: bool = False) -> Board:
    """Give the open tasks in columns, each cut at `limit` (0: not at all), closed ones too with `everything`.

    The columns of open statuses are always there, others where they have tasks. Raises TmError for a `by`
    that is none.
    """
    if by not in BY:
        raise unknown("column", by, BY)
    found = listing(workspace, query._replace(limit=0), everything=everything)
    columns: dict[str, list[Row]] = {name: [] for name in _names(by)}
    for row in found.rows:
        columns.setdefault(getattr(row, by), []).append(row)
    names = sorted(columns, key=lambda name: (not name, name.lower())) if by == "assignee" else list(columns)
    return Board(
        by,
        [
            Column(name, len(columns[name]), columns[name][: limit or None])
            for name in names
            if columns[name] or (by == "status" and name not in CLOSED)
        ],
        found.problems,
    )


def _names(by: str) -> Sequence[str]:
    return {"status": _STATUSES, "priority": PRIORITIES}.get(by, ())
