"""What a change needs to know: the spot a value hangs on, its edits, and how two lists differ."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

# Replace the text between two places.
Edit = tuple[int, int, str]


class Spot(NamedTuple):
    """Where a value hangs: `after` is the place behind its key's ':' or its own '-'."""

    key: str
    after: int
    column: int
    flow: bool = False
    item: bool = False
    style: str = ""


class Inner(NamedTuple):
    """A value to be changed further inside."""

    spot: Spot
    node: Any
    old: Any
    new: Any
    shape: Any


Plan = tuple[list[Edit], list[Inner]]


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Make all edits; those at one place in the order given, insertions before replacements."""
    done: list[str] = []
    at = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        done += (text[at:start], new)
        at = max(at, end)
    return "".join([*done, text[at:]])


def same(one: Any, other: Any) -> bool:
    """Compare two values as YAML would, where true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


def fingerprint(value: Any) -> str:
    """Make a text by which equal values are told."""
    return json.dumps(value, sort_keys=True, default=repr)


def steps(old: list[Any], new: list[Any]) -> list[tuple[int, int, int, int]]:
    """Say which stretches of `old` become which of `new` (start and end in each)."""
    left, right = [fingerprint(one) for one in old], [fingerprint(one) for one in new]
    # Most changes add at the end: what both begin with need not be compared any further.
    head = 0
    while head < min(len(left), len(right)) and left[head] == right[head]:
        head += 1
    matcher = SequenceMatcher(None, left[head:], right[head:], autojunk=False)
    return [
        (i1 + head, i2 + head, j1 + head, j2 + head) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"
    ]


def predecessor(names: Sequence[str], name: str, shape: Any) -> int:
    """Find the entry after which a new key belongs: its nearest in order, the last for an unknown one.

    Returns -1 where it comes before all others.
    """
    order = list(shape) if isinstance(shape, Mapping) else []
    if name not in order:
        return len(names) - 1
    place = order.index(name)
    ranks = [order.index(one) if one in order else len(order) for one in names]
    return max((i for i, rank in enumerate(ranks) if rank < place), key=lambda i: ranks[i], default=-1)


def in_order(names: Sequence[str], shape: Any) -> list[str]:
    """Sort new keys as they are written, unknown ones last in their own order."""
    order = list(shape) if isinstance(shape, Mapping) else []
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))
