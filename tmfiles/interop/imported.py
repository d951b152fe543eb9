"""What every importer gives: tasks, types to declare, what was decided; knows no format."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Entry(NamedTuple):
    """One thing that was decided, left out or kept aside; `id` is empty where it is about many tasks."""

    kind: str
    id: str
    message: str

    def __str__(self) -> str:
        return f"{self.id}: {self.message}" if self.id else self.message


class Import(NamedTuple):
    """What a foreign file becomes: documents by id, types to declare in `config.yaml`, what was decided.

    `files` has, for tasks that bring their own file along, its path below `.tasks/` ("" for the usual one)
    and its bytes (empty for what tm makes of the document).
    """

    tasks: dict[str, dict[str, Any]]
    types: tuple[str, ...]
    report: tuple[Entry, ...]
    files: Mapping[str, tuple[str, bytes]] = MappingProxyType({})
