"""Reports as Markdown that reads well on a terminal too, or as documents; pure."""

from __future__ import annotations

from tmfiles.render.text import line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tmfiles.actions.reports import Line, Velocity, Weekly

_HEADS = {
    "completed": "Completed",
    "in_progress": "In progress",
    "blocked": "Blocked",
    "overdue": "Overdue",
    "due": "Due in the next seven days",
    "found": "Found out",
}
_WIDEST = 40


def weekly(found: Weekly) -> str:
    """Give a week's report: the counts first, then each list that is not empty."""
    parts = [
        f"# {found.since[:10]} to {found.until[:10]}\n\n"
        f"{len(found.completed)} completed, {len(found.started)} started, {len(found.created)} created\n"
    ]
    for key, head in _HEADS.items():
        if rows := getattr(found, key):
            parts.append(f"\n## {head}\n\n{''.join(map(_item, rows))}")
    return "".join(parts)


def _item(one: Line) -> str:
    who = f" — {line(one.who)}" if one.who else ""
    return f"- {one.id}  {line(one.title)}{who}{f': {line(one.text)}' if one.text else ''}\n"


def velocity(found: Velocity) -> str:
    """Give the weeks with a bar each, the average, and what is left."""
    most = max((week.completed for week in found.weeks), default=0)
    rows = "".join(
        f"{week.since[:10]}  {week.completed:>4}  {_hours(week.estimated):>8}  {_hours(week.actual):>8}"
        f"  {_bar(week.completed, most)}".rstrip()
        + "\n"
        for week in found.weeks
    )
    left = "nothing is open" if not found.open else f"{found.open} open, estimated {_hours(found.open_hours)}"
    ahead = f": about {found.forecast:.1f} weeks at this rate" if found.forecast else ""
    head = f"{'week of':<10}  done  {'planned':>8}  {'spent':>8}\n"
    return f"{head}{rows}average {found.average:.1f} a week\n{left}{ahead}\n"


def _hours(hours: float) -> str:
    return f"{hours:g}h" if hours else "-"


def _bar(count: int, most: int) -> str:
    return "#" * (count if most <= _WIDEST else round(count * _WIDEST / most))


def document(found: Weekly | Velocity) -> dict[str, Any]:
    """Give a report as an object."""
    return {
        key: [one._asdict() for one in value] if isinstance(value, (list, tuple)) else value
        for key, value in found._asdict().items()
    }
