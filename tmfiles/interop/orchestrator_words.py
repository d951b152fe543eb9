"""Single values of a Task Orchestrator store as tm writes them: texts, times, spans, criteria; pure."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from tmfiles import dates
from tmfiles.errors import TmError
from tmfiles.task import SHAPES

_FILES = "Files: "


def one_line(value: Any) -> str:
    """Give a value as one line without controls."""
    words = " ".join(str(value if value is not None else "").split())
    return "".join(sign for sign in words if unicodedata.category(sign) not in ("Cc", "Zl", "Zp"))


def text(value: Any) -> str:
    """Give long text with plain line ends and without NULs, which YAML cannot carry."""
    words = str(value if value is not None else "").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return words if words.strip() else ""


def plain(value: Any) -> Any:
    """Give a value of any column as one that a document may hold."""
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, (str, int, bool)) else str(value)


def shown(value: Any) -> str:
    """Give a value for a report, cut where it is long."""
    words = one_line(value)
    return words if len(words) <= 60 else f"{words[:57]}..."


def counted(number: int, what: str) -> str:
    """Give a number with its noun."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def ordered(doc: Mapping[str, Any]) -> dict[str, Any]:
    """Give a document with its keys in the order of the format."""
    return {key: doc[key] for key in SHAPES if key in doc}


def local(moment: str) -> str:
    """Give a time as UTC; one without a zone is of the place where this runs. Empty when it cannot be read."""
    try:
        found = datetime.fromisoformat(moment.strip().replace("Z", "+00:00").replace("z", "+00:00"))
        return dates.stamp(found.astimezone(timezone.utc))
    except (ValueError, OverflowError, OSError):
        return ""


def deadline(words: str) -> str:
    """Give a deadline as a date, or a time in UTC. Empty when it cannot be read."""
    for tried in (words, f"{words}Z"):
        try:
            found = dates.parse(tried.replace(" ", "T", 1))
        except TmError:
            continue
        return dates.stamp(found) if isinstance(found, datetime) else found.isoformat()
    return ""


def span(hours: Any) -> str:
    """Give a number of hours as a span of work. Empty when it is none."""
    try:
        number = float(hours)
    except (TypeError, ValueError):
        return ""
    written = f"{number:.4f}".rstrip("0").rstrip(".") + "h"
    try:
        return written if 0 < number < 1e6 and dates.duration(written) else ""
    except TmError:
        return ""


def criteria(value: Any) -> tuple[list[dict[str, Any]], Any]:
    """Give the criteria, and what could not be read as such."""
    if value in (None, ""):
        return [], None
    try:
        found = json.loads(value)
    except (TypeError, ValueError):
        return [], plain(value)
    out = []
    for one in found if isinstance(found, list) else [found]:
        words = one_line(one.get("criterion", one.get("text"))) if isinstance(one, dict) else one_line(one)
        if not words:
            return [], plain(value)
        measurable = one.get("measurable") if isinstance(one, dict) else None
        measure = one_line(json.dumps(measurable) if isinstance(measurable, bool) else measurable)
        out.append({"text": words, **({"measurable": measure} if measure else {})})
    return out, None


def described(words: str) -> tuple[str, list[str]]:
    """Give a description without the line of files that was kept in it, and the files."""
    files: list[str] = []
    rows = []
    for row in words.split("\n"):
        if row.startswith(_FILES):
            files += [_lines(part.strip()) for part in row.removeprefix(_FILES).split(",") if part.strip()]
        else:
            rows.append(row)
    return (text("\n".join(rows).rstrip("\n")) if files else words), sorted(set(files))


def _lines(name: str) -> str:
    path, first, last = [*name.rsplit(":", 2), "", ""][:3]
    return f"{path}:{first}-{last}" if first.isdigit() and last.isdigit() else one_line(name)


def progress(lines: str, at: str) -> list[dict[str, Any]]:
    """Give the entries of a log of progress, one JSON object a line; what is none is kept as it stands."""
    found = []
    for row in lines.splitlines():
        if not row.strip():
            continue
        try:
            one = json.loads(row)
        except ValueError:
            one = None
        one = one if isinstance(one, dict) else {"message": row}
        words = text(one.get("message", one.get("content", row))) or row
        moment = local(str(one.get("timestamp", ""))) or at
        by = one_line(one.get("agent", one.get("agent_id"))) or "unknown"
        found.append({"at": moment, "by": by, "kind": "progress", "text": words})
    return found
