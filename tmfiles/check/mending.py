"""What has one right answer, mended in the text of one file; reads and writes none.

A slip in a key that can mean one key only and that the task does not have; a status, priority or type that differs
from a known one in case or hyphens alone; the same item twice in a set; a link of a task to itself; UTF-16.
"""

from __future__ import annotations

from tmfiles import codec
from tmfiles.codec.rename import renamed
from tmfiles.errors import TmError
from tmfiles.task import LINKS, PRIORITIES, SETS, SHAPES, STATUSES
from tmfiles.words import distance, plain, tolerance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    Pointer = tuple[str | int, ...]
    Step = tuple[bytes, str]

_MOST = 100  # in one file; who makes more has made another kind of mistake


def mended(data: bytes, task_id: str, types: Sequence[str]) -> tuple[bytes, list[str]]:
    """Give a file's text without what has one right answer, and what was done in words."""
    words = []
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            data = data.decode("utf-16").encode()
            words.append("written as UTF-8")
        except UnicodeDecodeError:
            return data, []
    for _ in range(_MOST):
        try:
            step = next(_steps(data, codec.loads(data), task_id, types), None)
        except TmError:
            break  # what is wrong besides is for a person to mend
        if step is None:
            break
        data, word = step
        words.append(word)
    return data, words


def _steps(data: bytes, doc: Mapping[str, Any], task_id: str, types: Sequence[str]) -> Iterator[Step]:
    for pointer, mapping, shape in _mappings(doc):
        for key in mapping:
            name = _meant(key, shape) if isinstance(key, str) and key not in shape else ""
            if name and name not in mapping:
                yield renamed(data, (*pointer, key), name), f"{key} is now {name}"
    for key, choices in (("status", STATUSES), ("priority", PRIORITIES), ("type", types)):
        value = doc.get(key)
        if isinstance(value, str) and value not in choices:
            same = [choice for choice in choices if plain(choice) == plain(value)]
            if len(same) == 1:
                yield codec.patch(data, {key: same[0]}), f"{key} is now {same[0]}"
    for key in SETS:
        items = doc.get(key)
        if isinstance(items, list) and all(isinstance(one, str) for one in items) and len(set(items)) < len(items):
            yield codec.patch(data, {key: list(dict.fromkeys(items))}), f"{key} holds nothing twice now"
    for key in LINKS:
        value = doc.get(key)
        if value == task_id:
            yield codec.patch(data, {key: None}), f"{key} named the task itself"
        elif isinstance(value, list) and task_id in value:
            left = [one for one in value if one != task_id]
            yield codec.patch(data, {key: left or None}), f"{key} named the task itself"


def _mappings(doc: Mapping[str, Any]) -> Iterator[tuple[Pointer, Mapping[str, Any], Mapping[str, Any]]]:
    """Give the mappings whose keys are known, with their place and their keys."""
    yield (), doc, SHAPES
    for key, shape in SHAPES.items():
        value = doc.get(key)
        if isinstance(shape, dict) and shape and isinstance(value, dict):
            yield (key,), value, shape
        elif isinstance(shape, list) and isinstance(shape[0], dict) and isinstance(value, list):
            for at, item in enumerate(value):
                if isinstance(item, dict):
                    yield (key, at), item, shape[0]


def _meant(key: str, known: Mapping[str, Any]) -> str:
    """Give the one known key that this may be a slip of; '' where there are more, or none."""
    near = [name for name in known if distance(key.lower(), name, tolerance(name)) <= tolerance(name)]
    return near[0] if len(near) == 1 else ""
