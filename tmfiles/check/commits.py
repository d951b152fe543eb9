"""What a commit would break, or did: the store before and after it, compared; knows no command line."""

from __future__ import annotations

from collections import namedtuple
from contextlib import closing

from tmfiles.check.snapshot import Snapshot
from tmfiles.errors import Problem
from tmfiles.git import differences
from tmfiles.store import FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TypeVar

    from tmfiles.rules import Finding
    from tmfiles.workspace import Workspace

    T = TypeVar("T")


class Judged(namedtuple("Judged", "problems changed older")):
    """What is wrong after a commit and was not before, how many files it changes, how much was wrong before."""

    __slots__ = ()

    problems: list[Problem]
    changed: int
    older: int


def staged(workspace: Workspace, index_file: str | None = None) -> Judged:
    """Judge the store as a commit of the index would leave it.

    `index_file` is the index that the commit is made of, where it is not the work tree's own.
    """
    repository = workspace.home
    prefix = workspace.repository_path("")
    folder = prefix.rstrip("/")
    changed = differences.staged(repository, folder, index_file)
    changes = _below(changed, prefix)
    if not changes:
        return Judged([], 0, 0)
    held = differences.indexed(repository, folder, index_file)
    announced = differences.announced(repository, held.blobs, changed)
    blobs = _below({path: blob for path, blob in held.blobs.items() if path not in announced}, prefix)
    differing = set(_below(dict.fromkeys(held.differing), prefix))
    with closing(Snapshot(workspace, blobs, blobs.keys() - differing)) as snapshot:
        unmerged = _unmerged(held.unmerged, prefix)
        if not (snapshot.told() or snapshot.declared):
            return Judged(unmerged, len(changes), 0)
        with closing(snapshot.moved({path: before for path, (before, _) in changes.items()})) as earlier:
            problems, older = _new([earlier], snapshot, changes)
        return Judged([*unmerged, *problems], len(changes), older)


def _new(earlier: Sequence[Snapshot], later: Snapshot, paths: Iterable[str]) -> tuple[list[Problem], int]:
    """Give what is wrong in a snapshot and was in none of the earlier ones, and how much more is wrong in it.

    `paths` are those that differ; a step that a policy forbids is wrong wherever it leads.
    """
    after, before = later.told(), [one.told() for one in earlier]
    new = [
        problem
        for key, found in after.items()
        if all(len(found) > len(told.get(key, ())) for told in before)
        for problem in found
    ]
    older = sum(map(len, after.values())) - len(new)
    return later.placed([*new, *_steps(earlier, later, paths)]), older


def _steps(earlier: Sequence[Snapshot], later: Snapshot, paths: Iterable[str]) -> list[Finding]:
    """Give the changes of status that a policy forbids; a merge takes over the steps of either side."""
    if not later.declared:
        return []
    from tmfiles import policies

    olds, found = [one.docs(paths) for one in earlier], []
    for task_id, doc in later.docs(paths).items():
        steps = [policies.transition(old.get(task_id, {}), doc, later.declared) for old in olds]
        if steps and all(steps):
            found += [finding._replace(id=task_id) for finding in steps[0]]
    return found


def _unmerged(paths: Iterable[str], prefix: str) -> list[Problem]:
    told = "this file is unmerged: settle it, then git add it"
    return [
        Problem(f"{FOLDER}/{path[len(prefix) :]}", 0, 0, "conflict-markers", told)
        for path in sorted(paths)
        if path.startswith(prefix)
    ]


def _below(paths: Mapping[str, T], prefix: str) -> dict[str, T]:
    """Give the paths in the store's folder as they are relative to it."""
    return {path[len(prefix) :]: value for path, value in paths.items() if path.startswith(prefix)}
