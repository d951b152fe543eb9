"""The command migrate: the whole store made otherwise, in one commit."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.cli import options as o
from tmfiles.cli.session import Session
from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.actions.migrate import Migrated
    from tmfiles.workspace.write import How


def migrate(
    context: typer.Context,
    ids: Annotated[
        list[str], typer.Argument(metavar="[ID[=NEW]...]", help="With --ids: these tasks, and their new ids.")
    ] = [],  # noqa: B006 Typer wants the empty list itself
    status: Annotated[bool, typer.Option("--status", help="Tell format, layout and foreign ids.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Bring the store to the newest format.")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Bring it back to the format before.")] = False,
    layout: Annotated[str, typer.Option("--layout", metavar="LAYOUT", help="Move the files: flat or sharded.")] = "",
    rename: Annotated[bool, typer.Option("--ids", help="Give new ids, random unless told, and follow links.")] = False,
    to_branch: Annotated[
        str, typer.Option("--to-branch", metavar="NAME", help="Move tasks and history to a branch of their own.")
    ] = "",
    to_tree: Annotated[bool, typer.Option("--to-tree", help="Move them back into the branch with the code.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change; alone: what --apply would.")
    ] = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Bring the whole store to another format, layout, ids or branch.

    Each is one commit, which tm undo takes back; --to-branch and --to-tree take back each other. The store must
    have no changes that are not committed. With --ids and no ID, all tasks get new ids whose ids tm did not make;
    tm show OLD then says what it is called.

    tm migrate --status

    tm migrate --layout sharded --dry-run

    tm migrate --ids a1b2=login
    """
    from tmfiles.actions import migrate as actions
    from tmfiles.actions import renaming
    from tmfiles.render import migrations

    session: Session = context.obj
    if ids and not rename:
        raise TmError(f"{ids[0]!r}: ids are named with --ids only", f"tm migrate --ids {ids[0]}", "usage")
    asked = status + apply + rollback + bool(layout) + rename + bool(to_branch) + to_tree
    if asked > 1 or not (asked or dry_run):
        what = "--status, --apply, --rollback, --layout, --ids, --to-branch or --to-tree"
        raise TmError(f"say one thing to do: {what}", "what there is to do: tm migrate --status", "usage")
    if (status or dry_run) and (no_commit or message or (status and dry_run)):
        raise TmError("--status and --dry-run write nothing", "leave the other options out", "usage")
    workspace = session.workspace()
    if status:
        found, foreign = actions.status(workspace), renaming.foreign(workspace)
        if json:
            session.document(migrations.state_document(found, foreign))
        else:
            session.write(migrations.state(found, len(foreign)))
        return
    how = session.how(no_commit, message)
    if to_branch or to_tree:
        _moved(session, to_branch, how, dry_run=dry_run, json=json)
        return
    if layout:
        done = actions.lay_out(workspace, layout, how, dry_run=dry_run)
    elif rename:
        done = renaming.rename(workspace, ids, how, dry_run=dry_run)
    elif rollback:
        done = actions.roll_back(workspace, how, dry_run=dry_run)
    else:
        done = actions.apply(workspace, how, dry_run=dry_run)
    _told(session, done, json=json)


def _moved(session: Session, name: str, how: How, *, dry_run: bool, json: bool) -> None:
    from tmfiles.actions import moving
    from tmfiles.render import migrations

    if how.commit is False:
        raise TmError("to move the tasks is to commit", "leave --no-commit out", "usage")
    workspace = session.workspace()
    if name:
        done = moving.to_branch(workspace, name, how, dry_run=dry_run)
    else:
        done = moving.to_tree(workspace, how, dry_run=dry_run)
    if json:
        session.document(migrations.moved_document(done))
        return
    for note in done.notes:
        session.tell(f"tm: {note}")
    session.tell(migrations.moved(done, there=bool(name), dry_run=dry_run))


def _told(session: Session, done: Migrated, *, json: bool) -> None:
    from tmfiles.render import migrations

    if json:
        session.document(migrations.document(done))
        return
    session.write(migrations.lines(done.changes))
    for note in done.outcome.notes if done.outcome else ():
        session.tell(f"tm: {note}")
    tasks = f"{len(done.changes)} task{'' if len(done.changes) == 1 else 's'}"
    if done.outcome is None:
        session.tell(f"would change: {tasks}")
    else:
        session.tell(f"changed: {tasks}" if done.written else "nothing to change: the store is so already")
