"""The graph as it is drawn: layers, groups and longest chains against brute force; its texts against their readers."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from itertools import pairwise

import pytest
from conftest import GitRepo
from hypothesis import given, settings
from hypothesis import strategies as st
from test_graph import IDS, Deps, chain, graphs, reach
from writing import Store

from tmfiles.graph import cycles, groups, layers, longest, within
from tmfiles.graph import reach as reached
from tmfiles.render import graph as render
from tmfiles.render.cells import width

inside = graphs.map(lambda deps: within(deps, IDS))


@settings(deadline=None, max_examples=150)
@given(deps=inside)
def test_a_task_stands_above_what_it_depends_on(deps: Deps) -> None:
    """Its layer is one above its highest dependency's; only what shares a circle shares a layer."""
    layer = layers(deps)
    assert layer.keys() == deps.keys()
    for id, dependencies in deps.items():
        below = [d for d in dependencies if id not in reach(deps, d)]
        assert all(layer[d] == layer[id] for d in dependencies if d not in below)
        assert all(layer[d] < layer[id] for d in below)
        if id not in reach(deps, id):
            assert layer[id] == 1 + max((layer[d] for d in dependencies), default=0)


@settings(deadline=None, max_examples=150)
@given(deps=inside)
def test_groups_are_what_no_link_joins(deps: Deps) -> None:
    """Every task is in one group, and two tasks share one just when links lead from one to the other."""
    both = {id: [*deps[id], *(t for t in deps if id in deps[t])] for id in deps}
    found = groups(deps)
    assert sorted(id for group in found for id in group) == sorted(deps)
    assert [len(group) for group in found] == sorted(map(len, found), reverse=True)
    for group in found:
        assert set(group) == reach(both, group[0]) | {group[0]}


@settings(deadline=None, max_examples=150)
@given(deps=inside, work=st.fixed_dictionaries(dict.fromkeys(IDS, st.integers(1, 9))))
def test_no_chain_is_longer_than_the_longest(deps: Deps, work: dict[str, int]) -> None:
    """The critical path is a chain of dependencies, and trying every chain finds none with more work."""
    if cycles(deps):
        deps = {id: [d for d in dependencies if d > id] for id, dependencies in deps.items()}

    def most(id: str) -> int:
        return work[id] + max(map(most, deps[id]), default=0)

    path = longest(deps, work)
    assert sum(work[id] for id in path) == max(map(most, deps))
    assert all(first in deps[then] for first, then in pairwise(path))


@settings(deadline=None, max_examples=100)
@given(deps=inside, depth=st.integers(1, 4))
def test_depth_counts_links(deps: Deps, depth: int) -> None:
    """What is reached within a depth is what is reached without one and is no farther away."""
    everything = reached(["a"], deps.__getitem__)
    assert set(everything) == reach(deps, "a") | {"a"}
    assert reached(["a"], deps.__getitem__, depth) == {id: far for id, far in everything.items() if far <= depth}


def test_a_long_chain_is_drawn_in_linear_time() -> None:
    """A chain of 100,000 is layered, grouped and measured without recursion, and not in its square's time."""
    took = []
    for size in (10_000, 100_000):
        deps = within(chain(size), map(str, range(size)))
        began = time.process_time()
        assert layers(deps)["0"] == size
        assert len(groups(deps)) == 1
        assert len(longest(deps, dict.fromkeys(deps, 1))) == size
        took.append(time.process_time() - began)
    assert took[1] < 40 * took[0]


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """A diamond, a task alone, one that waits for a missing one, and titles that mean something elsewhere."""
    store = Store(repo)
    titles = {"a": 'Say "no" [x] <b> #1', "b": "日本語の題 `x` \\n", "c": "C", "d": "end]", "e": "Alone"}
    for id, title in titles.items():
        repo.write(f".tasks/task-{id}.yaml", f"title: {json.dumps(title)}\n")
    for id, deps in {"b": "task-a", "c": "task-a", "d": "task-b, task-c"}.items():
        with (repo.path / f".tasks/task-{id}.yaml").open("a") as file:
            file.write(f"depends_on: [{deps}]\nestimate: 2h\n")
    repo.write(".tasks/lost.yaml", "title: Lost\ndepends_on: [gone]\n")
    return store


def test_each_task_is_drawn_once(store: Store) -> None:
    """A diamond is four lines; what is linked to nothing is counted, and what is missing is drawn as missing."""
    ran = store.do("graph")
    ids = [
        line.removeprefix("1").removeprefix("2").removeprefix("3").split()[0] for line in ran.out.splitlines() if line
    ]
    assert ids == ["task-a", "task-b", "task-c", "task-d", "gone", "lost"]
    assert "gone  missing" in ran.out
    assert ran.err == "not drawn: 1 task without a link\n"


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("task-b", "a b d"),
        ("task-b --up", "b d"),
        ("task-b --down", "a b"),
        ("task-a --depth 1", "a b c"),
        ("task-d --down --depth 1", "b c d"),
        ("task-e", "e"),
        ("task-b task-c --down", "a b c"),
    ],
)
def test_a_part_is_drawn(store: Store, words: str, ids: str) -> None:
    """Named tasks, up, down, both when neither is said, and no farther than was asked for."""
    document = json.loads(store.do("graph", *words.split(), "--json").out)
    assert sorted(node["id"] for node in document["data"]["nodes"]) == [f"task-{id}" for id in ids.split()]


def test_closed_tasks_come_on_demand(store: Store) -> None:
    """A completed dependency is left out with its links, unless all are asked for, or it is named."""
    store.do("complete", "task-a")
    assert "task-a" not in store.do("graph").out
    assert "task-a" in store.do("graph", "--all").out
    assert "task-a" in store.do("graph", "task-a").out


def test_a_circle_is_told(store: Store) -> None:
    """A circle is drawn and told; there is no critical path through one."""
    store.repo.write(".tasks/task-a.yaml", "title: A\ndepends_on: [task-d]\n")
    ran = store.do("graph")
    assert "in a circle: task-a → task-d → task-b → task-a" in ran.err
    assert "task-a" in ran.out
    refused = store.do("graph", "--critical-path", code=1)
    assert refused.err.startswith("tm: there is no critical path: task-a → task-d → task-b → task-a is a circle\n")


def test_the_critical_path_counts_what_it_assumes(store: Store) -> None:
    """Estimates are summed along the chain, and a task without one counts as a day and is told."""
    ran = store.do("graph", "--critical-path")
    lines = [line.split() for line in ran.out.splitlines()]
    assert [line[:3] for line in lines[:-1]] == [
        ["task-a", "pending", "1d?"],
        ["task-b", "blocked", "2h"],
        ["task-d", "blocked", "2h"],
    ]
    assert lines[-1][:2] == ["1d", "4h"]
    assert "counts as 1d" in ran.err
    store.do("update", "task-e", "--estimate", "1w")
    document = json.loads(store.do("graph", "--critical-path", "--json").out)["data"]
    assert [step["id"] for step in document["critical_path"]] == ["task-e"]
    assert document["critical_seconds"] == 40 * 3600


def test_titles_cannot_break_out_of_a_label(store: Store) -> None:
    """Quotes, brackets and marks of a title are words in Mermaid and DOT."""
    mermaid = store.do("graph", "--format", "mermaid", "--critical-path").out
    assert 't1["task-a: Say #quot;no#quot; [x] #lt;b#gt; #35;1"]' in mermaid
    assert "    t1 --> t2\n" in mermaid
    dot = store.do("graph", "--format", "dot").out
    assert '"task-a" [label="task-a: Say \\"no\\" [x] <b> #1"' in dot
    assert '日本語の題 `x` \\\\n"' in dot
    assert dot.count("{") == dot.count("}")


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed")
def test_graphviz_reads_it(store: Store) -> None:
    """Graphviz takes the graph as it is."""
    text = store.do("graph", "--format", "dot").out
    subprocess.run(["dot", "-Tsvg"], input=text.encode(), check=True, capture_output=True, timeout=60)


@pytest.mark.parametrize("columns", [30, 40, 80, 200])
def test_no_line_is_wider_than_the_terminal(store: Store, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """However wide the letters, a drawing keeps within its terminal."""
    monkeypatch.setenv("COLUMNS", str(columns))
    for words in (["graph"], ["graph", "--critical-path"]):
        out = store.do("--color", "always", *words).out.replace("\x1b[35m", "").replace("\x1b[31m", "")
        assert max(width(line.replace("\x1b[0m", "")) for line in out.splitlines()) <= columns


def test_wrong_questions_are_refused(store: Store) -> None:
    """Directions without a task, a depth below 0, an unknown format, two formats at once: each is told."""
    for words, said in (
        ("--up", "need a task"),
        ("task-a --depth -1", "below 0"),
        ("--format svg", "unknown format"),
        ("--format dot --json", "contradict"),
    ):
        ran = store.do("graph", *words.split(), code=2)
        assert said in ran.out + ran.err
    assert "json" not in render.FORMATS
