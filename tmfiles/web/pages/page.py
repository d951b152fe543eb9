"""How a page is made: the templates, and the frame that all of them stand in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tmfiles.web import people
from tmfiles.web.wording import FILTERS

FOLDER = Path(__file__).parents[1]
STATIC = FOLDER / "static"
TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters.update(FILTERS)


class Place(NamedTuple):
    """A page that the head of every page leads to: its name, its path, and the key behind `g`."""

    name: str
    path: str
    key: str


PLACES = (
    Place("Board", "/", "b"),
    Place("List", "/list", "l"),
    Place("Graph", "/graph", "g"),
    Place("Timeline", "/timeline", "t"),
    Place("Statistics", "/statistics", "s"),
    Place("Activity", "/activity", "a"),
    Place("Problems", "/problems", "p"),
)


def form_field(request: Request) -> Markup:
    """Give the hidden field that every form which changes anything holds; nothing where no session is to be guarded."""
    known: people.People = request.app.state.people
    sent = known.form(people.who(request))
    return Markup('<input type="hidden" name="{}" value="{}">').format(people.FIELD, sent) if sent else Markup("")


TEMPLATES.globals["form_field"] = form_field


def page(
    request: Request, name: str, status: int = 200, *, headers: Mapping[str, str] | None = None, **values: Any
) -> HTMLResponse:
    """Give the page that a template makes of values; all text in it is escaped.

    Every template has `places`, those that are served, `person`, who is asking, `may_edit`, and `store`, the
    folder's name.
    """
    frame = {
        "places": [place for place in PLACES if place.path in request.app.state.paths],
        "person": people.who(request).name,
        "may_edit": bool(people.who(request).name) and people.who(request).may("editor"),
        "store": Path(request.app.state.desk.folder).resolve().name,
    }
    text = TEMPLATES.get_template(name).render(request=request, **frame, **values)
    return HTMLResponse(text, status, dict(headers or {}))
