"""Every task as a record that can be kept elsewhere and brought back whole; changes nothing."""

from __future__ import annotations

from collections import namedtuple

from tmfiles import codec
from tmfiles.query import Query, checked
from tmfiles.store import place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from tmfiles.task import Task
    from tmfiles.workspace import Workspace


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


def records(workspace: Workspace, query: Query, *, everything: bool = True) -> list[Record]:
    """Give the tasks to export in the order of the query; closed ones too unless the query names statuses."""
    view = workspace.read()
    checked(query, view.config.all_types)
    rows = view.rows(query)
    chosen = {row.id: row.status for row in rows if everything or row.status not in ("completed", "cancelled")}
    by_id = {task.id: task for task in view.tasks() if task.id in chosen}
    return [_record(workspace, by_id[one], status) for one, status in chosen.items() if one in by_id]


def _record(workspace: Workspace, task: Task, status: str) -> Record:
    data = workspace.store.read(task.path)
    text = "" if data == codec.dumps(task.doc) else data.decode("utf-8")
    usual = (place(task.id, "flat", 0), place(task.id, "sharded", 0))
    return Record(task, status, text, "" if task.path in usual else task.path)


def documents(found: list[Record]) -> Iterator[dict[str, Any]]:
    """Give what a line of JSON holds: id, the document, and `_text` and `_path` where they say more."""
    for one in found:
        kept = {"_text": one.text, "_path": one.path}
        yield {"id": one.task.id, **one.task.doc, **{key: value for key, value in kept.items() if value}}
