"""Where a value stands on an axis, and which values an axis names; pure."""

from __future__ import annotations

from datetime import date, timedelta
from math import floor, log10
from typing import NamedTuple

_STEPS = (1, 2, 5, 10)


class Tick(NamedTuple):
    """One named place of an axis."""

    at: float
    label: str


class Scale(NamedTuple):
    """Values from `least` to `most` on a length from `begin` to `end`, which may run the other way."""

    least: float
    most: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        """Give where a value stands, to a tenth."""
        part = (value - self.least) / (self.most - self.least) if self.most > self.least else 0.0
        return round(self.begin + part * (self.end - self.begin), 1)


def numbers(most: float, count: int = 5) -> list[float]:
    """Give about `count` round numbers from 0 to at least `most`, evenly apart."""
    if most <= 0:
        return [0.0, 1.0]
    raw = most / count
    power = 10.0 ** floor(log10(raw))
    step = next(one * power for one in _STEPS if raw <= one * power * (1 + 1e-9))
    found = [0.0]
    while found[-1] < most * (1 - 1e-9):
        found.append(round(step * len(found), 10))
    return found


def days(first: date, last: date, count: int = 7) -> list[tuple[date, str]]:
    """Give at most about `count` days between two, with words for them: days, Mondays, months, quarters or years."""
    span = max((last - first).days, 1)
    for step in (1, 2, 7, 14):
        if span / step <= count:
            return _daily(first, last, step)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    step = next((one for one in (1, 2, 3, 6, 12) if months / one <= count), 12 * -(-months // (12 * count)))
    return _monthly(first, last, step)


def _daily(first: date, last: date, step: int) -> list[tuple[date, str]]:
    day = first if step < 7 else first + timedelta(days=-first.weekday() % 7)
    found = []
    while day <= last:
        found.append((day, f"{day.day} {day:%b}"))
        day += timedelta(days=step)
    return found


def _monthly(first: date, last: date, step: int) -> list[tuple[date, str]]:
    number = first.year * 12 + first.month - 1
    number += -number % step
    found = []
    while (day := date(number // 12, number % 12 + 1, 1)) <= last:
        if day >= first:
            found.append((day, f"{day.year}" if step % 12 == 0 else f"{day:%b %Y}"))
        number += step
    return found


def short(value: float) -> str:
    """Write a number for an axis: no more digits than it has."""
    return f"{value:,.0f}" if value == round(value) else f"{value:g}"
