"""The commands sync and resolve."""

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


def sync(
    context: typer.Context,
    with_code: Annotated[
        bool, typer.Option("--with-code", help="Push commits that hold more than tasks, too.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Fetch, and say what would happen.")] = False,
    message: o.Message = "",
    json: o.Json = False,
) -> int:
    """Get what others did, merge it by fields, and push yours.

    Edits made by hand are committed first. It starts anew when somebody else was faster, never pushes by force
    and rewrites no commit. A store inside a project is merged by Git, with the branch it is on. The exit code is 1
    when the tasks of both sides wait for each other.

    tm sync --dry-run
    """
    from tmfiles import sync as meeting
    from tmfiles.render import sync as render

    session: Session = context.obj
    how = session.how(False, message)
    result = meeting.sync(
        session.workspace(), how, with_code=with_code, dry_run=dry_run, tell=session.transfers(json=json)
    )
    for note in result.notes:
        session.tell(f"tm: {note}")
    if json:
        session.document(render.document(result, dry_run=dry_run))
    else:
        session.write(render.text(result, dry_run=dry_run))
    return 1 if result.troubles else 0
