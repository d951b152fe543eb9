"""What a card of the board or a row of the list shows beside a task's own line; changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from tmfiles.actions.near import Mark, marked
from tmfiles.render.table import is_overdue

if TYPE_CHECKING:
    from tmfiles.query import Row
    from tmfiles.workspace import Workspace


class Card(NamedTuple):
    """A task to be shown: its line, its tags, its marks, what blocks it, and whether it is late."""

    row: Row
    tags: Sequence[str]
    mark: Mark
    blockers: Sequence[str]
    late: bool
    phase: str


class Shown(NamedTuple):
    """Cards by the ids of their tasks, and the time they are shown at."""

    cards: dict[str, Card]
    now: datetime


def cards(workspace: Workspace, rows: Iterable[Row]) -> Shown:
    """Give the cards of some tasks."""
    view, now = workspace.view(), workspace.now()
    lines = {row.id: row for row in rows}
    found = {}
    for task in view.tasks(lines):
        row = lines[task.id]
        blockers = view.graph.blockers(row.id) if row.status == "blocked" else ()
        tags = task.doc.get("tags") or ()
        found[row.id] = Card(
            row, tags, marked(task.doc, now), blockers, is_overdue(row, now), task.doc.get("phase", "")
        )
    return Shown(found, now)
