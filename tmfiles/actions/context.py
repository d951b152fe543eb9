"""All that somebody needs who takes a task up: the task, what came of what it waited for, whom it holds up."""

from __future__ import annotations

from collections import namedtuple

from tmfiles.actions import near as nearby
from tmfiles.actions.lists import details
from tmfiles.actions.notes import own_note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tmfiles.actions.lists import Details
    from tmfiles.actions.near import Near
    from tmfiles.task import Task
    from tmfiles.workspace import Workspace


class Context(namedtuple("Context", "one near results parent note")):
    """A task with what is around it.

    `near` has every linked task by id; `results` what its dependencies closed with; `parent` the task it is
    part of, or None where there is none that can be read; `note` is the actor's own.
    """

    __slots__ = ()

    one: Details
    near: Mapping[str, Near]
    results: Mapping[str, str]
    parent: Task | None
    note: str


def context(workspace: Workspace, text: str, actor: str = "") -> Context:
    """Give a task with what is around it, for `actor`."""
    found = details(workspace, [text])
    doc = found[0].task.doc
    ids = [*(doc.get("depends_on") or ()), *filter(None, [doc.get("parent")])]
    others = {task.id: task for task in workspace.view().tasks(dict.fromkeys(ids))}
    results = {id: _result(others[id].doc) for id in ids if id in others and id != doc.get("parent")}
    note = own_note(workspace, found[0].task.id, actor).text if workspace.repository is not None else ""
    near = nearby.near(workspace, found)
    return Context(
        found[0], near, {id: text for id, text in results.items() if text}, others.get(doc.get("parent", "")), note
    )


def _result(doc: Mapping[str, Any]) -> str:
    return str(doc.get("result") or doc.get("reason") or "")
