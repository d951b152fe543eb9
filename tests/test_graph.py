"""The dependency graph against brute force on small graphs, and against the clock on large ones."""

from __future__ import annotations

import random
import time
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmfiles.graph import Graph, Growing, acyclic, blocks, cycles, knotted, topological

Deps = dict[str, list[str]]
IDS = "abcdef"
graphs = st.dictionaries(st.sampled_from(IDS), st.lists(st.sampled_from(IDS + "z"), max_size=4), max_size=6)
statuses = st.fixed_dictionaries(
    dict.fromkeys(IDS, st.sampled_from(["pending", "in_progress", "blocked", "completed", "cancelled", "odd", None]))
)


def reach(deps: Deps, start: str) -> set[str]:
    """Everything that a task depends on, however far: the slow and obvious way."""
    found: set[str] = set()
    before = -1
    while len(found) != before:
        before = len(found)
        found |= {d for t in [start, *found] for d in deps.get(t, ())}
    return found


def simple_cycles(deps: Deps, start: str, among: set[str]) -> list[list[str]]:
    """Every cycle through one task, by trying all orders of the others."""
    found = []
    for size in range(len(among)):
        for middle in permutations(sorted(among - {start}), size):
            path = [start, *middle, start]
            if all(b in deps.get(a, ()) for a, b in pairwise(path)):
                found.append(path)
    return found


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("pending", True),
        ("in_progress", True),
        ("blocked", True),
        ("no-such", True),
        (None, True),
        ("completed", False),
        ("cancelled", False),
    ],
)
def test_what_blocks(status: str | None, expected: bool) -> None:
    """Only a completed or cancelled dependency lets go; a missing or unreadable one blocks."""
    assert blocks(status) is expected


def test_blockers_keep_order_without_repeats() -> None:
    """Blockers come in the order of `depends_on`, each once, the missing ones among them."""
    graph = Graph({"a": ["z", "c", "b", "c", "d"]}, {"a": "pending", "b": "completed", "c": "pending", "d": None})
    assert graph.blockers("a") == ["z", "c", "d"]
    assert graph.blockers("b") == graph.blockers("nowhere") == []


def test_effective_status_and_ready() -> None:
    """A pending task with a blocker is blocked; other stored words stay; closed ones free."""
    deps = {"a": ["b"], "b": ["c"], "d": ["b"], "e": ["gone"]}
    stored = {"a": "pending", "b": "pending", "c": "completed", "d": "blocked", "e": "pending", "f": None}
    graph = Graph(deps, stored)
    assert {id: graph.status(id) for id in stored} == {
        "a": "blocked",
        "b": "pending",
        "c": "completed",
        "d": "blocked",
        "e": "blocked",
        "f": "",
    }
    assert graph.status("gone") == ""
    assert graph.ready() == ["b"]


def test_dependents_of_a_missing_task() -> None:
    """Who depends on a task that does not exist can still be asked."""
    graph = Graph({"a": ["gone", "gone"], "b": ["gone"]}, {"a": "pending", "b": "pending"})
    assert graph.dependents("gone") == ["a", "b"]
    assert graph.dependents("a") == []


def test_diamond_is_no_cycle_and_is_opened_once() -> None:
    """A diamond has no cycle, and its foot stands twice in the tree but is opened once."""
    deps = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["e"]}
    graph = Graph(deps, dict.fromkeys("abcde", "pending"))
    assert cycles(deps) == []
    assert graph.order() == ["e", "d", "b", "c", "a"]
    assert list(graph.tree("a")) == [
        (0, "a", False),
        (1, "b", False),
        (2, "d", False),
        (3, "e", False),
        (1, "c", False),
        (2, "d", True),
    ]
    assert [row[:2] for row in graph.tree("d", up=True)] == [(0, "d"), (1, "b"), (2, "a"), (1, "c"), (2, "a")]


def test_tree_ends_at_cycles() -> None:
    """A cycle is shown up to the task that closes it, marked as seen."""
    graph = Graph({"a": ["b"], "b": ["a"]}, {"a": "pending", "b": "pending"})
    assert list(graph.tree("a")) == [(0, "a", False), (1, "b", False), (2, "a", True)]


def test_cycles_are_shortest_from_the_least_id() -> None:
    """Each knot gives one path: from its least id, by the shortest way round; self-loops too."""
    deps = {"c": ["b"], "b": ["a"], "a": ["c", "b"], "s": ["s", "a"], "y": ["x"], "x": ["y"], "t": ["a"]}
    assert cycles(deps) == [["a", "b", "a"], ["s", "s"], ["x", "y", "x"]]


def test_cycles_come_last() -> None:
    """What can be done comes first; tasks in a cycle, and those waiting for one, come after."""
    deps = {"w": ["a"], "a": ["b"], "b": ["a"], "ok": ["free"]}
    graph = Graph(deps, dict.fromkeys(["w", "a", "b", "ok", "free"], "pending"))
    assert graph.order() == ["free", "ok", "a", "b", "w"]
    assert graph.order(["w", "free", "gone"]) == ["free", "w"]


@settings(deadline=None, max_examples=150)
@given(deps=graphs, stored=statuses)
def test_views_agree_with_brute_force(deps: Deps, stored: dict[str, str | None]) -> None:
    """Ready, effective status and dependents say what their definitions say."""
    graph = Graph(deps, stored)
    for id in stored:
        open_ones = {d for d in deps.get(id, ()) if stored.get(d) not in ("completed", "cancelled")}
        assert set(graph.blockers(id)) == open_ones
        expected = "blocked" if stored[id] == "pending" and open_ones else stored[id] or ""
        assert graph.status(id) == expected
        assert (id in graph.ready()) == (expected == "pending")
        assert set(graph.dependents(id)) == {t for t in deps if id in deps[t]}


@settings(deadline=None, max_examples=150)
@given(deps=graphs)
def test_cycles_agree_with_brute_force(deps: Deps) -> None:
    """There is exactly one shortest true cycle for every knot, from its least id."""
    knots = {frozenset(t for t in reach(deps, id) if id in reach(deps, t)) for id in deps if id in reach(deps, id)}
    found = cycles(deps)
    assert sorted(path[0] for path in found) == [path[0] for path in found] == sorted(map(min, knots))
    for path in found:
        knot = next(k for k in knots if path[0] in k)
        assert path in simple_cycles(deps, path[0], set(knot))
        assert len(path) == min(map(len, simple_cycles(deps, path[0], set(knot))))


@settings(deadline=None, max_examples=150)
@given(deps=graphs, asked=st.lists(st.sampled_from(IDS)))
def test_order_agrees_with_brute_force(deps: Deps, asked: list[str]) -> None:
    """Every task once, dependencies first, what hangs on cycles last, and an ordered list unchanged."""
    graph = Graph(deps, dict.fromkeys(IDS, "pending"))
    order = graph.order(asked)
    assert sorted(order) == sorted(set(asked))
    stuck = {id for id in order if any(t in reach(deps, t) for t in [id, *reach(deps, id)])}
    assert all(id in stuck for id in order[len(order) - len(stuck) :])
    for at, id in enumerate(order):
        if id not in stuck:
            assert not reach(deps, id) & set(order[at:])
    if not stuck:
        assert graph.order(order) == order


@settings(deadline=None, max_examples=100)
@given(deps=graphs, up=st.booleans(), root=st.sampled_from(IDS))
def test_tree_shows_everything_once(deps: Deps, up: bool, root: str) -> None:
    """The tree opens each reachable task once, and holds no more rows than links and the root."""
    way = {id: [t for t in deps if id in deps[t]] for id in [*IDS, "z"]} if up else deps
    rows = list(Graph(deps, dict.fromkeys(IDS, "pending")).tree(root, up))
    opened = [id for _, id, seen in rows if not seen]
    assert len(opened) == len(set(opened))
    assert set(opened) == reach(way, root) | {root}
    assert len(rows) == 1 + sum(len(set(way.get(id, ()))) for id in opened)


def chain(size: int) -> Deps:
    """Task 0 depends on 1, which depends on 2, and so on."""
    return {str(i): [str(i + 1)] for i in range(size - 1)}


def everything(deps: Deps, root: str) -> None:
    """Ask a graph each question once."""
    ids = dict.fromkeys([*deps, *(d for ds in deps.values() for d in ds)], "pending")
    graph = Graph(deps, ids)
    assert len(graph.order()) == len(ids)
    assert graph.ready() == [id for id in ids if graph.status(id) == "pending"]
    assert sum(1 for _ in graph.tree(root)) >= 1
    assert len(graph.dependents(root)) == sum(root in ds for ds in deps.values())
    cycles(deps)


def seconds(deps: Deps, root: str) -> float:
    """The processor time that all questions take, the best of three: what else runs here is not measured."""
    took = []
    for _ in range(3):
        began = time.process_time()
        everything(deps, root)
        took.append(time.process_time() - began)
    return min(took)


def test_long_chains_take_linear_time() -> None:
    """A chain of 100,000 costs about ten times one of 10,000, and closes into one cycle."""
    took = [seconds(chain(size), "0") for size in (10_000, 100_000)]
    assert took[1] < 40 * took[0]
    deps, last = chain(100_000), "99999"
    assert len(cycles(deps | {last: ["0"]})[0]) == 100_001


def test_random_graphs_take_linear_time() -> None:
    """Three random earlier dependencies a task: ten times the tasks, not a hundred times the time."""
    took = []
    for size in (10_000, 100_000):
        rng = random.Random(size)
        deps = {str(i): [str(rng.randrange(i)) for _ in range(3)] for i in range(1, size)}
        took.append(seconds(deps, str(size - 1)))
    assert took[1] < 40 * took[0]


def test_fans() -> None:
    """A thousand tasks on one, and one on a thousand."""
    fan = [f"n{i}" for i in range(1000)]
    stored = dict.fromkeys(["hub", *fan], "pending")
    graph = Graph({id: ["hub"] for id in fan}, stored)
    assert graph.ready() == ["hub"]
    assert graph.dependents("hub") == fan
    assert Graph({"hub": fan}, stored).blockers("hub") == fan


def test_layers_with_exponentially_many_paths() -> None:
    """Forty full layers hold 10^40 paths and are walked once."""
    deps = {f"{i}-{j}": [f"{i + 1}-{k}" for k in range(10)] for i in range(40) for j in range(10)}
    everything(deps, "0-0")
    assert cycles(deps) == []


def test_one_knot_of_thousands() -> None:
    """A strongly connected component of 5,000 gives one shortest cycle, quickly."""
    size = 5000
    deps = {f"{i:04}": [f"{(i + 1) % size:04}", f"{(i * 7 + 3) % size:04}"] for i in range(size)}
    deps["0042"].append("0000")
    found = cycles(deps)
    assert len(found) == 1
    assert found[0][0] == found[0][-1] == "0000"
    assert len(found[0]) < 40
    everything(deps, "0000")


@given(graphs, statuses, st.lists(st.tuples(st.sampled_from(IDS), st.lists(st.sampled_from(IDS)), st.booleans())))
def test_a_growing_graph_is_the_graph_of_what_it_holds(
    deps: Deps, stored: dict[str, str | None], steps: list[tuple[str, list[str], bool]]
) -> None:
    """After any steps, it answers as a graph that is made anew of the same tasks and links."""
    growing = Growing(deps, stored)
    deps, stored = dict(deps), dict(stored)
    for task, named, stays in steps:
        deps.pop(task, None)
        if stays:
            growing.put(task, named, "pending")
            deps[task], stored[task] = named, "pending"
        else:
            growing.drop(task)
            stored.pop(task, None)
    fresh = Graph(deps, stored)
    assert [growing.status(one) for one in IDS] == [fresh.status(one) for one in IDS]
    assert [set(growing.dependents(one)) for one in IDS] == [set(fresh.dependents(one)) for one in IDS]
    assert set(growing.ready()) == set(fresh.ready())


@given(graphs)
def test_without_what_closes_a_circle_there_is_none(deps: dict[str, list[str]]) -> None:
    """Links are only taken away, as few as one where one circle is all, and none where there is no circle."""
    found = acyclic(deps)
    assert cycles(found) == []
    assert list(found) == list(deps)
    assert all(set(found[id]) <= set(deps[id]) for id in deps)
    if not cycles(deps):
        assert all(set(found[id]) == set(deps[id]) for id in deps)
        assert knotted(deps) == set()


@given(graphs)
def test_what_lies_on_a_circle_comes_back_to_itself(deps: dict[str, list[str]]) -> None:
    """And nothing else does."""
    assert knotted(deps) == {id for id in deps if id in reach(deps, id)}


@given(graphs)
def test_dependencies_come_first(deps: dict[str, list[str]]) -> None:
    """In an order of all tasks, once circles are cut."""
    straight = acyclic(deps)
    order = topological(straight)
    at = {id: number for number, id in enumerate(order)}
    assert all(at[d] < at[id] for id, links in straight.items() for d in links if d in deps)
