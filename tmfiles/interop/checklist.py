"""Tasks as a Markdown check list, out and back; pure.

One item a task: `- [ ] Title (`id`) — assignee`, under headings that name a status. Indented items belong to the
one above them (`parent`), other indented lines are its description.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tmfiles.errors import TmError
from tmfiles.interop.imported import Import, made_id, sound, text_of
from tmfiles.task import CLOSED, STATUSES

HEADINGS = {
    "in_progress": "In progress",
    "pending": "Pending",
    "blocked": "Blocked",
    "completed": "Completed",
    "cancelled": "Cancelled",
}
_MARKS = "\\`*_[]<>"
_ITEM = re.compile(r"(?P<indent>[ \t]*)(?:[-*+]|\d+[.)])[ \t]+\[(?P<box>[ xX])\][ \t]+(?P<rest>.*\S)[ \t]*")
_REST = re.compile(r"(?P<title>.*?)(?:[ \t]+\(`(?P<id>[^`]+)`\)(?:[ \t]+—[ \t]+(?P<who>.+))?)?")
_HEADING = re.compile(r"#{1,6}[ \t]+(.*?)[ \t#]*")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def item(doc: Mapping[str, Any], task_id: str, done: bool) -> str:
    """Give one task as a line; title and assignee must be free of line breaks already."""
    title = "".join("\\" + sign if sign in _MARKS else sign for sign in doc["title"])
    who = f" — {doc['assignee']}" if doc.get("assignee") else ""
    return f"- [{'x' if done else ' '}] {title} (`{task_id}`){who}\n"


def convert(lines: Iterable[bytes], path: str = "") -> Import:
    """Read the items of every list with boxes; all other text is passed over.

    An item without an id gets one that follows from its title. Raises TmError when there is no item, and with
    every item that cannot be a task.
    """
    found: list[tuple[int, dict[str, Any]]] = []
    above: list[tuple[int, dict[str, Any]]] = []  # indent and document of the items that the next may belong to
    status = ""
    for number, line in enumerate(text_of(b"".join(lines), path).replace("\r\n", "\n").split("\n"), 1):
        heading, part = _HEADING.fullmatch(line), _ITEM.fullmatch(line)
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        if heading:
            name = heading[1].strip().lower().replace(" ", "_")
            status, above = name if name in STATUSES else "", []
        elif part:
            above = [one for one in above if one[0] < indent]
            doc = _document(part, status, above[-1][1] if above else None)
            found.append((number, doc))
            above.append((indent, doc))
        elif line.strip() and above and indent > above[-1][0]:
            doc = above[-1][1]
            doc["description"] = f"{doc.get('description', '')}{line.strip()}\n"
        elif line.strip():
            above = []
    if not found:
        raise TmError(f"{path or 'the input'} holds no item such as '- [ ] Title'", "a check list has boxes", "invalid")
    return Import.of(sound(found, path, []), [])


def _document(part: re.Match[str], status: str, parent: dict[str, Any] | None) -> dict[str, Any]:
    rest = _REST.fullmatch(part["rest"])
    assert rest is not None  # noqa: S101 the pattern takes any line
    doc: dict[str, Any] = {"title": _ESCAPED.sub(r"\1", rest["title"])}
    doc["id"] = rest["id"] or made_id(doc["title"])
    if rest["who"]:
        doc["assignee"] = rest["who"]
    if part["box"] != " ":
        doc["status"] = status if status in CLOSED else "completed"
    elif status and status not in CLOSED:
        # A list shows as blocked what waits for others; what waits is not in it, so the mark is a person's word.
        doc["status"] = status
    if parent:
        doc["parent"] = parent["id"]
    return doc
