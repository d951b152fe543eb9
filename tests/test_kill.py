"""Commands killed at any moment: no half state, no stuck lock, nothing swept up; the next command mends it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store, command, environment

from tmfiles.check import check
from tmfiles.workspace import Workspace

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="POSIX signals")]

KILLS = int(os.environ.get("KILLS", "200"))
POOL = 3 * KILLS + 10
BULK = 120


class Victim:
    """A store whose commands get killed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        folder.mkdir()
        repo = GitRepo(folder)
        repo.git("init", "--quiet")
        self.store = Store(repo, init=False)
        self.store.tm("init")
        for n in range(POOL):
            repo.write(f".tasks/t{n:04}.yaml", f"title: Task {n}\n")
        repo.write(".tasks/anchor.yaml", "title: The anchor\n")
        repo.commit("a pool of tasks")
        self.next = 0
        self.told: Counter[str] = Counter()
        self.took = 0.4

    def fresh(self, count: int) -> list[str]:
        """Give ids that no command has touched."""
        self.next += count
        return [f"t{n:04}" for n in range(self.next - count, self.next)]

    def ops(self) -> dict[str, Callable[[], tuple[list[str], int]]]:
        """Give by name what makes a command line, with the number of files it changes."""
        return {
            "add": lambda: (["add", "A new one", "-t", "web"], 1),
            "update": lambda: (["update", *self.fresh(1), "-d", "More words"], 1),
            "complete": lambda: (["complete", *self.fresh(1), "--summary", "Done"], 1),
            "many": lambda: (["update", *self.fresh(6), "--priority", "high"], 6),
            "delete": lambda: (["delete", *self.fresh(2)], 2),
            "import": lambda: (["import", "beads", self.beads()], BULK),
            "no-commit": lambda: (["update", *self.fresh(2), "--tag", "x", "--no-commit"], 2),
            "no-commit-add": lambda: (["add", "Not committed", "--no-commit"], 1),
        }

    def beads(self) -> str:
        """Write a file of issues to import."""
        name = f"{self.random.getrandbits(40):010x}"
        path = self.store.path / ".git" / "import.jsonl"
        lines = (
            json.dumps({"id": f"{name}-{n}", "title": f"I {n}", "status": "open", "created_at": "2026-01-01T00:00:00Z"})
            for n in range(BULK)
        )
        path.write_text("\n".join(lines))
        return str(path)

    def kill(self, args: list[str], *, at_write: bool) -> None:
        """Run a command and kill it, alone or with its process group, at random or when it has begun to write."""
        begun = time.monotonic()
        child = subprocess.Popen(
            command(*args),
            cwd=self.store.path,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        if at_write:
            watched = self.store.private / self.random.choice(["lock", "pending", "pending"])
            while child.poll() is None and not (watched.exists() and watched.stat().st_size):
                time.sleep(0.0002)
            time.sleep(
                self.random.uniform(0, 0.1 if watched.name == "lock" else 0.002 if "--no-commit" in args else 0.025)
            )
        else:
            time.sleep(self.random.uniform(0, 1.1 * self.took))
        if child.poll() is None:
            self.random.choice([os.kill, os.killpg])(child.pid, signal.SIGKILL)
        else:
            self.told["too late"] += 1
            self.took = 0.7 * self.took + 0.3 * (time.monotonic() - begun)
        child.wait()

    def strike(self, n: int) -> None:
        """Kill one command, run the next, and look at everything."""
        name, made = list(self.ops().items())[n % 8]
        args, count = made()
        before = self.store.git("rev-parse", "HEAD")
        self.kill(args, at_write=n % 16 >= 8)
        ran = self.store.tm("update", "anchor", "-d", f"Round {n}")
        told = [line for line in ran.err.splitlines() if line.startswith("tm: ")]
        assert len(told) <= 1, ran
        assert all(" an interrupted tm " in line for line in told), ran
        self.told[f"{name}: {told[0].split()[1] if told else 'nothing to mend'}"] += 1
        self.look(name, count, before)

    def look(self, name: str, count: int, before: str) -> None:
        """What the killed command was to do is done whole or not at all, and by nobody else's commit."""
        git = self.store.git
        assert git("diff-tree", "-r", "--no-commit-id", "--name-only", "HEAD") == ".tasks/anchor.yaml"
        commits = git("rev-list", f"{before}..HEAD").split()
        changed = self.store.status().splitlines()
        if name.startswith("no-commit"):
            assert len(commits) == 1
            assert len(changed) in (0, count), changed
        else:
            assert changed == []
            assert len(commits) in (1, 2)
            if len(commits) == 2:
                files = git("diff-tree", "-r", "--no-commit-id", "--name-only", "HEAD~1").splitlines()
                assert len(files) == count
        assert self.store.leftovers() == []
        assert git("fsck", "--strict", "--no-dangling") == ""
        workspace = Workspace.find(str(self.store.path))
        assert [str(one) for one in check(workspace) if one.severity == "error"] == []
        workspace.close()
        if changed:
            git("add", "--all", ".tasks")
            git("commit", "--quiet", "--message", "what was left uncommitted")


def test_killed_at_random_moments(tmp_path: Path) -> None:
    """After each of 200 kills the next command works, says in one line what it mended, and all is whole."""
    victims = [Victim(tmp_path / f"v{n}", n) for n in range(2)]

    def strikes(victim: Victim) -> None:
        for n in range(KILLS // 2):
            victim.strike(n)

    with ThreadPoolExecutor() as pool:
        list(pool.map(strikes, victims))
    told = sum((victim.told for victim in victims), Counter())
    print(*(f"{count:4} {what}" for what, count in sorted(told.items())), sep="\n")
    mended = sum(count for what, count in told.items() if what.endswith(("finished", "took")))
    assert mended > KILLS // 20, told
