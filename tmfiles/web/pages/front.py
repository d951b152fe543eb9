"""The first page: the open tasks."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tmfiles.actions import lists
from tmfiles.query import Query
from tmfiles.web.desk import Here
from tmfiles.web.pages.page import page

router = APIRouter(include_in_schema=False)


@router.get("/")
def front(request: Request, here: Here) -> Response:
    """Show the open tasks, the most urgent first."""
    found = here.ask(lambda workspace: lists.listing(workspace, Query()))
    return page(request, "front.html", found=found)
