"""The commands that look back: log, blame, diff; and those that take back: undo, redo."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

import typer

from tmfiles import dates
from tmfiles.cli import options as o
from tmfiles.cli import screens
from tmfiles.cli.session import Session
from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.actions.tasks import Done
    from tmfiles.git.history import Commit

# Characters of a commit's id that name one for sure, as Git abbreviates.
_SHORTEST = 7
Patch = Annotated[bool, typer.Option("--patch", help="The lines of the files too, as a unified diff.")]


def log(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="[ID]", help="Only what was done to this task.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Only what this person or agent did.")] = "",
    since: Annotated[str, typer.Option("--since", metavar="DATE", help="From a day on, or 90d, 2w, 3m ago.")] = "",
    gone: Annotated[bool, typer.Option("--deleted", help="Tasks that were deleted and are not back.")] = False,
    patch: Patch = False,
    limit: o.Limit = None,
    json: o.Json = False,
) -> None:
    """Show what was done to the store or a task, newest first.

    Each commit with who made it and when, and the fields it changed. A deleted task is found by its full id.

    tm log a1b2 --since 2w
    """
    from tmfiles.history import events
    from tmfiles.render import past

    session: Session = context.obj
    if gone and id_:
        raise TmError("--deleted and ID contradict each other", f"what was done to it: tm log {id_}", "usage")
    if gone and patch and not json:
        raise TmError("--deleted shows a line a task, and no patch", "what was deleted: tm log ID --patch", "usage")
    most = _limit(session, limit, json)
    workspace = session.workspace()
    now = workspace.now()
    start = dates.past(since, now) if since else None
    # One more than is shown tells whether there are more.
    asked = most + 1 if most else 0
    count = 0
    if gone:
        lost = events.deleted(workspace, by=by, since=start, limit=asked)
        if json:
            session.document([past.deleted_document(one, with_patch=patch) for one in lost])
            return
        for count, one in enumerate(lost, 1):
            if not most or count <= most:
                session.rows(past.deleted(one, now))
        _ended(session, count, most, "no task was deleted")
        if count:
            session.tell("to bring one back: tm restore ID")
        return
    found = events.events(workspace, id_, by=by, since=start, limit=asked)
    if json:
        # What --limit asks for is not cut without a word.
        session.document([past.event_document(one, with_patch=patch) for one in islice(found, most or None)])
        return
    for count, event in enumerate(found, 1):
        if not most or count <= most:
            (session.write if patch else session.rows)(past.event(event, now, alone=bool(id_), patch=patch))
    _ended(session, count, most, "no commits since then" if since else "no commits yet")


def _limit(session: Session, limit: int | None, json: bool) -> int:
    if limit is not None and limit < 0:
        raise TmError(f"limit {limit} is below 0", "0 means all", "usage")
    return screens.limited(session, limit, False, json)


def _ended(session: Session, count: int, most: int, none: str) -> None:
    if not count:
        session.tell(none)
    elif most and count > most:
        session.tell(f"showing {most}; all: --limit 0")


def blame(context: typer.Context, id_: o.Id, json: o.Json = False) -> None:
    """Show who set each field's present value, when, in which commit.

    tm blame a1b2
    """
    from tmfiles.history import blame as actions
    from tmfiles.render import past

    session: Session = context.obj
    workspace = session.workspace()
    _, lines = actions.blame(workspace, id_)
    if json:
        session.document(past.blame_document(lines))
    else:
        session.rows(past.blame(lines, workspace.now()))


def diff(
    context: typer.Context,
    states: Annotated[
        str, typer.Argument(metavar="[OLD[..NEW]]", help="Two commits or dates; else HEAD and the files.")
    ] = "",
    patch: Patch = False,
    json: o.Json = False,
) -> None:
    """Show what changed between two states, by task and field.

    tm diff 2w
    """
    from tmfiles.history.diff import diff as action
    from tmfiles.render import past

    session: Session = context.obj
    found = action(session.workspace(), states)
    if json:
        session.document([past.told_document(one, with_patch=patch) for one in found])
        return
    (session.write if patch else session.rows)(past.differing(found, patch=patch))
    if not found:
        session.tell("no task differs")


def undo(
    context: typer.Context,
    which: Annotated[
        str, typer.Argument(metavar="[N|COMMIT]", help="How many commands, or the one that tm log names so.")
    ] = "",
    listed: Annotated[bool, typer.Option("--list", help="Show what can be taken back, and change nothing.")] = False,
    limit: o.Limit = None,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Take back your last command, or several, by a new commit.

    It is refused where one of its tasks has changed since. Another's command is taken back by its commit.

    tm undo

    tm undo --list
    """
    from tmfiles.history import undoing

    session: Session = context.obj
    if listed:
        if which or no_commit or message:
            raise TmError("--list only shows", "leave out what it is to take back, and how", "usage")
        _steps(session, _limit(session, limit, json), json)
        return
    if limit is not None:
        raise TmError("--limit goes with --list", "how many to take back stands alone: tm undo 3", "usage")
    commit, count = _which(which)
    what, result = undoing.undo(session.workspace(), session.how(no_commit, message), commit, count)
    _took_back(session, what, result, again=False, json=json)


def redo(
    context: typer.Context,
    count: Annotated[int, typer.Argument(metavar="[N]", help="How many undos.")] = 1,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Bring back what your last undo took back.

    tm redo
    """
    from tmfiles.history import undoing

    session: Session = context.obj
    if count < 1:
        raise TmError(f"{count} is no number of commands", "to bring back the last one: tm redo", "usage")
    what, result = undoing.redo(session.workspace(), session.how(no_commit, message), count)
    _took_back(session, what, result, again=True, json=json)


def _which(word: str) -> tuple[str, int]:
    """Tell a number of commands from the beginning of a commit's id."""
    if not word:
        return "", 1
    if word.isascii() and word.isdigit() and len(word) < _SHORTEST:
        if int(word) < 1:
            raise TmError(f"{word} is no number of commands", "to take back the last one: tm undo", "usage")
        return "", int(word)
    if len(word) < _SHORTEST:
        raise TmError(
            f"{word!r} is too short for a commit", f"give {_SHORTEST} characters or more, as tm log shows", "usage"
        )
    return word, 1


def _took_back(session: Session, what: list[Commit], result: Done, *, again: bool, json: bool) -> None:
    from tmfiles.render import documents

    if json:
        session.document(documents.taken_back(what, result))
        return
    session.did(result, "restored", json=False)
    for one in what:
        session.tell(f"redid: {one.subject.replace('undo ', '', 1)}" if again else f"took back: {one.subject}")


def _steps(session: Session, limit: int, json: bool) -> None:
    from tmfiles.history import undoing
    from tmfiles.render import past

    workspace = session.workspace()
    actor = workspace.actor(session.actor)
    found = undoing.undoable(workspace, actor, limit + 1 if limit else 0)
    shown = found[:limit] if limit else found
    if json:
        session.document([past.step_document(one) for one in shown])
        return
    session.rows("".join(past.step(one, workspace.now()) for one in shown))
    _ended(session, len(found), limit, f"{actor} has no command left to take back")
