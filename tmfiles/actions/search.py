"""Searching: the tasks that have certain words, the best first, and where they have them; changes nothing."""

from __future__ import annotations

from tmfiles import terms
from tmfiles.actions.asking import asked
from tmfiles.actions.lists import Listing
from tmfiles.index.search import ranks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmfiles.query import Query, Row
    from tmfiles.workspace import Workspace


def search(workspace: Workspace, text: str, query: Query) -> Listing:
    """List the tasks, closed ones too, that have the words of a search and pass the query; the best first.

    A sort key of the query goes before. Raises TmError (code `usage`) for what holds no word.
    """
    terms.parse(text)
    view = workspace.read()
    view.index.learn(workspace.progress)
    rows = view.rows(asked(workspace, view, query._replace(text=text)))
    if not query.sort:
        rank = ranks(view.index, text, rows)
        rows.sort(key=lambda row: rank.get(row.path, 0))
    return Listing(rows[: query.limit] if query.limit else rows, len(rows), view.errors())


def places(workspace: Workspace, text: str, rows: Sequence[Row]) -> dict[str, list[terms.Match]]:
    """Give where each of these tasks has the words, by the path of its file."""
    wanted = terms.parse(text)
    tasks = workspace.view().tasks(row.id for row in rows)
    return {task.path: terms.matches(wanted, task.id, task.doc) for task in tasks}
