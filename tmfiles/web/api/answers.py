"""How an answer is made: the document that `--json` prints, with its tag; nothing where the client has it already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi.responses import Response

from tmfiles.actions import lists
from tmfiles.actions.tasks import Done
from tmfiles.render import documents
from tmfiles.web import etags
from tmfiles.web.desk import Visit
from tmfiles.workspace import Workspace
from tmfiles.workspace.write import How

JSON = "application/json"
Ask = Callable[[Workspace], dict[str, Any]]


def answered(here: Visit, what: Ask) -> Response:
    """Answer with a document, unless the client has that very one."""
    return given(here, here.ask(what))


def given(here: Visit, document: dict[str, Any], tag: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a document that is there."""
    text = (documents.compact(document) + "\n").encode()
    if here.request.method != "GET":
        return Response(text, 200, dict(headers or {}), JSON)
    tag = tag or etags.of_text(text)
    if etags.is_known(tag, here.request.headers.get("if-none-match")):
        return Response(None, 304, {"ETag": tag})
    return Response(text, 200, {"ETag": tag, **(headers or {})}, JSON)


def described(workspace: Workspace, task_id: str) -> tuple[dict[str, Any], str]:
    """Give a task's document and its tag."""
    (found,) = lists.details(workspace, [task_id])
    document = documents.details(found)
    return document, etags.of_task(workspace.view(), document)


def wrote(here: Visit, done: Callable[[Workspace], Done], request: str = "") -> Response:
    """Answer with what a write did, and the tag of the task if it was about one that is still there."""
    return here.ask(lambda workspace: told(workspace, done(workspace)), request)


def told(workspace: Workspace, done: Done, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Make the answer to a write."""
    more = dict(headers or {})
    view = workspace.view()
    if len(done.tasks) == 1 and view.index.has(done.tasks[0].id):
        more["ETag"] = described(workspace, done.tasks[0].id)[1]
    text = documents.compact(documents.outermost(documents.done(done))) + "\n"
    return Response(text, status, more, JSON)


def how(here: Visit, workspace: Workspace, task_id: str, force: bool | None = None) -> How:
    """Give how a task is to be written: only the version that `If-Match` names, where it names one.

    Raises TmError where the task is not there.
    """
    marks = etags.seen(here.request.headers.get("if-match"))
    if marks is None:
        return How(force=force)
    return How(force=force, seen=((workspace.read().resolve(task_id), marks),))
