"""The timeline as bars in lanes below a row of days: where each stands; pure."""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil
from typing import NamedTuple

from tmfiles import dates
from tmfiles.actions.timelines import Bar, Lane, Timeline
from tmfiles.render.cells import cut, width
from tmfiles.render.scales import Scale, Tick, days
from tmfiles.render.text import line

_LEFT, _MOST, _LEAST = 16, 4000, 1200
# The height of a row, of a lane's name, and of the days above.
ROW, HEAD, TOP = 26, 28, 38
# So wide a day is drawn where there are few of them.
_DAY = 36
_NARROW = 3.0
# About the width of a sign of text.
_SIGN = 6.4


class Strip(NamedTuple):
    """One task: a bar, what is written on or behind it, its date as a mark, and all of it in words.

    `mark` is where its date stands, None without one or where that lies outside.
    """

    bar: Bar
    x: float
    y: float
    width: float
    label: str
    label_x: float
    outside: bool
    mark: float | None
    words: str


class Band(NamedTuple):
    """One assignee's lane: its name, where it begins, and its strips."""

    name: str
    y: float
    height: float
    strips: tuple[Strip, ...]


class Plan(NamedTuple):
    """The drawing: lanes, named days, weekends to be shaded, and where now is."""

    bands: tuple[Band, ...]
    ticks: tuple[Tick, ...]
    weekends: tuple[tuple[float, float], ...]
    now: float
    width: float
    height: float


def plan(timeline: Timeline) -> Plan:
    """Put the tasks of a timeline on a scale of days that holds them all, and what is due long ago at its edge."""
    bars = timeline.bars
    first = min([0.0, timeline.now, *(max(bar.due, -14) for bar in bars if bar.due is not None)])
    last = max([7.0, *(bar.ends for bar in bars), *(bar.due for bar in bars if bar.due is not None and bar.due < 366)])
    begin, end = int(first // 1), ceil(last) + 1
    wide = max(min((_MOST - _LEFT) / (end - begin), _DAY), _NARROW)
    wide = max(wide, (_LEAST - _LEFT) / (end - begin))
    # Words behind the last bars need room too.
    room = max((_end_of(bar, begin, wide) for bar in bars), default=0.0)
    x = Scale(begin, end, _LEFT, _LEFT + wide * (end - begin))
    bands, y = [], float(TOP)
    for lane in timeline.lanes:
        strips = tuple(_strip(bar, x, y + HEAD + at * ROW, wide) for at, bar in enumerate(lane.bars))
        height = HEAD + ROW * len(strips)
        bands.append(Band(_name(lane), y, height, strips))
        y += height
    day = timeline.day
    shown = days(day + timedelta(begin), day + timedelta(end), max(int(x.end / 110), 4))
    return Plan(
        tuple(bands),
        tuple(Tick(at, words) for one, words in shown if (at := x.at((one - day).days)) < x.end - 40),
        tuple(_weekends(day, begin, end, x)) if wide >= _NARROW * 2 else (),
        x.at(timeline.now),
        round(max(x.end, room) + _LEFT, 1),
        y + 8,
    )


def _name(lane: Lane) -> str:
    count = len(lane.bars)
    return f"{line(lane.assignee) or 'nobody'} · {count} task{'' if count == 1 else 's'}"


def _label(bar: Bar) -> str:
    note = "overdue" if bar.overdue else "late" if bar.late and not bar.pressing else "pressing" if bar.pressing else ""
    return cut(line(bar.title), 48) + (f" · {note}" if note else "")


def _long(bar: Bar) -> float:
    return width(_label(bar)) * _SIGN + 16


def _end_of(bar: Bar, begin: int, wide: float) -> float:
    """Give where a bar with its words ends, whether these stand in it, behind it, or behind its date."""
    at = max(bar.ends, 0 if bar.due is None else min(bar.due, bar.ends + 14))
    return _LEFT + (at - begin) * wide + _long(bar) + 16


def _strip(bar: Bar, x: Scale, y: float, wide: float) -> Strip:
    begins = x.at(bar.begins)
    size = round(max((bar.ends - bar.begins) * wide, 3), 1)
    mark = None if bar.due is None or bar.due > x.most else x.at(max(bar.due, x.least))
    within = mark is not None and begins - 8 < mark < begins + size + 8
    outside = within or _long(bar) >= size
    at = begins + size + 8 if outside else begins + 8
    if outside and mark is not None and at - 8 < mark < at + _long(bar):
        at = mark + 14
    return Strip(bar, begins, y, size, _label(bar), round(at, 1), outside, mark, words(bar))


def words(bar: Bar) -> str:
    """Say all of a task on the timeline: what it is, when it can be done, when it is due, and what follows."""
    parts = [f"{bar.id} {line(bar.title)}", bar.status.replace("_", " ")]
    parts.append(f"{dates.span(bar.seconds)} of work{'' if bar.estimated else ' assumed'}")
    if bar.due_text:
        parts.append(f"due {bar.due_text}")
    parts += notes(bar)
    return ", ".join(parts)


def notes(bar: Bar) -> list[str]:
    """Say what is remarkable about a task's dates."""
    found = []
    if bar.overdue:
        found.append("overdue")
    elif bar.pressing:
        found.append("too late for a task that waits for it")
    elif bar.late:
        found.append("ends after its date")
    if bar.critical:
        found.append("on the critical path")
    return found


def day_of(timeline: Timeline, at: float, *, end: bool = False) -> str:
    """Give the day on which something begins, or with `end` on which it ends."""
    return (timeline.day + timedelta((ceil(at) - 1) if end and at > 0 else int(at // 1))).isoformat()


def _weekends(day: date, begin: int, end: int, x: Scale) -> list[tuple[float, float]]:
    found = []
    for at in range(begin, end):
        if (day + timedelta(at)).weekday() == 5:
            found.append((x.at(at), round(x.at(min(at + 2, end)) - x.at(at), 1)))
    return found
