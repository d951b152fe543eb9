"""How the server does: whether it can answer, what it counts, and a line for each request."""

from __future__ import annotations

import os
import secrets
import time
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from tmfiles import metrics
from tmfiles.errors import TmError
from tmfiles.render import prometheus
from tmfiles.web import people
from tmfiles.web.desk import Here
from tmfiles.web.gate import FOUND

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tmfiles.web.log import Log
    from tmfiles.web.measures import Measures

router = APIRouter(include_in_schema=False)
# What Prometheus takes for its format.
_TEXT = "text/plain; version=0.0.4; charset=utf-8"
# Methods that are counted by their names; what else somebody sends is one.
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@router.get("/healthz")
def healthz(request: Request) -> Response:
    """Say whether the store can be read; to everybody, and nothing more."""
    state = request.app.state
    try:
        found = state.desk.ask(people.Person("tm"), lambda workspace: os.access(workspace.store.folder, os.R_OK))
    except TmError:
        found = False
    well = found and not state.hub.closed
    return JSONResponse({"status": "ok" if well else "unavailable"}, 200 if well else 503)


@router.get("/metrics")
def metrics_(request: Request, here: Here) -> Response:
    """Give what the server and the store come to, for Prometheus."""
    state = request.app.state
    figures = here.ask(lambda workspace: metrics.figures(workspace))
    return PlainTextResponse(state.measures.text() + prometheus.text(figures), media_type=_TEXT)


class Witness:
    """Stands before everything: counts each request, names it, and writes its line."""

    def __init__(self, app: ASGIApp, measures: Measures, log: Log | None) -> None:
        self.app = app
        self.measures = measures
        self.log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and note how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, seen = time.perf_counter(), {"status": 500, "bytes": 0}
        number = secrets.token_hex(6)
        # What stands behind may hear of a copy of the scope, and writes into this what it finds out.
        found: dict[str, Any] = {}
        scope[FOUND] = found

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                message.setdefault("headers", []).append((b"x-request-id", number.encode("ascii")))
            elif message["type"] == "http.response.body":
                seen["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            self._note({**scope, **found}, number, time.perf_counter() - began, **seen)

    def _note(self, scope: Scope, number: str, seconds: float, **seen: Any) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self.measures.answered(method, _route(scope), seen["status"], seconds)
        if self.log is not None:
            person = scope.get("tm.person")
            self.log.write(
                id=number,
                client=(scope.get("client") or ("",))[0],
                user=person.login or person.name if person else "",
                method=scope["method"],
                path=scope["path"],
                ms=round(seconds * 1000, 1),
                **seen,
            )


def _route(scope: Scope) -> str:
    """Give the path with the names of its parameters in place of what they are: others are as many as anybody sends."""
    if "route" not in scope:
        return "/static" if scope["path"].startswith("/static/") else "other"
    path = str(scope["path"])
    for name, value in scope.get("path_params", {}).items():
        before, found, behind = path.rpartition(f"/{value}")
        path = f"{before}/{{{name}}}{behind}" if found else path
    return path
