"""Tasks as `task export` prints them and `task import` reads them, out and back; pure.

The format is described at https://taskwarrior.org/docs/design/task/. Its times are in UTC, its ids are UUIDs, and an
attribute that it does not know it keeps, which is how what it has no field for comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tmfiles.interop import jsonl, tongue
from tmfiles.interop.imported import Import
from tmfiles.interop.incoming import Incoming, compact, day, kept, with_kept
from tmfiles.interop.tongue import MORE, Doc, Record, Tongue
from tmfiles.interop.uuids import is_uuid, uuids

KIND = "taskwarrior"
STATUSES = {
    "pending": "pending",
    "waiting": "pending",
    "completed": "completed",
    "deleted": "cancelled",
    "recurring": "blocked",  # a pattern for tasks to come, which must not be taken for one
}
OUT = {"pending": "pending", "in_progress": "pending", "blocked": "pending"} | {
    "completed": "completed",
    "cancelled": "deleted",
}
PRIORITIES = {"h": "high", "m": "medium", "l": "low"}
PRIORITIES_OUT = {"critical": "H", "high": "H", "medium": "M", "low": "L"}
_DERIVED = ("id", "urgency", "modified")


def convert(lines: Iterable[bytes], path: str = "") -> Import:
    """Read a list of tasks, or a task a line, all or nothing."""
    rows, problems = jsonl.rows(b"".join(lines), path)
    records = []
    for line, row in rows:
        if isinstance(row.get(MORE), str):
            row[MORE] = jsonl.parsed(row[MORE])
        records.append(Record(row, path, line))
    return tongue.convert(TONGUE, records, problems)


def written(tasks: Mapping[str, Doc]) -> bytes:
    """Write a list of tasks, one a line."""
    records = tongue.written(TONGUE, tasks)
    for data in records:
        if MORE in data:
            data[MORE] = jsonl.line(data[MORE])
    return ("[\n" + ",\n".join(jsonl.line(data) for data in records) + "\n]\n").encode()


def _key(data: Mapping[str, Any]) -> str:
    found = data.get("uuid")
    return found.lower() if isinstance(found, str) and is_uuid(found.lower()) else ""


def _read(one: Incoming, ours: Callable[[str], str]) -> None:
    for name in ("uuid", *_DERIVED):
        one.rest.pop(name, None)
    one.title("description")
    recurring = one.rest.get("status") == "recurring"
    one.word("status", "status", STATUSES, "pending")
    if recurring:
        one.rest["status"] = "recurring"
        one.told.append(("recurring", "a pattern for tasks to come: blocked here, with what it says kept aside"))
    if "priority" in one.rest:
        one.word("priority", "priority", PRIORITIES, "medium")
    one.time("entry", "created_at")
    if one.time("start", "started_at") and one.doc["status"] == "pending":
        one.doc["status"] = "in_progress"
    if one.doc["status"] == "completed":
        one.time("end", "completed_at")
    one.take("due", "due", day)
    one.take("wait", "wait_until", day)
    one.items("tags", "tags")
    if isinstance(one.rest.get("depends"), str):  # up to version 2.5
        one.rest["depends"] = [part for part in one.rest["depends"].split(",") if part]
    one.links("depends", "depends_on", ours)
    notes = one.rest.pop("annotations", ())
    left = [note for note in notes if not _said(one, note)] if isinstance(notes, list) else notes
    if left:
        one.odd("annotations", left)


def _said(one: Incoming, note: Any) -> bool:
    return (
        isinstance(note, dict)
        and note.keys() == {"entry", "description"}
        and one.said(note["entry"], KIND, note["description"])
    )


def _write(task_id: str, doc: Doc, theirs: Callable[[str], str]) -> dict[str, Any]:
    mine = kept(doc, KIND)
    status = doc.get("status", "pending")
    times = {"entry": "created_at", "start": "started_at", "end": "completed_at", "wait": "wait_until"}
    data = {
        "uuid": theirs(task_id),
        "description": doc["title"],
        "status": OUT[status],
        **{name: compact(doc[field]) for name, field in times.items() if doc.get(field)},
    }
    if status not in ("in_progress", "completed"):
        data.pop("start", None)  # there a task that was begun is being worked on
    if status == "cancelled":
        data["end"] = mine.get("end") or compact(doc.get("created_at") or "1970-01-01")
    if doc.get("due"):
        data["due"] = compact(doc["due"], end=True)
    if doc.get("priority"):
        data["priority"] = PRIORITIES_OUT[doc["priority"]]
    data["tags"] = doc.get("tags")
    data["depends"] = [theirs(one) for one in doc.get("depends_on", ())]
    said = doc.get("journal", ())
    data["annotations"] = [{"entry": compact(one["at"]), "description": one["text"]} for one in said]
    if status == "blocked" and mine.get("status") == "recurring":
        data["status"] = "recurring"
    return with_kept(data, mine)


TONGUE = Tongue(KIND, _key, lambda key: key.lower(), _read, uuids, _write)
