"""Documents to canonical text: the order, the blank lines and the form of every value; reads none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tmfiles.codec import scalar
from tmfiles.codec.load import MAX_BYTES
from tmfiles.codec.wording import MAX_DEPTH, TOO_DEEP
from tmfiles.errors import TmError
from tmfiles.task import SETS, SHAPES, without_empty

WIDTH = 80
FLOW_ITEMS = 3
# YAML looks for the ':' of a key within 1,024 characters.
MAX_KEY = 1000

# Written on one line though they are mappings: they are set and taken away as a whole.
_ONE_LINE = frozenset(("claim",))
# The pairs without a blank line between them: git merges edits of neighbouring lines only where an
# unchanged line divides them, and these two alone are never edited, only written when a task is made.
_TOGETHER = frozenset((("created_at", "created_by"),))
_RANK = {key: place for place, key in enumerate(SHAPES)}


def normal(doc: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document as it reads once written: no empty known keys, sets sorted and without repeats."""
    done = without_empty(dict(doc))
    for key in SETS:
        value = done.get(key)
        if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
            done[key] = sorted(set(value))
    return done


def dumps(doc: Mapping[str, Any]) -> bytes:
    """Write the canonical text: known keys in their order, then unknown ones in their own.

    Raises TmError (`invalid`) for what would not be read back: numbers with a fraction, other types
    than those of JSON, half characters, over 20 levels or 1 MiB.
    """
    done = normal(doc)
    if not done:
        return b"{}\n"
    lines: list[str] = []
    before = ""
    for key in sorted(done, key=rank):
        if lines and lines[-1] and apart(before, key):
            lines.append("")
        lines += entry(key, done[key], 0)
        before = key
    data = "\n".join([*lines, ""]).encode()
    if len(data) > MAX_BYTES:
        raise TmError(f"{len(data):,} bytes; a task file may have {MAX_BYTES:,}", "shorten the text", "invalid")
    return data


def foreign(doc: Mapping[str, Any], times: bool = False, flowing: bool = False) -> bytes:
    """Write a mapping for another program's reader: its keys in their own order, without blank lines.

    `times` leaves dates and times unquoted, so that such a reader takes them for these; `flowing` writes every list
    on one line. Raises as `dumps` does.
    """
    lines: list[str] = []
    for key, value in doc.items():
        name = key_text(key)
        if flowing and isinstance(value, (list, tuple)):
            lines.append(f"{name}: {flow(value)}")
            continue
        first, below = layout(value, 0, "due" if times else "", len(name) + 2)
        lines += [f"{name}:{' ' + first if first else ''}", *below]
    return "\n".join([*lines, ""]).encode()


def rank(key: str) -> int:
    """Give the place of a top-level key in the canonical order; unknown keys come after all known."""
    return _RANK.get(key, len(_RANK))


def apart(before: str, key: str) -> bool:
    """Say whether a blank line stands between two neighbouring top-level keys."""
    return (before, key) not in _TOGETHER


def entry(key: str, value: Any, column: int, depth: int = 1) -> list[str]:
    """Write `key: value` as lines without their ends, at a column (from 0)."""
    name = key_text(key)
    first, lines = layout(value, column, key, len(name) + 2, depth)
    return [f"{' ' * column}{name}:{' ' + first if first else ''}", *lines]


def item(value: Any, column: int, depth: int = 1) -> list[str]:
    """Write `- value` as lines without their ends, its dash at a column (from 0)."""
    margin = " " * column
    if isinstance(value, Mapping) and value:
        check_depth(depth)
        lines = [line for key in value for line in entry(key, value[key], column + 2, depth + 1)]
        lines[0] = f"{margin}- {lines[0].lstrip(' ')}"
        return lines
    if isinstance(value, (Mapping, list, tuple)):
        return [f"{margin}- {flow(value, depth)}"]
    first, lines = layout(value, column, "", 2, depth)
    return [f"{margin}- {first}", *lines]


def layout(value: Any, column: int, key: str = "", taken: int = 0, depth: int = 1) -> tuple[str, list[str]]:
    """Write a value for a key at `column`: what stands on the key's line, and the lines below it.

    `taken` is the width the key itself takes; `depth` how many levels hold the value.
    """
    if isinstance(value, str):
        if "\n" in value and scalar.can_be_block(value):
            return scalar.block(value, column + 2)
        return scalar.inline(value, key=key), []
    if isinstance(value, Mapping):
        if not value or key in _ONE_LINE:
            return flow(value, depth), []
        check_depth(depth)
        return "", [line for name in value for line in entry(name, value[name], column + 2, depth + 1)]
    if isinstance(value, (list, tuple)):
        short = flow(value, depth) if can_flow(value) else ""
        if short and column + taken + len(short) <= WIDTH:
            return short, []
        check_depth(depth)
        return "", [line for one in value for line in item(one, column, depth + 1)]
    return scalar.inline(value, key=key), []


def can_flow(value: list[Any] | tuple[Any, ...]) -> bool:
    """Say whether a list is short enough, and its items simple enough, for `[a, b]`."""
    if len(value) > FLOW_ITEMS:
        return False
    return not any(isinstance(one, (Mapping, list, tuple)) or "\n" in str(one) for one in value)


def flow(value: Any, depth: int = 1, key: str = "", style: str = "") -> str:
    """Write any value on one line, as a part of `[…]` or `{…}`; `style` is the quote to prefer."""
    if isinstance(value, Mapping):
        check_depth(depth)
        inner = (f"{key_text(k, True, style)}: {flow(v, depth + 1, k, style)}" for k, v in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, (list, tuple)):
        check_depth(depth)
        return "[" + ", ".join(flow(one, depth + 1, style=style) for one in value) + "]"
    return scalar.inline(value, flow=True, key=key, style=style)


def key_text(key: str, in_flow: bool = False, style: str = "") -> str:
    """Write a key; what YAML would not find the end of is refused."""
    if not isinstance(key, str):
        raise TmError(f"the key {key!r} is not text", "write the key as text", "invalid")
    # A '?' alone begins a key in YAML's long form; '=' and '<<' are quoted as they are in values.
    text = scalar.inline(key, flow=in_flow or key[:1] == "?", style=style)
    if len(text) > MAX_KEY:
        raise TmError(f"the key '{key[:30]}…' is {len(key):,} characters long", "shorten it", "invalid")
    return text


def check_depth(depth: int) -> None:
    """Refuse what is nested deeper than the reader follows."""
    if depth >= MAX_DEPTH:
        raise TmError(TOO_DEEP, "flatten the value", "invalid")
