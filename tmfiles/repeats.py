"""How often a task comes again: what `repeat` says, and the task that follows a completed one; reads no clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from tmfiles import dates
from tmfiles.errors import TmError
from tmfiles.task import without_empty

HINT = "write daily, weekdays, weekly, monthly, yearly, every 2 weeks, or 3d, 2w, 1m, 1y"
_WORDS = {"daily": "1 day", "weekly": "1 week", "monthly": "1 month", "yearly": "1 year", "annually": "1 year"}
_UNITS = ("day", "week", "month", "year")
# What belongs to the work that was done, or to the moment it was done in, and not to the next time.
_PAST = (
    "depends_on", "actual", "participants", "journal", "feedback", "claim", "started_at", "completed_at", "result",
    "reason",
)  # fmt: skip
_FAR = 10_000


def interval(text: str) -> tuple[int, str]:
    """Read how often: a count and `day`, `week`, `month`, `year` or `weekday`. Raises TmError, code `invalid`."""
    words = text.lower().removeprefix("every ").replace("+", " ").split()
    plain = " ".join(_WORDS.get(word, word) for word in words)
    if plain in ("weekdays", "weekday"):
        return 1, "weekday"
    number = plain[: len(plain) - len(plain.lstrip("0123456789"))]
    name = plain[len(number) :].strip()
    unit = next((unit for unit in _UNITS if name in (unit, f"{unit}s", unit[0])), "")
    count = int(number[:9]) if number else 1
    if not unit or not (number or len(name) > 1) or not 0 < count < _FAR:
        raise TmError(f"{text[:60]!r} is not how often", HINT, "invalid")
    return count, unit


def later(day: date, text: str, after: date) -> date:
    """Give the first day of a series from `day` that is later than itself and than `after`.

    Months are counted from `day`: the 31st of a shorter month is its last day. Raises TmError as `interval` does,
    and for what lies beyond the calendar.
    """
    count, unit = interval(text)
    least = max(day, after)
    try:
        if unit == "weekday":
            found = least + timedelta(days=1)
            return found + timedelta(days=(7 - found.weekday()) % 7 if found.weekday() > 4 else 0)
        if unit in ("day", "week"):
            step = count * (7 if unit == "week" else 1)
            return day + timedelta(days=((least - day).days // step + 1) * step)
        step = count * (12 if unit == "year" else 1)
        times = max(1, ((least.year - day.year) * 12 + least.month - day.month) // step)
        while (found := _in_months(day, times * step)) <= least:
            times += 1
    except (ValueError, OverflowError):
        raise TmError(f"{text[:60]!r} after {day} is beyond the calendar", HINT, "invalid") from None
    return found


def _in_months(day: date, months: int) -> date:
    at = day.replace(day=1).isoformat()
    year, month = divmod(int(at[:4]) * 12 + int(at[5:7]) - 1 + months, 12)
    first = date(year, month + 1, 1)
    last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return first.replace(day=min(day.day, last))


def following(doc: dict[str, Any], task_id: str, now: datetime, actor: str) -> dict[str, Any]:
    """Give the task that follows a completed one: what it says of the work, with its days moved.

    What moves on is the due date; where there is none, `wait_until`; where there is neither, the next one waits
    from today. Raises TmError as `later` does.
    """
    today, text = now.astimezone(timezone.utc).date(), str(doc["repeat"])
    new = {key: value for key, value in doc.items() if key not in _PAST}
    new |= {"status": "pending", "priority": doc.get("priority", "medium"), "source": task_id}
    new["criteria"] = [{key: value for key, value in one.items() if key != "met"} for one in doc.get("criteria") or ()]
    new |= {"created_at": dates.stamp(now), "created_by": actor}
    anchor = doc.get("due") or doc.get("wait_until")
    if not anchor:
        new["wait_until"] = later(today, text, today).isoformat()
        return without_empty(new)
    day = dates.instant(str(anchor)).date()
    days = (later(day, text, today) - day).days
    for key in ("due", "wait_until"):
        if doc.get(key):
            new[key] = _moved(str(doc[key]), days)
    return without_empty(new)


def _moved(text: str, days: int) -> str:
    value = dates.parse(text)
    if not isinstance(value, datetime):
        return (value + timedelta(days=days)).isoformat()
    moment = dates.instant(text)
    return dates.stamp(datetime.combine(moment.date() + timedelta(days=days), moment.timetz() or time.min))
