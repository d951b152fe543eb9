"""The page of one task: everything about it, and forms for everything that can be done to it."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from tmfiles.actions.graphs import statuses
from tmfiles.actions.search import search
from tmfiles.errors import TmError
from tmfiles.history.events import events, who
from tmfiles.query import Query, Row
from tmfiles.web.desk import Here
from tmfiles.web.pages.page import page
from tmfiles.web.pages.sheet import Words, sheet
from tmfiles.workspace import Workspace

router = APIRouter(include_in_schema=False)

_OFFERED = 8


@router.get("/tasks/{task_id}")
def show(request: Request, here: Here, task_id: str, saved: str = "") -> Response:
    """Show a task; one whose file cannot be read is shown in the editor, one that was deleted can come back."""
    return here.ask(lambda workspace: shown(request, workspace, task_id, saved))


def shown(request: Request, workspace: Workspace, task_id: str, saved: str = "") -> Response:
    """Give the page of a task as it is now."""
    view = workspace.read()
    if not view.index.has(task_id):
        deleted = view.was_deleted([task_id])
        if deleted:
            return _gone(request, workspace, task_id)
        return RedirectResponse(f"/tasks/{view.resolve(task_id)}", 303)
    files = view.index.files(task_id)
    if len(files) > 1:
        return RedirectResponse("/problems", 303)
    if files[0][1] is None:
        return RedirectResponse(f"/files/{quote(files[0][0])}", 303)
    return page(request, "task.html", **sheet(workspace, task_id, saved))


def _gone(request: Request, workspace: Workspace, task_id: str) -> Response:
    """Show what became of a task that was deleted."""
    last = next(events(workspace, task_id, limit=1), None)
    return page(
        request,
        "gone.html",
        410,
        task_id=task_id,
        last=last,
        words=Words(workspace),
        who=who,
        title=last and last.tasks[0].title,
    )


@router.get("/candidates/{task_id}")
def candidates(here: Here, task_id: str, q: str = "") -> Response:
    """Give the tasks that words may mean, for the list below a control: not the task itself, open ones first."""

    def found(workspace: Workspace) -> list[dict[str, str]]:
        status = statuses(workspace.read())
        return [
            {"id": row.id, "title": row.title, "status": status(row.id)}
            for row in meant(workspace, q)
            if row.id != task_id
        ][:_OFFERED]

    return JSONResponse(here.ask(found))


def meant(workspace: Workspace, words: str) -> list[Row]:
    """Give the tasks that words may mean: an id or its beginning, or words of the task, as far as they are typed."""
    view = workspace.read()
    words = " ".join(words.split())
    if not words:
        return view.rows(Query(statuses=("in_progress", "pending", "blocked")))[: _OFFERED + 1]
    ids = view.index.ids(words.lower())[:_OFFERED]
    rows = [view.row(one) for one in ids if view.index.files(one)[0][1] is not None]
    with suppress(TmError):  # words that cannot be searched for, such as a lone sign, find nothing
        rows += [row for row in search(workspace, _begun(words), Query()).rows if row.id not in ids]
    return sorted(rows, key=lambda row: row.status in ("completed", "cancelled"))[: 2 * _OFFERED]


def _begun(words: str) -> str:
    """Give a search whose last word is only begun."""
    plain = "".join(sign if sign.isalnum() or sign in "_-. " else " " for sign in words).strip(" -.")
    return f"{plain}*" if plain and plain[-1].isalnum() else plain
