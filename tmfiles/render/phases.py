"""Phases as text or document; pure."""

from __future__ import annotations

from tmfiles.render.text import line, piped_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from tmfiles.actions.phases import Stage


def rows(found: Sequence[Stage]) -> str:
    """Give a line a phase, in order: its name, how many of its tasks are done, how its gate stands."""
    name = max((len(line(one.name)) for one in found), default=0)
    done = max((len(_done(one)) for one in found), default=0)
    return "".join(f"{line(one.name):<{name}}  {_done(one):<{done}}  {state(one)}\n" for one in found)


def state(one: Stage) -> str:
    """Say in words how a phase stands."""
    words = f"gate closed: {', '.join(one.lacking)}" if one.lacking else "gate open"
    return words + (f", waits for phase:{line(one.waits_for)}" if one.waits_for else "")


def text(one: Stage) -> str:
    """Give one phase, then a line for each of its tasks."""
    facts = {
        "name": one.name,
        "description": one.description,
        "gate": ", ".join(one.gate) or "none",
        "approved_by": one.approved_by,
        "state": state(one),
        "tasks": _done(one),
    }
    head = "".join(f"{key}: {line(value)}\n" for key, value in facts.items() if value)
    return head + "".join(piped_row(row) for row in one.rows)


def _done(one: Stage) -> str:
    return f"{one.done} of {one.total} done"


def document(one: Stage, *, whole: bool = False) -> dict[str, Any]:
    """Give a phase as an object; `whole` names its tasks, too."""
    found: dict[str, Any] = {
        "name": one.name,
        "gate": list(one.gate),
        "approved_by": one.approved_by or None,
        "description": one.description,
        "open": not one.lacking,
        "lacking": list(one.lacking),
        "waits_for": one.waits_for or None,
        "total": one.total,
        "done": one.done,
        "statuses": dict(sorted(one.statuses.items())),
    }
    if whole:
        found["tasks"] = [row.id for row in one.rows]
    return found
