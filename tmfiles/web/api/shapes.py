"""What bodies of requests look like, as JSON Schema: read off the schema of tasks and the operations of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tmfiles import ids, schema
from tmfiles.actions.operations import ADDED, OPERATIONS
from tmfiles.task import LINKS
from tmfiles.web.api.reading import ID

# Keys of a task that come about by what is done to it, and are not for a patch to say.
KEPT = ("journal", "claim", "feedback", "created_at", "created_by", "started_at", "completed_at")
# What a patch may set, and never take away.
_LASTING = ("title", "status")
_TASK = schema.text("task")["properties"]
_LINK = {"type": "string", "pattern": ID, "examples": ["a1b2"]}
_WORDS = {"type": "string", "pattern": r"\S", "maxLength": 100_000}
_KINDS: Mapping[str, dict[str, Any]] = {
    "text": _WORDS,
    "id": _LINK,
    "texts": {"type": "array", "items": _WORDS, "minItems": 1, "maxItems": 1000},
    "ids": {"type": "array", "items": _LINK, "minItems": 1, "maxItems": 1000},
    "flag": {"type": "boolean"},
    "number": {"type": "integer"},
    "numbers": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 1000}, "minItems": 1},
    "criteria": _TASK["criteria"],
    "mapping": {"type": "object"},
}


def _field(key: str, kind: str = "") -> dict[str, Any]:
    """Give the schema of a task's field; links may be the beginnings of ids, and words of a list are at least one."""
    if key not in _TASK:
        return _KINDS[kind]
    told = {name: value for name, value in _TASK[key].items() if name in ("title", "description")}
    if key in LINKS:
        many = {"type": "array", "items": _LINK, "maxItems": 1000}
        return {**told, **(many if _TASK[key]["type"] == "array" else _LINK)}
    return {name: value for name, value in _TASK[key].items() if name != "default"}


def _body(keys: Mapping[str, str], must: Iterable[str] = ()) -> dict[str, Any]:
    found = {key: _field(key, kind) for key, kind in keys.items()}
    for key, kind in keys.items():
        if kind in ("texts", "ids", "criteria"):  # nothing of a list is said by leaving it out
            found[key] = {"minItems": 1, **found[key]}
        if kind == "text" and "pattern" not in found[key] and "enum" not in found[key]:
            found[key] = {**found[key], "pattern": r"\S"}
    required = [key for key in must if key in keys]
    whole: dict[str, Any] = {"type": "object", "properties": found, "additionalProperties": False}
    return {**whole, **({"required": required} if required else {})}


def _or_null(key: str) -> dict[str, Any]:
    found = _field(key)
    if key in _LASTING:
        return found
    choices = {"enum": [*found["enum"], None]} if "enum" in found else {}
    return {**found, **choices, "type": [found["type"], "null"]}


_ID = {"type": "string", "pattern": ids.PATTERN, "minLength": ids.SHORTEST, "maxLength": ids.LONGEST}
NEW = _body(ADDED, ("title",))
NEW["properties"]["id"] = {**_ID, "description": "Its id; left out: a random one."}
NEW_EXAMPLE = {"title": "Sessions expire while the user is typing", "priority": "high", "tags": ["auth"]}
PATCH = {
    "type": "object",
    "properties": {key: _or_null(key) for key in _TASK if key not in KEPT},
    "additionalProperties": False,
    "minProperties": 1,
}
PATCH_EXAMPLE = {"priority": "low", "assignee": "maria", "due": None}


def of_verb(op: str) -> dict[str, Any]:
    """Give what the body of an operation on one task holds: all that it takes but the task and `force`."""
    operation = OPERATIONS[op]
    return _body({key: kind for key, kind in operation.keys.items() if key not in ("id", "force")}, operation.must)


# Operations of a batch.
MOST = 2000


def of_batch() -> dict[str, Any]:
    """Give what a batch is: a list of operations, each with the keys that its kind takes, which the batch judges."""
    keys: dict[str, Any] = {"op": {"type": "string", "enum": list(OPERATIONS)}}
    for one in OPERATIONS.values():
        keys |= {key: _loose(kind) for key, kind in one.keys.items()}
    told = [f"`{op}`: {_told(one.keys, one.must)}" for op, one in OPERATIONS.items()]
    about = "An id may be the `$name` that an earlier operation gave `as`. What each takes, `*` what it must have: "
    each = {"type": "object", "required": ["op"], "properties": keys, "additionalProperties": False}
    operations = {
        "type": "array",
        "items": each,
        "minItems": 1,
        "maxItems": MOST,
        "description": about + "; ".join(told),
    }
    return {
        "type": "object",
        "properties": {"operations": operations},
        "required": ["operations"],
        "additionalProperties": False,
    }


def _loose(kind: str) -> dict[str, Any]:
    """Give the schema of a key that is one word or several, depending on the operation."""
    if kind in ("id", "ids", "text", "texts"):
        return {"type": ["string", "array"], "items": {"type": "string"}}
    return (
        {"type": ["array", "integer"], "items": {"type": "integer"}} if kind in ("number", "numbers") else _KINDS[kind]
    )


def _told(keys: Mapping[str, str], must: Iterable[str]) -> str:
    return ", ".join(f"{key}*" if key in must else key for key in keys)
