"""The one funnel of every write: lock, read, judge, record, replace, commit, cache; knows no command."""

from __future__ import annotations

import os
from collections import namedtuple

from tmfiles.dates import stamp
from tmfiles.errors import TmError
from tmfiles.git import commit as commits
from tmfiles.git import worktree
from tmfiles.git.hooked import commit_with_hooks
from tmfiles.git.repository import head
from tmfiles.git.state import state
from tmfiles.lock import Lock
from tmfiles.store import FOLDER
from tmfiles.workspace import byhand, edit, record, words
from tmfiles.workspace.judge import judge
from tmfiles.workspace.recover import recover

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tmfiles.git.repository import Repository
    from tmfiles.store import Scan
    from tmfiles.workspace.edit import Change, Edit
    from tmfiles.workspace.place import Workspace
    from tmfiles.workspace.view import View

    Plan = Callable[[View], Sequence[Edit]]

# How often a commit is made anew because somebody else's commit came first.
_TRIES = 20


class How(namedtuple("How", "actor commit message", defaults=("", None, ""))):
    """How a write is to be done, as flags say it.

    `actor` is who acts ("": as the environment or Git says); `commit` False leaves the edit in the work
    tree, None does what the store's settings say; `message` replaces the commit's subject.
    """

    __slots__ = ()

    actor: str
    commit: bool | None
    message: str


class Order(namedtuple("Order", "op how trailers", defaults=(How(), ()))):
    """A named operation, how to do it, and what its commit must say: (name, value) trailers."""

    __slots__ = ()

    op: str
    how: How
    trailers: tuple[tuple[str, str], ...]


class Outcome(namedtuple("Outcome", "changed commit notes")):
    """What a write did: ids it changed, the commit ("" for none), and what the user should be told."""

    __slots__ = ()

    changed: tuple[str, ...]
    commit: str
    notes: tuple[str, ...]


def write(workspace: Workspace, order: Order, plan: Plan) -> Outcome:
    """Carry out what `plan` makes of the store as it is under the lock, whole or not at all.

    Raises TmError; then nothing was changed, or what was changed has been put back.
    """
    place = workspace.repository
    if place is None:
        raise TmError(f"{workspace.root} is in no Git repository", "make one: git init, then tm init", "git")
    with _lock(workspace, order):
        notes = recover(workspace)
        scan = workspace.store.scan()
        view = workspace.read(scan)
        if wrong := workspace.config_problems():
            raise TmError(f"{wrong[0]}", f"mend {FOLDER}/config.yaml first", "invalid")
        config = view.config
        changes = edit.changes(plan(view), view, workspace.store, config.layout)
        if not changes:
            return Outcome((), "", tuple(notes))
        judge(changes, view, config)
        committing = (config.commit == "auto") if order.how.commit is None else order.how.commit
        run = _Run(workspace, place, order, view, changes, notes)
        before = head(place).commit or ""
        commit = run.uncommitted() if not committing else run.hooked() if config.run_hooks else run.committed()
        _keep_in_cache(run, scan, before, commit)
    return Outcome(tuple(dict.fromkeys(c.id for c in changes if c.id)), commit, tuple(notes))


def _lock(workspace: Workspace, order: Order) -> Lock:
    try:
        os.makedirs(workspace.private, exist_ok=True)
        with open(os.path.join(workspace.private, "lock"), "a"):
            pass
    except OSError as error:
        raise TmError(
            f"cannot write to {workspace.private}: {error.strerror}",
            "reading works; to write, the repository must be writable",
        ) from error
    return Lock(os.path.join(workspace.private, "lock"), f"tm {order.op}", workspace.environment.lock_timeout)


class _Run:
    """One write, from judged changes to files and commit."""

    def __init__(
        self,
        workspace: Workspace,
        repository: Repository,
        order: Order,
        view: View,
        changes: list[Change],
        notes: list[str],
    ) -> None:
        self.workspace = workspace
        self.repository = repository
        self.order = order
        self.view = view
        self.changes = changes
        self.notes = notes
        self.files = {change.path: change.new for change in changes}
        self.what = f"{order.op} {', '.join(dict.fromkeys(c.id or c.path for c in changes[:3]))}"

    def uncommitted(self) -> str:
        """Put the files in place and leave the commit to the user."""
        folder = self.workspace.private
        record.keep(folder, self.what, self.changes, "", "", "")
        self._replace()
        record.drop(folder)
        return ""

    def committed(self) -> str:
        """Prepare a commit of these paths and nothing else, put the files in place, move the branch."""
        refuse_state(self.repository)
        for _ in range(_TRIES):
            here = head(self.repository)
            parent = self._after_hand_edits(here.commit)
            prepared = commits.prepare(
                self.repository,
                self.workspace.git_settings,
                parent,
                {self.workspace.repository_path(change.path): change.new for change in self.changes},
                self._message(),
                self.workspace.now(),
                byhand.author(self.workspace, self.notes),
            )
            record.keep(
                self.workspace.private, self.what, self.changes, prepared.commit, here.commit or "", here.branch or ""
            )
            self._replace()
            if self._published(prepared.commit, here.commit):
                break
            self._put_back()
        else:
            raise TmError("other commits keep coming first", "try again", "git")
        worktree.refresh_index(self.repository, prepared.blobs)
        record.drop(self.workspace.private)
        return prepared.commit

    def hooked(self) -> str:
        """Put the files in place and let `git commit` commit them, with the project's hooks."""
        refuse_state(self.repository)
        here = head(self.repository).commit
        parent = self._after_hand_edits(here)
        paths = [self.workspace.repository_path(change.path) for change in self.changes]
        if parent and parent != here:
            commits.publish(self.repository, parent, here, "tm: edit by hand")
            held = worktree.listed(self.repository, parent, self.workspace.repository_path("").rstrip("/"))
            worktree.refresh_index(self.repository, {path: held.get(path) for path in paths})
        record.keep(self.workspace.private, self.what, self.changes, "", "", "")
        self._replace()
        try:
            commit = commit_with_hooks(
                self.repository,
                self.workspace.git_settings,
                paths,
                self._message(),
                self.workspace.now(),
                byhand.author(self.workspace, self.notes),
            )
        except TmError:
            self._put_back()
            raise
        record.drop(self.workspace.private)
        return commit

    def _after_hand_edits(self, parent: str | None) -> str | None:
        return byhand.committed(self.workspace, self.repository, self.view, self.changes, parent, self.notes)

    def _message(self) -> str:
        how = self.order.how
        return words.message(
            self.workspace,
            self.order.op,
            self.changes,
            actor=how.actor,
            subject=how.message,
            trailers=self.order.trailers,
        )

    def _replace(self) -> None:
        try:
            self.workspace.store.replace(self.files)
        except OSError as error:
            self._put_back()
            raise TmError(
                f"cannot write {error.filename or FOLDER}: {error.strerror}", "nothing was changed"
            ) from error

    def _published(self, commit: str, parent: str | None) -> bool:
        try:
            return commits.publish(self.repository, commit, parent, f"tm: {self.order.op}")
        except TmError:
            self._put_back()
            raise

    def _put_back(self) -> None:
        """Give every file its earlier bytes again, and forget the record."""
        self.workspace.store.replace({change.path: change.old for change in self.changes})
        record.drop(self.workspace.private)


def refuse_state(place: Repository) -> None:
    """Refuse to commit where a commit would be lost or mislead: see design, state of the repository."""
    found = state(place)
    if found in ("", "merge"):
        return
    what = "HEAD is detached" if found == "detached" else f"a {found} is in progress"
    hint = "switch to a branch first (git switch NAME)" if found == "detached" else f"finish the {found} first"
    raise TmError(f"{what}: a commit made now could be lost", f"{hint}, or edit without a commit: --no-commit")


def _keep_in_cache(run: _Run, scan: Scan, before: str, commit: str) -> None:
    """Tell the cache what was written, so that the next read finds nothing to do."""
    from tmfiles.workspace.past import keep_commit
    from tmfiles.workspace.refresh import keep_written

    workspace, view = run.workspace, run.view
    keep_written(view.index, workspace.store, scan, [change.path for change in run.changes], view.config)
    if commit:
        author = workspace.git_settings.author or byhand.author(workspace)
        gone = {change.id: change.new is None for change in run.changes if change.id}
        keep_commit(view.index, before, commit, stamp(workspace.now()), author.name if author else "", gone)
