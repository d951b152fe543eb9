"""The one place that says who may do what: every request passes it before any handler hears of it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import Headers

from tmfiles.errors import TmError
from tmfiles.web import people, problems
from tmfiles.web.people import FIELD, People, Person
from tmfiles.web.safety import SAFE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

LOGIN = "/login"
# Where in the scope of a request stands what is found out of it: who asks, and for what.
FOUND = "tm.found"
# What is for everybody, also for who is not logged in.
OPEN = (LOGIN, "/healthz", "/static/")
# What takes another role than reading takes a reader and changing takes an editor: the longest beginning counts.
RIGHTS: dict[tuple[str, str], str] = {
    ("POST", "/logout"): "reader",
    ("POST", "/files/config.yaml"): "admin",
    ("POST", "/api/v1/import/"): "admin",
}


def needed(method: str, path: str) -> str:
    """Give the role that a request takes."""
    found = [one for one in RIGHTS if one[0] == method and path.startswith(one[1])]
    if found:
        return RIGHTS[max(found, key=lambda one: len(one[1]))]
    return "reader" if method in SAFE else "editor"


class Gate:
    """Stands behind `Safety`: finds out who asks, and lets pass who may."""

    def __init__(self, app: ASGIApp, people: People) -> None:
        self.app = app
        self.people = people
        # Apart from the handlers' threads, which may all be waiting for a writer.
        self._pool = ThreadPoolExecutor(4, "tm-gate")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            person = await asyncio.get_running_loop().run_in_executor(self._pool, self.people.find, scope)
            scope["tm.person"] = scope.setdefault(FOUND, {})["tm.person"] = person
            answer = self._refusal(scope, person)
        except TmError as error:
            answer = problems.answer(Request(scope), error)
        try:
            await (self.app if answer is None else answer)(scope, receive, send)
        finally:
            scope.setdefault(FOUND, {}).update({key: scope[key] for key in ("route", "path_params") if key in scope})

    def _refusal(self, scope: Scope, person: Person | None) -> Response | None:
        """Give the answer to who may not; nothing for who may."""
        path, method, headers = scope["path"], scope["method"], Headers(scope=scope)
        if any(path == one or (one.endswith("/") and path.startswith(one)) for one in OPEN):
            return None
        request = Request(scope)
        if person is None:
            if problems.is_api(path) or method not in SAFE or "authorization" in headers:
                return problems.answer(request, people.unknown(), {"WWW-Authenticate": 'Bearer realm="tm"'})
            where = path + (f"?{scope['query_string'].decode('latin-1')}" if scope.get("query_string") else "")
            return RedirectResponse(f"{LOGIN}?next={quote(where)}", 303)
        if not person.may(role := needed(method, path)):
            error = TmError(f"{person.login} is {person.role}, and this takes {role}", "ask an admin", "forbidden")
            return problems.answer(request, error)
        if person.by == "session" and method not in SAFE and not from_here(headers):
            return problems.answer(request, TmError("this does not come from a page of this server", "", "forbidden"))
        return None


def from_here(headers: Headers) -> bool:
    """Tell whether a browser says that a page of this server sent a request; that another did, `Safety` refuses."""
    return "origin" in headers or headers.get("sec-fetch-site") == "same-origin"


async def form(request: Request) -> None:
    """Refuse a form that was not made for the session that sends it: what each router of pages depends on.

    What is sent as JSON comes from a script of ours: another site's would have to ask first, and gets no answer.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    person: Person | None = request.scope.get("tm.person")
    if person is None or person.by != "session" or request.url.path == LOGIN:
        return
    if request.method in SAFE or kind == "application/json":
        return
    sent = request.headers.get("x-form-token") or (await request.form()).get(FIELD, "")
    known: People = request.app.state.people
    if not isinstance(sent, str) or not await asyncio.to_thread(known.is_form, person, sent):
        raise TmError("this form is of another session", "load the page anew, and send it once more", "forbidden")
