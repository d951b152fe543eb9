"""The steps of a task's life: start, complete, cancel, reopen, assign; plain arguments in, values out."""

from __future__ import annotations

from tmfiles.actions import review
from tmfiles.actions.moves import Freed, moved
from tmfiles.actions.notes import said
from tmfiles.actions.repeating import repeating
from tmfiles.actions.tasks import Done, appended, chosen_ids, done, refuse_values, says
from tmfiles.errors import TmError
from tmfiles.task import CLOSED, Task
from tmfiles.workspace import edit
from tmfiles.workspace.write import How, Order, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

    Step = Callable[[View, Task], dict[str, Any]]


def start(workspace: Workspace, texts: Sequence[str], how: How = How(), *, force: bool = False) -> Done:
    """Begin work: in_progress, with the time of the first start. Refused while blocked, unless forced."""

    def step(view: View, task: Task) -> dict[str, Any]:
        if task.status in CLOSED:
            raise TmError(f"{task.id} is {task.status}", f"reopen it first: tm reopen {task.id}")
        return moved(workspace, view, task, "in_progress", force, "start")

    return _stepped(workspace, "start", texts, how, step)


def complete(
    workspace: Workspace,
    texts: Sequence[str],
    how: How = How(),
    *,
    summary: str = "",
    actual: str = "",
    force: bool = False,
    validate: bool = False,
    impact: bool = False,
) -> Done:
    """Close tasks as done; `summary` goes to `result`, `actual` is the time spent, such as `3h`.

    `validate` measures the criteria first and marks those that hold; `impact` names the open tasks that are
    about the same files, and says so in the journal. Refused while blocked, or with a criterion that can be
    seen not to hold, unless forced. The result names the tasks that became ready by it.
    """

    refuse_values({"actual": actual} if actual else {})
    reports: dict[str, list[review.Judged]] = {}
    shared: dict[str, dict[str, list[str]]] = {}

    def step(view: View, task: Task) -> dict[str, Any]:
        if task.status == "cancelled":
            raise TmError(f"{task.id} is cancelled", f"reopen it first: tm reopen {task.id}")
        values = moved(workspace, view, task, "completed", force, "complete")
        if validate:
            report = reports[task.id] = review.judged({**task.doc, **({"actual": actual} if actual else {})})
            if not force:
                review.refuse_unmet(task.id, report)
            values["criteria"] = review.marked(task.doc.get("criteria", ()), report)
        if impact:
            shared[task.id] = review.sharing(view, task)
            if task.status != "completed":
                words = review.worded(shared[task.id])
                values["journal"] = said(workspace, task, words, how, "discovery")
        if summary and not says(task.doc.get("result", ""), summary):
            values["result"] = appended(task.doc.get("result", ""), summary)
        if actual:
            values["actual"] = actual
        return values

    result = _stepped(workspace, "complete", texts, how, step)
    return result._replace(judged=reports, shared=shared)


def cancel(workspace: Workspace, texts: Sequence[str], how: How = How(), *, reason: str = "") -> Done:
    """Close tasks as not to be done; what depends on them is blocked by them no more."""

    def step(view: View, task: Task) -> dict[str, Any]:
        if task.status == "completed":
            raise TmError(f"{task.id} is completed", f"reopen it first: tm reopen {task.id}")
        values = moved(workspace, view, task, "cancelled", True, "cancel")
        if reason and not says(task.doc.get("reason", ""), reason):
            values["reason"] = appended(task.doc.get("reason", ""), reason)
        return values

    return _stepped(workspace, "cancel", texts, how, step)


def reopen(workspace: Workspace, texts: Sequence[str], how: How = How()) -> Done:
    """Open closed tasks again; the words of their closing move into the journal."""

    def step(_view: View, task: Task) -> dict[str, Any]:
        if task.status not in CLOSED:
            return {}
        values: dict[str, Any] = {"status": "pending", "completed_at": None}
        words = [f"{key}: {task.doc[key].strip()}" for key in ("result", "reason") if task.doc.get(key)]
        if words:
            told = f"Reopened; it was {task.status}. " + "\n".join(words)
            values |= {"result": None, "reason": None, "journal": said(workspace, task, told, how)}
        return values

    return _stepped(workspace, "reopen", texts, how, step)


def assign(workspace: Workspace, texts: Sequence[str], assignee: str, how: How = How()) -> Done:
    """Say who is to do tasks; an empty name takes the assignee away."""
    refuse_values({"assignee": assignee.strip()} if assignee.strip() else {})
    return _stepped(workspace, "assign", texts, how, lambda _view, _task: {"assignee": assignee.strip() or None})


def _stepped(workspace: Workspace, op: str, texts: Sequence[str], how: How, step: Step) -> Done:
    chosen: list[str] = []

    def plan(view: View) -> list[Edit]:
        chosen[:] = chosen_ids(view, texts)
        return [edit.change(task_id, step(view, view.task(task_id))) for task_id in chosen]

    freed, told = Freed(workspace, chosen), list[str]()
    outcome = write(workspace, Order(op, how), freed.watching(repeating(workspace, how, plan, told)))
    return done(workspace, chosen, outcome._replace(notes=(*outcome.notes, *told)), freed.ids())
