"""The board: every task in one column, within its terminal, in sections where that is narrow."""

from __future__ import annotations

import json

import pytest
from conftest import NOW, GitRepo
from hypothesis import given, settings
from hypothesis import strategies as st
from test_screens import plain, rows, some_marks
from writing import Store

from tmfiles.actions.boards import Board, Column
from tmfiles.actions.near import Mark
from tmfiles.render import board as render
from tmfiles.render.screen import Screen

columns = st.builds(Column, name=st.text(max_size=30), total=st.just(9), rows=st.lists(rows, max_size=3))


@settings(deadline=None, max_examples=200)
@given(
    found=st.lists(columns, max_size=6),
    mark=some_marks,
    wide=st.integers(20, 220),
    colour=st.booleans(),
    by=st.sampled_from(["status", "assignee", "priority"]),
)
def test_a_board_fits_its_terminal(found: list[Column], mark: Mark, wide: int, colour: bool, by: str) -> None:
    """Whatever the tasks hold, no line is wider than the terminal or says anything to it, and no task is missing."""
    board = Board(by, found, ())
    text = render.screen(board, NOW, {row.id: mark for row in board.rows}, Screen(wide, colour))
    words = "\n".join(plain(text, wide))
    assert all(row.id[:9] in words for row in board.rows)
    assert colour or "\x1b" not in text


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Five tasks in different states."""
    store = Store(repo)
    tasks = {
        "first": "title: First\npriority: critical\nassignee: li\n",
        "second": "title: Second\ndepends_on: [first]\nassignee: maria\n",
        "third": "title: Third\nstatus: in_progress\nassignee: li\ntags: [web]\n",
        "fourth": "title: Fourth\nstatus: completed\n",
        "fifth": "title: Fifth\npriority: low\n",
    }
    for name, text in tasks.items():
        repo.write(f".tasks/{name}.yaml", text)
    return store


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", {"blocked": ["second"], "pending": ["first", "fifth"], "in_progress": ["third"]}),
        (
            "--all",
            {"blocked": ["second"], "pending": ["first", "fifth"], "in_progress": ["third"], "completed": ["fourth"]},
        ),
        ("--by assignee", {"li": ["first", "third"], "maria": ["second"], "": ["fifth"]}),
        ("--by priority", {"critical": ["first"], "medium": ["second", "third"], "low": ["fifth"]}),
        ("--tag web", {"blocked": [], "pending": [], "in_progress": ["third"]}),
        ("--limit 1", {"blocked": ["second"], "pending": ["first"], "in_progress": ["third"]}),
    ],
)
def test_columns(store: Store, words: str, expected: dict[str, list[str]]) -> None:
    """By effective status, by assignee with nobody's last, by priority; filtered, and cut on demand."""
    document = json.loads(store.do("board", *words.split(), "--json").out)["data"]
    assert {one["name"]: sorted(task["id"] for task in one["tasks"]) for one in document["columns"]} == {
        name: sorted(ids) for name, ids in expected.items()
    }
    assert list(expected) == [one["name"] for one in document["columns"]]
    assert sum(one["total"] for one in document["columns"]) >= sum(map(len, expected.values()))


def test_a_wide_terminal_has_columns_and_a_narrow_one_sections(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Side by side where each column has room for a title, one below the other where not."""
    monkeypatch.setenv("COLUMNS", "80")
    head = store.do("board", "--color", "always").out.splitlines()[0]
    assert all(name in head for name in ("blocked (1)", "pending (2)", "in_progress (1)"))
    monkeypatch.setenv("COLUMNS", "50")
    lines = store.do("board", "--color", "always").out.splitlines()
    assert [line for line in lines if line.endswith(")\x1b[0m")] == [
        "\x1b[1mblocked (1)\x1b[0m",
        "\x1b[1mpending (2)\x1b[0m",
        "\x1b[1min_progress (1)\x1b[0m",
    ]


def test_a_pipe_gets_sections_whole(store: Store) -> None:
    """A pipe gets each column's name and count, and the lines of lists beneath it."""
    ran = store.do("board", "--by", "priority")
    assert ran.out == (
        "critical (1)\n  first  pending  li  First\n\n"
        "medium (2)\n  second  blocked  maria  Second\n  third  in_progress  li  Third\n\n"
        "low (1)\n  fifth  pending  -  Fifth\n"
    )
    assert store.do("board", "--limit", "1").err == "showing 3 of 4; all: --limit 0\n"


def test_what_cannot_be_is_refused(store: Store) -> None:
    """Unknown columns and a limit below 0 are refused; a filter that matches nothing says so."""
    assert "unknown column 'team'" in store.do("board", "--by", "team", code=2).err
    assert "below 0" in store.do("board", "--limit", "-1", code=2).err
    assert store.do("board", "--priority", "high").err == "no tasks match\n"
