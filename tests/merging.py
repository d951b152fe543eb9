"""What the tests of merging share: tasks as people have them, and edits that people make of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tmfiles.task import CLOSED, JOURNAL_KINDS, PRIORITIES, STATUSES

TIMES = st.sampled_from(
    ["2026-11-22T10:00:00Z", "2026-11-22T11:00:00+02:00", "2026-11-23T08:30:00Z", "2026-11-20T00:00Z", "2026-12-01"]
)
NAMES = st.sampled_from(["maria", "jo", "agent-7", "zoë", "tm"])
IDS = st.sampled_from(["aa11", "bb22", "cc33", "fix-login", "12345678"])
WORDS = st.sampled_from(["Fix it", "Fix the login", "no", "2024", "é 🙂", "a: b # c", "x" * 40])
LINE = st.sampled_from(["one", "two", "three", "four", "", "  five", "- six", "# seven", "one "])
PROSE = st.lists(LINE, min_size=1, max_size=6).map("\n".join).filter(str.strip)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-2, 3), WORDS, PROSE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=4,
)
CRITERIA = st.fixed_dictionaries(
    {"text": st.sampled_from(["It works", "It is fast", "It is written down"])},
    optional={"measurable": st.sampled_from(["n == 0", "t < 1"]), "met": st.booleans(), "note": VALUES},
)
ENTRIES = st.fixed_dictionaries(
    {"at": TIMES, "by": NAMES, "text": WORDS}, optional={"kind": st.sampled_from(JOURNAL_KINDS), "extra": VALUES}
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "title": WORDS,
    "status": st.sampled_from(STATUSES),
    "priority": st.sampled_from(PRIORITIES),
    "type": st.sampled_from(["task", "bug", "epic"]),
    "assignee": NAMES,
    "tags": st.lists(st.sampled_from(["auth", "web", "api", "2024"]), min_size=1, max_size=4, unique=True),
    "depends_on": st.lists(IDS, min_size=1, max_size=3, unique=True),
    "files": st.lists(st.sampled_from(["src/a.py", "src/b.py:1-9"]), min_size=1, max_size=3),
    "parent": IDS,
    "order": st.sampled_from(["a", "b", "Zz"]),
    "due": TIMES,
    "wait_until": TIMES,
    "estimate": st.sampled_from(["3h", "2d"]),
    "created_at": TIMES,
    "created_by": NAMES,
    "context": PROSE,
    "description": PROSE,
    "criteria": st.lists(CRITERIA, min_size=1, max_size=4),
    "journal": st.lists(ENTRIES, min_size=1, max_size=4),
    "feedback": st.fixed_dictionaries({"quality": st.integers(1, 5)}, optional={"by": NAMES, "text": WORDS}),
    "claim": st.fixed_dictionaries({"by": NAMES, "at": TIMES, "until": TIMES}),
    "started_at": TIMES,
    "completed_at": TIMES,
    "result": PROSE,
    "reason": PROSE,
    "fields": st.dictionaries(st.sampled_from(["customer", "points", "notes"]), VALUES, min_size=1, max_size=3),
    "labels": VALUES,
    "x-other": VALUES,
}
REQUIRED = {"title"}


@st.composite
def documents(draw: Any) -> dict[str, Any]:
    """Make a valid task, keys in any order."""
    keys = draw(st.lists(st.sampled_from(sorted(FIELDS.keys() - REQUIRED)), max_size=7, unique=True))
    return {key: draw(FIELDS[key]) for key in draw(st.permutations(["title", *keys]))}


@st.composite
def edited(draw: Any, doc: dict[str, Any]) -> dict[str, Any]:
    """Make an edit of a task: fields set, taken away, lists grown and cut, lines of text changed."""
    new = dict(doc)
    for key in draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=5, unique=True)):
        old = new.get(key)
        if key in new and key not in REQUIRED and draw(st.integers(0, 4)) == 0:
            del new[key]
        elif isinstance(old, list) and key not in ("labels", "x-other") and draw(st.booleans()):
            more = [*old, *draw(FIELDS[key])]
            new[key] = draw(st.permutations(more))[: draw(st.integers(1, len(more)))]
        elif isinstance(old, str) and "\n" in old and draw(st.booleans()):
            lines = old.split("\n")
            lines.insert(draw(st.integers(0, len(lines))), draw(LINE))
            del lines[draw(st.integers(0, len(lines) - 1))]
            new[key] = "\n".join(lines) if "".join(lines).strip() else old
        else:
            new[key] = draw(FIELDS[key])
    if new.get("status") in CLOSED and draw(st.booleans()):
        new.pop("claim", None)
    return new


@st.composite
def three(draw: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Make a task and two edits of it; now and then there is no common beginning."""
    base = draw(documents())
    sides = draw(edited(base)), draw(edited(base))
    return (base if draw(st.integers(0, 9)) else {}), *sides
