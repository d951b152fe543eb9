"""The project's hooks: not run for an edit by default, and run whole when the settings say so."""

from __future__ import annotations

import sys
import time

import pytest
from conftest import GitRepo
from test_write_record import kill_at
from writing import Store

from tmfiles.workspace import edit

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="hooks are shell scripts")

HOOKS = ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "reference-transaction", "post-index-change")


def hooked(repo: GitRepo, *, run: bool) -> Store:
    """Make a store with one task and with every hook, each of which writes its name to a list."""
    store = Store(repo)
    store.do("add", "Task one", "--id", "one")
    if run:
        (store.path / ".tasks" / "config.yaml").write_text("version: 1\nrun_hooks: true\n")
        repo.commit("run hooks")
    for name in HOOKS:
        install(repo, name, f'echo {name} >> "{repo.path}/.git/ran"')
    return store


def install(repo: GitRepo, name: str, script: str) -> None:
    """Put a hook in place."""
    hook = repo.write(f".git/hooks/{name}", f"#!/bin/sh\n{script}\n")
    hook.chmod(0o755)


def ran(repo: GitRepo) -> list[str]:
    """Give which hooks ran."""
    path = repo.path / ".git" / "ran"
    return sorted(set(path.read_text().split())) if path.exists() else []


def test_no_hook_by_default(repo: GitRepo) -> None:
    """No hook runs for add, update, delete and undo, not even the one for refs."""
    store = hooked(repo, run=False)
    task = store.add("Another")
    store.do("update", "one", "--priority", "high")
    store.do("delete", task)
    store.do("undo")
    assert ran(repo) == []


def test_hooks_run_when_asked_for(repo: GitRepo) -> None:
    """With run_hooks the commit goes through git commit: hooks run, other staged work stays, one commit an edit."""
    store = hooked(repo, run=True)
    repo.write("code.py", "1\n")
    repo.git("add", "code.py")
    count = store.commits()
    store.do("update", "one", "--priority", "high")
    task = store.add("Another")
    assert {"pre-commit", "commit-msg", "post-commit"} <= set(ran(repo))
    assert store.commits() == count + 2
    assert store.subjects()[0] == f"tm: add {task} Another"
    assert store.status() == "A  code.py"
    store.do("undo")
    assert not store.file(task).exists()
    assert store.status() == "A  code.py"


def test_hand_edits_first_with_hooks(repo: GitRepo) -> None:
    """A hand edit is committed on its own also where hooks run."""
    store = hooked(repo, run=True)
    with store.file("one").open("a", encoding="utf-8") as file:
        file.write("\nassignee: li\n")
    store.do("update", "one", "--priority", "high")
    assert store.subjects()[:2] == ["tm: update one Task one", "tm: edit one Task one (by hand)"]
    assert store.status() == ""


@pytest.mark.parametrize("hook", ["pre-commit", "commit-msg"])
def test_a_failing_hook_refuses(repo: GitRepo, hook: str) -> None:
    """A hook that fails refuses the edit with its own words, and the files are put back."""
    store = hooked(repo, run=True)
    install(repo, hook, 'echo "not on a Friday" >&2; exit 1')
    before, count = store.files(), store.commits()
    for args in (["update", "one", "--priority", "high"], ["add", "New"], ["delete", "one"]):
        told = store.do(*args, code=7).err
        assert "not on a Friday" in told
        assert store.files() == before
        assert store.status() == ""
    assert store.commits() == count
    assert store.leftovers() == []


def test_hooks_and_a_merge(repo: GitRepo) -> None:
    """During a merge git cannot commit single files with hooks: refused, nothing changed."""
    store = hooked(repo, run=True)
    repo.git("switch", "--quiet", "--create", "side")
    repo.commit("side", {"code.py": "side\n"})
    repo.git("switch", "--quiet", "main")
    repo.commit("main", {"code.py": "main\n"})
    repo.git("merge", "side", check=False)
    before = store.files()
    assert "merge" in store.do("update", "one", "--priority", "high", code=7).err
    assert store.files() == before


@pytest.mark.parametrize("signal", ["INT", "TERM", "KILL"])
def test_a_hook_after_the_commit_ends_git(repo: GitRepo, signal: str) -> None:
    """When git dies under a hook that runs after the commit, the commit stands: the edit is done, and told so."""
    store = hooked(repo, run=True)
    install(repo, "post-commit", f"kill -{signal} $PPID")
    count = store.commits()
    store.do("update", "one", "--priority", "high")
    store.do("add", "New", "--id", "new")
    store.do("delete", "new")
    assert store.commits() == count + 3
    assert store.doc("one")["priority"] == "high"
    assert store.status() == ""
    store.assert_sound()


def test_a_hook_that_formats(repo: GitRepo) -> None:
    """What a hook makes of the file is what commit, index and disk hold, and what the next read shows."""
    store = hooked(repo, run=True)
    script = "for f in $(git diff --cached --name-only --diff-filter=d); do echo '# formatted' >> $f; git add $f; done"
    install(repo, "pre-commit", script)
    store.do("update", "one", "--priority", "high")
    assert store.file("one").read_text().endswith("# formatted\n")
    assert store.status() == ""
    task = store.add("New")
    assert store.status() == ""
    assert repo.git("show", f"HEAD:.tasks/{task}.yaml").endswith("# formatted")
    store.do("update", task, "--priority", "high")
    assert "(by hand)" not in " ".join(store.subjects())


@pytest.mark.parametrize("at", ["refresh_index", "publish"])
def test_killed_before_the_hand_edit_is_committed(repo: GitRepo, at: str) -> None:
    """A kill between index and branch leaves a record: the next command commits the hand edit and says so."""
    store = hooked(repo, run=True)
    with store.file("one").open("a", encoding="utf-8") as file:
        file.write("\nassignee: li\n")
    kill_at(store, at, [edit.change("one", {"priority": "high"})])
    assert "finished an interrupted tm edit one" in store.do("update", "two", "--tag", "x", code=1).err
    assert store.subjects()[0] == "tm: edit one Task one (by hand)"
    assert store.status() == ""
    assert store.doc("one").get("priority") != "high"


@pytest.mark.parametrize("then", [0, 1])
def test_killed_while_a_hook_runs(repo: GitRepo, then: int) -> None:
    """When tm is killed under a hook, what `git commit` does after that decides what the next command mends."""
    store = hooked(repo, run=True)
    install(repo, "pre-commit", f"kill -9 $(ps -o ppid= -p $PPID); exit {then}")
    count = store.commits()
    assert store.tm("add", "New", "--id", "new", code=None).code == -9
    install(repo, "pre-commit", "exit 0")
    lock = store.path / ".git" / "index.lock"
    while lock.exists() or (then == 0 and store.commits() == count):
        time.sleep(0.02)
    told = store.do("update", "one", "--priority", "high").err
    assert told.startswith(f"tm: {'took back' if then else 'finished'} an interrupted tm add new\n")
    assert store.commits() == count + 2 - then
    assert store.status() == ""
    store.assert_sound()
