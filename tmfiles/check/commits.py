"""What a commit would break, or did: the store before and after it, compared; knows no command line."""

from __future__ import annotations

from collections import namedtuple
from contextlib import closing

from tmfiles.check.snapshot import Snapshot
from tmfiles.errors import Problem, TmError
from tmfiles.git import differences
from tmfiles.store import FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypeVar

    from tmfiles.git.repository import Repository
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
    repository = _repository(workspace)
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
        after = snapshot.told()
        unmerged = _unmerged(held.unmerged, prefix)
        if not after:
            return Judged(unmerged, len(changes), 0)
        with closing(snapshot.moved({path: before for path, (before, _) in changes.items()})) as earlier:
            before = earlier.told()
        new = [one for key, found in after.items() if len(found) > len(before.get(key, ())) for one in found]
        return Judged([*unmerged, *snapshot.placed(new)], len(changes), sum(map(len, after.values())) - len(new))


def _unmerged(paths: Iterable[str], prefix: str) -> list[Problem]:
    told = "this file is unmerged: settle it, then git add it"
    return [
        Problem(f"{FOLDER}/{path[len(prefix) :]}", 0, 0, "conflict-markers", told)
        for path in sorted(paths)
        if path.startswith(prefix)
    ]


def _repository(workspace: Workspace) -> Repository:
    if workspace.repository is None:
        raise TmError(f"{workspace.root} is in no Git repository", "make one: git init, then tm init", "git")
    return workspace.repository


def _below(paths: Mapping[str, T], prefix: str) -> dict[str, T]:
    """Give the paths in the store's folder as they are relative to it."""
    return {path[len(prefix) :]: value for path, value in paths.items() if path.startswith(prefix)}
