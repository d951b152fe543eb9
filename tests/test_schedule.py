"""When work can begin and end: by hand, and days of the calendar against a walk from day to day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmfiles.dates import DAY_OF_WORK
from tmfiles.schedule import Calendar, Times, planned

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def test_a_plan_by_hand() -> None:
    """The later of two dependencies counts, a wait counts, and a date presses on all that lies before it."""
    deps: dict[str, list[str]] = {"a": [], "b": [], "c": ["a", "b"], "d": ["c"], "e": ["a"], "f": []}
    work = {"a": 2, "b": 5, "c": 3, "d": 1, "e": 1, "f": 4}
    assert planned(deps, work, {"f": 10}, {"d": 8, "e": 20}) == {
        "a": Times(0, 2, 4),
        "b": Times(0, 5, 4),
        "c": Times(5, 8, 7),
        "d": Times(8, 9, 8),
        "e": Times(2, 3, 20),
        "f": Times(10, 14, None),
    }


def test_late_is_what_misses_a_date_or_makes_another_miss_it() -> None:
    """A task that ends in time for itself but too late for what waits for it is late."""
    times = planned({"a": [], "b": ["a"], "c": []}, {"a": 3, "b": 3, "c": 9}, {}, {"b": 5})
    assert {id: one.late for id, one in times.items()} == {"a": True, "b": True, "c": False}


@pytest.mark.parametrize(
    ("day", "first"), [("2026-11-27", "2026-11-27"), ("2026-11-28", "2026-11-30"), ("2026-11-29", "2026-11-30")]
)
def test_work_does_not_begin_at_a_weekend(day: str, first: str) -> None:
    """From a Friday on work begins that day, from a Saturday or Sunday on at the next Monday."""
    assert Calendar(date.fromisoformat(day)).day.isoformat() == first


@given(DAYS, st.integers(0, 400), st.integers(0, DAY_OF_WORK - 1))
def test_days_of_work_are_weekdays(day: date, count: int, rest: int) -> None:
    """So many days of work later it is the weekday that a walk from day to day comes to."""
    calendar = Calendar(day)
    walked = calendar.day
    for _ in range(count):
        walked += timedelta(days=3 if walked.weekday() == 4 else 1)
    at = (walked - calendar.day).days
    assert calendar.begins(count * DAY_OF_WORK + rest) == at + rest / DAY_OF_WORK
    # Full days end at the end of the last one, not at the beginning of the next.
    before = walked - timedelta(days=3 if walked.weekday() == 0 else 1)
    ended = (before - calendar.day).days + 1 if count and not rest else at + rest / DAY_OF_WORK
    assert calendar.ends(count * DAY_OF_WORK + rest) == ended


@given(DAYS, st.integers(-300, 300))
def test_the_work_until_a_day_is_its_weekdays(day: date, away: int) -> None:
    """Counted one by one, the last day included; backwards it is less than nothing."""
    calendar = Calendar(day)
    until = calendar.day + timedelta(days=away)
    step = 1 if away >= 0 else -1
    if away >= 0:
        days = [calendar.day + timedelta(days=at) for at in range(away + 1)]
    else:
        days = [calendar.day - timedelta(days=at) for at in range(1, -away)]
    assert calendar.until(until) == step * DAY_OF_WORK * sum(one.weekday() < 5 for one in days)
