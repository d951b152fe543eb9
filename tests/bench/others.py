"""Taskwarrior beside tm: the same tasks in its own files, and the commands that do the same there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.bench.generate import docs

_STATUS = {"completed": "completed", "cancelled": "deleted"}
_PRIORITY = {"critical": "H", "high": "H", "medium": "M", "low": "L"}


def taskwarrior(folder: Path, count: int) -> Iterator[tuple[str, Callable[[], Sequence[str]]]]:
    """Give rows of a table, each with a command of Taskwarrior's; none where it is not installed."""
    if not shutil.which("task"):
        return
    folder.mkdir()
    settings = folder / "taskrc"
    settings.write_text(f"data.location={folder}\nconfirmation=no\nverbose=nothing\nbulk=0\nrecurrence=no\n")
    open_ones = _write(folder, count)
    task = ("task", f"rc:{settings}")
    some = iter(open_ones)
    other = cycle([(open_ones[-1], "H"), (open_ones[-1], "L")])
    yield "task list", lambda: (*task, "list")
    yield "task limit:1 next", lambda: (*task, "limit:1", "next")
    yield "task +web list", lambda: (*task, "+web", "list")
    yield "task add", lambda: (*task, "add", "One more thing to do")
    yield "task modify", lambda: _modify(task, *next(other))
    yield "task done", lambda: (*task, next(some), "done")


def _modify(task: Sequence[str], task_id: str, priority: str) -> Sequence[str]:
    return (*task, task_id, "modify", f"priority:{priority}")


def _write(folder: Path, count: int) -> list[str]:
    """Write the tasks as Taskwarrior's files have them, and give the ids of pending ones, the last first."""
    files: dict[str, list[str]] = {"pending": [], "completed": []}
    ids = []
    for task_id, doc in docs(count):
        closed = doc["status"] in _STATUS
        files["completed" if closed else "pending"].append(_line(task_id, doc))
        if doc["status"] == "pending":
            ids.append(_uuid(task_id))
    for name, lines in files.items():
        (folder / f"{name}.data").write_text("".join(lines), encoding="utf-8")
    return ids[::-1]


def _uuid(task_id: str) -> str:
    return f"{task_id}-0000-4000-8000-000000000000"


def _line(task_id: str, doc: dict[str, Any]) -> str:
    fields = {
        "description": doc["title"],
        "entry": _epoch(doc["created_at"]),
        "status": _STATUS.get(doc["status"], "pending"),
        "uuid": _uuid(task_id),
        "priority": _PRIORITY[doc["priority"]],
        "project": doc["type"],
    }
    if "completed_at" in doc:
        fields["end"] = _epoch(doc["completed_at"])
    if "due" in doc:
        fields["due"] = _epoch(doc["due"] + "T00:00:00Z")
    if "tags" in doc:
        fields["tags"] = ",".join(doc["tags"])
        fields |= {f"tags_{tag}": "x" for tag in doc["tags"]}
    if "depends_on" in doc:
        fields["depends"] = ",".join(map(_uuid, doc["depends_on"]))
        fields |= {f"dep_{_uuid(other)}": "x" for other in doc["depends_on"]}
    return "[" + " ".join(f'{key}:"{value}"' for key, value in fields.items()) + "]\n"


def _epoch(text: str) -> str:
    return str(int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()))
