"""The archive: closed tasks out of the way and nothing else changed, found as before, and taken out again."""

from __future__ import annotations

import json
import os
import random
import subprocess
import time

import pytest
from conftest import GitRepo
from each_command import filled
from writing import Store, command, environment


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give the store of each command: `three` is completed, `old` in the archive."""
    return filled(repo)


def listed(store: Store, *words: str) -> list[str]:
    """Give the ids that a list shows."""
    return [row["id"] for row in json.loads(store.do("list", *words, "--json").out)["data"]]


def test_the_file_moves_as_it_is(store: Store) -> None:
    """The file lies under the year of its closing to the byte, and no other file is changed, whoever depends on it."""
    store.do("dep", "add", "one", "three")
    before = store.files()
    year = store.doc("three")["completed_at"][:4]
    store.do("archive", "three")
    data = before.pop("three.yaml")
    assert store.files() == {**before, f"archive/{year}/three.yaml": data}
    assert store.status() == ""
    assert store.do("archive", "three").err.startswith("three is as it was")
    assert json.loads(store.do("log", "three", "--json").out)["data"][0]["tasks"][0]["what"] == "moved"
    store.assert_sound()


def test_it_is_found_as_before(store: Store) -> None:
    """An archived task is shown, searched and depended on; lists have it when asked for all, or for the archive."""
    store.do("dep", "add", "one", "three")
    store.do("archive", "three")
    assert store.do("show", "three").out.startswith("id: three\n")
    assert "three" in store.do("search", "three").out
    assert "three" in store.do("dep", "tree", "one").out
    assert "blocked by two" in store.do("start", "one", code=1).err  # and not by three
    assert set(listed(store, "--all")) == {"one", "two", "three", "old"}
    assert set(listed(store)) == {"one", "two"}
    assert listed(store, "--completed") == []
    assert set(listed(store, "--archived")) == {"three", "old"}
    assert listed(store, "--archived", "--not-status", "completed") == []
    assert "three" not in listed(store, "--all", "--not-archived")
    assert "contradict" in store.do("list", "--archived", "--status", "pending", code=2).err


def test_by_age(store: Store, repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that were closed so long ago go, by the time they say or else by their last commit; --dry-run only tells."""
    repo.write(".tasks/aa.yaml", "title: A\nstatus: completed\ncompleted_at: 2020-02-03\n")
    repo.write(".tasks/bb.yaml", "title: B\nstatus: cancelled\n")
    repo.write(".tasks/cc.yaml", "title: C\nstatus: completed\ncompleted_at: 2999-01-01T00:00:00Z\n")
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, "2021-05-05T00:00:00Z")
    repo.commit("closed tasks")
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.delenv(name)
    before = store.files()
    ran = store.do("archive", "--older-than", "90d", "--dry-run")
    assert ran.out == "aa  .tasks/archive/2020/aa.yaml  A\nbb  .tasks/archive/2021/bb.yaml  B\n"
    assert ran.err == "would archive: 2\n"
    assert store.files() == before
    store.do("archive", "--older-than", "90d")
    moved = {"archive/2020/aa.yaml": before.pop("aa.yaml"), "archive/2021/bb.yaml": before.pop("bb.yaml")}
    assert store.files() == {**before, **moved}
    assert store.do("archive", "--older-than", "90d").err == "no task was closed so long ago\n"


@pytest.mark.parametrize("words", ["reopen old", "update old --status in_progress --title New"])
def test_an_open_task_is_in_no_archive(store: Store, words: str) -> None:
    """A task that is opened again comes out of the archive in the same commit."""
    commits = store.commits()
    store.do(*words.split())
    assert (store.commits(), store.status()) == (commits + 1, "")
    assert store.file("old").exists()
    assert not (store.path / ".tasks/archive").exists()
    assert "old" in listed(store)
    store.assert_sound()


def test_an_open_task_that_was_put_there_stays_in_sight(store: Store, repo: GitRepo) -> None:
    """Work that somebody put under archive/ by hand is listed all the same."""
    repo.write(".tasks/archive/2025/open.yaml", "title: Open\n")
    assert "open" in listed(store)
    assert "open" not in listed(store, "--archived")


def test_unarchive(store: Store) -> None:
    """Tasks come back to where new ones lie, as they are; one that is not in the archive stays where it is."""
    before = store.files()
    store.do("unarchive", "old")
    data = before.pop("archive/2025/old.yaml")
    assert store.files() == {**before, "old.yaml": data}
    assert store.do("unarchive", "old").err.startswith("old is as it was")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("archive", "either by id or by age"),
        ("archive three --older-than 1d", "either by id or by age"),
        ("archive one", "one is blocked"),
        ("archive --older-than soon", "how long ago"),
        ("archive nobody", "no task 'nobody'"),
    ],
)
def test_archive_refuses(store: Store, words: str, told: str) -> None:
    """Open tasks, no tasks and no age are refused, and nothing is moved."""
    before = store.files()
    assert told in store.do(*words.split(), code=None).err
    assert store.files() == before


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_killed_at_any_moment(repo: GitRepo) -> None:
    """An archive, unarchive or restore that is killed is done or not done once the next command has run."""
    store = Store(repo)
    for number in range(12):
        repo.write(f".tasks/t{number:02}.yaml", f"title: T\nstatus: completed\ncompleted_at: 2025-01-{number + 1:02}\n")
    repo.commit("closed tasks")
    ids = [f"t{number:02}" for number in range(12)]
    chance = random.Random(7)
    words = (("archive", *ids), ("unarchive", *ids), ("restore", "--at", "HEAD~1", *ids[:3]))
    for number in range(18):
        child = subprocess.Popen(
            command(*words[number % 3]), cwd=store.path, env=environment(), stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + 20
        while child.poll() is None and not (store.private / "pending").exists() and time.monotonic() < end:
            time.sleep(0.0005)
        time.sleep(chance.uniform(0, 0.03))
        child.kill()
        child.wait()
        store.do("add", f"Next {number}")
        assert store.status() == ""
        names = [path.rpartition("/")[2].removesuffix(".yaml") for path in store.files()]
        assert sorted(name for name in names if name in ids) == ids
        assert store.leftovers() == []
    store.assert_sound()
