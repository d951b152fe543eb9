"""Who set the present value of each of a task's fields, when, and in which commit; changes nothing."""

from __future__ import annotations

from collections import namedtuple

from tmfiles.changes import differences
from tmfiles.history.events import document, events
from tmfiles.task import SHAPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tmfiles.git.history import Commit
    from tmfiles.history.events import Told
    from tmfiles.task import Task
    from tmfiles.workspace import Workspace


class Line(namedtuple("Line", "field value commit")):
    """One field, its value, and the commit that gave it; None while no commit has it."""

    __slots__ = ()

    field: str
    value: Any
    commit: Commit | None


def blame(workspace: Workspace, text: str) -> tuple[Task, list[Line]]:
    """Give a task and, for each of its fields, where the present value comes from."""
    view = workspace.read()
    task = view.task(view.resolve(text))
    doc = task.doc
    order = [*(key for key in SHAPES if key in doc), *(key for key in doc if key not in SHAPES)]
    found: dict[str, Commit] = {}
    left: set[str] | None = None
    for commit, tasks in events(workspace, task.id):
        for told in tasks:
            if left is None:  # what the last commit does not hold was edited since
                left = set(order) - _fields(document(told.after) or {}, doc)
            given = {key for key in left if _gave(told, key)}
            found |= dict.fromkeys(given, commit)
            left -= given
        if not left and left is not None:
            break
    return task, [Line(key, doc[key], found.get(key)) for key in order]


def _fields(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    return {one.field.partition(".")[0] for one in differences(old, new)}


def _gave(told: Told, key: str) -> bool:
    """Tell whether the value that held after an event did not hold before it."""
    if told.what == "added" or not told.readable:
        return told.after is not None
    return any(one.field.partition(".")[0] == key for one in told.fields)
