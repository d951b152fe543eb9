"""Figures over the tasks, held against a second calculation that shares no code with the first."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store

NOW = "2026-11-22T12:00:00Z"


@pytest.fixture
def store(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store of tasks with all kinds of times."""
    monkeypatch.setenv("TM_NOW", NOW)
    docs = {
        "a1": "status: completed\nassignee: bo\nestimate: 2h\nactual: 3h\ncreated_at: 2026-11-01T00:00:00Z\n"
        "started_at: 2026-11-20T00:00:00Z\ncompleted_at: 2026-11-20T06:00:00Z\nfeedback: {quality: 4, timeliness: 2}\n",
        "a2": "status: completed\nassignee: li\nestimate: 1d\nactual: 4h\ncreated_at: 2026-10-01T00:00:00Z\n"
        "started_at: 2026-10-02T00:00:00Z\ncompleted_at: 2026-10-05T00:00:00Z\nfeedback: {quality: 5}\n",
        "a3": "status: completed\nassignee: bo\ncreated_at: 2026-11-19T00:00:00Z\n"
        "started_at: 2026-11-19T00:00:00Z\ncompleted_at: 2026-11-22T00:00:00Z\n",
        "b1": "status: in_progress\nassignee: bo\ndue: 2026-11-21\ncreated_at: 2026-11-10T00:00:00Z\n",
        "b2": "depends_on: [b1]\ncreated_at: 2026-11-18T00:00:00Z\n",
        "b3": "depends_on: [b2, b1]\ndue: 2026-11-22\ncreated_at: 2026-11-18T00:00:00Z\n",
        "c1": "status: cancelled\ndue: 2026-01-01\ncreated_at: 2026-11-18T00:00:00Z\n",
    }
    made = Store(repo)
    repo.commit("tasks", {f".tasks/{name}.yaml": f"title: Task {name}\n{text}" for name, text in docs.items()})
    return made


def figures(store: Store, *words: str) -> dict[str, Any]:
    """What the command says as a document."""
    found: dict[str, Any] = json.loads(store.do("metrics", "--json", *words).out)["data"]
    return found


def test_all_time(store: Store) -> None:
    """Every figure is what a person counts from the files."""
    found = figures(store)
    assert found["by_status"] == {"pending": 0, "in_progress": 1, "blocked": 2, "completed": 3, "cancelled": 1}
    assert (found["total"], found["created"], found["completed"], found["overdue"]) == (7, 7, 3, 1)
    assert found["completion_rate"] == 3 / 6
    assert found["cycle_time"] == {"tasks": 3, "median": 72.0, "mean": (6 + 72 + 72) / 3}
    assert found["lead_time"]["tasks"] == 3
    assert found["lead_time"]["median"] == 96.0
    assert found["variance"] == {"tasks": 2, "estimated": 10.0, "actual": 7.0, "ratio": 0.7}
    assert found["feedback"] == {"quality": 4.5, "timeliness": 2.0, "tasks": 2, "completed": 3}
    assert [(one["id"], one["holds_up"], one["behind_it"]) for one in found["bottlenecks"]] == [
        ("b1", 2, 2),
        ("b2", 1, 1),
    ]
    people = {one["assignee"]: (one["open"], one["completed"], one["overdue"]) for one in found["by_assignee"]}
    assert people == {"": (2, 0, 0), "bo": (1, 2, 1), "li": (0, 1, 0)}


@pytest.mark.parametrize(("period", "days"), [("week", 7), ("4d", 4), ("6w", 42), ("month", 30), ("year", 365)])
def test_a_period_is_what_lies_in_it(store: Store, period: str, days: int) -> None:
    """Created and completed within the days that end now, counted a second way from the files."""
    now = datetime.fromisoformat(NOW[:-1])
    docs = [store.doc(path.stem) for path in (store.path / ".tasks").glob("??.yaml")]

    def within(doc: dict[str, Any], key: str) -> bool:
        return key in doc and (now - datetime.fromisoformat(doc[key][:-1])).total_seconds() <= days * 86400

    found = figures(store, "--period", period)
    made = [doc for doc in docs if within(doc, "created_at") and doc.get("status") != "cancelled"]
    assert found["created"] == sum(within(doc, "created_at") for doc in docs)
    assert found["completed"] == sum(within(doc, "completed_at") for doc in docs)
    assert found["completion_rate"] == sum(doc.get("status") == "completed" for doc in made) / len(made)
    assert found["throughput"] == pytest.approx(found["completed"] / (days / 7))


def test_sections_are_chosen(store: Store) -> None:
    """Each option shows its section alone; without any, all of them are there."""
    everything = store.do("metrics").out
    for option, words in {
        "--feedback": "average quality: 4.5/5",
        "--cycle-time": "cycle time (start to end): median 3.0 days, mean 2.1 days, over 3 tasks",
        "--completion-rate": "completion rate: 50%",
        "--by-assignee": "  bo: 1 open, 1 in progress, 2 completed, 1 overdue",
        "--bottlenecks": "  b1  in_progress  holds up 2, 2 behind it  Task b1",
    }.items():
        told = store.do("metrics", option).out
        assert words in told
        assert words in everything
        assert len(told) < len(everything)


def test_an_empty_store_has_figures_too(repo: GitRepo) -> None:
    """Nothing is divided by nothing; what cannot be counted is told as a dash."""
    store = Store(repo)
    assert figures(store)["completion_rate"] is None
    assert "average quality: -" in store.do("metrics", "--period", "week").out


@pytest.mark.parametrize("period", ["fortnight", "0d", "-1d", "w", "1.5w"])
def test_periods_that_are_none_are_refused(store: Store, period: str) -> None:
    """With those that there are."""
    assert "unknown period" in store.do("metrics", f"--period={period}", code=2).err


def test_a_week_is_reported(store: Store) -> None:
    """What was completed, started and made in seven days, and how things stand, in Markdown."""
    store.do("--as", "li", "discover", "b1", "Twice as much")
    assert store.do("report").out == (
        "# 2026-11-15 to 2026-11-22\n\n2 completed, 2 started, 4 created\n"
        "\n## Completed\n\n- a1  Task a1 — bo\n- a3  Task a3 — bo\n"
        "\n## In progress\n\n- b1  Task b1 — bo\n"
        "\n## Blocked\n\n- b2  Task b2: waits for b1\n- b3  Task b3: waits for b2, b1\n"
        "\n## Overdue\n\n- b1  Task b1 — bo: 2026-11-21\n"
        "\n## Due in the next seven days\n\n- b3  Task b3: 2026-11-22\n"
        "\n## Found out\n\n- b1  Task b1 — li: Twice as much\n"
    )
    assert store.do("report", "--weekly").out == store.do("report").out


def test_velocity_is_counted_by_week(store: Store) -> None:
    """Each week has what was completed in it, counted a second way; the rest takes as long as the average says."""
    found = json.loads(store.do("report", "--velocity", "--weeks", "7", "--json").out)["data"]
    now = datetime.fromisoformat(NOW[:-1])
    ends = [datetime.fromisoformat(f"{day}T00:00:00") for day in ("2026-10-05", "2026-11-22")]
    ends.append(datetime.fromisoformat("2026-11-20T06:00:00"))
    wanted = [0] * 7
    for end in ends:
        wanted[6 - (now - end).days // 7] += 1
    assert [week["completed"] for week in found["weeks"]] == wanted
    assert found["weeks"][6]["since"] == "2026-11-15T12:00:00Z"
    assert (found["weeks"][6]["estimated"], found["weeks"][6]["actual"]) == (2.0, 3.0)
    assert (found["average"], found["open"], found["forecast"]) == (3 / 7, 3, 7.0)
    told = store.do("report", "--velocity", "--weeks", "2").out.splitlines()
    assert told[1:] == [
        "2026-11-08     0         -         -",
        "2026-11-15     2        2h        3h  ##",
        "average 1.0 a week",
        "3 open, estimated -: about 3.0 weeks at this rate",
    ]


@pytest.mark.parametrize(
    "words", ["--weekly --velocity", "--weeks 3", "--velocity --weeks 0", "--velocity --weeks 999"]
)
def test_reports_that_make_no_sense_are_refused(store: Store, words: str) -> None:
    """Contradictions and weeks that cannot be counted are wrong usage."""
    store.do("report", *words.split(), code=2)


def test_prometheus_reads_them(store: Store) -> None:
    """Each gauge has its help, type and samples once, in the format's own grammar; odd names are escaped."""
    store.do("assign", "b2", 'o"dd \\ name')
    told = store.do("metrics", "--format", "prometheus").out
    rows = told.splitlines()
    sample = re.compile(r'tm_[a-z_]+(\{[a-z]+="([^"\\]|\\["\\n])*"\})? -?[0-9.e+-]+')
    assert all(row.startswith("# ") or sample.fullmatch(row) for row in rows)
    types = [row.split()[2] for row in rows if row.startswith("# TYPE")]
    assert len(types) == len(set(types)) > 8
    assert 'tm_tasks{status="completed"} 3' in rows
    assert "tm_completion_ratio 0.5" in rows
    assert 'tm_cycle_time_hours{stat="median"} 72' in rows
    assert 'tm_assignee_open{assignee="o\\"dd \\\\ name"} 1' in rows
    assert told.endswith("\n")


def test_formats_that_make_no_sense_are_refused(store: Store) -> None:
    """One that does not exist, and options that the format has no place for."""
    assert "did you mean 'prometheus'?" in store.do("metrics", "--format", "promethous", code=2).err.lower()
    store.do("metrics", "--format", "prometheus", "--feedback", code=2)
    assert store.do("metrics", "--format", "json").out == store.do("metrics", "--json").out


def test_an_empty_store_is_read_too(repo: GitRepo) -> None:
    """What cannot be counted is left out, with its help."""
    told = Store(repo).do("metrics", "--format", "prometheus").out
    assert "tm_cycle_time_hours" not in told
    assert 'tm_tasks{status="pending"} 0\n' in told


@pytest.mark.parametrize("words", ["metrics", "metrics --format prometheus", "report", "report --velocity"])
def test_what_could_not_be_counted_is_told(store: Store, words: str) -> None:
    """A file that cannot be read is no task, and no figure is given as if there were no such file."""
    store.repo.write(".tasks/d1.yaml", "title: [WIP] Broken\n")
    assert store.do(*words.split()).err == ".tasks/d1.yaml:1:14: text that begins with '[' must be quoted (yaml)\n"
    if "prometheus" not in words:
        told = json.loads(store.do(*words.split(), "--json").out)["problems"]
        assert [(one["path"], one["rule"]) for one in told] == [(".tasks/d1.yaml", "yaml")]
