"""Lines of JSON as records, every broken line told with its place; knows nothing of what the records mean."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tmfiles.errors import Problem
from tmfiles.task import UNSAFE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

DEEPEST = 12  # levels; a task file may have 20, and some are needed for where a record is put
_SIGNS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\n]')
# What JSON leaves as it is within text, but a terminal obeys.
ESCAPED = {code: f"\\u{code:04x}" for code in UNSAFE if code > 31}
MARKERS = (b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")


def records(
    lines: Iterable[bytes], path: str = "", deepest: int = DEEPEST
) -> tuple[list[tuple[int, dict[str, Any]]], list[Problem]]:
    """Parse one object a line, blank lines aside; give (line number, object) pairs and what is broken.

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
    """Parse one list of objects, as `records` does lines; the numbers are those of the lines where they begin."""
    value, line, problems = placed(data, path)
    if problems:
        return [], problems
    return sound(value if isinstance(value, list) else [value], line, path, deepest)


def sound(
    values: Iterable[Any], line: Callable[[Any], int], path: str = "", deepest: int = DEEPEST
) -> tuple[list[tuple[int, dict[str, Any]]], list[Problem]]:
    """Give the objects among values of one file with their lines, and a problem for what is none."""
    found = []
    problems = []
    for number, one in enumerate(values, 1):
        try:
            found.append((line(one), _sound(one, deepest)))
        except _BrokenError as broken:
            problems.append(Problem(path, line(one), 0, "import", f"object {number}: {broken.message}"))
    return found, problems


def placed(data: bytes, path: str = "") -> tuple[Any, Callable[[Any], int], list[Problem]]:
    """Parse one value; give it, a function that tells the line where an object of it begins, and what is broken."""
    made: list[dict[str, Any]] = []

    def noted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made.append(_object(pairs))
        return made[-1]

    try:
        value = _parsed(data, noted)
    except _BrokenError as broken:
        return None, lambda _: 0, [Problem(path, broken.line, broken.column, "import", broken.message)]
    # Objects are made in the order in which they end, and so are their lines.
    lines = {id(one): line for one, line in zip(made, _beginnings(data.decode("utf-8-sig")), strict=True)}
    return value, lambda one: lines.get(id(one), 0), []


def _beginnings(text: str) -> Iterator[int]:
    """Give the line where each object of sound JSON begins, in the order in which they end."""
    line = 1
    open_at = []
    for sign in _SIGNS.findall(text):
        if sign == "\n":
            line += 1
        elif sign == "{":
            open_at.append(line)
        elif sign == "}":
            yield open_at.pop()


def rows(data: bytes, path: str = "", deepest: int = DEEPEST) -> tuple[list[tuple[int, dict[str, Any]]], list[Problem]]:
    """Parse one list of objects, or one object a line, whichever it is."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"[":
        return listed(data, path, deepest)
    return records(data.splitlines(keepends=True), path, deepest)


def parsed(text: str, deepest: int = 20) -> Any:
    """Read an object that another format carries as text; what cannot be read is given back as it is."""
    found, problems = records([text.encode("utf-8", "surrogatepass")], deepest=deepest)
    return found[0][1] if found and not problems else text


def line(value: Any, indent: int | None = None) -> str:
    """Write a value as JSON, on one line if there is no indent; no terminal obeys anything in it."""
    separators = (",", ":") if indent is None else None
    return json.dumps(value, ensure_ascii=False, separators=separators, indent=indent).translate(ESCAPED)


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


def _parsed(data: bytes, hook: Callable[[list[tuple[str, Any]]], dict[str, Any]] | None = None) -> Any:
    try:
        text = data.decode("utf-8-sig")
        record = json.loads(text, object_pairs_hook=hook or _object, parse_float=str, parse_constant=_refuse_constant)
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
