"""Commands that were one word with a hyphen, as the two words that they are here; pure."""

from __future__ import annotations

from collections.abc import Sequence

COMMANDS = {
    "critical-path": ("graph", "--critical-path"),
    "phase-create": ("phase", "add"),
    "phase-list": ("phase", "list"),
    "phase-show": ("phase", "show"),
    "phase-update": ("phase", "update"),
    "phase-add-dependency": ("phase", "update"),
    "phase-add-gate": ("phase", "update"),
    "agent-register": ("agent", "register"),
    "agent-list": ("agent", "list"),
    "agent-status": ("agent", "show"),
    "agent-workload": ("agent", "workload"),
    "agent-metrics": ("metrics",),
    "agent-message": ("agent", "message"),
    "agent-redistribute": ("agent", "redistribute"),
}
# Of these the second word belongs to an option here.
_SECOND = {"phase-add-dependency": "--after", "phase-add-gate": "--gate"}
# How a time was named, and what it is called here.
_RANGES = {"daily": "day", "weekly": "week", "monthly": "month"}


def parted(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Give what stands before the command, and the command with its words; others stay as they are."""
    rest = list(words)
    name = rest[0] if rest else ""
    if rest == ["report", "--assessment"]:
        return [], ["metrics", "--period", "month", "--completion-rate", "--cycle-time"]
    if name == "critical-path" and "--dot" in rest:
        return [], [*COMMANDS[name], "--format", "dot", *(word for word in rest[1:] if word != "--dot")]
    if name == "agent-message" and len(rest) > 3:
        return ["--as", rest[1]], ["agent", "message", *rest[2:]]
    if name == "agent-metrics":
        rest = ["--period" if word == "--range" else _RANGES.get(word, word) for word in rest]
        return [], [*COMMANDS[name], *(["--assignee"] if len(rest) > 1 else []), *rest[1:]]
    if name == "agent-list" and "--status" in rest and rest[rest.index("--status") + 1 :][:1] == ["active"]:
        at = rest.index("--status")  # whoever registered was active; who is idle was not known
        del rest[at : at + 2]
    if name in COMMANDS:
        if name in _SECOND and len(rest) > 2:
            rest.insert(2, _SECOND[name])
        rest[:1] = COMMANDS[name]
    return [], rest
