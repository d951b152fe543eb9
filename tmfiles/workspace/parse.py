"""Reads one task file's bytes into what the cache holds of it; touches no file."""

from __future__ import annotations

import json

from tmfiles import codec, ids, rules
from tmfiles.dates import canonical
from tmfiles.errors import Problem, TmError
from tmfiles.index import Entry
from tmfiles.store import FOLDER, id_of
from tmfiles.task import DEFAULTS, LINKS, PRIORITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
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
    return _good(path, digest, doc, problems)


def _good(path: str, digest: bytes, doc: dict[str, Any], problems: list[Problem]) -> Entry:
    found = Entry(path, digest, problems)
    found.doc = json.dumps(doc, ensure_ascii=False)

    def text(key: str) -> str:
        return str(doc.get(key) or DEFAULTS.get(key, ""))

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
    )
    for kind in LINKS:
        value = doc.get(kind)
        named = value if isinstance(value, list) else [value] if value else []
        found.links += [(kind, other) for other in dict.fromkeys(named)]
    found.tags = list(dict.fromkeys(doc.get("tags") or ()))
    return found
