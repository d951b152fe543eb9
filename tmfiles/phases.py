"""The phases of a project in their order, and which tasks wait for the gate of an earlier one; reads no file."""

from __future__ import annotations

from collections import namedtuple

from tmfiles.graph import blocks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What a gate may ask of its phase; all that it names must hold.
GATES = ("completed", "criteria", "approved")
# How a closed gate is named where else the id of a task stands: no id has a colon.
PREFIX = "phase:"


class Phase(namedtuple("Phase", "name gate approved", defaults=(("completed",), False))):
    """A phase, what its gate asks before tasks of later phases are ready, and whether somebody approved it."""

    __slots__ = ()

    name: str
    gate: tuple[str, ...]
    approved: bool


class Gates:
    """Where every task stands among the phases, and the first gate that is closed.

    A task waits while the gate of any earlier phase is closed, and the first of them is what it is told.
    Asking costs nothing that grows; a task that changes costs no more than the number of phases.
    """

    __slots__ = ("_barrier", "_left", "_place", "_tasks", "phases")

    def __init__(self, phases: Sequence[Phase], tasks: Iterable[tuple[str, str, str | None, int]]) -> None:
        """Take the phases in order, and of each task its id, phase, stored status and number of unmet criteria."""
        self.phases = tuple(phases)
        self._place = {phase.name: at for at, phase in enumerate(self.phases)}
        self._tasks: dict[str, tuple[int, int, int]] = {}
        self._left = [[0, 0] for _ in self.phases]
        self._barrier: int | None = None
        for task in tasks:
            self.put(*task)

    def put(self, id: str, phase: str, status: str | None, unmet: int) -> None:
        """Say where a task, which may be new, stands now."""
        self.drop(id)
        at = self._place.get(phase)
        if at is not None:
            task = self._tasks[id] = (at, int(blocks(status)), 0 if status == "cancelled" else unmet)
            self._count(task, 1)

    def drop(self, id: str) -> None:
        """Take a task away."""
        if task := self._tasks.pop(id, None):
            self._count(task, -1)

    def _count(self, task: tuple[int, int, int], by: int) -> None:
        at, is_open, unmet = task
        self._left[at][0] += by * is_open
        self._left[at][1] += by * unmet
        self._barrier = None

    def holding(self, id: str) -> str:
        """Give the closed gate that a task waits for, as it stands among blockers; empty when there is none."""
        task = self._tasks.get(id)
        barrier = self._first_closed()
        return PREFIX + self.phases[barrier].name if task and task[0] > barrier else ""

    def lacking(self, name: str) -> list[str]:
        """Say what keeps the gate of a phase closed; nothing when it is open."""
        return self._lacking(self._place[name])

    def _lacking(self, at: int) -> list[str]:
        phase, (left, unmet) = self.phases[at], self._left[at]
        found = []
        if left and "completed" in phase.gate:
            found.append(f"{left} open {'task' if left == 1 else 'tasks'}")
        if unmet and "criteria" in phase.gate:
            found.append(f"{unmet} {'criterion' if unmet == 1 else 'criteria'} not met")
        if not phase.approved and "approved" in phase.gate:
            found.append("not approved")
        return found

    def behind(self, ids: Iterable[str]) -> list[str]:
        """Give the tasks that wait for a gate, where these tasks alone may be what keeps it closed."""
        barrier = self._first_closed()
        if barrier == len(self.phases):
            return []
        mine = sum(task[1] for id in dict.fromkeys(ids) if (task := self._tasks.get(id)) and task[0] == barrier)
        if not mine or self._left[barrier][0] > mine:
            return []
        return [id for id, task in self._tasks.items() if task[0] > barrier]

    def _first_closed(self) -> int:
        if self._barrier is None:
            every = range(len(self.phases))
            self._barrier = next((at for at in every if self._lacking(at)), len(self.phases))
        return self._barrier


def to_text(phases: Iterable[Phase]) -> str:
    """Write phases on one line, which the cache keeps: their names hold no control characters."""
    return "\x1e".join("\x1f".join((one.name, "approved" if one.approved else "", *one.gate)) for one in phases)


def from_text(text: str) -> tuple[Phase, ...]:
    """Read what `to_text` wrote."""
    rows = (row.split("\x1f") for row in text.split("\x1e") if row)
    return tuple(Phase(name, tuple(gate), bool(approved)) for name, approved, *gate in rows)
