"""Figures over the tasks as text or document; pure."""

from __future__ import annotations

from tmfiles.render.text import line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from tmfiles.metrics import Figures, Spans

SECTIONS = ("completion-rate", "cycle-time", "feedback", "by-assignee", "bottlenecks")


def document(found: Figures) -> dict[str, Any]:
    """Give all figures as an object."""
    return {**found._asdict(), "cycle_time": found.cycle_time._asdict(), "lead_time": found.lead_time._asdict()}


def text(found: Figures, sections: Collection[str]) -> str:
    """Give the sections that are asked for, a figure a line."""
    made = {
        "completion-rate": _completion,
        "cycle-time": _times,
        "feedback": _feedback,
        "by-assignee": _people,
        "bottlenecks": _bottlenecks,
    }
    span = f"{found.period}, since {found.since}" if found.period else "all time"
    return f"period: {span}\n" + "".join(made[name](found) for name in SECTIONS if name in sections)


def _completion(found: Figures) -> str:
    counts = ", ".join(f"{count} {status}" for status, count in found.by_status.items() if count)
    return (
        f"tasks: {found.total}{f' ({counts})' if counts else ''}\n"
        f"created: {found.created}\ncompleted: {found.completed}\ncompletion rate: {_share(found.completion_rate)}\n"
        f"completed a week: {_number(found.throughput)}\noverdue: {found.overdue}\n"
    )


def _times(found: Figures) -> str:
    spent = found.variance
    ratio = f"{_share(spent['ratio'])} of the estimate, over {_tasks(spent['tasks'])}" if spent["tasks"] else "-"
    return (
        f"cycle time (start to end): {_span(found.cycle_time)}\n"
        f"lead time (creation to end): {_span(found.lead_time)}\n"
        f"work spent: {ratio}\n"
    )


def _feedback(found: Figures) -> str:
    back = found.feedback
    quality, timeliness = (_mark(back[key]) for key in ("quality", "timeliness"))
    return (
        f"average quality: {quality}\naverage timeliness: {timeliness}\n"
        f"completed tasks with feedback: {back['tasks']} of {back['completed']}\n"
    )


def _people(found: Figures) -> str:
    rows = "".join(
        f"  {line(one['assignee']) or 'nobody'}: {one['open']} open, {one['in_progress']} in progress,"
        f" {one['completed']} completed, {one['overdue']} overdue\n"
        for one in found.by_assignee
    )
    return f"by assignee:\n{rows}" if rows else ""


def _bottlenecks(found: Figures) -> str:
    rows = "".join(
        f"  {one['id']}  {one['status']}  holds up {one['holds_up']}, {one['behind_it']} behind it"
        f"  {line(one['title'])}\n"
        for one in found.bottlenecks
    )
    return f"bottlenecks:\n{rows}" if rows else "bottlenecks: none\n"


def _span(found: Spans) -> str:
    if found.median is None or found.mean is None:
        return "-"
    return f"median {_hours(found.median)}, mean {_hours(found.mean)}, over {_tasks(found.tasks)}"


def _hours(hours: float) -> str:
    if hours < 1:
        return f"{60 * hours:.0f} minutes"
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} hours"


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count} tasks"


def _share(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f}%"


def _number(number: float | None) -> str:
    return "-" if number is None else f"{number:.1f}"


def _mark(mark: float | None) -> str:
    return "-" if mark is None else f"{mark:.1f}/5"
