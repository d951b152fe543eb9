"""What an agent is told at the start of its work, short enough for every session; pure."""

from __future__ import annotations

from tmfiles.actions.instructions import WORKFLOW
from tmfiles.render.cells import cut
from tmfiles.render.text import line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from tmfiles.actions.prime import Prime
    from tmfiles.query import Row

_WIDEST = 60


def text(found: Prime) -> str:
    """Give the state of the store and how to work with it, as Markdown."""
    parts = [
        f"# Tasks: tm\n\nThis repository's tasks are files in .tasks/, kept by `tm`. You act as {_short(found.actor)}.",
        f"Now: {found.ready} ready, {found.working} in progress, {found.blocked} blocked"
        + (f", {found.later} put off" if found.later else "")
        + "."
        + (f" Problems that hide tasks: {found.broken}; see `tm check`." if found.broken else ""),
    ]
    parts += [f"Yours:\n{_rows(found.mine)}"] if found.mine else []
    parts += [f"Ready, the most urgent first:\n{_rows(found.first)}"] if found.first else []
    return "\n".join(("\n\n".join(parts), "", WORKFLOW))


def _rows(rows: Sequence[Row]) -> str:
    return "\n".join(f"- {_short(row.id)} ({row.priority}, {row.status}) {_short(row.title)}" for row in rows)


def _short(words: str) -> str:
    return cut(line(words), _WIDEST)


def document(found: Prime) -> dict[str, Any]:
    """Give the same as an object."""
    return {
        "actor": found.actor,
        "counts": {
            "ready": found.ready,
            "in_progress": found.working,
            "blocked": found.blocked,
            "put_off": found.later,
            "problems": found.broken,
        },
        "mine": [_row(row) for row in found.mine],
        "ready": [_row(row) for row in found.first],
        "workflow": WORKFLOW,
    }


def _row(row: Row) -> dict[str, str]:
    return {"id": row.id, "title": row.title, "status": row.status, "priority": row.priority}
