"""What a commit would break, or did: the store before and after it, compared; knows no command line."""

from __future__ import annotations

from collections import namedtuple
from contextlib import closing

from tmfiles.check.reuse import reused
from tmfiles.check.snapshot import Snapshot
from tmfiles.errors import Problem
from tmfiles.git import differences
from tmfiles.git.repository import head
from tmfiles.store import FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, TypeVar

    from tmfiles.check.snapshot import Key
    from tmfiles.rules import Finding
    from tmfiles.workspace import Workspace

    T = TypeVar("T")


class Judged(namedtuple("Judged", "problems changed older")):
    """What is wrong after a commit and was not before, how many files it changes, how much was wrong before."""

    __slots__ = ()

    problems: list[Problem]
    changed: int
    older: int


def staged(workspace: Workspace, index_file: str | None = None, merged: Sequence[str] = ()) -> Judged:
    """Judge the store as a commit of the index would leave it.

    `index_file` is the index that the commit is made of, where it is not the work tree's own; `merged` are the
    commits that it merges into HEAD: what was wrong in one of them is not its doing.
    """
    repository = workspace.home
    prefix = workspace.repository_path("")
    folder = prefix.rstrip("/")
    changed = differences.staged(repository, folder, index_file)
    changes = below(changed, prefix)
    if not changes:
        return Judged([], 0, 0)
    held = differences.indexed(repository, folder, index_file)
    announced = differences.announced(repository, held.blobs, changed)
    blobs = below({path: blob for path, blob in held.blobs.items() if path not in announced}, prefix)
    differing = set(below(dict.fromkeys(held.differing), prefix))
    with closing(Snapshot(workspace, blobs, blobs.keys() - differing)) as snapshot:
        unmerged = _unmerged(held.unmerged, prefix)
        fresh = [path for path, (before, _) in changes.items() if before is None]
        after = snapshot.told()
        if not (after or snapshot.declared or fresh):
            return Judged(unmerged, len(changes), 0)
        sides = [changes]
        sides += [below(differences.staged(repository, folder, index_file, one), prefix) for one in merged]
        paths = {path for side in sides for path in side}
        states = []
        for side in sides:
            with closing(snapshot.moved({path: before for path, (before, _) in side.items()})) as earlier:
                states.append(State(earlier.told(after), earlier.docs(paths)))
        new, older = new_in(states, snapshot, paths)
        # History is asked only where there is a new task, and only of those whose id was deleted before.
        if back := made(states, snapshot, fresh):
            used = {task_id: back[task_id] for task_id in workspace.view().returned(back)}
            new += reused(workspace, head(repository).commit or "", used)
        return Judged([*unmerged, *snapshot.placed(new)], len(changes), older)


class State(namedtuple("State", "told docs")):
    """What was wrong before a commit, and the tasks it changes as they were."""

    __slots__ = ()

    told: Mapping[Key, list[Problem | Finding]]
    docs: dict[str, dict[str, Any]]


def new_in(earlier: Sequence[State], later: Snapshot, paths: Iterable[str]) -> tuple[list[Problem | Finding], int]:
    """Give what is wrong in a snapshot and was in none of the earlier ones, and how much more is wrong in it.

    `paths` are those that differ; a step that a policy forbids is wrong wherever it leads.
    """
    after = later.told()
    new = [
        problem
        for key, found in after.items()
        if all(len(found) > len(state.told.get(key, ())) for state in earlier)
        for problem in found
    ]
    older = sum(map(len, after.values())) - len(new)
    return [*new, *_steps(earlier, later, paths)], older


def _steps(earlier: Sequence[State], later: Snapshot, paths: Iterable[str]) -> list[Finding]:
    """Give the changes of status that a policy forbids; a merge takes over the steps of either side."""
    if not later.declared:
        return []
    from tmfiles import policies

    found: list[Finding] = []
    for task_id, doc in later.docs(paths).items():
        steps = [policies.transition(state.docs.get(task_id, {}), doc, later.declared) for state in earlier]
        if steps and all(steps):
            found += [finding._replace(id=task_id) for finding in steps[0]]
    return found


def made(earlier: Sequence[State], later: Snapshot, paths: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Give the tasks in these files that were in none of the earlier states."""
    docs = later.docs(paths)
    return {task_id: doc for task_id, doc in docs.items() if not any(task_id in state.docs for state in earlier)}


def _unmerged(paths: Iterable[str], prefix: str) -> list[Problem]:
    told = "this file is unmerged: settle it, then git add it"
    return [
        Problem(f"{FOLDER}/{path[len(prefix) :]}", 0, 0, "conflict-markers", told)
        for path in sorted(paths)
        if path.startswith(prefix)
    ]


def below(paths: Mapping[str, T], prefix: str) -> dict[str, T]:
    """Give the paths in the store's folder as they are relative to it."""
    return {path[len(prefix) :]: value for path, value in paths.items() if path.startswith(prefix)}
