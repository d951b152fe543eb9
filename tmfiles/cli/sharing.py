"""The command resolve."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.cli import options as o
from tmfiles.cli.session import Session


def resolve(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="[ID...]", help="Only these tasks.")] = [],  # noqa: B006
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would become of them.")] = False,
    json: o.Json = False,
) -> int:
    """Settle the tasks that Git left unmerged, and stage them.

    By the rules of docs/explanation/merging.md, from both sides' versions; moved and deleted files too. Then
    cycles and missing tasks are told that the two sides made together. It makes no commit. The exit code is 1
    when something is left to you.

    tm resolve --dry-run
    """
    from tmfiles.actions import aftermath
    from tmfiles.actions import resolve as actions
    from tmfiles.render import resolve as render

    session: Session = context.obj
    workspace = session.workspace()
    result = actions.resolve(workspace, ids, dry_run=dry_run)
    troubles = [] if dry_run else aftermath.troubles(workspace)
    if json:
        session.document(render.document(result, troubles, dry_run=dry_run))
    else:
        session.write(render.text(result, troubles, dry_run=dry_run))
    return 1 if result.left or troubles else 0
