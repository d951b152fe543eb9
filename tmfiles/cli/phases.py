"""The command phase: list, show, add, update, approve, remove."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.actions import phases as actions
from tmfiles.cli import options as o
from tmfiles.cli.parse import Command, Group
from tmfiles.cli.session import Session
from tmfiles.render import phases as render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.workspace.write import Outcome

phase = typer.Typer(
    cls=Group, help="Phases in their order, with gates between them.", no_args_is_help=True, rich_markup_mode=None
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="A phase, as phase list names it.")]
Gate = Annotated[
    list[str],
    typer.Option("--gate", metavar="GATE", help="completed, criteria, approved; repeatable. Or none."),
]
Before = Annotated[str, typer.Option("--before", metavar="NAME", help="Put it before another.")]
After = Annotated[str, typer.Option("--after", metavar="NAME", help="Put it after another.")]
Text = Annotated[str, typer.Option("-d", "--description", metavar="TEXT", help="What it is for.")]


@phase.command("list", cls=Command)
def list_(context: typer.Context, json: o.Json = False) -> None:
    """List the phases in order, and how each stands.

    tm phase list
    """
    session: Session = context.obj
    found = actions.stages(session.workspace())
    if json:
        session.document([render.document(one) for one in found])
        return
    session.rows(render.rows(found))
    if not found:
        session.tell("no phases yet: tm phase add NAME")


@phase.command("show", cls=Command)
def show(context: typer.Context, name: Name, json: o.Json = False) -> None:
    """Show a phase with its tasks.

    tm phase show design
    """
    session: Session = context.obj
    found = actions.stage(session.workspace(), name)
    if json:
        session.document(render.document(found, whole=True))
    else:
        session.rows(render.text(found))


@phase.command("add", cls=Command)
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new phase's name, as tasks are to say it.")],
    gate: Gate = [],  # noqa: B006 Typer wants the empty list itself
    before: Before = "",
    after: After = "",
    description: Text = "",
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Declare a phase; tasks are put into it with --phase.

    While its gate is closed, no task of a later phase is ready. The gate asks that all its tasks are closed
    (completed), that their criteria are met (criteria), that somebody approved it (approved), or nothing (none).

    tm phase add design --gate completed --gate approved
    """
    session: Session = context.obj
    how = session.how(no_commit, message)
    outcome = actions.add(
        session.workspace(), name, how, gate=gate, before=before, after=after, description=description
    )
    _report(session, " ".join(name.split()), outcome, json=json)


@phase.command("update", cls=Command)
def update(
    context: typer.Context,
    name: Name,
    gate: Gate = [],  # noqa: B006
    before: Before = "",
    after: After = "",
    description: Text = "",
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Give a phase another gate, place or description.

    tm phase update design --gate approved
    """
    session: Session = context.obj
    how = session.how(no_commit, message)
    outcome = actions.update(
        session.workspace(), name, how, gate=gate, before=before, after=after, description=description
    )
    _report(session, name, outcome, json=json)


@phase.command("approve", cls=Command)
def approve(
    context: typer.Context,
    name: Name,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take an approval back.")] = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Approve a phase under your name, for a gate that asks for it.

    tm phase approve design
    """
    session: Session = context.obj
    how = session.how(no_commit, message)
    _report(session, name, actions.approve(session.workspace(), name, how, withdraw=withdraw), json=json)


@phase.command("remove", cls=Command)
def remove(
    context: typer.Context, name: Name, no_commit: o.NoCommit = False, message: o.Message = "", json: o.Json = False
) -> None:
    """Take away a phase that no task is in.

    tm phase remove design
    """
    session: Session = context.obj
    outcome = actions.remove(session.workspace(), name, session.how(no_commit, message))
    _report(session, "", outcome, json=json)


def _report(session: Session, name: str, outcome: Outcome, *, json: bool) -> None:
    """Tell how the phases stand after a change: the one that was changed, or all."""
    for note in outcome.notes:
        session.tell(f"tm: {note}")
    found = actions.stages(session.workspace())
    if json:
        session.document([render.document(one) for one in found])
    else:
        session.tell(render.rows([one for one in found if name in ("", one.name)]) or "no phases are left")
