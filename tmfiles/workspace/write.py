"""The one funnel of every write: lock, read, judge, record, replace, commit, cache; knows no command."""

from __future__ import annotations

import os
from collections import namedtuple
from contextlib import contextmanager, suppress
from time import perf_counter

from tmfiles.errors import TmError
from tmfiles.git import commit as commits
from tmfiles.git import worktree
from tmfiles.git.hooked import commit_with_hooks
from tmfiles.git.repository import head
from tmfiles.git.state import refuse_state
from tmfiles.lock import Lock
from tmfiles.store import FOLDER
from tmfiles.workspace import byhand, edit, record, words
from tmfiles.workspace.astray import refuse_astray
from tmfiles.workspace.claims import guard
from tmfiles.workspace.heed import heed
from tmfiles.workspace.interrupts import Held
from tmfiles.workspace.judge import judge
from tmfiles.workspace.recover import recover
from tmfiles.workspace.seen import refuse_unseen
from tmfiles.workspace.triggers import Triggers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tmfiles.git.repository import Head, Repository
    from tmfiles.git.worktree import Blob
    from tmfiles.index import Entry
    from tmfiles.workspace.edit import Change, Edit
    from tmfiles.workspace.place import Workspace
    from tmfiles.workspace.view import View

    Plan = Callable[[View], Sequence[Edit]]

# How often a commit is made anew because somebody else's commit came first.
_TRIES = 100


class How(namedtuple("How", "actor commit message force seen", defaults=("", None, "", None, ()))):
    """How a write is to be done, as flags say it.

    `actor` is who acts ("": as the environment or Git says); `commit` False leaves the edit in the work
    tree, None does what the store's settings say; `message` replaces the commit's subject; `force` goes
    against the store's policies, and is None where the command does not offer it. `seen` are ids and the marks of
    the versions that whoever asks has seen (see `seen.py`).
    """

    __slots__ = ()

    actor: str
    commit: bool | None
    message: str
    force: bool | None
    seen: Sequence[tuple[str, Sequence[str]]]


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

    Raises TmError; then nothing was changed, or what was changed has been put back. Interrupts wait until
    the edit is saved, and say so (`interrupted`). While a draft is made, it goes into that.
    """
    place = workspace.home
    if workspace.commit:
        raise TmError(f"the store of {workspace.commit[:10]} is past, and cannot be changed", "leave --at out", "usage")
    if workspace.draft is not None:
        return workspace.draft.take(plan)
    notes: list[str] = []
    try:
        triggers = Triggers(workspace, order)
        with locked(workspace, order) as lock:
            workspace.spend("lock", lock.waited)
            outcome = _written(workspace, place, order, plan, notes, triggers)
        workspace.did.append((order.op, outcome.changed, outcome.commit))
        return outcome._replace(notes=(*outcome.notes, *triggers.after()))
    except TmError as error:
        # What was mended or found on the way is told also when the command itself is refused.
        error.hint = "\n".join(part for part in (error.hint, *notes) if part)
        raise


def _written(
    workspace: Workspace, place: Repository, order: Order, plan: Plan, notes: list[str], triggers: Triggers
) -> Outcome:
    refuse_astray(workspace)  # it may have been moved while this waited
    with Held("what an earlier command left was mended first"):
        notes += recover(workspace, place)
    view = _sound(workspace)
    refuse_unseen(view, order.how.seen)
    config = view.config
    changes = edit.changes(plan(view), view, workspace.store, config.layout)
    if not changes:
        return Outcome((), "", tuple(notes))
    byhand.refuse_reuse(workspace, place, head(place).commit, changes, notes)
    entries = judge(changes, view, config)
    heeded = heed(changes, view, force=order.how.force)
    notes += heeded.notes
    forced = [*heeded.forced, *_guarded(workspace, order, changes)]
    if forced:
        order = order._replace(trailers=(*order.trailers, ("Tm-Forced", ", ".join(forced))))
    notes += triggers.before(changes)
    committing = _commits(workspace, order.how)
    hooks = bool(workspace.sources.say("run_hooks").value)
    with Held("nothing was changed") as held:
        run = Run(workspace, place, order, view, changes, notes)
        began = perf_counter()
        commit = run.uncommitted() if not committing else run.hooked() if hooks else run.committed()
        workspace.spend("commit", perf_counter() - began)
        held.words, held.hint = f"{run.what} was saved first", "to take it back: tm undo" if commit else ""
        _keep_in_cache(run, entries, commit, hooks=hooks)
    return Outcome(tuple(dict.fromkeys(c.id for c in changes if c.id)), commit, tuple(notes))


def _commits(workspace: Workspace, how: How) -> bool:
    return bool(workspace.sources.say("commit").value == "auto" if how.commit is None else how.commit)


def refuse_now(workspace: Workspace, how: How) -> None:
    """Refuse a write that could not be committed now, before somebody spends an hour on it."""
    if _commits(workspace, how):
        refuse_state(workspace.home)


def rehearse(workspace: Workspace, order: Order, plan: Plan) -> None:
    """Judge what `plan` makes of the store as it is now, and write nothing; raises TmError as `write` does."""
    view = _sound(workspace)
    changes = edit.changes(plan(view), view, workspace.store, view.config.layout)
    judge(changes, view, view.config)
    heed(changes, view, force=order.how.force)
    _guarded(workspace, order, changes)


def _guarded(workspace: Workspace, order: Order, changes: Sequence[Change]) -> list[str]:
    """Refuse to change what others hold, and say what is changed all the same."""
    if not any(change.old and b"claim" in change.old for change in changes):
        return []
    actor, how = workspace.actor(order.how.actor), order.how
    return [f"claim of {one}" for one in guard(changes, order.op, actor, workspace.now(), how.force)]


def _sound(workspace: Workspace) -> View:
    """Give the store as it is now; raises TmError when nobody can say by which settings to judge."""
    view = workspace.read()
    if wrong := workspace.config_problems():
        newer = "(newer-version)" in wrong[0]
        hint = "reading works; to write, upgrade tm" if newer else f"mend {FOLDER}/config.yaml first"
        raise TmError(f"{wrong[0]}", hint, "invalid")
    return view


def locked(workspace: Workspace, order: Order) -> Lock:
    """Give the lock that a writer holds from its first reading to its commit."""
    refuse_astray(workspace)
    path = os.path.join(workspace.private, "lock")
    try:
        os.makedirs(workspace.private, exist_ok=True)
        with open(path, "a"):
            pass
    except OSError as error:
        raise TmError(
            f"cannot write to {workspace.private}: {error.strerror}",
            "reading works; to write, the repository must be writable",
        ) from error
    wait = workspace.environment.lock_timeout
    seconds = workspace.sources.say("lock_timeout").value if wait is None else wait
    return Lock(path, f"tm {order.op}", seconds, workspace.timed)


class Run:
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
        self.paths = [workspace.repository_path(change.path) for change in changes]
        self.what = f"{order.op} {', '.join(dict.fromkeys(c.id or c.path for c in changes[:3]))}"
        self.before: Head = head(repository)
        self.now = workspace.now()
        self.along = False
        self.moved: dict[str, Change] = {}
        self.staged: dict[str, str | None] = {}
        self.indexed: dict[str, Blob | None] = {}

    def uncommitted(self) -> str:
        """Put the files in place and leave the commit to the user."""
        byhand.entries(self.repository, self.before.commit, self.paths)
        with self._whole():
            self._record("")
            self._replace()
        record.drop(self.workspace.private)
        return ""

    def committed(self) -> str:
        """Put the files in place and publish a commit of these paths and nothing else."""
        refuse_state(self.repository)
        # A commit under an index that cannot follow would be taken back by the user's next one.
        worktree.wait_until_free(self.repository)
        with self._whole():
            commit = self._published()
        record.drop(self.workspace.private)
        return commit

    def _published(self) -> str:
        """Give the commit, made anew as long as others come first."""
        data = dict(zip(self.paths, (change.new for change in self.changes), strict=True))
        author, message = byhand.author(self.workspace, self.notes), self._message()
        in_place = False
        for _ in range(_TRIES):
            self.before = here = head(self.repository)
            prepared = commits.prepare(
                self.repository,
                self.workspace.git_settings,
                self._after_hand_edits(),
                data,
                message,
                self.now,
                author,
            )
            if not in_place:
                # A `git commit -a` that is at work would take our files along.
                worktree.wait_until_free(self.repository)
                if head(self.repository) != here:
                    continue
            self._record(prepared.commit)
            if not in_place:
                self._replace()
                in_place = True
            # The index goes first: `git commit` reads HEAD and then the index, so that one which read the index
            # too early finds HEAD moved, and cannot take our change back.
            self.indexed = {**prepared.blobs, **dict.fromkeys(self.moved)}
            worktree.refresh_index(self.repository, self.indexed)
            if commits.publish(self.repository, prepared.commit, here.commit, f"tm: {self.order.op}"):
                return prepared.commit
            if commits.kept(self.repository, prepared):
                return self._taken_along()
        raise TmError("other commits keep coming first", "try again", "git")

    def _taken_along(self) -> str:
        """Give the user's own commit that took the files in as they lay there, and say so."""
        commit = head(self.repository).commit or ""
        commits.discard(self.repository)
        self.notes.append(f"a commit made at the same moment took this edit in: {commit[:10]}")
        self.along = True
        return commit

    def hooked(self) -> str:
        """Put the files in place and let `git commit` commit them, with the project's hooks."""
        refuse_state(self.repository)
        parent = self._after_hand_edits()
        with self._whole():
            if parent and parent != self.before.commit:
                self._publish_hand_edits(parent)
            self._record(record.HOOKED)
            self._replace()
            commit = commit_with_hooks(
                self.repository,
                self.workspace.git_settings,
                self.paths,
                self._message(),
                self.now,
                byhand.author(self.workspace, self.notes),
            )
        record.drop(self.workspace.private)
        return commit

    def _publish_hand_edits(self, commit: str) -> None:
        """Bring index and HEAD to the commit of what was edited by hand; the files hold it already."""
        as_they_are = [change._replace(new=change.old) for change in self.changes]
        self._record(commit, f"edit {', '.join(change.id or change.path for change in as_they_are[:3])}", as_they_are)
        held = worktree.listed(self.repository, commit, self.workspace.repository_path("").rstrip("/"))
        self.indexed = {path: held.get(path) for path in (*self.paths, *self.moved)}
        worktree.refresh_index(self.repository, self.indexed)
        if not commits.publish(self.repository, commit, self.before.commit, "tm: edit by hand"):
            raise TmError("another commit came first", "try again", "git")
        self.indexed, self.moved = {}, {}

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Put everything back when the block fails."""
        try:
            yield
        except BaseException as error:
            self._put_back()
            if isinstance(error, OSError):
                where = error.filename or FOLDER
                raise TmError(f"cannot write {where}: {error.strerror}", "nothing was changed") from error
            raise

    def _after_hand_edits(self) -> str | None:
        workspace, repository, before = self.workspace, self.repository, self.before.commit
        entries = byhand.entries(repository, before, self.paths)
        self.moved = byhand.moved(workspace, repository, before, self.changes, entries)
        entries |= byhand.entries(repository, before, list(self.moved))
        self.staged = {**{path: entry.index for path, entry in entries.items()}, **self.staged}
        return byhand.committed(
            workspace, repository, self.view, self.changes, before, entries, self.moved, self.now, self.notes
        )

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

    def _record(self, commit: str, what: str = "", changes: Sequence[Change] = ()) -> None:
        told = [*(changes or self.changes), *self.moved.values()]
        staged = [self.staged.get(path) for path in (*self.paths, *self.moved)] if self.staged else []
        record.keep(self.workspace.private, what or self.what, told, commit, self.before, staged)

    def _replace(self) -> None:
        """Swap the files, unless an editor was quicker."""
        old = {change.path: change.old for change in self.changes}

        def untouched(path: str) -> bool:
            if edit.bytes_of(self.workspace.store, path) != old[path]:
                raise TmError(f"{FOLDER}/{path} was edited just now", "nothing was changed: try again")
            return True

        for path in old:  # before the first is written, too: then there is nothing to put back
            untouched(path)
        self.workspace.store.replace({c.path: c.new for c in self.changes if not c.kept}, untouched)

    def _put_back(self) -> None:
        """Give files and index what they held, where they hold ours, and forget the record."""
        store = self.workspace.store
        ours = {change.path: change.new for change in self.changes}

        def mine(path: str) -> bool:
            with suppress(TmError):  # what can't be read, a folder say, is not ours
                return edit.bytes_of(store, path) == ours[path]
            return False

        try:
            store.replace({c.path: c.old for c in self.changes if not c.kept and mine(c.path)}, mine)
            if self.indexed:
                worktree.restore_index(self.repository, self.indexed, {p: self.staged.get(p) for p in self.indexed})
        except (OSError, TmError) as error:
            raise TmError(
                f"the edit failed, and so did putting it back: {error}", "the next tm command mends it"
            ) from error
        record.drop(self.workspace.private)
        with suppress(TmError):
            commits.discard(self.repository)


def _keep_in_cache(run: Run, entries: Mapping[str, Entry], commit: str, *, hooks: bool) -> None:
    """Tell the cache what was written, so that the next read finds nothing to do."""
    workspace = run.workspace
    workspace.wrote({change.path: entries.get(change.path) for change in run.changes})
    # Hooks, and a commit of the user's that took ours along, may have changed other tasks as well.
    if commit and not run.along and not hooks:
        gone = {change.id: change.new is None for change in run.changes if change.id}
        workspace.committed(run.before.commit or "", commit, run.now, workspace.actor(run.order.how.actor), gone)
