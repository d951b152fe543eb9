"""What is done to one task: the steps of its life, words, dependencies, criteria, private notes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path
from fastapi.responses import Response

from tmfiles.actions import archive, claims, links, notes
from tmfiles.actions.operations import OPERATIONS
from tmfiles.actions.talk import KINDS
from tmfiles.actions.tasks import Done
from tmfiles.errors import TmError
from tmfiles.history import restoring
from tmfiles.render import documents
from tmfiles.web.api import shapes
from tmfiles.web.api.answers import answered, how, wrote
from tmfiles.web.api.bodies import reader
from tmfiles.web.api.describe import operation
from tmfiles.web.api.reading import Flag, Force, TaskId
from tmfiles.web.desk import Here, Visit
from tmfiles.workspace import Workspace
from tmfiles.workspace.write import How

router = APIRouter()
# Each as its operation in a batch: what it is for, and an example of its body.
STEPS: dict[str, tuple[str, dict[str, Any]]] = {
    "start": ("Begin work on it.", {}),
    "complete": ("Close it as done.", {"summary": "Drafts are saved every ten seconds", "actual": "3h"}),
    "cancel": ("Close it as not to be done.", {"reason": "Replaced by the new editor"}),
    "reopen": ("Open it again.", {}),
    "assign": ("Say who is to do it.", {"assignee": "maria"}),
    "claim": ("Take it for a time, so that nobody else does.", {"length": "2h"}),
    "release": ("Give it back.", {}),
    "join": ("Take part in it beside its assignee.", {}),
    "feedback": ("Say how the work was found to be.", {"quality": 4, "timeliness": 5}),
    **{kind: (f"Add to its journal: {kind}.", {"text": "The cookie is set by two handlers"}) for kind in KINDS},
}
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{0,100}$",
        description="A word of your choice: said again by you under it on this task, nothing is written twice.",
    ),
]
Number = Annotated[int, Path(ge=1, le=1000, description="Which criterion, counted from 1.")]
Other = Annotated[str, Path(pattern=shapes.ID, description="Another task's id, or the beginning of one.")]


def _step(op: str, body: Any) -> Callable[..., Response]:
    """Make the handler of an operation."""
    forced = "force" in OPERATIONS[op].keys
    Body = Annotated[Any, Depends(reader(body, required=bool(OPERATIONS[op].must[1:])))]  # noqa: N806 a kind

    def run(here: Visit, task_id: str, body: Any, force: bool | None, key: str = "") -> Response:
        def done(workspace: Workspace) -> Done:
            several = OPERATIONS[op].keys["id"] == "ids"
            values = {"id": [task_id] if several else task_id, **body}
            if force is not None:
                values["force"] = force
            return OPERATIONS[op].run(workspace, values, how(here, workspace, task_id, force))

        return wrote(here, done, key)

    def plain(here: Here, task_id: TaskId, body: Body) -> Response:
        return run(here, task_id, body, None)

    def forcible(here: Here, task_id: TaskId, body: Body, force: Force = False) -> Response:
        return run(here, task_id, body, force)

    def repeatable(here: Here, task_id: TaskId, body: Body, key: Key = "") -> Response:
        return run(here, task_id, body, None, key)

    made: Callable[..., Response] = repeatable if op in KINDS else forcible if forced else plain
    # What FastAPI looks up by name is not to be found in this function.
    made.__annotations__ = {**made.__annotations__, "body": Body}
    return made


for _op, (_about, _example) in STEPS.items():
    _body = shapes.of_verb(_op)
    router.add_api_route(
        f"/tasks/{{task_id}}/{_op}",
        _step(_op, _body),
        methods=["POST"],
        summary=_about,
        operation_id=_op,
        tags=["words" if _op in KINDS else "steps"],
        **operation("changed", own=True, body=_body, example=_example, required=bool(OPERATIONS[_op].must[1:])),
    )


@router.put("/tasks/{task_id}/dependencies/{other}", tags=["links"], **operation("changed", own=True))
def depend(here: Here, task_id: TaskId, other: Other) -> Response:
    """Let it wait for another task."""
    return wrote(here, lambda workspace: links.depend(workspace, task_id, [other], how(here, workspace, task_id)))


@router.delete("/tasks/{task_id}/dependencies/{other}", tags=["links"], **operation("changed", own=True))
def undepend(here: Here, task_id: TaskId, other: Other) -> Response:
    """Let it wait for another task no more."""
    return wrote(here, lambda workspace: links.undepend(workspace, task_id, [other], how(here, workspace, task_id)))


@router.get("/tasks/{task_id}/dependencies", tags=["links"], **operation("tree"))
def tree(here: Here, task_id: TaskId, up: Flag = False) -> Response:
    """Show what it waits for, and what that waits for; with `up` what waits for it."""
    return answered(
        here,
        lambda workspace: documents.outermost([one._asdict() for one in links.tree(workspace, task_id, up=up)]),
    )


@router.get("/tasks/{task_id}/criteria", tags=["criteria"], **operation("criteria"))
def criteria(here: Here, task_id: TaskId) -> Response:
    """Show what must hold for it to be done."""
    return answered(here, lambda workspace: documents.outermost(notes.criteria(workspace, task_id)))


_ADDED = shapes.of_verb("criteria add")
_MET = {
    "type": "object",
    "properties": {"met": {"type": "boolean"}},
    "required": ["met"],
    "additionalProperties": False,
}


@router.post(
    "/tasks/{task_id}/criteria",
    tags=["criteria"],
    **operation("changed", own=True, body=_ADDED, example={"text": ["No draft is lost"], "measurable": "lost == 0"}),
)
def add_criteria(here: Here, task_id: TaskId, body: Annotated[Any, Depends(reader(_ADDED))]) -> Response:
    """Say what more must hold."""
    return wrote(
        here,
        lambda workspace: notes.add_criteria(
            workspace, task_id, body["text"], how(here, workspace, task_id), body.get("measurable", "")
        ),
    )


@router.patch(
    "/tasks/{task_id}/criteria/{number}",
    tags=["criteria"],
    **operation("changed", own=True, body=_MET, example={"met": True}),
)
def meet(here: Here, task_id: TaskId, number: Number, body: Annotated[Any, Depends(reader(_MET))]) -> Response:
    """Mark a criterion as met, or not."""
    return wrote(
        here,
        lambda workspace: notes.meet(workspace, task_id, [number], how(here, workspace, task_id), met=body["met"]),
    )


@router.delete("/tasks/{task_id}/criteria/{number}", tags=["criteria"], **operation("changed", own=True))
def remove_criterion(here: Here, task_id: TaskId, number: Number) -> Response:
    """Take a criterion away."""
    return wrote(
        here, lambda workspace: notes.remove_criteria(workspace, task_id, [number], how(here, workspace, task_id))
    )


_NOTE = shapes.of_verb("comment")


@router.get("/tasks/{task_id}/note", tags=["words"], **operation("note"))
def note(here: Here, task_id: TaskId) -> Response:
    """Show your own private note on it, which nobody else sees and no commit holds."""
    return answered(here, lambda workspace: documents.outermost(_told(notes.own_note(workspace, task_id))))


@router.post(
    "/tasks/{task_id}/note", tags=["words"], **operation("note", body=_NOTE, example={"text": "Ask Li about it"})
)
def keep_note(here: Here, task_id: TaskId, body: Annotated[Any, Depends(reader(_NOTE))]) -> Response:
    """Add to your own private note on it."""
    return answered(here, lambda workspace: documents.outermost(_told(notes.note(workspace, task_id, body["text"]))))


def _told(found: notes.Note) -> dict[str, Any]:
    """Give a note without the folder it lies in: where this server keeps things is nobody's to know."""
    document: dict[str, Any] = found._asdict()
    return {**document, "path": found.path.replace("\\", "/").rpartition("/")[2]}


@router.post("/tasks/{task_id}/archive", tags=["steps"], **operation("changed", own=True))
def put_away(here: Here, task_id: TaskId) -> Response:
    """Put it out of the way of lists, once it is closed."""
    return wrote(here, lambda workspace: archive.archive(workspace, [task_id], how(here, workspace, task_id)))


@router.post("/tasks/{task_id}/unarchive", tags=["steps"], **operation("changed", own=True))
def bring_back(here: Here, task_id: TaskId) -> Response:
    """Bring it back from the archive."""
    return wrote(here, lambda workspace: archive.unarchive(workspace, [task_id], how(here, workspace, task_id)))


_AT = {
    "type": "object",
    "properties": {"at": {"type": "string", "pattern": r"\S", "maxLength": 200}},
    "additionalProperties": False,
}


@router.post(
    "/tasks/{task_id}/restore",
    tags=["history"],
    **operation("changed", body=_AT, example={"at": "2w"}, required=False),
)
def restore(here: Here, task_id: TaskId, body: Annotated[Any, Depends(reader(_AT, required=False))]) -> Response:
    """Bring it back after it was deleted (by its full id), or as it was at a commit or a date."""
    return wrote(here, lambda workspace: restoring.restore(workspace, [task_id], How(), body.get("at", "")))


_LENGTH = shapes.of_verb("claim")


@router.post("/next", tags=["steps"], **operation("changed", body=_LENGTH, example={"length": "4h"}, required=False))
def claim_next(here: Here, body: Annotated[Any, Depends(reader(_LENGTH, required=False))]) -> Response:
    """Take the most urgent task that is ready: of any number of people who ask at once, each gets another."""
    return wrote(here, lambda workspace: claims.claim_next(workspace, **body))


def refuse_key(here: Here) -> None:
    """Refuse a key where it would do nothing: whoever sends it relies on it."""
    route = here.request.scope["route"].path
    if "idempotency-key" in here.request.headers and route.rpartition("/")[2] not in KINDS:
        raise TmError(
            "Idempotency-Key is heeded for words of the journal only",
            "a task that may be made again: give it an id; an edit: If-Match",
            "malformed",
        )
