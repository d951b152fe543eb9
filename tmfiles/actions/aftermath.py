"""What two sound sides can make together and neither made alone: cycles and missing tasks; changes nothing."""

from __future__ import annotations

from collections import namedtuple
from itertools import pairwise

from tmfiles import graph
from tmfiles.git import unmerged
from tmfiles.git.state import state
from tmfiles.store import SUFFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.workspace import View, Workspace

# For so many troubles the commits are looked up; each costs git a walk.
_TRACED = 20


class Trouble(namedtuple("Trouble", "rule message commits commands")):
    """One thing wrong in the graph: what, the commits that made it, and commands of which one mends it."""

    __slots__ = ()

    rule: str
    message: str
    commits: tuple[str, ...]
    commands: tuple[str, ...]


def troubles(workspace: Workspace) -> list[Trouble]:
    """Give the cycles of dependencies and the dependencies that are missing, with the commits that made them."""
    view = workspace.read()
    links = view.index.links("depends_on")
    known = set(view.index.ids())
    trace = _Trace(workspace, view)
    found = [_cycle(trace, ring) for ring in graph.cycles(links)]
    found += [_missing(trace, one, other) for one, named in links.items() for other in named if other not in known]
    return found


def _cycle(trace: _Trace, ring: list[str]) -> Trouble:
    steps = list(pairwise(ring))
    commits = dict.fromkeys(trace.linked(one, other) for one, other in steps)
    return Trouble(
        "cycle",
        f"tasks wait for each other: {' → '.join(ring)}",
        tuple(filter(None, commits)),
        tuple(f"tm dep remove {one} {other}" for one, other in steps),
    )


def _missing(trace: _Trace, one: str, other: str) -> Trouble:
    commits = filter(None, (trace.linked(one, other), trace.deleted(other)))
    message = f"{one} depends on {other}, which does not exist"
    return Trouble("missing-dependency", message, tuple(commits), (f"tm dep remove {one} {other}",))


class _Trace:
    """Who linked or deleted what, in the commits of both sides."""

    def __init__(self, workspace: Workspace, view: View) -> None:
        self._place = workspace.repository
        self._view = view
        self._workspace = workspace
        self._left = _TRACED
        self._commits = list(unmerged.sides(self._place, state(self._place))) if self._place else []

    def linked(self, one: str, other: str) -> str:
        files = self._view.index.files(one)
        return self._last(files[0][0], other) if files else ""

    def deleted(self, one: str) -> str:
        return self._last(f"**/{one}{SUFFIX}", "")

    def _last(self, path: str, word: str) -> str:
        if self._place is None or not self._left or not any(self._commits):
            return ""
        self._left -= 1
        return unmerged.last_touching(self._place, self._commits, self._workspace.repository_path(path), word)
