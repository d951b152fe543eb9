"""The commands of a task's life: start, complete, cancel, reopen, assign."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.actions import status as actions
from tmfiles.cli import options as o
from tmfiles.cli.session import Session, read
from tmfiles.render import text


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
    result = actions.start(session.workspace(), ids, session.how(no_commit, message, force), force=force)
    session.did(result, "started", json=json)


def complete(
    context: typer.Context,
    ids: o.Ids,
    summary: Annotated[str, typer.Option("--summary", "-s", metavar="TEXT", help="What came of it.")] = "",
    actual: Annotated[str, typer.Option("--actual", metavar="TIME", help="Time it took: 90m, 3h, 2d.")] = "",
    validate: Annotated[
        bool, typer.Option("--validate", help="Measure the criteria first, and refuse if one fails.")
    ] = False,
    impact: Annotated[bool, typer.Option("--impact-review", help="Name the open tasks about the same files.")] = False,
    force: o.Force = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Close tasks as done, and tell which others became ready.

    tm complete a1b2 --summary "Cookie is set once"
    """
    session: Session = context.obj
    how = session.how(no_commit, message, force)
    result = actions.complete(
        session.workspace(),
        ids,
        how,
        summary=read(summary),
        actual=actual,
        force=force,
        validate=validate,
        impact=impact,
    )
    if not json:
        session.write("".join(text.judged(report) for report in result.judged.values() if report))
    session.did(result, "completed", json=json)
    if not json:
        session.write("".join(map(text.shared, result.shared.values())))


Quality = Annotated[int | None, typer.Option(metavar="1-5", help="From 1, poor, to 5, excellent.")]
Timeliness = Annotated[int | None, typer.Option(metavar="1-5", help="From 1, far too late, to 5, early.")]


def feedback(
    context: typer.Context,
    id_: o.Id,
    quality: Quality = None,
    timeliness: Timeliness = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="In words, at most 500 characters.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Say anew what was said before.")] = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Say how a completed task's work was found to be.

    tm feedback a1b2 --quality 4 --timeliness 5 --note "Well tested"
    """
    from tmfiles.actions import review

    session: Session = context.obj
    how = session.how(no_commit, message)
    result = review.feedback(
        session.workspace(), id_, how, quality=quality, timeliness=timeliness, words=note, replace=replace
    )
    session.did(result, "feedback on", json=json)


def cancel(
    context: typer.Context,
    ids: o.Ids,
    reason: Annotated[str, typer.Option("--reason", "-r", metavar="TEXT", help="Why it will not be done.")] = "",
    force: o.Forced = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Close tasks as not to be done; they block others no more.

    tm cancel a1b2 --reason "No longer needed"
    """
    session: Session = context.obj
    how = session.how(no_commit, message, force)
    result = actions.cancel(session.workspace(), ids, how, reason=read(reason))
    session.did(result, "cancelled", json=json)


def reopen(
    context: typer.Context,
    ids: o.Ids,
    force: o.Forced = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Open closed tasks again.

    tm reopen a1b2
    """
    session: Session = context.obj
    result = actions.reopen(session.workspace(), ids, session.how(no_commit, message, force))
    session.did(result, "reopened", json=json)


def assign(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="ID... NAME", help="Tasks' ids, then who is to do them.")],
    force: o.Forced = False,
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
    result = actions.assign(session.workspace(), ids[:-1], ids[-1], session.how(no_commit, message, force))
    session.did(result, f"assigned to {ids[-1].strip()}:", json=json)
