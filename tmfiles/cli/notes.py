"""The command criteria."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.actions import notes as actions
from tmfiles.cli import options as o
from tmfiles.cli.parse import Command, Group, Reading
from tmfiles.cli.session import Session
from tmfiles.render.text import line

criteria = typer.Typer(
    cls=Group, help="What must hold for a task to be done.", no_args_is_help=True, rich_markup_mode=None
)
Numbers = Annotated[list[int], typer.Argument(metavar="N...", help="Their numbers, as criteria list shows them.")]


@criteria.command("list", cls=Reading)
def list_(context: typer.Context, id_: o.Id, json: o.Json = False) -> None:
    """Show a task's criteria with their numbers.

    tm criteria list a1b2
    """
    session: Session = context.obj
    found = actions.criteria(session.workspace(), id_)
    if json:
        session.document(found)
        return
    for number, one in enumerate(found, 1):
        check = f"  ({line(one['measurable'])})" if one.get("measurable") else ""
        session.write(f"{number}  {'met' if one.get('met') else 'open'}  {line(one['text'])}{check}\n")
    if not found:
        session.tell("no criteria")


@criteria.command("add", cls=Command)
def add(
    context: typer.Context,
    id_: o.Id,
    text: Annotated[list[str], typer.Argument(metavar="TEXT...", help="What must hold, one each.")],
    measurable: Annotated[
        str, typer.Option("--measurable", metavar="EXPR", help="What complete --validate measures it by.")
    ] = "",
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Say what more must hold.

    EXPR compares two numbers, texts, or fields of the task: "actual <= estimate".

    tm criteria add a1b2 "It took no longer than planned" --measurable "actual <= estimate"
    """
    session: Session = context.obj
    how = session.how(no_commit, message)
    result = actions.add_criteria(session.workspace(), id_, text, how, measurable)
    session.did(result, "updated", json=json)


@criteria.command("met", cls=Command)
def met(
    context: typer.Context,
    id_: o.Id,
    numbers: Numbers,
    not_: Annotated[bool, typer.Option("--not", help="Mark them as not met.")] = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Mark criteria as met.

    tm criteria met a1b2 1 3
    """
    session: Session = context.obj
    result = actions.meet(session.workspace(), id_, numbers, session.how(no_commit, message), met=not not_)
    session.did(result, "updated", json=json)


@criteria.command("remove", cls=Command)
def remove(
    context: typer.Context,
    id_: o.Id,
    numbers: Numbers,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Take criteria away.

    tm criteria remove a1b2 2
    """
    session: Session = context.obj
    result = actions.remove_criteria(session.workspace(), id_, numbers, session.how(no_commit, message))
    session.did(result, "updated", json=json)
