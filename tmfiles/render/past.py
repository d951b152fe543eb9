"""The past as text and documents: commits by task and field, where values come from, what differs; pure."""

from __future__ import annotations

from tmfiles.changes import worded
from tmfiles.dates import ago
from tmfiles.history.events import who
from tmfiles.render.documents import commit, compact
from tmfiles.render.text import line, paragraphs
from tmfiles.store import FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from tmfiles.changes import Difference
    from tmfiles.git.history import Commit
    from tmfiles.history.blame import Line
    from tmfiles.history.events import Deleted, Event, Told
    from tmfiles.history.undoing import Step

# Times and names that tm keeps beside a change of status: said once is enough.
_ALONG = ("started_at", "completed_at", "created_at", "created_by")
# An import of thousands is told by its first few.
_TASKS = 10
_INDENT = "    "


def event(one: Event, now: datetime, *, alone: bool, patch: bool) -> str:
    """Give a commit and, indented, what it did; `alone` leaves out the id where all is about one task."""
    text = f"{one.commit.id[:10]}  {_when(one.commit, now)}  {line(who(one.commit))}  {line(one.commit.subject)}\n"
    for task in one.tasks[:_TASKS]:
        rows = words(task)
        text += "".join(f"{_INDENT}{row}\n" for row in rows) if alone else f"{_INDENT}{task.id}  {'; '.join(rows)}\n"
        text += _patch(task) if patch else ""
    if len(one.tasks) > _TASKS:
        text += f"{_INDENT}and {len(one.tasks) - _TASKS} more tasks\n"
    return text


def step(one: Step, now: datetime) -> str:
    """Give a command that can be taken back, or what is in the way."""
    text = f"{one.commit.id[:10]}  {_when(one.commit, now)}  {line(one.commit.subject)}\n"
    return text + (f"{_INDENT}changed since: {', '.join(one.changed)}\n" if one.changed else "")


def _when(one: Commit, now: datetime) -> str:
    return f"{one.at:%Y-%m-%d %H:%M}Z  {ago(one.at, now)}"


def words(task: Told) -> list[str]:
    """Word what became of a task, a line for each field; always at least one."""
    rows = []
    if task.what == "moved":
        rows.append(f"moved to {line(task.path)}")
    if not task.readable:
        return rows or [f"{task.what}, and cannot be read as a task" + (" on one of the two sides" * bool(task.before))]
    if task.what in ("added", "deleted"):
        return [f"{task.what}: {line(task.title)}"]
    told = [one for one in task.fields if one.field not in _ALONG] or task.fields
    return rows + [line(worded(one)) for one in told] or ["layout or comments only"]


def differing(tasks: Sequence[Told], *, patch: bool) -> str:
    """Give tasks that differ between two states, each with its title and, indented, its fields."""
    text = ""
    for task in tasks:
        rows = words(task)
        if task.what in ("added", "deleted") and task.readable:
            text += f"{task.id}  {rows[0]}\n"
        else:
            text += f"{task.id}  {line(task.title)}".rstrip() + "\n" + "".join(f"{_INDENT}{row}\n" for row in rows)
        text += _patch(task) if patch else ""
    return text


def deleted(one: Deleted, now: datetime) -> str:
    """Give a line about a task that was deleted."""
    task = f"{one.task.id}  {line(one.task.title)}".rstrip()
    at = f"{ago(one.commit.at, now)} ({one.commit.at:%Y-%m-%d %H:%M}Z)"
    return f"{task}  deleted {at} by {line(who(one.commit))} in {one.commit.id[:10]}\n"


def blame(lines: Sequence[Line], now: datetime) -> str:
    """Give a line a field: commit, when, who, the field and its value in short."""
    rows = []
    for one in lines:
        made = (one.commit.id[:10], ago(one.commit.at, now), line(who(one.commit))) if one.commit else ("", "", "")
        rows.append((made[0] or "not committed", *made[1:], f"{line(one.field)}: {_short(one.value)}"))
    sizes = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
    return "".join("  ".join((*(row[i].ljust(sizes[i]) for i in range(3)), row[3])) + "\n" for row in rows)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else compact(value)
    flat = " ".join(line(text).split())
    return flat if len(flat) <= 60 else flat[:59].rstrip() + "…"


def _patch(task: Told) -> str:
    return "".join(f"{_INDENT}{row}\n" for row in patch(task).splitlines())


def patch(task: Told) -> str:
    """Give the difference of the two files as a unified diff, as far as they are text."""
    return unified(task.before, task.after, task.path, task.earlier or task.path)


def unified(
    before: bytes | str | None,
    after: bytes | str | None,
    path: str,
    earlier: str = "",
    folder: str = f"{FOLDER}/",
) -> str:
    """Give the difference of a file's two states, None for no file; the paths are relative to `folder`."""
    import difflib

    old, new = (paragraphs(_decoded(data)).splitlines() for data in (before, after))
    names = (f"a/{folder}{earlier or path}", f"b/{folder}{path}")
    names = ("/dev/null" if before is None else names[0], "/dev/null" if after is None else names[1])
    return "".join(f"{row}\n" for row in difflib.unified_diff(old, new, *names, lineterm=""))


def _decoded(data: bytes | str | None) -> str:
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else data or ""


# -- documents ----------------------------------------------------------------------------------------------


def told_document(task: Told, *, with_patch: bool) -> dict[str, Any]:
    """Give what became of a task as an object."""
    return {
        "id": task.id,
        "title": task.title,
        "what": task.what,
        "path": f"{FOLDER}/{task.path}",
        "earlier": f"{FOLDER}/{task.earlier}" if task.earlier else None,
        "readable": task.readable,
        "fields": [_field(one) for one in task.fields],
        **({"patch": patch(task)} if with_patch else {}),
    }


def _field(one: Difference) -> dict[str, Any]:
    return {
        "field": one.field,
        "kind": one.kind,
        "old": one.old,
        "new": one.new,
        "added": list(one.added),
        "removed": list(one.removed),
        "words": worded(one),
    }


def event_document(one: Event, *, with_patch: bool) -> dict[str, Any]:
    """Give a commit with what it did to which tasks."""
    return {
        **commit(one.commit),
        "by": who(one.commit),
        "tasks": [told_document(task, with_patch=with_patch) for task in one.tasks],
    }


def deleted_document(one: Deleted, *, with_patch: bool) -> dict[str, Any]:
    """Give the commit that deleted a task, and that task alone."""
    return {**commit(one.commit), "by": who(one.commit), "tasks": [told_document(one.task, with_patch=with_patch)]}


def step_document(one: Step) -> dict[str, Any]:
    """Give a command that was not taken back, with what has changed since."""
    return {**commit(one.commit), "changed_since": list(one.changed)}


def blame_document(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Give each field with its value and where it comes from."""
    return [
        {
            "field": one.field,
            "value": one.value,
            "commit": one.commit.id if one.commit else None,
            "at": one.commit.at.strftime("%Y-%m-%dT%H:%M:%SZ") if one.commit else None,
            "by": who(one.commit) if one.commit else None,
        }
        for one in lines
    ]
