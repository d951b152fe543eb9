"""What happened, and taking it back: log, blame, differences, undo and redo."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from tmfiles import dates
from tmfiles.history import blame as blaming
from tmfiles.history import events, undoing
from tmfiles.history.diff import diff
from tmfiles.render import documents, past
from tmfiles.web.api.answers import answered
from tmfiles.web.api.bodies import reader
from tmfiles.web.api.describe import operation
from tmfiles.web.api.reading import Flag, Limit, TaskId, Text
from tmfiles.web.desk import Here, Visit
from tmfiles.workspace import Workspace
from tmfiles.workspace.write import How

router = APIRouter(tags=["history"])
Since = Annotated[
    str, Query(pattern=r"\S", max_length=100, description="From a day on, or 90d, 2w, 3m ago.", examples=["2w"])
]
_FEW = 50
_UNDO = {
    "type": "object",
    "properties": {
        "commit": {"type": "string", "pattern": "^[0-9a-f]{7,64}$", "description": "That one, whoever made it."},
        "count": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "Your last so many; 1."},
    },
    "additionalProperties": False,
    "maxProperties": 1,
}
_REDO = {**_UNDO, "properties": {"count": _UNDO["properties"]["count"]}}  # type: ignore[index]


@router.get("/log", **operation("log"))
def log(here: Here, by: Text = "", since: Since = "", patch: Flag = False, limit: Limit = _FEW) -> Response:
    """Show what was done to the store, newest first."""
    return _logged(here, "", by, since, limit, patch=patch)


@router.get("/tasks/{task_id}/log", **operation("log"))
def log_of(
    here: Here, task_id: TaskId, by: Text = "", since: Since = "", patch: Flag = False, limit: Limit = _FEW
) -> Response:
    """Show what was done to one task, newest first; one that was deleted is found by its full id."""
    return _logged(here, task_id, by, since, limit, patch=patch)


def _logged(here: Visit, task_id: str, by: str, since: str, limit: int, *, patch: bool) -> Response:
    def document(workspace: Workspace) -> dict[str, Any]:
        start = dates.past(since, workspace.now()) if since else None
        found = events.events(workspace, task_id, by=by, since=start, limit=limit)
        return documents.outermost([past.event_document(one, with_patch=patch) for one in islice(found, limit)])

    return answered(here, document)


@router.get("/deleted", **operation("log"))
def deleted(here: Here, by: Text = "", since: Since = "", limit: Limit = _FEW) -> Response:
    """Show the tasks that were deleted and are not back, newest first."""

    def document(workspace: Workspace) -> dict[str, Any]:
        start = dates.past(since, workspace.now()) if since else None
        found = events.deleted(workspace, by=by, since=start, limit=limit)
        return documents.outermost([past.deleted_document(one, with_patch=False) for one in found])

    return answered(here, document)


@router.get("/tasks/{task_id}/blame", **operation("blame"))
def blame(here: Here, task_id: TaskId) -> Response:
    """Show who set each field's present value, when, in which commit."""

    def document(workspace: Workspace) -> dict[str, Any]:
        return documents.outermost(past.blame_document(blaming.blame(workspace, task_id)[1]))

    return answered(here, document)


@router.get("/diff", **operation("diff"))
def differences(
    here: Here,
    states: Annotated[
        str, Query(pattern=r"\S", max_length=200, description="OLD or OLD..NEW: commits or dates.", examples=["2w"])
    ] = "",
    patch: Flag = False,
) -> Response:
    """Show what changed between two states by task and field; without `states`, what is not committed."""

    def document(workspace: Workspace) -> dict[str, Any]:
        return documents.outermost([past.told_document(one, with_patch=patch) for one in diff(workspace, states)])

    return answered(here, document)


@router.get("/undo", **operation("undoable"))
def undoable(here: Here, limit: Limit = _FEW) -> Response:
    """Show your commands that can be taken back, newest first, and what is in the way of each."""

    def document(workspace: Workspace) -> dict[str, Any]:
        found = undoing.undoable(workspace, workspace.actor(), limit)
        return documents.outermost([past.step_document(one) for one in found])

    return answered(here, document)


@router.post("/undo", **operation("changed", body=_UNDO, example={"count": 1}, required=False))
def undo(here: Here, body: Annotated[Any, Depends(reader(_UNDO, required=False))]) -> Response:
    """Take back your last command, or several, or the one of a commit, by a new commit."""

    def document(workspace: Workspace) -> dict[str, Any]:
        found = undoing.undo(workspace, How(), body.get("commit", ""), body.get("count", 1))
        return documents.outermost(documents.taken_back(*found))

    return answered(here, document)


@router.post("/redo", **operation("changed", body=_REDO, example={"count": 1}, required=False))
def redo(here: Here, body: Annotated[Any, Depends(reader(_REDO, required=False))]) -> Response:
    """Bring back what your last undo took back."""

    def document(workspace: Workspace) -> dict[str, Any]:
        return documents.outermost(documents.taken_back(*undoing.redo(workspace, How(), body.get("count", 1))))

    return answered(here, document)
