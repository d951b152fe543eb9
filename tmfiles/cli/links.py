"""The command dep: dependencies between tasks."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.actions import links as actions
from tmfiles.cli import options as o
from tmfiles.cli.parse import Command, Group, Reading
from tmfiles.cli.session import Session, words
from tmfiles.render import graph, text

dep = typer.Typer(cls=Group, help="Add, remove and look at dependencies.", rich_markup_mode=None)
Others = Annotated[list[str], typer.Argument(metavar="ON...", help="The tasks it depends on.")]


@dep.command("add", cls=Command)
def add(
    context: typer.Context,
    id_: o.Id,
    on: Others,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Make a task depend on others.

    tm dep add a1b2 c3d4
    """
    session: Session = context.obj
    result = actions.depend(session.workspace(), id_, words(on), session.how(no_commit, message))
    session.did(result, "updated", json=json)


@dep.command("remove", cls=Command)
def remove(
    context: typer.Context,
    id_: o.Id,
    on: Others,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Take dependencies away.

    tm dep remove a1b2 c3d4
    """
    session: Session = context.obj
    result = actions.undepend(session.workspace(), id_, words(on), session.how(no_commit, message))
    session.did(result, "updated", json=json)


@dep.command("tree", cls=Reading)
def tree(
    context: typer.Context,
    id_: o.Id,
    up: Annotated[bool, typer.Option("--up", help="Show what depends on it instead.")] = False,
    json: o.Json = False,
) -> None:
    """Show what a task depends on, as a tree.

    tm dep tree a1b2
    """
    session: Session = context.obj
    nodes = actions.tree(session.workspace(), id_, up=up)
    if json:
        session.document([node._asdict() for node in nodes])
    else:
        if screen := session.screen():
            session.draw(graph.tree(nodes, screen))
        else:
            session.write(text.tree(nodes))


@dep.command("cycles", cls=Reading)
def cycles(context: typer.Context, json: o.Json = False) -> int:
    """Show dependencies that run in a circle.

    The exit code is 1 when there are any.

    tm dep cycles
    """
    session: Session = context.obj
    workspace = session.workspace()
    found = actions.cycles(workspace)
    for problem in workspace.view().errors():
        session.warn(f"left out: {text.line(str(problem))}\n")
    if json:
        session.document(found)
    elif found:
        session.write("".join(" → ".join(cycle) + "\n" for cycle in found))
    else:
        session.tell("no cycles")
    return 1 if found else 0
