"""Figures, reports and the critical path on 2,428 real tasks, against a second calculation from the files alone."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import GitRepo
from writing import Store

ISSUES = Path(__file__).parent.parent.parent / "shared" / "data" / "beads-issues.jsonl"
pytestmark = [
    pytest.mark.skipif(not ISSUES.exists(), reason="the real issues are not here"),
    pytest.mark.slow,
    pytest.mark.timeout(300),
]
Docs = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def _stores() -> dict[str, Store]:
    return {}


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory, _stores: dict[str, Store]) -> Store:
    """The store with all of them, made once: these tests only look."""
    if "real" not in _stores:
        repo = GitRepo(tmp_path_factory.mktemp("real"))
        repo.git("init", "--quiet")
        made = Store(repo)
        made.do("import", "beads", str(ISSUES))
        _stores["real"] = made
    return _stores["real"]


@pytest.fixture
def now(docs: Docs, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """An hour after the last thing that happened."""
    last = max(time(doc[key]) for doc in docs.values() for key in ("created_at", "completed_at") if key in doc)
    moment = last + timedelta(hours=1)
    monkeypatch.setenv("TM_NOW", f"{moment:%Y-%m-%dT%H:%M:%SZ}")
    return moment


@pytest.fixture
def docs(store: Store) -> Docs:
    """Every task file as another YAML reader has it, all scalars as text."""
    files = (store.path / ".tasks").rglob("*.yaml")
    return {path.stem: yaml.load(path.read_bytes(), yaml.BaseLoader) for path in files if path.name != "config.yaml"}  # noqa: S506


def time(text: str) -> datetime:
    """Read a time as tm writes it."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


def status(doc: dict[str, Any]) -> str:
    """The stored status."""
    return str(doc.get("status", "pending"))


def blockers(docs: Docs, name: str) -> list[str]:
    """What an open task waits for."""
    needs = docs[name].get("depends_on", [])
    return [one for one in needs if one not in docs or status(docs[one]) not in ("completed", "cancelled")]


def hours(doc: dict[str, Any], start: str) -> float:
    """From a time of a task to its end."""
    return (time(doc["completed_at"]) - time(doc[start])).total_seconds() / 3600


def is_open(doc: dict[str, Any]) -> bool:
    """Neither completed nor cancelled."""
    return status(doc) not in ("completed", "cancelled")


@pytest.mark.usefixtures("now")
def test_metrics(store: Store, docs: Docs) -> None:
    """Counts, rates, times, people and bottlenecks of all time."""
    found = json.loads(store.do("metrics", "--json").out)["data"]
    assert found["total"] == len(docs) > 2000
    effective = Counter(
        "blocked" if status(doc) == "pending" and blockers(docs, name) else status(doc) for name, doc in docs.items()
    )
    assert {key: count for key, count in found["by_status"].items() if count} == effective
    done = {name: doc for name, doc in docs.items() if status(doc) == "completed"}
    assert found["completed"] == len(done)
    assert found["completion_rate"] == len(done) / sum(status(doc) != "cancelled" for doc in docs.values())
    lead = [hours(doc, "created_at") for doc in done.values() if {"created_at", "completed_at"} <= doc.keys()]
    lead = [one for one in lead if one >= 0]
    assert found["lead_time"]["tasks"] == len(lead)
    assert found["lead_time"]["median"] == pytest.approx(statistics.median(lead))
    assert found["lead_time"]["mean"] == pytest.approx(statistics.fmean(lead))
    people = Counter(doc.get("assignee", "") for doc in done.values())
    assert {one["assignee"]: one["completed"] for one in found["by_assignee"] if one["completed"]} == people
    waiting = Counter(one for name, doc in docs.items() if is_open(doc) for one in blockers(docs, name))
    most = sorted(((-count, name) for name, count in waiting.items() if name in docs))[:10]
    assert [(-one["holds_up"], one["id"]) for one in found["bottlenecks"]] == most


def test_reports(store: Store, docs: Docs, now: datetime) -> None:
    """The last seven days, and the last twelve weeks one by one."""
    week = json.loads(store.do("report", "--json").out)["data"]

    def within(doc: dict[str, Any], key: str, days: int, back: int = 0) -> bool:
        return key in doc and timedelta(days=back) <= now - time(doc[key]) < timedelta(days=days)

    for listed, key in (("completed", "completed_at"), ("created", "created_at")):
        wanted = {name for name, doc in docs.items() if within(doc, key, 7)}
        if listed == "completed":
            wanted = {name for name in wanted if status(docs[name]) == "completed"}
        assert {one["id"] for one in week[listed]} == wanted
    assert week["completed"]
    pace = json.loads(store.do("report", "--velocity", "--weeks", "12", "--json").out)["data"]
    done = [doc for doc in docs.values() if status(doc) == "completed"]
    counts = [sum(within(doc, "completed_at", 7 * n, 7 * (n - 1)) for doc in done) for n in range(12, 0, -1)]
    assert [one["completed"] for one in pace["weeks"]] == counts
    assert pace["open"] == sum(map(is_open, docs.values()))


@pytest.mark.usefixtures("now")
def test_critical_path(store: Store, docs: Docs) -> None:
    """The longest chain of open tasks, a day each where nobody estimated, by a plain recursion."""

    @cache
    def longest(name: str) -> int:
        return 1 + max((longest(one) for one in blockers(docs, name) if one in docs), default=0)

    if any("estimate" in doc for doc in docs.values() if is_open(doc)):
        pytest.skip("an open task has an estimate: a chain is no longer counted by its tasks")
    wanted = max(longest(name) for name, doc in docs.items() if is_open(doc))
    found = json.loads(store.do("graph", "--critical-path", "--json").out)["data"]
    assert len(found["critical_path"]) == wanted
