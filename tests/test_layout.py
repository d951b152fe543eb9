"""Laws of the layered drawing: what stands where, whatever the graph."""

from __future__ import annotations

import random
import time
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmfiles import graph
from tmfiles.layout import Layout, Sizes, crossings, laid

Deps = dict[str, list[str]]


def linked(count: int, links: list[tuple[int, int]]) -> Deps:
    """Make a graph of so many tasks of pairs of numbers, circles and links from a task to itself too."""
    deps: Deps = {f"t{at}": [] for at in range(count)}
    for one, other in links:
        deps[f"t{one % count}"].append(f"t{other % count}")
    return deps


def graphs() -> st.SearchStrategy[Deps]:
    """Any graph of up to 25 tasks."""
    numbers = st.integers(0, 24)
    return st.builds(linked, st.integers(1, 25), st.lists(st.tuples(numbers, numbers), max_size=50))


def corners(found: Layout) -> dict[str, tuple[int, int]]:
    """Give where each box has its upper left corner."""
    return {box.id: (box.x, box.y) for box in found.boxes}


def made(count: int, kind: str) -> Deps:
    """Make a graph of so many tasks: a chain, a fan, or links to any earlier ones."""
    rng = random.Random(7)
    found: Deps = {}
    for at in range(count):
        links = {
            "chain": [at - 1],
            "fan": [0],
            "any": [rng.randrange(at or 1) for _ in range(rng.choice((0, 1, 2, 3)))],
        }
        found[f"n{at}"] = [f"n{to}" for to in dict.fromkeys(links[kind])] if at else []
    return found


@given(graphs())
def test_every_link_goes_from_a_later_layer_to_an_earlier_one(deps: Deps) -> None:
    """Every link but those to the task itself is drawn once, from left to right; only in circles some are turned."""
    found = laid(deps)
    layer = {box.id: box.layer for box in found.boxes}
    assert sorted((one.id, one.depends_on) for one in found.lines) == sorted(
        {(id, d) for id, links in deps.items() for d in links if d != id}
    )
    for one in found.lines:
        later, earlier = (one.depends_on, one.id) if one.turned else (one.id, one.depends_on)
        assert layer[later] > layer[earlier]
        assert [x for x, _ in one.points] == sorted(x for x, _ in one.points)
    if not graph.cycles({id: [d for d in links if d != id] for id, links in deps.items()}):
        assert not any(one.turned for one in found.lines)


@given(graphs())
def test_no_two_boxes_overlap(deps: Deps) -> None:
    """Boxes keep the gap between them, and all lie within the drawing."""
    sizes = Sizes()
    found = laid(deps, sizes)
    assert [box.id for box in found.boxes] == list(dict.fromkeys(box.id for box in found.boxes))
    assert {box.id for box in found.boxes} == set(deps)
    for one, other in combinations(found.boxes, 2):
        apart = max(abs(one.x - other.x) - sizes.width, abs(one.y - other.y) - sizes.height)
        assert apart >= sizes.gap, (one, other)
    for box in found.boxes:
        assert 0 <= box.x <= found.width - sizes.width
        assert 0 <= box.y <= found.height - sizes.height


@given(graphs())
def test_lines_begin_and_end_at_their_boxes(deps: Deps) -> None:
    """A line leaves the middle of one box's right side and reaches the middle of the other's left one."""
    sizes = Sizes()
    found = laid(deps, sizes)
    at = corners(found)
    for one in found.lines:
        left, right = (one.id, one.depends_on) if one.turned else (one.depends_on, one.id)
        assert one.points[0] == (at[left][0] + sizes.width, at[left][1] + sizes.height // 2)
        assert one.points[-1] == (at[right][0], at[right][1] + sizes.height // 2)


@given(graphs())
def test_the_same_graph_gives_the_same_drawing(deps: Deps) -> None:
    """Nothing hangs on chance, nor on the order of a set."""
    assert laid(deps) == laid({id: list(links) for id, links in deps.items()})


@given(st.integers(1, 40), st.integers(1, 4))
def test_a_tree_has_no_crossing(count: int, arms: int) -> None:
    """Where lines need not cross, they do not."""
    deps = {f"n{at}": [f"n{(at - 1) // arms}"] if at else [] for at in range(count)}
    assert crossings(laid(deps)) == 0


def test_the_medians_take_crossings_away() -> None:
    """Ten pairs that are given in opposite orders come to stand opposite each other."""
    deps: Deps = {f"a{at}": [] for at in range(10)}
    deps |= {f"b{at}": [f"a{9 - at}", f"a{max(8 - at, 0)}"] for at in range(10)}
    assert crossings(laid(deps)) == 0


def test_a_diamond_by_hand() -> None:
    """Three layers; the two in the middle stand one above the other, and the ends in the middle between them."""
    found = laid({"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]}, Sizes(100, 40, 50, 20, 8))
    assert corners(found) == {"a": (0, 30), "b": (150, 0), "c": (150, 60), "d": (300, 30)}
    assert (found.width, found.height) == (400, 100)


def test_what_depends_on_nothing_stands_next_to_what_waits_for_it() -> None:
    """A task without dependencies is drawn near its first dependent, not far off at the beginning."""
    layer = {box.id: box.layer for box in laid({"a": [], "b": ["a"], "c": ["b", "x"], "x": []}).boxes}
    assert layer == {"a": 1, "b": 2, "c": 3, "x": 2}


def test_groups_are_put_side_by_side() -> None:
    """Many small groups fill a drawing about as wide as was asked for, rather than one long column."""
    found = laid({name: deps for at in range(60) for name, deps in {f"a{at}": [], f"b{at}": [f"a{at}"]}.items()})
    assert 1 < found.width / found.height < 3


@pytest.mark.parametrize("kind", ["chain", "fan", "any"])
def test_ten_thousand_tasks_are_quick(kind: str) -> None:
    """Time grows with tasks and links: ten times the tasks take no more than thirty times as long."""
    small, large = made(1000, kind), made(10000, kind)
    laid(small)  # whatever is slow only once
    begun = time.process_time()
    laid(small)
    between = time.process_time()
    found = laid(large)
    assert time.process_time() - between < 30 * (between - begun) + 2
    assert len(found.boxes) == 10000
