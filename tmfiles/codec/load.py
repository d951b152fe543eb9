"""Bytes to documents: what a task file says and what is wrong with it; writes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tmfiles.codec.tree import Branch, problem_at, tree
from tmfiles.errors import Problem, TmError
from tmfiles.task import SHAPES, without_empty

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

MAX_BYTES = 1024 * 1024
# Python refuses to read numbers of over 4,300 digits; what is longer than this is text.
MAX_DIGITS = 1000
BOM = b"\xef\xbb\xbf"

_NO_SHAPES: dict[str, Any] = {}
_NULLS = frozenset(("", "~", "null"))
_INT = re.compile(r"-?(?:0|[1-9][0-9]*)$")
_MARKER = re.compile(rb"^(?:<<<<<<< |>>>>>>> )", re.MULTILINE)


def loads(data: bytes, path: str = "", shapes: Mapping[str, Any] = SHAPES) -> dict[str, Any]:
    """Read a file strictly; known keys that hold nothing are left out, unknown ones stay.

    `shapes` says where a plain scalar is text whatever it looks like; `{}` reads plain YAML 1.2.
    Raises TmError (`invalid`) with every problem found. A number with a fraction is read as its text.
    """
    text, problem = decoded(data)
    if problem:
        raise _invalid(path, [problem])
    root, problems = tree(text)
    if not isinstance(root, Branch) or not root.is_map:
        if not problems:
            problems.append(_no_mapping(root))
        raise _invalid(path, problems)
    doc: dict[str, Any] = _mapping(root, shapes, problems)
    if problems:
        raise _invalid(path, problems)
    return without_empty(doc) if shapes is SHAPES else doc


def locate(data: bytes, pointer: Sequence[str | int]) -> tuple[int, int]:
    """Find the line and column (from 1) of what a JSON pointer names: a mapping's key, a list's item.

    What is not there is answered by the nearest ancestor that is, an unreadable file by its beginning.
    """
    text, problem = decoded(data)
    node = None if problem else tree(text)[0]
    if node is None:
        return 1, 1
    mark = node.start_mark
    for step in pointer:
        if not isinstance(node, Branch):
            break
        if node.is_map:
            found = next((pair for pair in node.pairs() if getattr(pair[0], "value", None) == str(step)), None)
            if found is None:
                break
            mark, node = found[0].start_mark, found[1]
        else:
            if not isinstance(step, int) or not 0 <= step < len(node.items):
                break
            node = node.items[step]
            mark = node.start_mark
    return mark.line + 1, mark.column + 1


def decoded(data: bytes) -> tuple[str, Problem | None]:
    """Turn bytes into text without its byte order mark, or say why they are none."""
    if len(data) > MAX_BYTES:
        return "", Problem("", 0, 0, "too-large", f"{len(data):,} bytes; a task file may have {MAX_BYTES:,}")
    if b"<<<<<<< " in data or b">>>>>>> " in data:
        marker = _MARKER.search(data)
        if marker:
            line, column = _place(data, marker.start())
            told = "an unfinished merge left its markers here; keep one side and remove them"
            return "", Problem("", line, column, "conflict-markers", told)
    try:
        text = data.decode("utf-8-sig" if data.startswith(BOM) else "utf-8")
    except UnicodeDecodeError as error:
        return "", _no_text(data, error.start)
    return text, None


def _no_text(data: bytes, at: int) -> Problem:
    line, column = _place(data, at)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        told = "this is UTF-16; save the file as UTF-8"
    else:
        told = f"the byte 0x{data[at]:02x} is not UTF-8 text; save the file as UTF-8"
    return Problem("", line, column, "encoding", told)


def _place(data: bytes, at: int) -> tuple[int, int]:
    before = data[:at]
    return before.count(b"\n") + 1, at - before.rfind(b"\n")


def _no_mapping(root: Any) -> Problem:
    if root is None or (not isinstance(root, Branch) and not root.value and not root.style):
        return Problem("", 1, 1, "empty", "the file is empty; a task needs at least 'title: …'")
    return problem_at(root.start_mark, "not-a-mapping", "a task is made of 'key: value' lines; this is none")


def _invalid(path: str, problems: list[Problem]) -> TmError:
    told = [problem._replace(path=path) for problem in problems]
    more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
    return TmError(str(told[0]) + more, "correct the file by hand", "invalid", told)


def _mapping(branch: Branch, shapes: Any, problems: list[Problem]) -> dict[str, Any]:
    """Make a dict of a mapping; `shapes` names the shapes of its values, where it is a dict."""
    doc: dict[str, Any] = {}
    shape_of = (shapes if isinstance(shapes, Mapping) else _NO_SHAPES).get
    items = iter(branch.items)
    for key in items:
        node = next(items)
        if type(key) is Branch:
            problems.append(problem_at(key.start_mark, "yaml", "a key is a word; quote it if it begins with [ or {"))
            continue
        name = key.value
        if name in doc:
            problems.append(problem_at(key.start_mark, "duplicate-key", f"'{name}' is here twice; keep one"))
        elif name == "<<" and not key.style:
            problems.append(problem_at(key.start_mark, "anchor", "'<<' merges another value; write it out"))
        if type(node) is Branch:
            doc[name] = _branch(node, shape_of(name), problems)
        else:
            doc[name] = _scalar(node, shape_of(name))
    return doc


def _branch(branch: Branch, shape: Any, problems: list[Problem]) -> Any:
    if branch.is_map:
        return _mapping(branch, shape, problems)
    inner = shape[0] if isinstance(shape, list) else None
    return [_branch(item, inner, problems) if type(item) is Branch else _scalar(item, inner) for item in branch.items]


def _scalar(event: Any, shape: Any) -> Any:
    text = event.value
    if event.style:  # quoted or a block
        return text
    if text in _NULLS:
        return None
    if shape == "str":
        return text
    if text == "true":
        return True
    if text == "false":
        return False
    if _INT.match(text) and len(text) <= MAX_DIGITS:
        return int(text)
    return text
