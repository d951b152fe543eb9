"""What each commit of a branch broke when it was made: from the first to the last, one snapshot moved along."""

from __future__ import annotations

from collections import namedtuple
from contextlib import closing

from tmfiles.check.commits import State, below, made, new_in
from tmfiles.check.reuse import reused
from tmfiles.check.snapshot import Snapshot
from tmfiles.errors import TmError
from tmfiles.git import differences
from tmfiles.git.history import log, resolved
from tmfiles.git.worktree import listed
from tmfiles.store import id_of, is_task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.errors import Problem
    from tmfiles.git.history import Commit
    from tmfiles.git.worktree import Blob
    from tmfiles.workspace import Workspace


class Verdict(namedtuple("Verdict", "commit problems")):
    """A commit, and what is wrong after it that was wrong in none of its parents."""

    __slots__ = ()

    commit: Commit
    problems: list[Problem]


def ranged(workspace: Workspace, words: str) -> list[Verdict]:
    """Judge every commit of a range `A..B` that changes the store, oldest first; B alone is all up to B.

    Raises TmError (`usage`) where the range names no commits.
    """
    repository = workspace.home
    prefix = workspace.repository_path("")
    since, dots, tip = words.rpartition("..")
    tip = _named(workspace, tip or "HEAD")
    start = _named(workspace, since or "HEAD") if dots else ""
    span = f"{start}..{tip}" if start else tip
    commits = list(log(repository, span, *([prefix.rstrip("/")] if prefix else []), every=True))[::-1]
    if not commits:
        return []
    walk = _Walk(workspace, start, tip)
    with closing(walk.snapshot):
        verdicts = []
        for done, commit in enumerate(commits):
            if workspace.progress:
                workspace.progress("judging commits", done, len(commits))
            verdicts.append(Verdict(commit, walk.judge(commit)))
        return verdicts


def _named(workspace: Workspace, word: str) -> str:
    if word.startswith("."):
        raise TmError(f"{word!r} names no commit", "a range is A..B, such as origin/main..HEAD", "usage")
    found = resolved(workspace.home, word)
    if not found:
        hint = "a range is A..B, such as origin/main..HEAD; a shallow clone lacks commits: git fetch --unshallow"
        raise TmError(f"{word!r} names no commit here", hint, "usage")
    return found


class _Walk:
    """A snapshot that is moved from commit to commit."""

    def __init__(self, workspace: Workspace, start: str, tip: str) -> None:
        self._workspace = workspace
        self._prefix = workspace.repository_path("")
        self._nothing = differences.nothing(workspace.home)
        self._tip = tip
        self._at = start or self._nothing
        folder = self._prefix.rstrip("/")
        files = below(listed(workspace.home, self._at, folder), self._prefix) if start else {}
        self.snapshot = Snapshot(workspace, files)
        self._deleted: set[str] | None = None

    def judge(self, commit: Commit) -> list[Problem]:
        """Give what a commit broke."""
        earlier: list[State] = []
        parents = commit.parents or (self._nothing,)
        paths = {path for parent in parents for path in self._between(parent, commit.id)}
        for parent in parents:
            self._move(parent)
            earlier.append(State(self.snapshot.told(), self.snapshot.docs(paths)))
        self._move(commit.id)
        new, _ = new_in(earlier, self.snapshot, paths)
        back = {one: doc for one, doc in made(earlier, self.snapshot, paths).items() if one in self._ever_deleted()}
        # With several parents it is nobody's new id.
        if back and len(commit.parents) == 1:
            new += reused(self._workspace, commit.parents[0], back)
        return self.snapshot.placed(new)

    def _ever_deleted(self) -> set[str]:
        """Give the ids that some commit up to the tip deleted; asked once, when a commit makes a task."""
        if self._deleted is None:
            folder = self._prefix.rstrip("/")
            commits = log(self._workspace.home, self._tip, *([folder] if folder else []), every=True)
            names = (path[len(self._prefix) :] for one in commits for status, path in one.changes if status == "D")
            self._deleted = {id_of(name) for name in names if is_task(name)}
        return self._deleted

    def _move(self, commit: str) -> None:
        if commit != self._at:
            self.snapshot.bring({path: after for path, (_, after) in self._between(self._at, commit).items()})
            self._at = commit

    def _between(self, old: str, new: str) -> dict[str, tuple[Blob | None, ...]]:
        changed = differences.between(self._workspace.home, old, new, self._prefix.rstrip("/"))
        return below(changed, self._prefix)
