"""A task in one line: a title with marks in it for tags, people, priority, links and times; pure."""

from __future__ import annotations

from typing import Any

from tmfiles.errors import TmError

# The mark that a word begins with → the field it fills.
SIGNS = {"#": "tags", "@": "assignee", "!": "priority", "^": "depends_on", "~": "estimate"}
NAMED = {"due:": "due", "type:": "type", "phase:": "phase"}
SETS = ("tags", "depends_on")


def quick(text: str) -> tuple[str, dict[str, Any]]:
    """Read `Fix login #auth @maria !high ~3h due:friday ^a1b2` as a title and fields.

    A mark that stands alone, and a word behind a backslash, belong to the title. Raises TmError (`usage`) for a
    field that is named twice, and for a name without a value.
    """
    title: list[str] = []
    found: dict[str, Any] = {}
    for word in text.split():
        mark = next((mark for mark in (*SIGNS, *NAMED) if word.startswith(mark)), "")
        if not mark or (word == mark and mark in SIGNS):
            title.append(word[1:] if word[:1] == "\\" and word[1:2] in SIGNS else word)
            continue
        key, value = {**SIGNS, **NAMED}[mark], word[len(mark) :]
        if not value:
            raise TmError(f"{mark} has nothing behind it", f"for example {mark}friday, without a blank", "usage")
        if key in SETS:
            found.setdefault(key, []).append(value)
        elif key in found:
            raise TmError(f"{key} is there twice: {found[key]!r} and {value!r}", "leave one of the two out", "usage")
        else:
            found[key] = value
    return " ".join(title), found


def joined(given: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Give what options and marks say together; raises TmError where both fill a field that holds one value."""
    for key in found:
        if key in given and key not in SETS:
            raise TmError(f"{key} is both an option and a mark in the title", "leave one of the two out", "usage")
    sets = {key: [*given.get(key, ()), *found[key]] for key in SETS if key in found}
    return {**given, **found, **sets}
