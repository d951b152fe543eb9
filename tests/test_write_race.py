"""A commit of the user's in the very moment of a write: neither side loses a word."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.git import commit as commits
from tmfiles.workspace import Workspace, edit
from tmfiles.workspace.write import Order, Outcome, write


def started(repo: GitRepo) -> Store:
    """Make a store with one task, `one`, edited by hand, beside a file of code that is edited too."""
    repo.commit(files={"code.py": "1\n"})
    store = Store(repo)
    store.do("add", "Task one", "--id", "one")
    with store.file("one").open("a", encoding="utf-8") as file:
        file.write("\nassignee: li\n")
    repo.write("code.py", "2\n")
    return store


def raced(store: Store, owner: object, step: str, act: Callable[[], object]) -> Outcome:
    """Write, with something done once just before a step."""
    real = getattr(owner, step)
    acts = [act]

    def first(*args: object) -> object:
        if acts:
            acts.pop()()
        return real(*args)

    workspace = Workspace.find(str(store.path))
    edits = [edit.change("one", {"priority": "high"}), edit.make("two", {"title": "Task two"})]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, step, first)
        outcome = write(workspace, Order("update"), lambda _view: edits)
    workspace.close()
    return outcome


def test_a_commit_of_other_files(repo: GitRepo) -> None:
    """Our commit, and that of the hand edit before it, are made anew on top of the user's."""
    store = started(repo)
    act = lambda: repo.git("commit", "--quiet", "--only", "--message", "code", "code.py")  # noqa: E731
    outcome = raced(store, commits, "publish", act)
    assert store.subjects()[:3] == ["tm: update one Task one", "tm: edit one Task one (by hand)", "code"]
    assert outcome.notes == ("committed first what was edited by hand: one",)
    assert repo.git("show", "HEAD:code.py") == "2"
    assert store.status() == ""
    store.assert_sound()


def test_a_commit_that_takes_ours_along(repo: GitRepo) -> None:
    """Where `git commit -a` has taken the files in, it is told, and no second commit is made."""
    store = started(repo)
    outcome = raced(store, commits, "publish", lambda: repo.git("commit", "--quiet", "--all", "--message", "code"))
    assert store.subjects()[0] == "code"
    assert outcome.commit == repo.git("rev-parse", "HEAD")
    assert outcome.notes[-1] == f"a commit made at the same moment took this edit in: {outcome.commit[:10]}"
    assert sorted(store.git("ls-tree", "--name-only", "HEAD", ".tasks/").split()) == sorted(
        f".tasks/{name}" for name in store.files()
    )
    assert store.status() == ""
    store.assert_sound()


def test_a_commit_before_the_files_are_swapped(repo: GitRepo) -> None:
    """A commit that comes while ours is prepared sends us back to the start, with no file touched yet."""
    store = started(repo)
    act = lambda: repo.git("commit", "--quiet", "--all", "--message", "code and task")  # noqa: E731
    raced(store, commits, "prepare", act)
    assert store.subjects()[:2] == ["tm: update one Task one", "code and task"]
    assert "assignee: li" in repo.git("show", "HEAD~1:.tasks/one.yaml")
    assert "priority: high" not in repo.git("show", "HEAD~1:.tasks/one.yaml")
    assert store.status() == ""
    store.assert_sound()


def test_an_index_read_too_early(repo: GitRepo) -> None:
    """A `git commit` that read the index before ours was in it cannot take our change back: HEAD has moved."""
    store = started(repo)
    repo.git("add", "code.py")
    hook = repo.write(".git/hooks/prepare-commit-msg", "#!/bin/sh\ntouch .git/waits; sleep 1\n")
    hook.chmod(0o755)
    user: list[str] = []

    thread = threading.Thread(target=lambda: user.append(repo.git("commit", "--message", "code", check=False)))
    thread.start()
    while not (repo.path / ".git" / "waits").exists():
        time.sleep(0.01)
    store.do("update", "one", "--priority", "high")
    thread.join()
    hook.unlink()
    assert store.doc("one")["priority"] == "high"
    assert "code" not in store.subjects()
    assert store.status() == "M  code.py"
    repo.git("commit", "--quiet", "--message", "code")
    assert "priority: high" in repo.git("show", "HEAD:.tasks/one.yaml")
    assert store.status() == ""
