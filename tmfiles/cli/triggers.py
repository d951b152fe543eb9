"""The command triggers: list, trust, untrust."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.actions import triggers as actions
from tmfiles.cli import options as o
from tmfiles.cli.parse import Command, Group
from tmfiles.cli.session import Session
from tmfiles.render.triggers import row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.actions.triggers import Trigger

triggers = typer.Typer(
    cls=Group, help="Your own programs before and after changes.", no_args_is_help=True, rich_markup_mode=None
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="pre- or post- and add, update, complete or delete.")]


@triggers.command("list", cls=Command)
def list_(context: typer.Context, json: o.Json = False) -> None:
    """List the triggers that run here, and what the repository brings.

    tm triggers list
    """
    session: Session = context.obj
    found = actions.triggers(session.workspace())
    if json:
        session.document([one._asdict() for one in found])
        return
    session.rows("".join(map(row, found)))
    if not found:
        session.tell("no triggers")


@triggers.command("trust", cls=Command)
def trust(context: typer.Context, name: Name, json: o.Json = False) -> None:
    """Install a trigger of the repository's as it is now; read it first.

    It is copied into this clone's git directory, so that what is pulled later does not run until you trust it again.

    tm triggers trust pre-complete
    """
    session: Session = context.obj
    _report(session, actions.trust(session.workspace(), name), "runs from now on", json=json)


@triggers.command("untrust", cls=Command)
def untrust(context: typer.Context, name: Name, json: o.Json = False) -> None:
    """Let a trigger that you trusted run no more; its file stays.

    tm triggers untrust pre-complete
    """
    session: Session = context.obj
    _report(session, actions.untrust(session.workspace(), name), "runs no more", json=json)


def _report(session: Session, one: Trigger, words: str, *, json: bool) -> None:
    if json:
        session.document(one._asdict())
    else:
        session.tell(f"{one.name} {words}: {one.path}")
