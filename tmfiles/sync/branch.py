"""Meeting where the store lies in a project: git's own merge, code included; only task files are settled here."""

from __future__ import annotations

from tmfiles.actions.resolve import resolve
from tmfiles.errors import TmError
from tmfiles.git import joining
from tmfiles.git.history import ancestor
from tmfiles.git.repository import head
from tmfiles.git.state import state
from tmfiles.workspace.recover import recover
from tmfiles.workspace.write import Order, locked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.sync.meeting import Meeting, Synced

# So many commits are named in a refusal.
_NAMED = 5


def sync_branch(meeting: Meeting, *, with_code: bool) -> Synced:
    """Fetch, merge with git, settle the tasks, push, until all is in step."""
    up = meeting.up
    if not up.configured:
        raise TmError(
            f"{up.branch} has no upstream",
            f"push it once yourself: git push --set-upstream {up.remote} {up.branch}",
            "git",
        )
    while True:
        meeting.fetch()
        if not with_code:
            _refuse_code(meeting)
        _merge(meeting)
        if meeting.push(hooks=True):
            return meeting.synced()
        meeting.wait()


def _refuse_code(meeting: Meeting) -> None:
    folder = meeting.workspace.repository_path("").rstrip("/")
    found = joining.outside(meeting.place, meeting.theirs, meeting.ours, folder)
    if found:
        more = f"\nand {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        raise TmError(
            f"{len(found)} of the commits to be pushed hold more than tasks; nothing was merged or pushed",
            "push them too: tm sync --with-code; only get what others did: git pull\n"
            + "\n".join(found[:_NAMED])
            + more,
        )


def _merge(meeting: Meeting) -> None:
    """Let git merge the upstream, and settle what it leaves of the tasks; stop where code conflicts."""
    ours, theirs, place = meeting.ours, meeting.theirs, meeting.place
    if not theirs or theirs == ours or ancestor(place, theirs, ours):
        return
    base = meeting.base(ours)
    meeting.arrived(ours, base)
    if meeting.dry_run:
        return
    with locked(meeting.workspace, Order("sync", meeting.how)):
        meeting.notes += recover(meeting.workspace, place)
        done = joining.start(place, meeting.up.tracking.removeprefix("refs/remotes/"))
    merging = state(place) == "merge"
    if done.code and not merging:
        said = done.words.removeprefix("error: ").strip() or done.out.decode("utf-8", "replace").strip()
        raise TmError(f"git merge: {said}", "nothing was changed; commit or put aside what is in the way", "git")
    if not merging:
        if head(place).commit == ours:
            raise TmError("git merged nothing", "see: git status", "git")
        meeting.workspace.read()
        return
    if done.code:
        found = resolve(meeting.workspace)
        meeting.settled |= {one.id: one for one in found.settled}
        if found.left or found.others:
            names = ", ".join([*(one.path for one in found.left), *found.others][:_NAMED])
            said = done.out.decode("utf-8", "replace").strip()
            raise TmError(
                f"git merge stopped: {names} cannot be merged\n{said}",
                "settle these, git add, git commit; then tm sync. To leave it: git merge --abort",
                "git",
                found.left,
            )
    joining.conclude(place)
    meeting.workspace.read()
