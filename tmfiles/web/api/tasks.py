"""The tasks: lists of them, and each."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from tmfiles import api
from tmfiles.query import Query as Asked
from tmfiles.web.desk import Here

router = APIRouter(tags=["tasks"])


@router.get("/tasks")
def list_(
    here: Here,
    everything: Annotated[bool, Query(alias="all")] = False,
    limit: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, Any]:
    """List the open tasks, or with `all` the closed ones too."""
    asked = Asked(limit=limit)
    return here.ask(lambda workspace: api.document(workspace, api.listing(workspace, asked, everything=everything)))


@router.get("/tasks/{task_id}")
def show(here: Here, task_id: str) -> dict[str, Any]:
    """Show one task whole, with what blocks it and what it blocks."""
    return here.ask(lambda workspace: api.document(workspace, api.details(workspace, [task_id])))
