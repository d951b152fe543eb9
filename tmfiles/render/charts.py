"""The course of the work as charts: areas, lines, bars and dots with their places, axes and tables; pure.

A chart is drawn by a template and says all in words and numbers too: `table` holds what it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from math import log10
from typing import NamedTuple

from tmfiles.actions.flow import Count, Done, Flow
from tmfiles.render.scales import Scale, Tick, days, numbers, short

WIDTH, HEIGHT = 580, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 96, 30, 38
# Names behind the ends of lines need so much room each.
_LINE = 15
_MINUTE, _MONTH = 1 / 1440, 30.0
_SPANS = (
    (_MINUTE, "1 min"),
    (10 * _MINUTE, "10 min"),
    (1 / 24, "1 hour"),
    (6 / 24, "6 hours"),
    (1.0, "1 day"),
    (7.0, "1 week"),
    (_MONTH, "1 month"),
    (6 * _MONTH, "6 months"),
    (730.0, "2 years"),
    (3650.0, "10 years"),
)
# Dots nearer to each other than this are drawn as one.
_CELL = 5


class Shape(NamedTuple):
    """One area, line or hatching: how it looks (`kind`, for the style sheet) and its path."""

    kind: str
    path: str


class Mark(NamedTuple):
    """A dot or bar with the words that tell it; a dot that is one task has its id."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    words: str
    id: str = ""


class Label(NamedTuple):
    """Words in the drawing: the name of an area or a line at its end."""

    kind: str
    x: float
    y: float
    words: str


class Table(NamedTuple):
    """What a chart shows, for those who read numbers; `cut` is how many rows were left out."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cut: int = 0


class Chart(NamedTuple):
    """One chart. `spots` are invisible, and tell what stands above them; `empty` is said where there is nothing."""

    name: str
    title: str
    about: str
    x_title: str
    y_title: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    shapes: tuple[Shape, ...]
    rules: tuple[Label, ...]
    marks: tuple[Mark, ...]
    spots: tuple[Mark, ...]
    labels: tuple[Label, ...]
    legend: tuple[tuple[str, str], ...]
    table: Table
    empty: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    top: int = _TOP
    bottom: int = HEIGHT - _BOTTOM


def charts(flow: Flow) -> list[Chart]:
    """Give all four charts of a period."""
    return [burn_up(flow), cumulative(flow), times(flow), throughput(flow)]


def tiles(flow: Flow) -> list[tuple[str, str]]:
    """Give the figures of a period that are read first, in words and numbers."""
    last = flow.counts[-1]
    found = [
        ("Completed", f"{flow.completed:,}"),
        ("Created", f"{flow.created:,}"),
        ("Open at the end", f"{last.waiting + last.in_progress:,}"),
        ("Completed a week", f"{flow.completed / len(flow.weeks):,.1f}"),
    ]
    word = "Cycle time" if flow.measure == "started" else "Lead time"
    return [*found, *((f"{word}, {percent} % within", span(value)) for percent, value in flow.percentiles[:2])]


def burn_up(flow: Flow) -> Chart:
    """Draw what there was to do beside what was done: where the two meet, all is done."""
    x, y = _across(flow), _up(max(one.total for one in flow.counts))
    series = [("scope", "all tasks", "total"), ("completed", "completed", "completed")]
    last = flow.counts[-1]
    return _over_time(
        flow,
        "burn-up",
        "Burn-up",
        f"{last.completed:,} of {last.total:,} tasks completed by {_day(flow.until)}; cancelled ones do not count.",
        y,
        tuple(Shape(f"line {kind}", _line(flow.counts, x, y, key)) for kind, _, key in series),
        [(kind, name, getattr(last, key)) for kind, name, key in series],
        ("Day", "All tasks", "Completed", "Left"),
        lambda one: (one.total, one.completed, one.total - one.completed),
    )


def cumulative(flow: Flow) -> Chart:
    """Draw the tasks by what had become of them, one area on the other; a widening one is where work piles up."""
    x, y = _across(flow), _up(max(one.total + one.cancelled for one in flow.counts))
    kinds = [
        ("completed", "completed"),
        ("cancelled", "cancelled"),
        ("in_progress", "in progress"),
        ("waiting", "not begun"),
    ]
    kinds = [(kind, name) for kind, name in kinds if any(getattr(one, kind) for one in flow.counts)]
    shapes, ends, below = [], [], [0] * len(flow.counts)
    for kind, name in kinds:
        above = [low + getattr(one, kind) for low, one in zip(below, flow.counts, strict=True)]
        shapes.append(Shape(f"area {kind}", _area(flow.counts, x, y, below, above)))
        ends.append((kind, name, (below[-1] + above[-1]) / 2))
        below = above
    last = flow.counts[-1]
    return _over_time(
        flow,
        "cumulative-flow",
        "Cumulative flow",
        f"On {_day(flow.until)}: {last.waiting:,} not begun, {last.in_progress:,} in progress, {last.completed:,}"
        f" completed, {last.cancelled:,} cancelled.",
        y,
        tuple(shapes),
        ends,
        ("Day", "Not begun", "In progress", "Completed", "Cancelled"),
        lambda one: (one.waiting, one.in_progress, one.completed, one.cancelled),
    )


def _over_time(
    flow: Flow,
    name: str,
    title: str,
    about: str,
    y: Scale,
    shapes: tuple[Shape, ...],
    ends: Sequence[tuple[str, str, float]],
    head: tuple[str, ...],
    values: Callable[[Count], Sequence[int]],
) -> Chart:
    """Put together a chart of counts by day, whose areas or lines are named at their ends."""
    x = _across(flow)
    rows = tuple((one.day.isoformat(), *(f"{value:,}" for value in values(one))) for one in flow.counts)
    spots = []
    for at, (one, row) in enumerate(zip(flow.counts, rows, strict=True)):
        left, right = (
            (x.at(one.day.toordinal()) + x.at(flow.counts[near].day.toordinal())) / 2
            if 0 <= near < len(flow.counts)
            else x.at(one.day.toordinal())
            for near in (at - 1, at + 1)
        )
        told = ", ".join(f"{word.lower()} {value}" for word, value in zip(head[1:], row[1:], strict=True))
        spots.append(
            Mark(
                "spot", round(left, 1), _TOP, round(max(right - left, 1), 1), y.begin - _TOP, f"{_day(one.day)}: {told}"
            )
        )
    return Chart(
        name,
        title,
        about,
        "",
        "tasks",
        _dated(flow.since, flow.until, x),
        _counted(y),
        shapes,
        (),
        (),
        tuple(spots),
        _named(ends, x.end + 6, y),
        tuple((kind, word) for kind, word, _ in reversed(ends)),
        Table(head, tuple(reversed(rows))),
    )


def times(flow: Flow) -> Chart:
    """Draw a dot for every completed task, the higher the longer it took; each step of the axis multiplies."""
    first = "the start of work" if flow.measure == "started" else "its creation"
    name = "Cycle time" if flow.measure == "started" else "Lead time"
    x = _across(flow)
    most = max((one.days for one in flow.done), default=1.0)
    top = next((size for size, _ in _SPANS if size >= most), most)
    least = min((one.days for one in flow.done), default=1.0)
    bottom = max((size for size, _ in _SPANS if size <= min(least, 1.0)), default=_MINUTE)
    y = Scale(log10(bottom), log10(max(top, 1.0)), HEIGHT - _BOTTOM, _TOP)
    lines = tuple(
        Label("percentile", x.begin, y.at(_log(value)), f"{percent} %: {span(value)}")
        for percent, value in flow.percentiles
    )
    said = "; ".join(f"{percent} of 100 within {span(value)}" for percent, value in flow.percentiles)
    untimed = f" {flow.untimed:,} more have no such time." if flow.untimed else ""
    rows = sorted(flow.done, key=lambda one: (-one.days, one.id))[:_MOST_ROWS]
    return Chart(
        "cycle-time",
        name,
        f"Days of the calendar from {first} to completion, of {len(flow.done):,} tasks: {said}.{untimed}"
        if flow.done
        else "",
        "completed on",
        "time; each step multiplies it",
        _dated(flow.since, flow.until, x),
        tuple(Tick(y.at(log10(size)), words) for size, words in _SPANS if y.least <= log10(size) <= y.most),
        (),
        lines,
        tuple(_dots(flow.done, x, y)),
        (),
        _named(
            [("percentile", line.words, value) for line, (_, value) in zip(lines, flow.percentiles, strict=True)],
            x.end + 6,
            y._replace(),
            _log,
        ),
        (("dot", "a task, or several close together"), ("percentile", "so many of 100 took no longer")),
        Table(
            ("Task", "Title", "Assignee", "Completed", "Took"),
            tuple((one.id, one.title, one.assignee or "nobody", one.day.isoformat(), span(one.days)) for one in rows),
            len(flow.done) - len(rows),
        ),
        "" if flow.done else "no task with such times was completed in this period",
    )


_MOST_ROWS = 50


def throughput(flow: Flow) -> Chart:
    """Draw the tasks completed in each week as bars, those that came in as a line of marks over them."""
    x, y = _across(flow), _up(max(max(one.created, one.completed) for one in flow.weeks))
    weeks = flow.weeks
    step = x.at(flow.since.toordinal() + 7) - x.at(flow.since.toordinal())
    inset = min(step / 8, 3)
    marks = []
    for one in weeks:
        begin = max(x.at(one.monday.toordinal()), x.begin) + inset
        wide = round(max(min(x.at(one.monday.toordinal() + 7), x.end) - begin - inset, 1.0), 1)
        told = f"week of {_day(one.monday)}: {one.completed:,} completed, {one.created:,} created"
        bar = Mark("bar", round(begin, 1), y.at(one.completed), wide, round(y.begin - y.at(one.completed), 1), told)
        marks += [bar, bar._replace(kind="created", y=y.at(one.created), height=0)] if one.created else [bar]
    spots = tuple(mark._replace(kind="spot", y=_TOP, height=y.begin - _TOP) for mark in marks if mark.kind == "bar")
    mean = sum(one.completed for one in weeks) / len(weeks)
    rows = tuple((one.monday.isoformat(), f"{one.created:,}", f"{one.completed:,}") for one in reversed(weeks))
    return Chart(
        "throughput",
        "Throughput",
        f"{flow.completed:,} tasks were completed and {flow.created:,} created in {len(weeks)}"
        f" {'week' if len(weeks) == 1 else 'weeks'}: {mean:,.1f} completed a week.",
        "week",
        "tasks",
        _dated(flow.since, flow.until, x),
        _counted(y),
        (),
        (Label("mean", x.begin, y.at(mean), f"mean {mean:,.1f}"),),
        tuple(marks),
        spots,
        (Label("mean", x.end + 6, y.at(mean), f"mean {mean:,.1f}"),),
        (("bar", "completed"), ("created", "created"), ("mean", "mean of completed")),
        Table(("Week from", "Created", "Completed"), rows),
    )


def span(days: float) -> str:
    """Word a span of calendar time in its largest unit: `40 min`, `5.5 hours`, `3.2 days`, `1.5 years`."""
    for size, unit in ((365.0, "years"), (1.0, "days"), (1 / 24, "hours")):
        if days >= size:
            return f"{days / size:.{0 if days >= 10 * size else 1}f} {unit}"
    return f"{days * 1440:.0f} min"


def _across(flow: Flow) -> Scale:
    return Scale(flow.since.toordinal(), max(flow.until.toordinal(), flow.since.toordinal() + 1), _LEFT, WIDTH - _RIGHT)


def _up(most: float) -> Scale:
    return Scale(0, numbers(most)[-1], HEIGHT - _BOTTOM, _TOP)


def _counted(y: Scale) -> tuple[Tick, ...]:
    return tuple(Tick(y.at(value), short(value)) for value in numbers(y.most) if value == round(value))


def _dated(first: date, last: date, x: Scale) -> tuple[Tick, ...]:
    return tuple(Tick(x.at(day.toordinal()), words) for day, words in days(first, max(last, first + timedelta(1))))


def _line(counts: Sequence[Count], x: Scale, y: Scale, key: str) -> str:
    return "M" + "L".join(f"{x.at(one.day.toordinal()):g} {y.at(getattr(one, key)):g}" for one in counts)


def _area(counts: Sequence[Count], x: Scale, y: Scale, below: Sequence[int], above: Sequence[int]) -> str:
    there = [(x.at(one.day.toordinal()), y.at(value)) for one, value in zip(counts, above, strict=True)]
    back = [(x.at(one.day.toordinal()), y.at(value)) for one, value in zip(counts, below, strict=True)]
    return "M" + "L".join(f"{at:g} {up:g}" for at, up in (*there, *reversed(back))) + "Z"


def _named(
    ends: Sequence[tuple[str, str, float]], x: float, y: Scale, as_placed: Callable[[float], float] = float
) -> tuple[Label, ...]:
    """Put names behind the ends of lines, moved apart where they would stand on each other, from below upwards."""
    found: list[Label] = []
    at = y.begin + _LINE
    for kind, words, value in sorted(ends, key=lambda end: end[2]):
        at = min(y.at(as_placed(value)), at - _LINE)
        found.append(Label(kind, x, round(at, 1), words))
    return tuple(found)


def _dots(done: Sequence[Done], x: Scale, y: Scale) -> list[Mark]:
    cells: dict[tuple[int, int], list[Done]] = {}
    for one in done:
        at, up = x.at(one.day.toordinal()), y.at(_log(one.days))
        cells.setdefault((round(at / _CELL), round(up / _CELL)), []).append(one)
    found = []
    for (at, up), some in sorted(cells.items()):
        size = 2.5 if len(some) == 1 else 3.5 if len(some) < 6 else 5.0
        first = some[0]
        words = f"{first.id} {first.title}: {span(first.days)}, completed {_day(first.day)}"
        if len(some) > 1:
            words = (
                f"{len(some)} tasks, of {span(min(one.days for one in some))} to {span(max(one.days for one in some))}"
            )
        place = (min(max(at * _CELL, x.begin), x.end), min(max(up * _CELL, y.end), y.begin))
        found.append(Mark("dot", *place, size, size, words, first.id if len(some) == 1 else ""))
    return found


def _log(days: float) -> float:
    return log10(max(days, _MINUTE))


def _day(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"
