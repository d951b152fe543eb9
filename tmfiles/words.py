"""How near two words are and which one was meant; knows no field, no task and no file."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What people of other trackers write, and what it is called here.
ALIASES = {
    "status": {
        "done": "completed",
        "closed": "completed",
        "complete": "completed",
        "finished": "completed",
        "fixed": "completed",
        "resolved": "completed",
        "open": "pending",
        "todo": "pending",
        "new": "pending",
        "ready": "pending",
        "backlog": "pending",
        "wip": "in_progress",
        "doing": "in_progress",
        "started": "in_progress",
        "active": "in_progress",
        "canceled": "cancelled",
        "wontfix": "cancelled",
        "dropped": "cancelled",
        "waiting": "blocked",
        "on_hold": "blocked",
    },
    "priority": {
        "urgent": "critical",
        "highest": "critical",
        "p0": "critical",
        "p1": "high",
        "p2": "medium",
        "normal": "medium",
        "p3": "low",
        "p4": "low",
        "minor": "low",
        "lowest": "low",
    },
    "type": {
        "defect": "bug",
        "issue": "bug",
        "story": "feature",
        "enhancement": "feature",
        "improvement": "feature",
        "maintenance": "chore",
    },
    "command": {
        **dict.fromkeys(("new", "create", "make"), "add"),
        **dict.fromkeys(("close", "finish"), "complete"),
        **dict.fromkeys(("view", "info", "get", "cat", "describe"), "show"),
        **dict.fromkeys(("find", "grep"), "search"),
        **dict.fromkeys(("set", "modify", "change", "tag", "rename", "label"), "update"),
        **dict.fromkeys(("remove", "del"), "delete"),
        **dict.fromkeys(("status", "kanban", "columns"), "board"),
        **dict.fromkeys(("todo", "todos", "tasks", "all"), "list"),
        **dict.fromkeys(("history", "changes"), "log"),
        **dict.fromkeys(("depend", "depends", "deps", "block", "link"), "dep"),
        **dict.fromkeys(("begin", "do"), "start"),
        **dict.fromkeys(("abandon", "drop", "wontfix"), "cancel"),
        **dict.fromkeys(("validate", "verify", "lint"), "check"),
        "unassign": "assign",
        "take": "claim",
        "revert": "undo",
        "settings": "config",
        "format": "fmt",
        "save": "commit",
        "tree": "graph",
    },
    # Of a command that has commands of its own.
    "part": {
        **dict.fromkeys(("rm", "delete", "del", "drop"), "remove"),
        **dict.fromkeys(("ls", "show"), "list"),
        **dict.fromkeys(("new", "make", "add"), "create"),
        **dict.fromkeys(("check", "done", "complete"), "met"),
        **dict.fromkeys(("use", "run"), "apply"),
        "list": "tree",
        "create": "add",
    },
    "kind": {"note": "comment", "remark": "comment", "finding": "discovery", "update": "progress"},
    "key": {
        "labels": "tags",
        "label": "tags",
        "dependencies": "depends_on",
        "deps": "depends_on",
        "blocked_by": "depends_on",
        "requires": "depends_on",
        "deadline": "due",
        "due_date": "due",
        "summary": "title",
        "desc": "description",
        "body": "description",
        "kind": "type",
        "state": "status",
        "acceptance": "criteria",
        "acceptance_criteria": "criteria",
        "comments": "journal",
    },
}


def distance(one: str, other: str, most: int = 2) -> int:
    """Count the letters to insert, drop, change or swap with a neighbour between two words.

    Counting stops at `most`: what is farther apart is given as `most + 1`.
    """
    if one == other:
        return 0
    if abs(len(one) - len(other)) > most:
        return most + 1
    # Cheap to see, and rules out nearly all: one change alters the set of letters by at most two.
    if len(set(one).symmetric_difference(other)) > 2 * most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[-1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(last) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)


def tolerance(word: str) -> int:
    """Say how many letters may differ for a word to be taken for a slip of this one."""
    return 1 if len(word) <= 5 else 2


def did_you_mean(
    word: str, choices: Iterable[str], limit: int = 3, aliases: Mapping[str, str] | None = None
) -> list[str]:
    """List the choices that were likely meant, the likeliest first, at most `limit`.

    `aliases` maps words that look different but mean a choice. Letter case, `-` and blanks do not count.
    """
    bare = plain(word)
    known = list(choices)
    alias = (aliases or {}).get(bare, "")
    if alias in known:
        return [alias]
    near = []
    for choice in known:
        most = max(tolerance(choice), tolerance(bare))
        far = distance(bare, plain(choice), most)
        if far <= most:
            near.append((far, not choice.startswith(bare[:1]), choice))
    starts = [] if near or len(bare) < 2 else [(0, False, c) for c in known if c.startswith(bare)]
    return [choice for _, _, choice in sorted(near or starts)[:limit]]


def suggestion(word: str, choices: Iterable[str], aliases: Mapping[str, str] | None = None) -> str:
    """Word the likeliest choice as the end of a message: `; did you mean 'x'?`, or nothing."""
    found = did_you_mean(word, choices, 1, aliases)
    return f"; did you mean '{found[0]}'?" if found else ""


def plain(word: str) -> str:
    """Give a word without what does not count: letter case, and whether blanks, `-` or `_` divide it."""
    return word.strip().lower().replace("-", "_").replace(" ", "_")
