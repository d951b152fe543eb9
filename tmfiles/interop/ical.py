"""Tasks as the to-dos of a calendar, VTODO by RFC 5545, out and back; pure.

The library icalendar reads and writes the lines. Links between to-dos are those of RFC 5545 and RFC 9253. A time
without a zone is read as one of UTC.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timezone
from typing import Any

import icalendar
from icalendar.parser import Contentline

from tmfiles import dates
from tmfiles.errors import Problem
from tmfiles.interop import jsonl, tongue, uuids
from tmfiles.interop.imported import Entry, Import, text_of
from tmfiles.interop.incoming import CLEAN, Incoming, is_text, kept, with_kept
from tmfiles.interop.tongue import MORE, Doc, Record, Tongue

KIND = "icalendar"
STATUSES = {"needs-action": "pending", "in-process": "in_progress", "completed": "completed", "cancelled": "cancelled"}
STATUSES_OUT = {word: theirs.upper() for theirs, word in STATUSES.items()} | {"blocked": "NEEDS-ACTION"}
PRIORITIES = {1: "critical", **dict.fromkeys((2, 3, 4), "high"), 5: "medium", **dict.fromkeys((6, 7, 8, 9), "low")}
PRIORITIES_OUT = {"critical": 1, "high": 3, "medium": 5, "low": 9}
PRODUCER = "-//tmfiles//tm//EN"
_TEXTS = ("summary", "description", "status", "uid")
_TIMES = {"created": "created_at", "completed": "completed_at", "dtstart": "wait_until", "due": "due"}
_RELATED = {"parent": "parent", "depends-on": "depends_on", "finishtostart": "depends_on", "sibling": "related"}
_RELATED_OUT = {"parent": "PARENT", "depends_on": "DEPENDS-ON", "related": "SIBLING"}
_LEFT_OUT = ("uid", "recurrence-id", "dtstamp", "last-modified", "sequence", "percent-complete")


class _Raw(str):
    """A property as it stood in its line, to be written as it was."""

    def __new__(cls, value: str, params: Any) -> _Raw:
        made = super().__new__(cls, value)
        made.params = params
        return made

    params: Any

    def to_ical(self) -> bytes:
        """Give the value as it stands behind the colon."""
        return self.encode()


def convert(lines: Iterable[bytes], path: str = "") -> Import:
    """Read the to-dos of a file of calendars, all or nothing; events and the like are told and left out."""
    data = text_of(b"".join(lines), path).encode()
    try:
        records, others = _records(data, path)
    except Exception as error:  # the library's own errors are of many kinds
        raise tongue.refused(_faults(data, path) or [Problem(path, 1, 1, "import", _no_calendar(error))]) from None
    found = tongue.convert(TONGUE, records)
    words = [Entry("no-task", "", f"{name}: no tasks, left out") for name in others]
    return found._replace(report=(*found.report, *words))


def _records(data: bytes, path: str) -> tuple[list[Record], list[str]]:
    """Give the to-dos, and the names of what else there is; raises what the library raises."""
    calendars = icalendar.Calendar.from_ical(data, multiple=True)
    todos = [todo for calendar in calendars for todo in calendar.walk("VTODO")]
    raws = _raws(data)
    if len(todos) != len(raws):
        raise ValueError("a to-do, or what is around it, does not end")
    records = [Record(_data(todo, raw), path, line) for todo, (line, raw) in zip(todos, raws, strict=True)]
    others = {one.name for calendar in calendars for one in calendar.subcomponents} - {"VTODO", "VTIMEZONE"}
    return records, sorted(others)


def written(tasks: Mapping[str, Doc]) -> bytes:
    """Write one calendar with a to-do for each task."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCER)
    calendar.add("version", "2.0")
    for data in tongue.written(TONGUE, tasks):
        calendar.add_component(_todo(data))
    made: bytes = calendar.to_ical()
    return made


def _unfolded(data: bytes) -> Iterator[tuple[int, str]]:
    """Give each line of content with the number of its first line in the file."""
    at, whole = 0, ""
    for number, line in enumerate(data.decode().replace("\r\n", "\n").split("\n"), 1):
        if line[:1] in (" ", "\t") and at:
            whole += line[1:]
            continue
        if at:
            yield at, whole
        at, whole = number, line
    yield at, whole


def _raws(data: bytes) -> list[tuple[int, dict[str, list[str]]]]:
    """Give, for each to-do, the line where it begins, and its lines by the small name of their property.

    What is within another component within it is one text, under the name of that.
    """
    found: list[tuple[int, dict[str, list[str]]]] = []
    within: list[str] = []
    for number, line in _unfolded(data):
        name = re.split("[:;]", line, maxsplit=1)[0].lower()
        word = line.upper().strip().partition(":")[2] if name in ("begin", "end") else ""
        if name == "begin":
            within.append(word)
            if word == "VTODO":
                found.append((number, {}))
        if "VTODO" in within and within[-1] != "VTODO":
            inner = within[within.index("VTODO") + 1].lower()
            texts = found[-1][1].setdefault(inner, [])
            if name == "begin" and within[-2] == "VTODO":
                texts.append("")
            texts[-1] += f"{line}\r\n"
        elif within[-1:] == ["VTODO"] and not word:
            found[-1][1].setdefault(name, []).append(line)
        if name == "end" and within:
            within.pop()
    return found


def _faults(data: bytes, path: str) -> list[Problem]:
    """Find the lines of to-dos that the library cannot read, each on its own."""
    found = []
    inside = False
    for number, line in _unfolded(data):
        word = line.upper().strip()
        inside = word == "BEGIN:VTODO" or (inside and word != "END:VTODO")
        if not inside or word.startswith(("BEGIN:", "END:")):
            continue
        try:
            todo = icalendar.Todo.from_ical(f"BEGIN:VTODO\r\n{line}\r\nEND:VTODO\r\n")
            _data(todo, {})
        except Exception as error:  # as above
            name = line.partition(":")[0].partition(";")[0][:40]
            found.append(Problem(path, number, 1, "import", f"{name}: {_said(error)}"))
    return found


def _no_calendar(error: Exception) -> str:
    return f"not iCalendar: {_said(error)}"


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _data(todo: Any, raw: Mapping[str, list[str]]) -> dict[str, Any]:
    """Give a to-do as values by the small names of its properties; what is not understood as its lines."""
    data: dict[str, Any] = {}
    for upper, value in todo.property_items(recursive=False):
        name = upper.lower()
        if name in _TEXTS:
            data[name] = str(value)
        elif name == "priority":
            data[name] = int(value)
        elif name == "categories":
            data[name] = [*data.get(name, ()), *(str(one) for one in value.cats)]
        elif name in _TIMES:
            data[name] = _moment(value.dt)
        elif name == f"x-{MORE}":
            data[MORE] = _unpacked(str(value))
        elif name == "related-to" and str(value.params.get("RELTYPE", "PARENT")).lower() in _RELATED:
            kind = _RELATED[str(value.params.get("RELTYPE", "PARENT")).lower()]
            data.setdefault(kind, []).append(str(value))
        elif name == "url":
            data[name] = value.to_ical().decode()
        elif name not in ("begin", "end"):
            data[name] = raw.get(name, [])
    if "related-to" in data:
        data["related-to"] = [line for line in data["related-to"] if not _is_known(line)]
    return {**data, **{inner.name.lower(): raw.get(inner.name.lower(), []) for inner in todo.subcomponents}}


def _is_known(line: str) -> bool:
    return str(Contentline(line).parts()[1].get("RELTYPE", "PARENT")).lower() in _RELATED


def _unpacked(text: str) -> Any:
    """Read what went along, packed so that every program passes it on; anything else stays as it is."""
    try:
        return jsonl.parsed(base64.b64decode(text, validate=True).decode())
    except ValueError:
        return text


def _moment(value: date) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    return dates.stamp(value if value.tzinfo else value.replace(tzinfo=timezone.utc))


def _todo(data: Mapping[str, Any]) -> Any:
    todo = icalendar.Todo()
    todo.add("dtstamp", dates.instant(data.get("created") or data.get("completed") or "1970-01-01"))
    for name, value in data.items():
        if name in (*_TEXTS, "priority", "categories"):
            todo.add(name, value)
        elif name in _TIMES:
            todo.add(name, dates.parse(value))
        elif name in _RELATED_OUT:
            for other in value:
                todo.add("related-to", other, parameters={"RELTYPE": _RELATED_OUT[name]})
        elif name == "url":
            todo.add(name, _Raw(value, icalendar.Parameters()), encode=False)
        elif name == MORE:
            packed = base64.b64encode(jsonl.line(value).encode()).decode()
            todo.add(f"x-{MORE}", _Raw(packed, icalendar.Parameters()), encode=False)
        else:
            _add_kept(todo, name, value)
    return todo


def _add_kept(todo: Any, name: str, texts: list[str]) -> None:
    for text in texts:
        if name.startswith("v"):
            todo.add_component(icalendar.Component.from_ical(text))
        else:
            upper, params, _ = Contentline(text).parts()
            value = re.fullmatch(r'(?:[^":]|"[^"]*")*:(.*)', text)
            todo.add(upper, _Raw(value[1] if value else "", params), encode=False)


def _key(data: Mapping[str, Any]) -> str:
    again = data.get("recurrence-id")
    uid = str(data.get("uid", "")).strip()
    return f"{uid} {again[0]}" if again and uid else uid


def _keys(tasks: Mapping[str, Doc]) -> dict[str, str]:
    """Give each task the UID that it came with, or one that follows from its id."""
    keys = {task_id: str(kept(doc, KIND).get("uid", "")) for task_id, doc in tasks.items()}
    twice = Counter(keys.values())
    return {
        task_id: key if key.strip() == key and key.isprintable() and twice[key] == 1 and key else uuids.made(task_id)
        for task_id, key in keys.items()
    }


def _read(one: Incoming, ours: Callable[[str], str]) -> None:
    uid = _key(one.rest)
    for name in _LEFT_OUT:
        one.rest.pop(name, None)
    if tongue.plain_id(uid) != uid:
        one.rest["uid"] = uid
    one.title("summary")
    one.text("description", "description")
    one.word("status", "status", STATUSES, "completed" if one.rest.get("completed") else "pending")
    if one.rest.get("priority") == 0:
        del one.rest["priority"]  # says that none is set
    if "priority" in one.rest:
        one.word("priority", "priority", PRIORITIES, "medium")
    if one.doc["status"] != "completed" and "completed" in one.rest:
        one.odd("completed", one.rest["completed"])
    for name, field in _TIMES.items():
        if name != "completed" or one.doc["status"] == "completed":
            one.take(name, field, lambda value: value)
    one.items("categories", "tags")
    one.links("depends_on", "depends_on", ours)
    one.links("related", "related", ours)
    one.links("parent", "parent", ours)
    one.take("url", "links", lambda value: [value] if is_text(value, 2000) else None)


def _write(task_id: str, doc: Doc, theirs: Callable[[str], str]) -> dict[str, Any]:
    links = doc.get("links", ())
    mine = {key: value for key, value in kept(doc, KIND).items() if _writable(key, value)}
    data = {
        "uid": theirs(task_id),
        "summary": doc["title"].translate(CLEAN) or "(no title)",
        "description": doc.get("description", "").translate(CLEAN),
        "status": STATUSES_OUT[doc.get("status", "pending")],
        "priority": PRIORITIES_OUT.get(doc.get("priority", "")),
        "categories": [tag for tag in doc.get("tags", ()) if tag.translate(CLEAN) == tag],
        "depends_on": [theirs(one) for one in doc.get("depends_on", ())],
        "related": [theirs(one) for one in doc.get("related", ())],
        "parent": [theirs(doc["parent"])] if doc.get("parent") else None,
        "url": links[0] if len(links) == 1 and links[0].isascii() and links[0].isprintable() else None,
        **{name: _time(doc, field) for name, field in _TIMES.items()},
    }
    if data["due"] and data["dtstart"] and len(data["due"]) != len(data["dtstart"]):
        # RFC 5545, 3.8.2.3: both are days, or both are times.
        data["due"] = dates.stamp(dates.instant(data["due"], end=True))
        data["dtstart"] = dates.stamp(dates.instant(data["dtstart"]))
    return with_kept(data, mine)


def _time(doc: Doc, field: str) -> str:
    value = dates.canonical(doc.get(field, ""))
    return dates.stamp(dates.instant(value)) if value and field in ("created_at", "completed_at") else value


def _writable(name: str, value: Any) -> bool:
    """Tell whether what was kept aside still is lines of a calendar, each of that name, and no more than them."""
    if name in (*_TEXTS, *_TIMES, *_RELATED_OUT, "priority", "categories", "url", MORE) or not isinstance(value, list):
        return False
    try:
        if name.startswith("v"):
            return all(icalendar.Component.from_ical(text).name.lower() == name for text in value)
        return all(line.isprintable() and Contentline(line).parts()[0].lower() == name for line in value)
    except Exception:  # the library's own errors are of many kinds
        return False


TONGUE = Tongue(KIND, _key, tongue.plain_id, _read, _keys, _write)
