"""Tasks of dstask, YAML files in a folder for each status, out and back; pure but for the folder it reads.

The program is https://github.com/naggie/dstask, whose `task.go` has the keys. It drops keys that it does not know when
it writes a file, and a file's name is the task's UUID.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tmfiles import codec, dates
from tmfiles.errors import Problem
from tmfiles.interop import folders, frontmatter, tongue
from tmfiles.interop.imported import Import
from tmfiles.interop.incoming import Incoming, kept, with_kept
from tmfiles.interop.tongue import Doc, Record, Tongue
from tmfiles.interop.uuids import is_uuid, uuids

KIND = "dstask"
STATUSES = {
    "pending": "pending",
    "active": "in_progress",
    "paused": "pending",
    "delegated": "blocked",
    "deferred": "blocked",
    "recurring": "blocked",  # a pattern for tasks to come
    "template": "blocked",
    "resolved": "completed",
}
PLAIN = {"pending": "pending", "in_progress": "active", "blocked": "deferred"} | {
    "completed": "resolved",
    "cancelled": "resolved",
}
FOLDERS = (*STATUSES, "templates")
PRIORITIES = {"p0": "critical", "p1": "high", "p2": "medium", "p3": "low"}
PRIORITIES_OUT = {word: theirs.upper() for theirs, word in PRIORITIES.items()}
ZERO = "0001-01-01T00:00:00Z"  # Go's zero time: none was set
_TEXTS = ("summary", "notes", "project", "priority", "delegatedto", "created", "resolved", "due")
_SHAPES: dict[str, Any] = {**dict.fromkeys(_TEXTS, "str"), "tags": ["str"], "dependencies": ["str"]}
_TIMES = {"created": "created_at", "due": "due", "resolved": "completed_at"}


def convert(path: str) -> Import:
    """Read a repository of dstask, all or nothing."""
    if not any(folders.is_folder(path, name) for name in FOLDERS):
        raise folders.missing(path, "tasks of dstask, such as pending/ or resolved/,")
    problems: list[Problem] = []
    records = []
    for name, data in folders.files(path, FOLDERS, ".yml").items():
        where = f"{path}/{name}"
        status, _, file = name.rpartition("/")
        front = frontmatter.mapping(data, where, _SHAPES, problems)
        folder = "template" if status == "templates" else status
        records.append(Record({**front, "uuid": file.removesuffix(".yml"), "status": folder}, where, 1))
    return tongue.convert(TONGUE, records if not problems else [], problems)


def written(tasks: Mapping[str, Doc]) -> dict[str, bytes]:
    """Write the files of the repository."""
    made = {}
    for data in tongue.written(TONGUE, tasks):
        folder = "templates" if data["status"] == "template" else data["status"]
        file = {key: value for key, value in data.items() if key not in ("uuid", "status")}
        made[f"{folder}/{data['uuid']}.yml"] = codec.foreign(file, times=True)
    return made


def _key(data: Mapping[str, Any]) -> str:
    return data["uuid"].lower() if is_uuid(data["uuid"].lower()) else ""


def _read(one: Incoming, ours: Callable[[str], str]) -> None:
    del one.rest["uuid"]
    for name in (*_TIMES, "created"):
        if one.rest.get(name) == ZERO:
            del one.rest[name]
    one.title("summary")
    raw = one.rest["status"]
    one.word("status", "status", STATUSES, "pending")
    if raw != PLAIN[one.doc["status"]]:
        one.rest["status"] = raw
        one.told.append(("status", f"{raw} is {one.doc['status']} here; kept in fields.{KIND}.status"))
    one.word("priority", "priority", PRIORITIES, "medium")
    one.text("notes", "description")
    one.text("delegatedto", "assignee", 200)
    one.items("tags", "tags")
    one.links("dependencies", "depends_on", lambda key: ours(key.lower()))
    for name, field in _TIMES.items():
        if field != "completed_at" or one.doc["status"] == "completed":
            one.time(name, field)
    _subtask(one)


def _subtask(one: Incoming) -> None:
    """Take the steps of a task as its criteria."""
    steps = one.rest.get("subtasks")
    if not isinstance(steps, list):
        return
    criteria = []
    for step in steps:
        text = step.get("summary") if isinstance(step, dict) and not step.keys() - {"summary", "resolved"} else None
        if not isinstance(text, str) or not text.strip():
            one.odd("subtasks", steps)
            return
        criteria.append({"text": text, "met": True} if step.get("resolved") is True else {"text": text})
    del one.rest["subtasks"]
    one.doc["criteria"] = criteria


def _write(task_id: str, doc: Doc, theirs: Callable[[str], str]) -> dict[str, Any]:
    mine = kept(doc, KIND)
    status = PLAIN[doc.get("status", "pending")]
    if STATUSES.get(str(mine.get("status"))) == doc.get("status", "pending"):
        status = str(mine["status"])
    data = {
        "summary": doc["title"],
        "notes": doc.get("description"),
        "tags": doc.get("tags"),
        "project": mine.get("project"),
        "priority": PRIORITIES_OUT[doc.get("priority", "medium")],
        "delegatedto": doc.get("assignee"),
        "subtasks": [{"summary": one["text"], "resolved": one.get("met") is True} for one in doc.get("criteria", ())],
        "dependencies": [theirs(one) for one in doc.get("depends_on", ())],
        "created": _time(doc, "created_at") or ZERO,
        "resolved": _time(doc, "completed_at") or (ZERO if status != "resolved" else _time(doc, "created_at")),
        "due": _time(doc, "due") or ZERO,
        "uuid": theirs(task_id),
        "status": status,
    }
    return with_kept(data, mine)


def _time(doc: Doc, field: str) -> str:
    return dates.stamp(dates.instant(doc[field], end=field == "due")) if doc.get(field) else ""


TONGUE = Tongue(KIND, _key, lambda key: key.lower(), _read, uuids, _write)
