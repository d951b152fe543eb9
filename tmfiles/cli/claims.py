"""The commands claim and release."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.cli import options as o
from tmfiles.cli.session import Session
from tmfiles.errors import TmError

Taking = Annotated[bool, typer.Option("--force", help="Although somebody else holds it, and say so in its journal.")]


def claim(
    context: typer.Context,
    ids: o.Ids,
    length: Annotated[str, typer.Option("--for", metavar="TIME", help="How long it is yours: 30m, 2h.")] = "2h",
    force: Taking = False,
    push: o.Push = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Take tasks for a time, so that nobody else works on them.

    A claim runs out by itself; claim again to renew it. Until then others' edits are refused with exit code 5,
    and so is their claim. What is said in the journal is open to all. With --push it holds in every clone: of all
    who try at once only one can push, and the others are told who.

    tm claim a1b2 --for 4h
    """
    from tmfiles.actions import claims as actions

    session: Session = context.obj
    how = session.how(no_commit, message, force)
    if push:
        from tmfiles.sync import claiming

        if no_commit:
            raise TmError("only a commit can be pushed", "leave out --push or --no-commit", "usage")
        tell = session.transfers(json=json)
        result = claiming.claim(session.workspace(), ids, how, length=length, tell=tell)
    else:
        result = actions.claim(session.workspace(), ids, how, length=length)
    session.did(result, "claimed", json=json)
    if not json:
        session.tell("\n".join(f"yours until {task.doc['claim']['until']}" for task in result.tasks[:1]))


def release(
    context: typer.Context,
    ids: o.Ids,
    force: Taking = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Give tasks back that you claimed.

    tm release a1b2
    """
    from tmfiles.actions import claims as actions

    session: Session = context.obj
    how = session.how(no_commit, message, force)
    session.did(actions.release(session.workspace(), ids, how), "released", json=json)
