"""What is typed to choose tasks: each filter, its opposite, words, and what is told where it cannot be read."""

from __future__ import annotations

import pytest

from tmfiles.errors import TmError
from tmfiles.query import NAMES, Query
from tmfiles.web.asking import HAS, IS, parsed


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Query()),
        ("#web #api !high ^a1", Query(tags=("web", "api"), priorities=("high",), depends_on=("a1",))),
        ("status:pending,blocked Type:bug", Query(statuses=("pending", "blocked"), types=("bug",))),
        ('@"Maria Kern" assignee:"Agent 7"', Query(assignees=("Maria Kern", "Agent 7"))),
        ("is:overdue is:mine is:closed", Query(overdue=True, mine=True, statuses=("completed", "cancelled"))),
        ("has:deps no:assignee", Query(with_deps=True, unless=Query(assigned=True))),
        ("-no:assignee -has:deps", Query(unless=Query(with_deps=True), assigned=True)),
        ("-#web -is:blocked", Query(unless=Query(tags=("web",), statuses=("blocked",)))),
        ("due-before:friday due:today recent:3", Query(due_before="friday", due=("today",), recent=3)),
        ("field.a:B -field.size:*", Query(fields=(("a", "B"),), unless=Query(fields=(("size", ""),)))),
        ('login "cookie jar" coo* -mobile', Query(text='login "cookie jar" coo* -mobile')),
        ('#web "status: odd', Query(tags=("web",), text='"status: odd"')),
        ("phase:build parent:a1 file:src/a.py", Query(phases=("build",), parents=("a1",), files=("src/a.py",))),
        ("#", Query(text="#")),
    ],
)  # fmt: skip
def test_what_is_typed_is_a_query(text: str, query: Query) -> None:
    """Signs as in a task of one line, keys as the options are called, everything else words."""
    assert parsed(text) == query


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("stats:done", "no filter stats:", "did you mean status:done?"),
        ("http://x", "no filter http:", 'To look for the words: "http://x"'),
        ("status:", "status: has nothing behind it", "status:blocked"),
        ("is:late", "nothing is:late", "overdue"),
        ("has:tags", "nothing has:tags", "assignee, deps"),
        ("recent:week", "recent:week is no number of days", "recent:7"),
        ("due-before:friday due-before:monday", "due-before is there twice", "leave one"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, message: str, hint: str) -> None:
    """With what to type instead."""
    with pytest.raises(TmError, match=message) as told:
        parsed(text)
    assert hint in told.value.hint


def test_every_filter_can_be_typed() -> None:
    """A filter that the command line has and the page has not would be missed."""
    known = {"status:blocked", *(f"is:{name}" for name in IS), *(f"has:{name}" for name in HAS), "field.a:b", "word"}
    known |= {f"{name}:7" for name in NAMES.values() if name not in ("field", "text", "has-assignee", "has-deps", *IS)}
    fields = {key for text in known for key in NAMES if getattr(parsed(text), key)}
    assert fields == set(NAMES)
