"""The dependency graph in memory: what blocks what, orders, trees, cycles; knows ids and statuses, no files.

Everything is linear in tasks and links and iterative, so that a chain of 100,000 is no deeper than one of 2.
A parent is no dependency: only `depends_on` and the gates of phases come in here, and nothing else ever blocks.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tmfiles.phases import Gates


def blocks(status: str | None) -> bool:
    """Tell whether a dependency in this stored status blocks; None is a missing or unreadable task."""
    return status not in ("completed", "cancelled")


class Graph:
    """The tasks of a store and what each depends on, asked by every view through the same functions.

    `deps` may leave out tasks without dependencies and may name tasks that do not exist. `statuses` has every
    task of the store with its stored status, None where the file could not be read. Answers keep its order.
    `gates` are those of the phases that the store declares, None where it declares none.
    """

    __slots__ = ("_reverse", "_statuses", "deps", "gates")

    def __init__(
        self, deps: Mapping[str, Sequence[str]], statuses: Mapping[str, str | None], gates: Gates | None = None
    ) -> None:
        self.deps = deps
        self.gates = gates
        self._statuses = statuses
        self._reverse: dict[str, dict[str, None]] | None = None

    def blockers(self, id: str) -> list[str]:
        """Return what blocks this task: dependencies in its own order, each once, then a closed gate.

        The gate of the phase `design` is named `phase:design`.
        """
        stored = self._statuses.get
        found = [d for d in dict.fromkeys(self.deps.get(id, ())) if blocks(stored(d))]
        if self.gates is not None and (gate := self.gates.holding(id)):
            found.append(gate)
        return found

    def why(self, blocker: str) -> str:
        """Say in what state something is that blocks: a task's stored status, or what a gate lacks."""
        if ":" in blocker and self.gates is not None:
            return ", ".join(self.gates.lacking(blocker.partition(":")[2]))
        return self._statuses.get(blocker) or "missing or unreadable"

    def behind(self, ids: Iterable[str]) -> list[str]:
        """Return the tasks that may wait for these and nothing else: dependents, and those behind their gate."""
        ids = list(ids)
        gated = self.gates.behind(ids) if self.gates is not None else []
        return list(dict.fromkeys([*(other for id in ids for other in self.dependents(id)), *gated]))

    def status(self, id: str) -> str:
        """Return the effective status: `blocked` for a pending task with blockers, else the stored one.

        A missing or unreadable task has none: the empty text.
        """
        stored = self._statuses.get(id) or ""
        return "blocked" if stored == "pending" and self.blockers(id) else stored

    def stored(self, id: str) -> str | None:
        """Return the stored status; None for a missing or unreadable task."""
        return self._statuses.get(id)

    def ready(self) -> list[str]:
        """Return the tasks that are pending and have no blockers."""
        return [id for id, stored in self._statuses.items() if stored == "pending" and not self.blockers(id)]

    def dependents(self, id: str) -> list[str]:
        """Return the tasks that depend on this one, which need not exist."""
        return list(self._dependents().get(id, ()))

    def _dependents(self) -> dict[str, dict[str, None]]:
        if self._reverse is None:
            self._reverse = {}
            for task, dependencies in self.deps.items():
                for dependency in dependencies:
                    self._reverse.setdefault(dependency, {})[task] = None
        return self._reverse

    def order(self, ids: Iterable[str] | None = None) -> list[str]:
        """Return the tasks with dependencies first, stable; an order that already holds stays as it is.

        Tasks in a cycle, and those that wait for one, come last. Dependencies through tasks that are not
        among `ids` count; tasks that do not exist are left out.
        """
        wanted = [id for id in dict.fromkeys(self._statuses if ids is None else ids) if id in self._statuses]
        asked = set(wanted)
        stuck: set[str] = set()
        first: list[str] = []
        last: list[str] = []
        for component in _components(self.deps, wanted):
            looped = _is_cycle(self.deps, component)
            if looped or any(d in stuck for d in self.deps.get(component[0], ())):
                stuck.update(component)
                last += component
            else:
                first += component
        return [id for id in first if id in asked] + [id for id in last if id in asked]

    def tree(self, id: str, up: bool = False) -> Iterator[tuple[int, str, bool]]:
        """Yield (depth, id, seen before) from this task down its dependencies, or up its dependents.

        A task reached a second time is a row of its own, marked, and not opened again: cycles end there.
        """
        seen: set[str] = set()
        stack = [(0, id)]
        while stack:
            depth, task = stack.pop()
            yield depth, task, task in seen
            if task not in seen:
                seen.add(task)
                below = self.dependents(task) if up else dict.fromkeys(self.deps.get(task, ()))
                stack += [(depth + 1, next_one) for next_one in reversed(below)]


class Growing(Graph):
    """A graph whose tasks change one by one, each at the cost of its own links."""

    __slots__ = ("_own_deps", "_own_statuses")

    def __init__(
        self, deps: Mapping[str, Sequence[str]], statuses: Mapping[str, str | None], gates: Gates | None = None
    ) -> None:
        self._own_deps = dict(deps)
        self._own_statuses = dict(statuses)
        super().__init__(self._own_deps, self._own_statuses, gates)

    def put(self, id: str, deps: Sequence[str], status: str, phase: str = "", unmet: int = 0) -> None:
        """Give a task, which may be new, these dependencies, stored status, phase and number of unmet criteria."""
        self._link(id, deps)
        self._own_statuses[id] = status
        if self.gates is not None:
            self.gates.put(id, phase, status, unmet)

    def drop(self, id: str) -> None:
        """Take a task away; what depends on it still names it."""
        self._link(id, ())
        self._own_statuses.pop(id, None)
        if self.gates is not None:
            self.gates.drop(id)

    def _link(self, id: str, deps: Sequence[str]) -> None:
        reverse = self._dependents()
        for dependency in self._own_deps.pop(id, ()):
            reverse.get(dependency, {}).pop(id, None)
        if deps:
            self._own_deps[id] = deps
            for dependency in deps:
                reverse.setdefault(dependency, {})[id] = None


def cycles(deps: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return one cycle for every knot of tasks that depend on each other, sorted; a self-loop is one too.

    Each is a shortest path from the least id of its knot back to itself, such as `['a', 'b', 'a']`.
    """
    found = []
    for component in _components(deps, deps):
        if _is_cycle(deps, component):
            knot = set(component)
            inside = {id: sorted(d for d in deps[id] if d in knot) for id in component}
            least = min(component)
            found.append([least, *_path(inside, inside[least], least)])
    return sorted(found)


def within(deps: Mapping[str, Sequence[str]], ids: Iterable[str]) -> dict[str, list[str]]:
    """Return the links among these tasks alone, in their order, each once; every task has its entry."""
    inside = dict.fromkeys(ids)
    return {id: [d for d in dict.fromkeys(deps.get(id, ())) if d in inside] for id in inside}


def reach(starts: Iterable[str], near: Callable[[str], Iterable[str]], depth: int = 0) -> dict[str, int]:
    """Return all that can be reached with the number of links it takes, nearest first; `depth` 0 is no limit."""
    found = dict.fromkeys(starts, 0)
    queue = list(found)
    for id in queue:  # grows while it is walked
        if depth and found[id] == depth:
            break
        for other in near(id):
            if other not in found:
                found[other] = found[id] + 1
                queue.append(other)
    return found


def topological(deps: Mapping[str, Sequence[str]]) -> list[str]:
    """Return all of `deps` with dependencies first."""
    return [id for component in _components(deps, deps) for id in component]


def knotted(deps: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the tasks that lie on a circle of dependencies, those that depend on themselves too."""
    return {id for component in _components(deps, deps) if _is_cycle(deps, component) for id in component}


def acyclic(deps: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the links without those that close a circle, and none from a task to itself; all others stay."""
    found: dict[str, list[str]] = {}
    for component in _components(deps, deps):
        rank = {id: number for number, id in enumerate(component)}
        for id in component:
            # In a knot a task may keep what was reached after it: those links never lead back.
            own = dict.fromkeys(deps.get(id, ()))
            found[id] = [d for d in own if d not in rank or rank[d] > rank[id]]
    return {id: found[id] for id in deps}


def layers(deps: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return in which layer each task of `deps` stands: 1 with no dependency, else one above its highest.

    `deps` names no task that has no entry of its own. Tasks in a circle stand in one layer.
    """
    layer: dict[str, int] = {}
    for component in _components(deps, deps):
        below = (layer.get(d, 0) for id in component for d in deps[id])
        layer.update(dict.fromkeys(component, 1 + max(below, default=0)))
    return layer


def groups(deps: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return the tasks of `deps` in groups that no link joins, the largest first, otherwise in its order."""
    back: dict[str, list[str]] = {id: [] for id in deps}
    for id, dependencies in deps.items():
        for dependency in dependencies:
            back[dependency].append(id)
    seen: set[str] = set()
    found = []
    for root in deps:
        if root not in seen:
            group = reach([root], lambda id: (*deps[id], *back[id]))
            seen.update(group)
            found.append(group)
    rank = {id: number for number, id in enumerate(deps)}
    return sorted((sorted(group, key=rank.__getitem__) for group in found), key=lambda group: -len(group))


def longest(deps: Mapping[str, Sequence[str]], weights: Mapping[str, int]) -> list[str]:
    """Return the chain of dependencies with the greatest sum of weights, what comes first at its beginning.

    `deps` names no task that has no entry of its own, and has no cycles; of equal chains the one whose tasks
    stand first in `deps` is given.
    """
    total: dict[str, int] = {}
    came: dict[str, str | None] = {}
    for (id,) in _components(deps, deps):
        came[id] = max(deps[id], key=total.__getitem__, default=None)
        total[id] = weights[id] + (total[before] if (before := came[id]) is not None else 0)
    path: list[str] = []
    step = max(deps, key=total.__getitem__, default=None)
    while step is not None:
        path.append(step)
        step = came[step]
    return path[::-1]


def _path(deps: Mapping[str, Sequence[str]], starts: Sequence[str], goal: str) -> list[str]:
    """Return a shortest path from any of `starts` to `goal`, both included; breadth first, in order."""
    came: dict[str, str | None] = dict.fromkeys(starts)
    front = list(came)
    for id in front:  # grows while it is walked: the queue and the record of it are one list
        if id == goal:
            break
        for dependency in deps.get(id, ()):
            if dependency not in came:
                came[dependency] = id
                front.append(dependency)
    path: list[str] = []
    step: str | None = goal if goal in came else None
    while step is not None:
        path.append(step)
        step = came[step]
    return path[::-1]


def _is_cycle(deps: Mapping[str, Sequence[str]], component: list[str]) -> bool:
    return len(component) > 1 or component[0] in deps.get(component[0], ())


def _components(deps: Mapping[str, Sequence[str]], roots: Iterable[str]) -> Iterator[list[str]]:
    """Yield the strongly connected components reachable from `roots`, dependencies first.

    Tarjan's algorithm (SIAM J. Comput. 1, 1972) with a stack of its own. Inside a component the
    tasks stand in the order in which they were reached.
    """
    low: dict[str, int] = {}  # the least number reachable; the number itself until something less is found
    done = 1 << 62  # the number of a finished task: greater than any, so that it never lowers another
    path: list[str] = []
    for root in roots:
        if root in low:
            continue
        low[root] = number = len(low)
        path.append(root)
        work = [(root, number, iter(deps.get(root, ())))]
        while work:
            id, number, rest = work[-1]
            for dependency in rest:
                if dependency not in low:
                    low[dependency] = len(low)
                    path.append(dependency)
                    work.append((dependency, low[dependency], iter(deps.get(dependency, ()))))
                    break
                if low[dependency] < low[id]:
                    low[id] = low[dependency]
            else:
                work.pop()
                if work and low[id] < low[work[-1][0]]:
                    low[work[-1][0]] = low[id]
                if low[id] == number:
                    start = _last(path, id)
                    component = path[start:]
                    del path[start:]
                    low.update(dict.fromkeys(component, done))
                    yield component


def _last(path: list[str], id: str) -> int:
    """Return where `id` stands, looking from the end: the cost is the length of what is cut off."""
    at = len(path) - 1
    while path[at] != id:
        at -= 1
    return at
