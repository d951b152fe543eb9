"""What every importer gives: tasks, types to declare, what was decided; knows no format."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from tmfiles import ids, rules
from tmfiles.errors import Problem, TmError
from tmfiles.task import TYPES


class Entry(NamedTuple):
    """One thing that was decided, left out or kept aside; `id` is empty where it is about many tasks."""

    kind: str
    id: str
    message: str

    def __str__(self) -> str:
        return f"{self.id}: {self.message}" if self.id else self.message


class Note(NamedTuple):
    """What somebody kept on a task for themselves."""

    id: str
    by: str
    text: str


class Import(NamedTuple):
    """What a foreign file becomes: documents by id, types to declare in `config.yaml`, what was decided.

    `files` has, for tasks that bring their own file along, its path below `.tasks/` ("" for the usual one)
    and its bytes (empty for what tm makes of the document). `notes` are private and go into no commit;
    `settings` are what `config.yaml` must say from now on; `beside` are files of the store that are no tasks. Where
    `aside` is set, links may name what is nowhere or lead back, and what cannot be let in belongs into `fields` under
    that name.
    """

    tasks: dict[str, dict[str, Any]]
    types: tuple[str, ...]
    report: tuple[Entry, ...]
    files: Mapping[str, tuple[str, bytes]] = MappingProxyType({})
    notes: tuple[Note, ...] = ()
    settings: Mapping[str, Any] = MappingProxyType({})
    beside: Mapping[str, bytes] = MappingProxyType({})
    aside: str = ""

    @classmethod
    def of(cls, tasks: dict[str, dict[str, Any]], report: Iterable[Entry], **more: Any) -> Import:
        """Make the value; the types to declare are those of the tasks that are not built in."""
        types = {str(doc["type"]) for doc in tasks.values() if doc.get("type")} - set(TYPES)
        return cls(tasks, tuple(sorted(types)), tuple(report), **more)


def text_of(data: bytes, path: str) -> str:
    """Give a file's text without its byte order mark; raises TmError with the line where it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = Problem(path, line, 1, "import", f"not UTF-8: byte 0x{data[error.start]:02x}")
        raise TmError(f"{path or 'the input'} cannot be imported", "save it as UTF-8", "invalid", [problem]) from error


def made_id(title: str) -> str:
    """Make an id that follows from a title, so that what has no id of its own comes in once."""
    digest = hashlib.sha256(" ".join(title.split()).encode("utf-8", "surrogatepass")).hexdigest()
    return "abcdef"[int(digest[:8], 16) % 6] + digest[8:15]


def faults(doc: Mapping[str, Any]) -> list[str]:
    """Give what makes a document no task; a type that is not known yet is declared when it comes in."""
    types = [doc["type"]] if isinstance(doc.get("type"), str) else []
    return [one.message for one in rules.file_problems(doc, "", types=types) if one.severity == "error"]


def sound(found: Iterable[tuple[int, dict[str, Any]]], path: str, problems: list[Problem]) -> dict[str, dict[str, Any]]:
    """Give documents by id, from (line number, document with its id) pairs; an id that is missing is made.

    Raises TmError with the `problems` there are already and those of each document.
    """
    tasks: dict[str, dict[str, Any]] = {}
    for number, doc in found:
        task_id = doc.pop("id", "") or made_id(doc.get("title", ""))
        wrong = faults(doc)
        if reason := ids.invalid(task_id):
            wrong.append(reason)
        if task_id in tasks:
            wrong.append(f"the id {task_id!r} is there twice, or two tasks without an id have one title")
        problems += [Problem(path, number, 1, "import", message) for message in wrong]
        tasks[task_id] = doc
    if problems:
        raise TmError(f"{path or 'the input'} cannot be imported", "nothing came in", "invalid", problems)
    return tasks
