"""What differs between two documents of one task, field by field, and the words for it; reads nothing."""

from __future__ import annotations

from collections import namedtuple

from tmfiles.task import DEFAULTS, PROSE, SETS, SHAPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

# How much of a value one line of words shows.
_SHOWN = 60
# Mappings that mean one thing, and are told as one.
_WHOLE = ("claim",)
# Values that are lists, and told by what was added to them and taken away.
_LISTS = {"journal": "entries", "criteria": "criteria"}


class Difference(namedtuple("Difference", "field kind old new added removed", defaults=((), ()))):
    """One field that two documents differ in.

    `kind` says how it is told: `value` by `old` and `new` (None: not there); `items` of a set, `entries` of
    the journal, `criteria` and `lines` of long text by what was `added` and `removed`. A key of a mapping is a
    field of its own, `fields.customer`. Criteria whose `met` changed stand among the removed as they were and
    among the added as they are.
    """

    __slots__ = ()

    field: str
    kind: str
    old: Any
    new: Any
    added: tuple[Any, ...]
    removed: tuple[Any, ...]


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Give every field that differs, in the order of the format; no document is an empty one.

    What holds by default is no difference, whether it is written or not, nor is another order of a set.
    """
    known = [key for key in SHAPES if key in old or key in new]
    others = [key for key in dict.fromkeys((*old, *new)) if key not in SHAPES]
    return [found for key in (*known, *others) for found in _field(key, old.get(key), new.get(key))]


def _field(key: str, old: Any, new: Any) -> list[Difference]:
    if key in DEFAULTS and (old is None) != (new is None):
        old, new = (DEFAULTS[key] if value is None else value for value in (old, new))
    if _same(old, new):
        return []
    if key not in _WHOLE and (isinstance(old, dict) or isinstance(new, dict)):
        return _mapping(key, old, new)
    if key in SETS and _is_list(old) and _is_list(new):
        return _items(key, "items", old, new)
    if key in _LISTS and _is_list(old) and _is_list(new):
        return _items(key, _LISTS[key], old, new)
    if key in PROSE and isinstance(old or "", str) and isinstance(new or "", str):
        return _lines(key, old, new)
    return [Difference(key, "value", old, new)]


def _same(old: Any, new: Any) -> bool:
    return bool(old == new) and type(old) is type(new)  # 1 is True to Python, and to no reader


def _is_list(value: Any) -> bool:
    return value is None or isinstance(value, list)


def _mapping(key: str, old: Any, new: Any) -> list[Difference]:
    if not all(value is None or isinstance(value, dict) for value in (old, new)):
        return [Difference(key, "value", old, new)]
    before, after = old or {}, new or {}
    return [
        Difference(f"{key}.{name}", "value", before.get(name), after.get(name))
        for name in dict.fromkeys((*before, *after))
        if (name in before) != (name in after) or not _same(before.get(name), after.get(name))
    ]


def _items(key: str, kind: str, old: Any, new: Any) -> list[Difference]:
    before, after = list(old or ()), list(new or ())
    added, removed = _without(after, before), _without(before, after)
    if not added and not removed and kind == "items":
        return []
    return [Difference(key, kind, old, new, tuple(added), tuple(removed))]


def _without(items: Sequence[Any], others: Iterable[Any]) -> list[Any]:
    """Give the items that are not among the others, each of which counts once."""
    left = list(others)
    found = []
    for item in items:
        if item in left:
            left.remove(item)
        else:
            found.append(item)
    return found


def _lines(key: str, old: str | None, new: str | None) -> list[Difference]:
    import difflib

    before, after = (old or "").splitlines(), (new or "").splitlines()
    added: list[str] = []
    removed: list[str] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            removed += before[a:b]
            added += after[c:d]
    return [Difference(key, "lines", old, new, tuple(added), tuple(removed))]


def worded(one: Difference) -> str:
    """Word a difference on one line: `status pending → in_progress`, `tags +web -auth`, `description +3 -1 lines`."""
    return " ".join(_worded(one).split())


def _worded(one: Difference) -> str:
    if one.kind == "items":
        return f"{one.field} " + " ".join(
            [*(f"+{_short(x)}" for x in one.added), *(f"-{_short(x)}" for x in one.removed)]
        )
    if one.kind == "lines":
        return _worded_lines(one)
    if one.kind == "entries":
        return ", ".join(_entries(one)) or f"{one.field} reordered"
    if one.kind == "criteria":
        return ", ".join(_criteria(one)) or f"{one.field} reordered"
    if one.field in _WHOLE and all(isinstance(value, (dict, type(None))) for value in (one.old, one.new)):
        return _held(one)
    if one.old is None:
        return f"{one.field} set to {_short(one.new)}"
    if one.new is None:
        return f"{one.field} removed (was {_short(one.old)})"
    return f"{one.field} {_short(one.old)} → {_short(one.new)}"


def _held(one: Difference) -> str:
    by, until = (_of(one.new or {}, key, "nobody") for key in ("by", "until"))
    before = _of(one.old or {}, "by", "nobody")
    if one.new is None:
        return f"claim of {before} ended"
    return f"claimed by {by} until {until}" + (f", after {before}" if one.old is not None and before != by else "")


def _worded_lines(one: Difference) -> str:
    if not one.added and not one.removed:
        return f"{one.field} respaced"
    if len(one.added) <= 1 and len(one.removed) <= 1 and one.old is None:
        return f"{one.field} set to {_short(one.new)}"
    if one.new is None:
        return f"{one.field} removed ({_count(len(one.removed))})"
    counts = [f"+{len(one.added)}"] * bool(one.added) + [f"-{len(one.removed)}"] * bool(one.removed)
    return f"{one.field} {' '.join(counts)} {'line' if counts and len(one.added) + len(one.removed) == 1 else 'lines'}"


def _count(lines: int) -> str:
    return f"{lines} line{'' if lines == 1 else 's'}"


def _entries(one: Difference) -> list[str]:
    return [
        *(f'{_of(entry, "kind", "entry")} "{_short(_of(entry, "text"))}"' for entry in one.added),
        *(f'{_of(entry, "kind", "entry")} removed "{_short(_of(entry, "text"))}"' for entry in one.removed),
    ]


def _criteria(one: Difference) -> list[str]:
    before = {_of(item, "text"): item for item in one.removed}
    told = []
    for item in one.added:
        text = _of(item, "text")
        earlier = before.pop(text, None)
        met = isinstance(item, dict) and bool(item.get("met"))
        if earlier is None:
            told.append(f'criterion added "{_short(text)}"')
        elif met != bool(earlier.get("met") if isinstance(earlier, dict) else False):
            told.append(f'criterion {"met" if met else "open again"} "{_short(text)}"')
        else:
            told.append(f'criterion changed "{_short(text)}"')
    return told + [f'criterion removed "{_short(text)}"' for text in before]


def _of(item: Any, key: str, default: str = "") -> str:
    """Give an item's field as text; a person may have put anything in its place."""
    return str(item.get(key, default)) if isinstance(item, dict) else str(item) if key == "text" else default


def _short(value: Any) -> str:
    if value is True or value is False:
        return str(value).lower()
    if isinstance(value, list):
        value = ", ".join(str(item) for item in value)
    text = " ".join(str("null" if value is None else value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1].rstrip() + "…"
