"""The board: tasks in columns, and in lanes; what is in the address is all that it goes by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi import Query as Given
from fastapi.responses import Response

from tmfiles.actions import boards
from tmfiles.actions.placing import place
from tmfiles.errors import TmError
from tmfiles.query import Query
from tmfiles.task import CLOSED
from tmfiles.web import asking
from tmfiles.web.desk import Here
from tmfiles.web.pages.answers import changed, told
from tmfiles.web.pages.cards import Card, cards
from tmfiles.web.pages.page import page
from tmfiles.web.pages.posted import Form, Posted
from tmfiles.web.problems import STATUS
from tmfiles.web.wording import column as named

if TYPE_CHECKING:
    from tmfiles.actions.boards import Board
    from tmfiles.actions.boards import Column as Found
    from tmfiles.workspace import Workspace

router = APIRouter(include_in_schema=False)

# How many cards a column has at first, alone or in each lane, and how many more each time they are asked for.
CARDS, IN_LANES, MORE = 30, 8, 100


class Asked(NamedTuple):
    """What the address says: columns by what, lanes by what, which tasks, closed ones too, of what more."""

    by: str
    lanes: str
    q: str
    closed: bool
    more: Sequence[str]

    def address(self, **other: Any) -> str:
        """Give the address of the board with some of it otherwise."""
        now = {**self._asdict(), **other}
        pairs = [
            *([("by", now["by"])] if now["by"] != "status" else []),
            *((key, now[key]) for key in ("lanes", "q") if now[key]),
            *([("closed", "1")] if now["closed"] else []),
            *(("more", name) for name in now["more"]),
        ]
        return f"/?{urlencode(pairs)}" if pairs else "/"


class Column(NamedTuple):
    """A column as it is shown: its value, its name, all there are, how many may be, its cards, where more are.

    One that is `folded` only takes cards.
    """

    value: str
    name: str
    total: int
    most: int | None
    cards: Sequence[Card]
    more: str
    folded: bool


class Lane(NamedTuple):
    """A lane: its value, its name, and its part of every column."""

    value: str
    name: str
    total: int
    columns: Sequence[Column]


@router.get("/")
def board(
    request: Request,
    here: Here,
    by: str = "status",
    lanes: str = "",
    q: str = "",
    closed: bool = False,
    more: Annotated[list[str], Given(max_length=200)] = [],  # noqa: B006 FastAPI wants the empty list itself
    done: str = "",
) -> Response:
    """Show the board."""
    asked = Asked(by, lanes, q, closed, more)

    def ask(workspace: Workspace) -> Response:
        wrong = None
        try:
            query = asking.parsed(q)
            found = boards.board(workspace, query, by, 0, everything=closed, lanes=lanes, empty=True)
        except TmError as error:
            if error.code not in ("usage", "not_found"):
                raise
            wrong, found = error, boards.Board("status", (), workspace.view().errors())
        return page(
            request,
            "board.html",
            STATUS[wrong.code] if wrong else 200,
            asked=asked,
            wrong=wrong,
            ways=boards.BY,
            lane_ways=[name for name in boards.LANES if name != by],
            problems=found.problems,
            told=told(workspace, done),
            **_shown(workspace, asked, found),
        )

    return here.ask(ask)


def _shown(workspace: Workspace, asked: Asked, found: Board) -> dict[str, Any]:
    first = IN_LANES if asked.lanes else CARDS
    most = {name: first + MORE * count for name, count in Counter(asked.more).items()}
    cells = [one for _, columns in found.lanes for one in columns] or found.columns
    shown = cards(workspace, (row for one in cells for row in one.rows[: most.get(one.name, first)]))

    def column(one: Found, folded: bool) -> Column:
        own = [shown.cards[row.id] for row in one.rows[: most.get(one.name, first)] if row.id in shown.cards]
        rest = one.total > len(own) and not folded
        more = asked.address(more=[*asked.more, one.name]) if rest else ""
        return Column(one.name, named(asked.by, one.name), one.total, one.most, own, more, folded)

    folded = {one.name for one in found.columns if asked.by == "status" and one.name in CLOSED and not asked.closed}
    titles = workspace.view().index.titles([name for name, _ in found.lanes]) if asked.lanes == "parent" else {}
    lanes = [
        Lane(
            name,
            titles.get(name) or named(asked.lanes, name),
            sum(one.total for one in columns),
            [column(one, one.name in folded) for one in columns],
        )
        for name, columns in found.lanes
    ]
    columns = [column(one, one.name in folded) for one in found.columns]
    return {"columns": columns, "lanes": lanes, "now": shown.now}


@router.get("/tasks/{task_id}/move")
def ask_where(request: Request, here: Here, task_id: str, by: str = "status", back: str = "/") -> Response:
    """Show a form that moves a card: to any column, to its top or its end."""

    def ask(workspace: Workspace) -> Response:
        view = workspace.read()
        row = view.row(view.resolve(task_id))
        found = boards.board(workspace, Query(), by, 1, everything=True, empty=True)
        columns = [(one.name, named(by, one.name)) for one in found.columns]
        here_now = boards.values(view, by)(row)
        return page(request, "move.html", row=row, by=by, columns=columns, here=here_now, back=back)

    return here.ask(ask)


@router.post("/tasks/{task_id}/move")
def move(request: Request, here: Here, task_id: str, form: Form) -> Response:
    """Move a card to a column and a lane, before or after another card or to an end of the column."""

    def ask(workspace: Workspace) -> Response:
        by, to = form.line("by") or "status", _targets(form)
        before, after = form.line("before"), form.line("after")
        if form.line("end") and not (before or after):
            before, after = _end(workspace, task_id, by, to, form.line("end"))
        seen = {by: form.line("seen")} if form.has("seen") else {}
        result = place(workspace, task_id, to=to, by=by, before=before, after=after, seen=seen, force=form.has("force"))
        task = result.tasks[0]
        if not result.outcome.changed:
            words = f"{task.title} is there already"
        elif by in to and task.id in result.outcome.changed and seen.get(by) != to[by]:
            words = f"Moved {task.title} to {named(by, to[by])}"
        else:
            words = f"Moved {task.title}"
        return changed(request, words, result.outcome.commit, form.get("back"), [task.id])

    return here.ask(ask)


def _targets(form: Posted) -> dict[str, str]:
    """Give where a card is to go, by what the columns and lanes are of."""
    pairs = ((form.line("by") or "status", "to"), (form.line("lanes"), "lane"))
    return {key: form.line(name) for key, name in pairs if key and form.has(name)}


def _end(workspace: Workspace, task_id: str, by: str, to: dict[str, str], end: str) -> tuple[str, str]:
    """Give the card that one at the top of a column comes before, or that one at its end comes after."""
    view = workspace.read()
    value, own = boards.values(view, by), view.resolve(task_id)
    wanted = to.get(by, value(view.row(own)))
    column = [row.id for row in view.rows(Query(sort="order")) if row.id != own and value(row) == wanted]
    if not column:
        return "", ""
    return (column[0], "") if end == "top" else ("", column[-1])
