"""What is told and logged of one run: how long it took, what it did, and how it ended."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from tmfiles import dates
from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tmfiles.cli.session import Session
    from tmfiles.workspace import Workspace

_LEVELS = ("debug", "info", "warning", "off")
# How a command ended that somebody may have to look into; other refusals are answers.
_TROUBLE = ("git", "locked", "race", "bug")
_MOST = 20


def account(session: Session, workspace: Workspace, name: str, error: BaseException | None) -> None:
    """Tell and log one command; nothing of that ever fails it."""
    spent = {**workspace.spent, "all": time.perf_counter() - session.began}
    if session.verbose:
        words = ", ".join(f"{what} {1000 * seconds:.1f} ms" for what, seconds in spent.items())
        session.warn(f"tm: {name}: {words}\n")
    with suppress(TmError, OSError):
        code = error.code if isinstance(error, TmError) else "bug" if error else ""
        level = "warning" if code in _TROUBLE else "info" if workspace.did else "debug"
        if level == "debug" and not session.verbose and os.environ.get("TM_LOG", "") != "debug":
            return  # a command that only looks does not ask further: that would take longer than it does
        wanted = "debug" if session.verbose else str(workspace.sources.say("log").value)
        if _LEVELS.index(level) < _LEVELS.index(wanted):
            return
        from tmfiles.workspace import logbook

        values: dict[str, Any] = {
            "command": name,
            "actor": workspace.actor(session.actor),
            "did": [
                {"op": op, "tasks": list(ids[:_MOST]), "count": len(ids), "commit": commit or None}
                for op, ids, commit in workspace.did
            ],
            "ms": {what: round(1000 * seconds, 1) for what, seconds in spent.items()},
        }
        if code:
            values["code"] = code
        if error is not None and wanted == "debug":
            values["message"] = str(error)
        logbook.keep(workspace.private, level, dates.stamp(workspace.now()), values)
