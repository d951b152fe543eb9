"""What a screen shows beside a task's own fields: claims, criteria, and the tasks it is linked to."""

from __future__ import annotations

from collections import namedtuple

from tmfiles.actions.graphs import statuses
from tmfiles.dates import instant
from tmfiles.workspace.claims import holding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from tmfiles.actions.lists import Details
    from tmfiles.query import Row
    from tmfiles.workspace import Workspace


class Mark(namedtuple("Mark", "claimed left met criteria", defaults=("", 0, 0, 0))):
    """What is told behind a title: who holds a claim and for how many seconds yet, how many criteria are met."""

    __slots__ = ()

    claimed: str
    left: int
    met: int
    criteria: int


class Near(namedtuple("Near", "id status title")):
    """A linked task in a line; its status is the effective one, or says that it is missing or unreadable."""

    __slots__ = ()

    id: str
    status: str
    title: str


def marks(workspace: Workspace, rows: Sequence[Row]) -> dict[str, Mark]:
    """Give the marks of listed tasks that have any."""
    now = workspace.now()
    found = {}
    for task in workspace.view().tasks(row.id for row in rows):
        mark = marked(task.doc, now)
        if mark != Mark():
            found[task.id] = mark
    return found


def marked(doc: Mapping[str, Any], now: datetime) -> Mark:
    """Give the marks of one task; a claim that has run out is none."""
    criteria = doc.get("criteria") or ()
    met = sum(bool(one.get("met")) for one in criteria)
    claim = holding(doc, now)
    if claim is None:
        return Mark("", 0, met, len(criteria))
    left = int((instant(claim.until, end=True) - now).total_seconds())
    return Mark(claim.by, left, met, len(criteria))


def near(workspace: Workspace, found: Sequence[Details]) -> dict[str, Near]:
    """Give every task that these are linked to, by id, missing ones too."""
    view = workspace.view()
    status = statuses(view)
    ids = dict.fromkeys(id for one in found for id in _linked(one))
    titles = view.index.titles(ids)
    return {id: Near(id, status(id), titles.get(id, "")) for id in ids}


def _linked(one: Details) -> Iterable[str]:
    doc = one.task.doc
    yield from one.blocks
    yield from one.children
    yield from doc.get("depends_on") or ()
    yield from doc.get("related") or ()
    yield from filter(None, (doc.get("parent"), doc.get("source")))
