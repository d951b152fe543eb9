"""Exported tasks as JSON, JSON lines, CSV and Markdown; pure."""

from __future__ import annotations

import csv
import io

from tmfiles.interop import checklist, spreadsheet
from tmfiles.render.documents import compact
from tmfiles.render.text import line, paragraphs
from tmfiles.task import CLOSED, DEFAULTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from tmfiles.actions.exports import Record


def jsonl(found: Iterable[dict[str, Any]]) -> str:
    """One JSON object a line, sorted by nothing but the order given."""
    return "".join(compact(one) + "\n" for one in found)


def pretty(found: Iterable[dict[str, Any]]) -> str:
    """One JSON list, for people too."""
    return compact(list(found), indent=2) + "\n"


def table(found: Iterable[Record]) -> str:
    """CSV by RFC 4180 with a header; line breaks in a cell stay, what a terminal obeys does not."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    rows = ({**DEFAULTS, **one.task.doc, "id": one.task.id, "status": one.status} for one in found)
    writer.writerows([paragraphs(cell) for cell in cells] for cells in spreadsheet.written(rows))
    return out.getvalue()


def markdown(found: Iterable[Record]) -> str:
    """A check list by status; a title on one line, with its id and who is to do it."""
    by_status: dict[str, list[Record]] = {}
    for one in found:
        by_status.setdefault(one.status, []).append(one)
    parts = ["# Tasks\n"]
    for status, head in checklist.HEADINGS.items():
        if status in by_status:
            parts.append(f"\n## {head}\n\n" + "".join(_item(one) for one in by_status[status]))
    return "".join(parts)


def _item(one: Record) -> str:
    doc = {key: line(str(one.task.doc[key])) for key in ("title", "assignee") if one.task.doc.get(key)}
    return checklist.item(doc, one.task.id, one.status in CLOSED)
