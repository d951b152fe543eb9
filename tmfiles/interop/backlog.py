"""Tasks of Backlog.md, Markdown files with front matter in a project's folder, out and back; pure but for reading it.

The program is https://github.com/MrLesk/Backlog.md; what is said here holds for version 1.52. Its times are in UTC, to
the minute.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import Any

from tmfiles.errors import Problem
from tmfiles.interop import folders, frontmatter, jsonl, tongue
from tmfiles.interop.imported import Import
from tmfiles.interop.incoming import CLEAN, Incoming, day, is_text, kept, with_kept
from tmfiles.interop.tongue import MORE, Doc, Record, Tongue

KIND = "backlog"
PLACES = ("", "backlog", ".backlog")  # where the folder of the tasks may lie
TASKS, DRAFTS, ARCHIVE = "tasks", "drafts", "archive/tasks"
FOLDERS = (TASKS, "completed", DRAFTS, ARCHIVE)
STATUSES = {
    **dict.fromkeys(("to do", "todo", "open", "backlog", "new"), "pending"),
    **dict.fromkeys(("in progress", "in-progress", "doing", "active", "review", "in review"), "in_progress"),
    **dict.fromkeys(("done", "completed", "complete", "closed"), "completed"),
    **dict.fromkeys(("blocked", "on hold"), "blocked"),
    **dict.fromkeys(("cancelled", "canceled", "wontfix"), "cancelled"),
}
STATUSES_OUT = {"pending": "To Do", "blocked": "To Do", "in_progress": "In Progress"} | {
    "completed": "Done",
    "cancelled": "To Do",  # in the archive
}
PRIORITIES = {"critical": "critical", "high": "high", "medium": "medium", "low": "low"}
TYPES_OUT = {"bug": "bug", "feature": "feature", "task": "task", "chore": "chore"}  # of theirs
CONTEXT = {"implementation_plan": "Implementation Plan", "implementation_notes": "Implementation Notes"}
# The parts of the text in their order: key, heading, mark.
SECTIONS = (
    ("description", "Description", "SECTION:DESCRIPTION"),
    ("acceptance_criteria", "Acceptance Criteria", "AC"),
    ("definition_of_done", "Definition of Done", "DOD"),
    ("implementation_plan", "Implementation Plan", "SECTION:PLAN"),
    ("implementation_notes", "Implementation Notes", "SECTION:NOTES"),
    ("comments", "Comments", "COMMENTS"),
    ("final_summary", "Final Summary", "SECTION:FINAL_SUMMARY"),
)
_MARKS = {key: mark for key, _, mark in SECTIONS}
_HEADINGS = {heading.lower(): key for key, heading, _ in SECTIONS}
_BODY = (*_MARKS, "text", MORE)
_MORE, _GREATER = "<!-- tm: {", "\\u003e"
_TEXTS = ("id", "title", "status", "created_date", "updated_date", "due_date", "parent_task_id", "priority", "type")
_LISTS = ("assignee", "labels", "dependencies", "references", "modified_files", "documentation")
_SHAPES = {**dict.fromkeys(_TEXTS, "str"), **{key: ["str"] for key in _LISTS}}
_ID = re.compile(r"(task|draft)-[0-9]+(\.[0-9]+)*")
_COMMENT = re.compile(r"author: *(.*)\ncreated: *(.*)\n---\n((?:.*\n)*?)---(?:\n|$)")
_CONFIG = """\
project_name: "tasks"
default_status: "To Do"
statuses: ["To Do", "In Progress", "Done"]
labels: []
date_format: yyyy-mm-dd
task_prefix: "task"
"""


def convert(path: str) -> Import:
    """Read a project's folder, or the one that has it; all or nothing."""
    places = [f"{path}/{part}" if part else path for part in PLACES]
    place = next((place for place in places if any(folders.is_folder(place, part) for part in FOLDERS)), "")
    if not place:
        raise folders.missing(path, "tasks/ of Backlog.md")
    problems: list[Problem] = []
    records = []
    for name, data in folders.files(place, FOLDERS, ".md").items():
        where = f"{place}/{name}"
        front, text = frontmatter.split(data, where, _SHAPES, problems)
        records.append(Record({"folder": name.rpartition("/")[0], **front, **_body(text)}, where, 1))
    return tongue.convert(TONGUE, records if not problems else [], problems)


def written(tasks: Mapping[str, Doc]) -> dict[str, bytes]:
    """Write the files of the folder, with the settings that the program needs."""
    made = {"config.yml": _CONFIG.encode()}
    for data in tongue.written(TONGUE, tasks):
        front = {key: value for key, value in data.items() if key not in _BODY and key != "folder"}
        front |= {key: data.get(key, []) for key in ("assignee", "labels", "dependencies")}
        words = "-".join(re.sub(r"[^A-Za-z0-9]+", " ", data["title"]).split())[:60].strip("-")
        name = f"{data['id'].lower()}{f' - {words}' if words else ''}.md"
        made[f"{data['folder']}/{name}"] = frontmatter.joined(front, _text(data))
    return made


def _body(text: str) -> dict[str, Any]:
    """Take the text apart: what stands between a section's marks, or below its heading where there are none."""
    found: dict[str, list[str]] = {"text": []}
    lines = text.split("\n")
    ends: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        if line.startswith("<!-- ") and line.endswith(":END -->"):
            ends.setdefault(line[5:-8], []).append(at)
    here, at, more = "text", 0, ""
    while at < len(lines):
        heading = lines[at][3:].strip().lower() if lines[at].startswith("## ") else ""
        key = _HEADINGS.get(heading, "")
        if not more and lines[at].startswith(_MORE) and lines[at].endswith(" -->"):
            more = lines[at][len(_MORE) - 1 : -4]
            at += 1
            continue
        if not key or key in found:
            here = "text" if heading else here
            found[here].append(lines[at])
            at += 1
            continue
        here, found[key] = key, []
        at += 1
        begin = next((n for n in range(at, min(at + 2, len(lines))) if lines[n].strip()), at)
        later = ends.get(_MARKS[key], [])
        place = bisect_right(later, begin)
        if lines[begin : begin + 1] == [f"<!-- {_MARKS[key]}:BEGIN -->"] and place < len(later):
            found[key] = lines[begin + 1 : later[place]]
            here, at = "text", later[place] + 1
    body: dict[str, Any] = {key: words for key, part in found.items() if (words := "\n".join(part).strip("\n"))}
    return {**body, MORE: jsonl.parsed(more)} if more else body


def _text(data: Mapping[str, Any]) -> str:
    parts = []
    for key, heading, mark in SECTIONS:
        if data.get(key):
            gap = "\n" if mark.startswith(("SECTION", "COMMENTS")) else ""
            parts.append(f"\n## {heading}\n{gap}<!-- {mark}:BEGIN -->\n{data[key]}\n<!-- {mark}:END -->\n")
    if data.get("text"):
        parts.insert(0, f"\n{data['text']}\n")
    text = "".join(parts).translate(CLEAN)
    if not data.get(MORE):
        return text
    # The program drops keys that it does not know, but never what stands in the text.
    return f"{text}\n{_MORE[:-1]}{jsonl.line(data[MORE]).replace('>', _GREATER)} -->\n"


def _again(data: dict[str, Any]) -> dict[str, Any]:
    front = {key: value for key, value in data.items() if key not in _BODY}
    return {**front, **_body(_text(data))}


def _key(data: Mapping[str, Any]) -> str:
    return data["id"].upper() if is_text(data.get("id"), 60) else ""


def _keys(tasks: Mapping[str, Doc]) -> dict[str, str]:
    """Number the tasks; those that are numbered as theirs keep it."""
    keys = {
        task_id: task_id.upper()
        for task_id, doc in tasks.items()
        if _ID.fullmatch(task_id) and task_id.startswith("draft") == (_place(doc) == DRAFTS)
    }
    number = max((int(key.partition("-")[2].partition(".")[0][:15]) for key in keys.values()), default=0)
    for task_id in tasks:
        if task_id not in keys:
            number += 1
            keys[task_id] = f"TASK-{number}"
    return keys


def _read(one: Incoming, ours: Callable[[str], str]) -> None:
    for name in ("id", "updated_date"):
        one.rest.pop(name, None)
    one.title("title")
    _status(one)
    if "priority" in one.rest:
        one.word("priority", "priority", PRIORITIES, "medium")
    one.type("type")
    who = one.rest.get("assignee")
    names = [who] if isinstance(who, str) else who
    if isinstance(names, list) and names and all(is_text(name, 100) and name.strip("@ ") for name in names):
        plain = [name.strip().removeprefix("@") for name in names]
        one.doc["assignee"] = plain[0]
        one.doc["participants"] = sorted({*plain[1:]})
        del one.rest["assignee"]
    one.time("created_date", "created_at")
    one.take("due_date", "due", day)
    one.items("labels", "tags")
    one.items("references", "links", 2000)
    one.items("modified_files", "files", 1000)
    one.links("dependencies", "depends_on", lambda key: ours(key.upper()))
    one.links("parent_task_id", "parent", lambda key: ours(key.upper()))
    one.text("description", "description")
    one.text("final_summary", "result")
    if criteria := frontmatter.ticked(one.rest.get("acceptance_criteria")):
        one.doc["criteria"] = [{**each, "text": re.sub(r"^#\d+ ", "", each["text"])} for each in criteria]
        del one.rest["acceptance_criteria"]
    frontmatter.context(one, CONTEXT)
    _comment(one)


def _status(one: Incoming) -> None:
    """Take the status, which the folder says too: what is archived is given up, a draft is no work yet."""
    folder = one.rest.get("folder", TASKS)
    raw = one.rest.get("status", "To Do")
    one.word("status", "status", {**STATUSES, "draft": "blocked"}, "pending")
    if folder == TASKS:
        one.rest.pop("folder", None)
    elif folder == ARCHIVE and one.doc["status"] != "completed":
        one.doc["status"] = "cancelled"
        one.told.append(("archived", f"archived as {raw!r}: cancelled here"))
    if (
        folder != TASKS
        or one.doc["status"] != STATUSES.get(str(raw).lower())
        or STATUSES_OUT[one.doc["status"]].lower() != raw.lower()
    ):
        one.rest["status"] = raw


def _comment(one: Incoming) -> None:
    text = one.rest.get("comments")
    if not isinstance(text, str):
        return
    found = _COMMENT.findall(f"{text}\n")
    whole = _COMMENT.sub("", f"{text}\n").strip()
    if not whole and all(one.said(at, by, words.rstrip("\n")) for by, at, words in found):
        del one.rest["comments"]
    else:
        one.doc.pop("journal", None)
        one.odd("comments", text)


def _write(task_id: str, doc: Doc, theirs: Callable[[str], str]) -> dict[str, Any]:
    mine = kept(doc, KIND)
    status = doc.get("status", "pending")
    names = [*([doc["assignee"]] if doc.get("assignee") else []), *doc.get("participants", ())]
    said = [
        f"author: {' '.join(one['by'].split())}\ncreated: {frontmatter.minute(one['at'])}\n---\n{one['text']}\n---"
        for one in doc.get("journal", ())
    ]
    data = {
        "id": theirs(task_id),
        "title": doc["title"],
        "status": STATUSES_OUT[status],
        "assignee": [f"@{name}" for name in names],
        "created_date": frontmatter.minute(doc["created_at"]) if doc.get("created_at") else None,
        "due_date": doc["due"][:10] if doc.get("due") else None,
        "labels": doc.get("tags"),
        "dependencies": [theirs(one) for one in doc.get("depends_on", ())],
        "parent_task_id": theirs(doc["parent"]) if doc.get("parent") else None,
        "priority": {"critical": "high"}.get(doc.get("priority", ""), doc.get("priority")),
        "type": TYPES_OUT.get(doc.get("type", "")),
        "references": doc.get("links"),
        "modified_files": doc.get("files"),
        "description": doc.get("description", "").strip("\n"),
        "acceptance_criteria": frontmatter.boxes(doc.get("criteria", ()), numbered=True),
        **frontmatter.of_context(doc, CONTEXT, "implementation_notes"),
        "final_summary": doc.get("result", "").strip("\n"),
        "comments": "\n".join(said),
        "folder": _place(doc),
    }
    if mine.get("status") and _told(mine) == status:
        data["status"] = mine["status"]
    return with_kept(data, mine)


def _place(doc: Mapping[str, Any]) -> str:
    """Say in which folder a task belongs: where it came from, as long as its status is that of then."""
    mine = kept(doc, KIND)
    if mine.get("folder") in FOLDERS and _told(mine) == doc.get("status", "pending"):
        return str(mine["folder"])
    return ARCHIVE if doc.get("status") == "cancelled" else TASKS


def _told(mine: Mapping[str, Any]) -> str:
    """Say which status an import made of what it kept."""
    raw = str(mine.get("status", "done" if mine.get("folder") == "completed" else "")).lower()
    status = "blocked" if raw == "draft" else STATUSES.get(raw, "pending")
    return "cancelled" if mine.get("folder") == ARCHIVE and status != "completed" else status


TONGUE = Tongue(KIND, _key, tongue.plain_id, _read, _keys, _write, _again)
