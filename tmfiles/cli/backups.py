"""The command backup: the store with its history in one file."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from tmfiles.actions import backup as actions
from tmfiles.cli import options as o
from tmfiles.cli.parse import Command, Group
from tmfiles.cli.session import Session
from tmfiles.errors import TmError
from tmfiles.git import mirror

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from tmfiles.git.bundle import Bundle

backup = typer.Typer(
    cls=Group, help="Keep the store and its history in one file.", no_args_is_help=True, rich_markup_mode=None
)
File = Annotated[str, typer.Argument(metavar="FILE", help="A file that tm backup create made.")]


def _worded(found: Bundle) -> str:
    since = f", from {found.since[:10]} on" if found.since else ""
    return f"{found.branch} with {found.commits} commits, made {found.at}{since}"


def _document(found: Bundle) -> dict[str, Any]:
    return {**found._asdict(), "since": found.since or None}


@backup.command("create", cls=Command)
def create(
    context: typer.Context,
    to: Annotated[str, typer.Option("--to", metavar="PLACE", help="A folder, a new FILE.bundle, or a remote.")] = "",
    since: Annotated[
        str, typer.Option("--since", metavar="FILE", help="Only what came after this backup, or after the last one.")
    ] = "",
    json: o.Json = False,
) -> None:
    """Write the branch with its history to a new file, and check it.

    It is a Git bundle: git clone FILE reads it without tm. What is not committed is not in it. With --since last, the
    newest backup in the folder is gone on from, all is written where there is none, and nothing where nothing is new.
    To a Git URL or a bare repository it is pushed, as the branch backup/STORE/BRANCH there; nothing is forced.

    tm backup create --to ~/backups

    tm backup create --to ~/backups --since last
    """
    session: Session = context.obj
    if not to:
        raise TmError("say where to", "for example: tm backup create --to ~/backups", "usage")
    if mirror.is_remote(to):
        if since:
            raise TmError("--since is for files", "a remote is brought what is new anyway: leave it out", "usage")
        done = actions.to_remote(session.workspace(), to)
        if json:
            session.document({**done._asdict(), "uncommitted": list(done.uncommitted)})
            return
        session.write(f"{done.ref}\n")
        session.tell(f"{'brought there' if done.new else 'nothing is new there'}: {done.branch} at {done.commit[:10]}")
        _left(session, done.uncommitted)
        return
    made = actions.create(session.workspace(), os.path.expanduser(to), os.path.expanduser(since))
    if json:
        session.document(
            {**_document(made.bundle), "file": made.path, "new": made.new, "uncommitted": list(made.uncommitted)}
        )
        return
    session.write(f"{made.path}\n")
    session.tell(f"{'checked' if made.new else 'nothing is new since this one'}: {_worded(made.bundle)}")
    _left(session, made.uncommitted)


def _left(session: Session, uncommitted: Sequence[str]) -> None:
    if uncommitted:
        some = ", ".join(uncommitted[:5]) + (", …" if len(uncommitted) > 5 else "")
        session.warn(f"not committed, and so not in it: {some}\n")


@backup.command("verify", cls=Command)
def verify(context: typer.Context, file: File, json: o.Json = False) -> None:
    """Check every byte of a backup, and that its history is whole.

    One that goes on from others is checked with those, which must lie beside it.

    tm backup verify ~/backups/project-20261122T100000Z.bundle
    """
    session: Session = context.obj
    found = actions.verify(file)
    if json:
        session.document(_document(found))
    else:
        session.write(f"whole: {_worded(found)}\n")


@backup.command("restore", cls=Command)
def restore(
    context: typer.Context,
    file: File,
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="A new one, or the top of a repository.")],
    json: o.Json = False,
) -> None:
    """Bring a backup back: as a new folder, or a branch of a repository.

    In a repository nothing that is there changes: the branch backup/NAME is added, for tm diff and tm restore
    --at to look at.

    tm backup restore ~/backups/project-20261122T100000Z.bundle project
    """
    session: Session = context.obj
    done = actions.restore(file, folder)
    if json:
        session.document({**_document(done.bundle), "folder": done.folder, "as_branch": done.branch})
        return
    session.tell(f"brought back to {done.folder}, branch {done.branch}: {_worded(done.bundle)}")


@backup.command("prune", cls=Command)
def prune(
    context: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="Where the backups are.")],
    keep: Annotated[
        int, typer.Option("--keep", metavar="N", show_default=False, help="How many of each store stay; must be given.")
    ] = 0,
    json: o.Json = False,
) -> None:
    """Remove old backups, once the newest is found whole.

    Those that a newer one goes on from stay with it.

    tm backup prune ~/backups --keep 14
    """
    session: Session = context.obj
    if not keep:
        raise TmError("say how many are to stay", "for example: tm backup prune FOLDER --keep 14", "usage")
    removed, kept = actions.prune(folder, keep)
    if json:
        session.document({"removed": removed, "kept": kept})
        return
    session.write("".join(f"{path}\n" for path in removed))
    session.tell(f"removed {len(removed)}, kept {len(kept)}")
