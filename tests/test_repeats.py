"""What repeats comes again, once, on the right day."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from conftest import GitRepo
from hypothesis import given
from hypothesis import strategies as st
from writing import Store

from tmfiles.errors import TmError
from tmfiles.repeats import interval, later

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
OFTEN = ("daily", "weekdays", "weekly", "monthly", "yearly", "every 2 weeks", "3d", "2w", "1m", "18m", "1y")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("daily", (1, "day")),
        ("Every day", (1, "day")),
        ("weekdays", (1, "weekday")),
        ("every weekday", (1, "weekday")),
        ("2 weeks", (2, "week")),
        ("every 3 months", (3, "month")),
        ("+10d", (10, "day")),
        ("annually", (1, "year")),
    ],
)
def test_how_often_is_read(text: str, read: tuple[int, str]) -> None:
    """Words, numbers with units and `every` mean what they say."""
    assert interval(text) == read


@pytest.mark.parametrize("text", ["", "now and then", "0d", "d", "-1w", "1.5w", "2", "weekly monthly", "99999d", "١d"])
def test_what_is_not_how_often_is_refused(text: str) -> None:
    """Nothing else is taken for an interval, and the hint says what is."""
    with pytest.raises(TmError, match="is not how often") as caught:
        interval(text)
    assert "every 2 weeks" in caught.value.hint


@given(DAYS, st.sampled_from(OFTEN), DAYS)
def test_the_next_day_is_the_first_of_its_series_behind_both(day: date, text: str, after: date) -> None:
    """The next day lies behind the old one and behind today, and no earlier day of the series does."""
    found = later(day, text, after)
    count, unit = interval(text)
    least = max(day, after)
    assert found > least
    if unit in ("day", "week"):
        step = count * (7 if unit == "week" else 1)
        assert (found - day).days % step == 0
        assert found - timedelta(days=step) <= least
    elif unit == "weekday":
        between = [least + timedelta(days=n) for n in range(1, (found - least).days + 1)]
        assert [one for one in between if one.weekday() < 5] == [found]
    else:
        months = (found.year - day.year) * 12 + found.month - day.month
        assert months % (count * (12 if unit == "year" else 1)) == 0
        assert found.day == day.day or (found.day < day.day and (found + timedelta(days=1)).day == 1)


def test_months_end_with_their_last_day() -> None:
    """The 31st of a shorter month is its last day, also in leap years; the calendar has an end."""
    assert later(date(2027, 1, 31), "monthly", date(2027, 1, 1)) == date(2027, 2, 28)
    assert later(date(2027, 12, 31), "2m", date(2027, 1, 1)) == date(2028, 2, 29)
    with pytest.raises(TmError, match="beyond the calendar"):
        later(date(9999, 12, 1), "monthly", date(2026, 1, 1))


def done(store: Store, *words: str) -> dict[str, Any]:
    """Run a writing command and give what it says it did."""
    found: dict[str, Any] = json.loads(store.do(*words, "--json").out)["data"]
    return found


def test_completing_makes_the_next_one(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """One commit closes the old and makes the new, with the work and without its past; undo takes back both."""
    monkeypatch.setenv("TM_NOW", "2026-11-24T10:00:00Z")
    store = Store(repo)
    store.add("First", "--id", "first")
    words = ("--due", "2026-11-03", "--repeat", "weekly", "--tag", "office", "--criterion", "No leaf hangs", "-a", "li")
    store.add("Water the plants", "--id", "water", *words, "--depends-on", "first")
    store.do("complete", "first")
    store.do("update", "water", "--wait", "2026-11-01")
    store.do("share", "water", "The fern is new")
    store.do("criteria", "met", "water", "1")
    before = store.files()
    result = done(store, "complete", "water", "--summary", "Done")
    (new,) = set(result["changed"]) - {"water"}
    assert result["notes"] == [f"water repeats: the next one is {new}, due 2026-12-01"]
    assert store.doc(new) == {
        "title": "Water the plants",
        "status": "pending",
        "priority": "medium",
        "assignee": "li",
        "tags": ["office"],
        "source": "water",
        "due": "2026-12-01",
        "wait_until": "2026-11-29",
        "repeat": "weekly",
        "created_at": "2026-11-24T10:00:00Z",
        "created_by": store.doc("first")["created_by"],
        "criteria": [{"text": "No leaf hangs"}],
    }
    assert store.subjects()[0] == "tm: complete water Water the plants"
    store.do("reopen", "water")
    assert done(store, "complete", "water")["notes"] == [f"water repeats: its next one is there already: {new}"]
    for _ in range(3):
        store.do("undo")
    assert store.files() == before
    store.assert_sound()


@pytest.mark.parametrize(
    ("more", "moved"),
    [
        ((), {"wait_until": "2026-12-24"}),
        (("--due", "2026-12-31T17:30:00Z"), {"due": "2027-01-31T17:30:00Z"}),
        (("--due", "2026-11-24"), {"due": "2026-12-24"}),
    ],
)
def test_what_moves(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], moved: dict[str, str]
) -> None:
    """The due date moves, to the hour; without any date the next one waits from today."""
    monkeypatch.setenv("TM_NOW", "2026-11-24T10:00:00Z")
    store = Store(repo)
    store.add("Pay", "--id", "pay", "--repeat", "monthly", *more)
    (new,) = set(done(store, "update", "pay", "--status", "completed")["changed"]) - {"pay"}
    doc = store.doc(new)
    assert {key: doc[key] for key in ("due", "wait_until") if key in doc} == moved


def test_a_batch_makes_each_next_one_once(repo: GitRepo) -> None:
    """Completed by a line of a batch, twice even, a task has one next one; cancelled, it has none."""
    store = Store(repo)
    for name in ("one", "two"):
        store.add(f"Task {name}", "--id", name, "--repeat", "daily")
    lines = [{"op": "complete", "id": "one"}, {"op": "reopen", "id": "one"}, {"op": "complete", "id": "one"}]
    path = store.path.parent / "lines.jsonl"
    path.write_text("\n".join(map(json.dumps, [*lines, {"op": "cancel", "id": "two"}])), encoding="utf-8")
    store.do("batch", str(path))
    rows = json.loads(store.do("list", "--all", "--json").out)["data"]
    assert sorted(row.get("source", "") for row in rows) == ["", "", "one"]


def test_a_repeat_that_cannot_be_read_stops_nothing_else(repo: GitRepo) -> None:
    """A hand-written one is warned of; only completing is refused, with the way out; commands refuse to write one."""
    store = Store(repo)
    store.file("odd").write_text("title: Odd\nrepeat: now and then\n", encoding="utf-8")
    assert "(interval)" in store.do("check").out
    store.do("start", "odd")
    assert "tm update odd --clear repeat" in store.do("complete", "odd", code=1).err
    assert "is not how often" in store.do("update", "odd", "--repeat", "sometimes", code=None).err
    assert "is not how often" in store.do("add", "X", "--repeat", "sometimes", code=None).err
    store.do("update", "odd", "--clear", "repeat")
    assert done(store, "complete", "odd")["changed"] == ["odd"]
