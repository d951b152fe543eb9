"""The page of statistics: what came in, was worked on and got done, over time."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tmfiles.actions.flow import flow
from tmfiles.errors import TmError
from tmfiles.render.charts import charts, span, tiles
from tmfiles.web.desk import Here
from tmfiles.web.pages.addresses import Links, chosen
from tmfiles.web.pages.page import page

router = APIRouter(include_in_schema=False)
# What can be chosen without typing a date.
PERIODS = (("", "all time"), ("30d", "30 days"), ("90d", "90 days"), ("6m", "6 months"), ("1y", "1 year"))


@router.get("/statistics")
def statistics(
    request: Request, here: Here, since: str = "", until: str = "", who: str = "", measure: str = ""
) -> Response:
    """Show four charts over a period, of everyone or of one assignee."""
    since, until = since.strip(), until.strip()
    found = here.ask(lambda workspace: flow(workspace, since, until, chosen(who), measure))
    if who and chosen(who) not in found.people:
        raise TmError(f"no task is assigned to {who!r}", "one of: " + ", ".join(found.people), "not_found")
    return page(
        request,
        "statistics.html",
        found=found,
        charts=charts(found),
        tiles=tiles(found),
        span=span,
        periods=PERIODS,
        asked={"since": since, "until": until, "who": who, "measure": measure},
        links=Links(),
    )
