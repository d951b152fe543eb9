"""Dates, times and spans of working time as people write them; knows neither the clock nor a time zone.

A date alone is a day in UTC. Where it is a limit (`due`) it means the end of that day, elsewhere
(`wait_until`, `created_at`) the start. A day of work has 8 hours and a week 5 days.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

from tmfiles.errors import TmError

MINUTE, HOUR, DAY_OF_WORK, WEEK_OF_WORK = 60, 3600, 8 * 3600, 40 * 3600

_UNITS = {"m": MINUTE, "h": HOUR, "d": DAY_OF_WORK, "w": WEEK_OF_WORK}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DIGITS = frozenset("0123456789")
_DIGIT_TO_D = str.maketrans("0123456789d", "ddddddddddx")
_SPANS = ((31_536_000, "year"), (2_592_000, "month"), (604_800, "week"), (86_400, "day"), (3600, "hour"))
_DATE_HINT = "write 2026-12-01, or 2026-12-01T17:00:00Z with the zone"
_DUE_HINT = "write 2026-12-01, 2026-12-01T17:00Z, today, tomorrow, friday, +3d, +2w, +1m, in 3 days or eom"
_PAST_HINT = "write 2026-12-01, 2026-12-01T17:00Z, today, yesterday, or how long ago: 90d, 2w, 3m, 1y"
_SPAN_HINT = "write for example 90m, 3h, 1h30m, 1.5h, 2d (8 hours each) or 1w (5 days)"


def parse(text: str) -> date | datetime:
    """Read `2026-12-01`, or a date and time with `Z` or an offset; seconds and fractions may be left out.

    Raises TmError, code `invalid`, for anything else; a time without zone is told as such.
    """
    try:
        if len(text) == 20 and _shaped(text, "dddd-dd-ddTdd:dd:ddZ") and text[11:13] != "24":
            # What tm writes, and so nearly all there is.
            return datetime.fromisoformat(text[:19] + "+00:00")
        if len(text) == 10:
            if _shaped(text, "dddd-dd-dd"):
                return date.fromisoformat(text)
        elif len(text) > 10 and text[10] in "Tt " and _shaped(text[:10], "dddd-dd-dd"):
            moment = _moment(text)
            if moment.year in (1, 9999):
                moment.astimezone(timezone.utc)  # their first and last hours may have no place in UTC
            return moment
    except (ValueError, OverflowError) as error:
        raise _invalid(f"{_quoted(text)} is not a date there is: {error}", _DATE_HINT) from None
    raise _invalid(f"{_quoted(text)} is not a date", _DATE_HINT)


def instant(text: str, end: bool = False) -> datetime:
    """Read a date or a date and time as an aware datetime in UTC.

    A date alone is the start of its day, or with `end` its last microsecond. Raises as `parse` does.
    """
    value = parse(text)
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc)
    return datetime.combine(value, time.max if end else time.min, timezone.utc)


def stamp(now: datetime) -> str:
    """Write a moment as `2026-11-22T10:00:00Z`: UTC, whole seconds."""
    return now.astimezone(timezone.utc).replace(tzinfo=None).isoformat("T", "seconds") + "Z"


def canonical(text: str) -> str:
    """Write a date, or a date and time, so that texts sort by time: dates as they are, times in UTC.

    Nothing stays nothing. Raises as `parse` does.
    """
    if not text:
        return ""
    value = parse(text)
    return stamp(value) if isinstance(value, datetime) else text


def due(text: str, now: datetime) -> str:
    """Turn what a person types for a date into what a file holds: a date, or a moment in UTC.

    The day of `now` in its own zone is `today`, so pass local time where a person asks. A weekday is the
    next such day after today, `eom` the last day of the month; `d`, `w`, `m`, `y` and the words for them
    are days, weeks, months and years of the calendar. Raises TmError, code `usage`.
    """
    word = " ".join(text.lower().split())
    today = now.date()
    try:
        day = _day(word, today)
    except (ValueError, OverflowError):
        raise TmError(f"{_quoted(text)} is too far away", hint=_DUE_HINT, code="usage") from None
    if day is not None:
        return day.isoformat()
    try:
        value = parse(text.strip())
    except TmError as error:
        raise TmError(error.message, hint=_DUE_HINT, code="usage") from None
    return stamp(value) if isinstance(value, datetime) else value.isoformat()


def past(text: str, now: datetime, end: bool = False) -> datetime:
    """Read a moment gone by as an aware datetime in UTC: a date, `today`, `yesterday`, or how long ago, `90d`.

    `d`, `w`, `m` and `y` are days, weeks, months and years of the calendar. A day means its start, or with
    `end` its last microsecond. Raises TmError, code `usage`.
    """
    word = "".join(text.lower().split()).removesuffix("ago")
    count, unit = word[:-1], word[-1:]
    try:
        if word in ("today", "yesterday"):
            return instant((now.date() - timedelta(days=word == "yesterday")).isoformat(), end)
        if unit in ("d", "w") and _DIGITS.issuperset(count) and count:
            return now - timedelta(days=int(count[:9]) * (7 if unit == "w" else 1))
        if unit in ("m", "y") and _DIGITS.issuperset(count) and count:
            month = now.year * 12 + now.month - 1 - int(count[:9]) * (12 if unit == "y" else 1)
            year, month = month // 12, month % 12 + 1
            return now.replace(year=year, month=month, day=min(now.day, _last(year, month)))
    except (ValueError, OverflowError):
        raise TmError(f"{_quoted(text)} is too long ago", hint=_PAST_HINT, code="usage") from None
    try:
        return instant(text.strip(), end)
    except TmError as error:
        raise TmError(error.message, hint=_PAST_HINT, code="usage") from None


def duration(text: str) -> int:
    """Read a span of working time such as `90m`, `3h`, `1h30m`, `1.5h`, `2d`, `1w`, in seconds.

    Raises TmError, code `invalid`, where it cannot be read, has no unit, repeats one or is nothing.
    """
    rest = "".join(text.lower().split())
    seconds, seen = 0.0, ""
    while rest:
        number = rest[: len(rest) - len(rest.lstrip("0123456789."))]
        unit = rest[len(number) : len(number) + 1]
        if number and not unit:
            raise _invalid(f"{_quoted(text)} has no unit", _SPAN_HINT)
        if unit not in _UNITS or not _decimal(number):
            raise _invalid(f"{_quoted(text)} is not a span of time", _SPAN_HINT)
        if unit in seen:
            raise _invalid(f"{_quoted(text)} names '{unit}' twice", _SPAN_HINT)
        seen += unit
        seconds += float(number) * _UNITS[unit]
        rest = rest[len(number) + 1 :]
    if not seen:
        raise _invalid(f"{_quoted(text)} is not a span of time", _SPAN_HINT)
    if round(seconds) < 1:
        raise _invalid(f"{_quoted(text)} is no time at all", _SPAN_HINT)
    return round(seconds)


def span(seconds: int) -> str:
    """Write working time as `duration` reads it, in days and hours: `2d 3h`, `45m`."""
    words = []
    for size, unit in ((DAY_OF_WORK, "d"), (HOUR, "h"), (MINUTE, "m")):
        count, seconds = divmod(seconds, size)
        words += [f"{count}{unit}"] * bool(count)
    return " ".join(words) or "0m"


def ago(then: datetime, now: datetime) -> str:
    """Word how long ago a moment was, in its largest unit: `2 hours ago`, `just now`, `in 3 days`."""
    seconds = int((now - then).total_seconds())
    for size, name in (*_SPANS, (60, "minute")):
        count = abs(seconds) // size
        if count:
            span = f"{count} {name}{'s' if count > 1 else ''}"
            return f"{span} ago" if seconds > 0 else f"in {span}"
    return "just now"


def _moment(text: str) -> datetime:
    clock, zone = text[11:], ""
    if clock[-1:] in ("Z", "z"):
        clock, zone = clock[:-1], "+00:00"
    else:
        at = max(clock.rfind("+"), clock.rfind("-"))
        if at >= 0:
            clock, zone = clock[:at], clock[at:]
        if _shaped(zone[1:], "dddd"):
            zone = zone[:3] + ":" + zone[3:]
    clock, _, fraction = clock.partition(".")
    if not (_shaped(clock, "dd:dd") or _shaped(clock, "dd:dd:dd")) or ("." in text[11:] and not fraction):
        raise _invalid(f"{_quoted(text)} is not a date and time", _DATE_HINT)
    if not zone:
        raise _invalid(f"{_quoted(text)} has no zone", f"write {text[:10]}T{clock}Z for UTC, or an offset as in +01:00")
    if not _DIGITS.issuperset(fraction) or not _shaped(zone[1:], "dd:dd"):
        raise _invalid(f"{_quoted(text)} is not a date and time", _DATE_HINT)
    if clock[:2] == "24":  # the next day's 00:00, which some versions of Python read and some do not
        raise ValueError("hour must be in 0..23")
    # Python 3.10 reads neither Z nor fractions of other than 3 or 6 digits.
    clock += ":00" if len(clock) == 5 else ""
    return datetime.fromisoformat(f"{text[:10]}T{clock}.{fraction[:6]:0<6}{zone}")


def _shaped(text: str, shape: str) -> bool:
    return text.translate(_DIGIT_TO_D) == shape


def _decimal(number: str) -> bool:
    whole, point, part = number.partition(".")
    # Six digits before the point are a century of minutes; more is a slip, and would overflow in time.
    return 0 < len(whole) <= 6 and _DIGITS.issuperset(whole + part) and bool(part or not point)


def _day(word: str, today: date) -> date | None:
    if word == "today":
        return today
    if word == "yesterday":
        return today + timedelta(days=-1)
    if word == "tomorrow":
        return today + timedelta(days=1)
    if word == "eom":
        return today.replace(day=_last(today.year, today.month))
    for number, name in enumerate(_WEEKDAYS):
        if word in (name, name[:3]):
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return _later(word, today)


def _later(word: str, today: date) -> date | None:
    if word.startswith("+"):
        count, unit = word[1:-1].strip(), word[-1]
    elif word.startswith("in "):
        count, _, name = word[3:].partition(" ")
        if name.removesuffix("s") not in ("day", "week", "month", "year"):
            return None
        unit = name[0]
    else:
        return None
    if not count or not _DIGITS.issuperset(count) or unit not in "dwmy":
        return None
    number = int(count[:9])
    if unit in "dw":
        return today + timedelta(days=number * (7 if unit == "w" else 1))
    months = today.month - 1 + number * (12 if unit == "y" else 1)
    year, month = today.year + months // 12, months % 12 + 1
    # The 31st of a shorter month is its last day.
    return date(year, month, min(today.day, _last(year, month)))


def _last(year: int, month: int) -> int:
    # `calendar` knows this too, but importing it loads `re` and `locale`: 10 ms.
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _invalid(message: str, hint: str) -> TmError:
    return TmError(message, hint=hint, code="invalid")
