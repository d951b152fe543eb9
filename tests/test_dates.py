"""Dates, spans and what a person types for them."""

from __future__ import annotations

import contextlib
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmfiles import dates
from tmfiles.errors import TmError

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=timezone.utc)  # a Sunday
UTC = timezone.utc


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("2026-12-01T17:00:00Z", datetime(2026, 12, 1, 17, tzinfo=UTC)),
        ("2026-12-01t17:00z", datetime(2026, 12, 1, 17, tzinfo=UTC)),
        ("2026-12-01 17:00+01:00", datetime(2026, 12, 1, 16, tzinfo=UTC)),
        ("2026-12-01T17:00:00-0530", datetime(2026, 12, 1, 22, 30, tzinfo=UTC)),
        ("2026-12-01T17:00:00.5Z", datetime(2026, 12, 1, 17, 0, 0, 500000, tzinfo=UTC)),
        ("2025-11-02T21:58:07.295058123-08:00", datetime(2025, 11, 3, 5, 58, 7, 295058, tzinfo=UTC)),
        ("9999-12-31", date(9999, 12, 31)),
    ],
)
def test_reads_dates_and_times(text: str, value: date) -> None:
    """Every form that RFC 3339 allows is read, on each version of Python alike."""
    assert dates.parse(text) == value


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "is not a date"),
        ("2026-12-1", "is not a date"),
        ("20261201", "is not a date"),
        ("2026-W01-1", "is not a date"),
        ("٢٠٢٦-١٢-٠١", "is not a date"),
        ("2026-12-01x", "is not a date"),
        ("2026-13-01", "is not a date there is"),
        ("2026-02-30", "is not a date there is"),
        ("2026-12-01T17:00", "has no zone"),
        ("2026-12-01T17:00:00", "has no zone"),
        ("2026-12-01T25:00Z", "is not a date there is"),
        ("2026-12-01T24:00Z", "is not a date there is"),
        ("2026-12-01T24:00:00Z", "is not a date there is"),
        ("2026-12-01T17:00:00+99:00", "is not a date there is"),
        ("2026-12-01T17Z", "is not a date and time"),
        ("2026-12-01T17:00:00.Z", "is not a date and time"),
        ("2026-12-01T17:00:00,5Z", "is not a date and time"),
        ("2026-12-01T17:00:00 CET", "is not a date and time"),
        ("2026-12-01T", "is not a date and time"),
        ("0001-01-01T00:00:00+14:00", "is not a date there is"),
        ("9999-12-31T23:59:59-01:00", "is not a date there is"),
    ],
)
def test_refuses_what_is_no_date(text: str, fragment: str) -> None:
    """What cannot be read is refused with the reason and an example, a missing zone as such."""
    with pytest.raises(TmError, match=fragment) as caught:
        dates.parse(text)
    assert caught.value.code == "invalid"
    assert caught.value.hint


@given(st.text(max_size=40))
@settings(deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the readers fail in any other way than by a refusal."""
    for read in (dates.parse, dates.instant, dates.canonical, dates.duration, lambda word: dates.due(word, NOW)):
        with contextlib.suppress(TmError):
            read(text)


@given(st.datetimes(timezones=st.just(UTC)))
@settings(deadline=None)
def test_a_stamp_reads_back(moment: datetime) -> None:
    """What is written as a stamp is read as the same moment in whole seconds, and sorts as text."""
    whole = moment.replace(microsecond=0)
    text = dates.stamp(moment)
    assert dates.instant(text) == whole
    assert dates.canonical(text) == text
    assert len(text) == 20


def test_a_stamp_is_utc() -> None:
    """A moment of another zone is written in UTC."""
    assert dates.stamp(datetime(2026, 11, 22, 11, tzinfo=timezone(timedelta(hours=1)))) == "2026-11-22T10:00:00Z"


def test_a_date_is_a_whole_day() -> None:
    """A date begins its day, or ends it where it is a limit."""
    assert dates.instant("2026-11-22") == datetime(2026, 11, 22, tzinfo=UTC)
    assert dates.instant("2026-11-22", end=True).date() == date(2026, 11, 22)


def test_canonical_sorts() -> None:
    """Dates stay, times go to UTC, nothing stays nothing; text order is then time order."""
    assert dates.canonical("") == ""
    assert dates.canonical("2026-12-01") == "2026-12-01"
    assert dates.canonical("2026-12-01T01:00+02:00") == "2026-11-30T23:00:00Z"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-12-01", "2026-12-01"),
        (" 2026-12-01T17:00+01:00 ", "2026-12-01T16:00:00Z"),
        ("today", "2026-11-22"),
        ("Tomorrow", "2026-11-23"),
        ("yesterday", "2026-11-21"),
        ("monday", "2026-11-23"),
        ("fri", "2026-11-27"),
        ("sunday", "2026-11-29"),
        ("+3d", "2026-11-25"),
        ("+2w", "2026-12-06"),
        ("+1m", "2026-12-22"),
        ("+1y", "2027-11-22"),
        ("in 3 days", "2026-11-25"),
        ("In 1  week", "2026-11-29"),
        ("in 2 months", "2027-01-22"),
        ("eom", "2026-11-30"),
    ],
)
def test_reads_what_people_type(text: str, value: str) -> None:
    """Every form that the hint lists is read."""
    assert dates.due(text, NOW) == value


@pytest.mark.parametrize(
    "text", ["", "someday", "+d", "+3x", "3d", "in days", "in x days", "-1d", "+0x1d", "2026-11-31", "17:00"]
)
def test_refuses_other_words(text: str) -> None:
    """Other words are refused as wrong usage, with a list of what is allowed."""
    with pytest.raises(TmError) as caught:
        dates.due(text, NOW)
    assert caught.value.code == "usage"
    assert "tomorrow" in caught.value.hint


def test_months_end_where_they_end() -> None:
    """A month after the 31st is the last day of the next month, in leap years too."""
    assert dates.due("+1m", datetime(2027, 1, 31, tzinfo=UTC)) == "2027-02-28"
    assert dates.due("+1m", datetime(2028, 1, 31, tzinfo=UTC)) == "2028-02-29"
    assert dates.due("eom", datetime(2028, 12, 5, tzinfo=UTC)) == "2028-12-31"


def test_the_end_of_the_calendar_is_told() -> None:
    """Too far away is refused, not a crash."""
    for text in ("+99999999d", "+9999y", "+999999999999m"):
        with pytest.raises(TmError, match="too far away"):
            dates.due(text, NOW)


def test_today_is_that_of_the_zone_given() -> None:
    """The day is the one of the clock that is passed in, not the day in UTC."""
    evening = datetime(2026, 11, 22, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert dates.due("today", evening) == "2026-11-22"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90m", 5400),
        ("3h", 10800),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("1.5H", 5400),
        ("2d", 57600),
        ("1w", 144000),
        ("1w2d", 201600),
    ],
)
def test_reads_spans(text: str, seconds: int) -> None:
    """Spans of working time are read: a day has 8 hours, a week 5 days."""
    assert dates.duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "not a span of time"),
        ("3", "has no unit"),
        ("1h30", "has no unit"),
        ("h", "not a span of time"),
        ("-3h", "not a span of time"),
        ("3s", "not a span of time"),
        ("1.h", "not a span of time"),
        (".5h", "not a span of time"),
        ("1h2h", "twice"),
        ("0h", "no time at all"),
        ("9999999h", "not a span of time"),
        ("three hours", "not a span of time"),
    ],
)
def test_refuses_other_spans(text: str, fragment: str) -> None:
    """What is no span of time is refused with the reason and examples."""
    with pytest.raises(TmError, match=fragment) as caught:
        dates.duration(text)
    assert "1h30m" in caught.value.hint


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (7200, "2 hours ago"),
        (86400, "1 day ago"),
        (15 * 86400, "2 weeks ago"),
        (70 * 86400, "2 months ago"),
        (800 * 86400, "2 years ago"),
        (-3 * 86400, "in 3 days"),
    ],
)
def test_words_how_long_ago(seconds: int, words: str) -> None:
    """A moment is worded by its largest unit, before and after now."""
    assert dates.ago(NOW - timedelta(seconds=seconds), NOW) == words


@given(minutes=st.integers(1, 10**6))
def test_a_span_is_written_as_it_is_read(minutes: int) -> None:
    """Work in whole minutes, written in days, hours and minutes, reads as the same work."""
    assert dates.duration(dates.span(60 * minutes)) == 60 * minutes
