"""A store of Task Orchestrator comes in whole, once, and what had no place is told."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import orchestrator
import pytest
from conftest import GitRepo
from writing import Store


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """A store beside which an old one lies, and which no commit of this test's own contains."""
    made = Store(repo)
    orchestrator.make(repo.path.parent / "old")
    return made


def brought(store: Store, *words: str) -> dict[str, Any]:
    """Import the old store, named by the folder above it."""
    source = str(store.path.parent / "old")
    found: dict[str, Any] = json.loads(store.do("import", "task-orchestrator", source, "--json", *words).out)["data"]
    return found


def test_a_task_with_everything(store: Store) -> None:
    """Every column has its field; local times become UTC, winter time and summer time alike."""
    brought(store)
    doc = store.doc("0badf00d")
    journal = doc.pop("journal")
    assert doc == {
        "title": "Design",
        "status": "completed",
        "priority": "high",
        "assignee": "ann",
        "phase": "Design",
        "due": "2025-02-01T00:00:00Z",
        "estimate": "2.5h",
        "actual": "3h",
        "created_at": "2025-01-10T09:00:00Z",
        "created_by": "user",
        "context": "WHY: it must be\nWHAT: two pages",
        "description": "Two pages",
        "criteria": [
            {"text": "Tests pass", "measurable": "true"},
            {"text": "Quick", "measurable": "true"},
            {"text": "Plain"},
        ],
        "files": ["src/a.py:1-20", "src/b.py"],
        "participants": ["bob"],
        "feedback": {"quality": 4, "timeliness": 5, "text": "Good"},
        "completed_at": "2025-01-11T09:00:00Z",
        "result": "Done so",
        "fields": {"task_orchestrator": {"updated_at": "2025-01-12T09:00:00Z", "roles": {"bob": "tests"}}},
    }
    assert [(one["kind"], one["text"], one.get("request")) for one in journal] == [
        ("share", "words of update", "r1"),
        ("discovery", "words of discovery", None),
        ("checkpoint", "words of sync", None),
        ("progress", "words of progress", None),
        ("comment", "words of other", None),
    ]
    assert (journal[0]["at"], journal[0]["by"]) == ("2025-01-10T09:00:00Z", "bob")
    assert store.doc("12345678")["created_at"] == "2025-07-10T08:00:00Z"


def test_what_was_derived_is_computed(store: Store) -> None:
    """Blocked for a dependency becomes pending, and shows as it is now; blocked without one is a person's word."""
    brought(store)
    assert [store.doc(one)["status"] for one in ("12345678", "a0000001", "a0000002")] == [
        "blocked",
        "pending",
        "blocked",
    ]
    assert "status: blocked" in store.do("show", "a0000001").out
    assert store.doc("a0000001")["depends_on"] == ["12345678"]
    assert "status: pending" in store.do("show", "a0000003").out


def test_what_has_no_place_is_kept_and_told(store: Store) -> None:
    """Odd values stay under their old names, and every one of them is in the report."""
    found = brought(store)
    kept = store.doc("a0000003")["fields"]["task_orchestrator"]
    assert kept == {"status": "odd", "success_criteria": "{", "feedback_quality": 9}
    assert store.doc("a0000003")["title"] == "Odd[31m title"
    assert store.doc("a0000002")["fields"]["task_orchestrator"] == {"estimated_hours": "-1.0", "deadline": "whenever"}
    (bad,) = (store.doc(one) for one in found["added"] if not one.startswith(("0bad", "1234", "a000")))
    assert len(bad["title"]) == 500
    assert bad["fields"]["task_orchestrator"] == {"title": "x" * 600, "priority": "urgent"}
    told = " ".join(f"{one['kind']} {one['message']}" for one in found["report"])
    for words in ("'Bad Id'", "on gone", "notifications, 1 row", "local ones"):
        assert words in told, words
    assert "collaboration_events, 1 row: of no task" in told
    store.do("check")


def test_notes_and_contexts_come_along(store: Store) -> None:
    """A note is its author's own again; progress and shared context of older versions are in the journal."""
    before = brought(store)["commit"]
    assert "Ask Li" in store.do("--as", "ann", "context", "0badf00d").out
    assert "Ask Li" not in store.do("--as", "bob", "context", "0badf00d").out
    assert "Ask Li" not in store.git("show", before)
    assert [(one["kind"], one["text"]) for one in store.doc("12345678")["journal"]] == [
        ("progress", "odd"),
        ("progress", "half"),
    ]
    assert "port: 8080" in store.doc("a0000001")["journal"][0]["text"]


def test_an_import_may_be_repeated(store: Store) -> None:
    """One commit brings everything; again, nothing changes; a task that was deleted stays so; a dry run only tells."""
    before = store.commits()
    assert brought(store, "--dry-run")["commit"] is None
    assert store.commits() == before
    assert len(brought(store)["added"]) == 6
    assert store.commits() == before + 1
    again = brought(store)
    assert (again["added"], len(again["present"]), again["commit"]) == ([], 6, None)
    store.do("delete", "a0000002")
    assert brought(store)["deleted"] == ["a0000002"]


def test_its_users_are_spoken_to_as_before(store: Store) -> None:
    """The settings say so from then on, in a file whose comments stay."""
    config = store.path / ".tasks/config.yaml"
    before = config.read_text(encoding="utf-8")
    brought(store)
    assert config.read_text(encoding="utf-8").startswith(before + "\ncompat: task-orchestrator\n")
    assert "[0badf00d] Design - completed (ann)" in store.do("list").out


def test_the_old_store_is_not_touched(store: Store) -> None:
    """Reading changes no byte of it and leaves no file there."""
    old = store.path.parent / "old"
    before = {path: path.read_bytes() for path in old.rglob("*") if path.is_file()}
    brought(store)
    assert {path: path.read_bytes() for path in old.rglob("*") if path.is_file()} == before


def test_an_older_store_comes_in_too(repo: GitRepo, tmp_path: Path) -> None:
    """Columns that are not there yet are no trouble, and those that nobody knows are kept."""
    store = Store(repo)
    rows = {"tasks": [{"id": "a1", "title": "One", "mood": "fine"}]}
    place = orchestrator.make(tmp_path / "old", rows, "id TEXT, title TEXT, mood TEXT")
    store.do("import", "task-orchestrator", str(place / "tasks.db"))
    assert store.doc("a1")["fields"] == {"task_orchestrator": {"mood": "fine"}}


def test_what_is_no_store_is_refused(repo: GitRepo, tmp_path: Path) -> None:
    """A folder without one, a file that is no database, a database of something else."""
    store = Store(repo)
    before = store.commits()
    assert "no tasks.db" in store.do("import", "task-orchestrator", str(tmp_path), code=2).err
    (tmp_path / "tasks.db").write_bytes(b"no database, but long enough to look like a file of one\n" * 40)
    assert "cannot read" in store.do("import", "task-orchestrator", str(tmp_path), code=1).err
    (tmp_path / "tasks.db").unlink()
    sqlite3.connect(tmp_path / "tasks.db").close()
    assert "no table" in store.do("import", "task-orchestrator", str(tmp_path), code=1).err
    assert store.commits() == before


def test_phases_come_in_order_and_hold_nothing_up(store: Store) -> None:
    """They are declared by their names, tasks name them so, and none has a gate; those that are here stay."""
    store.do("phase", "add", "Mine")
    found = brought(store)
    phases = json.loads(store.do("phase", "list", "--json").out)["data"]
    assert [(one["name"], one["gate"]) for one in phases] == [("Mine", ["completed"]), ("Design", []), ("Build", [])]
    assert phases[1]["description"] == "On paper"
    assert "2 phases declared" in str(found["report"])


def test_templates_can_be_applied(store: Store) -> None:
    """A template keeps variables, tags, estimates and dependencies; one that is none stays and is told."""
    found = brought(store)
    store.do("template", "apply", "small-feature", "--var", "what=Dark mode")
    rows = {row["title"]: row for row in json.loads(store.do("list", "--json", "--tag", "feature").out)}
    assert rows["Design Dark mode"]["estimated_hours"] == 2
    assert rows["Build Dark mode"]["dependencies"] == [rows["Design Dark mode"]["id"]]
    assert "what is missing" in store.do("template", "apply", "small-feature", code=1).err
    store.do("template", "apply", "fix")
    assert "broken.yaml has no list of tasks" in str(found["report"])
    before = store.files()
    brought(store)
    assert store.files() == before


def test_agents_and_their_messages_come_along(store: Store) -> None:
    """Who was registered is, and what they sent can be read; what cannot be is told."""
    found = brought(store)
    shown = store.do("agent", "show", "bob").out
    for words in ("id: Bob", "name: Bob B", "type: developer", "capabilities: python, web", "2025-01-01T09:00:00Z"):
        assert words in shown
    inbox = store.do("--as", "ann", "agent", "inbox").out
    assert "Bob  [high]" in inbox
    assert inbox.index("Look here") < inbox.index("All")
    told = str(found["report"])
    assert "'no good' cannot" in told or "no good cannot" in told
    assert "nobody sent it" in told
    store.do("check")


def test_archives_give_back_what_nothing_else_has(store: Store) -> None:
    """Context and notes of an archive, where the journal has none; nothing is unpacked, and a broken one is told."""
    found = brought(store)
    texts = [one["text"] for one in store.doc("12345678")["journal"]]
    assert any("8080" in text or "half" in text for text in texts)
    assert "Ask Li" in store.do("--as", "bob", "context", "12345678").out
    told = str(found["report"])
    for words in ("of no task that is there", "task_a0000001_x.tar.gz cannot be read", "the journal has what was said"):
        assert words in told, words
    assert not list(store.path.parent.rglob("evil.md"))
