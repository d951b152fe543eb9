"""The commands log and undo."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles import history
from tmfiles.cli import options as o
from tmfiles.cli.session import Session
from tmfiles.errors import TmError

# Characters of a commit's id that name one for sure, as Git abbreviates.
_SHORTEST = 7


def log(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="[ID]", help="Only commits of this task.")] = "",
    limit: o.Limit = None,
    json: o.Json = False,
) -> None:
    """Show what was done, newest first: commit, time, who, what.

    tm log a1b2 --limit 5
    """
    from tmfiles.render import documents
    from tmfiles.render.text import line

    session: Session = context.obj
    if limit is not None and limit < 0:
        raise TmError(f"limit {limit} is below 0", "0 means all", "usage")
    found = history.commits(session.workspace(), id_, limit or 0)
    if json:
        session.document([documents.commit(one) for one in found])
        return
    for one in found:
        who = one.trailers.get("Tm-Actor", one.author)
        session.write(f"{one.id[:10]}  {one.at:%Y-%m-%d %H:%M}Z  {line(who)}  {line(one.subject)}\n")
    if not found:
        session.tell("no commits yet")


def undo(
    context: typer.Context,
    commit: Annotated[
        str, typer.Argument(metavar="[COMMIT]", help="The command to take back, as tm log names it.")
    ] = "",
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Take back your last command, or the one named, by a new commit.

    tm undo
    """
    session: Session = context.obj
    if commit and len(commit) < _SHORTEST:
        raise TmError(
            f"{commit!r} is too short for a commit", f"give {_SHORTEST} characters or more, as tm log shows", "usage"
        )
    what, result = history.undo(session.workspace(), session.how(no_commit, message), commit)
    from tmfiles.render import documents

    if json:
        session.document({**documents.done(result), "took_back": documents.commit(what)})
        return
    session.did(result, "restored", json=False)
    session.tell(f"took back: {what.subject}")
