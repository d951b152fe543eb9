"""Where a card lies on a board: moved to another column, and to a place among others; writes the fewest ranks."""

from __future__ import annotations

from tmfiles.actions.boards import LANES, values
from tmfiles.actions.moves import Freed, moved
from tmfiles.actions.repeating import repeating
from tmfiles.actions.tasks import Done, done, refuse_values, resolved
from tmfiles.errors import TmError
from tmfiles.query import Query, unknown
from tmfiles.task import DEFAULTS, MIDDLE
from tmfiles.workspace import edit
from tmfiles.workspace.write import How, Order, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

# In the order in which texts are compared.
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def place(
    workspace: Workspace,
    text: str,
    how: How = How(),
    *,
    to: Mapping[str, str] = {},
    by: str = "status",
    before: str = "",
    after: str = "",
    seen: Mapping[str, str] = {},
    force: bool = False,
) -> Done:
    """Move a task on a board by `by`: to columns and lanes, right before or after another task, or both.

    `to` gives the names by what the columns or lanes are of, empty for that of tasks without such a value; `seen` those
    where the card lay when somebody took it. Among tasks that have no rank yet, those on the nearer side of the place
    are given one too. Raises TmError when nothing is asked for, when the card lies elsewhere by now (`race`), and where
    a status cannot be reached, as `start` and `complete` do, unless forced.
    """
    if before and after:
        raise TmError("before and after are both given", "leave one of the two out", "usage")
    if not (to or before or after):
        raise TmError("there is no place to move to", "name a column, or a task to come before or after", "usage")
    for name in (by, *to, *seen):
        if name not in LANES:
            raise unknown("column", name, LANES)
    chosen: list[str] = []

    def plan(view: View) -> list[Edit]:
        chosen[:] = [view.resolve(text)]
        _refuse_moved(view, chosen[0], seen)
        changes: dict[str, dict[str, Any]] = {chosen[0]: {}}
        for key, name in to.items():
            changes[chosen[0]] |= _put(workspace, view, chosen[0], key, name.strip(), force)
        if other := before or after:
            for task_id, rank in _ranks(view, chosen[0], view.resolve(other), by, first=bool(before)).items():
                changes.setdefault(task_id, {})["order"] = rank
        return [edit.change(task_id, values) for task_id, values in changes.items()]

    freed, told = Freed(workspace, chosen), list[str]()
    outcome = write(workspace, Order("place", how), freed.watching(repeating(workspace, how, plan, told)))
    return done(workspace, chosen, outcome._replace(notes=(*outcome.notes, *told)), freed.ids())


def _refuse_moved(view: View, task_id: str, seen: Mapping[str, str]) -> None:
    for key, name in seen.items():
        if (now := values(view, key)(view.row(task_id))) != name:
            told = f"{task_id} was moved meanwhile: its {key} is {now or 'none'}, no more {name or 'none'}"
            raise TmError(told, "look where it is now, and move it again if it is still to go", "race")


def _put(workspace: Workspace, view: View, task_id: str, by: str, name: str, force: bool) -> dict[str, Any]:
    """Give what brings a task into a column; nothing where it is there."""
    task = view.task(task_id)
    if by == "status":
        if view.status(task) == name:
            return {}
        if name == "pending" and (blockers := view.graph.blockers(task_id)):
            named = ", ".join(f"{one} ({view.graph.why(one)})" for one in blockers)
            raise TmError(f"{task_id} stays blocked by {named}", "complete those first, or take the dependency away")
        return moved(workspace, view, task, name, force, f"set to {name}")
    if name and by != "parent":
        refuse_values({by: name}, view.config.all_types)
    if by in DEFAULTS and not name:
        raise TmError(f"every task has a {by}", f"name one, such as {DEFAULTS[by]}", "usage")
    return resolved(view, {by: name or None})


def _ranks(view: View, task_id: str, other: str, by: str, *, first: bool) -> Mapping[str, str]:
    """Give the ranks to write so that a task comes right before another of its column, or right after it."""
    if task_id == other:
        return {}
    value = values(view, by)
    wanted = value(view.row(other))
    rows = view.rows(Query(sort="order"))
    column = [row.id for row in rows if row.id != task_id and value(row) == wanted]
    at = column.index(other) + (0 if first else 1)
    rank = view.index.ranks()
    ranks = [rank.get(one, MIDDLE) for one in column]
    low, high = ranks[at - 1] if at else "", ranks[at] if at < len(ranks) else ""
    if low != high:
        own = rank.get(task_id, MIDDLE)
        return {task_id: own if low < own and (not high or own < high) else between(low, high)}
    return _parted(task_id, column, ranks, at)


def _parted(task_id: str, column: Sequence[str], ranks: Sequence[str], at: int) -> Mapping[str, str]:
    """Give ranks that make room among tasks of one rank, for as few of them as will do."""
    start = end = at
    while start and ranks[start - 1] == ranks[at]:
        start -= 1
    while end < len(ranks) and ranks[end] == ranks[at]:
        end += 1
    if at - start <= end - at:
        ids, low, high = [*column[start:at], task_id], ranks[start - 1] if start else "", ranks[at]
    else:
        ids, low, high = [task_id, *column[at:end]], ranks[at], ranks[end] if end < len(ranks) else ""
    return dict(zip(ids, several(low, high, len(ids)), strict=True))


def several(low: str, high: str, count: int) -> list[str]:
    """Give so many ranks between two, evenly; see `between`."""
    if not count:
        return []
    middle = between(low, high)
    left = (count - 1) // 2
    return [*several(low, middle, left), middle, *several(middle, high, count - 1 - left)]


def between(low: str, high: str) -> str:
    """Give a rank between two, short; empty means that there is no end on that side.

    Raises TmError where there is none: between `a` and `a0`.
    """
    made, at, open_end = "", 0, not high
    while True:
        one = _DIGITS.index(low[at]) if at < len(low) else 0
        if open_end:
            other = len(_DIGITS)
        elif at < len(high):
            other = _DIGITS.index(high[at])
        else:
            raise TmError(f"there is no rank between {low!r} and {high!r}", "change the order of one of the two")
        if other - one > 1:
            found = made + _DIGITS[(one + other) // 2]
            return found if found != MIDDLE else between(low, MIDDLE)
        made += _DIGITS[one]
        open_end = open_end or other > one
        at += 1
