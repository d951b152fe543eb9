"""The merge of documents: its laws over generated tasks, and golden cases from `tests/merge/`."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from bench.merging import BASE, EDITS
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from merging import LINE, documents, edited, three

from tmfiles import codec, schema
from tmfiles.actions.settling import settle
from tmfiles.merge import GONE, lines, merge
from tmfiles.task import PROSE, SETS, SHAPES

EXAMPLES = int(os.environ.get("TM_TEST_EXAMPLES", "60"))
CASES = sorted(path.parent for path in (Path(__file__).parent / "merge").glob("*/expected.yaml"))
law = settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))


def exact(doc: Any) -> str:
    """Give a document with the order of its keys."""
    return json.dumps(doc)


@law
@given(three())
def test_the_sides_may_change_places(docs: Any) -> None:
    """Whoever merges, the result is the same to the byte, and so is what is told."""
    base, ours, theirs = docs
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert exact(one) == exact(other)
    assert codec.dumps(one.doc) == codec.dumps(other.doc)


@law
@given(st.data())
def test_one_edit_is_taken_as_it_is(data: Any) -> None:
    """Where the other side changed nothing, or the very same, the edit comes out as it went in."""
    base = data.draw(documents())
    edit = data.draw(edited(base))
    for sides in ((base, edit, base), (base, base, edit), (base, edit, edit), ({}, edit, edit)):
        assert exact(merge(*sides)) == exact((edit, ()))


@law
@given(three())
def test_a_merge_is_a_valid_task(docs: Any) -> None:
    """Of two valid tasks comes a valid one, and its text reads back."""
    doc = merge(*docs).doc
    assert schema.failures(doc) == []
    assert codec.loads(codec.dumps(doc)) == codec.normal(doc)


@law
@given(three())
def test_no_value_is_lost(docs: Any) -> None:
    """What a side wrote is in the task or in its journal; what the other removed does not come back."""
    base, ours, theirs = docs
    merged = merge(base, ours, theirs)
    doc = merged.doc
    told = {entry["text"] for entry in doc.get("journal", ()) if entry["by"] == "tm"}
    by_rule = {one.key for one in merged.settled if one.rule in ("rank", "earlier", "claim", "fits")}
    for side in (ours, theirs):
        for key in side.keys() - by_rule - {"order"}:
            if side[key] == base.get(key, GONE) or doc.get(key, GONE) == side[key]:
                continue
            if key in SETS or key == "journal":
                was, there, here = (set(map(said, one.get(key, ()))) for one in (base, side, doc))
                assert there - was <= here
            elif key in PROSE:
                assert not added(base.get(key, ""), side[key]) - Counter(doc.get(key, "").split("\n"))
            elif isinstance(side[key], str) and "\n" not in side[key]:
                assert f'{key} was also set to "{side[key]}"' in told
    for key in SETS:
        both = set(ours.get(key, ())) | set(theirs.get(key, ()))
        gone = {one for one in base.get(key, ()) if one not in ours.get(key, ()) or one not in theirs.get(key, ())}
        if key in ours and key in theirs:
            assert set(doc.get(key, ())) == both - gone
    assert doc.keys() - {"journal"} <= ours.keys() | theirs.keys()


def said(item: Any) -> str:
    """Give what makes an item of a list the same on both sides."""
    return exact([item["at"], item["by"], item["text"]]) if isinstance(item, dict) else str(item)


def added(base: str, side: str) -> Counter[str]:
    """Count the lines that a text has more of than another."""
    return Counter(side.split("\n")) - Counter(base.split("\n"))


def test_an_item_written_twice_is_one() -> None:
    """What one side removed from a set does not come back because the other had it twice."""
    base, ours = {"title": "A", "files": ["a.py"]}, {"title": "A", "files": ["b.py"]}
    assert merge(base, ours, {"title": "A", "files": ["a.py", "a.py"]}).doc["files"] == ["b.py"]


def test_a_set_that_one_side_emptied() -> None:
    """What one side removed stays away, also where it removed all, and what the other added stays."""
    base, emptied = {"title": "A", "tags": ["a", "b"]}, {"title": "A"}
    assert merge(base, emptied, {"title": "A", "tags": ["b", "c"]}).doc == {"title": "A", "tags": ["c"]}
    assert merge(base, emptied, {"title": "A", "tags": ["b"]}).doc == emptied


CLAIM = {"by": "jo", "at": "2026-11-22T10:00:00Z", "until": "2026-11-22T12:00:00Z"}
LONGER = {**CLAIM, "until": "2026-11-22T14:00:00Z"}


@pytest.mark.parametrize(
    ("ours", "theirs", "kept"),
    [
        ({"status": "completed"}, {"claim": CLAIM}, {}),
        ({"status": "completed", "claim": CLAIM}, {"claim": LONGER}, {"claim": CLAIM}),
        ({"status": "completed", "claim": CLAIM}, {"status": "completed", "claim": LONGER}, {"claim": LONGER}),
        ({"status": "in_progress"}, {"completed_at": "2026-11-20"}, {}),
        (
            {"status": "in_progress", "completed_at": "2026-11-21"},
            {"completed_at": "2026-11-20"},
            {"completed_at": "2026-11-21"},
        ),
    ],
)
def test_what_goes_with_the_status(ours: dict[str, Any], theirs: dict[str, Any], kept: dict[str, Any]) -> None:
    """Claim and end are those that go with the status which came out, and met again they stay so."""
    first, other = ({"title": "A", **side} for side in (ours, theirs))
    merged = merge({}, first, other).doc
    assert merged == {"title": "A", "status": ours["status"], **kept}
    assert merge({}, merged, first).doc == merge({}, merged, other).doc == merged


@law
@given(three())
def test_what_was_merged_before_adds_nothing(docs: Any) -> None:
    """A merge met again with one of its sides stays as it is: two clones that both merge are at rest."""
    base, ours, theirs = docs
    merged = merge(base, ours, theirs).doc
    # Of a text whose every line was removed by one side or the other, what a side left counts as a change.
    assume(not [key for key in PROSE if key in ours and key in theirs and key not in merged])
    # Equal lines of one text are told apart by where they stand, which a merge can change.
    written = [doc[key].split("\n") for doc in docs for key in PROSE if isinstance(doc.get(key), str)]
    assume(all(len(set(one)) == len(one) for one in written))
    # Criteria with one text are told apart by what else they hold, which a merge can change.
    texts = [[one["text"] for one in doc.get("criteria", ())] for doc in (base, ours, theirs)]
    assume(all(len(set(one)) == len(one) for one in texts))
    assert merge(base, merged, ours).doc == merged


@law
@given(*(st.lists(LINE, max_size=8) for _ in range(3)))
def test_lines_of_both_sides_stay(base: list[str], one: list[str], other: list[str]) -> None:
    """Every line that a side added is there; the order of the sides means nothing; one edit stays as it is."""
    merged = lines(base, one, other)
    assert merged == lines(base, other, one)
    assert lines(base, one, base) == lines(base, one, one) == one
    for side in (one, other):
        assert not (Counter(side) - Counter(base)) - Counter(merged)


def test_texts_of_equal_lines_take_no_time() -> None:
    """A hundred thousand equal lines on all sides are merged in a moment."""
    many = ["same"] * 100_000
    assert len(lines(many, ["first", *many], [*many, "last"])) >= 100_002


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_golden(case: Path) -> None:
    """Each folder of `tests/merge/` holds two edits and what becomes of them."""
    base, ours, theirs = (
        codec.loads(path.read_bytes(), path.name) if path.exists() else {}
        for path in (case / f"{name}.yaml" for name in ("base", "ours", "theirs"))
    )
    assert codec.dumps(merge(base, ours, theirs).doc).decode() == (case / "expected.yaml").read_text(encoding="utf-8")
    assert set(merge(base, ours, theirs).doc) <= {*SHAPES, *base, *ours, *theirs}


def test_twenty_kinds_of_edit_never_clash() -> None:
    """Of all ordered pairs of the benchmark's edits, the same kind on both sides too, none leaves a conflict."""
    base = codec.dumps(BASE)
    for one in EDITS.values():
        for other in EDITS.values():
            ours, theirs = codec.dumps(one(BASE, 0)), codec.dumps(other(BASE, 1))
            data, merged = settle(base, ours, theirs, "task.yaml")
            assert codec.loads(data) == codec.normal(merged.doc)
            assert settle(base, theirs, ours, "task.yaml")[0] == data
