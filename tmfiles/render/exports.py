"""Exported tasks as JSON, JSON lines, CSV and Markdown; pure."""

from __future__ import annotations

import csv
import io

from tmfiles.render.documents import compact
from tmfiles.render.text import line, paragraphs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from tmfiles.actions.exports import Record

COLUMNS = (
    "id", "title", "status", "priority", "type", "assignee", "tags", "depends_on", "parent", "due", "estimate",
    "created_at", "created_by", "started_at", "completed_at", "description",
)  # fmt: skip
_HEADS = {
    "in_progress": "In progress",
    "pending": "Pending",
    "blocked": "Blocked",
    "completed": "Completed",
    "cancelled": "Cancelled",
}


def jsonl(found: Iterable[dict[str, Any]]) -> str:
    """One JSON object a line, sorted by nothing but the order given."""
    return "".join(compact(one) + "\n" for one in found)


def pretty(found: Iterable[dict[str, Any]]) -> str:
    """One JSON list, for people too."""
    return compact(list(found), indent=2) + "\n"


def table(found: Iterable[Record]) -> str:
    """CSV by RFC 4180 with a header; items of sets stand in one cell with a blank between."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in found:
        values = {"id": one.task.id, **{key: one.task.get(key) for key in COLUMNS[1:]}, "status": one.status}
        writer.writerow([_cell(value) for value in values.values()])
    return out.getvalue()


def _cell(value: Any) -> str:
    """Give a cell's text: line breaks stay, what a terminal obeys does not."""
    return paragraphs(" ".join(value) if isinstance(value, list) else "" if value is None else str(value))


def markdown(found: Iterable[Record]) -> str:
    """A check list by status; a title on one line, with its id and who is to do it."""
    by_status: dict[str, list[Record]] = {}
    for one in found:
        by_status.setdefault(one.status, []).append(one)
    parts = ["# Tasks\n"]
    for status, head in _HEADS.items():
        if status in by_status:
            lines = [_item(one) for one in by_status[status]]
            parts.append(f"\n## {head}\n\n" + "".join(lines))
    return "".join(parts)


def _item(one: Record) -> str:
    box = "x" if one.status in ("completed", "cancelled") else " "
    title = line(one.task.title)
    for mark in "\\`*_[]<>":
        title = title.replace(mark, "\\" + mark)
    who = f" — {line(one.task.doc['assignee'])}" if one.task.doc.get("assignee") else ""
    return f"- [{box}] {title} (`{one.task.id}`){who}\n"
