"""Two edits of one task made into one: a pure function of documents; knows no file, no clock and no side.

What both changed is settled by the rule of its field. Of two values the lesser comes first, by an order
that has nothing to do with whose they are, so that every clone makes the same of them.
"""

from __future__ import annotations

import json
from collections import Counter, namedtuple
from datetime import datetime, timezone
from difflib import SequenceMatcher

from tmfiles import dates
from tmfiles.errors import TmError
from tmfiles.task import CLOSED, DEFAULTS, PRIORITIES, PROSE, SETS, SHAPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from typing import Any

    Path = tuple[Hashable, ...]

GONE: Any = object()
"""What stands for a key that is not there."""

# Of two, the one further to the right.
_RANKED = {"status": ("pending", "blocked", "in_progress", "cancelled", "completed"), "priority": PRIORITIES[::-1]}
_EARLIER = ("due", "started_at", "completed_at", "created_at")
# Said by one person as a whole: parts of two such sayings make no third.
_WHOLE = ("claim", "feedback")
# Without words that anybody would miss: where a card lies on a board.
_QUIET = ("order",)
# A time that neither document has to offer is this one.
_NO_TIME = "1970-01-01T00:00:00Z"
_NEVER = datetime(1, 1, 1, tzinfo=timezone.utc)


class Settled(namedtuple("Settled", "key rule kept other")):
    """One field that both sides changed, and how it was settled.

    The rules: 'rank' (the further status, the higher priority), 'earlier', 'claim', 'both' (sets, lists and
    lines of text: nothing is left out), 'greater' (`other` is in the journal), 'change' (over a removal),
    'fits' (a field that followed the status).
    """

    __slots__ = ()

    key: str
    rule: str
    kept: Any
    other: Any


class Merged(namedtuple("Merged", "doc settled")):
    """The document that two edits make, and what both had changed."""

    __slots__ = ()

    doc: dict[str, Any]
    settled: tuple[Settled, ...]


def merge(base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
    """Merge two edits of a document; an empty base means that both sides made it.

    The result is the same for either order of the sides, is a side where the other changed nothing, and
    holds every value and every line of text that a side added.
    """
    told: list[Settled] = []
    doc = dict(_field((), dict(base), dict(ours), dict(theirs), told))
    if _exact(doc) not in (_exact(ours), _exact(theirs)):
        _fit(doc, ours, theirs, told)
    _note(doc, ours, theirs, told)
    return Merged(doc, tuple(told))


def same_task(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Say whether two documents that have no common beginning are one task: made by one author at one time."""
    return all(ours.get(key) == theirs.get(key) for key in ("created_at", "created_by"))


def _field(path: Path, base: Any, ours: Any, theirs: Any, told: list[Settled]) -> Any:
    """Settle one value; what only one side changed is that side's."""
    was, one, other = _exact(base), _exact(ours), _exact(theirs)
    if one in (other, was):
        return theirs
    if other == was:
        return ours
    less, more = sorted((ours, theirs), key=_weight)
    return _settled(path, base, less, more, told)


def _settled(path: Path, base: Any, less: Any, more: Any, told: list[Settled]) -> Any:
    """Settle what both sides changed, by the rule of its field."""
    key = path[0] if len(path) == 1 else ""
    if key in _RANKED:
        less, more = sorted((less, more), key=lambda one: _place(str(key), one))
        told.append(Settled(label(path), "rank", *(None if one is GONE else one for one in (more, less))))
    elif less is GONE and isinstance(more, list) and isinstance(SHAPES.get(str(key)), list):
        return _together(path, base, [], more, told)  # a list that is gone has no items: those were removed
    elif less is GONE:
        told.append(Settled(label(path), "change", more, None))
    elif key in _EARLIER:
        less, more = sorted((less, more), key=lambda one: _when(one, end=key == "due"), reverse=True)
        told.append(Settled(label(path), "earlier", more, less))
    elif key == "claim" and isinstance(less, dict) and isinstance(more, dict):
        more = _claim(less, more, told)
    elif key not in _WHOLE and type(less) is type(more):
        return _together(path, base, less, more, told)
    else:
        _greater(path, less, more, told)
    return more


def _together(path: Path, base: Any, less: Any, more: Any, told: list[Settled]) -> Any:
    """Keep of both what can stand together: keys of mappings, items of known lists, lines of text."""
    key = path[0] if len(path) == 1 else ""
    if isinstance(more, dict):
        return _mapping(path, base if isinstance(base, dict) else {}, less, more, told)
    if isinstance(more, list) and isinstance(SHAPES.get(str(key)), list):
        value: Any = _list(str(key), base if isinstance(base, list) else [], less, more, told)
    elif isinstance(more, str) and (key in PROSE or (key not in SHAPES and "\n" in less + more)):
        value = _text(base if isinstance(base, str) else "", less, more)
    else:
        _greater(path, less, more, told)
        return more
    told.append(Settled(label(path), "both", value, None))
    return value or (GONE if key in SHAPES else value)


def _greater(path: Path, less: Any, more: Any, told: list[Settled]) -> None:
    if path[0] == "criteria" and path[-1] == "met":
        told.append(Settled(label(path), "rank", more, less))  # met if either says so
    else:
        told.append(Settled(label(path), "greater", more, less))


def _mapping(path: Path, base: Any, less: Any, more: Any, told: list[Settled]) -> dict[Any, Any]:
    merged = {}
    for key in _order(list(base), list(less), list(more)):
        value = _field((*path, key), base.get(key, GONE), less.get(key, GONE), more.get(key, GONE), told)
        if value is not GONE:
            merged[key] = value
    return merged


def _order(base: list[Any], less: list[Any], more: list[Any]) -> list[Any]:
    """Give all names, in the order of the side that changed the order, else of the lesser."""
    first, second = (more, less) if less == base else (less, more)
    return list(dict.fromkeys([*first, *second]))


def _list(key: str, base: list[Any], less: list[Any], more: list[Any], told: list[Settled]) -> list[Any]:
    """Settle a list item by item: added by either, removed by either unless the other changed it."""
    named = [_named(key, side) for side in (base, less, more)]
    items = list(_mapping((key,), named[0], named[1], named[2], told).values())
    if key == "journal":
        return sorted(items, key=_entry)
    ordered = key in SETS and all(list(side) == sorted(side) for side in (less, more))
    return sorted(items) if ordered else items


def _named(key: str, items: Sequence[Any]) -> dict[tuple[str, int], Any]:
    """Give items by what makes them the same on both sides; repeats are told apart by their number."""
    names: list[tuple[str, int]] = [("", 0)] * len(items)
    seen: Counter[str] = Counter()
    for place, item in sorted(enumerate(items), key=lambda pair: _exact(pair[1])):
        name = item if isinstance(item, str) else _exact(item)
        if isinstance(item, dict) and key == "criteria":
            name = str(item.get("text"))
        elif isinstance(item, dict):
            name = _exact([item.get("at"), item.get("by"), item.get("kind", "comment"), item.get("text")])
        names[place] = name, seen[name]
        seen[name] += key not in SETS  # a set has each once, however often somebody wrote it
    return dict(zip(names, items, strict=True))


def _claim(less: dict[str, Any], more: dict[str, Any], told: list[Settled]) -> dict[str, Any]:
    """Give the task to who claimed it first; a claim of one holder on both sides lasts until the later time."""
    first, second = sorted((less, more), key=lambda one: (_when(one.get("at")), str(one.get("by")), _weight(one)))
    if first.get("by") == second.get("by"):
        first = {**first, "until": max(first.get("until"), second.get("until"), key=_when)}
    told.append(Settled("claim", "claim", first, second))
    return first


def _fit(doc: dict[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any], told: list[Settled]) -> None:
    """Let what follows the status be as the sides have it whose status came out, where the two do not go together."""
    status = doc.get("status", DEFAULTS["status"])
    sides = [side for side in (ours, theirs) if side.get("status", DEFAULTS["status"]) == status]
    done, claim = doc.get("completed_at", GONE), doc.get("claim", GONE)
    times = sorted((side["completed_at"] for side in sides if "completed_at" in side), key=_when)
    if status in CLOSED:
        if done is GONE and times and len(times) == len(sides):
            _let(doc, "completed_at", times[0], told)
        claims = [side["claim"] for side in sides if "claim" in side]
        if claim is not GONE and len(claims) < 2:
            _let(doc, "claim", claims[0] if claims else GONE, told)
    elif done is not GONE:
        _let(doc, "completed_at", times[0] if times else GONE, told)


def _let(doc: dict[str, Any], key: str, value: Any, told: list[Settled]) -> None:
    """Give a field the value that goes with the status."""
    old = doc.get(key, GONE)
    if _exact(old) == _exact(value):
        return
    told.append(Settled(key, "fits", *(None if one is GONE else one for one in (value, old))))
    if value is GONE:
        del doc[key]
    else:
        doc[key] = value


def _note(doc: dict[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any], told: list[Settled]) -> None:
    """Put the values that had to give way into the journal, at the latest time that either side knows."""
    lost = [one for one in told if one.rule == "greater" and one.key not in _QUIET]
    if not lost:
        return
    at = max((time for side in (ours, theirs) for time in _times(side)), key=_when, default=_NO_TIME)
    journal = list(doc.get("journal") or ())
    known = {name for name, _ in _named("journal", journal)}
    for one in lost:
        text = f'"{one.other}"' if isinstance(one.other, str) else _exact(one.other)
        entry = {"at": at, "by": "tm", "kind": "merge", "text": f"{one.key} was also set to {text}"}
        if next(iter(_named("journal", [entry])))[0] not in known:
            journal.append(entry)
    doc["journal"] = sorted(journal, key=_entry)


def _times(doc: Mapping[str, Any]) -> list[str]:
    """Give the times of what has happened, as far as a document tells."""
    entries = [doc, *(doc.get("journal") or ()), doc.get("claim") or {}]
    names = ("created_at", "started_at", "completed_at", "at")
    times = [one[name] for one in entries if isinstance(one, dict) for name in names if name in one]
    return [time for time in times if _when(time)[0] != _NEVER]


def _text(base: str, one: str, other: str) -> str:
    return "\n".join(lines(base.split("\n") if base else [], one.split("\n"), other.split("\n")))


def lines(
    base: Sequence[str], one: Sequence[str], other: Sequence[str], clash: Callable[..., list[str]] | None = None
) -> list[str]:
    """Merge two edits of a text line by line; where both changed the same lines, both versions stay.

    `clash(one, other)` says otherwise what becomes of two such versions.
    """
    merged: list[str] = []
    at = 0
    hunks = sorted([(*hunk, 0) for hunk in _hunks(base, one)] + [(*hunk, 1) for hunk in _hunks(base, other)])
    while hunks:
        start, end = hunks[0][:2]
        cluster = [hunks.pop(0)]
        while hunks and (hunks[0][0] < end or hunks[0][:2] == (start, end)):
            end = max(end, hunks[0][1])
            cluster.append(hunks.pop(0))
        merged += base[at:start]
        at = end
        versions = [
            _version(side, [hunk for hunk in cluster if hunk[4] == number], start, end)
            for number, side in enumerate((one, other))
            if any(hunk[4] == number for hunk in cluster)
        ]
        merged += versions[0] if len(versions) == 1 or versions[0] == versions[1] else (clash or both)(*versions)
    return [*merged, *base[at:]]


def _hunks(base: Sequence[str], side: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Say which stretches of the base became which of a side."""
    # Lines that are everywhere in a long text are no anchors, and would take time by the square.
    steps = SequenceMatcher(None, base, side).get_opcodes()
    return [(i1, i2, j1, j2) for tag, i1, i2, j1, j2 in steps if tag != "equal"]


def _version(side: Sequence[str], hunks: list[tuple[int, int, int, int, int]], start: int, end: int) -> list[str]:
    """Give what a side has in the place of a stretch of the base."""
    first, last = hunks[0], hunks[-1]
    return list(side[first[2] - (first[0] - start) : last[3] + (end - last[1])])


def both(one: list[str], other: list[str]) -> list[str]:
    """Give two versions, the lesser first; what they begin and end with stands once."""
    one, other = sorted((one, other))
    head = tail = 0
    most = min(len(one), len(other))
    while head < most and one[head] == other[head]:
        head += 1
    while tail < most - head and one[-1 - tail] == other[-1 - tail]:
        tail += 1
    return one[: len(one) - tail] + other[head:]


def label(path: Path) -> str:
    """Name a place in a document for people: `title`, `fields.customer`, `criteria.It works.met`."""
    return ".".join(str(step[0] if isinstance(step, tuple) else step) for step in path)


def _exact(value: Any) -> str:
    """Give the text by which values are the same or not; true is not 1, and the order of keys counts."""
    return "" if value is GONE else json.dumps(value, ensure_ascii=False)


def _weight(value: Any) -> tuple[int, float, str, str]:
    """Give a value's place in the fixed order of all values; only the same ones are equal in it."""
    kinds = (type(GONE), type(None), bool, int, float, str, list, dict)
    text = value if isinstance(value, str) else ""
    return kinds.index(type(value)), value if isinstance(value, (int, float)) else 0, text, _exact(value)


def _place(key: str, value: Any) -> tuple[int, tuple[int, float, str, str]]:
    """Give the rank of a status or priority; none is the default, written out it counts more."""
    order = _RANKED[key]
    name = DEFAULTS[key] if value is GONE else value
    return order.index(name) if name in order else -1, _weight(value)


def _when(text: Any, end: bool = False) -> tuple[datetime, str]:
    """Give the moment a text names, with `end` the end of a day; what names none is the earliest of all."""
    try:
        return dates.instant(text, end), text
    except (TmError, TypeError):
        return _NEVER, str(text)


def _entry(entry: Any) -> tuple[Any, ...]:
    """Give the place of a journal's entry: by time, then by all that it says."""
    about = entry if isinstance(entry, dict) else {}
    return (_when(about.get("at"))[0], *(str(about.get(name, "")) for name in ("by", "kind", "text")), _exact(entry))
