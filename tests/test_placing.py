"""Cards moved on a board: the rank that `order` holds, columns, and how little is written for it."""

from __future__ import annotations

import pytest
from conftest import GitRepo
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import opened
from writing import Store

from tmfiles.actions.boards import board
from tmfiles.actions.placing import between, place, several
from tmfiles.errors import TmError
from tmfiles.query import Query
from tmfiles.task import MIDDLE

ranks = st.text("09AZamz", min_size=1, max_size=4).map(lambda text: text.rstrip("0")).filter(bool)


@given(st.tuples(ranks | st.just(""), ranks | st.just("")))
def test_there_is_room_between_two_ranks(pair: tuple[str, str]) -> None:
    """Between two ranks that differ, and beyond the first and the last, lies another; none is that of the unranked."""
    low, high = pair
    if high and low >= high:
        return
    found = between(low, high)
    assert low < found
    assert not high or found < high
    assert found != MIDDLE


@settings(max_examples=50)
@given(st.integers(0, 200))
def test_many_ranks_between_two_are_short(count: int) -> None:
    """So many ranks are in order, between their bounds, and of three digits at most for two hundred."""
    found = several("", MIDDLE, count)
    assert found == sorted(set(found))
    assert len(found) == count
    assert all("" < one < MIDDLE and len(one) <= 3 for one in found)


def test_no_room_is_told() -> None:
    """Between `a` and `a0`, which only a hand can have written, there is no text: refused, not looped over."""
    with pytest.raises(TmError, match="no rank between 'a' and 'a0'"):
        between("a", "a0")


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Six pending tasks that are in the order of their names, one that waits for `a`, and one done."""
    store = Store(repo)
    for name in "abcdef":
        repo.write(f".tasks/t-{name}.yaml", f"title: {name}\ncreated_at: 2026-01-01T00:00:0{ord(name) - 97}Z\n")
    repo.write(".tasks/waits.yaml", "title: Waits\ndepends_on: [t-a]\n")
    repo.write(".tasks/done.yaml", "title: Done\nstatus: completed\n")
    repo.commit()
    return store


def shown(store: Store, name: str = "pending", by: str = "status") -> str:
    """Give the ids of a column, in its order, by their last letters."""
    with opened(store.path) as workspace:
        columns = {one.name: one for one in board(workspace, Query(), by, 0, everything=True).columns}
        return "".join(row.id[-1] for row in columns[name].rows)


def put(store: Store, task: str, **where: str) -> int:
    """Place a task, and give how many files that changed."""
    with opened(store.path) as workspace:
        to = {where.get("by", "status"): where.pop("to")} if "to" in where else {}
        return len(place(workspace, task, to=to, **where).outcome.changed)


@pytest.mark.parametrize(
    ("moves", "expected", "written"),
    [
        ([("t-c", "before", "t-a")], "cabdef", 1),
        ([("t-a", "after", "t-f")], "bcdefa", 1),
        ([("t-f", "before", "t-b")], "afbcde", 2),
        ([("t-a", "before", "t-f")], "bcdeaf", 2),
        ([("t-e", "before", "t-c")], "abecdf", 3),
        ([("t-c", "before", "t-a"), ("t-b", "before", "t-c"), ("t-e", "after", "t-b")], "becadf", 1),
        ([("t-a", "before", "t-b")], "abcdef", 1),
        ([("t-c", "before", "t-a"), ("t-c", "before", "t-a")], "cabdef", 0),
    ],
)
def test_a_card_comes_where_it_was_put(
    store: Store, moves: list[tuple[str, str, str]], expected: str, written: int
) -> None:
    """Before or after another, with ranks for the fewest tasks that have none; where it is already, nothing."""
    counts = [put(store, task, **{side: other}) for task, side, other in moves]
    assert (shown(store), counts[-1]) == (expected, written)


def test_a_column_is_a_status_and_more(store: Store) -> None:
    """A move to another column changes its field, with what a status brings along, in the one commit of the rank."""
    before = store.commits()
    put(store, "t-e", to="in_progress")
    put(store, "t-f", to="in_progress", before="t-e")
    assert (shown(store, "in_progress"), store.commits()) == ("fe", before + 2)
    assert "started_at" in store.doc("t-f")
    put(store, "t-f", by="assignee", to="maria")
    put(store, "t-f", by="priority", to="high")
    assert (store.doc("t-f")["assignee"], store.doc("t-f")["priority"]) == ("maria", "high")
    put(store, "t-f", by="assignee", to="")
    assert "assignee" not in store.doc("t-f")
    store.do("undo")
    assert store.doc("t-f")["assignee"] == "maria"


def test_what_cannot_be_is_refused(store: Store) -> None:
    """What waits cannot be started nor shown as pending; no place, two places and no such column are told."""
    assert put(store, "waits", to="blocked") == 0
    for where, message in (
        ({"to": "pending"}, "waits stays blocked by t-a"),
        ({"to": "in_progress"}, "blocked by t-a"),
        ({"to": "asleep"}, "unknown status 'asleep'"),
        ({"by": "priority", "to": ""}, "every task has a priority"),
        ({"by": "team", "to": "x"}, "unknown column 'team'"),
        ({"before": "t-a", "after": "t-b"}, "both given"),
        ({}, "no place to move to"),
    ):
        with pytest.raises(TmError, match=message):
            put(store, "t-a" if "given" in message else "waits", **where)
    assert store.commits() == 2


def test_a_card_that_was_moved_meanwhile_stays(store: Store) -> None:
    """Who took it from another column is told where it is now; columns and lanes change in one commit."""
    with opened(store.path) as workspace:
        place(workspace, "t-a", to={"status": "in_progress", "assignee": "li", "parent": "t-b"}, seen={"assignee": ""})
        assert {**store.doc("t-a"), "status": "in_progress", "assignee": "li", "parent": "t-b"} == store.doc("t-a")
        with pytest.raises(
            TmError, match="t-a was moved meanwhile: its status is in_progress, no more pending"
        ) as told:
            place(workspace, "t-a", to={"status": "completed"}, seen={"status": "pending"})
        assert told.value.code == "race"
        place(workspace, "t-a", to={"parent": ""}, seen={"parent": "t-b", "status": "in_progress"})
        assert "parent" not in store.doc("t-a")


def test_order_is_a_key_to_sort_by(store: Store) -> None:
    """Lists can go by it too, both ways; what has no rank stands in the middle, in the order of lists."""
    put(store, "t-d", before="t-a")
    put(store, "t-b", after="t-f")
    found = store.do("list", "--sort", "order", "--format", "id").out.split()
    assert "".join(one[-1] for one in found) == "dacefsb"
    found = store.do("list", "--sort", "-order", "--format", "id").out.split()
    assert "".join(one[-1] for one in found) == "bacefsd"


def test_lanes_share_out_the_columns(store: Store) -> None:
    """Each lane has every column of the board, and together they hold each task once; limits are the store's."""
    store.do("config", "set", "policies.wip", "{per_assignee: 2, total: 5, level: warning}")
    put(store, "t-f", by="assignee", to="maria")
    put(store, "t-e", to="in_progress")
    with opened(store.path) as workspace:
        found = board(workspace, Query(), "status", 0, lanes="assignee")
        assert [name for name, _ in found.lanes] == ["maria", ""]
        names = [one.name for one in found.columns]
        assert all([one.name for one in columns] == names for _, columns in found.lanes)
        split = sorted(row.id for _, columns in found.lanes for one in columns for row in one.rows)
        assert split == sorted(row.id for row in found.rows)
        assert {one.name: one.most for one in found.columns} == {"blocked": None, "pending": None, "in_progress": 5}
        people = board(workspace, Query(), "assignee", 0, lanes="phase")
        assert [(one.name, one.most) for one in people.columns] == [("maria", 2), ("", None)]
        with pytest.raises(TmError, match="both by status"):
            board(workspace, Query(), "status", 0, lanes="status")
        with pytest.raises(TmError, match="unknown lane 'team'"):
            board(workspace, Query(), "status", 0, lanes="team")
