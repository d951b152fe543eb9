"""When the open tasks can be worked on and when they are due, on days of the calendar; changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from tmfiles import dates, graph
from tmfiles.actions.graphs import ASSUMED, statuses
from tmfiles.errors import Problem
from tmfiles.phases import PREFIX
from tmfiles.query import OPEN, Query
from tmfiles.schedule import Calendar, Times, planned
from tmfiles.task import Task
from tmfiles.workspace import View, Workspace


class Bar(NamedTuple):
    """One task on the timeline; `begins`, `ends` and `due` are days from the first day's beginning.

    `due` is the end of the day in question, None without one. `overdue` is due before now, `late` ends after a date
    even if all goes as planned: its own or, `pressing`, that of a task behind it. `estimated` is false where a day
    of work had to be assumed.
    """

    id: str
    title: str
    status: str
    assignee: str
    begins: float
    ends: float
    due: float | None
    due_text: str
    overdue: bool
    late: bool
    pressing: bool
    critical: bool
    seconds: int
    estimated: bool


class Lane(NamedTuple):
    """The tasks of one assignee, those that begin first at the top; the name is empty for nobody's."""

    assignee: str
    bars: tuple[Bar, ...]


class Timeline(NamedTuple):
    """The tasks in lanes from a first day on; `critical` is the longest chain, `seconds` its work, `ends` its end.

    `total` counts the open tasks that can be planned, `circle` names those on a circle of dependencies and
    `unknown` those that wait for what has no end that is known. `assumed` counts tasks without an estimate.
    """

    day: date
    now: float
    lanes: tuple[Lane, ...]
    total: int
    assumed: int
    critical: tuple[str, ...]
    seconds: int
    ends: float
    circle: tuple[str, ...]
    unknown: tuple[str, ...]
    people: tuple[str, ...]
    problems: Sequence[Problem]

    @property
    def bars(self) -> list[Bar]:
        """All tasks that are shown."""
        return [bar for lane in self.lanes for bar in lane.bars]


def timeline(workspace: Workspace, assignee: str | None = None, limit: int = 0) -> Timeline:
    """Plan the open tasks from today on; show those of one assignee ("" for nobody's), and at most `limit`.

    Shown first are tasks with a date, on the critical path, or in progress; then what can begin first.
    """
    view, now = workspace.read(), workspace.now()
    rows = {row.id: row for row in view.rows(Query(statuses=OPEN))}
    tasks = {task.id: task for task in view.tasks(rows)}
    calendar = Calendar(now.date())
    deps = _deps(view, tasks)
    circle = graph.knotted(deps)
    unknown = _unknown(deps, circle, tasks)
    whole = [id for id in deps if id not in circle and id not in unknown]
    links = graph.within(deps, whole)
    work = {id: _work(tasks[id]) if id in tasks else 0 for id in links}
    due = {id: calendar.until(_day(tasks[id], "due", end=True)) for id in links if id in tasks and tasks[id].get("due")}
    waits = {id: tasks[id] for id in links if id in tasks and tasks[id].get("wait_until")}
    earliest = {
        id: calendar.until(_day(task, "wait_until", end=False)) - dates.DAY_OF_WORK for id, task in waits.items()
    }
    times = planned(links, work, earliest, due)
    critical = [id for id in graph.longest(links, work) if id in tasks]
    status, longest = statuses(view), set(critical)
    bars = [
        _bar(tasks[id], status(id), times[id], calendar, now.timestamp(), id in longest) for id in links if id in tasks
    ]
    people = tuple(sorted({bar.assignee for bar in bars}))
    shown = [bar for bar in bars if assignee is None or bar.assignee == assignee]
    shown.sort(key=_first)
    return Timeline(
        calendar.day,
        _days(now.timestamp(), calendar),
        tuple(_lanes(shown[: limit or None])),
        len(shown),
        sum(not bar.estimated for bar in shown),
        tuple(critical),
        sum(work[id] for id in longest),
        calendar.ends(times[critical[-1]].finish) if critical else 0.0,
        tuple(sorted(id for id in circle if id in tasks)),
        tuple(sorted(id for id in unknown if id in tasks)),
        people,
        view.errors(),
    )


def _deps(view: View, tasks: Mapping[str, Task]) -> dict[str, list[str]]:
    """Give what each open task waits for: dependencies that block, and the tasks of the phases before its own."""
    found: dict[str, list[str]] = {}
    gates = view.graph.gates
    held = {id: gate for id in tasks if gates is not None and (gate := gates.holding(id))}
    for id in tasks:
        found[id] = [d for d in view.graph.blockers(id) if not d.startswith(PREFIX)]
    if gates is not None and held:
        before = ""
        place: dict[str, str] = {}
        for phase in gates.phases:
            found[PREFIX + phase.name] = [before] if before else []
            place[phase.name] = before
            before = PREFIX + phase.name
        for id, name, _stored, _unmet in view.index.phased():
            if id in found and name in place:
                found[PREFIX + name].append(id)
                if id in held:
                    found[id].append(place[name])
    return found


def _unknown(deps: Mapping[str, Sequence[str]], circle: set[str], tasks: Mapping[str, Task]) -> set[str]:
    """Give the tasks that wait, at the end of whatever chain, for a circle or for a task that cannot be read."""
    back: dict[str, list[str]] = {}
    for id, links in deps.items():
        for d in links:
            back.setdefault(d, []).append(id)
    lost = [*circle, *(d for d in back if d not in deps)]
    return set(graph.reach(lost, lambda id: back.get(id, ()))) - circle - {d for d in lost if d not in tasks}


def _work(task: Task) -> int:
    given = task.get("estimate")
    return dates.duration(given) if given else ASSUMED


def _day(task: Task, key: str, *, end: bool) -> date:
    return dates.instant(str(task.get(key)), end=end).date()


def _bar(task: Task, status: str, times: Times, calendar: Calendar, now: float, critical: bool) -> Bar:
    text = str(task.get("due") or "")
    limit = dates.instant(text, end=True) if text else None
    begins, ends = calendar.begins(times.start), calendar.ends(times.finish)
    own = limit is not None and times.finish > calendar.until(limit.date())
    return Bar(
        task.id,
        task.title,
        status,
        str(task.get("assignee") or ""),
        begins,
        max(ends, begins),
        None if limit is None else _days(limit.timestamp(), calendar),
        text,
        limit is not None and limit.timestamp() < now,
        times.late,
        times.late and not own,
        critical,
        times.finish - times.start,
        bool(task.get("estimate")),
    )


def _days(moment: float, calendar: Calendar) -> float:
    return moment / 86400 - (calendar.day.toordinal() - date(1970, 1, 1).toordinal())


def _first(bar: Bar) -> tuple[bool, float, float, str]:
    told = bar.due is not None or bar.critical or bar.status == "in_progress"
    return (not told, bar.begins, bar.due if bar.due is not None else bar.ends, bar.id)


def _lanes(bars: Iterable[Bar]) -> list[Lane]:
    found: dict[str, list[Bar]] = {}
    for bar in bars:
        found.setdefault(bar.assignee, []).append(bar)
    ordered = sorted(found, key=lambda name: (not name, name.lower()))
    return [Lane(name, tuple(sorted(found[name], key=lambda bar: (bar.begins, bar.ends, bar.id)))) for name in ordered]
