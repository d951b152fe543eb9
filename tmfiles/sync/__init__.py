"""Meeting others at the remote: fetch, merge, check, push, and again if somebody was faster; forces nothing.

`own` is for a repository that holds nothing but the store, `branch` for a store inside a project's; `planning`
merges two commits task by task, `meeting` holds what both ways share.
"""

from __future__ import annotations

from tmfiles.actions import apart
from tmfiles.sync.branch import resume, sync_branch
from tmfiles.sync.meeting import Synced, prepared
from tmfiles.sync.own import sync_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.git.remote import Tell
    from tmfiles.workspace import Workspace
    from tmfiles.workspace.write import How


def sync(
    workspace: Workspace, how: How, *, with_code: bool = False, dry_run: bool = False, tell: Tell | None = None
) -> Synced:
    """Bring the store and its upstream to the same state; hand edits are committed first.

    `with_code` allows commits to be pushed that hold more than tasks; `dry_run` fetches, and says what would
    happen; `tell` gets git's progress. Raises TmError: `git` where the remote cannot be reached or told, `race`
    when others kept coming first.
    """
    notes = [] if dry_run or workspace.commit else resume(workspace)
    meeting = prepared(workspace, how, tell, dry_run=dry_run)
    meeting.notes += notes
    if not meeting.alone:
        return sync_branch(meeting, with_code=with_code)
    done = sync_own(meeting)
    if not dry_run:
        apart.look_again(workspace)
    return done


__all__ = ["Synced", "sync"]
