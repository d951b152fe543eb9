"""The commands of a task's life: start, complete, cancel, reopen, assign."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.actions import status as actions
from tmfiles.cli import options as o
from tmfiles.cli.session import Session


def start(
    context: typer.Context,
    ids: o.Ids,
    force: o.Force = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Begin work on tasks.

    tm start a1b2
    """
    session: Session = context.obj
    result = actions.start(session.workspace(), ids, session.how(no_commit, message), force=force)
    session.did(result, "started", json=json)


def complete(
    context: typer.Context,
    ids: o.Ids,
    summary: Annotated[str, typer.Option("--summary", "-s", metavar="TEXT", help="What came of it.")] = "",
    actual: Annotated[str, typer.Option("--actual", metavar="TIME", help="Time it took: 90m, 3h, 2d.")] = "",
    force: o.Force = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Close tasks as done, and tell which others became ready.

    tm complete a1b2 --summary "Cookie is set once"
    """
    session: Session = context.obj
    result = actions.complete(
        session.workspace(), ids, session.how(no_commit, message), summary=summary, actual=actual, force=force
    )
    session.did(result, "completed", json=json)


def cancel(
    context: typer.Context,
    ids: o.Ids,
    reason: Annotated[str, typer.Option("--reason", "-r", metavar="TEXT", help="Why it will not be done.")] = "",
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Close tasks as not to be done; they block others no more.

    tm cancel a1b2 --reason "No longer needed"
    """
    session: Session = context.obj
    result = actions.cancel(session.workspace(), ids, session.how(no_commit, message), reason=reason)
    session.did(result, "cancelled", json=json)


def reopen(
    context: typer.Context,
    ids: o.Ids,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Open closed tasks again.

    tm reopen a1b2
    """
    session: Session = context.obj
    result = actions.reopen(session.workspace(), ids, session.how(no_commit, message))
    session.did(result, "reopened", json=json)


def assign(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="ID... NAME", help="Tasks' ids, then who is to do them.")],
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Say who is to do tasks.

    To take the name away: tm update ID --clear assignee.

    tm assign a1b2 c3d4 maria
    """
    from tmfiles.errors import TmError

    if len(ids) < 2 or not ids[-1].strip():
        raise TmError("say which tasks, and who is to do them", "tm assign ID NAME", "usage")
    session: Session = context.obj
    result = actions.assign(session.workspace(), ids[:-1], ids[-1], session.how(no_commit, message))
    session.did(result, f"assigned to {ids[-1].strip()}:", json=json)
