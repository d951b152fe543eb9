"""How Task Orchestrator worded what it did and what it refused, and what it called a task's fields; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tmfiles import dates
from tmfiles.errors import TmError
from tmfiles.render.text import line, paragraphs

Document = Mapping[str, Any]

# What each command says on success: the stream, and the words. Those that are missing print data.
CONFIRMED = {
    "init": ("out", "Task database initialized"),
    "update": ("err", "Task {id} updated"),
    "complete": ("err", "Task {id} completed"),
    "delete": ("err", "Task {id} deleted"),
    "assign": ("err", "Task {id} assigned to {name}"),
    "join": ("out", "Joined task: {id}"),
    "share": ("err", "Shared update for task {id}"),
    "note": ("err", "Note added: Added private note for task {id}"),
    "discover": ("err", "Discovery shared for task {id}"),
    "sync": ("err", "Sync: Created sync point for task {id}"),
    "progress": ("err", "Progress update added"),
    "feedback": ("err", "Feedback recorded"),
}
USAGE = {
    "add": "tm add <title> [-d description] [-p priority] [--depends-on id...]\n"
    "       [--file path] [--criteria json] [--deadline time] [--estimated-hours n]\n"
    "       [--assignee name] [--phase id] [--context text]",
    "show": "tm show <task_id>",
    "update": "tm update <task_id> --status <status>",
    "complete": "tm complete <task_id> [--summary text] [--actual-hours n] [--validate] [--impact-review]",
    "delete": "tm delete <task_id>",
    "assign": "tm assign <task_id> <assignee>",
    "join": "tm join <task_id>",
    "share": "tm share <task_id> <message>",
    "note": "tm note <task_id> <message>",
    "discover": "tm discover <task_id> <message>",
    "sync": "tm sync <task_id> <message>",
    "context": "tm context <task_id>",
    "participants": "tm context participants <task_id>",
    "progress": "tm progress <task_id> <update_message>",
    "feedback": "tm feedback <task_id> [--quality 1-5] [--timeliness 1-5] [--note text]",
    "config": "tm config [--enable|--disable <feature>|--minimal-mode|--show|--reset]",
    "migrate": "tm migrate [--status|--apply|--rollback|--dry-run]",
    "metrics": "tm metrics [--feedback] [--period week]",
}
_NEEDS = tuple(USAGE)[:-1]
# What a refusal is known by, word for word in its message, and how it was worded; the command "" is any.
_REFUSED: tuple[tuple[str, str, str], ...] = (
    ("add", "title is blank", "Error: Task title cannot be empty"),
    ("add", "more than 500 characters", "Error: Task title too long (max 500 characters)"),
    ("add", "duplicate dependency", "Error: Failed to add task: {message}"),
    ("add", "no task ", "Error: Failed to add task: Invalid dependency ID: {what}"),
    ("add", "priority", "Error: Invalid priority"),
    ("add", "invalid JSON in criteria", "Error: Invalid JSON in success criteria"),
    ("add", "criteria must be a JSON list", "Error: Success criteria must be a JSON array"),
    ("add", "each criterion must be a JSON object", "Error: Each criterion must be a JSON object"),
    ("add", "needs a text", "Error: Each criterion must have a 'criterion' field"),
    ("update", "unknown status", "Validation error: Invalid status: {status}\nInvalid task ID: {id}"),
    ("update", "no task ", "Warning: Task {id} not found\nInvalid task ID: {id}"),
    ("assign", "no task ", "Warning: Task {id} not found\nFailed to assign task {id}"),
    ("delete", "no task ", "Task {id} not found or cannot be deleted"),
    ("delete", "depend", "Cannot delete task {id}: dependent tasks exist\nTask {id} not found or cannot be deleted"),
    ("join", "", "Failed to join task {id}"),
    ("share", "", "Failed to share update for task {id}"),
    ("discover", "", "Failed to share discovery"),
    ("sync", "", "Failed to create sync point for task {id}"),
    ("feedback", "between 1 and 5", "ValueError: Scores must be between 1 and 5"),
    ("", "no task ", "Task {id} not found"),
)
_KINDS = {"share": "update", "checkpoint": "sync"}
_HEADS = ("pending", "in_progress", "completed", "blocked", "cancelled")
_MOST = 10


def usage(name: str) -> str:
    """Give how a command is used."""
    return f"Usage: {USAGE[name]}" if name in USAGE else ""


def refused(name: str, values: Document, error: TmError) -> str:
    """Word a refusal: as it was worded, where scripts look for that, then in our own words."""
    known = {"id": "", "status": "", **values, "message": error.message, "what": _quoted(error.message)}
    said = " ".join([error.message, *map(str, error.problems)])
    rows = [words for command, mark, words in _REFUSED if command in ("", name) and mark in said]
    lines = rows[0].format_map(known).split("\n") if rows else [f"Error: {error.message}"]
    if error.message not in lines[0]:
        lines.append(error.message)
    lines += [f"  {problem}" for problem in error.problems[:_MOST]]
    if error.hint:
        typed = error.hint.startswith(("tm ", "git "))
        lines.append(error.hint if typed else error.hint[:1].upper() + error.hint[1:])
    return paragraphs("\n".join(lines)) + "\n"


def _quoted(message: str) -> str:
    parts = message.split("'")
    return parts[1] if len(parts) > 2 else message


def confirmed(name: str, values: Document) -> tuple[str, str]:
    """Give what standard output and standard error say of a command that was done."""
    stream, words = CONFIRMED[name]
    text = line(words.format_map({"id": "", "name": "", **values})) + "\n"
    return (text, "") if stream == "out" else ("", text)


def fields(task: Document) -> dict[str, Any]:
    """Give a task under its old keys, in their order; what is not there is None."""
    back = task.get("feedback") or {}
    return {
        "id": task["id"],
        "title": task["title"],
        "description": _description(task),
        **{key: task.get(key) for key in ("status", "priority", "assignee", "created_by", "created_at")},
        "updated_at": task.get("updated_at"),
        "completed_at": task.get("completed_at"),
        "success_criteria": _criteria(task),
        "feedback_quality": back.get("quality"),
        "feedback_timeliness": back.get("timeliness"),
        "feedback_notes": back.get("text"),
        "completion_summary": _end(task.get("result")),
        "deadline": task.get("due"),
        "estimated_hours": _hours(task.get("estimate")),
        "actual_hours": _hours(task.get("actual")),
        "context": _end(task.get("context")),
        "phase_id": task.get("phase"),
        "dependencies": list(task.get("depends_on", ())),
    }


def _end(text: Any) -> Any:
    return text.rstrip("\n") if isinstance(text, str) else text


def _description(task: Document) -> str | None:
    files = f"Files: {', '.join(task['files'])}" if task.get("files") else ""
    parts = [part for part in (_end(task.get("description")), files) if part]
    return "\n\n".join(parts) or None


def _criteria(task: Document) -> str | None:
    found = [
        {"criterion": one["text"], **({"measurable": one["measurable"]} if one.get("measurable") else {})}
        for one in task.get("criteria", ())
    ]
    return json.dumps(found, ensure_ascii=False) if found else None


def _hours(span: Any) -> float | None:
    if not isinstance(span, str):
        return None
    try:
        return dates.duration(span) / dates.HOUR
    except TmError:
        return None


def shown(task: Document) -> str:
    """Give `key: value` lines; the lines of long text after its first are indented, so that none looks like a key."""
    rows = []
    for key, value in fields(task).items():
        first, *more = paragraphs(value).split("\n") if isinstance(value, str) else [str(value)]
        rows += [f"{key}: {first}\n", *(f"  {row}".rstrip() + "\n" for row in more)]
    return "".join(rows)


def as_json(found: Any) -> str:
    """Give JSON as it was printed: two blanks a level, a key a line."""
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def listed(tasks: Sequence[Document], values: Document) -> str:
    """Give a line a task, or what `--format` asks for; filters that only this room knows are applied here."""
    wanted = [one for one in values.get("meta", ()) if one]
    found = [task for task in tasks if all(_has_meta(task, one) for one in wanted)]
    if values.get("has-deps"):
        found = [task for task in found if task.get("depends_on")]
    if int(values.get("limit") or 0) > 0:
        found = found[: int(values["limit"])]
    if values.get("json") or values.get("format") == "json":
        return as_json([fields(task) for task in found])
    if values.get("format") == "id":
        return "".join(f"{task['id']}\n" for task in found)
    return "".join(map(_line, found)) or "No tasks found\n"


def _line(task: Document) -> str:
    who = f" ({line(str(task['assignee']))})" if task.get("assignee") else ""
    return f"[{task['id']}] {line(task['title'])} - {task['status']}{who}\n"


def _has_meta(task: Document, wanted: str) -> bool:
    own = task.get("fields") or {}
    name, _, value = wanted.partition(":")
    if str(own.get(name, "")) == value:
        return True
    rows = [row for row in str(task.get("description", "")).split("\n") if row.startswith("Meta: ")]
    return any(wanted in row.removeprefix("Meta: ").split(", ") for row in rows)


def exported(tasks: Sequence[Document], kind: str, now: str) -> str:
    """Give all tasks as JSON with all that was lost before, as Markdown by status, or as tab-separated lines."""
    if kind == "json":
        more = ("tags", "type", "parent", "related", "files", "links", "participants", "journal", "fields")
        return as_json([{**fields(task), **{key: task[key] for key in more if key in task}} for task in tasks])
    if kind == "markdown":
        return _markdown(tasks, now)
    rows = (
        ("id", "title", "status", "assignee"),
        *((t["id"], t["title"], t["status"], t.get("assignee", "")) for t in tasks),
    )
    return "".join("\t".join(line(str(cell)) for cell in row) + "\n" for row in rows)


def _markdown(tasks: Sequence[Document], now: str) -> str:
    parts = [f"# Task Orchestrator Export\n\nGenerated: {now}\n"]
    for status in _HEADS:
        found = [task for task in tasks if task["status"] == status]
        if found:
            parts.append(f"\n## {status.title()} Tasks\n\n" + "".join(map(_item, found)))
    return "".join(parts)


def _item(task: Document) -> str:
    told = {"Description": _description(task), "Assignee": task.get("assignee"), "Priority": task["priority"]}
    rows = "".join(f"  - {key}: {line(str(value))}\n" for key, value in told.items() if value)
    return f"- **[{task['id']}]** {line(task['title'])}\n{rows}"


def context(task: Document, note: Document | None) -> str:
    """Give a task's shared log, and the reader's own note."""
    head = f"Task: {task['id']}\n{line(task['title'])}\nStatus: {task['status']}\nCreated: {task.get('created_at')}\n"
    rows = []
    for one in task.get("journal", ()):
        kind = one.get("kind", "comment")
        rows.append(f"  [{_KINDS.get(kind, kind)}] {line(one['by'])}: {line(one['text'])}\n")
    shared = "\nShared Context:\n" + "".join(rows) if rows else "\nNo shared context\n"
    own = f"\nYour Notes:\n{paragraphs(note['text'])}" if note and note.get("text") else ""
    return head + shared + own


def participants(task: Document) -> str:
    """Give who takes part, a line each."""
    names = [name for name in (task.get("assignee"), *task.get("participants", ())) if name]
    return "".join(f"{line(name)}\n" for name in dict.fromkeys(names)) or "No participants\n"


def validated(report: Sequence[Document]) -> str:
    """Give what became of the criteria; one without a measure passes, as it did."""
    marks = {"met": "✓", "unmet": "✗", "manual": "?"}
    seen = [(one, "met" if one["verdict"] == "manual" and not one["measurable"] else one["verdict"]) for one in report]
    passed = sum(verdict == "met" for _, verdict in seen)
    rows = ["=== Success Criteria Validation Report ===", f"Overall: {passed}/{len(seen)} criteria passed"]
    for number, (one, verdict) in enumerate(seen, 1):
        rows.append(f"{marks[verdict]} Criterion {number}: {line(one['text'])}")
        rows += [f"  Measurable: {line(one['measurable'])}"] if one["measurable"] else []
        why = f"Requires manual validation: {one['why']}" if verdict == "manual" else one["why"]
        rows.append(f"  Result: {line(why)}")
    if passed < len(seen):
        rows.append("Warning: Not all success criteria met")
    return "\n".join(rows) + "\n"


def reviewed(shared: Mapping[str, Sequence[str]]) -> str:
    """Give who else works on the files of what was completed."""
    rows = [f"  {one}: {line(', '.join(files))}" for one, files in shared.items()] or [
        "  No open task shares its files"
    ]
    return "\n=== Impact Review ===\nOpen tasks that reference the same files:\n" + "\n".join(rows) + "\n"


def measured(figures: Document) -> str:
    """Give the feedback's averages."""
    back = figures["feedback"]
    head = f"Feedback metrics ({figures['period']}):" if figures.get("period") else "Feedback metrics:"
    quality, timeliness = (
        f"{back[key]:.1f}/5" if back[key] is not None else "N/A" for key in ("quality", "timeliness")
    )
    share = f"{100 * back['tasks'] / back['completed']:.1f}" if back["completed"] else "0.0"
    return (
        f"{head}\n  Average Quality: {quality}\n  Average Timeliness: {timeliness}\n"
        f"  Tasks with feedback: {back['tasks']}\n  Total tasks: {back['completed']}\n  Feedback coverage: {share}%\n"
    )


_NEWS = {
    "unblocked": "[UNBLOCKED] Task {id} unblocked - dependencies completed",
    "discovery": "[DISCOVERY] DISCOVERY in {id}: {text}",
    "impact_review": "[DISCOVERY] Task {id} completed with impact review - check related file references: {text}",
}
_OTHER = "[{KIND}] Task {id}: {text}"


def _flat(one: Document) -> dict[str, str]:
    return {"id": one["id"], "text": line(one["text"]), "KIND": one["kind"].upper()}


def notified(found: Sequence[Document]) -> str:
    """Give what is new to this reader."""
    if not found:
        return "No new notifications\n"
    rows = [f"{_NEWS.get(one['kind'], _OTHER).format_map(_flat(one))}\n  Time: {one['at']}\n\n" for one in found]
    return f"=== {len(found)} New Notification(s) ===\n" + "".join(rows)
