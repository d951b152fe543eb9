"""`tm doctor`: what is unhealthy is named, with what to type; it changes nothing but what --fix may."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import writing
from conftest import GitRepo
from writing import Store

from tmfiles.actions import doctor
from tmfiles.lock import Lock
from tmfiles.workspace import Workspace


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a `tm` that is the first on PATH."""
    tm = writing.program(tmp_path)
    monkeypatch.setenv("PATH", f"{tm.parent}{os.pathsep}{os.environ['PATH']}")
    return tm


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a healthy store: a task, hooks and all."""
    made = Store(repo)
    made.add("One", "--id", "one")
    made.do("hooks", "install")
    return made


def findings(store: Store, *words: str, code: int = 0) -> dict[str, tuple[str, str, str]]:
    """Give state, words and hint of everything that is not ok, by name."""
    data = json.loads(store.do("doctor", *words, "--json", code=code).out)["data"]
    return {one["name"]: (one["state"], one["said"], one["hint"]) for one in data["findings"] if one["state"] != "ok"}


def test_a_healthy_store(store: Store) -> None:
    """Everything is ok, a line a thing, and nothing was changed, in the clone either."""
    config, files = (store.path / ".git/config").read_bytes(), store.files()
    ran = store.do("doctor")
    assert ran.err == "no problems\n"
    assert {line.split()[0] for line in ran.out.splitlines()} == {"ok"}
    names = [
        "cache",
        "git",
        "repository",
        "work trees",
        "identity",
        "mode",
        "store",
        "settings",
        "tasks",
        "edits",
        "merging",
    ]
    assert [line[9:].split("  ")[0] for line in ran.out.splitlines()] == [*names, "hooks", "objects"]
    assert ((store.path / ".git/config").read_bytes(), store.files()) == (config, files)
    assert store.status() == ""


def test_files_that_are_gone(store: Store) -> None:
    """Task files that Git has and the work tree has not are a damaged store, and come back by what is typed."""
    (store.path / ".tasks/one.yaml").unlink()
    state, said, hint = findings(store, code=1)["store"]
    assert (state, said) == ("problem", "1 file gone that Git has: one.yaml")
    assert "tm restore --all" in hint
    findings(store, "--fix", code=1)
    assert not (store.path / ".tasks/one.yaml").exists()
    store.do("restore", "--all")
    assert findings(store) == {}
    store.do("delete", "one")
    assert findings(store) == {}


def test_a_damaged_cache(store: Store) -> None:
    """It is told before the next reading begins it anew, and --fix does so too."""
    path = store.private / "index.sqlite"
    path.write_bytes(b"no database at all, but long enough to be one" * 100)
    assert findings(store)["cache"][0] == "warning"
    assert findings(store) == {}
    path.write_bytes(b"garbage")
    assert "the cache was begun anew" in store.do("doctor", "--fix").err
    path.unlink()
    assert findings(store) == {}


def test_broken_tasks_and_settings(store: Store) -> None:
    """Errors are problems, with the command that shows them."""
    store.repo.write(".tasks/two.yaml", "title: [\n")
    store.repo.write(".tasks/config.yaml", "version: 1\ncommit: never\n")
    found = findings(store, code=1)
    assert found["tasks"] == ("problem", "1 error", "tm check")
    assert found["settings"][0] == "problem"
    assert "commit 'never' is not one of" in found["settings"][1]


def test_merge_driver_and_hooks(store: Store) -> None:
    """A clone that lacks them is told; --fix sets the driver and renews the hooks that are in, and no other."""
    store.git("config", "--unset", "merge.tm.driver")
    hook = store.path / ".git/hooks/pre-commit"
    new = hook.read_bytes()
    hook.write_bytes(new.replace(b"--staged", b""))
    (store.path / ".git/hooks/post-merge").unlink()
    assert {name: one[0] for name, one in findings(store).items()} == {"merging": "warning", "hooks": "warning"}
    told = store.do("doctor", "--fix")
    assert "merge.tm is set" in told.err
    assert hook.read_bytes() == new
    assert findings(store) == {"hooks": ("warning", "missing: post-merge", "tm hooks install")}
    store.do("hooks", "uninstall")
    assert findings(store)["hooks"][0] == "note"


def test_what_git_passes_over(store: Store, tmp_path: Path) -> None:
    """A hook that is not executable, hooks elsewhere, another's merge driver: each with what helps."""
    hook = store.path / ".git/hooks/pre-commit"
    hook.chmod(0o644)
    assert findings(store)["hooks"] == (
        "warning",
        "not executable, so Git passes over: pre-commit",
        "tm hooks install",
    )
    assert store.do("hooks", "install").out == f"put in: {hook}\n"
    assert findings(store) == {}
    store.git("config", "core.hooksPath", str(tmp_path / "elsewhere"))
    state, said, hint = findings(store)["hooks"]
    assert (state, "outside it" in said) == ("note", True)
    assert hint == "add to its pre-commit yourself: tm check --staged --quiet || exit 1"
    store.git("config", "core.hooksPath", os.devnull)
    assert findings(store)["hooks"][2] == "git config --show-origin core.hooksPath"
    store.git("config", "merge.tm.driver", "theirs %O")
    assert "git config --show-origin merge.tm.driver" in findings(store)["merging"][2]


def test_who_writes_and_what_was_typed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that is held, and a text of an editor that was not saved, with the command that goes on with it."""
    with Lock(str(store.private / "lock"), "tm add", 0):
        assert findings(store) == {
            "lock": (
                "note",
                f"the store is locked by process {os.getpid()} (tm add): other edits wait",
                "wait for it to finish",
            )
        }
    monkeypatch.setenv("TM_EDITOR", "echo 'titel: [' >")
    store.do("edit", "one", code=1)
    kept = store.private / "edit/one.yaml"
    assert findings(store) == {"text": ("note", f"typed and not saved: {kept}", "tm edit --resume one")}
    monkeypatch.setenv("TM_EDITOR", "echo 'title: Mended' >")
    store.do(*findings(store)["text"][2].split()[1:])
    assert findings(store) == {}


def test_the_repository(store: Store, tmp_path: Path) -> None:
    """A detached HEAD, a work tree that is gone and one that is a copy, a shallow clone, no identity."""
    store.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    shutil.copytree(tmp_path / "side", tmp_path / "copy")
    copy = findings(Store(GitRepo(tmp_path / "copy"), init=False), code=1)
    original = tmp_path / "side"
    assert copy["repository"][::2] == ("problem", f"work in {original}, or make another: git worktree add")
    shutil.rmtree(tmp_path / "side")
    store.git("checkout", "--quiet", "--detach")
    found = findings(store)
    assert found["work trees"][::2] == ("note", "git worktree prune")
    assert found["repository"][1] == "HEAD is detached: edits are refused until that is over"
    store.git("config", "--global", "--unset", "user.name")
    store.git("clone", "--quiet", "--depth", "1", f"file://{store.path}", str(tmp_path / "shallow"))
    found = findings(Store(GitRepo(tmp_path / "shallow"), init=False))
    assert {"identity", "history", "merging", "hooks"} <= found.keys()


def test_an_edit_that_was_cut_short(store: Store) -> None:
    """The record of a killed write is told, and the next write mends it."""
    record = '{"version": 1, "what": "complete one", "commit": "", "parent": "", "branch": "", "files": []}'
    (store.private / "pending").write_text(record, encoding="ascii")
    assert findings(store)["edits"][:2] == ("warning", "complete one was cut short")
    store.add("Two")
    assert findings(store) == {}


def test_no_repository(tmp_path: Path) -> None:
    """A store that is only files is told so, and read all the same."""
    (tmp_path / "plain/.tasks").mkdir(parents=True)
    workspace = Workspace.find(str(tmp_path / "plain"))
    found = {one.name: one.state for one in doctor.examine(workspace)}
    workspace.close()
    assert found["repository"] == "problem"
    assert found["tasks"] == "ok"
