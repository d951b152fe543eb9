"""New tasks from one line, and changes taken back: the two things that every page can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tmfiles.actions.operations import add
from tmfiles.actions.quick import quick
from tmfiles.errors import TmError
from tmfiles.history.undoing import undo
from tmfiles.web import problems
from tmfiles.web.desk import Here
from tmfiles.web.pages.answers import changed
from tmfiles.web.pages.page import page
from tmfiles.web.pages.posted import Form
from tmfiles.web.problems import STATUS
from tmfiles.workspace.write import How

if TYPE_CHECKING:
    from tmfiles.workspace import Workspace

router = APIRouter(include_in_schema=False)


@router.get("/add")
def ask_what(request: Request, text: str = "", back: str = "/") -> Response:
    """Show the form for a new task."""
    return page(request, "add.html", text=text, description="", back=back, wrong=None)


@router.post("/add")
def make(request: Request, here: Here, form: Form) -> Response:
    """Make a task of one line, in which marks fill fields as in `tm add --quick`."""

    def ask(workspace: Workspace) -> Response:
        title, fields = quick(form.get("text"))
        if description := form.get("description").replace("\r\n", "\n").strip():
            fields["description"] = f"{description}\n"
        result = add(workspace, {"title": title, **fields}, How())
        task = result.tasks[0]
        return changed(request, f"Added {task.title}", result.outcome.commit, form.get("back"), [task.id])

    try:
        return here.ask(ask)
    except TmError as error:
        if problems.wants_document(request):
            raise
        text, description = form.get("text"), form.get("description")
        status = STATUS.get(error.code, 422)
        return page(request, "add.html", status, text=text, description=description, back=form.get("back"), wrong=error)


@router.post("/undo")
def take_back(request: Request, here: Here, form: Form) -> Response:
    """Take back a command by its commit, or the last one of whoever asks."""

    def ask(workspace: Workspace) -> Response:
        commits, result = undo(workspace, which=form.line("commit"))
        words = "Took back: " + ", ".join(one.subject.removeprefix("tm: ") for one in commits)
        ids = [task.id for task in result.tasks]
        return changed(request, words, result.outcome.commit, form.get("back"), ids)

    return here.ask(ask)


@router.get("/undo")
def nothing_to_see() -> Response:
    """Lead whoever loads the address of a form anew to the board."""
    return RedirectResponse("/", 303)
