"""The page of the graph: what depends on what, in layers, folded until it can be read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tmfiles.actions.graphs import Drawing, pathed
from tmfiles.query import unknown
from tmfiles.render.drawing import picture
from tmfiles.web.desk import Here
from tmfiles.web.pages.addresses import Links
from tmfiles.web.pages.page import page
from tmfiles.workspace import Workspace

router = APIRouter(include_in_schema=False)
WAYS = ("both", "needs", "needed")


@router.get("/graph")
def graph(
    request: Request,
    here: Here,
    task: str = "",
    way: str = "both",
    depth: int = 0,
    closed: bool = False,
    all: bool = False,
    inside: Annotated[list[str] | None, Query(alias="in")] = None,
) -> Response:
    """Show the graph of the open tasks, or around one task; `all` unfolds what is folded."""
    if way not in WAYS:
        raise unknown("way", way, WAYS)
    asked = {
        "task": task.strip(),
        "way": way if way != "both" else "",
        "depth": str(depth) if depth else "",
        "closed": "1" if closed else "",
    }
    found = here.ask(lambda workspace: asked_for(workspace, task.strip(), way, depth, closed=closed))
    shown = picture(found, fold=not all, inside=inside or ())
    return page(
        request,
        "graph.html",
        found=found,
        picture=shown,
        asked=asked,
        way=way,
        everything=all,
        links=Links("/graph", {key: value for key, value in asked.items() if value}, inside or ()),
    )


def asked_for(workspace: Workspace, task: str = "", way: str = "both", depth: int = 0, *, closed: bool) -> Drawing:
    """Give the graph with its critical path; without one where dependencies run in a circle."""
    texts = [task] if task else []
    how = {"down": way == "needs", "up": way == "needed"} if texts else {"down": False, "up": False}
    depth = depth if texts else 0
    return pathed(workspace, texts, depth=depth, everything=closed, **how)
