"""Agents, what they have on hand and what they are told, as text or document; pure."""

from __future__ import annotations

from tmfiles.render.text import line, paragraphs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from tmfiles.actions.agents import Agent, Fit, Load, Moved
    from tmfiles.actions.messages import Letter


def rows(found: Sequence[Load]) -> str:
    """Give a line an agent: its id, how it stands, what it is and can do."""
    return _table([(line(one.agent.id), one.state, _about(one.agent)) for one in found])


def loads(found: Sequence[Load]) -> str:
    """Give a line an agent: what it has on hand, of how much."""
    return _table(
        [
            (line(one.agent.id), one.state, f"{one.open} of {one.agent.enough} open", _details(one), f"{one.hours:g}h")
            for one in found
        ]
    )


def text(one: Load) -> str:
    """Give one agent as `key: value` lines."""
    agent = one.agent
    facts = {
        "id": agent.id,
        "name": agent.name,
        "type": agent.type,
        "capabilities": ", ".join(agent.capabilities),
        "at_once": str(agent.enough),
        "state": one.state,
        "open": f"{one.open} ({_details(one)})" if one.open else "0",
        "hours": f"{one.hours:g}" if one.hours else "",
        "tasks": ", ".join(one.tasks),
        "registered_at": agent.registered_at,
        "registered_by": agent.registered_by,
    }
    return "".join(f"{key}: {line(value)}\n" for key, value in facts.items() if value)


def fits(found: Sequence[Fit], limit: int = 0) -> str:
    """Give a line an agent that could take a task, the best first, and why."""
    return _table([(line(one.load.agent.id), one.load.state, why(one)) for one in found[: limit or None]])


def why(one: Fit) -> str:
    """Say in words how an agent fits."""
    good = (["its specialty"] if one.special else []) + ([f"can do {', '.join(one.matches)}"] if one.matches else [])
    return "; ".join([line(" and ".join(good)) or "nothing in common", f"{one.load.open} open, {one.load.hours:g}h"])


def moves(found: Moved) -> str:
    """Give a line a task that goes to another."""
    return "".join(f"{task}  {line(old)} -> {line(new)}  {line(title)}\n" for task, title, old, new in found.moves)


def letters(found: Iterable[Letter]) -> str:
    """Give messages, each with a head of its own."""
    parts = []
    for one in found:
        mark = "" if one.priority == "normal" else f"  [{line(one.priority)}]"
        to = f"  to {line(one.to)}" if one.to.lower() == "broadcast" else ""
        task = f"  about {line(one.task)}" if one.task else ""
        body = "".join(f"  {row}\n" for row in paragraphs(one.text).strip().split("\n"))
        parts.append(f"{one.at}  {line(one.sender)}{to}{mark}{task}\n{body}")
    return "".join(parts)


def agent_document(one: Load) -> dict[str, Any]:
    """Give one agent as an object."""
    agent = one.agent._asdict()
    return {
        **{key: value or None for key, value in agent.items()},
        "capabilities": list(one.agent.capabilities),
        "at_once": one.agent.enough,
        "state": one.state,
        **{key: getattr(one, key) for key in ("open", "in_progress", "blocked", "overdue", "claimed", "hours")},
        "tasks": list(one.tasks),
    }


def fit_document(one: Fit) -> dict[str, Any]:
    """Give how an agent fits as an object."""
    found = agent_document(one.load)
    return {"agent": found, "matches": list(one.matches), "specialty": one.special}


def moved_document(found: Moved) -> dict[str, Any]:
    """Give what was given to others as an object."""
    return {
        "moves": [{"id": task, "title": title, "from": old, "to": new} for task, title, old, new in found.moves],
        "commit": (found.outcome.commit or None) if found.outcome else None,
    }


def letter_document(one: Letter) -> dict[str, Any]:
    """Give a message as an object."""
    return {
        "at": one.at,
        "from": one.sender,
        "to": one.to,
        "priority": one.priority,
        "task": one.task or None,
        "text": one.text,
    }


def _about(agent: Agent) -> str:
    parts = [agent.type, ", ".join(agent.capabilities)]
    return line("  ".join(part for part in parts if part)) or "-"


def _details(one: Load) -> str:
    counts = {
        "in progress": one.in_progress,
        "blocked": one.blocked,
        "claimed": one.claimed,
        "overdue": one.overdue,
    }
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "none begun"


def _table(found: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*found, strict=True)] if found else []
    return "".join(
        "  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip() + "\n" for row in found
    )
