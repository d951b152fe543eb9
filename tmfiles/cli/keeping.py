"""The commands that bring back: restore."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.cli import options as o
from tmfiles.cli.session import Session
from tmfiles.errors import TmError


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
