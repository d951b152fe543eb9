"""UUIDs as ids: which name is one, and which one a task gets that has none."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

# Names in it are ids of tasks; the space itself is that of RFC 4122, appendix C, for names of no other kind.
_SPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")


def is_uuid(name: str) -> bool:
    """Tell whether a name is a UUID in the usual form, in small letters."""
    parts = name.split("-")
    return [len(part) for part in parts] == [8, 4, 4, 4, 12] and not set("".join(parts)) - set("0123456789abcdef")


def uuids(tasks: Iterable[str]) -> dict[str, str]:
    """Give each id a UUID that follows from it: itself, if it is one."""
    return {task_id: task_id if is_uuid(task_id) else made(task_id) for task_id in tasks}


def made(task_id: str) -> str:
    """Make the UUID of an id that is none."""
    return str(uuid.uuid5(_SPACE, task_id))
