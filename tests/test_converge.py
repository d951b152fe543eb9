"""Clones that edit, delete, add, reopen and meet in any order end with the same tasks, and lose no word."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from conftest import GitRepo
from syncing import Clone, assert_equal, edit, meet, mend, team
from writing import Store

SEEDS = int(os.environ.get("TM_TEST_SEEDS", "1"))


class Plain(Clone):
    """A clone of a project whose owner only knows git, and `tm resolve`."""

    def __init__(self, path: Path, origin: Path) -> None:
        subprocess.run(["git", "clone", "--quiet", str(origin), str(path)], check=True)
        super().__init__(path)
        self.do("init")

    def meet(self) -> None:
        """Fetch, merge, settle with `tm resolve`, push."""
        self.git("fetch", "--quiet", "origin")
        self.git("merge", "--quiet", "--no-edit", "origin/main", check=False)
        told = json.loads(self.do("resolve", "--json", code=None).out)["data"]
        assert (told["left"], told["others"], self.git("ls-files", "--unmerged")) == ([], [], "")
        if (self.path / ".git/MERGE_HEAD").exists():
            self.git("commit", "--quiet", "--no-edit")
        mend(self, told["troubles"])
        self.git("push", "--quiet", "origin", "HEAD:main")


def plain(folder: Path, names: str) -> list[Plain]:
    """Make a project with five tasks, and a clone for each name."""
    repo = GitRepo(folder / "first")
    repo.path.mkdir()
    repo.git("init", "--quiet")
    first = Store(repo)
    for number in range(5):
        first.add(f"Task {number}", "--id", f"task-{number}")
    subprocess.run(["git", "clone", "--quiet", "--bare", str(repo.path), str(folder / "origin.git")], check=True)
    return [Plain(folder / name, folder / "origin.git") for name in names.split()]


def wander(clones: Sequence[Clone], chance: random.Random, steps: int, meeting: Callable[..., None]) -> None:
    """Edit and meet at random, then let all meet, and find all trees equal and every written word."""
    said = []
    for number in range(steps):
        clone = chance.choice(clones)
        said.append(edit(clone, chance, number))
        if chance.random() < 0.3:
            meeting(clone)
    for _ in range(3):
        for clone in chance.sample(clones, len(clones)):
            meeting(clone)
    for clone in clones:  # what the last ones had to mend
        meeting(clone)
    assert_equal(clones)
    text = clones[0].git("log", "-p", "--format=", "-m")
    assert len([words for words in said if words]) > steps // 5
    assert [words for words in said if words not in text] == []


@pytest.mark.slow
@pytest.mark.parametrize("names", ["ann ben cem", "ann ben cem dan eva"])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_clones_that_sync(tmp_path: Path, names: str, seed: int) -> None:
    """By `tm sync`, where the repository holds nothing but the store."""
    wander(team(tmp_path, names, tasks=5), random.Random(seed), 10 * len(names.split()), meet)


@pytest.mark.slow
@pytest.mark.parametrize("names", ["ann ben cem", "ann ben cem dan eva"])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_clones_that_merge_with_git(tmp_path: Path, names: str, seed: int) -> None:
    """By `git merge`, `tm resolve` and `git push`, in a project."""
    wander(plain(tmp_path, names), random.Random(seed), 10 * len(names.split()), Plain.meet)
