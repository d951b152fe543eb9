"""Claims that hold in every clone: of two pushes to one branch only one can be first, and that one has the task."""

from __future__ import annotations

from tmfiles.actions import claims as actions
from tmfiles.errors import TmError
from tmfiles.sync.meeting import prepared
from tmfiles.sync.own import bring_in
from tmfiles.workspace.claims import holding, refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tmfiles.actions.tasks import Done
    from tmfiles.git.remote import Tell
    from tmfiles.sync.meeting import Meeting
    from tmfiles.workspace import Workspace
    from tmfiles.workspace.claims import Claim
    from tmfiles.workspace.write import How


def claim(
    workspace: Workspace, texts: Sequence[str], how: How, *, length: str = actions.DEFAULT, tell: Tell | None = None
) -> Done:
    """Take tasks in every clone; raises TmError (`claimed`) when somebody else has one, and then takes none."""
    return _pushed(workspace, how, tell, lambda how: actions.claim(workspace, texts, how, length=length), again=False)


def claim_next(workspace: Workspace, how: How, *, length: str = actions.DEFAULT, tell: Tell | None = None) -> Done:
    """Take the most urgent ready task that nobody holds in any clone."""
    return _pushed(workspace, how, tell, lambda how: actions.claim_next(workspace, how, length=length), again=True)


def _pushed(workspace: Workspace, how: How, tell: Tell | None, take: Callable[[How], Done], *, again: bool) -> Done:
    """Claim here, on top of what is known, and push; what others pushed first is theirs: take another if `again`."""
    how = how._replace(commit=True)
    meeting = prepared(workspace, how, tell)
    if not meeting.alone:
        raise TmError(
            "the store lies in a project's branch, and a claim cannot be pushed without the code there",
            "claim it here, then: tm sync; to push claims, keep tasks apart: tm init --branch",
            "usage",
        )
    hooks = bool(workspace.sources.say("run_hooks").value)
    _meet(meeting)
    result = take(how)
    try:
        while not meeting.push(hooks=hooks):
            meeting.wait()
            _meet(meeting)
            if lost := _lost(meeting, result):
                _give_back(workspace, result, lost, how)
                if not again:
                    raise lost[0][1]
                meeting.lost.clear()
                result = take(how)
    except TmError as error:
        if error.code in ("git", "race"):
            names = " ".join(task.id for task in result.tasks)
            error.hint += f"\nyou hold {names} in this clone only: push it with tm sync, or tm release {names}"
        raise
    return result


def _meet(meeting: Meeting) -> None:
    """Have all that the remote has."""
    meeting.fetch()
    while not bring_in(meeting):
        meeting.wait()
        meeting.fetch()


def _lost(meeting: Meeting, result: Done) -> list[tuple[str, TmError]]:
    """Give those of the tasks that were taken here and are another's now, each with its refusal."""
    workspace = meeting.workspace
    view, now = workspace.view(), workspace.now()
    found = []
    for task in result.tasks:
        there = view.task(task.id)
        held: Claim | None = holding(there.doc, now)
        if held is None:
            found.append((task.id, TmError(f"{task.id} is {there.status}, by others", "tm next --claim", "claimed")))
        elif task.id in meeting.lost:
            found.append((task.id, refused([(task.id, held)])))
    return found


def _give_back(workspace: Workspace, result: Done, lost: Sequence[tuple[str, TmError]], how: How) -> None:
    """Of several that were asked for together all are taken or none."""
    gone = {task_id for task_id, _ in lost}
    if kept := [task.id for task in result.tasks if task.id not in gone]:
        actions.release(workspace, kept, how)
