"""Tasks of Task Master, its `tasks.json`, become tasks and that file again."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.errors import TmError
from tmfiles.interop import taskmaster

Doc = dict[str, Any]
TASK: Doc = {
    "id": 1,
    "title": "Initialize Repo",
    "description": "Create it.",
    "details": "Use git.",
    "testStrategy": "Look.",
    "status": "in-progress",
    "priority": "high",
    "dependencies": [2],
    "complexity": 3,
    "subtasks": [
        {"id": 1, "title": "Sub", "description": "", "dependencies": [], "details": "", "status": "pending"},
        {"id": 2, "title": "Sub 2", "dependencies": [1, "2", 3], "status": "done", "parentId": "undefined"},
    ],
}
FILE: Doc = {
    "master": {"tasks": [TASK, {"id": "2", "title": "Two"}, {"id": 3, "title": "Three", "status": "deferred"}]},
    "feature-x": {"tasks": [{"id": 1, "title": "Other", "dependencies": [1]}], "metadata": {"created": "2026-01-01"}},
}


def convert(value: Any) -> dict[str, Doc]:
    """Convert a file of this value."""
    return taskmaster.convert([json.dumps(value, indent=2).encode()], "tasks.json").tasks


def test_a_whole_file() -> None:
    """Tags, tasks and subtasks are tasks; numbers name what they name there."""
    found = convert(FILE)
    assert list(found) == ["tm-1", "tm-1.1", "tm-1.2", "tm-2", "tm-3", "tm-feature-x-1"]
    assert found["tm-1"] == {
        "title": "Initialize Repo",
        "status": "in_progress",
        "priority": "high",
        "depends_on": ["tm-2"],
        "context": "## Details\n\nUse git.\n\n## Test Strategy\n\nLook.",
        "description": "Create it.",
        "fields": {"task-master": {"complexity": 3}},
    }
    sub = found["tm-1.2"]
    assert (sub["parent"], sub["status"], sub["depends_on"]) == ("tm-1", "completed", ["tm-1.1", "tm-1.2", "tm-3"])
    assert found["tm-3"]["fields"] == {"task-master": {"status": "deferred"}}
    assert found["tm-feature-x-1"]["depends_on"] == ["tm-feature-x-1"]


def test_the_file_of_older_versions() -> None:
    """One list without tags is that of `master`."""
    assert list(convert({"tasks": [TASK], "metadata": {}})) == ["tm-1", "tm-1.1", "tm-1.2"]


def test_a_file_goes_out_as_it_came() -> None:
    """What came in goes out under the same tags and numbers, and comes in the same again."""
    found = convert(FILE)
    made = json.loads(taskmaster.written(found))
    assert [task["id"] for task in made["master"]["tasks"]] == [1, 2, 3]
    assert [task["id"] for task in made["feature-x"]["tasks"]] == [1]
    first = made["master"]["tasks"][0]
    assert [(one["id"], one["dependencies"]) for one in first["subtasks"]] == [(1, []), (2, [1, 2])]
    assert {key: first[key] for key in ("details", "testStrategy", "complexity")} == {
        "details": "Use git.", "testStrategy": "Look.", "complexity": 3,
    }  # fmt: skip
    assert made["master"]["tasks"][2]["status"] == "deferred"
    assert convert(made) == found


def test_children_become_subtasks_of_one_level() -> None:
    """A task below a task is a subtask there; what lies deeper is one of its own, and all come back."""
    tasks: dict[str, Doc] = {
        "deep": {"title": "Deep", "parent": "mid"},
        "mid": {"title": "Mid", "parent": "top", "depends_on": ["top"]},
        "top": {"title": "Top"},
    }
    made = json.loads(taskmaster.written(tasks))["master"]["tasks"]
    assert [(one["title"], [sub["title"] for sub in one.get("subtasks", ())]) for one in made] == [
        ("Top", ["Mid"]), ("Deep", []),
    ]  # fmt: skip
    assert convert({"master": {"tasks": made}}) == tasks


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("{", 1, "not JSON"),
        ('{"master": {"tasks": [\n{"id": 1}\n]}}', 2, "title: missing"),
        ('{"master": {"tasks": [\n{"title": "x"}\n]}}', 2, "no id"),
        ('{"master": {"tasks": [\n{"id": "../x", "title": "x"}\n]}}', 2, "no id"),
        ('{"tasks": [\n{"id": 1, "title": "x"},\n{"id": "1", "title": "y"}]}', 3, "is in tasks.json:2 already"),
        ('{"tasks": [{"id": 1, "title": "x", "subtasks": [\n{"id": 1}]}]}', 2, "title: missing"),
        ('{"tasks": [{"id": 1, "title": "x", "subtasks": 3}]}', 1, "subtasks: no list"),
        ('{"tasks": [\n\n3]}', 0, "object 1: not an object"),
        ('{"tasks": [{"id": 1, "title": "x", "x": ' + "[" * 30 + "]" * 30 + "}]}", 1, "nested too deep"),
    ],
)
def test_what_is_no_task_is_told_with_its_line(text: str, line: int, words: str) -> None:
    """One task that cannot be read refuses all, with its line and key."""
    with pytest.raises(TmError) as caught:
        taskmaster.convert([text.encode()], "tasks.json")
    problem = caught.value.problems[0]
    assert (problem.path, problem.line, words in problem.message) == ("tasks.json", line, True), problem


@pytest.mark.parametrize("value", [[], {}, {"master": {}}, 3, {"tasks": []}])
def test_a_file_without_tasks_is_refused(value: Any) -> None:
    """Nothing to import is an error, not an empty success."""
    with pytest.raises(TmError, match="no tasks found"):
        convert(value)


def test_loops_come_in_opened(repo: GitRepo) -> None:
    """A subtask that waits for itself is told; a second import brings nothing."""
    store, file = Store(repo), repo.path / "tasks.json"
    file.write_text(json.dumps(FILE))
    told = store.do("import", "task-master", str(file)).out
    assert "depends_on tm-1.2: links to itself" in told
    store.do("check")
    assert "imported 0 tasks" in store.do("import", "task-master", str(file)).out


def test_tasks_go_through_the_real_program(repo: GitRepo, tmp_path: Path) -> None:
    """The program itself rewrites what we wrote; all comes back, with what was changed there."""
    program = shutil.which("task-master")
    if program is None:
        pytest.skip("Task Master is not installed")
    store, file = Store(repo), tmp_path / ".taskmaster" / "tasks" / "tasks.json"
    store.add('First "q" é', "--id", "first", "-p", "critical", "-d", "Long\n\n  text\n", "--criterion", "Works")
    store.add("Second", "--id", "second", "--depends-on", "first", "--due", "2026-12-01", "-t", "two words")
    store.add("Child", "--id", "child", "--parent", "first")
    file.parent.mkdir(parents=True)
    file.write_text(store.do("export", "-f", "task-master").out)
    before = store.files()
    done = subprocess.run(
        [program, "set-status", "--id=2", "--status=done"], cwd=tmp_path, capture_output=True, text=True, timeout=120,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert json.loads(file.read_text())["master"]["tasks"][1]["status"] == "done", done.stdout + done.stderr
    store.do("delete", "second", "child", "first")
    store.do("import", "task-master", str(file), "--again")
    after = store.files()
    changed = [name for name in before if after[name] != before[name]]
    assert changed == [".tasks/second.yaml"] or changed == ["second.yaml"]
    assert store.doc("second")["status"] == "completed"
