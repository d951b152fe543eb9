"""The page of the timeline: when open tasks can be done, and which dates that misses."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tmfiles.actions import timelines
from tmfiles.dates import span
from tmfiles.errors import TmError
from tmfiles.render import timeline as render
from tmfiles.web.desk import Here
from tmfiles.web.pages.addresses import Links, chosen
from tmfiles.web.pages.page import page

router = APIRouter(include_in_schema=False)
# So many bars a page shows unless all are asked for.
_SHOWN = 200


@router.get("/timeline")
def timeline(request: Request, here: Here, who: str = "", all: bool = False) -> Response:
    """Show the open tasks in lanes, of everyone or of one assignee; `nobody` are those without one."""
    found = here.ask(lambda workspace: timelines.timeline(workspace, chosen(who), 0 if all else _SHOWN))
    if who and chosen(who) not in found.people:
        raise TmError(f"no open task is assigned to {who!r}", "one of: " + ", ".join(found.people), "not_found")
    return page(
        request,
        "timeline.html",
        found=found,
        plan=render.plan(found),
        who=who,
        links=Links(),
        **helpers(),
    )


def helpers() -> dict[str, Any]:
    """Give the functions that the template of the table asks for."""
    return {"day_of": render.day_of, "notes": render.notes, "span": span}
