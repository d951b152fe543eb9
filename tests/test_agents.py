"""Four agents in four linked work trees, each command a process, work a plan of forty dependent tasks to its end."""

from __future__ import annotations

import json
import subprocess
import threading
import time

import pytest
from conftest import GitRepo
from writing import Store, command, environment

AGENTS, LAYERS, WIDE = 4, 8, 5
LIMIT = 540


class Agent(threading.Thread):
    """Take what is next, say so, complete it; until nothing is open, or the time is up."""

    def __init__(self, store: Store, name: str, end: float) -> None:
        super().__init__()
        self.store = store
        self.tree = store.path.parent / name
        store.git("worktree", "add", "--quiet", str(self.tree))
        self.agent = name
        self.end = end
        self.did: list[str] = []
        self.wrong: list[str] = []

    def tm(self, *words: str) -> tuple[int, str]:
        """Run one command; give its exit code and what it printed."""
        done = subprocess.run(
            command("--as", self.agent, *words),
            cwd=self.tree,
            env=environment({"TM_LOCK_TIMEOUT": "300", "TM_STORE": str(self.store.path)}),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 1, 5):
            self.wrong.append(f"{words}: {done.returncode} {done.stderr}")
        return done.returncode, done.stdout

    def run(self) -> None:
        """Work."""
        while time.monotonic() < self.end and not self.wrong:
            code, out = self.tm("next", "--claim", "--json")
            if code:
                if json.loads(self.tm("list", "--json")[1])["total"] == 0:
                    return
                time.sleep(0.2)  # others hold what this one waits for
                continue
            task = json.loads(out)["data"]
            task = task["tasks"][0] if "tasks" in task else task
            for words in (
                ("start", task["id"]),
                ("share", task["id"], f"{self.agent} does it"),
                ("complete", task["id"]),
            ):
                if self.tm(*words)[0]:
                    self.wrong.append(f"{words} was refused")
            self.did.append(task["id"])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_four_agents_work_a_plan_to_its_end(repo: GitRepo) -> None:
    """No person, no collision: each task is done once, after all it waits for, and the log tells by whom."""
    store = Store(repo)
    rows = []
    for layer in range(LAYERS):
        for n in range(WIDE):
            needs = {"depends_on": [f"t{layer - 1}-{n}", f"t{layer - 1}-{(n + 1) % WIDE}"]} if layer else {}
            rows.append({"name": f"t{layer}-{n}", "title": f"Task {layer} {n}", **needs})
    plan = store.path.parent / "plan.yaml"
    plan.write_text(json.dumps({"tasks": rows}), encoding="utf-8")
    store.do("add", "--plan", str(plan))
    base = store.git("rev-parse", "HEAD")
    end = time.monotonic() + LIMIT
    agents = [Agent(store, f"agent-{n}", end) for n in range(AGENTS)]
    for agent in agents:
        agent.start()
    for agent in agents:
        agent.join()
    assert [agent.wrong for agent in agents] == [[]] * AGENTS
    did = [task for agent in agents for task in agent.did]
    assert len(did) == len(set(did)) == LAYERS * WIDE
    tasks = {one["id"]: one for one in json.loads(store.do("list", "--all", "--json").out)["data"]}
    for agent in agents:
        for task in agent.did:
            doc = tasks[task]
            assert doc["status"] == "completed"
            assert [one["by"] for one in doc["journal"]] == [agent.agent]
            assert all(tasks[one]["completed_at"] <= doc["started_at"] for one in doc.get("depends_on", ()))
    assert sum(subject.startswith("tm: complete ") for subject in store.subjects()) == LAYERS * WIDE
    for agent in agents:
        assert store.repo.git("-C", str(agent.tree), "status", "--porcelain") == ""
        assert store.repo.git("rev-parse", agent.agent) == base
    store.assert_sound()
