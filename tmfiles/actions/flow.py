"""How the work went over time: what came in, was worked on and got done, day by day; changes nothing.

The times are those that the task files hold. Where one lacks, the last change of the task stands for it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from typing import NamedTuple

from tmfiles import dates
from tmfiles.errors import Problem, TmError
from tmfiles.task import CLOSED, Task
from tmfiles.workspace import View, Workspace

# So many days are told one by one; more by the week, and more weeks than that by the month.
_DAYS = 120
PERCENTILES = (50, 85, 95)
_DAY = timedelta(days=1)


class Count(NamedTuple):
    """How many tasks there were at the end of a day, by what had become of them until then."""

    day: date
    waiting: int
    in_progress: int
    completed: int
    cancelled: int

    @property
    def total(self) -> int:
        """All that had come in and was not given up."""
        return self.waiting + self.in_progress + self.completed


class Done(NamedTuple):
    """One completed task: when, and in how many days of the calendar."""

    id: str
    title: str
    assignee: str
    day: date
    days: float


class Week(NamedTuple):
    """One week from its Monday on: tasks that came in, and that were completed."""

    monday: date
    created: int
    completed: int


class Flow(NamedTuple):
    """The course of things between two days, both included, for one assignee or (None) all.

    `measure` says from where the times of `done` are counted: `started` or `created`. `untimed` is how many
    completed tasks of the period lack that time. `percentiles` are (percent, days); `people` is who there is.
    """

    since: date
    until: date
    assignee: str | None
    counts: tuple[Count, ...]
    weeks: tuple[Week, ...]
    done: tuple[Done, ...]
    measure: str
    untimed: int
    percentiles: tuple[tuple[int, float], ...]
    people: tuple[str, ...]
    problems: Sequence[Problem]

    @property
    def created(self) -> int:
        """How many tasks came in within the period."""
        return sum(week.created for week in self.weeks)

    @property
    def completed(self) -> int:
        """How many were completed within it."""
        return sum(week.completed for week in self.weeks)


class _Life(NamedTuple):
    task: Task
    created: datetime
    started: datetime | None
    begun: datetime | None
    closed: datetime | None


def flow(
    workspace: Workspace,
    since: str = "",
    until: str = "",
    assignee: str | None = None,
    measure: str = "",
) -> Flow:
    """Tell the course of things from one day to another; by default from the first task's creation until now.

    `since` and `until` are what `dates.past` reads; `measure` is `started` or `created`, by default what most
    completed tasks have. Raises TmError (code `usage`) for days that cannot be, and for another measure.
    """
    if measure not in ("", "started", "created"):
        raise TmError(f"times cannot be counted from {measure!r}", "started or created", "usage")
    view, now = workspace.read(), workspace.now()
    lives = [_life(view, task, now) for task in view.tasks()]
    people = tuple(sorted({str(one.task.get("assignee") or "") for one in lives}))
    lives = [one for one in lives if assignee is None or str(one.task.get("assignee") or "") == assignee]
    last = dates.past(until, now, end=True).date() if until else now.date()
    first = dates.past(since, now).date() if since else min((one.created.date() for one in lives), default=last)
    if last > now.date() or first > last:
        told = f"from {first} to {last} there is nothing to tell"
        raise TmError(told, f"two days in their order, until {now.date()} at the latest", "usage")
    ended = [one for one in lives if one.task.status == "completed" and one.closed is not None]
    ended = [one for one in ended if one.closed is not None and first <= one.closed.date() <= last]
    started = [one for one in ended if one.started is not None]
    measure = measure or ("started" if started and len(started) * 2 >= len(ended) else "created")
    done = sorted(_done(started if measure == "started" else ended, measure), key=lambda one: (one.day, one.id))
    return Flow(
        first,
        last,
        assignee,
        tuple(_counts(lives, _sampled(first, last))),
        tuple(_weeks(lives, ended, first, last)),
        tuple(done),
        measure,
        len(ended) - len(done),
        percentiles([one.days for one in done]),
        people,
        view.errors(),
    )


def percentiles(values: Iterable[float]) -> tuple[tuple[int, float], ...]:
    """Give the least value that so many percent of all do not exceed; nothing for no values."""
    found = sorted(values)
    return tuple((one, found[max(ceil(len(found) * one / 100), 1) - 1]) for one in PERCENTILES) if found else ()


def _life(view: View, task: Task, now: datetime) -> _Life:
    created, started, closed = (_moment(task, key) for key in ("created_at", "started_at", "completed_at"))
    begun = started
    changed = made = None
    if created is None or (closed is None and task.status in CLOSED) or (task.status == "in_progress" and not started):
        at, _by, first, _by_whom = view.change(task.id)
        changed, made = (dates.instant(text) if text else None for text in (at, first))
    if task.status not in CLOSED:
        closed = None
    elif closed is None:
        closed = changed or now
    if task.status == "in_progress" and begun is None:
        begun = changed or now
    known = [one for one in (created or made, begun, closed, now) if one is not None]
    return _Life(task, created or made or min(known), started, begun, closed)


def _moment(task: Task, key: str) -> datetime | None:
    text = task.doc.get(key)
    return dates.instant(str(text)) if text else None


def _sampled(first: date, last: date) -> list[date]:
    """Give the days that are told: all of a few, else one of seven or of thirty, the first and the last in any case."""
    count = (last - first).days
    step = 1 if count <= _DAYS else 7 if count <= 7 * _DAYS else 30
    found = [last - _DAY * back for back in range(count // step * step, -1, -step)]
    return found if found[0] == first else [first, *found]


def _counts(lives: Sequence[_Life], days: Sequence[date]) -> Iterable[Count]:
    """Count what had happened by the end of each day."""
    created = sorted(one.created.date() for one in lives)
    closed = {
        status: sorted(one.closed.date() for one in lives if one.closed and one.task.status == status)
        for status in CLOSED
    }
    # Work that was begun is in progress until it is closed; closed without having been begun, it never was.
    begun = sorted(one.begun.date() for one in lives if one.begun)
    ended = sorted(max(one.closed.date(), one.begun.date()) for one in lives if one.begun and one.closed)
    for day in days:
        completed, cancelled = (bisect_right(closed[status], day) for status in CLOSED)
        working = bisect_right(begun, day) - bisect_right(ended, day)
        waiting = bisect_right(created, day) - completed - cancelled - working
        yield Count(day, max(waiting, 0), working, completed, cancelled)


def _weeks(lives: Sequence[_Life], ended: Sequence[_Life], first: date, last: date) -> Iterable[Week]:
    monday = first - _DAY * first.weekday()
    weeks = [[0, 0] for _ in range((last - monday).days // 7 + 1)]
    for one in lives:
        if first <= one.created.date() <= last:
            weeks[(one.created.date() - monday).days // 7][0] += 1
    for one in ended:
        if one.closed is not None:
            weeks[(one.closed.date() - monday).days // 7][1] += 1
    return (Week(monday + _DAY * 7 * at, *counts) for at, counts in enumerate(weeks))


def _done(ended: Sequence[_Life], measure: str) -> Iterable[Done]:
    for one in ended:
        begun = one.started if measure == "started" else one.created
        if begun is not None and one.closed is not None:
            days = max((one.closed - begun).total_seconds(), 0) / 86400
            yield Done(one.task.id, one.task.title, str(one.task.get("assignee") or ""), one.closed.date(), days)
