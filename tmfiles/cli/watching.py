"""The command watch."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.actions import watch as actions
from tmfiles.cli import options as o
from tmfiles.cli import streams
from tmfiles.cli.session import Session
from tmfiles.errors import TmError
from tmfiles.render.text import news


def watch(
    context: typer.Context,
    limit: o.Limit = None,
    mine: Annotated[bool, typer.Option("--mine", help="Also what you found out and set free yourself.")] = False,
    json: o.Json = False,
) -> None:
    """Tell what is new to you since you last looked.

    What became ready, was assigned, found out or said to you, who works on the same files, claims and
    deadlines. Each reader has a place of its own: looking takes nothing away from others.

    tm watch --limit 10
    """
    session: Session = context.obj
    if limit is not None and limit < 0:
        raise TmError(f"limit {limit} is below 0", "0 means all", "usage")
    found = actions.look(session.workspace(), session.actor, limit or 0, mine=mine)
    if json:
        session.document([one._asdict() for one in found.news], left=found.left)
    else:
        session.write("".join(map(news, found.news)))
        session.tell(f"{found.left} more: tm watch" if found.left else "" if found.news else "nothing is new")
    streams.flush()
    actions.seen(found)  # what nobody could read is told again
