"""A task that changed while it was in an editor: both sides' fields in one text where that is clear, else neither."""

from __future__ import annotations

from tmfiles import codec, merge
from tmfiles.errors import TmError
from tmfiles.task import PROSE, SHAPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def merged(base: bytes, mine: bytes, theirs: bytes) -> tuple[bytes | None, list[str]]:
    """Put what changed on either side since `base` into one text, or say what is in the way.

    A text without clashes holds every field and every comment of both sides, sets and lists that both changed
    put together. Where there is none, the lines name each field of which one side would have to give way, or
    give the other side's text where fields cannot tell the difference.
    """
    if mine in (base, theirs):
        return theirs, []
    try:
        docs = [codec.loads(data) for data in (base, mine, theirs)]
    except TmError:
        return None, _whole(theirs)
    ours, others = _changes(docs[0], docs[1]), _changes(docs[0], docs[2])
    doc, settled = merge.merge(*docs)
    lost = [one.key for one in settled if one.rule != "both"]
    clashes = [key for key in ours if key in others and ours[key] != others[key]]
    # Long text that both changed is for a person to read, even where its lines can stand one after the other.
    clashes = [key for key in clashes if key in PROSE or any(one.startswith(key) for one in lost)]
    if clashes:
        return None, [line for key in clashes for line in _both(key, docs[0].get(key), ours[key], others[key])]
    sides = ((theirs, others, mine, docs[1]), (mine, ours, theirs, docs[2]))
    for start, changes, into, held in () if lost else sides:
        # Only a side that is no more than its fields can be put into the other without losing a comment.
        if _patched(base, changes) == start and (text := _patched(into, _changes(held, doc))) is not None:
            return text, []
    return None, _whole(theirs)


def kept(base: bytes, mine: bytes, theirs: bytes) -> bytes:
    """Give `mine` with what changed on the other side alone, as far as that can be put in safely."""
    try:
        docs = [codec.loads(data) for data in (base, mine, theirs)]
    except TmError:
        return mine
    ours, others = _changes(docs[0], docs[1]), _changes(docs[0], docs[2])
    text = _patched(mine, {key: value for key, value in others.items() if key not in ours})
    return mine if text is None else text


def _changes(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    keys = dict.fromkeys((*old, *new))
    return {key: new.get(key) for key in keys if old.get(key) != new.get(key) or (key in old) != (key in new)}


def _patched(data: bytes, changes: dict[str, Any]) -> bytes | None:
    try:
        return codec.patch(data, changes)
    except TmError:
        return None


def _both(key: str, old: Any, mine: Any, theirs: Any) -> list[str]:
    words = (("it was", old), ("yours", mine), ("theirs", theirs))
    return [f"{key}:", *(line for what, value in words for line in _said(what, key, value))]


def _said(what: str, key: str, value: Any) -> list[str]:
    if value is None or (key in SHAPES and value in ("", [], {})):
        return [f"  {what}: nothing"]
    first, *lines = codec.dumps({key: value}).decode().rstrip("\n").split("\n")
    return [f"  {what}:{first.removeprefix(f'{key}:')}", *(f"    {line}" for line in lines)]


def _whole(theirs: bytes) -> list[str]:
    lines = theirs.decode("utf-8", "backslashreplace").rstrip("\n").split("\n")
    return ["the other text:", *(f"  | {line}" for line in lines)]
