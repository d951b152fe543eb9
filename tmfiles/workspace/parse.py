"""Reads one task file's bytes into what the cache holds of it; touches no file."""

from __future__ import annotations

import json

from tmfiles import codec, ids, rules
from tmfiles.dates import canonical
from tmfiles.errors import Problem, TmError
from tmfiles.index import Entry
from tmfiles.store import FOLDER, id_of
from tmfiles.task import DEFAULTS, LINKS, PRIORITIES, about

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from tmfiles.config import Config


def entry(path: str, data: bytes, digest: bytes, config: Config) -> Entry:
    """Read one task file's bytes into what the cache holds of it."""
    place, task_id = f"{FOLDER}/{path}", id_of(path)
    problems = []
    if reason := ids.invalid(task_id):
        problems.append(Problem(place, 0, 0, "id", f"{reason}: rename the file"))
    try:
        doc = codec.loads(data, place)
    except TmError as error:
        return Entry.unreadable(path, task_id, digest, [*problems, *error.problems])
    problems += rules.file_problems(doc, place, data, types=config.all_types, task_id=task_id)
    if any(problem.severity == "error" for problem in problems):
        return Entry.unreadable(path, task_id, digest, problems)
    if config.declared:
        from tmfiles import policies

        # What a store declares of its own hides no task: it may be younger than the file.
        problems = policies.all_problems(problems, doc, place, data, config.declared)
    return sound(path, digest, doc, problems)


def sound(path: str, digest: bytes, doc: dict[str, Any], problems: list[Problem]) -> Entry:
    """Give what the cache holds of a task whose document has no errors."""
    found = Entry(path, digest, problems)
    found.doc = json.dumps(doc, ensure_ascii=False)

    def text(key: str) -> str:
        return str(doc.get(key) or DEFAULTS.get(key, ""))

    claim = doc.get("claim") or {}
    found.row = (
        id_of(path),
        text("status"),
        PRIORITIES.index(text("priority")),
        text("type"),
        text("assignee"),
        text("title"),
        canonical(text("due")),
        text("parent"),
        canonical(text("created_at")),
        canonical(text("wait_until")),
        str(claim.get("by") or ""),
        canonical(str(claim.get("until") or "")),
    )
    found.stage = (text("phase"), sum(one.get("met") is not True for one in doc.get("criteria") or ()))
    found.order = text("order")
    for kind in LINKS:
        value = doc.get(kind)
        named = value if isinstance(value, list) else [value] if value else []
        found.links += [(kind, other) for other in dict.fromkeys(named)]
    found.tags = list(dict.fromkeys(doc.get("tags") or ()))
    found.files = [about(file) for file in doc.get("files") or ()]
    found.fields = list(_fields("", doc.get("fields") or {}))
    return found


def _fields(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Give each value below `fields` as text with its name; what is nested has a name with dots."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _fields(f"{name}.{key}" if name else str(key), below)
    elif isinstance(value, list):
        for item in value:
            yield from _fields(name, item)
    elif value is not None and name:
        yield name, str(value).lower() if isinstance(value, bool) else str(value)
