"""Lists as aligned columns for a terminal: as wide as it is, quiet but for what needs attention; pure."""

from __future__ import annotations

from tmfiles.dates import instant
from tmfiles.render.cells import cut, fit, width
from tmfiles.render.text import line
from tmfiles.task import CLOSED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tmfiles.actions.near import Mark
    from tmfiles.query import Row
    from tmfiles.render.screen import Screen

_GAP = "  "
_HEAD = ("ID", "STATUS", "PRI", "TYPE", "WHO", "DUE", "WAITS FOR", "TITLE")
# Which columns are left out, one after the other, until a title has room.
_SPARED = ("TYPE", "WHO", "PRI", "DUE", "STATUS", "WAITS FOR")
# No column but the title's gets more cells than this, and a long title wants at least so many.
_WIDEST = 24
_LEAST = 20
_LEFT = ((86_400, "d"), (3600, "h"), (60, "m"))


def table(
    rows: Sequence[Row],
    screen: Screen,
    now: datetime,
    marks: Mapping[str, Mark],
    blockers: Mapping[str, Sequence[str]],
) -> str:
    """Give a line a task; `marks` is what else is known of some, `blockers` names what each waits for."""
    if not rows:
        return ""
    cells = [_cells(row, now, blockers.get(row.id, ())) for row in rows]
    notes = [noted(marks.get(row.id)) for row in rows]
    wanted = max(min(width(row[-1]), _LEAST) + width(note) for row, note in zip(cells, notes, strict=True))
    columns, room = _columns(cells, screen.width, wanted)
    head = "".join(fit(_HEAD[at], size) + _GAP for at, size in columns) + _HEAD[-1]
    lines = [screen.styled(cut(head, screen.width), "faint")]
    for row, texts, note in zip(rows, cells, notes, strict=True):
        closed = row.status in CLOSED
        start = "".join(
            screen.styled(fit(texts[at], size), "" if closed else _style(_HEAD[at], texts[at])) + _GAP
            for at, size in columns
        )
        title = cut(texts[-1], max(room - width(note), room // 2))
        text = start + title + screen.styled(cut(note, room - width(title)), "" if closed else "faint")
        lines.append(screen.styled(text.rstrip(), "faint" if closed else ""))
    return "\n".join(lines) + "\n"


def _cells(row: Row, now: datetime, blockers: Sequence[str]) -> tuple[str, ...]:
    kind = "" if row.type == "task" else row.type
    priority = "" if row.priority == "medium" else row.priority
    return (
        *(row.id, row.status, priority, kind, line(row.assignee), due(row, now)),
        ", ".join(blockers),
        line(row.title),
    )


def due(row: Row, now: datetime) -> str:
    """Give when a task is due, with a mark when that is over."""
    text = row.due.replace("T", " ").replace(":00Z", "Z")
    return text + "!" if text and is_overdue(row, now) else text


def is_overdue(row: Row, now: datetime) -> bool:
    """Tell whether an open task should have been done by now."""
    return bool(row.due) and row.status not in CLOSED and instant(row.due, end=True) < now


def noted(mark: Mark | None) -> str:
    """Word the marks of a task for the end of its title."""
    if mark is None:
        return ""
    text = f"{_GAP}{mark.met}/{mark.criteria}" if mark.criteria else ""
    if mark.claimed:
        text += f"{_GAP}[{line(mark.claimed)} {left(mark.left)}]"
    return text


def left(seconds: int) -> str:
    """Word in its largest unit how long something lasts yet."""
    for size, unit in _LEFT:
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return "1m"


def _style(column: str, text: str) -> str:
    if text == "critical" or (column == "DUE" and text.endswith("!")):
        return "alarm"
    return "held" if column == "STATUS" and text == "blocked" else ""


def _columns(cells: Sequence[Sequence[str]], room: int, wanted: int) -> tuple[list[tuple[int, int]], int]:
    """Choose columns and their sizes so that the title gets the cells it wants, and give what it gets."""
    used = [at for at in range(len(_HEAD) - 1) if at == 0 or any(row[at] for row in cells)]
    sizes = {at: min(max(width(row[at]) for row in [_HEAD, *cells]), _WIDEST, room // 2) for at in used}
    for name in (*_SPARED, ""):
        rest = room - sum(sizes.values()) - len(_GAP) * len(sizes)
        if rest >= wanted or not name:
            return list(sizes.items()), rest
        sizes.pop(_HEAD.index(name), None)
    raise AssertionError("the last name is blank")
