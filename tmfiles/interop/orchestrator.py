"""A store of Task Orchestrator (SQLite, and files beside it) as tm documents; knows both vocabularies, writes nothing.

Nothing is dropped without a word: what tm has no field for stays in `fields.task_orchestrator` under its own name,
and what was decided on the way is in the report. Its times are local ones without a zone; deadlines were typed by
people, and are taken as they are typed here: in UTC.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from tmfiles import dates, ids
from tmfiles.errors import TmError
from tmfiles.interop import orchestrator_beside as more
from tmfiles.interop import orchestrator_words as say
from tmfiles.interop.imported import Entry, Import, Note, made_id
from tmfiles.task import PRIORITIES

Doc = dict[str, Any]
Row = dict[str, Any]

FOLDER, DATABASE = ".task-orchestrator", "tasks.db"
# Where the old store keeps what: tables that are understood, and those that are computed here.
_UNDERSTOOD = (
    "tasks",
    "dependencies",
    "participants",
    "collaboration_events",
    *more.PHASES,
    *more.REGISTERED,
    *more.SENT,
)
_COMPUTED = ("notifications",)
_KINDS = {"update": "share", "discovery": "discovery", "sync": "checkpoint", "progress": "progress"}
_NAMES = {"assignee": "assignee", "created_by": "created_by", "phase_id": "phase"}
_TEXTS = {"context": "context", "completion_summary": "result"}
_HOURS = {"estimated_hours": "estimate", "actual_hours": "actual"}
_KNOWN = {
    *_NAMES, *_TEXTS, *_HOURS, "id", "title", "description", "status", "priority", "created_at", "updated_at",
    "completed_at", "success_criteria", "feedback_quality", "feedback_timeliness", "feedback_notes", "deadline",
}  # fmt: skip


def convert(place: str) -> Import:
    """Convert a store, named by its folder, the folder above it, or its database.

    The documents follow from the store alone, so that an import may be repeated. Raises TmError when there is no
    such store, or one that cannot be read.
    """
    folder, database = _found(place)
    tables = _read(database)
    report: list[Entry] = []
    rows = [{**row, "id": str(row["id"])} for row in tables["tasks"]]
    names = _ids(rows, report)
    status = {row["id"]: str(row.get("status") or "pending") for row in rows}
    tasks = {}
    for row in rows:
        told = _Told(names[row["id"]], report)
        tasks[told.id] = _task(row, told)
    _link(tables, names, status, tasks, report)
    _journal(tables, names, tasks, report)
    _files(folder, names, tasks, report)
    for name, found in tables.items():
        if found and name not in _UNDERSTOOD:
            why = "computed anew here" if name in _COMPUTED else "no place here; they stay in the old store"
            report.append(Entry("table", "", f"{name}, {say.counted(len(found), 'row')}: {why}"))
    declared = more.phases(tables, tasks, report)
    beside = {**more.agents(tables, report), **more.messages(tables, report), **_templates(folder, report)}
    notes = tuple(
        {(one.id, one.by): one for one in [*_archives(folder, names, tasks, report), *_notes(folder, names)]}.values()
    )
    report += _left(folder)
    if notes:
        why = "kept in this clone's Git directory, in no commit"
        report.append(Entry("note", "", f"{say.counted(len(notes), 'private note')}: {why}"))
    report.append(Entry("time", "", "times without a zone were read as local ones of this machine"))
    settings = {"compat": "task-orchestrator", **({"phases": declared} if declared else {})}
    made = {one: say.ordered(doc) for one, doc in tasks.items()}
    return Import.of(made, report, notes=notes, settings=settings, beside=beside)


class _Told:
    """Where entries about one task go, and what has no field of its own."""

    def __init__(self, task_id: str, report: list[Entry]) -> None:
        self.id = task_id
        self.report = report
        self.kept: Doc = {}

    def keep(self, key: str, value: Any, why: str) -> None:
        """Keep a value under its old name, and say why."""
        self.kept[key] = value
        self.report.append(Entry(key, self.id, f"{say.shown(value)}: {why}; kept in fields.task_orchestrator.{key}"))


def _found(place: str) -> tuple[str, str]:
    for folder in (place, os.path.join(place, FOLDER)):
        if os.path.isfile(os.path.join(folder, DATABASE)):
            return folder, os.path.join(folder, DATABASE)
    if os.path.isfile(place):
        return os.path.dirname(os.path.abspath(place)), place
    raise TmError(f"no {DATABASE} in {place} or in {FOLDER}/ below it", f"name the folder that has {FOLDER}/", "usage")


def _read(database: str) -> dict[str, list[Row]]:
    """Read every table whole; the database is opened for reading only."""
    try:
        connection = sqlite3.connect(f"file:{quote(os.path.abspath(database))}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise TmError(f"cannot open {database}: {error}", "see to its permissions", "invalid") from error
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    connection.row_factory = sqlite3.Row
    try:
        listed = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        tables = {}
        for (name,) in listed:
            if not name.startswith("sqlite_"):
                quoted = name.replace('"', '""')
                rows = connection.execute(f'SELECT * FROM "{quoted}" ORDER BY rowid')  # noqa: S608 quoted name
                tables[name] = [dict(row) for row in rows]
    except sqlite3.Error as error:
        raise TmError(
            f"cannot read {database}: {error}", f"is it {DATABASE} of Task Orchestrator?", "invalid"
        ) from error
    finally:
        connection.close()
    if "tasks" not in tables or any(not {"id", "title"} <= set(row) for row in tables["tasks"][:1]):
        raise TmError(f"{database} has no table of such tasks", "name a store of Task Orchestrator", "invalid")
    return tables


def _ids(rows: list[Row], report: list[Entry]) -> dict[str, str]:
    """Give each old id the one it has here: the same, unless it cannot be one."""
    names: dict[str, str] = {}
    for row in rows:
        old = row["id"]
        name = old.lower()
        if ids.invalid(name) or name in names.values():
            name = made_id(f"{old} {row.get('title')}")
            report.append(Entry("id", name, f"was {old!r}, which cannot be an id here"))
        names[old] = name
    return names


def _task(row: Row, told: _Told) -> Doc:
    title = say.one_line(row.get("title")) or told.id
    doc: Doc = {"title": title[:500]}
    if len(title) > 500:
        told.keep("title", title, "longer than 500 characters")
    status = str(row.get("status") or "pending")
    if status not in ("pending", "in_progress", "completed", "blocked", "cancelled"):
        told.keep("status", status, "no status here: pending")
        status = "pending"
    doc["status"] = status
    priority = str(row.get("priority") or "medium").lower()
    if priority not in PRIORITIES:
        told.keep("priority", row["priority"], "no priority here: medium")
        priority = "medium"
    doc["priority"] = priority
    for old, new in _NAMES.items():
        if name := say.one_line(row.get(old)):
            doc[new] = name[:100]
    for old, new in _TEXTS.items():
        if text := say.text(row.get(old)):
            doc[new] = text
    description, files = say.described(say.text(row.get("description")))
    doc |= {"description": description, "files": files}
    _times(row, doc, told)
    _measures(row, doc, told)
    for key, value in row.items():
        if key not in _KNOWN and value not in (None, ""):
            told.keep(key, say.plain(value), "no field here")
    if told.kept:
        doc["fields"] = {"task_orchestrator": told.kept}
    return {key: value for key, value in doc.items() if value not in (None, "", [], {})}


def _times(row: Row, doc: Doc, told: _Told) -> None:
    for key in ("created_at", "completed_at"):
        if row.get(key) in (None, ""):
            continue
        stamp = say.local(str(row[key]))
        if not stamp:
            told.keep(key, say.plain(row[key]), "no time that can be read")
        elif key == "created_at" or doc["status"] == "completed":
            doc[key] = stamp
    updated = say.local(str(row.get("updated_at") or ""))
    if updated and updated not in (doc.get("created_at"), doc.get("completed_at")):
        told.kept["updated_at"] = updated  # Git tells of all later changes; of this one nobody else does
    if deadline := str(row.get("deadline") or "").strip():
        due = say.deadline(deadline)
        if due:
            doc["due"] = due
        else:
            told.keep("deadline", deadline, "no date that can be read")


def _measures(row: Row, doc: Doc, told: _Told) -> None:
    for old, new in _HOURS.items():
        if row.get(old) is None:
            continue
        if span := say.span(row[old]):
            doc[new] = span
        elif row[old]:
            told.keep(old, say.plain(row[old]), "no time to work")
    criteria, odd = say.criteria(row.get("success_criteria"))
    doc["criteria"] = criteria
    if odd:
        told.keep("success_criteria", odd, "not a list of criteria")
    feedback: Doc = {}
    for key in ("quality", "timeliness"):
        mark = row.get(f"feedback_{key}")
        if isinstance(mark, int) and 1 <= mark <= 5:
            feedback[key] = mark
        elif mark is not None:
            told.keep(f"feedback_{key}", say.plain(mark), "not between 1 and 5")
    if words := say.text(row.get("feedback_notes")):
        feedback["text"] = words
    doc["feedback"] = feedback


def _link(
    tables: dict[str, list[Row]],
    names: dict[str, str],
    status: dict[str, str],
    tasks: dict[str, Doc],
    report: list[Entry],
) -> None:
    """Set dependencies, and take back the status that followed from them: here it is computed."""
    waiting = set()
    for row in tables.get("dependencies", ()):
        task, on = str(row.get("task_id")), str(row.get("depends_on"))
        if task not in names or on not in names or task == on:
            report.append(
                Entry("dependency", names.get(task, ""), f"of {task} on {on}: one of the two is not there; left out")
            )
            continue
        doc = tasks[names[task]]
        doc["depends_on"] = sorted({*doc.get("depends_on", ()), names[on]})
        if status[on] != "completed":
            waiting.add(task)
    for task in waiting:
        if status[task] == "blocked":
            tasks[names[task]]["status"] = "pending"


def _journal(tables: dict[str, list[Row]], names: dict[str, str], tasks: dict[str, Doc], report: list[Entry]) -> None:
    lost: Counter[str] = Counter()
    for row in tables.get("collaboration_events", ()):
        doc = tasks.get(names.get(str(row.get("task_id")), ""))
        words = say.text(row.get("content"))
        at = say.local(str(row.get("created_at") or ""))
        if doc is None or not words or not at:
            lost["collaboration_events"] += 1
            continue
        kind = _KINDS.get(str(row.get("event_type")), "comment")
        entry = {"at": at, "by": say.one_line(row.get("agent_id")) or "unknown", "kind": kind, "text": words}
        if request := say.one_line(row.get("request_id")):
            entry["request"] = request[:200]
        doc.setdefault("journal", []).append(entry)
    for row in tables.get("participants", ()):
        doc = tasks.get(names.get(str(row.get("task_id")), ""))
        name = say.one_line(row.get("agent_id"))
        if doc is None or not name:
            lost["participants"] += 1
            continue
        doc["participants"] = sorted({*doc.get("participants", ()), name})
        if role := say.text(row.get("role")):
            kept = doc.setdefault("fields", {}).setdefault("task_orchestrator", {})
            kept.setdefault("roles", {})[name] = role
    for name, count in lost.items():
        report.append(
            Entry("table", "", f"{name}, {say.counted(count, 'row')}: of no task that is there, or empty; left out")
        )


def _files(folder: str, names: dict[str, str], tasks: dict[str, Doc], report: list[Entry]) -> None:
    """Bring what older versions kept in files into the journal: progress by line, shared context whole."""
    for name, path in _listed(folder, "contexts"):
        stem, suffix = os.path.splitext(name)
        old = stem.removesuffix("_progress")
        doc = tasks.get(names.get(old, ""))
        if doc is None:
            report.append(Entry("context", "", f"contexts/{name}: of no task that is there; it stays in the old store"))
            continue
        text = _text(path)
        at = doc.get("completed_at") or doc.get("created_at") or "1970-01-01T00:00:00Z"
        entries = say.progress(text, at) if suffix == ".jsonl" else []
        if not entries and text.strip():
            entries = [{"at": at, "by": doc.get("created_by", "unknown"), "kind": "share", "text": text}]
        doc["journal"] = sorted([*entries, *doc.get("journal", ())], key=lambda entry: dates.instant(entry["at"]))


def _notes(folder: str, names: dict[str, str]) -> Iterator[Note]:
    for name, path in _listed(folder, "notes"):
        stem = name.removesuffix(".md")
        for old in sorted(names, key=len, reverse=True):
            if stem.startswith(f"{old}_") and _text(path).strip():
                yield Note(names[old], stem[len(old) + 1 :], _text(path))
                break


def _templates(folder: str, report: list[Entry]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name, path in _listed(folder, "templates"):
        try:
            place, data = more.template(name, _text(path))
        except TmError as error:
            report.append(Entry("template", "", f"{error.message}; it stays in the old store"))
        else:
            found[place] = data
            report.append(Entry("template", "", f"templates/{name}: tm template show {place[10:-5]}"))
    return found


def _archives(folder: str, names: dict[str, str], tasks: dict[str, Doc], report: list[Entry]) -> list[Note]:
    """Give the private notes of archives; their context goes to the journal of a task that has none."""
    notes: list[Note] = []
    for name, path in _listed(folder, "archives"):
        try:
            task_id, context, own = more.archived(name, path, names)
        except TmError as error:
            report.append(Entry("archive", "", f"{error.message}; it stays in the old store"))
            continue
        notes += own
        doc = tasks[task_id]
        kept = bool(context.strip()) and not doc.get("journal")
        if kept:
            at = doc.get("completed_at") or doc.get("created_at") or "1970-01-01T00:00:00Z"
            doc["journal"] = [{"at": at, "by": doc.get("created_by", "unknown"), "kind": "share", "text": context}]
        what = "its context is in the journal" if kept else "the journal has what was said already"
        report.append(Entry("archive", task_id, f"archives/{name}: {what}"))
    return notes


def _left(folder: str) -> Iterator[Entry]:
    """Tell what lies beside the database and does not come in."""
    for name in ("backups", "telemetry", "reports"):
        if found := list(_listed(folder, name)):
            yield Entry(
                "left", "", f"{name}/, {say.counted(len(found), 'file')}: not taken over; they stay where they are"
            )


def _listed(folder: str, name: str) -> Iterator[tuple[str, str]]:
    try:
        with os.scandir(os.path.join(folder, name)) as found:
            entries = sorted((entry.name, entry.path) for entry in found if entry.is_file(follow_symlinks=False))
    except OSError:
        return
    yield from entries


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return say.text(file.read())
    except OSError as error:
        raise TmError(f"cannot read {path}: {error.strerror}", "see to its permissions", "invalid") from error
