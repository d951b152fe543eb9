"""The command watch."""

from __future__ import annotations

import shlex
import subprocess
from typing import TYPE_CHECKING, Annotated

import typer

from tmfiles.actions import watch as actions
from tmfiles.cli import options as o
from tmfiles.cli import streams
from tmfiles.cli.session import Session
from tmfiles.errors import TmError
from tmfiles.render import documents
from tmfiles.render.text import news
from tmfiles.workspace.interrupts import Held

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmfiles.actions.watch import Look, News

# How long to wait for commits before the clock is asked again, and for a program that is told.
_MINUTE = 60


def watch(
    context: typer.Context,
    limit: o.Limit = None,
    mine: Annotated[bool, typer.Option("--mine", help="Also what you found out and set free yourself.")] = False,
    follow: Annotated[bool, typer.Option("--follow", help="Go on telling until interrupted.")] = False,
    program: Annotated[
        str, typer.Option("--exec", metavar="PROGRAM", help="Run this for each, the JSON on its standard input.")
    ] = "",
    json: o.Json = False,
) -> None:
    """Tell what is new to you since you last looked.

    What became ready, was assigned, found out or said to you, who works on the same files, claims and
    deadlines. Each reader has a place of its own: looking takes nothing away from others. With --follow,
    --json prints an object a line.

    tm watch --limit 10
    """
    session: Session = context.obj
    if limit is not None and limit < 0:
        raise TmError(f"limit {limit} is below 0", "0 means all", "usage")
    if limit is not None and follow:
        raise TmError("--limit and --follow contradict each other", "leave one of the two out", "usage")
    command = _command(program)
    workspace = session.workspace()
    found = actions.look(workspace, session.actor, limit or 0, mine=mine)
    if not follow:
        if json:
            session.document([one._asdict() for one in found.news], left=found.left)
        else:
            session.write("".join(map(news, found.news)))
            session.tell(f"{found.left} more: tm watch" if found.left else "" if found.news else "nothing is new")
        _passed_on(session, found, command)
        return
    try:
        while True:
            words = "".join(_object(one) if json else news(one) for one in found.news)
            if command:
                session.write(words)
                _passed_on(session, found, command)
            else:
                with Held("what was told is marked as read"):  # who has read a line may interrupt at once
                    session.write(words)
                    _passed_on(session, found, command)
            actions.wait(workspace, found.commit, _MINUTE)
            found = actions.look(workspace, session.actor, mine=mine)
    except KeyboardInterrupt:
        return  # that is how following ends
    except TmError as error:
        if error.code != "interrupted":
            raise


def _passed_on(session: Session, found: Look, command: Sequence[str]) -> None:
    """Let the program know, then mark as read: what nobody could read is told again."""
    streams.flush()
    for one in found.news if command else ():
        _run(session, command, one)
    actions.seen(found)


def _object(one: News) -> str:
    return documents.compact(one._asdict()) + "\n"


def _command(program: str) -> list[str]:
    try:
        return shlex.split(program)
    except ValueError as error:
        raise TmError(f"--exec {program!r} cannot be read: {error}", "quote it as for a shell", "usage") from None


def _run(session: Session, command: Sequence[str], one: News) -> None:
    """Run what the user named on the command line; that it fails is told, and keeps nothing from anybody."""
    try:
        done = subprocess.run(command, input=_object(one), text=True, encoding="utf-8", timeout=_MINUTE, check=False)
    except subprocess.TimeoutExpired:
        session.warn(f"tm: {command[0]} took longer than {_MINUTE} seconds, and was stopped\n")
    except OSError as error:
        raise TmError(f"cannot run {command[0]}: {error.strerror}", "name a program that is there", "usage") from error
    else:
        if done.returncode:
            session.warn(f"tm: {command[0]} failed with {done.returncode}\n")
