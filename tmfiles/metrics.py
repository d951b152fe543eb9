"""Figures over the tasks: how many, how quick, how good, who, and what holds others up; changes nothing."""

from __future__ import annotations

from collections import Counter, namedtuple
from datetime import datetime, timedelta
from statistics import fmean, median

from tmfiles import dates
from tmfiles.errors import TmError
from tmfiles.task import CLOSED, STATUSES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from tmfiles.task import Task
    from tmfiles.workspace import View, Workspace

PERIODS = {"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}
_MOST = 10


class Figures(
    namedtuple(
        "Figures",
        "period since until total by_status created completed completion_rate cycle_time lead_time throughput"
        " variance overdue feedback by_assignee bottlenecks",
    )
):
    """What is counted; times are hours of the calendar, estimates and actuals hours of work.

    `since` is empty where all time counts. A figure is None where nothing is there to count.
    """

    __slots__ = ()

    period: str
    since: str
    until: str
    total: int
    by_status: dict[str, int]
    created: int
    completed: int
    completion_rate: float | None
    cycle_time: Spans
    lead_time: Spans
    throughput: float | None
    variance: dict[str, Any]
    overdue: int
    feedback: dict[str, Any]
    by_assignee: list[dict[str, Any]]
    bottlenecks: list[dict[str, Any]]


class Spans(namedtuple("Spans", "tasks median mean")):
    """How long something took: over how many tasks, and hours."""

    __slots__ = ()

    tasks: int
    median: float | None
    mean: float | None


class _Fact(namedtuple("_Fact", "task status created started completed overdue")):
    """A task with its times; None for what is not known."""

    __slots__ = ()

    task: Task
    status: str
    created: datetime | None
    started: datetime | None
    completed: datetime | None
    overdue: bool


def days(period: str) -> float:
    """Give the length of a period such as `week`, `14d` or `6w`; raises TmError (code `usage`)."""
    word = period.strip().lower()
    if word in PERIODS:
        return PERIODS[word]
    number, unit = word[:-1], word[-1:]
    if number.isascii() and number.isdigit() and unit in ("d", "w") and 0 < int(number) < 10**5:
        return int(number) * (7 if unit == "w" else 1)
    raise TmError(f"unknown period {period!r}", f"one of: {', '.join(PERIODS)}; or for example 14d, 6w", "usage")


def figures(workspace: Workspace, period: str = "", assignee: str = "") -> Figures:
    """Count over all time, or over what was created and completed in the period that ends now.

    With `assignee` only what is assigned to that person counts, in whatever letter case.
    """
    view, now = workspace.read(), workspace.now()
    since = now - timedelta(days=days(period)) if period else None
    facts = [_fact(view, task, now) for task in view.tasks() if _is_of(task, assignee)]
    if assignee and not facts:
        raise TmError(f"nothing is assigned to {assignee!r}", "who has what: tm metrics --by-assignee", "not_found")
    made = [fact for fact in facts if _within(fact.created, since, now) or since is None]
    done = [fact for fact in facts if fact.status == "completed" and (_within(fact.completed, since, now) or not since)]
    wanted = [fact for fact in made if fact.status != "cancelled"]
    finished = [fact for fact in wanted if fact.status == "completed"]
    statuses = Counter(fact.status for fact in facts)
    return Figures(
        period,
        dates.stamp(since) if since else "",
        dates.stamp(now),
        len(facts),
        {status: statuses[status] for status in STATUSES},
        len(made),
        len(done),
        len(finished) / len(wanted) if wanted else None,
        _spans((fact.started, fact.completed) for fact in done),
        _spans((fact.created, fact.completed) for fact in done),
        _throughput(done, since, now),
        _variance(done),
        sum(fact.overdue for fact in facts),
        _feedback(done),
        _people(facts, done),
        _bottlenecks(view, facts),
    )


def _fact(view: View, task: Task, now: datetime) -> _Fact:
    made = task.doc.get("created_at") or view.change(task.id)[2]
    due = task.doc.get("due", "")
    late = task.status not in CLOSED and bool(due) and dates.instant(due, end=True) < now
    created, started, completed = (
        dates.instant(text) if text else None
        for text in (made, task.doc.get("started_at"), task.doc.get("completed_at"))
    )
    return _Fact(task, view.status(task), created, started, completed, late)


def _is_of(task: Task, assignee: str) -> bool:
    return not assignee or str(task.doc.get("assignee", "")).lower() == assignee.strip().lower()


def _within(moment: datetime | None, since: datetime | None, now: datetime) -> bool:
    return moment is not None and (since is None or since <= moment) and moment <= now


def _spans(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> Spans:
    hours = [(end - start).total_seconds() / 3600 for start, end in pairs if start and end and end >= start]
    return Spans(len(hours), median(hours), fmean(hours)) if hours else Spans(0, None, None)


def _throughput(done: Sequence[_Fact], since: datetime | None, now: datetime) -> float | None:
    """Give the tasks completed a week, from the first one's creation where all time counts."""
    known = [fact.created for fact in done if fact.created]
    start = since or (min(known) if known else None)
    if start is None or start >= now:
        return None
    return len(done) / max((now - start).total_seconds() / (7 * 86400), 1 / 7)


def _variance(done: Sequence[_Fact]) -> dict[str, Any]:
    docs = [fact.task.doc for fact in done if fact.task.doc.get("estimate") and fact.task.doc.get("actual")]
    planned, spent = (sum(dates.duration(doc[key]) for doc in docs) / dates.HOUR for key in ("estimate", "actual"))
    return {"tasks": len(docs), "estimated": planned, "actual": spent, "ratio": spent / planned if planned else None}


def _feedback(done: Sequence[_Fact]) -> dict[str, Any]:
    given = [fact.task.doc["feedback"] for fact in done if fact.task.doc.get("feedback")]
    marks = {key: [one[key] for one in given if key in one] for key in ("quality", "timeliness")}
    averages = {key: fmean(found) if found else None for key, found in marks.items()}
    return {**averages, "tasks": len(given), "completed": len(done)}


def _people(facts: Sequence[_Fact], done: Sequence[_Fact]) -> list[dict[str, Any]]:
    names = sorted({str(fact.task.doc.get("assignee", "")) for fact in facts})
    found = []
    for name in names:
        own = [fact for fact in facts if fact.task.doc.get("assignee", "") == name]
        mine = [fact for fact in done if fact.task.doc.get("assignee", "") == name]
        found.append(
            {
                "assignee": name,
                "open": sum(fact.status not in CLOSED for fact in own),
                "in_progress": sum(fact.status == "in_progress" for fact in own),
                "completed": len(mine),
                "overdue": sum(fact.overdue for fact in own),
                "cycle_time": _spans((fact.started, fact.completed) for fact in mine).median,
            }
        )
    return found


def _bottlenecks(view: View, facts: Sequence[_Fact]) -> list[dict[str, Any]]:
    """Give the open tasks that most others wait for, and how many stand behind each down the chain."""
    direct: dict[str, list[str]] = {}
    for fact in facts:
        if fact.status not in CLOSED:
            for blocker in view.graph.blockers(fact.task.id):
                direct.setdefault(blocker, []).append(fact.task.id)
    found = [fact for fact in facts if fact.task.id in direct and fact.status not in CLOSED]
    found.sort(key=lambda fact: (-len(direct[fact.task.id]), fact.task.id))
    return [
        {
            "id": fact.task.id,
            "title": fact.task.title,
            "status": fact.status,
            "holds_up": len(direct[fact.task.id]),
            "behind_it": _reached(direct, fact.task.id),
        }
        for fact in found[:_MOST]
    ]


def _reached(direct: dict[str, list[str]], start: str) -> int:
    seen = {start}
    waiting = [start]
    while waiting:
        for one in direct.get(waiting.pop(), ()):
            if one not in seen:
                seen.add(one)
                waiting.append(one)
    return len(seen) - 1
