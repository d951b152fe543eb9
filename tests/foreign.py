"""Tasks of every kind for tests of other programs' formats, and the way there and back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tmfiles import codec
from tmfiles.interop import formats
from tmfiles.interop.imported import Import
from tmfiles.interop.settling import settled
from tmfiles.interop.tongue import faults

Doc = dict[str, Any]
ISSUES = Path(__file__).parents[2] / "shared" / "data" / "beads-issues.jsonl"

IDS = ["aa11", "b.c_d", "task-1", "2b4a1360-eadf-4c92-9ce5-5e9973af1d8a", "x" * 64]
TEXTS = st.one_of(
    st.text(max_size=30),
    st.text("ab :#-\n'\"\\[]{},|>&*!%@`~0123456789x\t\r\x85\u2028\ufeff🙂é<>\x00\x1b", max_size=40),
)
LINES = TEXTS.map(lambda text: " ".join(text.split())).filter(bool)
TIMES = st.datetimes().map(lambda at: at.isoformat("T", "seconds") + "Z")
DAYS = st.dates().map(str) | TIMES
ENTRY = st.fixed_dictionaries(
    {"at": TIMES, "by": LINES, "kind": st.sampled_from(["comment", "share", "merge"]), "text": TEXTS}
)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_FIELDS = {
    "status": st.sampled_from(["pending", "in_progress", "blocked", "completed", "cancelled"]),
    "priority": st.sampled_from(["critical", "high", "medium", "low"]),
    "type": st.sampled_from(["task", "bug", "feature", "epic", "chore", "own-type"]),
    "assignee": LINES,
    "tags": st.lists(LINES, max_size=3),
    "depends_on": st.lists(st.sampled_from([*IDS, "elsewhere"]), max_size=2),
    "related": st.lists(st.sampled_from(IDS), max_size=2),
    "parent": st.sampled_from(IDS),
    "source": st.sampled_from(IDS),
    "phase": LINES,
    "due": DAYS,
    "wait_until": DAYS,
    "estimate": st.just("1h30m"),
    "created_at": DAYS,
    "created_by": LINES,
    "context": TEXTS,
    "description": TEXTS,
    "criteria": st.lists(st.fixed_dictionaries({"text": LINES | TEXTS}, optional={"met": st.booleans()}), max_size=3),
    "files": st.lists(LINES, max_size=2),
    "links": st.lists(st.just("https://example.org/a b?c=,d") | LINES, max_size=2),
    "journal": st.lists(ENTRY, max_size=2),
    "claim": st.fixed_dictionaries({"by": LINES, "at": TIMES, "until": TIMES}),
    "started_at": DAYS,
    "completed_at": DAYS,
    "result": TEXTS,
    "fields": st.dictionaries(st.sampled_from([*formats.FORMATS, "mine"]), ANY, max_size=2),
}
DOCS = (
    st.fixed_dictionaries(
        {"title": LINES | st.sampled_from(["\x1b", "\u2028x", "# T ", "-", "\ufeff"])},
        optional={**_FIELDS, "own key": ANY},
    )
    .map(codec.normal)
    .filter(lambda doc: not faults(doc))
)
STORES = st.dictionaries(st.sampled_from(IDS), DOCS, min_size=1, max_size=4)


def back(name: str, made: bytes | Mapping[str, bytes], folder: Path) -> Import:
    """Bring in what was written: a file's bytes, or a folder, which is laid out below `folder`."""
    if isinstance(made, bytes):
        return formats.read(name, made, "in")
    for path, data in made.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return formats.read(name, b"", str(folder))


def fit(found: Import) -> dict[str, Doc]:
    """Give what would come into an empty store."""
    return settled(found.tasks, found.aside, ())[0] if found.aside else found.tasks
