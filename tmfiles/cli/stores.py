"""The commands about the store as a whole: init, check, import, demo."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from tmfiles.cli import options as o
from tmfiles.cli.session import Session
from tmfiles.errors import TmError
from tmfiles.interop.formats import FORMATS, READ

FOLDERS = [name for name in READ if FORMATS[name].folder]


def init(
    context: typer.Context,
    standalone: Annotated[bool, typer.Option("--standalone", help="Make .tasks/ a repository of its own.")] = False,
    branch: Annotated[str, typer.Option("--branch", metavar="NAME", help="Keep tasks on a branch of their own.")] = "",
    json: o.Json = False,
) -> None:
    """Make a task store here; safe to repeat.

    tm init
    """
    from tmfiles.actions import stores

    session: Session = context.obj
    home = os.path.expanduser("~")
    how = session.how(False, "")
    made = stores.make(session.folder, session.environment, how, home=home, standalone=standalone, branch=branch)
    if json:
        session.document({**made._asdict(), "repository": made.repository or None, "commit": made.commit or None})
        return
    if made.repository:
        session.tell(f"made a Git repository in {made.repository}")
    for note in made.notes:
        session.tell(f"tm: {note}")
    state = "initialized" if made.created else "was initialized already"
    session.write(f"task store {state}: {os.path.join(made.root, '.tasks')}\n")
    if made.created:
        session.tell(f"committed {', '.join(made.created)}\nNext: tm add TITLE")


def import_(
    context: typer.Context,
    kind: Annotated[
        str,
        typer.Argument(metavar="FORMAT", help=f"tasks (what tm export prints), {', '.join(READ[1:])}."),
    ],
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help=f"The file to read; - is standard input. A folder for {', '.join(FOLDERS)}."
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come in, and change nothing.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Bring back what was deleted here since.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Report every entry, not the first of each kind.")] = False,
    force: o.Forced = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Bring in another tracker's tasks, in one commit.

    What is here already is left as it is, so an import may be repeated. CSV names its columns in the first line;
    Markdown is a list of boxes: - [ ] Title

    tm import beads .beads/issues.jsonl
    """
    from tmfiles.actions import imports
    from tmfiles.render import imports as report

    session: Session = context.obj
    if kind not in (known := imports.formats()):
        raise TmError(f"unknown format {kind!r}", f"one of: {', '.join(known)}", "usage")
    how = session.how(no_commit, message, force)
    data = b"" if kind in FOLDERS else _bytes(source)
    result = imports.bring(session.workspace(), kind, data, how, path=source, dry_run=dry_run, again=again)
    if json:
        session.document(report.document(result))
        return
    for note in result.outcome.notes if result.outcome else ():
        session.tell(f"tm: {note}")
    session.write(report.text(result, everything=full))


def _bytes(source: str) -> bytes:
    if source == "-":
        return sys.stdin.buffer.read()
    try:
        with open(source, "rb") as file:
            return file.read()
    except OSError as error:
        raise TmError(f"cannot read {source}: {error.strerror}", "name the file to import", "usage") from error


def demo(
    context: typer.Context,
    folder: Annotated[
        str, typer.Argument(metavar="[DIR]", help="Where to make it; a temporary folder otherwise.")
    ] = "",
) -> int:
    """Walk through a small project in a real, throw-away repository.

    tm demo
    """
    from tmfiles.cli.walk import walk

    return walk(context.obj, folder)
