"""The command template: list, show, apply, create."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.actions import templates as actions
from tmfiles.cli import options as o
from tmfiles.cli.batch import report
from tmfiles.cli.parse import Command, Group
from tmfiles.cli.session import Session
from tmfiles.errors import TmError
from tmfiles.render import templates as render

template = typer.Typer(
    cls=Group, help="Tasks that come again, with what changes left open.", no_args_is_help=True, rich_markup_mode=None
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="A template, as template list names it.")]


@template.command("list", cls=Command)
def list_(context: typer.Context, json: o.Json = False) -> int:
    """List the templates, the store's own and those that come along.

    tm template list
    """
    session: Session = context.obj
    found, wrong = actions.templates(session.workspace())
    if json:
        session.document([render.document(one) for one in found])
    else:
        session.write("".join(map(render.row, found)))
    for error in wrong:
        session.warn(f"{error.message}\n")
    return 1 if wrong else 0


@template.command("show", cls=Command)
def show(context: typer.Context, name: Name, json: o.Json = False) -> None:
    """Show a template: what it asks for, and its tasks.

    tm template show feature
    """
    session: Session = context.obj
    found = actions.template(session.workspace(), name)
    if json:
        session.document(render.document(found))
    else:
        session.write(render.text(found))


@template.command("apply", cls=Command)
def apply(
    context: typer.Context,
    name: Name,
    var: Annotated[list[str], typer.Option("--var", metavar="NAME=VALUE", help="What to fill in; repeatable.")] = [],  # noqa: B006 Typer wants the empty list itself
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be made, and make nothing.")] = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Make a template's tasks, in one commit.

    tm template apply feature --var feature="Dark mode" --var owner=maria
    """
    session: Session = context.obj
    values: dict[str, str] = {}
    for text in var:
        key, sign, value = text.partition("=")
        if not sign or not key.strip():
            raise TmError(f"{text!r} is not NAME=VALUE", "for example --var owner=maria", "usage")
        if key.strip() in values:
            raise TmError(f"{key.strip()} is given twice", "leave one of the two out", "usage")
        values[key.strip()] = value
    how = session.how(no_commit, message)
    report(session, actions.apply(session.workspace(), name, values, how, dry_run=dry_run), json=json)


@template.command("create", cls=Command)
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new template's name.")],
    ids: o.Ids,
    description: Annotated[str, typer.Option("-d", "--description", metavar="TEXT", help="What it is for.")] = "",
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Keep tasks as a template, with the dependencies among them.

    Write {{name}} into their texts, or later into .tasks/templates/NAME.yaml, where something is to be filled in.

    tm template create onboarding a1b2 c3d4
    """
    session: Session = context.obj
    workspace = session.workspace()
    outcome = actions.create(workspace, name, ids, session.how(no_commit, message), description)
    if json:
        session.document(render.document(actions.template(workspace, name)))
        return
    for note in outcome.notes:
        session.tell(f"tm: {note}")
    session.tell(f"template {name} is kept in .tasks/templates/{name}.yaml")
