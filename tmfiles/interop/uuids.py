"""UUIDs as ids: which name is one, and which one a task gets that has none."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from tmfiles.interop.settling import named
from tmfiles.task import LINKS, SHAPES

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


def recalled(tasks: Mapping[str, dict[str, Any]], known: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Give the tasks under the ids of those that are known, where only the UUID made for one came back.

    Some programs drop all that they do not know from what they change, and with it the id.
    """
    made_ones = {task_id for task_id in tasks if is_uuid(task_id) and task_id[14] == "5"}
    ours = {made(task_id): task_id for task_id in known if task_id not in tasks} if made_ones else {}
    names = {task_id: ours[task_id] for task_id in made_ones & ours.keys()}
    if not names:
        return dict(tasks)
    return {names.get(task_id, task_id): _renamed(doc, names) for task_id, doc in tasks.items()}


def _renamed(doc: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    links = {
        field: names.get(doc[field], doc[field])
        if SHAPES[field] == "str"
        else sorted(names.get(one, one) for one in named(doc, field))
        for field in LINKS
        if field in doc
    }
    return {**doc, **links}
