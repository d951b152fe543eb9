"""Every task as a record that can be kept elsewhere and brought back whole; changes nothing."""

from __future__ import annotations

from collections import namedtuple

from tmfiles import codec
from tmfiles.actions.asking import asked
from tmfiles.errors import TmError
from tmfiles.interop import formats
from tmfiles.store import FOLDER, place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from tmfiles.errors import Problem
    from tmfiles.query import Query
    from tmfiles.task import Task
    from tmfiles.workspace import Workspace


# Keys of a line that are the export's own.
OURS = ("id", "_text", "_path")


class Record(namedtuple("Record", "task status text path")):
    """One task for export: itself, its effective status, and what its document alone would not bring back.

    `text` is the file's own text where it is not what tm would write (comments, order, quoting), else "";
    `path` likewise, where a person put the file in a folder of their own.
    """

    __slots__ = ()

    task: Task
    status: str
    text: str
    path: str


def records(workspace: Workspace, query: Query) -> tuple[list[Record], list[Problem]]:
    """Give the tasks to export in the order of the query, and the problems of files that are no tasks."""
    view = workspace.read()
    statuses = {row.id: row.status for row in view.rows(asked(workspace, view, query))}
    by_id = {task.id: task for task in view.tasks(statuses)}
    return [_record(workspace, by_id[one], status) for one, status in statuses.items()], view.errors()


def _record(workspace: Workspace, task: Task, status: str) -> Record:
    try:
        data = workspace.store.read(task.path)
    except OSError as error:
        raise TmError(f"cannot read {FOLDER}/{task.path}: {error.strerror}", "try again", "invalid") from error
    # Keys of a person's own that are named like ours are told by the file's own text.
    text = "" if data == codec.dumps(task.doc) and not task.doc.keys() & set(OURS) else data.decode("utf-8")
    usual = (place(task.id, "flat", 0), place(task.id, "sharded", 0))
    return Record(task, status, text, "" if task.path in usual else task.path)


def foreign(found: list[Record], kind: str) -> bytes | dict[str, bytes]:
    """Write tasks as another program's file, or as the files of its folder, by path there."""
    return formats.written(kind, {one.task.id: codec.normal(one.task.doc) for one in found})


def documents(found: list[Record]) -> Iterator[dict[str, Any]]:
    """Give what a line of JSON holds: id, the document, and `_text` and `_path` where they say more."""
    for one in found:
        doc = {key: value for key, value in one.task.doc.items() if key not in OURS}
        kept = {"_text": one.text, "_path": one.path}
        yield {"id": one.task.id, **doc, **{key: value for key, value in kept.items() if value}}
