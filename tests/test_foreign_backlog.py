"""Tasks to Backlog.md and back, as the program itself writes and reads them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.errors import TmError
from tmfiles.interop import backlog

Program = Callable[..., str]
FRONT = "---\nid: TASK-7\ntitle: Read\nstatus: {status}\n---\n"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Give the real program, and a project of its own in the folder `project`."""
    found = shutil.which("backlog")
    if found is None:
        pytest.skip("Backlog.md is not installed")
    folder = tmp_path / "project"
    folder.mkdir()

    def ran(*words: str) -> str:
        done = subprocess.run([found, *words], cwd=folder, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    ran("init", "proj", "--defaults", "--agent-instructions", "none")
    return ran


def laid(folder: Path, **files: str) -> Path:
    """Lay out a project's folder: each name is a path with `__` for its slashes."""
    (folder / "backlog" / "tasks").mkdir(parents=True)
    for name, text in files.items():
        path = folder / "backlog" / f"{name.replace('__', '/')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.parametrize(
    ("place", "status", "here"),
    [
        ("tasks", "To Do", "pending"),
        ("tasks", "in progress", "in_progress"),
        ("tasks", "Done", "completed"),
        ("completed", "Done", "completed"),
        ("tasks", "Waiting for Godot", "pending"),
        ("archive__tasks", "To Do", "cancelled"),
        ("archive__tasks", "Done", "completed"),
        ("drafts", "Draft", "blocked"),
    ],
)
def test_status_and_folder_become_one_status(tmp_path: Path, place: str, status: str, here: str) -> None:
    """Each status in each folder has its own here; going out again, the file is where it was."""
    doc = backlog.convert(str(laid(tmp_path, **{f"{place}__x": FRONT.format(status=status)}))).tasks["task-7"]
    assert doc["status"] == here
    folder, name = place.replace("__", "/"), "draft-1" if place == "drafts" else "task-7"
    files = backlog.written({name: doc})
    made = f"{folder}/{name} - Read.md"
    assert sorted(files) == sorted(["config.yml", made])
    assert f"status: {status if status != 'in progress' else 'In Progress'}\n".encode() in files[made]


def test_text_without_marks_is_understood(tmp_path: Path) -> None:
    """Sections of older versions and of people come in; what stands elsewhere is kept aside."""
    text = "\nHello\n\n## Description\n\nWhy\n\n### More\n\n## Acceptance Criteria\n\n- [x] one\n- [ ] two\n\n## Own\n"
    doc = backlog.convert(str(laid(tmp_path, tasks__x=FRONT.format(status="To Do") + text))).tasks["task-7"]
    assert doc["description"] == "Why\n\n### More"
    assert doc["criteria"] == [{"text": "one", "met": True}, {"text": "two"}]
    assert doc["fields"]["backlog"] == {"text": "Hello\n\n## Own"}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("id: TASK-1\n", 1, "no front matter"),
        ("---\ntitle: x\n---\n", 1, "no id"),
        ("---\nid: TASK-1\n---\n", 1, "title: missing"),
        ("---\nid: TASK-1\ntitle: [x\n---\n", 4, ""),
        ("---\nid: &a TASK-1\ntitle: *a\n---\n", 2, "&a"),
        ("---\nid: TASK-1\nid: TASK-2\ntitle: x\n---\n", 3, "id"),
        ("---\na: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n---\n", 2, "deep"),
        ("---\nid: TASK-1\ntitle: x\ntm: {due: x}\n---\n", 1, "tm: due 'x' is not a date"),
        ('---\nid: TASK-1\ntitle: "\\0"\n---\n\x00', 1, ""),
    ],
)
def test_what_is_no_task_is_told_with_its_place(tmp_path: Path, text: str, line: int, words: str) -> None:
    """A file that cannot be read refuses all, with its path and line; NULs come in escaped."""
    laid(tmp_path, tasks__good=FRONT.format(status="To Do"), tasks__bad=text)
    if "\x00" in text:
        assert backlog.convert(str(tmp_path)).tasks["task-1"]["title"] == "(no title)"
        return
    with pytest.raises(TmError) as caught:
        backlog.convert(str(tmp_path))
    problem = caught.value.problems[0]
    assert problem.path == f"{tmp_path}/backlog/tasks/bad.md"
    assert (problem.line, words in problem.message) == (line, True)


def test_links_and_devices_in_the_folder_are_not_followed(tmp_path: Path) -> None:
    """A symbolic link to a file or a folder elsewhere, a pipe, and a file that is too large are refused by name."""
    laid(tmp_path / "p", tasks__good=FRONT.format(status="To Do"))
    outside = laid(tmp_path / "q", tasks__x=FRONT.format(status="To Do")) / "backlog" / "tasks"
    tasks = tmp_path / "p" / "backlog" / "tasks"
    (tasks / "link.md").symlink_to(outside / "x.md")
    (tasks.parent / "drafts").symlink_to(outside)
    os.mkfifo(tasks / "pipe.md")
    (tasks / "huge.md").write_bytes(b"x" * (1024 * 1024 + 1))
    with pytest.raises(TmError) as caught:
        backlog.convert(str(tmp_path / "p"))
    told = {problem.path.rpartition("/")[2]: problem.message for problem in caught.value.problems}
    assert set(told) == {"link.md", "drafts", "pipe.md", "huge.md"}
    assert "not followed" in told["link.md"]
    assert "not followed" in told["drafts"]


def test_the_same_id_in_two_folders_is_told(tmp_path: Path) -> None:
    """One id in two files comes in not at all, and both are named."""
    front = FRONT.format(status="To Do")
    with pytest.raises(TmError) as caught:
        backlog.convert(str(laid(tmp_path, tasks__x=front, completed__y=front.replace("TASK", "task"))))
    assert "completed/y.md" in str(caught.value.problems[0])
    assert "tasks/x.md:1 already" in str(caught.value.problems[0])


def test_no_title_leads_out_of_the_folder() -> None:
    """What a title holds never becomes a part of a path."""
    made = backlog.written({"aa11": {"title": "../../etc/passwd \\ é \x1b"}, "bb22": {"title": "///"}})
    assert sorted(made) == ["config.yml", "tasks/task-1 - etc-passwd.md", "tasks/task-2.md"]


def test_a_folder_that_is_none_is_refused(repo: GitRepo, tmp_path: Path) -> None:
    """A folder without tasks, and one that is not there, are refused; an export overwrites nothing."""
    store = Store(repo)
    store.add("One", "--id", "one")
    assert "no tasks/ of Backlog.md" in store.do("import", "backlog", str(tmp_path), code=2).err
    assert "no folder" in store.do("import", "backlog", str(tmp_path / "none"), code=2).err
    assert "--output DIR" in store.do("export", "-f", "backlog", code=2).err
    out = tmp_path / "out"
    store.do("export", "-f", "backlog", "-o", str(out))
    assert sorted(path.name for path in out.iterdir()) == ["config.yml", "tasks"]
    assert "cannot write" in store.do("export", "-f", "backlog", "-o", str(out), code=2).err
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".tm-")] == []


def test_tasks_of_the_real_program_come_in_once(program: Program, repo: GitRepo, tmp_path: Path) -> None:
    """What Backlog.md itself made comes in whole, a second time nothing; our export of it reads the same there."""
    program("task", "create", "Write: the 'docs'", "-d", "Some\n\n## Not a section", "-a", "@maria,@bo",
            "-l", "web,docs", "--priority", "high", "--type", "bug", "--ac", "First", "--ac", "Second, too",
            "--due-date", "2026-12-01", "--dod", "tests")  # fmt: skip
    program("task", "create", "Child", "--dep", "task-1", "-p", "task-1")
    program("task", "create", "Third", "--dep", "task-1", "--ref", "https://x.y", "--modified-file", "src/a.py")
    program("task", "edit", "1", "-s", "In Progress", "--check-ac", "1", "--plan", "1. do\n2. more",
            "--notes", "a note", "--comment", "hello", "--comment-author", "bo")  # fmt: skip
    program("task", "edit", "2", "-s", "Done", "--final-summary", "it is done")
    program("task", "complete", "2")
    program("task", "create", "Gone")
    program("task", "archive", "3")
    program("draft", "create", "A draft")
    store, folder = Store(repo), tmp_path / "project"
    store.do("import", "backlog", str(folder))
    store.do("check")
    assert "imported 0 tasks" in store.do("import", "backlog", str(folder)).out
    rows = [row.split("\t") for row in store.do("list", "--all", "--plain").out.splitlines()]
    assert {row[0]: row[1] for row in rows} == {
        "task-1": "in_progress", "task-1.1": "blocked", "task-2": "completed", "task-3": "cancelled",
        "draft-1": "blocked",
    }  # fmt: skip
    views = {number: program("task", "view", number, "--json") for number in ("1", "1.1")}
    listed = program("task", "list", "--plain")
    shutil.rmtree(folder / "backlog")
    store.do("export", "-f", "backlog", "-o", str(folder / "backlog"))
    assert program("task", "list", "--plain") == listed
    for number, view in views.items():
        before, after = json.loads(view)["task"], json.loads(program("task", "view", number, "--json"))["task"]
        assert {k: v for k, v in after.items() if k != "updatedAt"} == {
            k: sorted(v) if k == "labels" else v for k, v in before.items() if k != "updatedAt"
        }


def test_tasks_go_through_the_real_program(program: Program, repo: GitRepo, tmp_path: Path) -> None:
    """Tasks of ours are listed there; the files are the same after the way back, and an edit made there wins."""
    store, folder = Store(repo), tmp_path / "project"
    store.add('First: "q" é', "--id", "first", "-p", "critical", "-d", "Long\n\n  text\n", "--criterion", "Works")
    store.add("Second", "--id", "second", "--depends-on", "first", "--due", "2026-12-01", "-t", "two words")
    store.do("comment", "second", "Said\nso")
    shutil.rmtree(folder / "backlog")
    store.do("export", "-f", "backlog", "-o", str(folder / "backlog"))
    assert 'First: "q" é' in program("task", "list", "--plain")
    before = store.files()
    store.do("delete", "second", "first")
    store.do("import", "backlog", str(folder), "--again")
    assert store.files() == before
    program("task", "edit", "1", "--priority", "low", "-l", "new")
    store.do("delete", "second", "first")
    store.do("import", "backlog", str(folder), "--again")
    assert (store.doc("first")["priority"], store.doc("first")["tags"]) == ("low", ["new"])
