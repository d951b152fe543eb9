"""Meeting where the store lies in a project: git's own merge, code included; only task files are settled here."""

from __future__ import annotations

from tmfiles.actions.resolve import resolve
from tmfiles.errors import TmError
from tmfiles.git import joining, objects
from tmfiles.git.differences import between, indexed, staged
from tmfiles.git.history import ancestor
from tmfiles.git.repository import head
from tmfiles.git.state import merging as merged_in
from tmfiles.git.state import state
from tmfiles.workspace import merging
from tmfiles.workspace.interrupts import Held
from tmfiles.workspace.recover import recover
from tmfiles.workspace.write import Order, locked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmfiles.actions.settling import Verdict
    from tmfiles.sync.meeting import Meeting, Synced
    from tmfiles.workspace import Workspace

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
    workspace = meeting.workspace
    with locked(workspace, Order("sync", meeting.how)):
        meeting.notes += recover(workspace, place)
        merging.keep(workspace.private, ours, theirs)
        with Held("git has merged, and nothing is committed or pushed yet", "to go on: tm sync"):
            done = joining.start(place, meeting.up.tracking.removeprefix("refs/remotes/"))
        begun = state(place) == "merge"
        whole = begun or not done.code or _put_back(workspace, ours, theirs)
    if begun:
        settled = _finish(workspace, done.out.decode("utf-8", "replace").strip())
        meeting.settled |= {one.id: one for one in settled}
        return
    if whole:  # else the next sync puts back what this one has no room for
        merging.drop(workspace.private)
    if done.code:
        said = done.words.removeprefix("error: ").strip() or done.out.decode("utf-8", "replace").strip()
        raise TmError(f"git merge: {said}", "nothing was changed; commit or put aside what is in the way", "git")
    if head(place).commit == ours:
        raise TmError("git merged nothing", "see: git status", "git")
    workspace.read()


def _finish(workspace: Workspace, said: str = "") -> Sequence[Verdict]:
    """Settle the tasks that git left, and commit the merge; where more is left than tasks, that is the user's."""
    found = resolve(workspace) if indexed(workspace.home).unmerged else None
    if found and (found.left or found.others):
        merging.drop(workspace.private)
        names = ", ".join([*(one.path for one in found.left), *found.others][:_NAMED])
        raise TmError(
            f"git merge stopped: {names} cannot be merged\n{said}".strip(),
            "settle these, git add, git commit; then tm sync. To leave it: git merge --abort",
            "git",
            found.left,
        )
    joining.conclude(workspace.home)
    merging.drop(workspace.private)
    workspace.read()
    return found.settled if found else ()


def resume(workspace: Workspace) -> list[str]:
    """Finish the merge of an earlier sync that was cut short; give what to tell.

    What the user has staged since is not ours to commit: then the merge is left as it is.
    """
    place, begun = workspace.home, merging.load(workspace.private)
    if begun is None:
        return []
    ours, theirs = begun
    if state(place) == "" and head(place).commit == ours:
        with locked(workspace, Order("sync")):
            if not _put_back(workspace, ours, theirs):
                raise TmError("what an earlier tm sync left half written cannot be put back", "make room on the disk")
    if (state(place), head(place).commit, merged_in(place)) != ("merge", ours, (theirs,)):
        merging.drop(workspace.private)
        return []
    if staged(place).keys() - between(place, ours, theirs).keys():
        return []
    _finish(workspace)
    return ["finished first: the merge of a tm sync that was cut short"]


def _put_back(workspace: Workspace, ours: str, theirs: str) -> bool:
    """Put the store's files back that git, for want of room or killed, left away or half written; False if it fails.

    Git touches no file that the user has changed, so what is missing or cut short is no work of theirs.
    """
    place, prefix = workspace.home, workspace.repository_path("")
    changed = between(place, ours, theirs, prefix.rstrip("/"))
    ids = [blob.id for pair in changed.values() for blob in pair if blob]
    contents = dict(zip(ids, objects.read(place, ids), strict=True))
    torn: dict[str, bytes | None] = {}
    for path, pair in changed.items():
        before, after = (contents[blob.id] if blob else None for blob in pair)
        try:
            now = workspace.store.read(path[len(prefix) :])
        except OSError:
            now = None
        cut = now is not None and after is not None and len(now) < len(after) and after.startswith(now)
        if now != before and (now is None or cut):
            torn[path[len(prefix) :]] = before
    try:
        workspace.store.replace(torn)
    except (OSError, TmError):
        return False
    return True
