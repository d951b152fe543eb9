"""Tasks that come again: a command that completes one makes the next in the same commit."""

from __future__ import annotations

from tmfiles import ids, repeats
from tmfiles.errors import TmError
from tmfiles.task import CLOSED
from tmfiles.workspace import edit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit
    from tmfiles.workspace.write import How

    Plan = Callable[[View], Sequence[Edit]]


def repeating(workspace: Workspace, how: How, plan: Plan, told: list[str]) -> Plan:
    """Give the plan, with a new task for each one it completes that says `repeat`; `told` says which.

    Of one task one next comes, however often it is completed: as long as that is open, there is no other.
    """

    def with_next(view: View) -> list[Edit]:
        told.clear()
        edits = list(plan(view))
        for one in list(edits):
            if one.kind == "change" and one.value.get("status") == "completed":
                edits += _next(workspace, view, one, how, told)
        return edits

    return with_next


def _next(workspace: Workspace, view: View, done: Edit, how: How, told: list[str]) -> list[Edit]:
    doc = {key: value for key, value in {**view.task(done.target).doc, **done.value}.items() if value is not None}
    if not doc.get("repeat"):
        return []
    for src, kind in view.index.referrers(done.target):
        other = view.task(src) if kind == "source" else None
        if other and other.status not in CLOSED and other.doc.get("repeat") == doc["repeat"]:
            told.append(f"{done.target} repeats: its next one is there already: {src}")
            return []
    try:
        new = repeats.following(doc, done.target, workspace.now(), workspace.actor(how.actor))
    except TmError as error:
        hint = f"to end the series: tm update {done.target} --clear repeat; {error.hint}"
        raise TmError(f"{done.target} repeats, and no next one can be made: {error.message}", hint) from error
    made = ids.new(workspace.random_bytes, lambda one: bool(view.index.files(one)))
    day = f"due {new['due']}" if "due" in new else f"not before {new['wait_until']}"
    told.append(f"{done.target} repeats: the next one is {made}, {day}")
    return [edit.make(made, new)]
