"""The commands about Git's hooks: install, uninstall, status, and what the hooks themselves run."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from tmfiles.actions import hooks as actions
from tmfiles.cli import options as o
from tmfiles.cli import parse, verdicts
from tmfiles.cli.session import Session
from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.workspace import Workspace

hooks = typer.Typer(
    cls=parse.Group,
    help="Put Git hooks in that check the store, and take them out.\n\ntm hooks install",
    rich_markup_mode=None,
)


@hooks.command("install", cls=parse.Command)
def install(context: typer.Context, json: o.Json = False) -> None:
    """Put the hooks in, beside those that are there; safe to repeat.

    core.hooksPath is respected, and never set.

    tm hooks install
    """
    session: Session = context.obj
    workspace = session.workspace()
    changed = actions.install(workspace, program())
    inside = actions.in_work_tree(workspace)
    if inside and not json:
        session.tell(f"tm: core.hooksPath is {inside}, in the work tree: what is in it may be the whole team's")
    _told(session, changed, json, "put in", "the hooks are in already")


@hooks.command("uninstall", cls=parse.Command)
def uninstall(context: typer.Context, json: o.Json = False) -> None:
    """Take the hooks out, and leave the others as they were.

    tm hooks uninstall
    """
    session: Session = context.obj
    _told(session, actions.uninstall(session.workspace()), json, "taken out", "no hook of tm's is in")


@hooks.command("status", cls=parse.Command)
def status(context: typer.Context, json: o.Json = False) -> None:
    """Tell which hooks are in, and where.

    tm hooks status
    """
    session: Session = context.obj
    found = actions.status(session.workspace(), program())
    if json:
        session.document([hook._asdict() for hook in found])
        return
    for hook in found:
        session.write(f"{hook.name}  {hook.state}  {hook.path}\n")


@hooks.command("run", cls=parse.Command)
def run(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="HOOK", help="Which hook it is.")],
    source: Annotated[str, typer.Argument(metavar="[FILE]", help="The file of the commit's message.")] = "",
) -> int:
    """Do what a hook does; the hooks call it.

    tm hooks run post-merge
    """
    if name not in actions.NAMES or (name == "commit-msg") != bool(source):
        raise TmError(
            f"no hook {name!r} to run", f"one of: {', '.join(actions.NAMES)}; commit-msg takes a file", "usage"
        )
    session: Session = context.obj
    try:
        workspace = session.workspace()
    except TmError as error:
        if error.code == "not_found" and not (session.environment.store or actions.tracked(session.folder)):
            return 0  # a branch without tasks
        raise
    if name in ("pre-commit", "pre-merge-commit"):
        return verdicts.staged(session, "text")
    _run(session, workspace, name, source)
    return 0


def _run(session: Session, workspace: Workspace, name: str, source: str) -> None:
    from tmfiles.actions import hooked

    if name == "commit-msg":
        hooked.refuse_unknown(workspace, Path(source).read_bytes(), os.environ.get("GIT_INDEX_FILE"))
    elif name == "post-commit":
        for line in hooked.act(workspace, session.how(False, "")):
            session.tell(f"tm: {line}")
    elif line := hooked.report(workspace):
        session.tell(f"tm: {line}")


def _told(session: Session, changed: list[actions.Hook], json: bool, words: str, nothing: str) -> None:
    if json:
        session.document([hook._asdict() for hook in changed])
        return
    for hook in changed:
        session.write(f"{words}: {hook.path}\n")
    if not changed:
        session.tell(nothing)


def program() -> str:
    """Give the path of the tm that runs, for hooks that find another PATH than this shell's."""
    started = os.path.abspath(sys.argv[0])
    if os.path.basename(started) in ("tm", "tm.exe") and os.access(started, os.X_OK):
        return started
    return shutil.which("tm") or "tm"
