"""What a store of Task Orchestrator has beside its tasks: phases, templates, agents, messages, archives."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tmfiles import codec, ids
from tmfiles.actions.agents import AGENTS
from tmfiles.actions.agents import file as registration
from tmfiles.actions.messages import EVERYBODY, MESSAGES, PRIORITIES
from tmfiles.actions.messages import file as message
from tmfiles.errors import TmError
from tmfiles.interop import orchestrator_words as say
from tmfiles.interop.imported import Entry, Note

Doc = dict[str, Any]
Row = Mapping[str, Any]
Files = dict[str, bytes]

# The tables of each, as far as any version had one, and what their columns were called.
PHASES = ("phases",)
REGISTERED = ("agents", "agent_registry")
SENT = ("agent_messages", "messages")
_MOST = 1 << 20
_TASK_KEYS = {
    "title": "title",
    "name": "title",
    "description": "description",
    "priority": "priority",
    "context": "context",
}


def phases(tables: Mapping[str, Sequence[Row]], tasks: Mapping[str, Doc], report: list[Entry]) -> list[Doc]:
    """Give the phases to declare, in their order, and let tasks name them by name; they hold nothing up, as before."""
    rows = [row for name in PHASES for row in tables.get(name, ())]
    if not rows:
        return []
    names: dict[str, str] = {}
    found: list[Doc] = []
    order = next((key for key in ("sequence", "position", "phase_order", "order_index") if key in rows[0]), "")
    for row in sorted(rows, key=lambda one: _number(one.get(order))) if order else rows:
        name = say.one_line(row.get("name") or row.get("id"))[:100]
        if not name or name in names.values():
            name = say.one_line(row.get("id"))[:100]
        names[str(row.get("id"))] = name
        words = say.text(row.get("description"))
        found.append({"name": name, **({"description": say.one_line(words)} if words else {}), "gate": []})
    for doc in tasks.values():
        if doc.get("phase"):
            doc["phase"] = names.get(doc["phase"], doc["phase"])
            if doc["phase"] not in [one["name"] for one in found]:
                found.append({"name": doc["phase"], "gate": []})
    told = f"{say.counted(len(found), 'phase')} declared, in order, with no gate: tm phase update NAME --gate completed"
    report.append(Entry("phase", "", told))
    return found


def agents(tables: Mapping[str, Sequence[Row]], report: list[Entry]) -> Files:
    """Give the registrations as files."""
    found: Files = {}
    for row in (row for name in REGISTERED for row in tables.get(name, ())):
        name = say.one_line(row.get("id") or row.get("agent_id"))
        if ids.invalid(name.lower()):
            report.append(Entry("agent", "", f"{say.shown(name)} cannot be registered here; left out"))
            continue
        doc: Doc = {"id": name}
        for key, value in (("name", row.get("name")), ("type", row.get("type") or row.get("agent_type"))):
            if words := say.one_line(value):
                doc[key] = words
        if skills := sorted({say.one_line(one) for one in _list(row.get("capabilities"))} - {""}):
            doc["capabilities"] = skills
        if at := say.local(str(row.get("registered_at") or row.get("created_at") or "")):
            doc["registered_at"] = at
        found[f"{AGENTS}/{name.lower()}.yaml"] = registration(doc)
    if found:
        report.append(Entry("agent", "", f"{say.counted(len(found), 'agent')} registered: tm agent list"))
    return found


def messages(tables: Mapping[str, Sequence[Row]], report: list[Entry]) -> Files:
    """Give what agents sent each other as files, under names that a repeated import makes again."""
    found: Files = {}
    rows = [row for name in SENT for row in tables.get(name, ())]
    for number, row in enumerate(rows):
        sender = say.one_line(row.get("from_agent") or row.get("sender") or row.get("from_agent_id"))
        to = say.one_line(row.get("to_agent") or row.get("recipient") or row.get("to_agent_id")) or EVERYBODY
        words = say.text(row.get("message") or row.get("content"))
        at = say.local(str(row.get("created_at") or row.get("sent_at") or ""))
        if not (sender and words and at):
            report.append(
                Entry("message", "", f"{say.shown(words or sender)}: nobody sent it, or nobody knows when; left out")
            )
            continue
        doc = {"from": sender, "to": to, "at": at, "text": words}
        priority = str(row.get("priority") or "").lower()
        if priority in PRIORITIES and priority != "normal":
            doc["priority"] = priority
        stem = at.replace("-", "").replace(":", "")
        found[f"{MESSAGES}/{stem}-{number:03}-imported.yaml"] = message(doc)
    if found:
        report.append(Entry("message", "", f"{say.counted(len(found), 'message')}: tm agent inbox --all"))
    return found


def template(name: str, text: str) -> tuple[str, bytes]:
    """Give a template's path and file as they are here; raises TmError for what is none."""
    suffix = name.rpartition(".")[2]
    try:
        doc = json.loads(text) if suffix == "json" else codec.loads(text.encode(), name, shapes={})
    except ValueError as error:
        raise TmError(f"{name} is no JSON: {error}", code="invalid") from error
    tasks = doc.get("tasks") if isinstance(doc, dict) else None
    if not isinstance(tasks, list) or not tasks or not all(isinstance(one, dict) for one in tasks):
        raise TmError(f"{name} has no list of tasks", code="invalid")
    called = {
        str(one.get("id") or one.get("name") or one.get("title")): f"task-{at}" for at, one in enumerate(tasks, 1)
    }
    called |= {str(at): f"task-{at + 1}" for at in range(len(tasks)) if str(at) not in called}
    variables = doc.get("variables") or {}
    pairs = variables.items() if isinstance(variables, dict) else ((one.get("name"), one) for one in variables)
    made = {
        "description": say.one_line(doc.get("description")) or say.one_line(doc.get("name")),
        "variables": {str(key): _variable(value) for key, value in pairs},
        "tags": [say.one_line(one) for one in _list(doc.get("tags"))],
        "tasks": [_entry(one, called, f"task-{at}") for at, one in enumerate(tasks, 1)],
    }
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in str(doc.get("name") or name).lower())
    stem = "-".join(part for part in plain.removesuffix(f"-{suffix}").split("-") if part)
    return f"templates/{stem[:64]}.yaml", codec.dumps({key: value for key, value in made.items() if value})


def _variable(value: Any) -> Doc:
    declared = value if isinstance(value, dict) else {"default": value}
    found: Doc = {"description": say.one_line(declared.get("description")) or "?"}
    if declared.get("default") is not None:
        found["default"] = str(declared["default"])
    elif declared.get("required") is False:
        found["default"] = ""
    return found


def _entry(one: Doc, called: Mapping[str, str], name: str) -> Doc:
    entry: Doc = {"name": name}
    for old, new in _TASK_KEYS.items():
        if one.get(old) and (old != "name" or "title" not in one):
            entry.setdefault(new, say.text(one[old]) if new in ("description", "context") else say.one_line(one[old]))
    if span := say.span(one.get("estimated_hours")):
        entry["estimate"] = span
    if tags := [say.one_line(tag) for tag in _list(one.get("tags"))]:
        entry["tags"] = tags
    needs = [
        called[str(other)] for other in _list(one.get("depends_on") or one.get("dependencies")) if str(other) in called
    ]
    if needs := [other for other in dict.fromkeys(needs) if other != name]:
        entry["depends_on"] = needs
    return entry


def archived(name: str, path: str, names: Mapping[str, str]) -> tuple[str, str, list[Note]]:
    """Give the task that an archive is of, its context, and the private notes in it; raises TmError for a broken one.

    Nothing is unpacked: what is read stays in memory, and no more of it than a task may hold.
    """
    old = next((one for one in sorted(names, key=len, reverse=True) if name.startswith(f"task_{one}_")), "")
    if not old:
        raise TmError(f"{name} is of no task that is there", code="invalid")
    context, notes = "", []
    for member, text in _members(path):
        if member == "context.json":
            context = text
        elif member.startswith(f"{old}_") and member.endswith(".md") and text.strip():
            notes.append(Note(names[old], member[len(old) + 1 : -3], text))
    return names[old], context, notes


def _members(path: str) -> Iterator[tuple[str, str]]:
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() and member.size <= _MOST else None
                if file is not None:
                    yield member.name.rpartition("/")[2], say.text(file.read(_MOST).decode("utf-8", "replace"))
    except (OSError, EOFError, tarfile.TarError) as error:
        raise TmError(f"{path} cannot be read: {error}", code="invalid") from error


def _list(value: Any) -> list[Any]:
    """Give a list of what was one, JSON of one, or words with commas between."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = value.split(",")
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else float("inf")
