"""What those who work on a task tell each other in its journal, and who takes part; plain arguments in, values out."""

from __future__ import annotations

from tmfiles.actions.notes import changed, said
from tmfiles.actions.tasks import Done
from tmfiles.errors import TmError
from tmfiles.task import joined
from tmfiles.workspace.write import How

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tmfiles.task import Task
    from tmfiles.workspace import Workspace

# The verb that says something → the kind of its journal entry.
KINDS = {
    "comment": "comment",
    "share": "share",
    "discover": "discovery",
    "checkpoint": "checkpoint",
    "progress": "progress",
}


def say(workspace: Workspace, verb: str, text: str, words: str, how: How = How()) -> Done:
    """Add an entry to a task's journal; `verb` is one of `KINDS`.

    Under a request's name (`TM_REQUEST_ID`) an actor says it once, however often it is asked. Raises
    TmError (`usage`) when nothing is said.
    """
    if not words.strip():
        raise TmError(f"the {KINDS[verb]} is empty", f'say something: tm {verb} ID "TEXT"', "usage")
    request = workspace.environment.request
    known: list[str] = []

    def entry(task: Task) -> dict[str, Any]:
        journal = said(workspace, task, words, how, KINDS[verb])
        if not request:
            return {"journal": journal}
        journal[-1]["request"] = request
        by = journal[-1]["by"]
        if any((one.get("by"), one.get("request")) == (by, request) for one in journal[:-1]):
            known.append(f"request {request} of {by} was done before")
            return {}
        return {"journal": journal}

    result = changed(workspace, verb, text, how, entry)
    return result._replace(outcome=result.outcome._replace(notes=(*result.outcome.notes, *known)))


def join(workspace: Workspace, text: str, how: How = How()) -> Done:
    """Take part in a task beside its assignee."""
    name = workspace.actor(how.actor)

    def named(task: Task) -> dict[str, Any]:
        return {"participants": joined(task.doc.get("participants", ()), [name])}

    return changed(workspace, "join", text, how, named)
