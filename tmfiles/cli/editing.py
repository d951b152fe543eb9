"""The command edit."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from tmfiles.actions import editing as actions
from tmfiles.cli import boundary, editor
from tmfiles.cli import options as o
from tmfiles.cli.session import Session
from tmfiles.errors import TmError
from tmfiles.workspace.write import refuse_now

if TYPE_CHECKING:
    from tmfiles.actions.buffers import Buffer
    from tmfiles.actions.tasks import Done
    from tmfiles.workspace import Workspace
    from tmfiles.workspace.write import How

# An editor that ends sooner than a person reads has most likely opened a window of its own.
_AT_ONCE = 1.0

Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help="Tasks' ids, or the beginnings of them.")]


def edit(
    context: typer.Context,
    ids: Ids = None,
    new: Annotated[bool, typer.Option("--add", help="Make a new task from a template.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a text that was not saved.")] = False,
    force: o.Forced = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Edit the files of tasks in your editor.

    What you save is checked before it counts, and what you type is kept until it is saved.

    tm edit a1b2
    """
    session: Session = context.obj
    workspace = session.workspace()
    chosen = ids or []
    if new and (chosen or resume):
        raise TmError("--add makes a new task", "leave the rest out", "usage")
    if not (chosen or new or resume):
        raise TmError("say which task", "tm edit ID; a new one: tm edit --add", "usage")
    how = session.how(no_commit, message, force)
    refuse_now(workspace, how)
    buffer = _only(actions.left(workspace, chosen)) if resume else None
    command = _editor(workspace)
    if buffer is None:
        for left in actions.left(workspace):
            if left.base.keys() & set(chosen) or (new and not left.base):
                session.tell(f"tm: an earlier text was not saved: tm edit --resume {left.name}")
        buffer = actions.blank(workspace) if new else actions.opened(workspace, chosen)
    result = _edited(session, workspace, buffer, command, how)
    if not json and not result.tasks:
        session.tell("nothing was changed")
        return
    session.did(result, "edited" if buffer.base else "added", json=json)


def _editor(workspace: Workspace) -> str:
    named = str(workspace.sources.say("editor").value or "")
    if not (named or workspace.git_settings.editor_is_named or sys.stdin.isatty()):
        raise TmError("nobody named an editor, and there is no terminal for one", "in a script: tm update, tm batch")
    if command := named or workspace.git_settings.editor:
        return command
    raise TmError("no editor is set", "name one: git config --global core.editor nano, or TM_EDITOR=nano")


def _only(found: list[Buffer]) -> Buffer:
    if not found:
        raise TmError("no text was left unsaved", "edit a task: tm edit ID", "not_found")
    if len(found) > 1:
        named = ", ".join(buffer.name for buffer in found)
        raise TmError(f"{len(found)} texts were left unsaved", f"which one? tm edit --resume {named}", "usage")
    return found[0]


def _edited(session: Session, workspace: Workspace, buffer: Buffer, command: str, how: How) -> Done:
    """Let the user edit until the text is saved or given up."""
    with buffer.opened():
        while True:
            began = time.monotonic()
            buffer.set_aside()
            try:
                editor.run(command, buffer.path)
                if buffer.untouched and sys.stderr.isatty() and time.monotonic() - began < _AT_ONCE:
                    session.tell(
                        "tm: the editor came back at once; one with a window of its own must wait: code --wait"
                    )
                return actions.closed(workspace, buffer, how)
            except KeyboardInterrupt:
                raise _left(buffer, TmError("interrupted", code="interrupted")) from None
            except TmError as error:
                if not error.problems and buffer.untouched:
                    buffer.drop()
                    raise
                refused = _left(buffer, error)
            if not (sys.stdin.isatty() and sys.stderr.isatty()):
                raise refused
            if not _goes_on(session, refused):
                raise TmError("nothing was changed", refused.hint, refused.code)


def _left(buffer: Buffer, error: TmError) -> TmError:
    """Give an error that says where the text is."""
    if buffer.untouched:
        buffer.drop()
        return error
    kept = f"What you typed is kept in {buffer.path}; to go on: tm edit --resume {buffer.name}"
    return TmError(error.message, f"{error.hint}\n{kept}" if error.hint else kept, error.code, error.problems)


def _goes_on(session: Session, error: TmError) -> bool:
    """Show what is wrong, and ask whether to go on editing."""
    session.warn(boundary.worded(error))
    session.warn("Go on editing? [Y/n] ")
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        session.warn("\n")
        raise TmError("interrupted", error.hint, "interrupted") from None
    # The end of the input is no answer: a terminal that is gone would open the editor for ever.
    return bool(line) and line.strip().lower() in ("", "y", "yes")
