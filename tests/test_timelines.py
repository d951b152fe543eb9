"""The timeline of a store: what is planned when, what cannot be planned, and how it is drawn."""

from __future__ import annotations

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.actions.timelines import Timeline, timeline
from tmfiles.config import Environment
from tmfiles.render.timeline import day_of, notes, plan, words
from tmfiles.workspace import Workspace

NOW = "2026-11-26T12:00:00Z"  # a Thursday


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give an empty store."""
    return Store(repo)


def fill(store: Store, **docs: str) -> None:
    """Write task files by id."""
    store.repo.commit("tasks", {f".tasks/{name}.yaml": f"title: Task {name}\n{text}" for name, text in docs.items()})


def seen(store: Store, assignee: str | None = None, limit: int = 0) -> Timeline:
    """Give the store's timeline."""
    with Workspace.find(str(store.path), Environment(now=NOW)) as workspace:
        return timeline(workspace, assignee, limit)


def days(found: Timeline) -> dict[str, tuple[str, str]]:
    """Give on which days each task begins and ends."""
    return {bar.id: (day_of(found, bar.begins), day_of(found, bar.ends, end=True)) for bar in found.bars}


def test_tasks_begin_when_what_they_wait_for_ends(store: Store) -> None:
    """One after the other, over the weekend; closed tasks hold nothing up; what waits until a day begins then."""
    fill(
        store,
        aa="estimate: 2d\n",
        bb="estimate: 1d\ndepends_on: [aa, zz]\n",
        cc="depends_on: [bb]\n",
        dd="wait_until: 2026-12-02\nestimate: 4h\n",
        zz="status: completed\n",
    )
    found = seen(store)
    assert days(found) == {
        "aa": ("2026-11-26", "2026-11-27"),
        "bb": ("2026-11-30", "2026-11-30"),
        "cc": ("2026-12-01", "2026-12-01"),
        "dd": ("2026-12-02", "2026-12-02"),
    }
    assert (found.critical, found.seconds // 3600, found.assumed, found.total) == (("aa", "bb", "cc"), 32, 1, 4)
    assert day_of(found, found.ends, end=True) == "2026-12-01"


def test_a_date_is_missed_or_presses(store: Store) -> None:
    """Overdue, ending after its own date, too late for what waits for it, and in time: each is told."""
    fill(
        store,
        gone="due: 2026-11-25\nestimate: 1h\n",
        late="due: 2026-11-27\nestimate: 3d\n",
        first="estimate: 2d\n",
        second="due: 2026-11-27\nestimate: 1d\ndepends_on: [first]\n",
        fine="due: 2026-11-27\nestimate: 2d\n",
    )
    told = {bar.id: [note for note in notes(bar) if "critical" not in note] for bar in seen(store).bars}
    assert told == {
        "gone": ["overdue"],
        "late": ["ends after its date"],
        "first": ["too late for a task that waits for it"],
        "second": ["ends after its date"],
        "fine": [],
    }


def test_what_has_no_end_is_named(store: Store) -> None:
    """A circle, what waits for it, and what waits for a missing task are left out and told."""
    fill(
        store,
        aa="depends_on: [bb]\n",
        bb="depends_on: [aa]\n",
        cc="depends_on: [aa]\n",
        dd="depends_on: [nowhere]\n",
        ee="depends_on: [dd]\n",
        ff="estimate: 1d\n",
    )
    found = seen(store)
    assert [bar.id for bar in found.bars] == ["ff"]
    assert (found.circle, found.unknown) == (("aa", "bb"), ("cc", "dd", "ee"))


def test_a_phase_waits_for_those_before_it(store: Store) -> None:
    """A task of a later phase begins when all of the earlier ones have ended."""
    store.do("phase", "add", "design")
    store.do("phase", "add", "build")
    fill(
        store,
        aa="phase: design\nestimate: 2d\n",
        bb="phase: design\nestimate: 1d\n",
        cc="phase: build\nestimate: 1d\n",
    )
    assert days(seen(store))["cc"] == ("2026-11-30", "2026-11-30")


def test_lanes_are_people(store: Store) -> None:
    """One lane an assignee, nobody's last; one person's can be asked for, and a limit keeps what matters first."""
    fill(store, aa="assignee: zoë\n", bb="assignee: Bo\n", cc="", dd="assignee: Bo\ndue: 2026-12-01\n")
    found = seen(store)
    assert [(lane.assignee, [bar.id for bar in lane.bars]) for lane in found.lanes] == [
        ("Bo", ["bb", "dd"]),
        ("zoë", ["aa"]),
        ("", ["cc"]),
    ]
    assert [bar.id for bar in seen(store, "Bo").bars] == ["bb", "dd"]
    assert [bar.id for bar in seen(store, "").bars] == ["cc"]
    cut = seen(store, None, 2)
    assert (len(cut.bars), cut.total, "dd" in days(cut)) == (2, 4, True)


def test_the_drawing_holds_all_of_it(store: Store) -> None:
    """Bars lie within the picture, rows do not overlap, now stands in today, and words say everything."""
    fill(
        store,
        aa="due: 2026-01-01\nestimate: 2d\n",
        bb="estimate: 8w\ndepends_on: [aa]\nassignee: Bo\n",
        cc="due: 2035-01-01\n",
    )
    store.add("Long words " * 20)
    found = seen(store)
    drawn = plan(found)
    strips = [strip for band in drawn.bands for strip in band.strips]
    assert len(strips) == 4
    for strip in strips:
        assert strip.x >= 0
        assert strip.x + strip.width <= drawn.width
        assert strip.y + 24 <= drawn.height
    assert len({strip.y for strip in strips}) == 4
    by_id = {strip.bar.id: strip for strip in strips}
    assert by_id["aa"].x < drawn.now < by_id["aa"].x + by_id["aa"].width
    # What is due years from now has no mark: the scale is that of the work.
    assert by_id["cc"].mark is None
    assert by_id["aa"].mark is not None
    assert words(by_id["aa"].bar) == ("aa Task aa, pending, 2d of work, due 2026-01-01, overdue, on the critical path")


def test_an_empty_store_has_an_empty_timeline(store: Store) -> None:
    """Nothing to do is no error."""
    found = seen(store)
    assert (found.bars, found.critical, plan(found).bands) == ([], (), ())
