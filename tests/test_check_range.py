"""`tm check --range A..B`: each commit of a branch judged by what it broke, and ids that are used again."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest
from conftest import GitRepo
from test_check_staged import _mutated, _same
from writing import Store

from tmfiles.check import check
from tmfiles.check.ranges import ranged
from tmfiles.errors import Problem
from tmfiles.workspace import Workspace

ONE, TWO = ".tasks/one.yaml", ".tasks/two.yaml"


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store with one task, committed and tagged."""
    made = Store(repo)
    repo.commit("one", {ONE: "title: One\n"})
    repo.git("tag", "start")
    return made


def told(store: Store, span: str = "start..HEAD", code: int = 1) -> list[str]:
    """Give subject, file and rule of each problem, commit by commit."""
    data = json.loads(store.do("check", "--range", span, "--json", code=code).out)["data"]
    return [
        f"{store.git('log', '-1', '--format=%s', one['commit'])}: {Path(one['path']).stem} {one['rule']}"
        for one in data["problems"]
    ]


def test_each_commit_is_judged(store: Store) -> None:
    """What one commit breaks and a later one mends is told all the same, at the commit that broke it."""
    store.repo.commit("break", {TWO: "title: Two\ndue: soon\ndepends_on: [gone]\n"})
    store.repo.commit("code", {"code.py": "pass\n"})
    store.repo.commit("mend", {TWO: "title: Two\ndepends_on: [one]\n"})
    store.repo.commit("turn", {ONE: "title: One\ndepends_on: [two]\n"})
    assert told(store) == ["break: two date", "turn: one cycle"]
    ran = store.do("check", "--range", "start..", code=1)
    names = store.git("log", "--format=%h", "--abbrev=10", "--reverse", "start..").split()
    assert ran.out == (
        f"{names[0]} break\n"
        f"  {TWO}:2:1: due 'soon' is not a date; write 2026-12-01, or 2026-12-01T17:00:00Z with the zone (date)\n"
        f"{names[3]} turn\n"
        f"  {ONE}:2:14: tasks wait for each other: one → two → one (cycle)\n"
    )
    assert ran.err == "3 commits judged: 2 errors, 0 warnings\n"
    assert told(store, "HEAD~1..HEAD") == ["turn: one cycle"]
    assert told(store, "HEAD~2..HEAD~1", 0) == []
    assert told(store, "HEAD") == ["break: two date", "turn: one cycle"]


def test_a_merge_answers_for_what_neither_side_had(store: Store) -> None:
    """Two sound sides make a cycle: the merge is named. What a side brought is its own commit's."""
    store.repo.commit("two", {TWO: "title: Two\n"})
    store.git("switch", "--quiet", "-c", "side")
    store.repo.commit("one waits", {ONE: "title: One\ndepends_on: [two]\n"})
    store.git("switch", "--quiet", "main")
    store.repo.commit("two waits", {TWO: "title: Two\ndepends_on: [one]\n", ".tasks/bad.yaml": "title: [\n"})
    store.git("merge", "--quiet", "--no-edit", "side")
    assert told(store) == ["two waits: bad yaml", "Merge branch 'side': one cycle"]


def test_steps_are_judged_commit_by_commit(store: Store) -> None:
    """Two steps that are allowed pass where the one they add up to would not."""
    allowed = "{pending: [in_progress], in_progress: [completed]}"
    settings = f"version: 1\npolicies:\n  transitions: {{allowed: {allowed}}}\n"
    store.repo.commit("settings", {".tasks/config.yaml": settings})
    store.repo.commit("start", {ONE: "title: One\nstatus: in_progress\n"})
    store.repo.commit("complete", {ONE: "title: One\nstatus: completed\n"})
    assert told(store, code=0) == []
    store.repo.commit("back", {ONE: "title: One\nstatus: pending\n"})
    assert told(store, code=0) == []
    store.repo.commit("jump", {ONE: "title: One\nstatus: completed\n"})
    assert told(store) == ["jump: one policy-transition"]


def test_an_id_that_was_used_before(store: Store) -> None:
    """Another task under the name of a deleted one is told by all three checks; the same one may come back."""
    store.git("rm", "--quiet", ONE)
    store.repo.commit("delete")
    store.repo.write(ONE, "title: Something else\n")
    assert "was another task's, 'One', which" in store.do("check", code=1).out
    store.git("add", ".")
    ran = store.do("check", "--staged", code=1)
    assert ran.out.endswith(": give the file another name (used-id)\n")
    store.repo.commit("use again")
    assert told(store) == ["use again: one used-id"]
    store.do("check")
    store.git("revert", "--no-edit", "HEAD", "HEAD~1")
    store.do("check")
    assert told(store, "HEAD~2..", 0) == []
    store.git("mv", ONE, ".tasks/moved.yaml")
    store.git("commit", "--quiet", "-m", "rename")
    (store.path / ".tasks/old").mkdir()
    store.git("mv", ".tasks/moved.yaml", ".tasks/old/moved.yaml")
    store.do("check", "--staged")


@pytest.mark.parametrize("span", ["nowhere..HEAD", "HEAD..nowhere", "...", ".."])
def test_a_range_that_is_none(span: str, store: Store) -> None:
    """A word that names no commit is refused; a range without commits says that it judged none."""
    if span == "..":
        assert store.do("check", "--range", span).err == "0 commits judged: no problems\n"
    else:
        assert "names no commit" in store.do("check", "--range", span, code=2).err


def test_one_question_at_a_time(store: Store) -> None:
    """Ids, the index and a range exclude each other, and so do two formats."""
    store.do("check", "--staged", "--range", "HEAD", code=2)
    store.do("check", "one", "--range", "HEAD", code=2)
    store.do("check", "--staged", "--at", "HEAD", code=2)
    store.do("check", "--json", "--format", "sarif", code=2)
    assert "no format 'xml'" in store.do("check", "--format", "xml", code=2).err


@pytest.mark.parametrize("seed", range(3))
def test_it_says_what_checkouts_say(seed: int, repo: GitRepo, tmp_path: Path) -> None:
    """After any commits and merges, each is judged as checkouts of it and of its parents are."""
    rng = random.Random(seed)
    store = Store(repo)
    start = store.git("rev-parse", "HEAD")
    for step in range(5):
        if step == 2:
            store.git("switch", "--quiet", "-c", "side")
        if step == 4:
            store.git("switch", "--quiet", "main")
        for _ in range(3):
            _mutated(rng, store)
        repo.commit(f"step {step}")
    store.git("merge", "--quiet", "--no-edit", "-X", "ours", "side", check=False)
    repo.commit("merged, one way or the other")
    with_workspace = Workspace.find(str(store.path))
    verdicts = ranged(with_workspace, f"{start}..HEAD")
    with_workspace.close()
    for commit, problems in verdicts:
        after = _checkout(store, tmp_path, commit.id)
        befores = [Counter(map(_same, _checkout(store, tmp_path, parent))) for parent in commit.parents]
        counted = Counter(map(_same, after))
        new = [one for one in after if all(counted[_same(one)] > before[_same(one)] for before in befores)]
        judged = [one for one in problems if one.rule != "used-id"]
        assert sorted(judged) == sorted(one for one in new if one.rule != "used-id"), commit.subject


def _checkout(store: Store, tmp_path: Path, commit: str) -> list[Problem]:
    root = tmp_path / commit
    if not root.exists():
        store.git("worktree", "add", "--quiet", "--detach", str(root), commit)
    workspace = Workspace.find(str(root))
    try:
        return check(workspace)
    finally:
        workspace.close()
