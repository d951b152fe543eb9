"""Claims: who works on a task now and until when; taken by one of many at once, and run out by themselves."""

from __future__ import annotations

from datetime import timedelta

from tmfiles import dates
from tmfiles.actions.notes import said
from tmfiles.actions.tasks import Done, chosen_ids, done
from tmfiles.errors import TmError
from tmfiles.query import Query
from tmfiles.task import CLOSED, Task
from tmfiles.workspace import claims, edit
from tmfiles.workspace.write import How, Order, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

DEFAULT = "2h"
# So many tasks that the dead left are named.
_NAMED = 3
# Nobody holds a task for longer without saying so again.
_LONGEST = 7 * 24 * 3600


def claim(workspace: Workspace, texts: Sequence[str], how: How = How(), *, length: str = DEFAULT) -> Done:
    """Take tasks for a time: of any number who try at once, one has each and the others are told who.

    One's own claim is renewed; one that has run out is taken over; another's only by `how.force`. Raises
    TmError (`claimed`) when somebody else holds one of them: then none is taken.
    """
    seconds = _seconds(length)
    chosen: list[str] = []

    def plan(view: View) -> list[Edit]:
        chosen[:] = chosen_ids(view, texts)
        tasks = [view.task(task_id) for task_id in chosen]
        _refuse_held(workspace, tasks, how)
        return [edit.change(task.id, _taken(workspace, task, how, seconds)) for task in tasks]

    outcome = write(workspace, Order("claim", how), plan)
    return done(workspace, chosen, outcome)


def claim_next(workspace: Workspace, how: How = How(), *, length: str = DEFAULT) -> Done:
    """Take the most urgent ready task that nobody else holds.

    Raises TmError: `not_found` when nothing is ready, `claimed` when others hold all that is.
    """
    seconds = _seconds(length)
    chosen: list[str] = []

    def plan(view: View) -> list[Edit]:
        found = free(workspace, view, how)
        if found is None:
            raise nothing_ready(workspace, view)
        chosen[:] = [found]
        return [edit.change(found, _taken(workspace, view.task(found), how, seconds))]

    outcome = write(workspace, Order("claim", how), plan)
    return done(workspace, chosen, outcome)


def free(workspace: Workspace, view: View, how: How = How()) -> str | None:
    """Give the most urgent ready task that nobody else holds; None when none is ready.

    Raises TmError (`claimed`) when all that are ready are held by others.
    """
    now = dates.stamp(workspace.now())
    rows = view.rows(Query(statuses=("pending",), awake=now))
    held = view.index.claims(now)
    if not held:
        return rows[0].id if rows else None
    actor = workspace.actor(how.actor)
    for row in rows:
        if held.get(row.id, (actor,))[0] == actor:
            return str(row.id)
    if not rows:
        return None
    names = ", ".join(sorted({held[row.id][0] for row in rows}))
    raise TmError(f"all {len(rows)} that are ready are claimed by others: {names}", "see: tm ready", "claimed")


def release(workspace: Workspace, texts: Sequence[str], how: How = How()) -> Done:
    """Give tasks back before their claims run out; another's only by `how.force`."""
    chosen: list[str] = []

    def plan(view: View) -> list[Edit]:
        chosen[:] = chosen_ids(view, texts)
        tasks = [view.task(task_id) for task_id in chosen]
        _refuse_held(workspace, tasks, how)
        return [edit.change(task.id, _given_back(workspace, task, how)) for task in tasks]

    outcome = write(workspace, Order("release", how), plan)
    return done(workspace, chosen, outcome)


def nothing_ready(workspace: Workspace, view: View) -> TmError:
    """Say why nothing is ready."""
    now = dates.stamp(workspace.now())
    waiting, busy, later = (
        len(view.rows(Query(statuses=(status,)))) for status in ("blocked", "in_progress", "pending")
    )
    why = [f"{waiting} blocked"] * bool(waiting) + [f"{busy} in progress"] * bool(busy)
    why += [f"{later} put off until after {now}"] * bool(later)
    hint = "what blocks them: tm blocked; a new task: tm add TITLE" if waiting else "a new task: tm add TITLE"
    if left := _left(view, now):
        hint = "\n".join([hint, *left])
    reason = ", ".join(why) or "there is no open task"
    return TmError(f"nothing is ready: {reason}", hint, "not_found", view.errors())


def _left(view: View, now: str) -> list[str]:
    """Name tasks that somebody began and claimed, and whose claim has run out: what a program left that died."""
    live, held = view.index.claims(now), view.index.claims("")
    begun = (row.id for row in view.rows(Query(statuses=("in_progress",))))
    left = [one for one in begun if one in held and one not in live]
    return [f"begun by {held[one][0]}, whose claim has run out: tm claim {one}" for one in left[:_NAMED]]


def _refuse_held(workspace: Workspace, tasks: Sequence[Task], how: How) -> None:
    now, actor = workspace.now(), workspace.actor(how.actor)
    found = [(task.id, claims.holding(task.doc, now)) for task in tasks]
    taken = [(task_id, held) for task_id, held in found if held and held.by != actor]
    if taken and not how.force:
        raise claims.refused(taken)


def _taken(workspace: Workspace, task: Task, how: How, seconds: int) -> dict[str, Any]:
    if task.status in CLOSED:
        raise TmError(f"{task.id} is {task.status}", f"reopen it first: tm reopen {task.id}")
    now, actor = workspace.now(), workspace.actor(how.actor)
    until = dates.stamp(now + timedelta(seconds=seconds))
    held = claims.holding(task.doc, now)
    if held and held.by == actor:
        return {"claim": {**task.doc["claim"], "until": until}}
    values: dict[str, Any] = {"claim": {"by": actor, "at": dates.stamp(now), "until": until}}
    if held:
        told = f"Took over the claim of {held.by}, which held until {held.until}."
        values["journal"] = said(workspace, task, told, how)
    return values


def _given_back(workspace: Workspace, task: Task, how: How) -> dict[str, Any]:
    held = claims.holding(task.doc, workspace.now())
    values: dict[str, Any] = {"claim": None}
    if held and held.by != workspace.actor(how.actor):
        told = f"Released the claim of {held.by}, which held until {held.until}."
        values["journal"] = said(workspace, task, told, how)
    return values


def _seconds(length: str) -> int:
    """Read how long a claim is to last; a day has 24 hours here, unlike a day of work."""
    hint = "write for example 30m, 2h or 1h30m, at most 168h"
    if set(length.lower()) & set("dw"):
        raise TmError(f"a claim of {length!r}: a day of work has 8 hours, and a claim runs by the clock", hint, "usage")
    try:
        seconds = dates.duration(length)
    except TmError as error:
        raise TmError(error.message, hint, "usage") from error
    if not 60 <= seconds <= _LONGEST:
        raise TmError(f"a claim of {length!r} is {'short' if seconds < 60 else 'long'} beyond use", hint, "usage")
    return seconds
