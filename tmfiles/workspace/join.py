"""A branch brought to another's state or merged with it, through the same steps as any write; plans no merge."""

from __future__ import annotations

from collections import namedtuple

from tmfiles.errors import TmError
from tmfiles.git import commit as commits
from tmfiles.git import worktree
from tmfiles.git.commit import Prepared
from tmfiles.git.differences import unsaved
from tmfiles.git.repository import head
from tmfiles.git.state import refuse_state, state
from tmfiles.store import FOLDER, id_of, is_task
from tmfiles.workspace import byhand, edit, record
from tmfiles.workspace.edit import Change
from tmfiles.workspace.interrupts import Held
from tmfiles.workspace.recover import recover
from tmfiles.workspace.write import Order, Run, locked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tmfiles.workspace.place import Workspace


class Joining(namedtuple("Joining", "ours theirs files message")):
    """What a branch is to become.

    `ours` is the commit it was planned for, `theirs` the other one, `files` what differs from ours (bytes, None:
    gone) by path below the store; `message` is empty where ours has nothing of its own, and theirs is the result.
    """

    __slots__ = ()

    ours: str
    theirs: str
    files: Mapping[str, bytes | None]
    message: str


def join(workspace: Workspace, order: Order, plan: Callable[[str], Joining]) -> list[str]:
    """Carry out what `plan` makes of HEAD's commit as it is under the lock; give what the user should be told.

    The files were judged by whoever committed them, so no rule refuses them here. Raises TmError: `race` when
    another commit came meanwhile, and whatever stands in the way; then nothing was changed.
    """
    place = workspace.home
    with locked(workspace, order):
        with Held("what an earlier command left was mended first"):
            notes = recover(workspace, place)
        refuse_busy(workspace)
        joining = plan(head(place).commit or "")
        changes = _changes(workspace, joining)
        with Held("nothing was changed") as held:
            _Join(workspace, place, order, workspace.read(), changes, notes).joined(joining)
            held.words, held.hint = "what came was saved first", "to go on: tm sync"
    workspace.read()
    return notes


def refuse_busy(workspace: Workspace) -> None:
    """Refuse where git is in the middle of something, a merge too."""
    refuse_state(workspace.home)
    if state(workspace.home) == "merge":
        raise TmError("a merge is in progress", "finish it: tm resolve, git commit; then tm sync", "git")


def _changes(workspace: Workspace, joining: Joining) -> list[Change]:
    """Give the files as they lie there and as they are to be; refuse where somebody's work would be lost."""
    paths = {path: workspace.repository_path(path) for path in joining.files}
    held = worktree.listed(workspace.home, joining.ours, workspace.repository_path("").rstrip("/"))
    edited = unsaved(workspace.home, workspace.repository_path("").rstrip("/"))
    changes, wrong = [], []
    for path, place in paths.items():
        old = edit.bytes_of(workspace.store, path)
        if place in edited or (old is not None and place not in held):
            wrong.append(f"{FOLDER}/{path}")
        changes.append(Change(path, id_of(path) if is_task(path) else "", old, joining.files[path], held=True))
    if wrong:
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise TmError(
            f"not committed, and changed by others too: {', '.join(wrong[:5])}{more}", "commit first: tm commit"
        )
    return changes


class _Join(Run):
    """The write of a joining: a commit with two parents, or theirs as it is."""

    def joined(self, joining: Joining) -> None:
        """Put the files in place, and publish."""
        worktree.wait_until_free(self.repository)
        byhand_entries = byhand.entries(self.repository, joining.ours, self.paths)
        self.staged = {path: entry.index for path, entry in byhand_entries.items()}
        with self._whole():
            made = self._prepared(joining)
            if self.before.commit != joining.ours or head(self.repository) != self.before:
                raise TmError("another commit came first", "try again", "race")
            self._keep(made)
            self._replace()
            self.indexed = dict(made.blobs)
            worktree.refresh_index(self.repository, self.indexed)
            if not commits.publish(self.repository, made.commit, joining.ours, f"tm: {self.order.op}"):
                raise TmError("another commit came first", "try again", "race")
        record.drop(self.workspace.private)

    def _prepared(self, joining: Joining) -> Prepared:
        data = dict(zip(self.paths, (change.new for change in self.changes), strict=True))
        if not joining.message:
            held = worktree.listed(self.repository, joining.theirs, self.workspace.repository_path("").rstrip("/"))
            return Prepared(joining.theirs, joining.ours, {path: held.get(path) for path in self.paths})
        return commits.prepare(
            self.repository,
            self.workspace.git_settings,
            joining.ours,
            data,
            joining.message,
            self.now,
            byhand.author(self.workspace, self.notes),
            joining.theirs,
        )

    def _keep(self, made: Prepared) -> None:
        staged = [self.staged[path] for path in self.paths]
        record.keep(
            self.workspace.private, self.order.op, self.changes, made.commit, self.before, staged, made.parent or ""
        )
