"""A key written anew where it stands; its value, its comments and all else keep their bytes."""

from __future__ import annotations

from tmfiles.codec import dump
from tmfiles.codec.load import BOM, decoded
from tmfiles.codec.tree import Branch, tree
from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


def renamed(data: bytes, pointer: Sequence[str | int], name: str) -> bytes:
    """Give the file with the key that `pointer` leads to called `name`; raises TmError when it is not there."""
    text, problem = decoded(data)
    node: Any = None if problem else tree(text)[0]
    for step in pointer[:-1]:
        node = _below(node, step)
    key = None
    if isinstance(node, Branch) and node.is_map:
        key = next((key for key, _ in node.pairs() if getattr(key, "value", None) == pointer[-1]), None)
    if key is None:
        raise TmError(f"there is no key {pointer[-1]!r} to rename", code="refused")
    start, end = key.start_mark.index, key.end_mark.index
    changed = text[:start] + dump.key_text(name, in_flow=node.flow) + text[end:]
    return (BOM if data.startswith(BOM) else b"") + changed.encode()


def _below(node: Any, step: str | int) -> Any:
    if not isinstance(node, Branch):
        return None
    if node.is_map:
        return next((value for key, value in node.pairs() if getattr(key, "value", None) == step), None)
    return node.items[step] if isinstance(step, int) and 0 <= step < len(node.items) else None
