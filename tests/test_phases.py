"""Phases and their gates: what waits for what, on every path that asks, and how they are declared."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest
from conftest import GitRepo
from hypothesis import given
from hypothesis import strategies as st
from writing import Store

from tmfiles import config
from tmfiles.graph import Graph, Growing
from tmfiles.phases import GATES, Gates, Phase, from_text, to_text
from tmfiles.task import STATUSES

NAMES = ("one", "two", "three")
gates = st.lists(st.sampled_from(GATES), unique=True).map(tuple)
phases = st.tuples(*(st.builds(Phase, st.just(name), gates, st.booleans()) for name in NAMES))
stages = st.tuples(st.sampled_from((*NAMES, "", "odd")), st.sampled_from((*STATUSES, None)), st.integers(0, 2))
tasks = st.dictionaries(st.sampled_from("abcdef"), stages)
Tasks = dict[str, tuple[str, str | None, int]]


def closed(phase: Phase, found: Tasks) -> bool:
    """Tell whether a gate is closed, by its definition."""
    mine = [(status, unmet) for name, status, unmet in found.values() if name == phase.name]
    asks = {
        "completed": any(status not in ("completed", "cancelled") for status, _ in mine),
        "criteria": any(unmet for status, unmet in mine if status != "cancelled"),
        "approved": not phase.approved,
    }
    return any(asks[one] for one in phase.gate)


def holding(order: tuple[Phase, ...], found: Tasks, id: str) -> str:
    """Give the gate that a task waits for, by its definition."""
    name = found[id][0] if id in found else ""
    if name not in NAMES:
        return ""
    before = order[: NAMES.index(name)]
    return next((f"phase:{phase.name}" for phase in before if closed(phase, found)), "")


def rows(found: Tasks) -> list[tuple[str, str, str | None, int]]:
    """Give tasks as the cache does."""
    return [(id, *stage) for id, stage in found.items()]


@given(phases, tasks, st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | stages)))
def test_gates_agree_with_their_definition(order: tuple[Phase, ...], found: Tasks, steps: list[Any]) -> None:
    """After any changes, each task waits for the first closed gate before its phase, and for nothing else."""
    made = Gates(order, rows(found))
    found = dict(found)
    for id, stage in [("a", found.get("a")), *steps]:
        if stage is None:
            made.drop(id)
            found.pop(id, None)
        else:
            made.put(id, *stage)
            found[id] = stage
        assert {one: made.holding(one) for one in "abcdef"} == {one: holding(order, found, one) for one in "abcdef"}
        assert {one.name: bool(made.lacking(one.name)) for one in order} == {
            one.name: closed(one, found) for one in order
        }


@given(phases, tasks, st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdefz"), max_size=3)))
def test_blockers_are_dependencies_then_the_gate(
    order: tuple[Phase, ...], found: Tasks, deps: dict[str, list[str]]
) -> None:
    """The one function that says what blocks a task knows gates, and a graph that grows to the same says the same."""
    statuses = {id: status for id, (_, status, _) in found.items()}
    graph = Graph(deps, statuses, Gates(order, rows(found)))
    plain = Graph(deps, statuses)
    growing = Growing({}, {}, Gates(order, []))
    for id, (phase, status, unmet) in found.items():
        growing.put(id, deps.get(id, ()), str(status), phase, unmet)
    for id in found:
        gate = holding(order, found, id)
        assert graph.blockers(id) == [*plain.blockers(id), *([gate] if gate else [])]
        waits = statuses[id] == "pending" and bool(graph.blockers(id))
        assert (graph.status(id) == "blocked") == (waits or statuses[id] == "blocked")
        assert (id in graph.ready()) == (statuses[id] == "pending" and not waits)
        if None not in statuses.values():
            assert set(growing.blockers(id)) >= {gate} - {""}


@given(phases, tasks, st.sets(st.sampled_from("abcdef")))
def test_what_may_be_freed_is_never_missed(order: tuple[Phase, ...], found: Tasks, done: set[str]) -> None:
    """Whatever completing some tasks frees is among those that were said to wait for them."""
    statuses = {id: status for id, (_, status, _) in found.items()}
    before = Graph({}, statuses, Gates(order, rows(found)))
    after = {id: (phase, "completed" if id in done else status, unmet) for id, (phase, status, unmet) in found.items()}
    now = Graph({}, {id: stage[1] for id, stage in after.items()}, Gates(order, rows(after)))
    freed = {id for id in found if before.blockers(id) and not now.blockers(id)}
    assert freed - done <= set(before.behind(done))


@given(phases)
def test_phases_survive_the_cache(order: tuple[Phase, ...]) -> None:
    """What the cache keeps of them on one line is all there is."""
    assert from_text(to_text(order)) == order
    assert "\n" not in to_text(order)


def test_many_tasks_take_linear_time() -> None:
    """A hundred thousand tasks in a hundred phases cost about ten times ten thousand."""
    took = []
    for size in (10_000, 100_000):
        rng = random.Random(size)
        order = [Phase(str(n)) for n in range(100)]
        found = [(str(n), str(rng.randrange(100)), "pending", 0) for n in range(size)]
        statuses: dict[str, str | None] = dict.fromkeys((row[0] for row in found), "pending")
        best = []
        for _ in range(3):
            began = time.process_time()
            Graph({}, statuses, Gates(order, found)).ready()
            best.append(time.process_time() - began)
        took.append(min(best))
    assert took[1] < 40 * took[0]


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """A store of two phases, with a task in each, and one that depends on the second's."""
    made = Store(repo)
    made.do("phase", "add", "design", "--gate", "completed,approved")
    made.do("phase", "add", "build")
    made.add("Draw", "--id", "draw", "--phase", "design")
    made.add("Saw", "--id", "saw", "--phase", "build")
    made.add("Paint", "--id", "paint", "--depends-on", "saw")
    return made


def test_every_view_shows_the_gate(store: Store) -> None:
    """Lists, filters, one task, the graph, the board, the context and a refusal say that a gate is closed."""
    assert [line.split()[0] for line in store.do("ready").out.splitlines()] == ["draw"]
    assert "saw  blocked  -  Saw  (waits for phase:design)" in store.do("blocked").out
    assert sorted(line.split()[:2] for line in store.do("list").out.splitlines()) == [
        ["draw", "pending"],
        ["paint", "blocked"],
        ["saw", "blocked"],
    ]
    assert json.loads(store.do("list", "--status", "pending", "--json").out)["total"] == 1
    shown = json.loads(store.do("show", "saw", "--json").out)["data"]
    assert (shown["status"], shown["blocked_by"]) == ("blocked", ["phase:design"])
    assert "blocked_by: phase:design" in store.do("show", "saw").out
    assert "phase:design  closed   1 open task, not approved" in store.do("graph").out
    assert "← phase:design" in store.do("graph", "saw", "--down").out
    board = json.loads(store.do("board", "--json").out)["data"]
    assert "saw" in {
        task["id"] for column in board["columns"] if column["name"] == "blocked" for task in column["tasks"]
    }
    assert "phase:design (closed gate)" in store.do("context", "saw").out
    refused = store.do("start", "saw", code=1).err
    assert "cannot start saw: it is blocked by phase:design (1 open task, not approved)" in refused
    store.do("start", "saw", "--force")


def test_a_gate_opens(store: Store) -> None:
    """When its tasks are done and it is approved, what waited is ready, and is told by the command that freed it."""
    assert "ready now" not in store.do("complete", "draw").err
    store.do("phase", "approve", "design")
    assert [line.split()[0] for line in store.do("ready").out.splitlines()] == ["saw"]
    store.do("reopen", "draw")
    assert [line.split()[0] for line in store.do("ready").out.splitlines()] == ["draw"]
    assert "ready now: saw" in store.do("complete", "draw").err
    assert store.do("phase", "list").out.splitlines() == [
        "design  1 of 1 done  gate open",
        "build   0 of 1 done  gate closed: 1 open task",
    ]
    store.do("phase", "approve", "design", "--withdraw")
    assert "not approved" in store.do("phase", "approve", "design", "--withdraw", code=1).err
    assert store.do("ready").out == ""


def test_a_batch_passes_a_gate(store: Store) -> None:
    """Within one batch, a task that opens a gate lets the next step begin what waited for it."""
    store.do("phase", "approve", "design")
    lines = [{"op": "complete", "id": "draw"}, {"op": "complete", "id": "saw"}]
    path = store.path / "lines.jsonl"
    path.write_text("\n".join(map(json.dumps, reversed(lines))), encoding="utf-8")
    assert "blocked by phase:design" in store.do("batch", str(path), code=1).err
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    store.do("batch", str(path))
    assert [line.split()[0] for line in store.do("ready").out.splitlines()] == ["paint"]


def test_an_edit_by_hand_opens_and_closes_a_gate(store: Store) -> None:
    """Nothing of a gate is stored but the approval: a file or the settings changed by hand count at once."""
    file = store.path / ".tasks" / "config.yaml"
    file.write_text("version: 1\nphases:\n- name: design\n  gate: [criteria]\n- name: build\n", encoding="utf-8")
    assert "saw  pending" in store.do("list").out
    draw = store.file("draw")
    draw.write_text(draw.read_text(encoding="utf-8") + "criteria:\n- text: It stands\n", encoding="utf-8")
    assert "1 criterion not met" in store.do("phase", "show", "design").out
    assert "saw  blocked" in store.do("list").out


def test_a_phase_that_is_none_is_refused_and_told(store: Store) -> None:
    """A slip would let a task pass every gate: commands refuse it, check names it, without hiding the task."""
    assert "did you mean 'design'" in store.do("add", "x", "--phase", "desing", code=1).err
    store.do("update", "draw", "--phase", "nowhere", code=1)
    draw = store.file("draw")
    draw.write_text(draw.read_text(encoding="utf-8").replace("phase: design", "phase: desing"), encoding="utf-8")
    told = store.do("check", code=1).out
    assert "no phase 'desing'; did you mean 'design'? (phase)" in told
    assert "Draw" in store.do("list").out


def test_what_a_person_wrote_stays(repo: GitRepo) -> None:
    """Commands change the phase they name: comments and the form of the others stay."""
    store = Store(repo)
    text = "version: 1\n# in order\nphases:\n# first\n- name: design   # think\n  gate: [completed, approved]\n"
    repo.write(".tasks/config.yaml", text)
    repo.commit("phases")
    store.do("phase", "add", "build", "-d", "Make it")
    store.do("phase", "approve", "design")
    store.do("phase", "approve", "design", "--withdraw")
    store.do("phase", "remove", "build")
    assert (store.path / ".tasks" / "config.yaml").read_text(encoding="utf-8") == text
    store.do("phase", "add", "idea", "--before", "design", "--gate", "none")
    store.do("phase", "add", "ship")
    store.do("phase", "update", "idea", "--after", "design", "-d", "Later")
    names = [one["name"] for one in json.loads(store.do("phase", "list", "--json").out)["data"]]
    assert names == ["design", "idea", "ship"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "design"), "there is a phase 'design'"),
        (("add", " "), "blank"),
        (("add", "x", "--gate", "aproved"), "did you mean 'approved'"),
        (("add", "x", "--gate", "none,approved"), "no gate 'none'"),
        (("add", "x", "--before", "design", "--after", "build"), "contradict"),
        (("add", "x", "--before", "nowhere"), "no phase 'nowhere'"),
        (("update", "design"), "nothing to change"),
        (("update", "desing", "--gate", "none"), "did you mean 'design'"),
        (("show", "x"), "no phase 'x'"),
        (("remove", "design"), "1 task is in phase 'design': draw"),
    ],
)
def test_what_cannot_be_is_refused(store: Store, words: tuple[str, ...], said: str) -> None:
    """Each says why, and nothing is changed."""
    before = store.files()
    assert said in store.do("phase", *words, code=None).err
    assert store.files() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("phases: [{name: a}, {name: a}]", "there are two phases 'a'"),
        ("phases: [{name: ' a'}]", "no name for a phase"),
        ("phases: [{name: a, gates: []}]", "unknown key 'gates'"),
        ("phases: [{name: a, gate: [done]}]", "'done'"),
        ("phases: [a]", "phases"),
    ],
)
def test_settings_that_cannot_hold(text: str, said: str) -> None:
    """A declaration that cannot hold is told with its place."""
    _, problems = config.parse(f"version: 1\n{text}\n".encode(), "config.yaml")
    assert [one for one in problems if said in one.message and one.line == 2]


def test_the_old_commands_are_these(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Task Orchestrator's `phase-*`, which it promised and never had, do what their names say."""
    monkeypatch.setenv("TM_COMPAT", "1")
    store.do("phase-create", "ship")
    store.do("phase-add-dependency", "ship", "design")
    store.do("phase-add-gate", "ship", "approved")
    store.do("phase-update", "ship", "--description", "Out")
    told = store.do("phase-list").out.splitlines()
    assert [line.split()[0] for line in told] == ["design", "ship", "build"]
    assert "gate: approved" in store.do("phase-show", "ship").out
