"""Who holds a task for now, and what others may do to it meanwhile; writes nothing."""

from __future__ import annotations

from collections import namedtuple

from tmfiles import dates
from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from tmfiles.workspace.edit import Change

# What anybody may add to a task that another holds: words and names.
_FREE = ("journal", "participants", "feedback")
# What brings files as they are or were, and does no work on a task.
_OTHERS = ("undo", "redo", "restore", "import", "init", "archive", "fmt", "migrate", "commit", "resolve", "sync")


class Claim(namedtuple("Claim", "by at until")):
    """A claim as a task's file has it."""

    __slots__ = ()

    by: str
    at: str
    until: str


def holding(doc: Mapping[str, Any], now: datetime) -> Claim | None:
    """Give the claim that a task is under now; one that has run out is none."""
    claim = doc.get("claim")
    if not isinstance(claim, dict) or not all(isinstance(claim.get(key), str) for key in Claim._fields):
        return None
    try:
        return (
            Claim(claim["by"], claim["at"], claim["until"]) if dates.instant(claim["until"], end=True) > now else None
        )
    except TmError:
        return None


def guard(changes: Iterable[Change], op: str, actor: str, now: datetime, force: bool | None) -> list[str]:
    """Give the ids of tasks that others hold and `force` changes all the same.

    Raises TmError (`claimed`) where force does not say so. Words for the journal are nobody's to refuse.
    """
    if op.split(" ", 1)[0] in _OTHERS:
        return []
    taken = [(change, claim) for change in changes if (claim := _claimed(change, actor, now))]
    if taken and not force:
        raise refused([(change.id, claim) for change, claim in taken])
    return [change.id for change, _ in taken]


def refused(taken: Sequence[tuple[str, Claim]]) -> TmError:
    """Word the refusal: whose it is, and until when."""
    task_id, claim = taken[0]
    more = f" (and {len(taken) - 1} more are claimed)" if len(taken) > 1 else ""
    return TmError(
        f"{task_id} is claimed by {claim.by} until {claim.until}{more}",
        f"take another: tm next --claim; to take this one over: tm claim {task_id} --force",
        "claimed",
    )


def _claimed(change: Change, actor: str, now: datetime) -> Claim | None:
    """Give the claim of somebody else's that a change goes against."""
    if not change.id or change.held or change.old is None or b"claim" not in change.old:
        return None
    from tmfiles import codec  # for writers only: who lists tasks asks for claims too

    try:
        old = codec.loads(change.old)
        new = codec.loads(change.new) if change.new is not None else {}
    except TmError:
        return None
    claim = holding(old, now)
    if claim is None or claim.by == actor:
        return None
    touched = {key for key in {**old, **new} if old.get(key) != new.get(key)}
    return claim if change.new is None or touched - set(_FREE) else None
