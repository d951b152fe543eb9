"""The commands that put away and bring back: archive, unarchive, restore."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.cli import options as o
from tmfiles.cli.session import Session
from tmfiles.errors import TmError
from tmfiles.store import FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.actions.archive import Move


def restore(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="[ID...]", help="Deleted tasks, by their full ids.")] = [],  # noqa: B006 Typer wants the empty list itself
    at: Annotated[str, typer.Option("--at", metavar="REV", help="As they were at a commit or date, or 2w ago.")] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Files of the store that are gone though HEAD has them.")
    ] = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Bring back deleted tasks, or earlier versions of tasks.

    Which were deleted: tm log --deleted. A restored version is a new commit, and can be undone.

    tm restore a1b2c3d4
    """
    from tmfiles.history import restoring

    session: Session = context.obj
    if everything:
        if ids or at or message:
            raise TmError("--all brings back what HEAD has", "leave out ids, --at and the message", "usage")
        paths = restoring.restore_all(session.workspace(), session.how(no_commit, message))
        if json:
            session.document(paths)
        else:
            session.write("".join(f"{path}\n" for path in paths))
            session.tell(f"brought back what HEAD has: {len(paths)}" if paths else "no file is gone")
        return
    if not ids:
        raise TmError(
            "say which tasks to bring back", "what was deleted: tm log --deleted; then: tm restore ID", "usage"
        )
    result = restoring.restore(session.workspace(), ids, session.how(no_commit, message), at)
    session.did(result, "restored", json=json)


def archive(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="[ID...]", help="These tasks, which are closed.")] = [],  # noqa: B006
    older_than: Annotated[
        str, typer.Option("--older-than", metavar="SPAN", help="All that were closed so long ago: 90d, 6m, 1y.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which.")] = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Put closed tasks into the archive, out of the way of lists.

    Their files move to .tasks/archive/YEAR/ as they are. They are shown, searched and depended on as before,
    and listed with --all or --archived.

    tm archive --older-than 90d
    """
    from tmfiles.actions import archive as actions

    session: Session = context.obj
    if bool(ids) == bool(older_than):
        raise TmError("say which tasks, either by id or by age", "for example: tm archive --older-than 90d", "usage")
    workspace = session.workspace()
    if dry_run:
        _would(session, actions.archivable(workspace, ids, older_than), json)
        return
    result = actions.archive(workspace, ids, session.how(no_commit, message), older_than)
    session.did(result, "archived", json=json)
    if not result.tasks and not json:
        session.tell("no task was closed so long ago")


def _would(session: Session, moves: list[Move], json: bool) -> None:
    from tmfiles.render.text import line

    if json:
        session.document([{"id": one.task.id, "title": one.task.title, "path": f"{FOLDER}/{one.to}"} for one in moves])
        return
    session.write("".join(f"{one.task.id}  {FOLDER}/{one.to}  {line(one.task.title)}\n" for one in moves))
    session.tell(f"would archive: {len(moves)}")


def unarchive(
    context: typer.Context,
    ids: o.Ids,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Take tasks out of the archive.

    To work on one again: tm reopen ID, which does this too.

    tm unarchive a1b2
    """
    from tmfiles.actions import archive as actions

    session: Session = context.obj
    result = actions.unarchive(session.workspace(), ids, session.how(no_commit, message))
    session.did(result, "out of the archive:", json=json)
