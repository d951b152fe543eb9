"""The graph as boxes and lines: what is written where, what is folded, and what a fold shows when it is opened."""

from __future__ import annotations

import random
import re

from conftest import GitRepo
from reading import opened
from writing import Store

from tmfiles.actions.graphs import Drawing, Point, Step, drawn
from tmfiles.render.drawing import Around, picture


def drawing(deps: dict[str, list[str]], critical: tuple[str, ...] = (), closed: tuple[str, ...] = ()) -> Drawing:
    """Make a drawing of some tasks in one group."""
    points = [Point(id, f"Task {id}", "completed" if id in closed else "pending", 1) for id in deps]
    steps = [Step(id, f"Task {id}", "pending", 3600, True) for id in critical]
    return Drawing([points], deps, [], 0, steps, [])


def test_a_small_graph_is_drawn_whole() -> None:
    """Every task has its box with title, id and status, every link its line; the critical path is marked."""
    found = picture(drawing({"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]}, ("a", "c", "d"), ("b",)))
    assert {node.id: (node.rows, node.critical, node.layer) for node in found.nodes} == {
        "a": (("Task a", "a · pending"), True, 1),
        "b": (("Task b", "b · completed"), False, 2),
        "c": (("Task c", "c · pending"), True, 2),
        "d": (("Task d", "d · pending"), True, 3),
    }
    assert sorted(stroke.kind for stroke in found.strokes) == ["critical", "critical", "link", "link"]
    assert {row.id: set(row.needs) for row in found.rows} == {"a": set(), "b": {"a"}, "c": {"a"}, "d": {"b", "c"}}
    assert (found.total, found.shown, found.inside) == (4, 4, None)


def test_a_circle_is_drawn_and_shown() -> None:
    """One of its links runs the other way, and is marked as what closes it."""
    found = picture(drawing({"a": ["c"], "b": ["a"], "c": ["b"]}))
    assert sorted(stroke.kind for stroke in found.strokes) == ["link", "link", "turned"]


def test_a_line_passes_beside_the_boxes_between() -> None:
    """A link over a layer has a place of its own there: its line does not cross the box it passes."""
    found = picture(drawing({"a": [], "b": ["a"], "c": ["b", "a"]}))
    lane = next(stroke for stroke in found.strokes if stroke.kind == "lane")
    height = int(re.search(r" (\d+)H\d+$", lane.path)[1])  # type: ignore[index]
    middle = next(node for node in found.nodes if node.id == "b")
    assert not middle.y <= height <= middle.y + found.sizes.height


def test_titles_are_cut_and_cleaned() -> None:
    """Two lines of a title at most; control characters and line breaks never reach the page."""
    points = [Point("aa", "word " * 40 + "\x1b[31m\nend", "pending", 1), Point("bb", "", "missing", 1)]
    found = picture(Drawing([points], {"aa": [], "bb": ["aa"]}, [], 0, [], []))
    rows = {node.id: node.rows for node in found.nodes}
    assert len(rows["aa"]) == 3
    assert rows["aa"][1].endswith("…")
    assert rows["bb"] == ("(no title)", "bb · missing")
    assert not any("\x1b" in node.words for node in found.nodes)


def test_a_fold_is_one_box_and_can_be_opened() -> None:
    """Two hundred tasks that wait for one are a box; opened, they are drawn, with the neighbours of all."""
    deps = {"first": [], **{f"t{at}": ["first"] for at in range(200)}, "last": [f"t{at}" for at in range(200)]}
    whole = picture(drawing(deps))
    assert [node.rows[0] for node in sorted(whole.nodes)] == ["200 with the same links", "Task first", "Task last"]
    name = next(node.fold for node in whole.nodes if node.fold)
    assert (len(whole.nodes), whole.total, whole.shown) == (3, 202, 2)
    inside = picture(drawing(deps), inside=[name])
    assert inside.inside is not None
    assert len(inside.inside.ids) == 200
    assert inside.total == 202
    assert len(picture(drawing(deps), fold=False).nodes) == 202


def test_a_fold_that_is_gone_shows_what_is_linked() -> None:
    """An old address still shows the group of the task that it names, or else the whole."""
    deps = {"a": [], "b": ["a"], "x": [], "y": ["x"]}
    assert {node.id for node in picture(drawing(deps), inside=["alike:a"]).nodes} == {"a", "b"}
    assert len(picture(drawing(deps), inside=["alike:gone"]).nodes) == 4


def test_every_fold_comes_to_an_end() -> None:
    """However deep folds lie in each other, opening them all leads to every task, and no fold to itself."""
    rng = random.Random(5)
    deps = {f"n{at}": sorted({f"n{rng.randrange(at)}" for _ in range(2)}) if at else [] for at in range(400)}
    deps |= {f"m{at}": [f"m{at - 1}"] if at % 4 else [] for at in range(400)}
    whole, shown = drawing(deps), set()
    waiting: list[tuple[str, ...]] = [()]
    for path in waiting:
        assert len(path) < 12
        found = picture(whole, inside=path)
        shown.update(node.id for node in found.nodes)
        waiting += [(*path, node.fold) for node in found.nodes if node.fold]
    assert shown - {""} == set(deps)


def test_around_one_task_are_its_neighbours() -> None:
    """Two links away, or one where those are more than can be shown beside a task."""
    deps: dict[str, list[str]] = {"a": [], "b": ["a"], "c": ["b"], "d": ["c"], **{f"t{at}": ["b"] for at in range(50)}}
    near = Around(drawing({**deps, "alone": []}))
    assert [sorted(near.of(id).links) for id in ("d", "c")] == [["b", "c", "d"], ["b", "c", "d"]]  # type: ignore[union-attr]
    assert near.of("alone") is None


def test_the_gate_of_a_phase_is_a_box(repo: GitRepo) -> None:
    """What waits for a phase waits for a box that says what it lacks."""
    store = Store(repo)
    store.do("phase", "add", "design")
    store.do("phase", "add", "build")
    store.do("add", "Sketch", "--id", "sketch", "--phase", "design")
    store.do("add", "Make", "--id", "make", "--phase", "build")
    with opened(store.path) as workspace:
        found = picture(drawn(workspace))
    gate = next(node for node in found.nodes if node.gate)
    assert gate.rows[0] == "gate of design"
    assert "1 open task" in gate.words
    assert next(node.near for node in found.nodes if node.id == "make") == ("phase:design",)
