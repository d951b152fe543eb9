"""What goes wrong in a request: the number of HTTP for each kind, and the document or page that says so."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from tmfiles.actions import lists
from tmfiles.errors import TmError
from tmfiles.history import versions
from tmfiles.render import documents
from tmfiles.web.desk import visit
from tmfiles.workspace import Workspace
from tmfiles.workspace.seen import UnseenError

MEDIA = "application/problem+json"
# What fits the description of the interface, but not the tasks, is 422; what does not fit it at all is 400.
STATUS = {
    "refused": 409,
    "not_found": 404,
    "invalid": 422,
    "usage": 422,
    "claimed": 409,
    "race": 409,
    "locked": 503,
    "git": 500,
    "bug": 500,
    "interrupted": 503,
    "malformed": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "method": 405,
    "slow": 408,
    "changed": 412,
    "too_large": 413,
    "media_type": 415,
    "too_many": 429,
}
TITLES = {
    400: "The request is malformed",
    401: "Log in first",
    403: "Not allowed",
    404: "Not found",
    405: "This cannot be done here",
    408: "The request took too long",
    409: "Refused",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Content of this type is not understood",
    422: "The values are wrong",
    429: "Too many requests",
    500: "A failure of the server",
    503: "Busy",
}
# The codes of what the framework itself refuses.
_CODES = {400: "malformed", 404: "not_found", 405: "method"}
# After so many seconds it is worth asking again.
_PAUSE = "1"


def document(error: TmError) -> dict[str, Any]:
    """Give the problem details of a refusal (RFC 9457), with what `--json` says of it beside them."""
    status = STATUS.get(error.code, 500)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES[status],
        "status": status,
        "detail": error.message,
        "code": error.code,
    }
    if error.hint:
        body["hint"] = error.hint
    if error.problems:
        body["problems"] = documents.problems(error.problems)
    return body


def answer(request: Request, error: TmError, headers: Mapping[str, str] | None = None) -> Response:
    """Give the answer to a request that is refused: a document to a program, a page to a browser."""
    return told(request, document(error), headers)


def told(request: Request, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Give the answer that says what a problem document says."""
    status = body["status"]
    more = {**(headers or {}), **({"Retry-After": _PAUSE} if status in (429, 503) else {})}
    if not wants_document(request):
        from tmfiles.web.pages.page import page

        return page(request, "problem.html", status, problem=body, headers=more)
    return Response(documents.compact(body) + "\n", status, more, MEDIA)


def wants_document(request: Request) -> bool:
    """Tell whether a program asks, or a script of a page, rather than a browser that is to show the answer."""
    return is_api(request.url.path) or "application/json" in request.headers.get("accept", "")


def _versions(request: Request, error: UnseenError) -> dict[str, Any]:
    """Give a refused edit's problem document, with the task as it is and as whoever edits it saw it."""

    def ask(workspace: Workspace) -> dict[str, Any]:
        body = document(TmError(error.message, error.hint, "changed"))
        view = workspace.read()
        body["current"] = None
        if view.index.has(error.id):
            (found,) = lists.details(workspace, [error.id])
            body["current"] = documents.details(found)
        return {**body, "seen": versions.seen(workspace, error.id, error.marks)}

    return visit(request).ask(ask)


def _allowed(request: Request) -> str:
    """Give the methods of all operations at a path: the framework knows only those of the first."""
    found = {
        method
        for pattern, methods in request.app.state.methods
        if pattern.match(request.url.path)
        for method in methods
    }
    return ", ".join(sorted(found | ({"HEAD"} if "GET" in found else set())))


def is_api(path: str) -> bool:
    """Tell whether a path is a program's rather than a browser's."""
    return path == "/api" or path.startswith("/api/")


def install(app: FastAPI) -> None:
    """Let every error of the application end in such an answer."""

    @app.exception_handler(TmError)
    def refused(request: Request, error: TmError) -> Response:
        return answer(request, error)

    @app.exception_handler(UnseenError)
    def unseen(request: Request, error: UnseenError) -> Response:
        return told(request, _versions(request, error))

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, error: RequestValidationError) -> Response:
        wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        return answer(
            request, TmError("; ".join(wrong), "the interface is described in /api/v1/openapi.json", "malformed")
        )

    @app.exception_handler(HTTPException)
    def framework(request: Request, error: HTTPException) -> Response:
        hint = "the interface is described in /api/v1/openapi.json" if is_api(request.url.path) else ""
        where = f"{request.method} {request.url.path}"
        words = {404: f"there is nothing at {request.url.path}", 405: f"{where} is no operation"}
        code = _CODES.get(error.status_code, "malformed")
        headers = {"Allow": _allowed(request)} if error.status_code == 405 and hint else error.headers
        return answer(request, TmError(words.get(error.status_code, str(error.detail)), hint, code), headers)

    @app.exception_handler(Exception)
    def bug(request: Request, error: Exception) -> Response:
        traceback.print_exception(error, file=sys.stderr)
        words = f"this is a bug in tm: {type(error).__name__}"
        return answer(request, TmError(words, "the server's standard error has the trace", "bug"))
