"""The commands board and place: tasks in columns, and a card moved."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tmfiles.actions import boards as actions
from tmfiles.actions.lists import whole
from tmfiles.actions.near import marks
from tmfiles.actions.placing import place as placed
from tmfiles.cli import options as o
from tmfiles.cli.filters import OF_STATUS, filtered
from tmfiles.cli.session import Session
from tmfiles.errors import TmError
from tmfiles.query import Query
from tmfiles.render import board as render
from tmfiles.render import documents
from tmfiles.render.text import problem_lines

# How many tasks a column of a terminal gets unless asked otherwise.
_CARDS = 8


@filtered(*OF_STATUS)
def board(
    context: typer.Context,
    asked: Query,
    by: Annotated[str, typer.Option("--by", metavar="WHAT", help="status, assignee, priority or phase.")] = "status",
    everything: Annotated[bool, typer.Option("--all", help="Closed tasks too.")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", metavar="N", help="At most N a column; 0 shows all.")
    ] = None,
    json: o.Json = False,
) -> None:
    """Show the open tasks side by side, a column a status.

    In a column they go by their order, which tm place gives.
    With not- in front a filter means its opposite: --not-tag web.

    tm board --by assignee --tag auth
    """
    session: Session = context.obj
    if limit is not None and limit < 0:
        raise TmError(f"limit {limit} is below 0", "0 means all tasks", "usage")
    most = limit if limit is not None else _CARDS if sys.stdout.isatty() and not json else 0
    workspace = session.workspace()
    found = actions.board(workspace, asked, by, most, everything=everything)
    if json:
        tasks = documents.listed(whole(workspace, found.rows))
        session.document(render.document(found, tasks), problems=documents.problems(found.problems))
        return
    if screen := session.screen():
        session.draw(render.screen(found, workspace.now(), marks(workspace, found.rows), screen))
    else:
        session.write(render.piped(found))
    if not found.rows:
        session.tell("no tasks match" if asked != Query() else "no tasks")
    elif any(len(column.rows) < column.total for column in found.columns):
        session.tell(f"showing {len(found.rows)} of {sum(one.total for one in found.columns)}; all: --limit 0")
    session.warn(problem_lines(found))


def place(
    context: typer.Context,
    id_: o.Id,
    before: Annotated[str, typer.Option("--before", metavar="ID", help="Right before this one of its column.")] = "",
    after: Annotated[str, typer.Option("--after", metavar="ID", help="Right after this one.")] = "",
    to: Annotated[str | None, typer.Option("--to", metavar="COLUMN", help="To this column; '' for none.")] = None,
    by: Annotated[str, typer.Option("--by", metavar="WHAT", help="Which columns: as for tm board.")] = "status",
    force: o.Force = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Move a task to another place of the board, or to another column.

    Its rank is kept as order; tasks that have none stand in the middle, the most urgent first.

    tm place a1b2 --before c3d4
    """
    session: Session = context.obj
    how = session.how(no_commit, message, force)
    columns = {} if to is None else {by: to}
    result = placed(session.workspace(), id_, how, to=columns, by=by, before=before, after=after, force=force)
    session.did(result, "placed", json=json)
