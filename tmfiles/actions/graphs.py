"""The dependency graph of a store or of some of its tasks, and its critical path; changes nothing."""

from __future__ import annotations

from collections import namedtuple

from tmfiles import graph
from tmfiles.dates import DAY_OF_WORK, duration
from tmfiles.errors import TmError
from tmfiles.phases import PREFIX
from tmfiles.query import OPEN, Query
from tmfiles.task import CLOSED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from tmfiles.errors import Problem
    from tmfiles.query import Row
    from tmfiles.workspace import View, Workspace

# What a task without an estimate counts as on the critical path.
ASSUMED = DAY_OF_WORK


class Point(namedtuple("Point", "id title status layer")):
    """One task of a drawing; what is depended on stands in a lower layer, counted from 1."""

    __slots__ = ()

    id: str
    title: str
    status: str
    layer: int


class Drawing(namedtuple("Drawing", "groups links cycles alone critical problems", defaults=((), ()))):
    """Tasks in groups that no link joins, in layers; `links` are what each depends on, among those drawn.

    `alone` counts open tasks that have no link and were left out; `critical` is the critical path, if asked for.
    """

    __slots__ = ()

    groups: Sequence[Sequence[Point]]
    links: Mapping[str, Sequence[str]]
    cycles: Sequence[Sequence[str]]
    alone: int
    critical: Sequence[Step]
    problems: Sequence[Problem]

    @property
    def points(self) -> list[Point]:
        """All tasks of the drawing."""
        return [point for group in self.groups for point in group]


class Step(namedtuple("Step", "id title status seconds estimated")):
    """One task of the critical path, and the work it takes; not `estimated` where that had to be assumed."""

    __slots__ = ()

    id: str
    title: str
    status: str
    seconds: int
    estimated: bool


def drawn(
    workspace: Workspace,
    texts: Sequence[str] = (),
    *,
    up: bool = False,
    down: bool = False,
    depth: int = 0,
    everything: bool = False,
    critical: bool = False,
) -> Drawing:
    """Give the graph of the open tasks, closed ones too with `everything`.

    With `texts`, of these tasks and what is linked to them, down to what they depend on, up to what depends on
    them, both when neither is asked for; `depth` limits how many links away. Raises TmError for contradictions,
    and for a critical path where dependencies run in a circle.
    """
    if not texts and (up or down or depth):
        raise TmError("--up, --down and --depth need a task to start from", "name one: tm graph ID", "usage")
    if depth < 0:
        raise TmError(f"depth {depth} is below 0", "0 means all the way", "usage")
    view = workspace.read()
    wanted = list(dict.fromkeys(view.resolve(text) for text in texts))
    rows = view.rows(Query(statuses=() if everything else OPEN))
    deps = _deps(view, rows)
    shown = _shown(view, deps, [row.id for row in rows], everything=everything)
    if wanted:
        shown = list(_around(graph.within(deps, [*wanted, *shown]), wanted, depth, up=up, down=down))
    links = graph.within(deps, shown)
    cycles = graph.cycles(links)
    path = _critical(view, links, cycles) if critical else []
    count = len(links)
    if not wanted:
        linked = {id for id, deps in links.items() if deps} | {d for deps in links.values() for d in deps}
        linked.update(step.id for step in path)
        links = {id: deps for id, deps in links.items() if id in linked}
    return Drawing(_groups(view, links), links, cycles, count - len(links), path, view.errors())


def pathed(workspace: Workspace, texts: Sequence[str] = (), **asked: Any) -> Drawing:
    """Give the graph as `drawn`, with its critical path unless dependencies run in a circle."""
    try:
        return drawn(workspace, texts, critical=True, **asked)
    except TmError as error:
        if error.code != "refused":
            raise
        return drawn(workspace, texts, **asked)


def _deps(view: View, rows: Iterable[Row]) -> Mapping[str, Sequence[str]]:
    """Give what each task depends on; of those that wait for the gate of a phase, that too."""
    gates = view.graph.gates
    if gates is None:
        return view.graph.deps
    held = {row.id: gate for row in rows if row.status not in CLOSED and (gate := gates.holding(row.id))}
    return {**view.graph.deps, **{id: [*view.graph.deps.get(id, ()), gate] for id, gate in held.items()}}


def _groups(view: View, links: Mapping[str, Sequence[str]]) -> list[list[Point]]:
    titles, status = view.index.titles(links), statuses(view)
    layer = graph.layers(links)

    def point(id: str) -> Point:
        if id.startswith(PREFIX):
            return Point(id, view.graph.why(id), "closed", layer[id])
        return Point(id, titles.get(id, ""), status(id), layer[id])

    return [sorted(map(point, group), key=_layer) for group in graph.groups(links)]


def statuses(view: View) -> Callable[[str], str]:
    """Give the function that tells a task's effective status, or that it is missing or unreadable."""
    stored = view.index.statuses()

    def status(task_id: str) -> str:
        found = stored.get(task_id)
        if found is None:
            return "unreadable" if task_id in stored else "missing"
        return view.graph.status(task_id)

    return status


def _layer(point: Point) -> int:
    return point.layer


def _shown(view: View, deps: Mapping[str, Sequence[str]], ids: Sequence[str], *, everything: bool) -> list[str]:
    """Give tasks, and what blocks them though no list has it: what is missing or cannot be read, and gates."""
    blocking = view.graph.blockers
    also = (d for id in ids if id in deps for d in (deps[id] if everything else blocking(id)))
    return list(dict.fromkeys([*ids, *also]))


def _around(
    links: Mapping[str, Sequence[str]], wanted: Sequence[str], depth: int, *, up: bool, down: bool
) -> Iterable[str]:
    """Give the tasks, and those linked to them in the ways asked for."""
    back: dict[str, list[str]] = {}
    for id, deps in links.items():
        for dependency in deps:
            back.setdefault(dependency, []).append(id)
    both = up == down
    found = dict.fromkeys(wanted, 0)
    if down or both:
        found |= graph.reach(wanted, lambda id: links.get(id, ()), depth)
    if up or both:
        found |= graph.reach(wanted, lambda id: back.get(id, ()), depth)
    return found


def _critical(view: View, links: Mapping[str, Sequence[str]], cycles: Sequence[Sequence[str]]) -> list[Step]:
    if cycles:
        raise TmError(
            f"there is no critical path: {' → '.join(cycles[0])} is a circle", "tm dep remove takes a link away"
        )
    status = statuses(view)
    work: dict[str, tuple[str, int, bool]] = {}
    for task in view.tasks(links):
        given = task.get("estimate")
        if status(task.id) in OPEN:
            work[task.id] = (task.title, duration(given) if given else ASSUMED, bool(given))
    deps = graph.within(links, [id for id in links if id in work])
    path = graph.longest(deps, {id: seconds for id, (_, seconds, _) in work.items()})
    return [Step(id, work[id][0], status(id), *work[id][1:]) for id in path]
