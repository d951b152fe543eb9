"""Settling what git left unmerged: every task file at once, from the versions in the index."""

from __future__ import annotations

import os
from collections import namedtuple

from tmfiles import codec, ids
from tmfiles.actions.settling import Verdict, Version, renamed, retitled, sides_of, verdicts
from tmfiles.errors import Problem, TmError
from tmfiles.git import objects, unmerged, worktree
from tmfiles.git.repository import head
from tmfiles.git.state import state
from tmfiles.store import CONFIG, FOLDER, SUFFIX, id_of
from tmfiles.task import ARCHIVE, CLOSED
from tmfiles.workspace.recover import recover
from tmfiles.workspace.write import Order, locked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tmfiles.git.repository import Repository
    from tmfiles.git.worktree import Blob
    from tmfiles.workspace import Workspace


class Resolved(namedtuple("Resolved", "settled left others state")):
    """What was settled, or would be: verdicts by id, what a person must settle, and what is not ours to settle.

    `others` are unmerged files that are no tasks; `state` what git is in the middle of, as `git.state` tells.
    """

    __slots__ = ()

    settled: tuple[Verdict, ...]
    left: tuple[Problem, ...]
    others: tuple[str, ...]
    state: str


def resolve(workspace: Workspace, texts: Sequence[str] = (), *, dry_run: bool = False) -> Resolved:
    """Settle the unmerged task files, all or those named by id, and stage exactly these; makes no commit."""
    place = workspace.home
    if dry_run:
        return _Settling(workspace, place, texts).result()
    with locked(workspace, Order("resolve")):
        recover(workspace, place)
        settling = _Settling(workspace, place, texts)
        settling.apply()
        return settling.result()


class _Settling:
    """One run: what is unmerged, what becomes of it, and which files that touches."""

    def __init__(self, workspace: Workspace, place: Repository, texts: Sequence[str]) -> None:
        self.workspace = workspace
        self.place = place
        self.state = state(place)
        self.top = workspace.repository_path("")
        self.files: dict[str, bytes | None] = {}
        self.settled: list[Verdict] = []
        self.left: list[Problem] = []
        self.stages = unmerged.stages(place)
        self.present = worktree.staged(place, self.top.rstrip("/"))[0]
        self.trees: list[dict[str, Blob]] | None = None
        self.placed: dict[str, list[str]] = {}
        for path in filter(self._is_task, self.present):
            self.placed.setdefault(id_of(path), []).append(path)
        self.groups = self._groups()
        self.blobs = self._read()
        for task_id in self._chosen(texts):
            self._settle(task_id)
        if not texts and self.stages:
            self._open_out()

    def result(self) -> Resolved:
        others = [path for path in self.stages if not self._is_task(path)]
        return Resolved(tuple(self.settled), tuple(self.left), tuple(sorted(others)), self.state)

    def apply(self) -> None:
        """Put the files in place and let the index hold them."""
        if not self.files:
            return
        self.workspace.store.replace(self.files)
        paths = [self.workspace.repository_path(path) for path in self.files]
        worktree.stage_files(self.place, [path for path in paths if self._stageable(path)])

    def _stageable(self, path: str) -> bool:
        return path in self.stages or path in self.present or os.path.lexists(os.path.join(self.place.root, path))

    def _is_task(self, path: str) -> bool:
        below = path[len(self.top) :]
        inside = path.startswith(self.top) and below.endswith(SUFFIX)
        return inside and below != CONFIG and not below.startswith(("templates/", "."))

    def _groups(self) -> dict[str, list[str]]:
        """Give the unmerged paths of each task: one that was moved has more than one."""
        groups: dict[str, list[str]] = {}
        for path in sorted(self.stages):
            if self._is_task(path):
                groups.setdefault(id_of(path), []).append(path)
        for path in self._marked():
            groups.setdefault(id_of(path), [])
        return groups

    def _marked(self) -> list[str]:
        """List the task files that hold markers though git takes them for settled."""
        problems = self.workspace.read().problems()
        marked = [one.path for one in problems if one.rule == "conflict-markers"]
        paths = [self.workspace.repository_path(path[len(FOLDER) + 1 :]) for path in marked]
        return [path for path in paths if path not in self.stages and path in self.present]

    def _chosen(self, texts: Sequence[str]) -> list[str]:
        chosen = []
        for text in texts:
            found = [task_id for task_id in self.groups if task_id == text or task_id.startswith(text)]
            if text not in self.groups and len(found) != 1:
                what = "matches several unmerged tasks" if found else "is no unmerged task"
                named = ", ".join(sorted(found or self.groups)[:10]) or "none"
                raise TmError(f"{text!r} {what}", f"unmerged: {named}", "not_found")
            chosen.append(text if text in self.groups else found[0])
        return list(dict.fromkeys(chosen)) if texts else sorted(self.groups)

    def _settle(self, task_id: str) -> None:
        paths = self.groups[task_id]
        apart: list[Verdict] = []
        try:
            found = self._by_hand(task_id, paths) if paths else self._by_markers(task_id)
            if found is None:
                versions = self._versions(task_id, paths)
                apart = self._apart(task_id, versions)
                base, ours, theirs = versions
                found = apart or verdicts(task_id, base, ours, theirs, self._new_id)
        except TmError as error:
            where = error.problems[0] if error.problems else None
            path = paths[0] if paths else f"{FOLDER}/{task_id}"
            line, column, rule = (where.line, where.column, where.rule) if where else (0, 0, "conflict-markers")
            self.left.append(Problem(path, line, column, rule, where.message if where else error.message))
            return
        self.files |= {path[len(self.top) :]: None for path in [*paths, *self._elsewhere(task_id, paths)]}
        self.files |= {one.path: one.data for one in found}
        self.settled += found or [Verdict(task_id, "", b"", "deleted on both sides")]
        if len(found) == 2 and not apart:
            self._follow(task_id, found)

    def _open_out(self) -> None:
        """Take tasks out of the archive that one side put there and the other opened again: git saw no conflict."""
        commit = head(self.place).commit
        before = worktree.listed(self.place, commit, self.top.rstrip("/")) if commit else {}
        inside = f"{self.top}{ARCHIVE}"
        came = [path for path, blob in self.present.items() if path.startswith(inside) and blob != before.get(path)]
        for task in self.workspace.read().tasks(id_of(path) for path in came):
            if task.id not in self.groups and task.path.startswith(ARCHIVE) and task.status not in CLOSED:
                path, data = task.path.rpartition("/")[2], self.workspace.store.read(task.path)
                self.files |= {task.path: None, path: data}
                self.settled.append(Verdict(task.id, path, data, "archived on one side, open: out of the archive"))

    def _elsewhere(self, task_id: str, paths: Collection[str]) -> list[str]:
        """List the places, besides the unmerged ones, where a merged index has the task's file."""
        return [path for path in self.placed.get(task_id, ()) if path not in paths]

    def _versions(self, task_id: str, paths: Sequence[str]) -> list[Version | None]:
        """Give the versions of base, ours and theirs, wherever they lie."""
        found: list[Version | None] = []
        for stage in (unmerged.BASE, unmerged.OURS, unmerged.THEIRS):
            holder = next((path for path in paths if stage in self.stages[path]), None)
            blob = self.stages[holder][stage].id if holder else ""
            found.append(Version(holder[len(self.top) :], self._blob(blob)) if holder else None)
        # A file that was moved and changed at once is told by git as gone here and new there.
        for path in self._elsewhere(task_id, paths):
            version = Version(path[len(self.top) :], self._blob(self.present[path].id))
            missing = next((side for side in (1, 2) if found[side] is None), None)
            if missing:
                found[missing] = version
        return [one and _unmarked(one, side) for side, one in enumerate(found)]

    def _apart(self, task_id: str, versions: Sequence[Version | None]) -> list[Verdict]:
        """Tell two tasks apart that git took for one that was moved; empty where it is one."""
        base, ours, theirs = versions
        if not (base and ours and theirs and retitled(base.data, ours.data, theirs.data, base.path)):
            return []
        found: list[Verdict] = []
        gone: list[str] = []
        for number, version in enumerate((ours, theirs)):
            path = self._origin(task_id, version, number)
            one = id_of(path)
            sides: list[Version | None] = [None, None]
            sides[number] = version._replace(path=path)
            if one != task_id and one in self.groups:
                raise TmError(f"git took it for {one}, which is unmerged too; settle both in an editor, then: git add")
            if one != task_id and (other := self._on_side(one, 1 - number)):
                sides[1 - number] = other
                gone.append(other.path)
            was = None if one == task_id else base._replace(path=path)
            found += verdicts(one, was, sides[0], sides[1], self._new_id)
        if len({one.id for one in found}) < len(found):
            return []
        self.files |= dict.fromkeys(gone)
        return found

    def _on_side(self, task_id: str, side: int) -> Version | None:
        """Give a task as one side has it, wherever that is; None where it has it not."""
        paths = [path for path in self._trees()[side] if self._is_task(path) and id_of(path) == task_id]
        if not paths:
            return None
        data = objects.read(self.place, [self._trees()[side][paths[0]].id])[0]
        return Version(paths[0][len(self.top) :], data or b"")

    def _trees(self) -> list[dict[str, Blob]]:
        """List the files of the store that either side has."""
        if self.trees is None:
            commits = [one or unmerged.put_aside(self.place) for one in unmerged.sides(self.place, self.state)]
            self.trees = [worktree.listed(self.place, one, self.top.rstrip("/")) if one else {} for one in commits]
        return self.trees

    def _origin(self, task_id: str, version: Version, side: int) -> str:
        """Give the path that a version had on its own side, by its bytes in that side's commit."""
        name = objects.plain_id(self.workspace.git_settings, version.data)
        paths = sorted(path[len(self.top) :] for path, blob in self._trees()[side].items() if blob.id == name)
        return next((path for path in paths if id_of(path) == task_id), (paths or [version.path])[0])

    def _read(self) -> dict[str, bytes | None]:
        """Read every version there is at once: a process for each would take its time."""
        paths = [path for paths in self.groups.values() for path in paths]
        names = {blob.id for path in paths for blob in self.stages[path].values()}
        names |= {self.present[path].id for task_id in self.groups for path in self.placed.get(task_id, ())}
        wanted = sorted(names)
        return dict(zip(wanted, objects.read(self.place, wanted), strict=True))

    def _blob(self, name: str) -> bytes:
        data = self.blobs.get(name)
        if data is None:
            raise TmError(f"the version {name} is not in the repository", "git fsck tells more", "git")
        return data

    def _by_hand(self, task_id: str, paths: Sequence[str]) -> list[Verdict] | None:
        """Take what a person has settled in the file already; refuse to overwrite what they began."""
        for path in paths:
            try:
                data = self.workspace.store.read(path[len(self.top) :])
            except OSError:
                continue
            versions = [self._blob(blob.id) for blob in self.stages[path].values()]
            if data in versions:
                continue
            known = {line.strip() for version in versions for line in version.splitlines()}
            marked = [b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||"]
            lines = [line for line in data.splitlines() if line[:7] not in marked]
            if len(lines) == len(data.splitlines()):
                codec.loads(data, path)
                return [Verdict(task_id, path[len(self.top) :], data, "as you settled it")]
            if any(line.strip() not in known for line in lines):
                raise TmError(f"words of your own stand among the markers; settle it, then: git add {path}")
        return None

    def _by_markers(self, task_id: str) -> list[Verdict]:
        """Settle a file whose markers were committed or staged, from what stands between them."""
        path = self.placed[task_id][0]
        below = path[len(self.top) :]
        sides = sides_of(self.workspace.store.read(below))
        if sides is None:
            raise TmError("its markers make no sense; settle it in an editor")
        base, ours, theirs = (Version(below, data) for data in sides)
        return verdicts(task_id, base if base.data else None, ours, theirs, self._new_id)

    def _new_id(self) -> str:
        index = self.workspace.view().index
        return ids.new(self.workspace.random_bytes, lambda one: index.has(one) or one in self.groups)

    def _follow(self, task_id: str, found: Sequence[Verdict]) -> None:
        """Let what one side said of a task that has a new id now name that id."""
        commits = unmerged.sides(self.place, self.state)
        if not all(commits):
            return
        moved = found[1]
        theirs = any(
            self._blob(self.stages[path][unmerged.THEIRS].id) == moved.data
            for path in self.groups[task_id]
            if unmerged.THEIRS in self.stages[path]
        )
        side, other = commits[theirs], commits[not theirs]
        for path in unmerged.naming(self.place, side, self.top.rstrip("/"), task_id):
            if self._is_task(path):
                before, after = objects.read(self.place, [f"{other}:{path}", f"{side}:{path}"])
                self._rename(path[len(self.top) :], before, after, task_id, moved.id)

    def _rename(self, below: str, before: bytes | None, after: bytes | None, old: str, new: str) -> None:
        try:
            now = self.files.get(below) or self.workspace.store.read(below)
        except OSError:
            return
        if (data := renamed(before, after, now, old, new, below)) is not None:
            self.files[below] = data


def _unmarked(version: Version, side: int) -> Version:
    """Give one side of a version that git has merged half way already: of what both sides moved, it keeps that."""
    parts = sides_of(version.data) if b"<<<<<<< " in version.data else None
    return version._replace(data=parts[side]) if parts else version
