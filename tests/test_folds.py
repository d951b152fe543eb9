"""Laws of folding a graph, and each kind of fold by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_layout import Deps, graphs, made

from tmfiles import graph
from tmfiles.folds import MOST, Fold, Folded, folded


def members(found: Folded) -> list[str]:
    """Give every task behind the boxes."""
    return [id for name in found.deps for id in (found.folds[name].ids if name in found.folds else (name,))]


def box_of(found: Folded) -> dict[str, str]:
    """Give the box that each task is in."""
    boxes = {id: id for id in found.deps}
    return boxes | {id: fold.name for fold in found.folds.values() for id in fold.ids}


@given(graphs(), st.sets(st.integers(0, 24)), st.sets(st.integers(0, 24)), st.integers(1, 12))
def test_folding_loses_nothing_and_makes_no_circle(deps: Deps, closed: set[int], keep: set[int], most: int) -> None:
    """Every task is in one box, every link is between the boxes of its ends, and what is kept has its own."""
    found = folded(deps, {f"t{at}" for at in closed}, [f"t{at}" for at in keep], most)
    assert sorted(members(found)) == sorted(deps)
    box = box_of(found)
    for id, links in deps.items():
        for d in links:
            assert box[id] == box[d] or box[d] in found.deps[box[id]]
    assert {box[f"t{at}"] for at in keep if f"t{at}" in deps} <= set(deps)
    knotted = {id for cycle in graph.cycles(deps) for id in cycle}
    assert {id for cycle in graph.cycles(found.deps) for id in cycle} <= knotted
    assert len(graph.cycles(found.deps)) == len(graph.cycles(deps))
    assert set(found.folds) <= set(found.deps)


@given(graphs())
def test_what_a_person_can_take_in_is_not_touched(deps: Deps) -> None:
    """Few tasks stay as they are."""
    found = folded(deps, set(deps))
    assert (found.folds, found.deps) == ({}, {id: list(dict.fromkeys(links)) for id, links in deps.items()})


@pytest.mark.parametrize("kind", ["chain", "fan", "any"])
@pytest.mark.parametrize("count", [200, 2428, 10000])
@pytest.mark.parametrize("done", [False, True])
def test_thousands_become_few(kind: str, count: int, done: bool) -> None:
    """However many tasks there are, the drawing stays one that can be read."""
    deps = made(count, kind)
    found = folded(deps, set(deps) if done else (), ["n0", f"n{count - 1}"])
    assert len(found.deps) <= 2 * MOST


def test_closed_tasks_above_open_ones_stay() -> None:
    """Only what is closed together with all that it depends on is folded, so no open task is hidden behind it."""
    deps: Deps = {"a": [], "b": ["a"], "c": ["b"], "open": ["c"], "d": ["open"], "e": ["d"], "f": ["e"]}
    found = folded(deps, {"a", "b", "c", "d", "e"}, ["d", "e"], 5)
    assert found.folds == {"done:a": Fold("done", ("a", "b", "c"))}
    assert found.deps["open"] == ["done:a"]


def test_alike_are_those_with_the_same_links() -> None:
    """Tasks that wait for the same and hold up the same are one box; one with a link more is not among them."""
    deps: Deps = {"a": [], "b": ["a"], "c": ["a"], "d": ["a"], "e": ["a", "x"], "x": [], "z": ["b", "c", "d", "e"]}
    found = folded(deps, (), (), 5)
    assert found.folds == {"alike:b": Fold("alike", ("b", "c", "d"))}
    assert found.deps["z"] == ["alike:b", "e"]


def test_a_row_is_tasks_one_after_the_other() -> None:
    """A run without branches is one box, in its order; where it branches it ends."""
    deps: Deps = {"a": [], "b": ["a"], "c": ["b"], "d": ["c"], "e": ["d"], "f": ["d"], "g": ["e", "f"]}
    found = folded(deps, (), (), 6)
    assert found.folds == {"row:a": Fold("row", ("a", "b", "c", "d"))}
    assert found.deps == {"row:a": [], "e": ["row:a"], "f": ["row:a"], "g": ["e", "f"]}
