"""What a change of status brings with it: times, refusals while blocked, tasks it sets free."""

from __future__ import annotations

from tmfiles.dates import stamp
from tmfiles.errors import TmError
from tmfiles.query import unknown
from tmfiles.task import CLOSED, STATUSES, Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

    Plan = Callable[[View], Sequence[Edit]]


class Freed:
    """Which tasks became ready by a write, other than those it changed."""

    def __init__(self, workspace: Workspace, chosen: Sequence[str]) -> None:
        self._workspace = workspace
        self._chosen = chosen
        self._waiting: list[str] = []

    def watching(self, plan: Plan) -> Plan:
        """Give the plan, noting what waits for the tasks it changes when it is made."""

        def noting(view: View) -> Sequence[Edit]:
            edits = plan(view)
            graph = view.graph
            self._waiting = [one for one in graph.behind(self._chosen) if graph.status(one) == "blocked"]
            return edits

        return noting

    def ids(self) -> list[str]:
        """Give the ids, once the write is done."""
        graph = self._workspace.view().graph
        return sorted(one for one in self._waiting if one not in self._chosen and graph.status(one) == "pending")


def moved(workspace: Workspace, view: View, task: Task, status: str, force: bool, verb: str) -> dict[str, Any]:
    """Give the fields that a new status changes; nothing when the task has it already."""
    if status not in STATUSES:
        raise unknown("status", status, STATUSES)
    if task.status == status:
        return {}
    if status in ("in_progress", "completed") and not force:
        _refuse_blocked(view, task, verb)
    now = stamp(workspace.now())
    values: dict[str, Any] = {"status": None if status == "pending" and "status" not in task.doc else status}
    values["completed_at"] = now if status == "completed" else None
    if status == "in_progress" and "started_at" not in task.doc:
        values["started_at"] = now
    if status in CLOSED:
        values["claim"] = None
    return values


def _refuse_blocked(view: View, task: Task, verb: str) -> None:
    if task.status == "blocked":
        raise TmError(
            f"cannot {verb} {task.id}: it is marked blocked",
            f"when nothing holds it any more: tm update {task.id} --status pending; or use --force",
        )
    if blockers := view.graph.blockers(task.id):
        named = ", ".join(f"{one} ({view.graph.why(one)})" for one in blockers)
        raise TmError(
            f"cannot {verb} {task.id}: it is blocked by {named}",
            "complete those first, or use --force",
        )
