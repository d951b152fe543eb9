"""Where users log in, and out again."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from tmfiles.errors import TmError
from tmfiles.web.gate import LOGIN, from_here
from tmfiles.web.pages.page import page
from tmfiles.web.passwords import LONGEST
from tmfiles.web.people import SECONDS, People
from tmfiles.web.problems import STATUS
from tmfiles.web.state import SESSION_SECONDS

router = APIRouter(include_in_schema=False)


@router.get(LOGIN)
def asked(request: Request, to: Annotated[str, Query(alias="next")] = "/") -> Response:
    """Ask for name and password; who is let in already goes on."""
    if request.scope.get("tm.person") is not None:
        return RedirectResponse(_inside(to), 303)
    return _page(request, to)


@router.post(LOGIN)
def log_in(
    request: Request,
    name: Annotated[str, Form(max_length=64)],
    password: Annotated[str, Form(max_length=LONGEST + 1)],
    to: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Begin a session, and go where the browser wanted to go."""
    people: People = request.app.state.people
    if not from_here(request.headers):
        raise TmError("this does not come from a page of this server", "", "forbidden")
    try:
        cookie = people.log_in(request.scope, name.strip().lower(), password)
    except TmError as error:
        if error.code not in ("unauthorized", "too_many"):
            raise
        return _page(request, to, error)
    answer = RedirectResponse(_inside(to), 303)
    answer.set_cookie(people.cookie(), cookie, max_age=SESSION_SECONDS, **_kind(request))
    return answer


@router.post("/logout")
def log_out(request: Request) -> Response:
    """End the session; its cookie opens nothing any more."""
    people: People = request.app.state.people
    people.log_out(request.scope)
    answer = RedirectResponse(LOGIN, 303, {"Clear-Site-Data": '"cache", "storage"'})
    answer.delete_cookie(people.cookie(), **_kind(request))
    return answer


def _page(request: Request, to: str, error: TmError | None = None) -> Response:
    status = STATUS[error.code] if error else 200
    headers = {"Cache-Control": "no-store", **({"Retry-After": str(SECONDS)} if status == 429 else {})}
    return page(request, "login.html", status, headers=headers, to=_inside(to), error=error)


def _inside(to: str) -> str:
    """Give a place on this server; what leads elsewhere leads to the first page."""
    parts = urlsplit(to)
    safe = to.startswith("/") and to.isprintable() and "\\" not in to and not to.startswith(("//", LOGIN))
    return to if safe and not parts.scheme and not parts.netloc else "/"


def _kind(request: Request) -> dict[str, Any]:
    """Give what holds for the cookie: no script reads it, no other site sends it, nobody on the way sees it."""
    return {"path": "/", "httponly": True, "samesite": "lax", "secure": request.url.scheme == "https"}
