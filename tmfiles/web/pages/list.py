"""The list: tasks by filter, words and order, a page at a time, and changes of several at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi import Query as Given
from fastapi.responses import JSONResponse, Response

from tmfiles.actions import lists
from tmfiles.actions.operations import OPERATIONS
from tmfiles.actions.search import places, search
from tmfiles.errors import TmError
from tmfiles.query import OPEN, Query
from tmfiles.task import PRIORITIES, STATUSES
from tmfiles.web import asking
from tmfiles.web.desk import Here
from tmfiles.web.pages.answers import changed, told
from tmfiles.web.pages.cards import cards
from tmfiles.web.pages.page import page
from tmfiles.web.pages.posted import Form, Posted
from tmfiles.web.problems import STATUS
from tmfiles.workspace.write import How

if TYPE_CHECKING:
    from tmfiles.actions.lists import Listing
    from tmfiles.workspace import Workspace

router = APIRouter(include_in_schema=False)

# How many tasks a page has, and how many are offered while somebody types.
ROWS, OFFERED = 100, 8
# The columns that can be sorted by, as the page calls them.
SORTS = {"status": "Status", "title": "Task", "priority": "Priority", "due": "Due", "updated": "Changed"}
_NOTHING: lists.Listing = lists.Listing((), 0, ())


class Asked(NamedTuple):
    """What the address says: which tasks, closed ones too, sorted by what, which page of them."""

    q: str
    closed: bool
    sort: str
    number: int

    def address(self, **other: Any) -> str:
        """Give the address of the list with some of it otherwise: its first page, unless that is said."""
        now = {**self._asdict(), "number": 1, **other}
        pairs = [(key, now[key]) for key in ("q", "sort") if now[key]]
        pairs += [("closed", "1")] if now["closed"] else []
        pairs += [("page", now["number"])] if now["number"] > 1 else []
        return f"/list?{urlencode(pairs)}" if pairs else "/list"

    def sorted_by(self, key: str) -> str:
        """Give the address of the list sorted by a column, the other way round where it is already."""
        return self.address(sort=f"-{key}" if self.sort == key else key)


@router.get("/list")
def list_(
    request: Request,
    here: Here,
    q: str = "",
    closed: bool = False,
    sort: str = "",
    number: Annotated[int, Given(alias="page", ge=1)] = 1,
    done: str = "",
) -> Response:
    """Show a page of the list."""
    asked = Asked(q, closed, sort, number)

    def ask(workspace: Workspace) -> Response:
        wrong = None
        found = _NOTHING
        try:
            found = chosen(workspace, asked)
        except TmError as error:
            if error.code not in ("usage", "not_found"):
                raise
            wrong = error
        pages = max((found.total + ROWS - 1) // ROWS, 1)
        at = asked._replace(number=min(asked.number, pages))
        rows = found.rows[(at.number - 1) * ROWS : at.number * ROWS]
        text = asking.parsed(q).text if q and not wrong else ""
        return page(
            request,
            "list.html",
            STATUS[wrong.code] if wrong else 200,
            asked=at,
            wrong=wrong,
            found=found,
            rows=rows,
            first=(at.number - 1) * ROWS + 1,
            pages=pages,
            sorts=SORTS,
            shown=cards(workspace, rows),
            found_at=_said(workspace, text, rows),
            changes={row.id: workspace.view().change(row.id)[0] for row in rows},
            priorities=PRIORITIES,
            statuses=STATUSES,
            people=workspace.view().index.names("assignee"),
            told=told(workspace, done),
        )

    return here.ask(ask)


def chosen(workspace: Workspace, asked: Asked) -> Listing:
    """Give the tasks that are asked for: with words in the question, the best first, closed ones too."""
    query = asking.parsed(asked.q)._replace(sort=asked.sort)
    if query.text:
        return search(workspace, query.text, query._replace(text=""))
    return lists.listing(workspace, query, everything=asked.closed and not query.statuses)


def _said(workspace: Workspace, text: str, rows: Any) -> dict[str, Any]:
    """Give where tasks have the words that were looked for, other than in their titles, by their paths."""
    if not text:
        return {}
    found = places(workspace, text, rows)
    return {path: next((one for one in each if one.field != "title"), None) for path, each in found.items()}


@router.get("/find")
def find(here: Here, q: str = "") -> Response:
    """Give a few tasks for somebody who types: one with such an id, then those whose words begin so."""

    def ask(workspace: Workspace) -> list[dict[str, str]]:
        view = workspace.read()
        words = q.strip()
        ids = view.index.ids(words.lower())[:OFFERED] if words else []
        rows = [row for row in map(_row(view), ids) if row]
        try:
            begun = " ".join(f"{word}*" if word[-1:].isalnum() else word for word in words.split())
            rows += search(workspace, begun, Query(limit=2 * OFFERED)).rows if words else []
        except TmError as error:
            if error.code != "usage":
                raise
        if not words:
            rows += lists.listing(workspace, Query(statuses=("in_progress",), limit=OFFERED)).rows
        each = sorted({row.id: row for row in rows}.values(), key=lambda row: row.status not in OPEN)
        return [{"id": row.id, "title": row.title, "status": row.status} for row in each[:OFFERED]]

    return JSONResponse(here.ask(ask))


def _row(view: Any) -> Any:
    def row(task_id: str) -> Any:
        try:
            return view.row(task_id)
        except TmError:  # a file that is no task has an id, too
            return None

    return row


@router.post("/list")
def change(request: Request, here: Here, form: Form) -> Response:
    """Change the tasks that were ticked, all in one commit or none."""
    ids = form.all("id")
    if not ids:
        raise TmError("no task is ticked", "tick those that are to change", "usage")

    def ask(workspace: Workspace) -> Response:
        op, values = _change(form)
        result = OPERATIONS[op].run(workspace, {"id": ids, **values}, How())
        count = len(result.outcome.changed)
        verb = "Deleted" if op == "delete" else "Changed"
        words = f"{verb} {count} task{'' if count == 1 else 's'}" if count else "They are so already"
        return changed(request, words, result.outcome.commit, form.get("back"), list(result.outcome.changed))

    return here.ask(ask)


def _change(form: Posted) -> tuple[str, dict[str, Any]]:
    """Give the operation that a form asks for, and what it takes beside the tasks."""
    if form.line("do") == "delete":
        return "delete", {}
    values: dict[str, Any] = {
        key: form.line(key) for key in ("status", "priority", "due", "assignee") if form.line(key)
    }
    cleared = [key for key in ("due", "assignee") if values.get(key) in ("none", "-")]
    for key in cleared:
        del values[key]
    tags = form.line("tag").replace(",", " ").split()
    values |= {"tags": added} if (added := [tag.lstrip("#") for tag in tags if tag[0] != "-"]) else {}
    values |= {"untag": gone} if (gone := [tag.lstrip("-#") for tag in tags if tag[0] == "-"]) else {}
    values |= {"clear": cleared} if cleared else {}
    if not values:
        raise TmError("there is nothing to change", "choose a value for one of the fields", "usage")
    return "update", {**values, **({"force": True} if form.has("force") else {})}
