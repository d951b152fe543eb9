"""A field that somebody changes as they saw it: done only while it still is so, and else told with both sides."""

from __future__ import annotations

from tmfiles import merge
from tmfiles.errors import TmError
from tmfiles.workspace import edit
from tmfiles.workspace.seen import UnseenError, mark
from tmfiles.workspace.write import How

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from tmfiles.actions.tasks import Done
    from tmfiles.workspace import Workspace

# What puts into one what both sides say; by every other rule one side's words would be lost.
_TOGETHER = "both"
# How often others may change other fields in between.
_TRIES = 100


class ChangedError(TmError):
    """A field that is no more what the person saw: its name, and its value now."""

    def __init__(self, task_id: str, field: str, theirs: Any) -> None:
        super().__init__(f"{field} of {task_id} was changed meanwhile", "choose between the two", "race")
        self.field = field
        self.theirs = theirs


def changed(
    workspace: Workspace, text: str, seen: Mapping[str, Any], act: Callable[[How], Done], how: How = How()
) -> Done:
    """Do what `act` does to a task while its fields are what was `seen`, whatever others do to other fields.

    A custom field is seen as `fields.NAME`. Raises ChangedError (`race`) for the first field that is not so.
    """
    for _ in range(_TRIES):
        view = workspace.read()
        task = view.task(view.resolve(text))
        for field, value in seen.items():
            now = valued(task.doc, field)
            if not edit.same(field, now, value):
                raise ChangedError(task.id, field, now)
        try:
            return act(how._replace(seen=((task.id, (mark(view, task.id),)),)))
        except UnseenError as error:
            last = error
    raise last


def valued(doc: Mapping[str, Any], field: str) -> Any:
    """Give a field's value, or a custom field's; None where there is none."""
    head, dot, name = field.partition(".")
    if not dot:
        return doc.get(field)
    inside = doc.get(head)
    return inside.get(name) if isinstance(inside, dict) else None


def together(field: str, was: Any, mine: Any, theirs: Any) -> Any:
    """Give a value that says what both sides say; None where one side would have to give way."""
    docs = [{} if value is None else {field: value} for value in (was, mine, theirs)]
    doc, settled = merge.merge(*docs)
    return doc.get(field) if settled and all(one.rule == _TOGETHER for one in settled) else None
