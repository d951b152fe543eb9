"""What two commits of one store come to, task by task and in one go; moves no branch and writes no file."""

from __future__ import annotations

import hashlib
from collections import namedtuple

from tmfiles import codec, ids
from tmfiles.actions.settling import Verdict, Version, renamed, verdicts
from tmfiles.errors import Problem, TmError
from tmfiles.git import joining, objects
from tmfiles.git.differences import between
from tmfiles.git.worktree import listed
from tmfiles.store import FOLDER, id_of, is_task
from tmfiles.workspace import renamed as names
from tmfiles.workspace.claims import holding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from tmfiles.git.repository import Repository
    from tmfiles.git.worktree import Blob

    Sides = dict[str, tuple[Blob | None, ...]]


class Plan(namedtuple("Plan", "files settled came lost")):
    """What is to become of the files of ours, and why.

    `files` are bytes (None: gone) by path; `settled` verdicts on tasks that both sides touched; `came` the ids
    that only theirs touched; `lost` our claims that give way, as (id, who holds it).
    """

    __slots__ = ()

    files: dict[str, bytes | None]
    settled: tuple[Verdict, ...]
    came: tuple[str, ...]
    lost: tuple[tuple[str, str], ...]


def plan(repo: Repository, base: str, ours: str, theirs: str, now: datetime) -> Plan:
    """Merge two commits of a repository that holds nothing but a store.

    Tasks are matched by id, wherever they lie, and every one that both sides changed is merged by its fields.
    A claim that theirs has is in the hands of all already: ours on the same task gives way. Raises TmError
    (`invalid`) with everything that a person must settle.
    """
    return _Plan(repo, base, ours, theirs, now).made()


class _Plan:
    def __init__(self, repo: Repository, base: str, ours: str, theirs: str, now: datetime) -> None:
        self.repo = repo
        self.ours = ours
        self.now = now
        self.here: Sides = between(repo, base, ours) if base != ours else {}
        self.there: Sides = between(repo, base, theirs)
        self.blobs: dict[str, bytes] = {}
        self.taken: set[str] | None = None
        self.files: dict[str, bytes | None] = {}
        self.settled: list[Verdict] = []
        self.came: list[str] = []
        self.lost: list[tuple[str, str]] = []
        self.twins: list[tuple[str, str, Sides]] = []
        self.wrong: list[Problem] = []

    def made(self) -> Plan:
        mine, its = _by_id(self.here), _by_id(self.there)
        both = its.keys() & mine.keys()
        self._read(blob for sides in self.there.values() for blob in sides[1:])
        self._read(blob for one in both for side in (mine, its) for sides in side[one].values() for blob in sides)
        for task_id, sides in its.items():
            if task_id in both:
                self._settle(task_id, mine[task_id], sides)
            else:
                self.came.append(task_id)
                self.files |= {path: self._data(after) if after else None for path, (_, after) in sides.items()}
        for path in self.there:
            if not is_task(path):
                self._other(path)
        for old, new, side in self.twins:
            self._follow(old, new, side)
        if self.wrong:
            raise TmError(
                f"{len(self.wrong)} files cannot be merged",
                "nothing was changed; let git begin it (git merge @{upstream}), settle them in an editor, git commit",
                "invalid",
                self.wrong,
            )
        return Plan(self.files, tuple(self.settled), tuple(self.came), tuple(self.lost))

    def _settle(self, task_id: str, mine: Sides, its: Sides) -> None:
        if {path: sides[1] for path, sides in mine.items()} == {path: sides[1] for path, sides in its.items()}:
            return
        base = next((Version(p, self._data(s[0])) for p, s in sorted({**mine, **its}.items()) if s[0]), None)
        ours, theirs = self._side(mine, base), self._side(its, base)
        yielding = self._yielding(task_id, base, ours, theirs)
        try:
            found = verdicts(task_id, base, yielding, theirs, lambda: self._new_id(ours, theirs))
        except TmError as error:
            text = self._text(base, ours, theirs)
            if ours is None or text is None:
                path = next(one.path for one in (ours, theirs, base) if one)
                self._refuse(error, path)
                return
            found = [Verdict(task_id, ours.path, text, "no valid task on both sides: merged by lines")]
        wanted: dict[str, bytes | None] = {path: None for path, (_, after) in mine.items() if after}
        wanted |= {ours.path: None} if ours else {}
        wanted |= {one.path: one.data for one in found}
        self.files |= {p: data for p, data in wanted.items() if ours is None or (p, data) != (ours.path, ours.data)}
        self.settled += found
        if len(found) == 2 and ours and theirs:
            side = self.there if found[1].data == theirs.data and found[1].data != ours.data else self.here
            self.twins.append((task_id, found[1].id, side))

    def _side(self, side: Sides, base: Version | None) -> Version | None:
        live = [Version(path, self._data(after)) for path, (_, after) in sorted(side.items()) if after]
        return live[0] if live else base if base and base.path not in side else None

    def _yielding(
        self, task_id: str, base: Version | None, ours: Version | None, theirs: Version | None
    ) -> Version | None:
        """Give our version with the claim that theirs has, where both are new."""
        if base is None or ours is None or theirs is None or b"claim" not in ours.data or b"claim" not in theirs.data:
            return ours
        try:
            was, has, other = (codec.loads(one.data) for one in (base, ours, theirs))
            mine, its, before = (holding(doc, self.now) for doc in (has, other, was))
            if its is None or before == its or "claim" not in has:
                return ours
            if mine is not None:
                if before == mine or (mine.by, mine.at) == (its.by, its.at):
                    return ours
                self.lost.append((task_id, its.by))
            return ours._replace(data=codec.patch(ours.data, {"claim": other["claim"]}, ours.path))
        except TmError:
            return ours

    def _text(self, base: Version | None, ours: Version | None, theirs: Version | None) -> bytes | None:
        if base is None or ours is None or theirs is None or ours.path != theirs.path:
            return None
        return joining.by_lines(base.data, ours.data, theirs.data)

    def _new_id(self, ours: Version | None, theirs: Version | None) -> str:
        """Make an id of what both sides wrote: a clone that settles the same makes the same."""
        if self.taken is None:
            self.taken = {id_of(path) for path in (*listed(self.repo, self.ours), *self.there) if is_task(path)}
        seed = b"\0".join(sorted(one.data for one in (ours, theirs) if one))
        tries = iter(range(1000))
        taken = self.taken
        found = ids.new(lambda count: hashlib.sha256(b"%d " % next(tries) + seed).digest()[:count], taken.__contains__)
        taken.add(found)
        return found

    def _other(self, path: str) -> None:
        """Take over a file that is no task; what both sides changed is merged by lines."""
        before, after = self.there[path]
        if path not in self.here:
            self.files[path] = self._data(after) if after else None
            return
        mine = self.here[path][1]
        if mine == after or after is None:
            return
        if mine is None:
            self.files[path] = self._data(after)
            return
        self._read((before, mine, after))
        if path == names.PATH:
            self.files[path] = names.together(self._data(mine), self._data(after))
            return
        was = self._data(before) if before else b""
        text = joining.by_lines(was, self._data(mine), self._data(after))
        if text is None:
            self._refuse(TmError("both sides changed the same lines"), path)
        else:
            self.files[path] = text

    def _follow(self, old: str, new: str, side: Sides) -> None:
        """Let what one side said of a task that has a new id now name that id."""
        self._read(blob for path, sides in side.items() if is_task(path) for blob in sides)
        for path, (before, after) in side.items():
            if not is_task(path) or after is None:
                continue
            now = self.files.get(path) or (self._data(after) if path in self.here else b"")
            was = self._data(before) if before else None
            if now and (data := renamed(was, self._data(after), now, old, new, path)) is not None:
                self.files[path] = data

    def _refuse(self, error: TmError, path: str) -> None:
        one = error.problems[0] if error.problems else Problem("", 0, 0, "merge", error.message)
        self.wrong.append(one._replace(path=f"{FOLDER}/{path}"))

    def _read(self, blobs: Iterable[Blob | None]) -> None:
        """Read the bytes of many at once: a process for each would take its time."""
        names = sorted({blob.id for blob in blobs if blob} - self.blobs.keys())
        for name, data in zip(names, objects.read(self.repo, names), strict=True):
            if data is None:
                raise TmError(f"the version {name} is not in the repository", "git fsck tells more", "git")
            self.blobs[name] = data

    def _data(self, blob: Blob) -> bytes:
        return self.blobs[blob.id]


def _by_id(sides: Mapping[str, tuple[Blob | None, ...]]) -> dict[str, Sides]:
    found: dict[str, Sides] = {}
    for path, blobs in sides.items():
        if is_task(path):
            found.setdefault(id_of(path), {})[path] = blobs
    return found
