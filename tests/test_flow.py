"""What came in, was worked on and got done: counted by hand, and again from the files by other means."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta, timezone

import pytest
from conftest import GitRepo
from hypothesis import given
from hypothesis import strategies as st
from writing import Store

from tmfiles import codec
from tmfiles.actions.flow import Count, Flow, Week, flow, percentiles
from tmfiles.config import Environment
from tmfiles.errors import TmError
from tmfiles.render.charts import charts, span, tiles
from tmfiles.render.scales import Scale, days, numbers
from tmfiles.workspace import Workspace

NOW = "2026-11-25T12:00:00Z"


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give an empty store."""
    return Store(repo)


def fill(store: Store, **docs: str) -> None:
    """Write task files by id."""
    store.repo.commit("tasks", {f".tasks/{name}.yaml": f"title: Task {name}\n{text}" for name, text in docs.items()})


def seen(store: Store, since: str = "", until: str = "", assignee: str | None = None, measure: str = "") -> Flow:
    """Give the store's flow."""
    with Workspace.find(str(store.path), Environment(now=NOW)) as workspace:
        return flow(workspace, since, until, assignee, measure)


def three(store: Store) -> None:
    """Write three tasks: done, given up, in progress."""
    fill(
        store,
        aa="status: completed\nassignee: bo\ncreated_at: 2026-11-16T08:00:00Z\nstarted_at: 2026-11-17T08:00:00Z\n"
        "completed_at: 2026-11-19T20:00:00Z\n",
        bb="status: cancelled\ncreated_at: 2026-11-17T08:00:00Z\ncompleted_at: 2026-11-20T08:00:00Z\n",
        cc="status: in_progress\ncreated_at: 2026-11-18T08:00:00Z\nstarted_at: 2026-11-23T08:00:00Z\n",
    )


def test_each_day_by_hand(store: Store) -> None:
    """Not begun, in progress, completed and cancelled at the end of each of nine days."""
    three(store)
    found = seen(store, until="2026-11-24")
    assert [one[1:] for one in found.counts] == [
        (1, 0, 0, 0),  # Monday the 16th
        (1, 1, 0, 0),
        (2, 1, 0, 0),
        (2, 0, 1, 0),
        (1, 0, 1, 1),
        (1, 0, 1, 1),
        (1, 0, 1, 1),
        (0, 1, 1, 1),
        (0, 1, 1, 1),
    ]
    assert found.counts[0].day == date(2026, 11, 16)
    assert found.weeks == (Week(date(2026, 11, 16), 3, 1), Week(date(2026, 11, 23), 0, 0))
    assert [(one.id, one.days) for one in found.done] == [("aa", 2.5)]
    assert (found.measure, found.percentiles) == ("started", ((50, 2.5), (85, 2.5), (95, 2.5)))


def test_a_period_and_a_person(store: Store) -> None:
    """What lies outside counts only into what there was already; another's tasks not at all."""
    three(store)
    found = seen(store, "2026-11-20", "2026-11-24")
    assert (found.created, found.completed, found.done) == (0, 0, ())
    assert found.counts[0] == Count(date(2026, 11, 20), 1, 0, 1, 1)
    mine = seen(store, assignee="bo")
    assert (mine.counts[-1], mine.people) == (Count(date(2026, 11, 25), 0, 0, 1, 0), ("", "bo"))
    assert [one.days for one in seen(store, measure="created").done] == [3.5]


def test_where_no_start_is_known_creation_stands_for_it(store: Store) -> None:
    """Imported tasks often have no start: then the time since they came in is told, and said to be that."""
    fill(
        store,
        aa="status: completed\ncreated_at: 2026-11-16T08:00:00Z\ncompleted_at: 2026-11-17T08:00:00Z\n",
        bb="status: completed\ncreated_at: 2026-11-16T08:00:00Z\nstarted_at: 2026-11-16T20:00:00Z\n"
        "completed_at: 2026-11-17T08:00:00Z\n",
        cc="status: completed\ncreated_at: 2026-11-16T08:00:00Z\ncompleted_at: 2026-11-18T08:00:00Z\n",
    )
    found = seen(store)
    assert (found.measure, [one.days for one in found.done], found.untimed) == ("created", [1.0, 1.0, 2.0], 0)
    asked = seen(store, measure="started")
    assert ([one.days for one in asked.done], asked.untimed) == ([0.5], 2)


@pytest.mark.parametrize(
    ("since", "until", "measure", "said"),
    [
        ("2026-11-20", "2026-11-19", "", "from 2026-11-20 to 2026-11-19"),
        ("", "2027-01-01", "", "to 2027-01-01"),
        ("soon", "", "", "'soon'"),
        ("", "", "birth", "'birth'"),
    ],
)
def test_what_cannot_be_is_refused(store: Store, since: str, until: str, measure: str, said: str) -> None:
    """Days in the wrong order, days to come, no days at all, and times from what is no time."""
    three(store)
    with pytest.raises(TmError) as error:
        seen(store, since, until, measure=measure)
    assert said in error.value.message
    assert error.value.code == "usage"


def test_counted_again_day_by_day(store: Store) -> None:
    """For 300 random tasks every day's counts are those of a walk through all tasks, day by day."""
    rng = random.Random(11)
    begin = datetime(2026, 8, 20, tzinfo=timezone.utc)
    docs, files = {}, {}
    for at in range(300):
        created = begin + timedelta(hours=rng.randrange(2000))
        doc = {"title": f"t{at}", "created_at": f"{created:%Y-%m-%dT%H:%M:%SZ}", "status": "pending"}
        if rng.random() < 0.7:
            started = created + timedelta(hours=rng.randrange(200))
            doc |= {"status": "in_progress", "started_at": f"{started:%Y-%m-%dT%H:%M:%SZ}"}
            if rng.random() < 0.7:
                closed = started + timedelta(hours=rng.randrange(100))
                doc |= {
                    "completed_at": f"{closed:%Y-%m-%dT%H:%M:%SZ}",
                    "status": rng.choice(["completed", "cancelled"]),
                }
        docs[f"t{at}"] = doc
        files[f".tasks/t{at}.yaml"] = codec.dumps(doc)
    store.repo.commit("tasks", files)
    found = seen(store)
    for one in found.counts:
        end = f"{one.day.isoformat()}T99"
        status = Counter()
        for doc in docs.values():
            if doc["created_at"] <= end:
                closed = doc.get("completed_at", "9") <= end
                begun = doc.get("started_at", "9") <= end
                status[doc["status"] if closed else "in_progress" if begun else "pending"] += 1
        assert one[1:] == tuple(status[key] for key in ("pending", "in_progress", "completed", "cancelled"))
    assert sum(week.completed for week in found.weeks) == sum(doc["status"] == "completed" for doc in docs.values())
    assert sum(week.created for week in found.weeks) == 300


@given(st.lists(st.floats(0, 1000), min_size=1))
def test_a_percentile_is_the_least_that_so_many_do_not_exceed(values: list[float]) -> None:
    """So many of a hundred are at or below it, and fewer at or below anything less."""
    for percent, value in percentiles(values):
        assert sum(one <= value for one in values) * 100 >= percent * len(values)
        assert sum(one < value for one in values) * 100 < percent * len(values)


@given(st.floats(0.01, 1e6))
def test_an_axis_has_few_round_numbers_that_reach_the_top(most: float) -> None:
    """From 0 to at least the greatest value, evenly, between two and a dozen of them."""
    found = numbers(most)
    assert found[0] == 0
    assert found[-2] < most <= found[-1] * (1 + 1e-9)
    assert 2 <= len(found) <= 12


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(1, 9000))
def test_an_axis_of_days_has_few_names_in_order(first: date, length: int) -> None:
    """All within the span, ascending, each word once."""
    found = days(first, first + timedelta(days=length))
    at = [day for day, _ in found]
    assert at == sorted(set(at))
    assert all(first <= day <= first + timedelta(days=length) for day in at)
    assert len(found) <= 9
    assert len({words for _, words in found}) == len(found)


def test_a_scale_may_run_downwards() -> None:
    """As the heights of a drawing do."""
    assert [Scale(0, 10, 100, 0).at(value) for value in (0, 5, 10)] == [100, 50, 0]


def test_charts_show_what_was_counted(store: Store) -> None:
    """Tables hold every figure; lines end where the last count stands; all lies within the drawing."""
    three(store)
    burn, area, times, weeks = charts(seen(store))
    assert burn.table.rows[0] == ("2026-11-25", "2", "1", "1")
    assert area.table.rows[0] == ("2026-11-25", "0", "1", "1", "1")
    assert times.table.rows == (("aa", "Task aa", "bo", "2026-11-19", "2.5 days"),)
    assert weeks.table.rows == (("2026-11-23", "0", "0"), ("2026-11-16", "3", "1"))
    # Three tasks were there once, so two are two thirds of the height.
    ends = [burn.bottom - (burn.bottom - burn.top) * part for part in (2 / 3, 1 / 3)]
    assert [shape.path.split("L")[-1] for shape in burn.shapes] == [f"{burn.right} {end:.1f}" for end in ends]
    for chart in (burn, area, times, weeks):
        for one in (*chart.marks, *chart.spots):
            assert chart.left <= one.x <= chart.right
            assert chart.top - 1 <= one.y <= chart.bottom
    assert [words for words, _ in tiles(seen(store))][:2] == ["Completed", "Created"]


def test_an_empty_store_has_charts_that_say_so(store: Store) -> None:
    """Nothing at all is drawn as nothing, without an error."""
    found = charts(seen(store))
    assert found[2].empty
    assert [chart.table.rows for chart in found[:1]] == [(("2026-11-25", "0", "0", "0"),)]


@pytest.mark.parametrize(
    ("length", "said"), [(0.0, "0 min"), (0.02, "29 min"), (0.25, "6.0 hours"), (2.5, "2.5 days"), (400, "1.1 years")]
)
def test_a_span_in_words(length: float, said: str) -> None:
    """In its largest unit."""
    assert span(length) == said
