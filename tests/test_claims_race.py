"""Claims raced for: eight processes of one store, eight clones of one remote, and some of them are killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from conftest import GitRepo
from syncing import Clone, Own, assert_equal, meet, team
from writing import Store, environment

pytestmark = pytest.mark.slow

NOON, LATER = "2026-11-22T12:00:00Z", "2026-11-22T14:00:00Z"
TASKS = 50
CLONES_TASKS = int(os.environ.get("TM_TEST_CLAIMS", "10"))

# Claims in one process one after the other, and prints a line of JSON for each: who, the task, the exit code, words.
RACER = """
import contextlib, io, json, random, sys
from tmfiles.cli.boundary import main

name, how, *rest = sys.argv[1:]

def tm(*words):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["--as", name, *words])
    return code, out.getvalue(), err.getvalue()

def tell(name, task, code, words):
    print(json.dumps([name, task, code, words]), flush=True)

if how == "each":
    *more, count = rest
    tasks = [f"task-{number}" for number in range(int(count))]
    random.shuffle(tasks)
    for task in tasks:
        code, out, err = tm("claim", task, *more)
        tell(name, task, code, err)
for number in range(200 if how in ("next", "work") else 0):
    # What one holds comes next again: who only claims is somebody else each time.
    name = sys.argv[1] if how == "work" else f"{sys.argv[1]}-{number}"
    code, out, err = tm("next", "--claim", "--plain", *rest)
    task = out.partition("\\t")[0]
    tell(name if how == "next" and not code else sys.argv[1], task, code, err)
    if code:
        break
    for words in (("start", task), ("complete", task)) if how == "work" else ():
        code, out, err = tm(*words)
        assert not code, err
"""


def racer(store: Store, name: str, *words: str) -> subprocess.Popen[str]:
    """Start a process that claims: `each N` task, or the `next` until there is none; `work` does them too."""
    return subprocess.Popen(
        [sys.executable, "-c", RACER, name, *words],
        cwd=store.path,
        env=environment({"TM_LOCK_TIMEOUT": "120"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class Told(NamedTuple):
    """What one try came to: by whom, for which task, with which exit code and words."""

    name: str
    task: str
    code: int
    words: str


def told(processes: Sequence[subprocess.Popen[str]]) -> list[Told]:
    """Wait for all, and give what they were told; of one that was killed, as far as it came."""
    try:
        ended = [(process, *process.communicate(timeout=400)) for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [err for process, _, err in ended if process.returncode not in (0, -signal.SIGKILL)] == []
    return [Told(*json.loads(line)) for _, out, _ in ended for line in out.splitlines() if line.endswith("]")]


def assert_one_winner_each(found: Sequence[Told], store: Store, count: int) -> None:
    """Of eight who tried for a task one got it, and is in its file; all others got exit code 5 and its name."""
    won = {one.task: one.name for one in found if not one.code}
    assert sorted(won) == ids(count)
    assert {task: store.doc(task)["claim"]["by"] for task in won} == won
    assert Counter(one.code for one in found) == {0: count, 5: count * 7}
    assert [one for one in found if one.code and f"claimed by {won[one.task]} until" not in one.words] == []


def assert_shared_out(found: Sequence[Told], store: Store, count: int) -> None:
    """Each task went to one, and who found none left was told who have them."""
    won = [one for one in found if not one.code]
    assert sorted(one.task for one in won) == ids(count)
    assert all(store.doc(one.task)["claim"]["by"] == one.name for one in won)
    assert [one.code for one in found if one.code] == [5] * 8
    assert all("claimed by others: " in one.words for one in found if one.code)


def ids(count: int) -> list[str]:
    """Give the ids of the tasks, in order."""
    return sorted(f"task-{number}" for number in range(count))


@pytest.fixture
def store(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Give a store with fifty ready tasks, at noon."""
    monkeypatch.setenv("TM_NOW", NOON)
    store = Store(repo)
    repo.commit("tasks", {f".tasks/task-{number}.yaml": f"title: Task {number}\n" for number in range(TASKS)})
    return store


@pytest.fixture
def clones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Own]:
    """Give eight clones of a store with ready tasks, at noon."""
    monkeypatch.setenv("TM_NOW", NOON)
    return team(tmp_path, "a b c d e f g h", tasks=CLONES_TASKS)


NAMES = [f"agent-{number}" for number in range(8)]


def test_eight_processes_claim_each_of_fifty_tasks(store: Store) -> None:
    """Each process tries for each task: one winner a task, and each loser is told who it is."""
    found = told([racer(store, name, "each", str(TASKS)) for name in NAMES])
    assert_one_winner_each(found, store, TASKS)
    store.assert_sound()


def test_eight_processes_share_fifty_tasks_out(store: Store) -> None:
    """By `next --claim` each task goes to one of them."""
    assert_shared_out(told([racer(store, name, "next") for name in NAMES]), store, TASKS)
    store.assert_sound()


def test_eight_clones_claim_each_task(clones: list[Own]) -> None:
    """By `claim --push` one clone gets each task, and each of the others is told which."""
    found = told([racer(clone, clone.name, "each", "--push", str(CLONES_TASKS)) for clone in clones])
    everybody_meets(clones)
    assert_one_winner_each(found, clones[0], CLONES_TASKS)


def test_eight_clones_share_the_tasks_out(clones: list[Own]) -> None:
    """By `next --claim --push` each task goes to one clone."""
    found = told([racer(clone, clone.name, "next", "--push") for clone in clones])
    everybody_meets(clones)
    assert_shared_out(found, clones[0], CLONES_TASKS)


def everybody_meets(clones: Sequence[Clone]) -> None:
    """Let all have all that the others did."""
    for clone in [*clones, *clones, clones[0]]:
        meet(clone)
    assert_equal(clones)


def killed(processes: Sequence[subprocess.Popen[str]], chance: random.Random, span: float) -> int:
    """Kill one in four at random moments; give how many were still at work."""
    count = 0
    for process in chance.sample(processes, len(processes) // 4):
        time.sleep(chance.uniform(0.2, 1.0) * span)  # the moment to strike is the point
        if process.poll() is None:
            process.kill()
            count += 1
    return count


def left(store: Store, count: int) -> dict[str, Any]:
    """Give the claims on tasks that are not done."""
    docs = {f"task-{number}": store.doc(f"task-{number}") for number in range(count)}
    return {task: doc["claim"] for task, doc in docs.items() if doc.get("status") != "completed" and "claim" in doc}


def test_the_killed_hold_no_task_beyond_their_lease(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of eight workers are killed at random: each task is done once, and theirs when their lease is over."""
    chance = random.Random(5)
    workers = [racer(store, name, "work") for name in NAMES]
    assert killed(workers, chance, 4.0)
    found = told(workers)
    dead = [name for name, one in zip(NAMES, workers, strict=True) if one.returncode]
    held = left(store, TASKS)
    assert {claim["by"] for claim in held.values()} <= set(dead)
    assert len(held) <= len(dead)
    for task, claim in held.items():
        assert f"claimed by {claim['by']}" in store.do("--as", "late", "claim", task, code=5).err
    monkeypatch.setenv("TM_NOW", LATER)
    for task in (task for task in held if store.doc(task).get("status") == "in_progress"):
        store.do("--as", "late", "claim", task)
        store.do("--as", "late", "complete", task)
    found += told([racer(store, "late", "work")])
    assert left(store, TASKS) == {}
    done = [line.split()[2] for line in store.subjects() if line.startswith("tm: complete")]
    assert sorted(done) == ids(TASKS)
    won = Counter(one.task for one in found if not one.code)
    assert {task for task, number in won.items() if number > 1} <= held.keys()
    store.assert_sound()


def test_killed_clones_hold_no_task_beyond_their_lease(clones: list[Own], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of eight clones are killed while they claim and push: what they took is anybody's when the lease is over."""
    workers = [racer(clone, clone.name, "next", "--push") for clone in clones]
    assert killed(workers, random.Random(6), 3.0)
    told(workers)
    monkeypatch.setenv("TM_NOW", LATER)
    late = clones[0]
    found = told([racer(late, "late", "next", "--push")])
    assert sorted(one.task for one in found if not one.code) == ids(CLONES_TASKS)
    everybody_meets(clones)
    assert all(late.doc(task)["claim"]["by"].startswith("late") for task in ids(CLONES_TASKS))
