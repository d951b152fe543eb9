"""Tickets of `tk`, Markdown files with front matter in `.tickets/`, out and back; pure but for the folder it reads.

The program is https://github.com/wedow/ticket, a script that reads its files line by line: each of its keys takes one
line, lists are written between brackets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tmfiles.errors import Problem
from tmfiles.interop import folders, frontmatter, tongue
from tmfiles.interop.imported import Import
from tmfiles.interop.incoming import CLEAN, Incoming, is_text, kept, with_kept
from tmfiles.interop.tongue import Doc, Record, Tongue

KIND = "ticket"
FOLDER = ".tickets"
STATUSES = {"open": "pending", "in_progress": "in_progress", "needs_testing": "in_progress", "closed": "completed"}
STATUSES_OUT = {"pending": "open", "blocked": "open", "cancelled": "closed"} | {
    "in_progress": "in_progress",
    "completed": "closed",
}
PRIORITIES: dict[Any, str] = {0: "critical", 1: "high", 2: "medium", 3: "low"}
PRIORITIES_OUT = {word: number for number, word in PRIORITIES.items()}
CONTEXT = {"design": "Design", "acceptance_criteria": "Acceptance Criteria"}
NOTES = "Notes"
_TEXTS = ("id", "title", "status", "created", "type", "assignee", "external-ref", "parent")
_SHAPES = {**dict.fromkeys(_TEXTS, "str"), **{key: ["str"] for key in ("deps", "links", "tags")}}
_NOTE = re.compile(r"\*\*(\d{4}-\d\d-\d\dT[0-9:.]+Z)\*\*\n\n", re.MULTILINE)


def convert(path: str) -> Import:
    """Read a folder of tickets, or the one that has it; all or nothing."""
    place = f"{path}/{FOLDER}" if folders.is_folder(path, FOLDER) else path
    if not folders.is_folder(place, "."):
        raise folders.missing(path, "tickets")
    problems: list[Problem] = []
    records = []
    for name, data in folders.files(place, [""], ".md").items():
        where = f"{place}/{name}"
        front, text = frontmatter.split(data, where, _SHAPES, problems)
        records.append(Record({"id": name.removesuffix(".md"), **front, **_body(text)}, where, 1))
    return tongue.convert(TONGUE, records if not problems else [], problems)


def written(tasks: Mapping[str, Doc]) -> dict[str, bytes]:
    """Write the files of the folder."""
    made = {}
    for data in tongue.written(TONGUE, tasks):
        front = {
            "id": data["id"],
            "status": data["status"],
            "deps": data.get("deps", []),
            "links": data.get("links", []),
        }
        front |= {key: value for key, value in data.items() if key not in _BODY}
        made[f"{data['id']}.md"] = frontmatter.joined(front, _text(data), times=True, flowing=True)
    return made


_BODY = ("title", "description", *CONTEXT, "notes")


def _body(text: str) -> dict[str, str]:
    """Take the text apart; the title is its first heading."""
    found = frontmatter.sections(text, [*CONTEXT.values(), NOTES])
    lines = found[""].strip("\n").split("\n")
    body = {key: found[heading] for key, heading in (*CONTEXT.items(), ("notes", NOTES)) if heading in found}
    if lines[0].startswith("# "):
        body["title"] = lines[0][2:].strip()
        lines = lines[1:]
    body["description"] = "\n".join(lines).strip("\n")
    return {key: value for key, value in body.items() if value}


def _text(data: Mapping[str, Any]) -> str:
    parts = [f"# {data['title']}", data.get("description", "")]
    parts += [f"## {heading}\n\n{data[key]}" for key, heading in CONTEXT.items() if data.get(key)]
    parts += [f"## {NOTES}\n\n{data['notes']}"] if data.get("notes") else []
    return "\n\n".join(part.strip("\n") for part in parts if part).translate(CLEAN) + "\n"


def _again(data: dict[str, Any]) -> dict[str, Any]:
    front = {key: value for key, value in data.items() if key not in _BODY}
    return {**front, **_body(_text(data))}


def _read(one: Incoming, ours: Callable[[str], str]) -> None:
    one.rest.pop("id", None)
    one.title("title")
    one.text("description", "description")
    testing = one.rest.get("status") == "needs_testing"
    one.word("status", "status", STATUSES, "pending")
    if testing:
        one.rest["status"] = "needs_testing"
    one.word("priority", "priority", PRIORITIES, "low" if one.rest.get("priority") == 4 else "medium")
    one.type("type")
    one.text("assignee", "assignee", 200)
    one.time("created", "created_at")
    one.items("tags", "tags")
    one.links("deps", "depends_on", ours)
    one.links("links", "related", ours)
    one.links("parent", "parent", ours)
    one.take("external-ref", "links", lambda ref: [ref] if is_text(ref, 2000) and "://" in ref else None)
    if criteria := frontmatter.ticked(one.rest.get("acceptance_criteria")):
        one.doc["criteria"] = criteria
        del one.rest["acceptance_criteria"]
    frontmatter.context(one, CONTEXT)
    notes = _NOTE.split(str(one.rest.pop("notes", "")))
    for at, text in zip(notes[1::2], notes[2::2], strict=True):
        one.said(at, "", text.strip("\n"))
    if notes[0].strip():
        one.rest["notes"] = notes[0]


def _write(task_id: str, doc: Doc, theirs: Callable[[str], str]) -> dict[str, Any]:
    links = doc.get("links", ())
    said = [f"**{one['at']}**\n\n{one['text']}" for one in doc.get("journal", ())]
    data = {
        "id": task_id,
        "status": STATUSES_OUT[doc.get("status", "pending")],
        "deps": [theirs(one) for one in doc.get("depends_on", ())],
        "links": [theirs(one) for one in doc.get("related", ())],
        "created": doc.get("created_at"),
        "type": doc.get("type", "task"),
        "priority": PRIORITIES_OUT[doc.get("priority", "medium")],
        "assignee": doc.get("assignee"),
        "external-ref": links[0] if len(links) == 1 and "://" in links[0] else None,
        "parent": theirs(doc["parent"]) if doc.get("parent") else None,
        "tags": doc.get("tags"),
        "title": doc["title"].translate(CLEAN).strip() or "(no title)",
        "description": doc.get("description", "").strip("\n"),
        **frontmatter.of_context(doc, CONTEXT, "design"),
        "notes": "\n\n".join(said),
    }
    if doc.get("criteria"):
        data["acceptance_criteria"] = frontmatter.boxes(doc["criteria"])
    mine = kept(doc, KIND)
    if mine.get("priority") == 4 and doc.get("priority") == "low":
        data["priority"] = 4
    if mine.get("status") == "needs_testing" and doc.get("status") == "in_progress":
        data["status"] = "needs_testing"
    return with_kept(data, mine)


TONGUE = Tongue(KIND, lambda data: str(data["id"]), tongue.plain_id, _read, tongue.same, _write, _again)
