"""The tasks: lists of them, and each made, shown, changed and deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from tmfiles.actions import lists, tasks
from tmfiles.actions.lists import Listing
from tmfiles.actions.operations import OPERATIONS, dated
from tmfiles.actions.search import places, search
from tmfiles.actions.tasks import Done
from tmfiles.errors import TmError
from tmfiles.query import Query as Asked
from tmfiles.render import documents
from tmfiles.web.api import shapes
from tmfiles.web.api.answers import answered, described, given, how, told, wrote
from tmfiles.web.api.bodies import MERGE, reader
from tmfiles.web.api.describe import operation
from tmfiles.web.api.reading import Filtered, Force, Page, Paged, Searched, Sort, TaskId, Text
from tmfiles.web.desk import Here, Visit
from tmfiles.workspace import Workspace
from tmfiles.workspace.write import How

router = APIRouter(tags=["tasks"])
Which = Annotated[
    Literal["open", "ready", "blocked", "all"], Query(description="ready and blocked as tm has them; all: closed too.")
]
_LISTS: dict[str, Callable[[Workspace, Asked], Listing]] = {
    "open": lists.listing,
    "ready": lists.ready,
    "blocked": lists.blocked,
    "all": lambda workspace, query: lists.listing(workspace, query, everything=True),
}


@router.get("/tasks", **operation("list", page=True))
def list_(here: Here, asked: Filtered, page: Paged, which: Which = "open", sort: Sort = "") -> Response:
    """List the open tasks, or those that the filters describe, a page at a time."""
    query = asked._replace(sort=sort)
    if query.statuses and which in ("ready", "blocked"):
        raise TmError(f"which={which} and status contradict each other", "leave one of the two out", "usage")
    return listed(here, lambda workspace: _LISTS[which](workspace, query), page, (which, query))


@router.get("/search", **operation("search", page=True))
def find(here: Here, q: Text, asked: Searched, page: Paged, sort: Sort = "") -> Response:
    """Find tasks by their words, the best match first: all words, "a phrase", begin*, -without."""
    query = asked._replace(sort=sort)
    return listed(here, lambda workspace: search(workspace, q, query), page, (q, query), q)


def listed(
    here: Visit, what: Callable[[Workspace], Listing], page: Page, asked: object, searched: str = ""
) -> Response:
    """Answer with the page of a list that is wanted."""

    def document(workspace: Workspace) -> dict[str, Any]:
        found = what(workspace)
        rows, behind = page.of(found.rows, asked)
        where = places(workspace, searched, rows) if searched else None
        each = documents.listed(lists.whole(workspace, rows), where).values()
        more = {"next": behind} if behind else {}
        problems = documents.problems(found.problems)
        return documents.outermost([page.cut(one) for one in each], total=found.total, problems=problems, **more)

    return answered(here, document)


@router.post("/tasks", **operation("changed", status=201, body=shapes.NEW, example=shapes.NEW_EXAMPLE))
def add(here: Here, body: Annotated[Any, Depends(reader(shapes.NEW))]) -> Response:
    """Make a task; days may be words such as `friday`."""

    def made(workspace: Workspace) -> Response:
        done = OPERATIONS["add"].run(workspace, dict(body), How())
        return told(workspace, done, 201, {"Location": f"{here.request.url.path}/{done.tasks[0].id}"})

    return here.ask(made)


@router.get("/tasks/{task_id}", **operation("details", tagged=True))
def show(here: Here, task_id: TaskId) -> Response:
    """Show one task whole, with what blocks it and what it blocks."""
    document, tag = here.ask(lambda workspace: described(workspace, task_id))
    return given(here, documents.outermost(document), tag)


@router.patch(
    "/tasks/{task_id}", **operation("changed", body=shapes.PATCH, example=shapes.PATCH_EXAMPLE, types=[MERGE], own=True)
)
def patch(
    here: Here, task_id: TaskId, body: Annotated[Any, Depends(reader(shapes.PATCH, MERGE))], force: Force = False
) -> Response:
    """Change fields of a task by a merge patch (RFC 7396): a value replaces what is there, null takes it away."""

    def done(workspace: Workspace) -> Done:
        values = dated(workspace, body)
        return tasks.patch(workspace, task_id, values, how(here, workspace, task_id, force), force=force)

    return wrote(here, done)


@router.delete("/tasks/{task_id}", **operation("changed", own=True))
def delete(here: Here, task_id: TaskId, force: Force = False) -> Response:
    """Delete a task; with `force`, links of others to it are cut in the same commit."""
    return wrote(
        here, lambda workspace: tasks.delete(workspace, [task_id], how(here, workspace, task_id, force), force=force)
    )
