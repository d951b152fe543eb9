"""Triggers: when they run and what they are told, how they refuse, and that nothing untrusted ever runs."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store, program

from tmfiles.workspace import triggers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")
TOLD = 'cat >> "$TM_TOLD"\n'


@pytest.fixture
def store(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store, and a file where triggers write what they are told."""
    monkeypatch.setenv("TM_TOLD", str(repo.path.parent / "told"))
    return Store(repo)


def install(store: Store, name: str, text: str, mode: int = 0o755) -> Path:
    """Put a trigger into the clone's own folder."""
    path = store.private / "triggers" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}", encoding="utf-8")
    path.chmod(mode)
    return path


def told(store: Store) -> list[dict[str, Any]]:
    """Give what the triggers were told so far, in order."""
    path = store.path.parent / "told"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def test_each_is_told_what_happens(store: Store) -> None:
    """Every name is called when its event happens, before and after, with the task as it was and will be."""
    for name in triggers.NAMES:
        install(store, name, TOLD)
    store.do("add", "One", "--id", "one")
    store.do("update", "one", "--priority", "high")
    store.do("start", "one")
    store.do("complete", "one", "--summary", "Done")
    store.do("delete", "one")
    found = told(store)
    verbs = ("add", "update", "update", "complete", "delete")
    assert [one["event"] for one in found] == [f"{when}-{verb}" for verb in verbs for when in ("pre", "post")]
    assert [one["op"] for one in found[::2]] == ["add", "update", "start", "complete", "delete"]
    assert all(one.keys() == {"version", "event", "op", "actor", "root", "tasks"} for one in found)
    made, _, changed, *_ = found
    ((task),) = made["tasks"]
    assert (task["id"], task["path"], task["before"], task["after"]["title"]) == ("one", ".tasks/one.yaml", None, "One")
    assert (changed["tasks"][0]["before"]["priority"], changed["tasks"][0]["after"]["priority"]) == ("medium", "high")
    assert found[-1]["tasks"][0]["after"] is None
    assert found[0]["root"] == str(store.path)


def test_a_batch_is_one_call(store: Store) -> None:
    """However many tasks one command changes, each trigger is called once with all of them."""
    for name in ("pre-add", "post-add", "pre-complete"):
        install(store, name, TOLD)
    lines = [{"op": "add", "title": f"Task {n}", "as": f"t{n}"} for n in range(30)]
    lines.append({"op": "complete", "id": "$t0"})
    (store.path / "lines").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    store.do("batch", "lines" if Path.cwd() == store.path else str(store.path / "lines"), "--dry-run")
    assert told(store) == []
    store.do("batch", str(store.path / "lines"))
    assert [(one["event"], len(one["tasks"])) for one in told(store)] == [("pre-add", 30), ("post-add", 30)]


def test_a_refusal_leaves_everything_as_it_was(store: Store) -> None:
    """A pre trigger that fails stops the command in its own words; no byte and no commit has changed."""
    store.add("One", "--id", "one")
    install(store, "pre-complete", 'echo "say what was done" >&2\nprintf "\\033[31mred\\n"\nexit 3\n')
    before, commits = store.files(), store.commits()
    ran = store.do("complete", "one", code=1)
    assert "tm: pre-complete: say what was done\n[31mred\n" in ran.err
    assert "\x1b" not in ran.err
    assert (store.files(), store.commits()) == (before, commits)
    store.do("update", "one", "--status", "completed", code=1)
    store.do("update", "one", "--tag", "x")
    install(store, "pre-complete", "exit 0\n")
    store.do("complete", "one")
    store.assert_sound()


def test_a_failure_afterwards_is_told(store: Store) -> None:
    """What was written stays, and the command succeeds; what a trigger says is passed on."""
    install(store, "pre-add", "echo looks good\n")
    install(store, "post-add", "echo no mail today; exit 1\n")
    ran = store.do("add", "One", "--id", "one")
    assert ran.out == "one\n"
    assert "pre-add: looks good" in ran.err
    assert "post-add: no mail today (the change was made)" in ran.err
    assert json.loads(store.do("add", "Two", "--id", "two", "--json").out)["data"]["tasks"][0]["id"] == "two"


def test_one_that_does_not_end_is_stopped(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time a trigger is ended with what it started, even where that holds its output; nothing is written."""
    monkeypatch.setattr(triggers, "SECONDS", 0.5)
    install(store, "pre-add", 'sleep 600 &\necho $! > "$TM_TOLD"\nsleep 600\n')
    began = time.monotonic()
    assert "did not end within 0.5 seconds" in store.do("add", "One", code=1).err
    assert time.monotonic() - began < 60
    child = int((store.path.parent / "told").read_text(encoding="utf-8"))
    for _ in range(100):
        if not _runs(child):
            break
        time.sleep(0.05)
    assert not _runs(child)
    assert list(store.path.glob(".tasks/*-*.yaml")) == []
    assert store.do("list").out == ""


def _runs(pid: int) -> bool:
    """Tell whether a process is there and is no remains of one."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_a_trigger_may_use_tm(store: Store) -> None:
    """A post trigger writes, which calls no triggers again; a pre trigger reads, and is refused when it writes."""
    tm = program(store.path.parent)
    store.add("One", "--id", "one")
    install(store, "post-update", f'"{tm}" comment one "seen by $TM_TRIGGER"\n')
    store.do("update", "one", "--tag", "x")
    assert [entry["text"] for entry in store.doc("one")["journal"]] == ["seen by post-update"]
    install(store, "pre-update", f'"{tm}" show one > /dev/null && "{tm}" comment one again\n')
    assert "pre-update cannot change the store it judges" in store.do("update", "one", "--tag", "y", code=1).err
    assert store.doc("one")["tags"] == ["x"]
    store.assert_sound()


def test_both_folders_run(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person's own runs first, then the clone's; a file that is not executable is no trigger that one forgets."""
    own = store.path.parent / "settings" / "tm" / "triggers"
    own.mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(own.parents[1]))
    (own / "pre-add").write_text("#!/bin/sh\necho person\n", encoding="utf-8")
    (own / "pre-add").chmod(0o755)
    install(store, "pre-add", "echo clone\n")
    assert store.do("add", "One").err.index("pre-add: person") < store.do("add", "Two").err.index("pre-add: clone")
    listed = [line.split()[:3] for line in store.do("triggers", "list").out.splitlines()]
    assert listed == [["pre-add", "person", "runs"], ["pre-add", "clone", "runs"]]
    (own / "pre-add").chmod(0o644)
    assert "pre-add is not executable" in store.do("add", "Three", code=1).err


def brought(store: Store, text: str) -> Path:
    """Commit a trigger that the repository brings."""
    store.repo.write(".tasks/triggers/pre-add", f"#!/bin/sh\n{text}")
    path = store.path / ".tasks" / "triggers" / "pre-add"
    path.chmod(0o755)
    store.repo.commit("a trigger")
    return path


def test_nothing_of_the_repository_runs_untrusted(store: Store) -> None:
    """What a repository brings runs when it was trusted, and then as it was trusted, however the file changes."""
    ran = store.path.parent / "ran"
    brought(store, f"echo first >> {ran}\n")
    store.do("add", "One")
    assert not ran.exists()
    assert store.do("triggers", "list").out.split()[:3] == ["pre-add", "repository", "untrusted"]
    store.do("triggers", "trust", "pre-add")
    store.do("add", "Two")
    brought(store, f"echo second >> {ran}\n")
    store.do("add", "Three")
    assert ran.read_text(encoding="utf-8") == "first\nfirst\n"
    states = [line.split()[1:3] for line in store.do("triggers", "list").out.splitlines()]
    assert states == [["clone", "runs"], ["repository", "changed"]]
    store.do("triggers", "trust", "pre-add")
    store.do("add", "Four")
    assert ran.read_text(encoding="utf-8").endswith("second\n")
    store.do("triggers", "untrust", "pre-add")
    store.do("add", "Five")
    assert ran.read_text(encoding="utf-8").count("\n") == 3
    store.assert_sound()


def test_what_cannot_be_trusted_is_refused(store: Store) -> None:
    """No other name, no file that is not there, no link, and never over a trigger of the person's own."""
    assert "did you mean 'pre-add'" in store.do("triggers", "trust", "pre-ad", code=2).err
    store.do("triggers", "trust", "pre-add", code=1)
    store.do("triggers", "untrust", "pre-add", code=1)
    own = install(store, "pre-add", "echo mine\n")
    path = brought(store, "echo theirs\n")
    assert "is a trigger of your own" in store.do("triggers", "trust", "pre-add", code=1).err
    store.do("triggers", "untrust", "pre-add", code=1)
    assert "mine" in own.read_text(encoding="utf-8")
    own.unlink()
    path.unlink()
    os.symlink("/bin/true", path)
    store.do("triggers", "trust", "pre-add", code=1)


def test_nothing_installed_costs_a_look(store: Store) -> None:
    """Without a folder of triggers a write looks for two folders, and makes nothing there."""
    store.do("add", "One")
    assert not (store.private / "triggers").exists()
