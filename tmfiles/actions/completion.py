"""What may be typed next, of what the store holds: ids with titles, tags, people, and the words it knows."""

from __future__ import annotations

from tmfiles.query import OPEN, SORTS, Query
from tmfiles.task import PRIORITIES, STATUSES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from tmfiles.workspace import View, Workspace

# Words and what is said of each.
Words = list[tuple[str, str]]

# What is the same in every store.
FIXED = {
    "status": STATUSES,
    "priority": PRIORITIES,
    "sort": (*SORTS, *(f"-{key}" for key in SORTS)),
    "color": ("auto", "always", "never"),
}
# What is asked of the store, and may stand in a list with commas between, as that of `FIXED` may.
STORED = ("id", "tag", "person", "type")


def words(workspace: Workspace, kind: str, start: str) -> Words:
    """Give the words of one of `STORED` that begin so, without what they are called where that says nothing."""
    view = workspace.read()
    if kind == "id":
        return _ids(view, start)
    if kind == "type":
        return beginning(view.config.all_types, start)
    return beginning(view.index.names("assignee" if kind == "person" else "tag"), start)


def beginning(known: Iterable[str], start: str) -> Words:
    """Give those that begin so, whatever the letter case."""
    return [(word, "") for word in known if word.lower().startswith(start.lower())]


def _ids(view: View, start: str) -> Words:
    """Give open tasks, the most urgent first; where an id was begun, all that begin so, the open ones first."""
    if not start:
        return [(row.id, row.title) for row in view.index.rows(Query(statuses=OPEN))]
    found = view.index.beginning(start.lower())
    return [(id, title) for open_ones in (True, False) for id, title, status in found if (status in OPEN) is open_ones]
