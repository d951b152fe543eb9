"""The task as a value: which fields a document has, in which order and of which shape; reads no file."""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

STATUSES = ("pending", "in_progress", "blocked", "completed", "cancelled")
CLOSED = ("completed", "cancelled")
# The one folder that says something: closed tasks, by year, out of the way of lists.
ARCHIVE = "archive/"
PRIORITIES = ("critical", "high", "medium", "low")
TYPES = ("task", "bug", "feature", "epic", "chore")
JOURNAL_KINDS = ("comment", "share", "discovery", "checkpoint", "progress", "merge")
# The rank of a task that has no `order`: what is to come before all of those sorts before it, and the other way round.
MIDDLE = "i"
DEFAULTS = {"status": "pending", "priority": "medium", "type": "task"}
# C0 and C1 controls, DEL, and the marks that turn the direction of text: none may reach a terminal, so neither
# a commit's message, which Git's own log shows there.
UNSAFE = dict.fromkeys([*range(32), *range(127, 160), 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])

# A shape says what a scalar's own text means: "str" takes the text, "int" and "bool" want that type,
# None takes whatever YAML 1.2 makes of it. A list of one shape is a sequence of it, a dict a mapping
# with those keys (others are None). The order of the keys is the order in which tm writes them.
SHAPES: dict[str, Any] = {
    "title": "str",
    "status": "str",
    "priority": "str",
    "type": "str",
    "assignee": "str",
    "tags": ["str"],
    "depends_on": ["str"],
    "related": ["str"],
    "source": "str",
    "parent": "str",
    "phase": "str",
    "order": "str",
    "specialty": "str",
    "due": "str",
    "wait_until": "str",
    "repeat": "str",
    "estimate": "str",
    "actual": "str",
    "created_at": "str",
    "created_by": "str",
    "context": "str",
    "description": "str",
    "criteria": [{"text": "str", "measurable": "str", "met": "bool"}],
    "files": ["str"],
    "links": ["str"],
    "participants": ["str"],
    "journal": [{"at": "str", "by": "str", "kind": "str", "text": "str", "request": "str"}],
    "feedback": {"quality": "int", "timeliness": "int", "text": "str", "by": "str"},
    "claim": {"by": "str", "at": "str", "until": "str"},
    "started_at": "str",
    "completed_at": "str",
    "result": "str",
    "reason": "str",
    "fields": {},
}

# Sets: sorted and without repeats when tm writes them.
SETS = ("tags", "depends_on", "related", "files", "links", "participants")
# Long text: written as a block scalar, appended to rather than replaced.
PROSE = ("context", "description", "result", "reason")
# Keys whose values are ids of other tasks.
LINKS = ("depends_on", "related", "source", "parent")


def without_empty(doc: dict[str, Any]) -> dict[str, Any]:
    """Leave out known keys that hold nothing (None, empty text, list or mapping); unknown keys stay."""
    return {k: v for k, v in doc.items() if k not in SHAPES or v not in (None, "", [], {})}


def joined(old: Sequence[str], new: Iterable[str]) -> list[str]:
    """Give a set with more items: in order where it was, else behind what a person put in an order of their own."""
    more = sorted(set(new) - set(old))
    return sorted({*old, *more}) if list(old) == sorted(old) else [*old, *more]


def about(file: str) -> str:
    """Give the path that an entry of `files` names, without its lines: `src/auth.py` for `./src/auth.py:10-50`."""
    path, colon, lines = file.strip().rpartition(":")
    first, _, last = lines.partition("-")
    plain = path if colon and path and first.isdigit() and (last.isdigit() or "-" not in lines) else file.strip()
    parts = [part for part in plain.replace("\\", "/").split("/") if part not in ("", ".")]
    return ("/" if plain.startswith("/") else "") + "/".join(parts)


class Task(namedtuple("Task", "id path doc")):
    """One task: its id, the path of its file below `.tasks/`, and the document as the file has it."""

    __slots__ = ()

    id: str
    path: str
    doc: dict[str, Any]

    @property
    def title(self) -> str:
        """The title."""
        return str(self.doc.get("title", ""))

    @property
    def status(self) -> str:
        """The stored status; the effective one is the graph's to tell."""
        return str(self.doc.get("status", "pending"))

    def get(self, key: str) -> Any:
        """Give a field, or its default, or None."""
        return self.doc.get(key, DEFAULTS.get(key))
