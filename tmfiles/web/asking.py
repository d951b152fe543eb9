"""What a person types to choose tasks, as a query: `#web @maria !high is:overdue -type:bug cookie`; asks no store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tmfiles.errors import TmError
from tmfiles.query import NAMES, Query
from tmfiles.words import did_you_mean

# What a word begins with, as in a task of one line.
SIGNS = {"#": "tag", "@": "assignee", "!": "priority", "^": "depends-on"}
# What is so or not so, behind `is:`, with the filter that says it and its value.
IS: dict[str, tuple[str, Any]] = {
    "overdue": ("overdue", True),
    "mine": ("mine", True),
    "archived": ("archived", True),
    "blocked": ("statuses", ("blocked",)),
    "pending": ("statuses", ("pending",)),
    "started": ("statuses", ("in_progress",)),
    "completed": ("statuses", ("completed",)),
    "cancelled": ("statuses", ("cancelled",)),
    "open": ("statuses", ("pending", "in_progress", "blocked")),
    "closed": ("statuses", ("completed", "cancelled")),
}
HAS: dict[str, str] = {"assignee": "assigned", "deps": "with_deps"}
_FIELDS = {name: key for key, name in NAMES.items() if name not in (*IS, "text", "has-assignee", "has-deps")}
_ONE = ("due_before", "due_after")
KEYS = (*_FIELDS, "field.NAME", "is", "has", "no")
# A sign, a key with a colon, and a value that may stand in quotes; what is in quotes from the start is words.
_PART = re.compile(r'(-?)(?:([A-Za-z][\w.-]*):|([#@!^]))?(?:"([^"]*)"|([^\s"]*))')


class _Part(NamedTuple):
    barred: bool
    key: str
    value: str


def parsed(text: str) -> Query:
    """Read what was typed; raises TmError (code `usage`) for an unknown key, and a key without a value."""
    sides: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    words: list[str] = []
    for part in _parts(text):
        if not part.key:
            words.append(("-" if part.barred else "") + part.value)
            continue
        barred, field, value = _meant(part)
        side = sides[barred]
        if isinstance(value, tuple):
            side[field] = (*side.get(field, ()), *value)
        elif side.get(field, value) != value:
            raise TmError(f"{part.key} is there twice", "leave one of the two out", "usage")
        else:
            side[field] = value
    return Query(**sides[0], text=" ".join(words), unless=Query(**sides[1]) if sides[1] else None)


def _parts(text: str) -> Iterator[_Part]:
    for sign, key, mark, quoted, bare in _PART.findall(text + ('"' if text.count('"') % 2 else "")):
        named = key.lower() or SIGNS.get(mark, "")
        value = quoted or bare
        if not (named or value):
            continue
        if not named and quoted:
            value = f'"{quoted}"'
        if mark and not value:
            named, value = "", mark  # a sign alone is no filter; of it as a word the search will say what it lacks
        yield _Part(bool(sign), named, value)


def _meant(part: _Part) -> tuple[bool, str, Any]:
    """Give whether a part must not hold, the field of the query, and its value."""
    key, value = part.key, part.value.strip()
    if not value:
        raise TmError(f"{key}: has nothing behind it", f"for example {key}:{_example(key)}", "usage")
    if key in ("is", "has", "no"):
        return _so(part, value.lower())
    if key.startswith("field."):
        return part.barred, "fields", ((key[len("field.") :], "" if value == "*" else value),)
    if key not in _FIELDS:
        near = did_you_mean(key, KEYS, 1)
        hint = f"did you mean {near[0]}:{value}?" if near else f"there are: {', '.join(KEYS)};"
        raise TmError(f"no filter {key}:", f'{hint} To look for the words: "{key}:{value}"', "usage")
    field = _FIELDS[key]
    if field == "recent":
        if not value.isdecimal() or not int(value):
            raise TmError(f"recent:{value} is no number of days", "for example recent:7", "usage")
        return part.barred, field, int(value)
    if field in _ONE:
        return part.barred, field, value
    several = tuple(one.strip() for one in value.split(",") if one.strip()) if field != "assignees" else (value,)
    return part.barred, field, several


def _so(part: _Part, value: str) -> tuple[bool, str, Any]:
    known = IS if part.key == "is" else HAS
    if value not in known:
        raise TmError(f"nothing {part.key}:{value}", f"{part.key}: takes one of: {', '.join(known)}", "usage")
    if part.key == "is":
        field, meant = IS[value]
        return part.barred, field, meant
    return part.barred != (part.key == "no"), HAS[value], True


def _example(key: str) -> str:
    return {"status": "blocked", "is": "overdue", "has": "deps", "no": "assignee", "recent": "7"}.get(key, "WORD")
