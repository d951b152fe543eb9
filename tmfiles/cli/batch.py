"""The command batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tmfiles.actions import batch as actions
from tmfiles.cli import options as o
from tmfiles.cli.session import Session, given

if TYPE_CHECKING:
    from tmfiles.actions.batch import Batch

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")]


def batch(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="[FILE]", help="JSON lines; - or nothing: standard input.")] = "-",
    dry_run: DryRun = False,
    force: o.Forced = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Carry out many operations in one commit, or none of them.

    A line is one operation, such as {"op": "add", "title": "Write", "as": "x"} or {"op": "start", "id": "$x"}.
    Prints name and id of each task that is made. All operations: docs/how-to/many-tasks-at-once.md

    tm batch operations.jsonl
    """
    session: Session = context.obj
    workspace = session.workspace()
    data, path = given(source)
    result = actions.batch(workspace, data, session.how(no_commit, message, force), path=path, dry_run=dry_run)
    report(session, result, json=json)


def report(session: Session, result: Batch, *, json: bool) -> None:
    """Show what was made, by name, and count what was done."""
    from tmfiles.render import batches

    for note in result.outcome.notes if result.outcome else ():
        session.tell(f"tm: {note}")
    if json:
        session.document(batches.document(result))
        return
    session.write(batches.made(result))
    session.tell(batches.counted(result))
    if result.unblocked:
        session.tell(f"ready now: {', '.join(result.unblocked)}")
