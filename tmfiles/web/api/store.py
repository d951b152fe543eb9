"""The store as a whole: what is next, what is wrong, how it looks and counts; many operations as one; in and out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response

from tmfiles import api, metrics
from tmfiles.actions import boards, exports, graphs, imports, lists, phases, reports, schemas
from tmfiles.check import check
from tmfiles.errors import TmError
from tmfiles.render import board as columned
from tmfiles.render import documents, figures
from tmfiles.render import exports as written
from tmfiles.render import graph as drawn
from tmfiles.render import imports as brought
from tmfiles.render import phases as staged
from tmfiles.render import reports as shown
from tmfiles.web.api import bodies, shapes
from tmfiles.web.api.answers import answered
from tmfiles.web.api.describe import operation
from tmfiles.web.api.reading import ID, Filtered, Flag, Sort, TaskId, Unstatused, Whole
from tmfiles.web.desk import Here
from tmfiles.workspace import Workspace
from tmfiles.workspace.write import How

router = APIRouter(tags=["store"])
Ids = Annotated[
    list[Annotated[str, Query(pattern=ID)]], Query(max_length=100, description="These tasks; left out: all.")
]
_FORMATS = {
    "jsonl": "application/x-ndjson",
    "json": "application/json",
    "csv": "text/csv",
    "markdown": "text/markdown",
}
# What is sent for each kind of import, and an example of it.
_SOURCES = {
    "tasks": (("application/x-ndjson", "application/json"), '{"id": "a1b2", "title": "Write the docs"}\n'),
    "csv": (("text/csv",), "title,status\nWrite the docs,pending\n"),
    "markdown": (("text/markdown",), "- [ ] Write the docs\n"),
    "beads": (("application/x-ndjson",), '{"id": "bd-1", "title": "Write the docs", "status": "open"}\n'),
}
_BATCH = shapes.of_batch()
_OPERATIONS = [{"op": "add", "title": "Design", "as": "d"}, {"op": "comment", "id": "$d", "text": "To begin with"}]
Dry = Annotated[Flag, Query(description="Judge all of it, and write nothing.")]


@router.get("/next", **operation("next"))
def following(here: Here) -> Response:
    """Show the one task to do next."""

    def document(workspace: Workspace) -> dict[str, Any]:
        found = lists.following(workspace)
        problems = documents.problems(found.problems)
        return documents.outermost(documents.task(*lists.whole(workspace, found.rows)[0]), problems=problems)

    return answered(here, document)


@router.get("/tasks/{task_id}/context", tags=["tasks"], **operation("context"))
def context(here: Here, task_id: TaskId) -> Response:
    """Show a task and all that is around it, as one who takes it up must know it."""
    return answered(here, lambda workspace: api.document(workspace, api.context(workspace, task_id)))


@router.get("/board", **operation("board"))
def board(
    here: Here,
    asked: Unstatused,
    by: Annotated[Literal["status", "assignee", "priority"], Query()] = "status",
    limit: Annotated[int, Query(ge=1, le=1000, description="How many tasks a column has."), Whole] = 100,
    everything: Annotated[Flag, Query(alias="all", description="Closed tasks too.")] = False,
) -> Response:
    """Show the open tasks side by side; `total` of a column counts all that it has."""

    def document(workspace: Workspace) -> dict[str, Any]:
        found = boards.board(workspace, asked, by, limit, everything=everything)
        columns = columned.document(found, documents.listed(lists.whole(workspace, found.rows)))
        return documents.outermost(columns, problems=documents.problems(found.problems))

    return answered(here, document)


@router.get("/graph", **operation("graph"))
def graph(
    here: Here,
    ids: Annotated[Ids, Query(alias="id")] = [],  # noqa: B006 FastAPI wants the empty list itself
    up: Annotated[Flag, Query(description="Only what depends on them.")] = False,
    down: Annotated[Flag, Query(description="Only what they depend on.")] = False,
    depth: Annotated[int, Query(ge=0, le=10_000, description="So many links away; 0: no limit."), Whole] = 0,
    critical_path: Annotated[Flag, Query(description="The longest chain of work, too.")] = False,
    everything: Annotated[Flag, Query(alias="all", description="Closed tasks too.")] = False,
) -> Response:
    """Show what depends on what."""

    def document(workspace: Workspace) -> dict[str, Any]:
        found = graphs.drawn(
            workspace, ids, up=up, down=down, depth=depth, everything=everything, critical=critical_path
        )
        return documents.outermost(drawn.document(found, critical=critical_path))

    return answered(here, document)


@router.get("/check", **operation("check"))
def judge(here: Here, ids: Annotated[Ids, Query(alias="id")] = []) -> Response:  # noqa: B006
    """Find everything that is wrong, in the store or in some tasks."""

    def document(workspace: Workspace) -> dict[str, Any]:
        found = check(workspace, ids)
        errors = sum(one.severity == "error" for one in found)
        return documents.outermost({"errors": errors, "problems": documents.problems(found)})

    return answered(here, document)


@router.get("/metrics", **operation("metrics"))
def count(
    here: Here,
    period: Annotated[
        str, Query(pattern=r"\S", max_length=20, description="day, week, month, quarter, year, 14d, 6w.")
    ] = "",
) -> Response:
    """Count: how many, how quick, how good, who, what holds up."""
    return _figured(here, lambda workspace: figures.document(metrics.figures(workspace, period)))


@router.get("/report", **operation("report"))
def report(here: Here) -> Response:
    """Report what the last seven days brought."""
    return _figured(here, lambda workspace: shown.document(reports.weekly(workspace)))


@router.get("/velocity", **operation("velocity"))
def velocity(here: Here, weeks: Annotated[int, Query(ge=1, le=520), Whole] = 8) -> Response:
    """Report how much is done a week."""
    return _figured(here, lambda workspace: shown.document(reports.velocity(workspace, weeks)))


def _figured(here: Here, what: Callable[[Workspace], dict[str, Any]]) -> Response:
    def document(workspace: Workspace) -> dict[str, Any]:
        found = what(workspace)
        return documents.outermost(found, problems=documents.problems(workspace.view().errors()))

    return answered(here, document)


@router.get("/phases", **operation("phases"))
def order(here: Here) -> Response:
    """Show the phases in order, and how each stands."""
    return answered(
        here, lambda workspace: documents.outermost([staged.document(one) for one in phases.stages(workspace)])
    )


@router.get("/schemas/{kind}", **operation("schema"))
def schema(here: Here, kind: Annotated[Literal["task", "config", "output", "custom"], Path()]) -> Response:
    """Give a JSON Schema: of a task with the store's own types and fields, of config.yaml, of the documents."""
    return answered(here, lambda workspace: documents.outermost(schemas.of(workspace, kind)))


@router.post("/batch", **operation("batch", body=_BATCH, example={"operations": _OPERATIONS}))
def batch(here: Here, body: Annotated[Any, Depends(bodies.reader(_BATCH))], dry_run: Dry = False) -> Response:
    """Carry out many operations in one commit, or none of them; `"as": "x"` names a task for later ones, as `"$x"`."""
    lines = "\n".join(json.dumps(one) for one in body["operations"]).encode()
    return answered(
        here, lambda workspace: api.document(workspace, api.batch(workspace, lines, path="operations", dry_run=dry_run))
    )


def _import(kind: str) -> Callable[..., Response]:
    """Make the handler that brings in one kind."""

    def bring(
        here: Here,
        data: Annotated[bytes, Depends(bodies.received)],
        dry_run: Dry = False,
        again: Annotated[Flag, Query(description="What was deleted here, too.")] = False,
    ) -> Response:
        bodies.refuse_type(here.request, _SOURCES[kind][0])

        def document(workspace: Workspace) -> dict[str, Any]:
            found = imports.bring(workspace, kind, data, How(), path="body", dry_run=dry_run, again=again)
            return documents.outermost(brought.document(found))

        return answered(here, document)

    return bring


for _kind, (_types, _example) in _SOURCES.items():
    router.add_api_route(
        f"/import/{_kind}",
        _import(_kind),
        methods=["POST"],
        summary=f"Bring in tasks ({_kind}) in one commit; what is here already stays as it is.",
        operation_id=f"import_{_kind}",
        **operation("import", body={"type": "string"}, example=_example, types=_types),
    )


@router.get("/export", **operation("export", media=tuple(_FORMATS.values())))
def export(
    here: Here,
    asked: Filtered,
    form: Annotated[Literal["jsonl", "json", "csv", "markdown"], Query(alias="format")] = "jsonl",
    sort: Sort = "id",
) -> Response:
    """Give tasks for another program, whole or as a table; refused where a file cannot be read as a task."""

    def text(workspace: Workspace) -> str:
        found, problems = exports.records(workspace, asked._replace(sort=sort))
        if problems:
            message = f"{len(problems)} files cannot be read as tasks" if problems[1:] else str(problems[0])
            raise TmError(message, "mend them first: tm check", "invalid", problems)
        if form == "csv":
            return written.table(found)
        if form == "markdown":
            return written.markdown(found)
        return (written.jsonl if form == "jsonl" else written.pretty)(exports.documents(found))

    return Response(here.ask(text), media_type=_FORMATS[form])
