"""The main job on 2,428 real issues: imported once, then worked on with every command."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo

ISSUES = Path(__file__).parent.parent.parent / "shared" / "data" / "beads-issues.jsonl"
pytestmark = pytest.mark.skipif(not ISSUES.exists(), reason="the real issues are not here")


class Tm:
    """`tm` as a process in one repository."""

    def __init__(self, repo: GitRepo) -> None:
        self.repo = repo

    def __call__(self, *words: str, code: int = 0) -> str:
        """Run a command that must end with this exit code, and give what it printed on both streams."""
        command = [sys.executable, "-m", "tmfiles", *words]
        done = subprocess.run(command, cwd=self.repo.path, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == code, f"tm {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        self.errors = done.stderr
        return done.stdout

    def data(self, *words: str) -> Any:
        """Give the data of a command's JSON document."""
        return json.loads(self(*words, "--json"))["data"]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with code and the imported issues; made once, copied for each test."""
    folder = tmp_path_factory.mktemp("real") / "repo"
    folder.mkdir()

    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    for key, value in (("user.name", "Maria"), ("user.email", "maria@example.org")):
        subprocess.run(["git", "config", key, value], cwd=folder, check=True)
    (folder / "code.py").write_text("print('hello')\n", encoding="utf-8")
    subprocess.run(["git", "add", "."], cwd=folder, check=True)
    subprocess.run(["git", "commit", "-qm", "code"], cwd=folder, check=True)
    tm = Tm(GitRepo(folder))
    tm("init")
    tm("import", "beads", str(ISSUES))
    return folder


@pytest.fixture
def tm(imported: Path, tmp_path: Path) -> Tm:
    """`tm` in a fresh copy of the imported repository."""
    shutil.copytree(imported, tmp_path / "repo", symlinks=True)
    return Tm(GitRepo(tmp_path / "repo"))


def issues() -> list[dict[str, Any]]:
    """The source's issues that are not tombstones."""
    rows = [json.loads(line) for line in ISSUES.read_bytes().splitlines()]
    return [row for row in rows if row["status"] != "tombstone"]


def test_import_is_one_commit_and_its_repetition_none(tm: Tm) -> None:
    """The import commits once, with nothing else in it; done again it changes and commits nothing."""
    subjects = tm.repo.git("log", "--format=%s").splitlines()
    assert subjects == ["tm: import beads 2086 tasks", "tm: init the task store", "code"]
    changed = tm.repo.git("show", "--name-only", "--format=", "HEAD").splitlines()
    assert len(changed) == 2087
    assert all(name.startswith(".tasks/") for name in changed)
    before = tm.repo.git("rev-parse", "HEAD")
    again = tm("import", "beads", str(ISSUES))
    assert "imported 0 tasks" in again
    assert "nothing to commit" in again
    assert tm.repo.git("rev-parse", "HEAD") == before
    assert tm.repo.git("status", "--porcelain") == ""


def test_every_issue_is_there_whole(tm: Tm) -> None:
    """Each issue has its title, text, state, people, labels and comments in the task of the same id."""
    tasks = {task["id"]: task for task in tm.data("list", "--all")}
    source = issues()
    assert tasks.keys() == {row["id"] for row in source}
    states = {"open": "pending", "closed": "completed", "in_progress": "in_progress", "hooked": "in_progress"}
    for row in source:
        task = tasks[row["id"]]
        if "\n" not in row["title"]:
            assert task["title"] == row["title"].strip()
        shown = "pending" if task["status"] == "blocked" else task["status"]
        assert shown == states[row["status"]]
        assert task.get("description", "").strip() == row.get("description", "").strip()
        assert task.get("assignee") == row.get("assignee")
        assert set(task.get("tags", ())) == set(row.get("labels") or ())
        assert task["created_by"] == row.get("created_by", "Maria")  # who imported it, where the source names nobody
        said = {entry["text"].strip() for entry in task.get("journal", ())}
        assert {comment["text"].strip() for comment in row.get("comments") or ()} <= said
        for word in (row.get("notes") or "").split():
            assert word in json.dumps(task, ensure_ascii=False) or not word.isalnum()


def test_check_passes(tm: Tm) -> None:
    """The imported store has no errors."""
    assert tm.data("check")["errors"] == 0


def test_each_command_is_one_commit_with_nothing_else(tm: Tm) -> None:
    """Every writing command makes one commit of just its task's file; staged and changed code stays as it was."""
    (tm.repo.path / "code.py").write_text("print('staged')\n", encoding="utf-8")
    tm.repo.git("add", "code.py")
    (tm.repo.path / "code.py").write_text("print('changed')\n", encoding="utf-8")
    staged = tm.repo.git("diff", "--cached")
    changed = tm.repo.git("diff")
    new = tm("add", "Write the docs", "-p", "high", "-t", "docs", "--depends-on", "bd-kgjzm").strip()
    steps = [
        ("update", new, "--priority", "low", "--tag", "more", "-d", "A paragraph"),
        ("assign", new, "li"),
        ("dep", "add", new, "bd-kpa7c"),
        ("dep", "remove", new, "bd-kgjzm", "bd-kpa7c"),
        ("start", new),
        ("complete", new, "--summary", "Done"),
        ("reopen", new),
        ("cancel", new, "--reason", "Not needed"),
        ("undo",),
        ("delete", new),
        ("undo",),
    ]
    for step in steps:
        before = tm.repo.git("rev-list", "--count", "HEAD")
        tm(*step)
        assert int(tm.repo.git("rev-list", "--count", "HEAD")) == int(before) + 1, step
        names = tm.repo.git("show", "--name-only", "--format=", "HEAD").splitlines()
        assert names == [f".tasks/{new[:2]}/{new}.yaml"], step
    assert tm.repo.git("diff", "--cached") == staged
    assert tm.repo.git("diff") == changed
    assert tm.data("show", new)["status"] == "pending"


def test_hand_edits_and_hand_made_files_are_seen(tm: Tm) -> None:
    """A file edited by hand and a file made by hand are tasks at once, and commit with the next edit."""
    path = next((tm.repo.path / ".tasks").rglob("bd-kgjzm.yaml"))
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n# by hand\nestimate: 3h\n", encoding="utf-8")
    assert tm.data("show", "bd-kgjzm")["estimate"] == "3h"
    made = tm.repo.write(".tasks/fix-login.yaml", "title: Fix the login\ndepends_on: [bd-kgjzm]\n")
    assert "fix-login  blocked" in tm("list", "--status", "blocked")
    tm("start", "bd-kgjzm")
    tm("complete", "bd-kgjzm")
    assert "fix-login" in tm.errors
    assert "# by hand" in path.read_text(encoding="utf-8")
    tm("start", "fix-login")
    assert made.read_text(encoding="utf-8").startswith("title: Fix the login\n")
    subjects = tm.repo.git("log", "-5", "--format=%s").splitlines()
    assert subjects[1] == "tm: edit fix-login Fix the login (by hand)"
    assert subjects[4].endswith("(by hand)")
    assert tm.repo.git("status", "--porcelain") == ""


def test_ready_blocked_and_next_agree_with_an_independent_count(tm: Tm) -> None:
    """What the commands call ready and blocked is what the source's own links say."""
    status = {row["id"]: row["status"] for row in issues()}
    waits: dict[str, set[str]] = {}
    for row in issues():
        for link in row.get("dependencies") or ():
            if link["type"] == "blocks" and link["depends_on_id"] in status:
                waits.setdefault(row["id"], set()).add(link["depends_on_id"])
    pending = {one for one, state in status.items() if state == "open"}
    blocked = {one for one in pending if any(status[other] != "closed" for other in waits.get(one, ()))}
    assert {task["id"] for task in tm.data("ready")} == pending - blocked
    assert {task["id"] for task in tm.data("blocked")} == blocked
    assert tm.data("next")["id"] in pending - blocked
