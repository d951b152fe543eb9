"""Meeting where the repository holds nothing but the store: every task by its fields, in one process."""

from __future__ import annotations

from tmfiles.errors import TmError
from tmfiles.git import commit as commits
from tmfiles.git import joining
from tmfiles.git.history import ancestor
from tmfiles.sync.planning import Plan, plan
from tmfiles.workspace import byhand
from tmfiles.workspace.join import Joining, join
from tmfiles.workspace.write import Order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.sync.meeting import Meeting, Synced


def sync_own(meeting: Meeting) -> Synced:
    """Fetch, merge, push, until all is in step."""
    hooks = bool(meeting.workspace.sources.say("run_hooks").value)
    while True:
        meeting.fetch()
        if bring_in(meeting) and meeting.push(hooks=hooks):
            return meeting.synced()
        meeting.wait()


def bring_in(meeting: Meeting) -> bool:
    """Merge what the remote has into the branch; False when another commit of ours came meanwhile."""
    ours, theirs, place = meeting.ours, meeting.theirs, meeting.place
    if not theirs or theirs == ours or ancestor(place, theirs, ours):
        return True
    made: list[tuple[str, str, Plan]] = []

    def planned(ours: str) -> Joining:
        base = meeting.base(ours)
        found = plan(place, _beginning(meeting, base, ours), ours, theirs, meeting.workspace.now())
        made.append((ours, base, found))
        return Joining(ours, theirs, found.files, "" if base == ours else _message(meeting))

    if meeting.dry_run:
        planned(ours)
    else:
        try:
            meeting.notes += join(meeting.workspace, Order("sync", meeting.how), planned)
        except TmError as error:
            if error.code != "race":
                raise
            return False
    ours, base, found = made[-1]
    meeting.arrived(ours, base)
    meeting.settled |= {one.id: one for one in found.settled}
    meeting.lost |= dict(found.lost)
    return True


def _beginning(meeting: Meeting, base: str, ours: str) -> str:
    """Give what both sides began with: their last common commit, or the merge of several, after merges crosswise.

    With one of these, what was taken away since by whoever had brought it would seem to be brought by the other.
    """
    place, workspace = meeting.place, meeting.workspace
    found = joining.bases(place, ours, meeting.theirs)
    for other in found[1:]:
        before = joining.bases(place, base, other)
        try:
            files = plan(place, before[0], base, other, workspace.now()).files if before else {}
        except TmError:  # nobody has to settle what is past
            continue
        message = "tm: a common beginning"
        made = commits.prepare(
            place, workspace.git_settings, base, files, message, workspace.now(), byhand.author(workspace), other
        )
        base = made.commit
        commits.discard(place)
    return base


def _message(meeting: Meeting) -> str:
    """Word the merge; it has no number that `tm undo` could take back: what others did is theirs."""
    actor = meeting.workspace.actor(meeting.how.actor)
    subject = meeting.how.message.strip() or f"tm: sync with {meeting.up.name}"
    return f"{subject}\n\nTm-Op: sync\nTm-Actor: {actor}\n"
