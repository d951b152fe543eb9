"""What was settled after a merge, as text or document; pure."""

from __future__ import annotations

from tmfiles.render.text import line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from tmfiles.actions.aftermath import Trouble
    from tmfiles.actions.resolve import Resolved
    from tmfiles.actions.settling import Verdict
    from tmfiles.merge import Settled

_SHOWN = 60
_NEXT = {
    "merge": "git commit",
    "rebase": "git rebase --continue",
    "cherry-pick": "git cherry-pick --continue",
    "revert": "git revert --continue",
    "am": "git am --continue",
}
_RULES = {
    "rank": "{kept}, over {other}",
    "earlier": "the earlier, {kept}, over {other}",
    "claim": "held by {kept[by]}, who claimed first",
    "both": "of both sides",
    "greater": "{kept}; {other} is in the journal",
    "change": "the change, over the removal",
    "fits": "as the status wants it",
}


def text(result: Resolved, troubles: Sequence[Trouble], *, dry_run: bool) -> str:
    """Give a line a task, its fields beneath; then what is left to a person."""
    rows = [row for one in result.settled for row in verdict(one)]
    if not result.settled and not result.left:
        rows.append("no task is unmerged")
    rows += [f"left to you: {line(str(problem))}" for problem in result.left]
    rows += [row for one in troubles for row in trouble(one)]
    if result.settled and not dry_run:
        rows.append(after(result))
    return "\n".join(rows) + "\n"


def trouble(one: Trouble) -> list[str]:
    """Give what is wrong, the commits that made it, and commands of which one mends it."""
    rows = [f"{one.message} ({one.rule})"]
    rows += [f"  made by {line(commit)}" for commit in one.commits]
    return rows + [f"  to mend it: {command}" for command in one.commands]


def verdict(one: Verdict) -> list[str]:
    """Give a line for a task, and one for each field that both sides had changed."""
    return [f"{one.id}  {one.how}", *(f"  {line(field.key)}: {_field(field)}" for field in one.fields)]


def _field(field: Settled) -> str:
    if field.rule == "claim":
        return _RULES["claim"].format(kept={"by": _short(field.kept.get("by"))})
    return _RULES[field.rule].format(kept=_short(field.kept), other=_short(field.other))


def _short(value: Any) -> str:
    text = line(str(value)) if value is not None else "none"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def after(result: Resolved) -> str:
    """Say what to do once the tasks are settled."""
    if result.left or result.others:
        names = [problem.path for problem in result.left] + list(result.others)
        return f"still unmerged: {', '.join(line(name) for name in names[:10])}"
    return f"staged; to go on: {following(result)}"


def following(result: Resolved) -> str:
    """Give git's command that goes on with what it is in the middle of."""
    return _NEXT.get(result.state, "git commit")


def document(result: Resolved, troubles: Sequence[Trouble], *, dry_run: bool) -> dict[str, Any]:
    """Give the whole result as an object."""
    return {
        "settled": [settled(one) for one in result.settled],
        "left": [problem._asdict() for problem in result.left],
        "others": list(result.others),
        "troubles": [plain_trouble(one) for one in troubles],
        "next": None if dry_run or result.left or result.others or not result.settled else following(result),
    }


def settled(one: Verdict) -> dict[str, Any]:
    """Give what became of a task as an object."""
    return {"id": one.id, "path": one.path or None, "how": one.how, "fields": [_plain(f) for f in one.fields]}


def plain_trouble(one: Trouble) -> dict[str, Any]:
    """Give what is wrong in the graph as an object."""
    return {**one._asdict(), "commits": list(one.commits), "commands": list(one.commands)}


def _plain(field: Settled) -> dict[str, Any]:
    return {"key": field.key, "rule": field.rule, "kept": field.kept, "other": field.other}
