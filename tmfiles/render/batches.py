"""A batch's result as text or document; pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tmfiles.actions.batch import Batch

_UNNAMED = "-"


def made(result: Batch) -> str:
    """Give a line for each new task: its local name, or a dash, and its id."""
    return "".join(
        f"{_name(one.name) or _UNNAMED} {one.ids[0]}\n" for one in result.lines if one.op == "add" and one.ids
    )


def counted(result: Batch) -> str:
    """Count the operations by what they were."""
    counts = ", ".join(f"{count} {op}" for op, count in Counter(one.op for one in result.lines).items())
    if result.outcome is None:
        return f"would do: {counts}; nothing was written"
    if not result.outcome.changed:
        return f"{counts}: nothing to change"
    where = f" in commit {result.outcome.commit[:10]}" if result.outcome.commit else ""
    return f"done: {counts}{where}"


def document(result: Batch) -> dict[str, Any]:
    """Give the whole result as an object."""
    outcome = result.outcome
    return {
        "operations": [
            {"line": one.line, "op": one.op, "ids": list(one.ids), "name": _name(one.name) or None}
            for one in result.lines
        ],
        "changed": list(outcome.changed) if outcome else [],
        "unblocked": list(result.unblocked),
        "commit": (outcome.commit or None) if outcome else None,
        "notes": list(outcome.notes) if outcome else [],
    }


def _name(name: str) -> str:
    # The names that begin so are given to what has none, for its children to name.
    return "" if name.startswith("#") else name
