"""Listed tasks in groups by one of their fields; changes nothing."""

from __future__ import annotations

from tmfiles.query import Row, unknown
from tmfiles.task import PRIORITIES, STATUSES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tmfiles.workspace import View, Workspace

KEYS = ("status", "priority", "type", "assignee", "due", "parent", "phase", "tag")
CUSTOM = "fields."


def grouped(workspace: Workspace, rows: Sequence[Row], key: str) -> list[tuple[str, list[Row]]]:
    """Give (value, tasks) for each value of a field, the tasks in their order; raises TmError (code `usage`).

    `key` is one of `KEYS` or `fields.NAME`. A task with several values is in several groups; the group of
    those that have none is the last, and its value is empty.
    """
    view = workspace.view()
    values = _values(view, key)
    found: dict[str, list[Row]] = {}
    for row in rows:
        for value in values(row) or [""]:
            found.setdefault(value, []).append(row)
    order = {"status": STATUSES, "priority": PRIORITIES, "type": view.config.all_types}.get(key, ())
    if key == "phase":
        order = tuple(phase.name for phase in view.config.phases)
    rank = {value: at for at, value in enumerate(order)}
    return sorted(found.items(), key=lambda group: (not group[0], rank.get(group[0], len(rank)), group[0]))


def checked(key: str) -> str:
    """Give the key back if tasks can be grouped by it; raises TmError (code `usage`)."""
    if key in KEYS or (key.startswith(CUSTOM) and key != CUSTOM):
        return key
    raise unknown("field to group by", key, (*KEYS, f"{CUSTOM}NAME"))


def _values(view: View, key: str) -> Callable[[Row], Sequence[str]]:
    if key in ("tag", "parent") or key.startswith(CUSTOM):
        if key == "parent":
            parents = view.index.links("parent")
            return lambda row: parents.get(row.id, ())
        found = view.index.having("tag") if key == "tag" else view.index.having("field", key.removeprefix(CUSTOM))
        return lambda row: found.get(row.path, ())
    if key == "phase":
        phases = {task_id: phase for task_id, phase, _, _ in view.index.phased()}
        return lambda row: [phases.get(row.id, "")]
    if key == "due":
        return lambda row: [row.due[:10]]
    return lambda row: [getattr(row, key)]
