"""Many writers at once, and a user's own git beside them: all succeed, nothing is lost."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store, command, environment

from tmfiles.workspace import Workspace

WRITERS = 20


def together(store: Store, commands: list[list[str]]) -> float:
    """Run commands at the same time; all must succeed. Give the seconds from first start to last end."""
    begun = time.monotonic()
    children = [
        subprocess.Popen(
            command(*args), cwd=store.path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for args in commands
    ]
    outputs = [child.communicate()[0].decode() for child in children]
    assert [output for child, output in zip(children, outputs, strict=True) if child.returncode] == []
    return time.monotonic() - begun


def rows(store: Store) -> list[tuple[str, str, dict[str, Any], tuple[str, str, str, str]]]:
    """Give what the index says of every task."""
    workspace = Workspace.find(str(store.path))
    try:
        view = workspace.read()
        return [(task.id, task.path, task.doc, view.change(task.id)) for task in view.tasks()]
    finally:
        workspace.close()


def assert_index_agrees(store: Store) -> None:
    """The index holds what a full read makes of files and history."""
    kept = rows(store)
    for path in store.private.glob("index*"):
        path.unlink()
    assert kept == rows(store)


@pytest.mark.slow
def test_twenty_tasks_added_at_once(repo: GitRepo) -> None:
    """Twenty processes that each add a task make twenty tasks and twenty commits."""
    store = Store(repo)
    before = store.commits()
    took = together(store, [["add", f"Task {n}"] for n in range(WRITERS)])
    print(f"{WRITERS} adds at once: {took:.2f} s")
    assert sorted(str(doc["title"]) for _, _, doc, _ in rows(store)) == sorted(f"Task {n}" for n in range(WRITERS))
    assert store.commits() == before + WRITERS
    assert_index_agrees(store)
    assert store.status() == ""
    store.assert_sound()


@pytest.mark.slow
def test_twenty_edits_of_one_task_at_once(repo: GitRepo) -> None:
    """Twenty processes that edit one task, other fields or the same list, all find their words in it."""
    store = Store(repo)
    task = store.add("Busy")
    others = [store.add(f"Other {n}") for n in range(3)]
    before = store.commits()
    edits = [
        *(["update", task, "--tag", f"tag{n}"] for n in range(6)),
        *(["update", task, "-d", f"paragraph {n}"] for n in range(4)),
        *(["dep", "add", task, other] for other in others),
        ["update", task, "--due", "2026-12-01"],
        ["update", task, "--priority", "high"],
        ["assign", task, "li"],
        ["update", task, "--estimate", "3h"],
        ["update", task, "--file", "src/a.py"],
        ["update", task, "--link", "https://example.org"],
        ["update", task, "--title", "Very busy"],
    ]
    assert len(edits) == WRITERS
    took = together(store, edits)
    print(f"{WRITERS} edits of one task at once: {took:.2f} s")
    doc = store.doc(task)
    assert sorted(doc["tags"]) == [f"tag{n}" for n in range(6)]
    assert sorted(doc["depends_on"]) == sorted(others)
    assert all(f"paragraph {n}" in str(doc["description"]) for n in range(4))
    wanted = {"due": "2026-12-01", "priority": "high", "assignee": "li", "estimate": "3h", "title": "Very busy"}
    assert wanted.items() <= doc.items()
    assert (doc["files"], doc["links"]) == (["src/a.py"], ["https://example.org"])
    assert store.commits() == before + WRITERS
    assert_index_agrees(store)
    assert store.status() == ""
    store.assert_sound()


@pytest.mark.slow
def test_the_user_commits_code_all_the_while(repo: GitRepo) -> None:
    """Two writers and a loop of `git commit -am` on code: every edit and every commit of the user's is there."""
    repo.commit(files={"code.py": "0\n"})
    store = Store(repo)
    task = store.add("Busy")
    done, made = threading.Event(), []

    def commit() -> None:
        n = 0
        while not done.is_set():
            n += 1
            repo.write("code.py", f"{n}\n")
            # Git gives up at once where the index or HEAD is just taken: then its user repeats the command.
            before = repo.git("rev-parse", "HEAD")
            ran = subprocess.run(
                ["git", "commit", "-qam", f"code {n}"], cwd=repo.path, capture_output=True, check=False
            )
            if not ran.returncode:
                made.append(n)
            assert before
            time.sleep(0.02)

    user = threading.Thread(target=commit)
    user.start()
    try:
        for n in range(8):
            together(store, [["update", task, "--tag", f"t{n}"], ["add", f"New {n}"]])
    finally:
        done.set()
        user.join()
    assert sorted(store.doc(task)["tags"]) == sorted(f"t{n}" for n in range(8))
    titles = {str(doc["title"]) for _, _, doc, _ in rows(store)}
    assert titles == {"Busy", *(f"New {n}" for n in range(8))}
    subjects = store.subjects()
    assert [subject for subject in reversed(subjects) if subject.startswith("code ")] == [f"code {n}" for n in made]
    print(f"{len(made)} commits of the user's among {len(subjects)}")
    repo.git("commit", "-qam", "what the user had to repeat", check=False)
    assert store.status() == ""
    held = repo.git("ls-tree", "-r", "--name-only", "HEAD", ".tasks").splitlines()
    assert len([path for path in held if path.endswith(".yaml")]) == 2 + 8
    assert_index_agrees(store)
    store.assert_sound()


def test_waiting_for_the_lock_has_a_limit(repo: GitRepo) -> None:
    """A command that waits in vain ends with exit 6 and changes nothing."""
    from tmfiles.lock import Lock

    store = Store(repo)
    before = store.files()
    with Lock(str(store.private / "lock"), "tm import", 1):
        ran = store.tm("add", "Late", code=6, env={"TM_LOCK_TIMEOUT": "0.2"})
        assert f"process {os.getpid()} (tm import)" in ran.err
        assert store.do("list").code == 0
    assert store.files() == before
