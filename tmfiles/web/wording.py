"""Words of pages: names, days and lengths of time as people say them; pure."""

from __future__ import annotations

import json
import zlib
from datetime import date, datetime, timedelta
from typing import Any

_HUES = 8


def words(name: str) -> str:
    """Give the name of a status or priority in words: `In progress`."""
    return name.replace("_", " ").capitalize()


def column(by: str, name: str) -> str:
    """Give the name of a column or lane of a board: what its tasks have, or that they have nothing."""
    nothing = {"assignee": "Nobody", "phase": "No phase", "parent": "No parent"}
    return words(name) if by in ("status", "priority", "type") else name or nothing.get(by, "None")


def initials(name: str) -> str:
    """Give two letters for a name: `MK` for Maria Kern, `A7` for agent-7."""
    parts = [part for part in "".join(sign if sign.isalnum() else " " for sign in name).split() if part]
    if not parts:
        return "?"
    return (parts[0][:2] if len(parts) == 1 else parts[0][0] + parts[-1][0]).upper()


def hue(name: str) -> int:
    """Give the number of a colour for a name, the same wherever it is shown."""
    return zlib.crc32(name.casefold().encode()) % _HUES


def day(text: str, now: datetime) -> str:
    """Give a date, or date and time, as seen from now: `today`, `Friday`, `3 days ago`, `4 Dec`, `4 Dec 2027`."""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return text
    away = (found - now.date()).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(away)
    if near:
        return near
    if -14 <= away < 0:
        return f"{-away} days ago"
    if 0 < away < 7:
        return found.strftime("%A")
    return f"{found.day} {found:%b}" + ("" if abs(away) < 183 or found.year == now.year else f" {found.year}")


def length_of(seconds: int) -> str:
    """Give a length of time in its largest unit: `2 h`, `45 min`."""
    span = timedelta(seconds=max(seconds, 0))
    if span.days:
        return f"{span.days} d"
    hours, rest = divmod(span.seconds, 3600)
    return f"{hours} h" if hours else f"{max(rest // 60, 1)} min"


def sentence(message: str, task_id: str = "") -> str:
    """Give a message as a sentence of a page; an id that it begins with stays as it is typed."""
    first = message.split(" ", 1)[0]
    begun = message if first == task_id or not first.isalpha() else message[:1].upper() + message[1:]
    return begun if begun.endswith(("?", "!", ".")) else begun + "."


def plain(value: Any) -> str:
    """Give a value that no control is for: text as it is, all else as JSON, which YAML reads too."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


FILTERS = {
    "words": words,
    "initials": initials,
    "hue": hue,
    "day": day,
    "length_of": length_of,
    "sentence": sentence,
    "plain": plain,
}
