"""When work can begin and end if each task waits for those it depends on; knows spans of work and days, no task.

Work is counted in seconds from the beginning of a first day; a day has 8 hours of it, Saturday and Sunday none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from tmfiles import graph
from tmfiles.dates import DAY_OF_WORK


class Times(NamedTuple):
    """When a task can begin and end at the earliest, and when it must end so that no date behind it is missed.

    All are seconds of work from the first day on; `latest` is None where no date hangs on the task.
    """

    start: int
    finish: int
    latest: int | None

    @property
    def late(self) -> bool:
        """Whether a date is missed even if all goes as planned: the task's own, or one behind it."""
        return self.latest is not None and self.finish > self.latest


def planned(
    deps: Mapping[str, Sequence[str]],
    work: Mapping[str, int],
    earliest: Mapping[str, int],
    due: Mapping[str, int],
) -> dict[str, Times]:
    """Give the times of every task: as early as its dependencies and `earliest` allow, as late as `due` allows.

    `deps` names no task that has no entry of its own, and has no circle; `work` is what each takes. As many tasks
    as can be worked on at a time are: nobody's hands are counted.
    """
    order = graph.topological(deps)
    start: dict[str, int] = {}
    for id in order:
        start[id] = max((start[d] + work[d] for d in deps[id]), default=0)
        start[id] = max(start[id], earliest.get(id, 0))
    latest: dict[str, int] = dict(due)
    for id in reversed(order):
        if id in latest:
            before = latest[id] - work[id]
            for d in deps[id]:
                latest[d] = min(latest.get(d, before), before)
    return {id: Times(start[id], start[id] + work[id], latest.get(id)) for id in order}


class Calendar:
    """Days of work counted from a first day, which is the next Monday where it is at a weekend."""

    def __init__(self, day: date) -> None:
        self.day = day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)

    def begins(self, seconds: int) -> float:
        """Give where work that begins so late stands, in days of the calendar from the first one's beginning."""
        count, rest = divmod(seconds, DAY_OF_WORK)
        return self._days(count) + rest / DAY_OF_WORK

    def ends(self, seconds: int) -> float:
        """Give the same for work that ends: at a day's end rather than when the next one begins."""
        count, rest = divmod(seconds, DAY_OF_WORK)
        return self._days(count - 1) + 1 if count and not rest else self._days(count) + rest / DAY_OF_WORK

    def until(self, day: date) -> int:
        """Give the work that can be done by the end of a day; less than nothing for days gone by."""
        weeks, rest = divmod((day - self.day).days + self.day.weekday(), 7)
        return (weeks * 5 + min(rest + 1, 5) - self.day.weekday()) * DAY_OF_WORK

    def _days(self, count: int) -> int:
        weeks, rest = divmod(count + self.day.weekday(), 5)
        return weeks * 7 + rest - self.day.weekday()
