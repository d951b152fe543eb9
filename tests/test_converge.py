"""Clones that edit, delete, add, reopen and meet through plain git in any order end with the same tasks."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store

WORDS = ("status", "title", "tag", "priority", "comment", "describe", "criterion", "add", "delete", "archive", "depend")


class Clone(Store):
    """One person's clone: edits at random, and meets the others in a bare repository."""

    def __init__(self, path: Path, origin: Path, name: str) -> None:
        subprocess.run(["git", "clone", "--quiet", str(origin), str(path)], check=True)
        super().__init__(GitRepo(path), init=False)
        self.name = name
        self.said: list[str] = []
        self.do("init")

    def edit(self, chance: random.Random, number: int) -> None:
        """Do one thing, whether or not it can be done just now."""
        ids = [one["id"] for one in json.loads(self.do("list", "--all", "--json").out)["data"]]
        one, what = chance.choice(ids), chance.choice(WORDS)
        mark = f"{self.name} {number}"
        verb = chance.choice(("start", "complete", "cancel", "reopen"))
        orders = {
            "status": (verb, one, *(() if verb == "reopen" else ("--force",))),
            "title": ("update", one, "--title", f"Title of {mark}"),
            "tag": ("update", one, "--tag", chance.choice("abcd") * 2),
            "priority": ("update", one, "--priority", chance.choice(("critical", "high", "low"))),
            "comment": ("comment", one, f"Said by {mark}"),
            "describe": ("update", one, "--description", f"Described by {mark}"),
            "criterion": ("criteria", "add", one, f"Asked by {mark}"),
            "add": ("add", f"Made by {mark}"),
            "delete": ("delete", one),
            "depend": ("dep", "add", one, chance.choice(ids)),
        }
        if what == "archive":
            self.move(chance.choice(ids))
            return
        done = self.do("--as", self.name, *orders[what], code=None)
        if done.code == 0 and what in ("comment", "criterion"):
            self.said.append(orders[what][-1])

    def move(self, task_id: str) -> None:
        """Put a closed task's file into the archive, as people and programs do."""
        file = self.file(task_id)
        if file.exists() and self.doc(task_id).get("status") == "completed":
            (self.path / ".tasks/archive/2026").mkdir(parents=True, exist_ok=True)
            self.git("mv", str(file), f".tasks/archive/2026/{task_id}.yaml")
            self.git("commit", "--quiet", "--message", f"archive {task_id}")

    def meet(self) -> None:
        """Fetch, merge, settle with `tm resolve`, push."""
        self.git("fetch", "--quiet", "origin")
        self.git("merge", "--quiet", "--no-edit", "origin/main", check=False)
        told = json.loads(self.do("resolve", "--json", code=None).out)["data"]
        assert (told["left"], told["others"], self.git("ls-files", "--unmerged")) == ([], [], "")
        if (self.path / ".git/MERGE_HEAD").exists():
            self.git("commit", "--quiet", "--no-edit")
        for trouble in told["troubles"]:
            self.do(*trouble["commands"][0].split()[1:], code=None)
        self.git("push", "--quiet", "origin", "HEAD:main")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_three_clones_converge(repo: GitRepo, tmp_path: Path, seed: int) -> None:
    """After all have met, all trees are equal and sound, and every word that was said is there or in history."""
    chance = random.Random(seed)
    first = Store(repo)
    for number in range(5):
        first.add(f"Task {number}", "--id", f"task-{number}")
    origin = tmp_path / "origin.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", str(repo.path), str(origin)], check=True)
    clones = [Clone(tmp_path / name, origin, name) for name in ("ann", "ben", "cem")]
    for number in range(36):
        clone = chance.choice(clones)
        clone.edit(chance, number)
        if chance.random() < 0.3:
            clone.meet()
    for clone in [*clones, *clones]:
        clone.meet()
    assert len({str(sorted(clone.files().items())) for clone in clones}) == 1
    for clone in clones:
        assert clone.status() == ""
        clone.assert_sound()
    text = clones[0].git("log", "-p", "--format=", "-m", "--", ".tasks")
    assert [said for clone in clones for said in clone.said if said not in text] == []
