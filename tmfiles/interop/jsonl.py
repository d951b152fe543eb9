"""Lines of JSON as records, every broken line told with its place; knows nothing of what the records mean."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tmfiles.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

DEEPEST = 12  # levels; a task file may have 20, and some are needed for where a record is put
MARKERS = (b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")


def records(
    lines: Iterable[bytes], path: str = "", deepest: int = DEEPEST
) -> tuple[list[tuple[int, dict[str, Any]]], list[Problem]]:
    """Parse one object a line, blank lines aside; return (line number, object) pairs and what is broken.

    Numbers with a fraction come as their own text, none rounded. A key given twice, NaN, and half a
    surrogate pair are broken too: whatever was meant would be lost.
    """
    found = []
    problems = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append((number, _record(line, deepest)))
        except _BrokenError as broken:
            problems.append(Problem(path, number, broken.column, "import", broken.message))
    return found, problems


def listed(
    data: bytes, path: str = "", deepest: int = DEEPEST
) -> tuple[list[tuple[int, dict[str, Any]]], list[Problem]]:
    """Parse one list of objects, as `records` does lines; the numbers are those of the objects, from 1."""
    found = []
    problems = []
    try:
        for number, one in enumerate(_parsed(data), 1):
            try:
                found.append((number, _sound(one, deepest)))
            except _BrokenError as broken:
                problems.append(Problem(path, 0, 0, "import", f"object {number}: {broken.message}"))
    except _BrokenError as broken:
        problems.append(Problem(path, broken.line, broken.column, "import", broken.message))
    return found, problems


class _BrokenError(Exception):
    def __init__(self, column: int, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.column = column
        self.message = message
        self.line = line


def _record(line: bytes, deepest: int) -> dict[str, Any]:
    if line.startswith(MARKERS):
        raise _BrokenError(1, "a mark of an unfinished merge; settle the merge in this file first")
    return _sound(_parsed(line), deepest)


def _parsed(data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
        record = json.loads(text, object_pairs_hook=_object, parse_float=str, parse_constant=_refuse_constant)
        if "\\ud" in text.lower():
            json.dumps(record, ensure_ascii=False).encode()
    except UnicodeDecodeError as e:
        raise _BrokenError(e.start + 1, f"not UTF-8: byte 0x{data[e.start]:02x}") from None
    except UnicodeEncodeError:
        raise _BrokenError(1, "half of a surrogate pair, which is no character") from None
    except json.JSONDecodeError as e:
        raise _BrokenError(e.colno, f"not JSON: {e.msg[:1].lower()}{e.msg[1:]}", e.lineno) from None
    except RecursionError:
        raise _BrokenError(1, "nested too deep") from None
    except ValueError as e:
        raise _BrokenError(1, str(e) if str(e).startswith("not JSON") else "a number is too long") from None
    return record


def _sound(record: Any, deepest: int) -> dict[str, Any]:
    if not isinstance(record, dict):
        raise _BrokenError(1, "not an object: it must be {…}")
    level: list[Any] = [record]
    for _ in range(deepest):
        level = [child for one in level for child in _children(one)]
    if level:
        raise _BrokenError(1, f"nested too deep: more than {deepest} levels")
    return record


def _children(value: object) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"not JSON as meant: the key {twice!r} is given twice")
    return made


def _refuse_constant(word: str) -> float:
    raise ValueError(f"not JSON: {word} is no number")
