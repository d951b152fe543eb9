"""Which earlier version of a task somebody has seen; changes nothing."""

from __future__ import annotations

from tmfiles import codec
from tmfiles.errors import TmError
from tmfiles.history.events import events
from tmfiles.workspace.seen import mark_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from tmfiles.workspace import Workspace

# So many commits of the task are looked into: what was seen was seen lately.
_MOST = 200


def seen(workspace: Workspace, task_id: str, marks: Collection[str]) -> dict[str, Any] | None:
    """Give the document of the version that has one of the marks, as a commit of the task's own history holds it.

    None where no commit does: it was edited by hand and never committed, or the mark is none.
    """
    for event in events(workspace, task_id, limit=_MOST):
        for told in event.tasks:
            for data in (told.after, told.before):
                if told.id == task_id and data is not None and mark_of(data) in marks:
                    try:
                        return codec.loads(data)
                    except TmError:
                        return None
    return None
