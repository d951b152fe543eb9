"""Task Orchestrator's switches and migrations, as its users' set-up scripts call them."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store, run


@pytest.fixture
def store(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store spoken to in the old way, by an agent called ann."""
    monkeypatch.setenv("TM_COMPAT", "1")
    monkeypatch.setenv("TM_AGENT_ID", "ann")
    made = Store(repo, init=False)
    made.do("init")
    return made


def test_features_are_switched(store: Store) -> None:
    """Each on and off, silently on standard output; what is off is left out with a word, and the rest is done."""
    told = store.do("config", "--show").out
    assert told.startswith("Current configuration:\n")
    assert "success-criteria: enabled" in told
    ran = store.do("config", "--disable", "success-criteria")
    assert (ran.out, ran.err) == ("", "Feature 'success-criteria' disabled\n")
    assert "success-criteria: disabled" in store.do("config", "--show").out
    ran = store.do("add", "x", "--criteria", '[{"criterion": "y"}]', "--deadline", "2026-12-01")
    assert "disabled" in ran.err
    doc = store.doc(ran.out.strip())
    assert ("criteria" in doc, doc["due"]) == (False, "2026-12-01")
    assert store.do("config", "--minimal-mode").out == ""
    assert "minimal_mode: True" in store.do("config", "--show").out
    ran = store.do("add", "y", "--estimated-hours", "2", "--deadline", "2026-12-01")
    assert ran.err.count("disabled") == 2
    task = ran.out.strip()
    store.do("complete", task, "--summary", "done", "--actual-hours", "1")
    assert {"due", "estimate", "result", "actual"} & set(store.doc(task)) == set()
    assert "disabled" in store.do("feedback", task, "--quality", "4", code=1).err
    assert "reset" in store.do("config", "--reset").err
    store.do("config", "--reset")
    store.do("config", "--enable", "feedback")
    store.do("feedback", task, "--quality", "4")
    store.do("check")


def test_what_can_be_mended_is(store: Store) -> None:
    """fix-orchestration wants its switch, asks nothing, mends what has one right answer and names the rest."""
    ran = store.do("fix-orchestration", code=1)
    assert "To mend: tm fix-orchestration --interactive" in ran.err
    assert store.do("fix-orchestration", "--interactive").out == "✅ Orchestration context is valid\n"
    store.file("slip").write_text("title: Slip\nstatus: Completed\n", encoding="utf-8")
    told = store.do("fix-orchestration", "--interactive").out
    assert ".tasks/slip.yaml" in told
    assert "✅ Orchestration context is valid" in told
    assert store.doc("slip")["status"] == "completed"
    store.file("gone").write_text("title: Gone\ndepends_on: [nowhere]\n", encoding="utf-8")
    ran = store.do("fix-orchestration", "--interactive", code=1)
    assert "Violations Found: 1" in ran.err
    assert "nowhere" in ran.err


@pytest.mark.parametrize("named", ["old/.task-orchestrator/tasks.db", "old/.task-orchestrator", "old", "old/my.db"])
def test_the_place_of_the_database_is_that_of_the_store(
    store: Store, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    """TM_DB_PATH names a file or a folder: init makes a store there, and every command finds it from anywhere."""
    place = store.path.parent / "old"
    monkeypatch.setenv("TM_DB_PATH", str(store.path.parent / named))
    monkeypatch.chdir(store.path)
    assert run("init").code == 0
    made = run("add", "Elsewhere").out.strip()
    assert (place / ".tasks" / f"{made}.yaml").is_file()
    assert not store.file(made).exists()
    assert "Elsewhere" in run("list").out
    assert run("agent-register", "zoe").code == 0
    assert (place / ".tasks/.agents/zoe.yaml").is_file()
    assert run("-C", str(store.path), "list").out == "No tasks found\n"
    monkeypatch.setenv("TM_STORE", str(store.path))
    assert run("list").out == "No tasks found\n"
    monkeypatch.delenv("TM_STORE")
    config = place / ".tasks/config.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "compat: task-orchestrator\n", encoding="utf-8")
    monkeypatch.delenv("TM_COMPAT")
    assert f"[{made}] Elsewhere - pending" in run("list").out


def test_config_refuses_and_passes(store: Store) -> None:
    """An unknown feature is refused; what is no switch of old is the command of now."""
    assert "Unknown feature: feedbak" in store.do("config", "--enable", "feedbak", code=1).err
    assert "Usage" in store.do("config", "--enable", code=1).err
    assert "config" in store.do("config", "--help").out
    store.do("config")


def test_migrations_are_none(store: Store) -> None:
    """There is one format: nothing is pending, nothing would change, and no backup of a database is there."""
    told = store.do("migrate", "--status").out
    assert "Applied" in told
    assert "migration is pending" in told
    ran = store.do("migrate", "--apply")
    assert (ran.out, ran.err) == ("", "No pending migrations: already up to date\n")
    assert "would" in store.do("migrate", "--dry-run").out
    assert "No backups" in store.do("migrate", "--rollback", code=1).err
    assert "Usage" in store.do("migrate", code=1).err
    assert "Usage: tm migrate" in store.do("migrate", "--help").out


def test_metrics_of_now_are_there_too(store: Store) -> None:
    """Without --feedback they are those of `tm`, as is the report of 30 days."""
    assert store.do("metrics", "--period", "week").out.startswith("period: week")
    assert "completion rate" in store.do("report", "--assessment").out


def test_without_a_store_nothing_is_listed(store: Store, tmp_path: Path) -> None:
    """That there is no store is no empty list."""
    ran = store.tm("list", code=1, cwd=tmp_path)
    assert "tm init" in ran.err
    assert ran.out == ""


def test_enforcement_is_a_level_of_the_policies(store: Store) -> None:
    """The level is set and told as it was; what it enforces are the store's policies, and no script is asked."""
    assert store.do("config", "--show-enforcement").out == (
        "Enforcement Level: standard\nCurrently Active: Yes\nAuto-Detection: Enabled\n✅ Orchestration Context: Valid\n"
    )
    store.do("config", "set", "policies.criteria", "{need: met}")
    one = store.add("x", "--criteria", '[{"criterion": "y"}]')
    assert "criteria not met" in store.do("complete", one, code=1).err
    assert store.do("config", "--enforcement-level", "advisory").out == "✅ Enforcement level set to: advisory\n"
    store.do("complete", one)
    assert "Currently Active: No" in store.do("config", "--show-enforcement").out
    assert store.do("validate-orchestration").out == "✅ Orchestration context is valid\n"
    assert store.do("config", "--enforce-usage", "true").out == "✅ Enforcement enabled\n"
    assert "❌ Violations Found: 1" in store.do("config", "--show-enforcement").out
    assert "❌ Violations Found: 1" in store.do("validate-orchestration", code=1).err
    assert store.do("config", "--enforce-orchestration", "false").out == "✅ Enforcement disabled\n"
    said = store.do("config", "--enforcement-level", "loud", code=1).err
    assert "Invalid level - use: strict, standard, or advisory" in said
    assert "Usage" in store.do("config", "--enforcement-level", code=1).err
