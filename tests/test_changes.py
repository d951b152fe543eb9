"""The difference of two documents: what is told, in which words, and that it leaves nothing out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmfiles.changes import differences, worded

CASES: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({}, {}, []),
    ({"title": "A"}, {"title": "A", "status": "pending", "priority": "medium"}, []),
    ({"title": "A"}, {"title": "B"}, ["title A → B"]),
    ({}, {"status": "in_progress"}, ["status pending → in_progress"]),
    ({"status": "in_progress"}, {}, ["status in_progress → pending"]),
    ({"due": "2026-12-01"}, {}, ["due removed (was 2026-12-01)"]),
    ({}, {"assignee": "maria"}, ["assignee set to maria"]),
    ({"tags": ["a", "b"]}, {"tags": ["c", "b"]}, ["tags +c -a"]),
    ({"tags": ["a", "b"]}, {"tags": ["b", "a"]}, []),
    ({"description": "one\ntwo\n"}, {"description": "one\n2\nthree\n"}, ["description +2 -1 lines"]),
    ({"description": "one\n"}, {"description": "one\ntwo\n"}, ["description +1 line"]),
    ({"description": "one\n"}, {"description": "one"}, ["description respaced"]),
    ({"description": "one\ntwo\n"}, {}, ["description removed (2 lines)"]),
    ({}, {"result": "Two fields"}, ["result set to Two fields"]),
    ({}, {"journal": [{"kind": "comment", "text": "Twice\nset"}]}, ['comment "Twice set"']),
    ({"journal": [{"kind": "share", "text": "x"}]}, {}, ['share removed "x"']),
    ({"journal": [{"text": "a"}, {"text": "b"}]}, {"journal": [{"text": "b"}, {"text": "a"}]}, ["journal reordered"]),
    ({"criteria": [{"text": "c"}]}, {"criteria": [{"text": "c", "met": True}]}, ['criterion met "c"']),
    ({"criteria": [{"text": "c", "met": True}]}, {"criteria": [{"text": "c"}]}, ['criterion open again "c"']),
    (
        {"criteria": [{"text": "c"}]},
        {"criteria": [{"text": "d"}]},
        ['criterion added "d", criterion removed "c"'],
    ),
    ({"criteria": [{"text": "c"}]}, {"criteria": [{"text": "c", "measurable": "x"}]}, ['criterion changed "c"']),
    ({"fields": {"a": 1, "b": 2}}, {"fields": {"a": 1, "b": 3}}, ["fields.b 2 → 3"]),
    ({"fields": {"a": 1}}, {}, ["fields.a removed (was 1)"]),
    ({}, {"claim": {"by": "li", "until": "U"}}, ["claimed by li until U"]),
    ({"claim": {"by": "li", "until": "U"}}, {"claim": {"by": "li", "until": "V"}}, ["claimed by li until V"]),
    ({"claim": {"by": "li"}}, {"claim": {"by": "mo", "until": "U"}}, ["claimed by mo until U, after li"]),
    ({"claim": {"by": "li"}}, {}, ["claim of li ended"]),
    ({"claim": "mine"}, {"claim": 3}, ["claim mine → 3"]),
    ({"mine": [1]}, {"mine": True}, ["mine 1 → true"]),
    ({"mine": "1"}, {"mine": 1}, ["mine 1 → 1"]),
    ({"tags": "a"}, {"tags": ["a"]}, ["tags a → a"]),
    ({"zz": 1, "title": "A"}, {"zz": 2, "title": "B"}, ["title A → B", "zz 1 → 2"]),
]


@pytest.mark.parametrize(("old", "new", "words"), CASES)
def test_words(old: dict[str, Any], new: dict[str, Any], words: list[str]) -> None:
    """Each difference has its words, in the order of the format; what means the same has none."""
    assert [worded(one) for one in differences(old, new)] == words


def test_words_fit_a_line() -> None:
    """A long value, and one of several lines, is cut to one line."""
    (one,) = differences({"title": "a\nb" * 200}, {"title": "c" * 200})
    assert "\n" not in worded(one)
    assert len(worded(one)) < 140


_TEXT = st.text("ab \n", max_size=3)
_VALUES = st.one_of(st.none(), st.booleans(), st.integers(), _TEXT, st.lists(_TEXT, max_size=3))
_DOCS = st.dictionaries(
    st.sampled_from(("title", "status", "tags", "description", "journal", "criteria", "fields", "mine")),
    st.one_of(_VALUES, st.dictionaries(_TEXT, _VALUES, max_size=3)).filter(lambda value: value is not None),
)


@given(_DOCS, _DOCS)
def test_nothing_is_left_out(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Whatever stands in a document is told when it changes, and worded on one line; what is equal is not."""
    told = {one.field.partition(".")[0]: one for one in differences(old, new)}
    assert all("\n" not in worded(one) and worded(one) for one in differences(old, new))
    assert differences(old, old) == []
    silent = {key for key in {*old, *new} if old.get(key) != new.get(key)} - told.keys()
    for key in silent:  # a default written out, a set in another order, a mapping of nothing
        plain = key == "status" and "pending" in (old.get(key), new.get(key))
        reordered = key == "tags" and sorted(old.get(key) or ()) == sorted(new.get(key) or ())
        assert plain or reordered or not (old.get(key) or new.get(key))
