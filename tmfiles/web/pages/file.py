"""The very text of a file in an editor: judged as it is typed, saved as it was typed, never half; starts no program."""

from __future__ import annotations

import difflib
import re
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from tmfiles.actions import texts
from tmfiles.errors import Problem, TmError
from tmfiles.render import documents
from tmfiles.render.past import words as told_words
from tmfiles.store import FOLDER, id_of, is_task
from tmfiles.web.desk import Here
from tmfiles.web.pages.page import page
from tmfiles.web.pages.posted import Form
from tmfiles.web.pages.sheet import Words, saved_as
from tmfiles.web.problems import STATUS
from tmfiles.workspace import Workspace

router = APIRouter(include_in_schema=False)

_BOM = "\ufeff"
_ENDING = re.compile("(\r\n|\n|\r)")
# A control grows with its text up to so many lines; numbers stand beside the first of them.
_LINES = 2000


@router.get("/tasks/{task_id}/file")
def of_task(here: Here, task_id: str, line: int = 0) -> Response:
    """Send to the editor of a task's file, wherever it lies."""

    def asked(workspace: Workspace) -> Response:
        view = workspace.read()
        files = view.index.files(view.resolve(task_id))
        place = f"/files/{quote(files[0][0])}{f'?line={line}' if line else ''}" if len(files) == 1 else "/problems"
        return RedirectResponse(place, 303)

    return here.ask(asked)


@router.get("/files/{path:path}")
def show(request: Request, here: Here, path: str, line: int = 0, saved: str = "") -> Response:
    """Show a file's text, with what is wrong in it; a file of a task, sound or not, or the store's settings."""

    def asked(workspace: Workspace) -> Response:
        text = texts.read(workspace, path)
        values = _values(workspace, path, text.data, text.problems)
        return page(request, "file.html", **{**values, "line": line, "saved": saved_as(workspace, saved)})

    return here.ask(asked)


@router.post("/files/{path:path}")
def save(request: Request, here: Here, path: str, form: Form) -> Response:
    """Save what was typed, or only judge it; where it is refused, the text stays as it was typed."""

    def asked(workspace: Workspace) -> Response:
        base = form.get("base").replace("\r\n", "\n")
        typed = form.get("text").replace("\r\n", "\n")
        held = texts.read(workspace, path).data
        before = as_file(base, held)
        checking = form.get("do") == "check"
        try:
            if checking:
                found = texts.judge(workspace, path, before, as_file(typed, held))
                if _wants_json(request):
                    return JSONResponse({"problems": documents.problems(found)})
                return page(request, "file.html", **_typed(workspace, path, base, typed, found, checked=True))
            outcome = texts.save(workspace, path, before, as_file(typed, held))
        except texts.ClashError as clash:
            values = _typed(workspace, path, as_text(clash.now), as_text(clash.kept), [], error=clash)
            return page(request, "file.html", 412, **{**values, "mine": typed, "theirs": as_text(clash.now)})
        except TmError as error:
            if checking and _wants_json(request):
                return JSONResponse(
                    {"problems": documents.problems(error.problems or [Problem("", message=error.message)])}
                )
            values = _typed(workspace, path, base, typed, error.problems, error=error)
            return page(request, "file.html", STATUS.get(error.code, 500), **values)
        return RedirectResponse(f"/files/{quote(path)}?saved={outcome.commit or 'same'}", 303)

    return here.ask(asked)


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _values(workspace: Workspace, path: str, data: bytes, problems: Any) -> dict[str, Any]:
    view = workspace.view()
    task_id = id_of(path) if is_task(path) else ""
    files = view.index.files(task_id) if task_id else []
    text = as_text(data)
    return {
        "path": path,
        "folder": FOLDER,
        "task_id": task_id,
        "title": view.index.titles([task_id]).get(task_id, "") if task_id else "",
        "readable": len(files) == 1 and files[0][1] is not None,
        "text": text,
        "base": text,
        "lines": min(text.count("\n") + 1, _LINES),
        "editable": as_file(text, data) == data,
        "problems": problems,
        "line": 0,
        "saved": None,
        "error": None,
        "checked": False,
        "mine": None,
        "theirs": None,
        "tab": "file",
        "said": told_words,
        "words": Words(workspace),
    }


def _typed(
    workspace: Workspace, path: str, base: str, typed: str, problems: Any, *, error: Any = None, checked: bool = False
) -> dict[str, Any]:
    values = _values(workspace, path, typed.encode(), problems)
    own = [one for one in problems if one.path in ("", f"{FOLDER}/{path}")]
    more = {"base": base, "editable": True, "error": error, "checked": checked, "problems": own}
    return {**values, **more}


def as_text(data: bytes) -> str:
    """Give a file's bytes as a control shows them: lines end in one way, and no mark stands before them."""
    text = data.decode("utf-8", "replace").removeprefix(_BOM)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def as_file(text: str, held: bytes) -> bytes:
    """Give the bytes that a typed text is to be, in the way of the file that it came from.

    A control of a browser keeps neither a byte order mark nor how lines end: each line that the file has keeps its
    own ending, others get that of most.
    """
    before = held.decode("utf-8", "replace")
    mark = _BOM if before.startswith(_BOM) else ""
    if "\r" not in before:
        return (mark + text).encode()
    parts = _ENDING.split(before.removeprefix(_BOM))
    old, ends = parts[::2], [*parts[1::2], ""]
    usual = max(("\r\n", "\n", "\r"), key=ends.count)
    new = text.split("\n")
    endings = [usual] * len(new)
    for block in difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        for at in range(block.size):
            endings[block.b + at] = ends[block.a + at] or usual
    return (mark + "".join(map("".join, zip(new, [*endings[:-1], ""], strict=True)))).encode()
