"""The command commit: what was changed by hand, in one commit."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.cli import options as o
from tmfiles.cli.session import Session


def commit(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="[ID...]", help="Only these tasks.")] = [],  # noqa: B006
    valid: Annotated[bool, typer.Option("--valid", help="Leave out what is not valid, and say so.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be committed, and do nothing.")] = False,
    force: o.Forced = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Commit what was edited by hand, told field by field.

    New, changed, moved and deleted files of the store go into one commit; what you have staged elsewhere
    stays as it is.

    tm commit --dry-run

    tm commit a1b2 -m "Plan the release"
    """
    from tmfiles.actions.gathering import gather
    from tmfiles.render import documents
    from tmfiles.render.text import line

    session: Session = context.obj
    how = session.how(False, message, force)
    done = gather(session.workspace(), ids, how, valid=valid, dry_run=dry_run)
    if json:
        session.document(documents.gathered(done))
        return
    for note in done.notes:
        session.tell(f"tm: {note}")
    for problem in done.left:
        session.warn(f"left out: {problem}\n")
    session.write("".join(f"{line(str(item))}\n" for item in done.items))
    if done.commit:
        session.tell(f"committed {len(done.items)} file{'' if len(done.items) == 1 else 's'}")
    elif not done.items:
        session.tell("nothing to commit: what is valid is as HEAD has it" if done.left else "nothing to commit")
