"""The command graph: dependencies drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from tmfiles.actions import graphs as actions
from tmfiles.cli import options as o
from tmfiles.cli.session import Session
from tmfiles.dates import span
from tmfiles.errors import TmError
from tmfiles.query import unknown
from tmfiles.render import graph as render
from tmfiles.render.screen import Screen
from tmfiles.render.text import problem_lines


def graph(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="[ID...]", help="Draw what is linked to these tasks.")] = [],  # noqa: B006
    up: Annotated[bool, typer.Option("--up", help="Only what depends on them.")] = False,
    down: Annotated[bool, typer.Option("--down", help="Only what they depend on.")] = False,
    depth: Annotated[int, typer.Option("--depth", metavar="N", help="Only N links away; 0 is no limit.")] = 0,
    critical: Annotated[
        bool, typer.Option("--critical-path", help="The longest chain of work; no estimate counts as 1d.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Closed tasks too.")] = False,
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text, mermaid, dot or json.")] = "",
    json: o.Json = False,
) -> None:
    """Draw what depends on what, or the critical path.

    tm graph a1b2 --down --format mermaid
    """
    session: Session = context.obj
    kind = _format(format_, json)
    drawing = actions.drawn(
        session.workspace(), ids, up=up, down=down, depth=depth, everything=everything, critical=critical
    )
    if kind == "json":
        session.document(render.document(drawing, critical=critical))
        return
    if kind == "mermaid":
        session.write(render.mermaid(drawing))
    elif kind == "dot":
        session.write(render.dot(drawing))
    elif critical:
        if drawing.critical:
            _drawn(session, render.path, drawing.critical)
        _assumed(session, drawing)
    else:
        _drawn(session, render.text, drawing)
        _left_out(session, drawing)
    for cycle in drawing.cycles:
        session.warn(f"in a circle: {' → '.join(cycle)}\n")
    session.warn(problem_lines(drawing))


def _drawn(session: Session, rendered: Callable[[Any, Screen | None], str], what: Any) -> None:
    screen = session.screen()
    (session.draw if screen else session.write)(rendered(what, screen))


def _format(given: str, json: bool) -> str:
    kinds = (*render.FORMATS, "json")
    if given and given not in kinds:
        raise unknown("format", given, kinds)
    if json and given not in ("", "json"):
        raise TmError(f"--json and --format {given} contradict each other", "leave one of the two out", "usage")
    return "json" if json else given or "text"


def _left_out(session: Session, drawing: actions.Drawing) -> None:
    count = drawing.alone
    if count and not drawing.points:
        session.tell("no task here depends on another")
    elif count:
        session.tell(f"not drawn: {count} task{'s' * (count > 1)} without a link")
    elif not drawing.points:
        session.tell("no tasks")


def _assumed(session: Session, drawing: actions.Drawing) -> None:
    count = sum(not step.estimated for step in drawing.critical)
    if not drawing.critical:
        session.tell("no open tasks")
    elif count:
        session.tell(f"? has no estimate and counts as {span(actions.ASSUMED)}: tm update ID --estimate 3h")
