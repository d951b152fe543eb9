"""The commands of those who work together: comment, share, discover, progress, checkpoint, join, note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tmfiles.actions import talk as actions
from tmfiles.cli import options as o
from tmfiles.cli.session import Session, read
from tmfiles.errors import TmError
from tmfiles.render.text import paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable

Text = Annotated[str, typer.Argument(metavar="TEXT", help="What is to be said; - reads standard input.")]


def _saying(verb: str, told: str, help_: str) -> Callable[..., None]:
    """Make the command that adds one kind of entry to a task's journal."""

    def command(
        context: typer.Context,
        id_: o.Id,
        text: Text,
        no_commit: o.NoCommit = False,
        message: o.Message = "",
        json: o.Json = False,
    ) -> None:
        session: Session = context.obj
        result = actions.say(session.workspace(), verb, id_, read(text), session.how(no_commit, message))
        session.did(result, told, json=json)

    command.__doc__ = help_
    return command


comment = _saying(
    "comment",
    "commented on",
    """Say something on a task, in its journal.

    tm comment a1b2 "The cookie is set twice"
    """,
)
share = _saying(
    "share",
    "shared on",
    """Share what others on the task should know.

    tm share a1b2 "The API is in place, the page is next"
    """,
)
discover = _saying(
    "discover",
    "discovery noted on",
    """Tell what was found out, beyond those on the task too.

    tm discover a1b2 "The cookie is set by two handlers"
    """,
)
progress = _saying(
    "progress",
    "progress noted on",
    """Tell how far the work is.

    tm progress a1b2 "Half of the pages are done"
    """,
)
checkpoint = _saying(
    "checkpoint",
    "checkpoint set on",
    """Mark a point that others can build on.

    tm checkpoint a1b2 "Schema agreed, ready for the front end"
    """,
)


def join(
    context: typer.Context,
    id_: o.Id,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Take part in a task beside its assignee.

    tm join a1b2
    """
    session: Session = context.obj
    result = actions.join(session.workspace(), id_, session.how(no_commit, message))
    session.did(result, "joined", json=json)


def note(
    context: typer.Context,
    id_: o.Id,
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="What to remember; - reads standard input.")] = "",
    json: o.Json = False,
) -> None:
    """Keep a private note on a task; without TEXT, read yours.

    Notes are yours alone: they stay in this clone's Git directory, one file for each name that acts and
    each task, and are never committed.

    tm note a1b2 "Ask Li about the second handler"
    """
    from tmfiles.actions import notes

    session: Session = context.obj
    words = read(text)
    found = notes.note(session.workspace(), id_, words, session.actor) if words else None
    if found is None:
        found = notes.own_note(session.workspace(), id_, session.actor)
    if json:
        session.document(found._asdict())
    elif words:
        session.tell(f"note kept on {found.id}")
    elif found.text:
        session.write(paragraphs(found.text))
    else:
        raise TmError(f"{found.by} has no note on {found.id}", f'tm note {found.id} "TEXT" keeps one', "not_found")
