"""The command context: a task and what is around it."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.actions import context as actions
from tmfiles.cli import options as o
from tmfiles.cli.session import Session
from tmfiles.errors import TmError
from tmfiles.render import context as render


def context(
    context: typer.Context,
    id_: o.Id,
    brief: Annotated[bool, typer.Option("--brief", help="At most 4000 characters, fit for a prompt.")] = False,
    json: o.Json = False,
) -> None:
    """Show what to know before taking a task up.

    The task, what its dependencies closed with, what it holds up and is part of, what was said, your own note.

    tm context a1b2 --brief
    """
    session: Session = context.obj
    if brief and json:
        raise TmError("--brief and --json contradict each other", "leave one of the two out", "usage")
    found = actions.context(session.workspace(), id_, session.actor)
    if json:
        session.document(render.document(found))
    else:
        session.write(render.brief(found) if brief else render.text(found))
