"""Reports to read or to send: what a week brought, and how much is done week by week; changes nothing."""

from __future__ import annotations

from collections import namedtuple
from datetime import datetime, timedelta

from tmfiles import dates
from tmfiles.errors import TmError
from tmfiles.task import CLOSED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from tmfiles.task import Task
    from tmfiles.workspace import View, Workspace

_WEEK = timedelta(days=7)
MOST_WEEKS = 520


class Line(namedtuple("Line", "id title who text", defaults=("", ""))):
    """One task in a report: `text` is what is to be said of it there."""

    __slots__ = ()

    id: str
    title: str
    who: str
    text: str


class Weekly(namedtuple("Weekly", "since until completed started created in_progress blocked overdue due found")):
    """Seven days: tasks by what became of them, as they stand now, what is due in the next seven, what was found."""

    __slots__ = ()

    since: str
    until: str
    completed: Sequence[Line]
    started: Sequence[Line]
    created: Sequence[Line]
    in_progress: Sequence[Line]
    blocked: Sequence[Line]
    overdue: Sequence[Line]
    due: Sequence[Line]
    found: Sequence[Line]


class Week(namedtuple("Week", "since completed estimated actual")):
    """One week of many: its first moment, tasks completed in it, and hours of work as estimated and as spent."""

    __slots__ = ()

    since: str
    completed: int
    estimated: float
    actual: float


class Velocity(namedtuple("Velocity", "weeks average open open_hours forecast")):
    """Week by week, the oldest first; `forecast` is how many weeks the open tasks take at the average, or None."""

    __slots__ = ()

    weeks: Sequence[Week]
    average: float
    open: int
    open_hours: float
    forecast: float | None


def weekly(workspace: Workspace) -> Weekly:
    """Report the seven days that end now."""
    view, now = workspace.read(), workspace.now()
    since, tasks = now - _WEEK, sorted(view.tasks())
    open_ = [task for task in tasks if task.status not in CLOSED]

    def within(task: Task, key: str) -> bool:
        moment = _moment(view, task, key)
        return moment is not None and since < moment <= now

    ends = [(task, dates.instant(task.doc["due"], end=True)) for task in open_ if task.doc.get("due")]
    ends.sort(key=lambda pair: (pair[1], pair[0].id))
    return Weekly(
        dates.stamp(since),
        dates.stamp(now),
        [_line(t, _first(t.doc.get("result"))) for t in tasks if t.status == "completed" and within(t, "completed_at")],
        [_line(task) for task in tasks if within(task, "started_at")],
        [_line(task) for task in tasks if within(task, "created_at")],
        [_line(task) for task in open_ if task.status == "in_progress"],
        [_line(task, _waits(view, task)) for task in open_ if view.status(task) == "blocked"],
        [_line(task, str(task.doc["due"])) for task, end in ends if end < now],
        [_line(task, str(task.doc["due"])) for task, end in ends if now <= end <= now + _WEEK],
        list(_found(tasks, since, now)),
    )


def velocity(workspace: Workspace, weeks: int = 8) -> Velocity:
    """Count what was completed in each of the last weeks, of which the latest ends now."""
    if not 1 <= weeks <= MOST_WEEKS:
        raise TmError(f"{weeks} weeks cannot be counted", f"1 to {MOST_WEEKS}", "usage")
    view, now = workspace.read(), workspace.now()
    counts, planned, spent = [0] * weeks, [0.0] * weeks, [0.0] * weeks
    left, hours = 0, 0.0
    for task in view.tasks():
        if task.status not in CLOSED:
            left, hours = left + 1, hours + _hours(task, "estimate")
            continue
        done = _moment(view, task, "completed_at") if task.status == "completed" else None
        if done is None or not timedelta(0) <= now - done < weeks * _WEEK:
            continue
        at = weeks - 1 - (now - done) // _WEEK
        counts[at] += 1
        planned[at] += _hours(task, "estimate")
        spent[at] += _hours(task, "actual")
    starts = [dates.stamp(now - (weeks - at) * _WEEK) for at in range(weeks)]
    average = sum(counts) / weeks
    rows = [Week(*row) for row in zip(starts, counts, planned, spent, strict=True)]
    return Velocity(rows, average, left, hours, left / average if average else None)


def _moment(view: View, task: Task, key: str) -> datetime | None:
    text = task.doc.get(key) or (view.change(task.id)[2] if key == "created_at" else "")
    return dates.instant(text) if text else None


def _hours(task: Task, key: str) -> float:
    return dates.duration(task.doc[key]) / dates.HOUR if task.doc.get(key) else 0.0


def _line(task: Task, text: str = "") -> Line:
    return Line(task.id, task.title, str(task.doc.get("assignee", "")), text)


def _first(text: Any) -> str:
    return str(text or "").strip().split("\n")[0]


def _waits(view: View, task: Task) -> str:
    return f"waits for {', '.join(waiting)}" if (waiting := view.graph.blockers(task.id)) else "marked blocked"


def _found(tasks: Sequence[Task], since: datetime, now: datetime) -> Iterator[Line]:
    for task in tasks:
        for entry in task.doc.get("journal", ()):
            if entry.get("kind") == "discovery" and since < dates.instant(str(entry["at"])) <= now:
                yield Line(task.id, task.title, str(entry["by"]), str(entry["text"]).strip())
