"""The commands for those who work with agents: prime and setup."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tmfiles.cli import options as o
from tmfiles.cli.session import Session
from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.actions.setup import Change


def prime(context: typer.Context, json: o.Json = False) -> None:
    """Tell an agent what it needs at the start: state and workflow.

    How the store stands, what is yours, what is ready, and how to find, take, record and finish work.

    tm prime
    """
    from tmfiles.actions import prime as actions
    from tmfiles.render import prime as render

    session: Session = context.obj
    found = actions.prime(session.workspace(), session.actor)
    if json:
        session.document(render.document(found))
    else:
        session.write(render.text(found))


def setup(
    context: typer.Context,
    tool: Annotated[str, typer.Argument(metavar="TOOL", help="agents, claude, codex, copilot, cursor or gemini.")],
    server: Annotated[bool, typer.Option("--mcp", help="Tell it of the server tm mcp, too.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take all of it out again.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write it without asking.")] = False,
    json: o.Json = False,
) -> None:
    """Let a coding agent know of the store, in files that it reads.

    Shows what it would write, and asks. What it puts between marks into files of yours, it updates when repeated,
    and takes out to the byte. The files are yours to commit.

    tm setup claude --dry-run
    """
    from tmfiles.actions import setup as actions
    from tmfiles.render.past import unified

    if dry_run and yes:
        raise TmError("--dry-run and --yes contradict each other", "leave one of the two out", "usage")
    if remove and server:
        raise TmError("--remove takes the server out in any case", "leave --mcp out", "usage")
    session: Session = context.obj
    workspace = session.workspace()
    changes = actions.planned(workspace, tool, server=server, remove=remove)
    diffs = {one.path: unified(one.before, one.after, one.path, folder="") for one in changes}
    if changes and not (json or yes):
        session.write("".join(diffs.values()))
    write = bool(changes) and not dry_run and (yes or _asked(json))
    if write:
        actions.carry_out(workspace, changes)
    if json:
        session.document([{"path": path, "diff": diff, "written": write} for path, diff in diffs.items()])
    elif not changes:
        session.tell(f"{tool}: nothing to change")
    else:
        session.tell(
            "\n".join(_told(one, written=write) for one in changes) if write or dry_run else "nothing was written"
        )


def _told(one: Change, *, written: bool) -> str:
    verb = ("write", "wrote") if one.after is not None else ("delete", "deleted")
    return f"{verb[1] if written else f'would {verb[0]}'} {one.path}"


def _asked(json: bool) -> bool:
    """Ask the person at the terminal; raises TmError where there is none."""
    if json or not sys.stdin.isatty():
        raise TmError("nobody is here to be asked, and nothing was written", "add --yes, or --dry-run to look", "usage")
    return typer.confirm("Write this?", err=True)
