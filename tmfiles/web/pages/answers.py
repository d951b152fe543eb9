"""What a form that changed something is answered: a document to a script, the way back to a browser without one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from tmfiles.history.undoing import undoable
from tmfiles.web import problems

if TYPE_CHECKING:
    from tmfiles.workspace import Workspace

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
# What is to be taken back is among the last so many commands of whoever made it a moment ago.
_LATEST = 20


class Told(NamedTuple):
    """What a page says has just been done, and the commit that Undo takes back."""

    words: str
    commit: str


def changed(request: Request, words: str, commit: str, back: str, ids: Sequence[str] = ()) -> Response:
    """Answer a form: in words, with the commit that was made ("" for none) and the tasks that it is about."""
    if problems.wants_document(request):
        return JSONResponse({"words": words, "commit": commit, "ids": list(ids)})
    return RedirectResponse(way_back(back, commit), 303)


def way_back(back: str, commit: str) -> str:
    """Give the path of this server that a form came from, which then tells what was done; another is not gone to."""
    found = urlsplit(back)
    if found.scheme or found.netloc or not found.path.startswith("/") or found.path.startswith(("//", "/\\")):
        found = urlsplit("/")
    query = [pair for pair in parse_qsl(found.query, keep_blank_values=True) if pair[0] != "done"]
    words = urlencode([*query, *([("done", commit)] if commit else [])])
    return f"{found.path}?{words}" if words else found.path


def told(workspace: Workspace, commit: str) -> Told | None:
    """Give what a page is to say of a commit that it is led to; nothing where that is none to be taken back."""
    if not _COMMIT.fullmatch(commit):
        return None
    for step in undoable(workspace, workspace.actor(), _LATEST):
        if step.commit.id == commit:
            return Told(step.commit.subject.removeprefix("tm: "), commit)
    return None
