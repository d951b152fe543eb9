"""A task in one line."""

from __future__ import annotations

import pytest
from conftest import GitRepo
from hypothesis import given
from hypothesis import strategies as st
from writing import Store

from tmfiles.actions.quick import quick
from tmfiles.errors import TmError


@pytest.mark.parametrize(
    ("text", "title", "fields"),
    [
        ("Fix login", "Fix login", {}),
        ("Fix login #auth #web", "Fix login", {"tags": ["auth", "web"]}),
        (
            "@maria Fix !high the login ~3h",
            "Fix the login",
            {"assignee": "maria", "priority": "high", "estimate": "3h"},
        ),
        ("Fix ^a1b2 ^c3d4", "Fix", {"depends_on": ["a1b2", "c3d4"]}),
        ("Fix due:friday type:bug phase:one", "Fix", {"due": "friday", "type": "bug", "phase": "one"}),
        ("C# and # and ~ and a@b and wow!", "C# and # and ~ and a@b and wow!", {}),
        (r"Answer \#12 and \@all", "Answer #12 and @all", {}),
    ],
)
def test_marks_are_read_out_of_the_title(text: str, title: str, fields: dict[str, object]) -> None:
    """A word that begins with a mark fills a field; everything else is the title."""
    assert quick(text) == (title, fields)


@given(st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, max_size=6))
def test_a_title_without_marks_stays(words: list[str]) -> None:
    """Plain words are what they are."""
    assert quick(" ".join(words)) == (" ".join(words), {})


@pytest.mark.parametrize("text", ["Fix @a @b", "Fix !high !low", "Fix due:", "Fix ~1h ~2h"])
def test_what_contradicts_itself_is_refused(text: str) -> None:
    """One value a field; a name without a value is no value."""
    with pytest.raises(TmError):
        quick(text)


def test_a_line_makes_a_task(repo: GitRepo) -> None:
    """Options and marks go together; without --quick the marks are part of the title."""
    store = Store(repo)
    first = store.add("First")
    task = store.add(f"Fix login #auth !high ~3h due:2026-12-01 ^{first}", "--quick", "--tag", "web")
    doc = store.doc(task)
    assert (doc["title"], doc["tags"], doc["priority"]) == ("Fix login", ["auth", "web"], "high")
    assert (doc["due"], doc["estimate"], doc["depends_on"]) == ("2026-12-01", "3h", [first])
    assert store.doc(store.add("Fix #12"))["title"] == "Fix #12"
    assert "both an option and a mark" in store.do("add", "x !high", "--quick", "-p", "low", code=2).err
    assert "blank" in store.do("add", "#auth", "--quick", code=2).err
    assert "'urgnt'" in store.do("add", "x !urgnt", "--quick", code=2).err
