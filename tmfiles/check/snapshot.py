"""A store as some tree of Git has it, in memory: what the cache knows is taken over, the rest is parsed."""

from __future__ import annotations

import json
from copy import copy

from tmfiles import config as settings
from tmfiles.check import graph_findings, in_order, located, plugged_findings
from tmfiles.config import Config
from tmfiles.errors import Problem
from tmfiles.git import objects
from tmfiles.store import CONFIG, FOLDER, SUFFIX, id_of, sorted_out
from tmfiles.workspace.parse import entry
from tmfiles.workspace.refresh import digest_of
from tmfiles.workspace.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from tmfiles.git.worktree import Blob
    from tmfiles.index import Entry
    from tmfiles.rules import Finding
    from tmfiles.workspace import Workspace

    Key = tuple[str, str, str]

# So many blobs are held in memory at once.
_AT_ONCE = 500


class Snapshot:
    """The files below `.tasks/` as a tree has them, and all that is wrong with them.

    `files` gives the blobs by path relative to the store; those in `same` lie in the work tree as the
    cache has read them.
    """

    def __init__(self, workspace: Workspace, files: Mapping[str, Blob], same: Collection[str] = ()) -> None:
        view = workspace.view()
        self._repository = workspace.home
        self._progress = workspace.progress
        self._work_tree = workspace.store
        self._files = dict(files)
        self._same = set(same)
        self._index = view.index.copy()
        self._config = view.config
        self._odd: list[Problem] = []
        self._findings: list[Finding] | None = None
        self._settle([path for path in {**files, CONFIG: None} if path not in self._same])
        self._index.forget([path for path in self._index.paths() if path not in self._files])

    def moved(self, changes: Mapping[str, Blob | None]) -> Snapshot:
        """Give another snapshot, of the same files but for these."""
        other = copy(self)
        other._files = dict(self._files)
        other._same = set(self._same)
        other._index = self._index.copy()
        other.bring(changes)
        return other

    def bring(self, changes: Mapping[str, Blob | None]) -> None:
        """Give these paths other contents; None is for no file."""
        for path, blob in changes.items():
            if blob is None:
                self._files.pop(path, None)
            else:
                self._files[path] = blob
        self._same.difference_update(changes)
        # Most edits leave the graph as it is, and the findings too, which take longer than all else.
        # A policy on the work in progress hangs on more than the links.
        few = len(changes) <= _AT_ONCE and CONFIG not in changes and not self._config.declared
        tied = [self._index.tied(path) for path in changes] if few else None
        self._settle(list(changes))
        if tied is None or tied != [self._index.tied(path) for path in changes]:
            self._findings = None

    def told(
        self, later: Mapping[Key, Sequence[Problem | Finding]] | None = None
    ) -> dict[Key, list[Problem | Finding]]:
        """Give everything that is wrong, by what makes it the same problem in another commit.

        A file keeps its problems when it is moved, or when lines are put in above. With what is wrong `later`,
        only what may be the same is looked for.
        """
        view = self._view()
        told: dict[Key, list[Problem | Finding]] = {}
        for problem in view.problems():
            told.setdefault((problem.path.rpartition("/")[2], problem.rule, problem.message), []).append(problem)
        findings = self._findings
        if findings is None:
            among = None if later is None else _linked(later)
            findings = graph_findings(view, among)
            if among is None:
                self._findings = findings
        for finding in [*findings, *plugged_findings(view)]:
            told.setdefault((finding.id, finding.rule, finding.message), []).append(finding)
        return told

    def placed(self, told: Iterable[Problem | Finding]) -> list[Problem]:
        """Give problems with file, line and column, in order."""
        problems: list[Problem] = []
        findings: list[Finding] = []
        for one in told:
            if isinstance(one, Problem):
                problems.append(one)
            else:
                findings.append(one)
        return in_order(problems + located(self._view(), findings, self._read))

    @property
    def declared(self) -> str:
        """What config.yaml declares about tasks, as JSON."""
        return self._config.declared

    def docs(self, paths: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Give the documents of the readable tasks among these files, by id."""
        ids = list({id_of(path) for path in paths if path.endswith(SUFFIX)})
        return {task_id: json.loads(doc) for task_id, _, doc in self._index.documents_of(ids)}

    def _view(self) -> View:
        return View(self._index, self._config, self._odd, lambda: None)

    def close(self) -> None:
        """Let go of the memory."""
        self._index.close()

    def _settle(self, changed: Sequence[str]) -> None:
        """Bring the tables up to the contents of the changed paths."""
        all_tasks, self._odd = sorted_out({path: blob.mode for path, blob in self._files.items()})
        asked = set(changed)
        tasks = [path for path in all_tasks if path in asked]
        if any(path != CONFIG for path in all_tasks):
            self._index.forget(asked.difference(tasks))
        else:
            self._index.clear()
        if CONFIG in changed:
            before = self._config
            self._read_config()
            if self._config != before:
                self._index.clear()
                self._same.clear()
                tasks = all_tasks
        self._index.put(self._entries([path for path in tasks if path != CONFIG]))

    def _read_config(self) -> None:
        config, problems = Config(), list[Problem]()
        if CONFIG in self._files:
            config, problems = settings.parse(self._read(CONFIG), f"{FOLDER}/{CONFIG}")
        self._index.put_config_problems(CONFIG, problems)
        self._config = config

    def _entries(self, paths: Sequence[str]) -> Iterator[Entry]:
        for start in range(0, len(paths), _AT_ONCE):
            if self._progress and len(paths) > _AT_ONCE:
                self._progress("reading tasks", start, len(paths))
            some = paths[start : start + _AT_ONCE]
            blobs = objects.read(self._repository, [self._files[path].id for path in some])
            for path, data in zip(some, blobs, strict=True):
                digest = digest_of(data or b"")
                if self._index.digest(path) != digest:
                    yield entry(path, data or b"", digest, self._config)

    def _read(self, path: str) -> bytes:
        if path in self._same:
            return self._work_tree.read(path)
        return objects.read(self._repository, [self._files[path].id])[0] or b""


def _linked(told: Mapping[Key, Sequence[Problem | Finding]]) -> set[str] | None:
    """Give the tasks whose links alone tell whether these findings are there; None where it takes the whole graph."""
    if any(rule in ("cycle", "parent-cycle") for _, rule, _ in told):
        return None
    return {one.id for found in told.values() for one in found if not isinstance(one, Problem)}
