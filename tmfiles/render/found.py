"""What a search found, for a terminal: a task, and below it where it has the words; pure."""

from __future__ import annotations

from tmfiles.render.cells import cut, width
from tmfiles.render.text import line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tmfiles.query import Row
    from tmfiles.render.screen import Screen
    from tmfiles.terms import Match

# A title shows for itself that it has the words.
_SHOWN_ANYWAY = ("title", "id")
_MOST = 2
_GAP = "  "


def found(rows: Sequence[Row], places: Mapping[str, Sequence[Match]], screen: Screen) -> str:
    """Give a line a task, with at most two lines below that tell where it has the words."""
    if not rows:
        return ""
    names = max(len(row.id) for row in rows)
    statuses = max(len(row.status) for row in rows)
    lines = []
    for row in rows:
        closed = row.status in ("completed", "cancelled")
        start = f"{row.id:{names}}{_GAP}{row.status:{statuses}}{_GAP}"
        lines.append(screen.styled(cut(start + line(row.title), screen.width), "faint" if closed else ""))
        more = [match for match in places.get(row.path, ()) if match.field not in _SHOWN_ANYWAY]
        lines += [_place(match, screen) for match in more[:_MOST]]
    return "\n".join(lines) + "\n"


def _place(match: Match, screen: Screen) -> str:
    start = f"{_GAP * 2}{match.field}: {_piece(match.before)}"
    words = _piece(match.words)
    start = cut(start, max(screen.width - width(words), screen.width // 2))
    words = cut(words, screen.width - width(start))
    room = screen.width - width(start) - width(words)
    after = cut(_piece(match.after), room) if room > 0 else ""
    return screen.styled(start, "faint") + screen.styled(words, "strong") + screen.styled(after, "faint")


def _piece(text: str) -> str:
    """Give a piece of a line; blanks at its ends part it from the next."""
    inner = line(text)
    return f"{' ' * (text[:1] == ' ')}{inner.strip()}{' ' * (text[-1:] == ' ' and bool(inner.strip()))}"
