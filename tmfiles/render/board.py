"""The board for a terminal, in columns or, where it is too narrow for them, in sections; and for pipes; pure."""

from __future__ import annotations

from itertools import zip_longest

from tmfiles.render.cells import cut, fit, width, wrap
from tmfiles.render.table import is_overdue, noted
from tmfiles.render.text import line, piped_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from tmfiles.actions.boards import Board, Column
    from tmfiles.actions.near import Mark
    from tmfiles.query import Row
    from tmfiles.render.screen import Screen

_GAP = "  "
# A column narrower than this holds no title that can be read, one wider none that needs it.
_LEAST, _MOST = 18, 40
# How many lines a title gets on a card.
_LINES = 3

Cells = list[tuple[str, str]]  # text and its style, a line each


def piped(board: Board) -> str:
    """Give each column's name and count, and its tasks as lists give them, indented."""
    parts = []
    for column in board.columns:
        rows = "".join(f"  {piped_row(row)}" for row in column.rows)
        parts.append(f"{_headed(column)}\n{rows}{_more(column, '  ')}")
    return "\n".join(parts)


def document(board: Board, tasks: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The board as `--json` has it; `tasks` are the documents by the paths of their files."""
    columns = [
        {"name": one.name, "total": one.total, "tasks": [tasks[row.path] for row in one.rows if row.path in tasks]}
        for one in board.columns
    ]
    return {"by": board.by, "columns": columns}


def screen(board: Board, now: datetime, marks: Mapping[str, Mark], screen: Screen) -> str:
    """Give the columns side by side, or one below the other, no line wider than the screen."""
    count = len(board.columns)
    size = min((screen.width - len(_GAP) * (count - 1)) // count, _MOST) if count else 0
    if size < _LEAST:
        return _sections(board, now, marks, screen)
    columns = [_column(column, now, marks, size, board.by) for column in board.columns]
    lines = []
    for row in zip_longest(*columns, fillvalue=("", "")):
        last = max((at for at, (text, _) in enumerate(row) if text), default=0)
        cells = [screen.styled(fit(text, size), style if text else "") for text, style in row[:last]]
        cells += [screen.styled(cut(text, size), style) for text, style in row[last : last + 1]]
        lines.append(_GAP.join(cells) + "\n")
    return "".join(lines)


def _headed(column: Column) -> str:
    return f"{line(column.name) or 'nobody'} ({column.total})"


def _more(column: Column, indent: str) -> str:
    left = column.total - len(column.rows)
    return f"{indent}and {left} more\n" if left else ""


def _column(column: Column, now: datetime, marks: Mapping[str, Mark], size: int, by: str) -> Cells:
    cells: Cells = [(_headed(column), "strong")]
    for row in column.rows:
        cells.append(("", ""))
        cells += _card(row, now, marks.get(row.id), size, by)
    if more := _more(column, "").strip():
        cells += [("", ""), (more, "faint")]
    return cells


def _card(row: Row, now: datetime, mark: Mark | None, size: int, by: str) -> Cells:
    """Give an id with what needs attention, the title in a few lines, and its marks."""
    alarm = [row.priority] if row.priority == "critical" and by != "priority" else []
    alarm += ["overdue"] if is_overdue(row, now) else []
    held = ["blocked"] if row.status == "blocked" and by != "status" else []
    head = " ".join([row.id, *alarm, *held])
    title = wrap(line(row.title), size)
    if len(title) > _LINES:
        title = [*title[: _LINES - 1], cut(f"{title[_LINES - 1]} {title[_LINES]}", size)]
    who = [line(row.assignee)] if row.assignee and by != "assignee" else []
    note = " ".join([*who, noted(mark).strip()]).strip()
    cells: Cells = [(head, "alarm" if alarm else "held" if held else "strong"), *((text, "") for text in title)]
    return [*cells, (note, "faint")] if note else cells


def _sections(board: Board, now: datetime, marks: Mapping[str, Mark], screen: Screen) -> str:
    parts = []
    ids = min(max((width(row.id) for row in board.rows), default=0), screen.width // 2)
    for column in board.columns:
        lines = [screen.styled(cut(_headed(column), screen.width), "strong")]
        for row in column.rows:
            (head, style), *_ = _card(row, now, None, screen.width, board.by)
            alarm = head.removeprefix(row.id)
            note = f"{alarm}{noted(marks.get(row.id))}".strip()
            room = max(screen.width - ids - 4, 0)
            title = cut(line(row.title), max(room - width(note) - len(_GAP), room // 2))
            shown = cut(f"{_GAP}{note}" if note else "", room - width(title))
            start = f"{_GAP}{fit(row.id, ids)}{_GAP}"
            lines.append(f"{start}{title}{screen.styled(shown, style if alarm else 'faint')}".rstrip())
        parts.append("\n".join(lines) + "\n" + _more(column, _GAP))
    return "\n".join(parts)
