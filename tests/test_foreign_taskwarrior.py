"""Tasks to Taskwarrior and back, as the program itself writes and reads them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.errors import TmError
from tmfiles.interop import taskwarrior

UUID = "2b4a1360-eadf-4c92-9ce5-5e9973af1d8a"
OTHER = "228e4adf-3060-4180-95f2-196c3db7826b"
Doc = dict[str, Any]
Program = Callable[..., str]


def one(**more: Any) -> Doc:
    """Convert a single task and give its document."""
    raw = {"uuid": UUID, "description": "Write", "status": "pending", "entry": "20261124T210856Z", **more}
    return taskwarrior.convert([json.dumps([raw]).encode()]).tasks[UUID]


@pytest.fixture
def task(tmp_path: Path) -> Program:
    """Give the real program, with an empty store of its own."""
    program = shutil.which("task")
    version = [program, "--version"] if program else ["true"]  # another program of that name says a word before it
    if not subprocess.run(version, capture_output=True, text=True, timeout=60).stdout[:1].isdigit():
        pytest.skip("Taskwarrior is not installed")
    rc = tmp_path / "taskrc"
    rc.write_text(f"data.location={tmp_path / 'data'}\nconfirmation=no\nverbose=nothing\nnews.version=9.9.9\n")
    (tmp_path / "data").mkdir()

    def ran(*words: str) -> str:
        done = subprocess.run(
            [program, f"rc:{rc}", *words], capture_output=True, text=True, timeout=60, env={**os.environ, "TZ": "UTC"}
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return ran


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"status": "waiting", "wait": "20270101T000000Z"},
            {"status": "pending", "wait_until": "2027-01-01T00:00:00Z"},
        ),
        ({"start": "20261124T210856Z"}, {"status": "in_progress", "started_at": "2026-11-24T21:08:56Z"}),
        ({"status": "completed", "end": "20261125T000000Z"}, {"completed_at": "2026-11-25T00:00:00Z"}),
        ({"status": "deleted", "end": "20261125T000000Z"}, {"status": "cancelled"}),
        ({"status": "recurring", "recur": "weekly"}, {"status": "blocked"}),
        ({"priority": "H"}, {"priority": "high"}),
        ({"priority": "urgent"}, {"priority": "medium", "fields": {"taskwarrior": {"priority": "urgent"}}}),
        ({"depends": f"{OTHER},{OTHER}"}, {"depends_on": [OTHER]}),
        ({"depends": [OTHER]}, {"depends_on": [OTHER]}),
        ({"tags": ["b", "a"]}, {"tags": ["a", "b"]}),
        ({"project": "web"}, {"fields": {"taskwarrior": {"project": "web"}}}),
        ({"due": "soon"}, {"fields": {"taskwarrior": {"due": "soon"}}}),
        ({"tm": "mine"}, {"fields": {"taskwarrior": {"tm": "mine"}}}),
        ({"urgency": 3.5, "id": 7, "modified": "20261124T210856Z"}, {"title": "Write"}),
        (
            {"annotations": [{"entry": "20261124T210856Z", "description": "Look"}]},
            {"journal": [{"at": "2026-11-24T21:08:56Z", "by": "taskwarrior", "kind": "comment", "text": "Look"}]},
        ),
    ],
)
def test_what_a_task_becomes(given: Doc, expected: Doc) -> None:
    """Each attribute becomes the field that means the same, or is kept aside."""
    doc = one(**given)
    assert doc | expected == doc
    assert not {"urgency", "modified", "id"} & set(doc.get("fields", {}).get("taskwarrior", {}))


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b'[\n{"uuid": "%s"}\n]' % UUID.encode(), 2, "description: missing"),
        (b'[\n{"description": "x"}\n]', 2, "no id"),
        (b'[\n{"description": "x", "uuid": "../../x"}\n]', 2, "no id"),
        (b'[{"uuid": "%s", "description": 3}]' % UUID.encode(), 1, "description: no text"),
        (b'[{"uuid": "%s", "description": "x", "tm": {"due": "x"}}]' % UUID.encode(), 1, "tm: due 'x' is not a date"),
        (b'{"description": "x", "uuid": "%s"}\n\n{"a": }' % UUID.encode(), 3, "not JSON"),
        (b'[{"description": "x",\n "uuid": "\xff"}]', 1, "not UTF-8"),
    ],
)
def test_what_is_no_task_is_told_with_its_line(data: bytes, line: int, words: str) -> None:
    """One task that cannot be read refuses all, with its line and the attribute."""
    with pytest.raises(TmError, match="cannot be imported") as caught:
        taskwarrior.convert(data.splitlines(keepends=True), "tasks.json")
    (problem,) = caught.value.problems
    assert (problem.path, problem.line) == ("tasks.json", line)
    assert words in problem.message


def test_the_same_uuid_twice_is_told() -> None:
    """Two tasks of one UUID come in not at all; the line of the first is named."""
    raw = [{"uuid": UUID, "description": "x"}, {"uuid": UUID.upper(), "description": "y"}]
    with pytest.raises(TmError) as caught:
        taskwarrior.convert([json.dumps(raw[0]).encode() + b"\n", json.dumps(raw[1]).encode()], "in")
    assert "is in in:1 already" in caught.value.problems[0].message


def test_loops_and_links_to_nowhere_are_told_and_kept(repo: GitRepo) -> None:
    """A loop is opened and a link to nowhere left out; both are told, and kept aside."""
    store = Store(repo)
    raw = [
        {"uuid": UUID, "description": "One", "depends": [OTHER, "11111111-eadf-4c92-9ce5-5e9973af1d8b"]},
        {"uuid": OTHER, "description": "Two", "depends": [UUID, OTHER]},
    ]
    (repo.path / "in.json").write_text(json.dumps(raw))
    told = store.do("import", "taskwarrior", str(repo.path / "in.json"), "--full").out
    assert "is nowhere" in told
    assert "closes the loop" in told
    assert "links to itself" in told
    store.do("check")
    assert "depends_on" not in store.doc(UUID)
    assert store.doc(OTHER)["depends_on"] == [UUID]
    kept = store.doc(UUID)["fields"]["taskwarrior"]["unmet_links"]
    assert kept == ["depends_on 11111111-eadf-4c92-9ce5-5e9973af1d8b", f"depends_on {OTHER}"]


def test_links_to_tasks_that_are_here_hold(repo: GitRepo) -> None:
    """What a later export names of an earlier one is found in the store; a deleted one is not."""
    store = Store(repo)
    here = repo.path / "in.json"
    here.write_text(json.dumps([{"uuid": UUID, "description": "One"}]))
    store.do("import", "taskwarrior", str(here))
    here.write_text(json.dumps([{"uuid": OTHER, "description": "Two", "depends": [UUID]}]))
    assert "would import 1 task" in store.do("import", "taskwarrior", str(here), "--dry-run").out
    assert not store.file(OTHER).exists()
    store.do("import", "taskwarrior", str(here))
    assert store.doc(OTHER)["depends_on"] == [UUID]
    store.do("delete", OTHER, UUID)
    here.write_text(json.dumps([{"uuid": OTHER[:-1] + "c", "description": "Three", "depends": [UUID]}]))
    assert "is nowhere" in store.do("import", "taskwarrior", str(here)).out


def test_another_task_of_the_same_id_is_told(repo: GitRepo) -> None:
    """Where a task of that id is here but was made at another time, it is left alone and told."""
    store = Store(repo)
    store.add("Mine", "--id", UUID)
    here = repo.path / "in.json"
    here.write_text(json.dumps([{"uuid": UUID, "description": "One", "entry": "20200101T000000Z"}]))
    assert "is it another?" in store.do("import", "taskwarrior", str(here)).out
    assert store.doc(UUID)["title"] == "Mine"


def test_tasks_of_the_real_program_come_in_once_and_go_back(task: Program, repo: GitRepo) -> None:
    """What `task export` prints comes in, once; and `task import` of our export changes nothing there."""
    task("add", "Write the docs", "project:web", "priority:H", "due:2026-12-01", "+home")
    task("add", "Second", "depends:1", "wait:2027-01-01", "scheduled:2026-12-05")
    task("add", "Weekly", "due:2026-12-01", "recur:weekly")
    task("1", "annotate", "see the page")
    task("1", "start")
    task("add", "Gone")
    task("list")
    task("Gone", "delete")
    before = task("export")
    store, file = Store(repo), repo.path / "in.json"
    file.write_text(before)
    store.do("import", "taskwarrior", str(file))
    store.do("check")
    assert "imported 0 tasks" in store.do("import", "taskwarrior", str(file)).out
    assert [row.split("\t")[1] for row in store.do("list", "--all", "--plain").out.splitlines()].count(
        "in_progress"
    ) == 1
    file.write_text(store.do("export", "-f", "taskwarrior").out)
    task("import", str(file))

    def plain(text: str) -> dict[str, Doc]:
        derived = ("id", "urgency", "modified")
        return {one["uuid"]: {k: v for k, v in one.items() if k not in derived} for one in json.loads(text)}

    assert plain(task("export")) == plain(before)


def test_what_taskwarrior_has_no_field_for_comes_back_from_it(task: Program, repo: GitRepo, tmp_path: Path) -> None:
    """Through the real program the files are the same to the byte; what was changed there wins."""
    store, file = Store(repo), tmp_path / "out.json"
    store.add('First [x] "q" é', "--id", "first", "-p", "critical", "-d", "Long\n\n  text\n", "--criterion", "Works")
    store.add("Second", "--id", "second", "--depends-on", "first", "--due", "2026-12-01", "-t", "two words")
    store.do("comment", "second", "Said\nso")
    store.do("start", "first")
    file.write_text(store.do("export", "-f", "taskwarrior").out)
    task("import", str(file))
    file.write_text(task("export"))
    before = store.files()
    for name in ("first", "second"):
        store.file(name).unlink()
    repo.git("commit", "-qam", "gone")
    store.do("import", "taskwarrior", str(file), "--again")
    assert store.files() == before
    task("First", "modify", "priority:L", "+new")
    file.write_text(task("export"))
    store.do("delete", "second", "first")
    store.do("import", "taskwarrior", str(file), "--again")
    doc = store.doc("first")
    assert (doc["priority"], doc["tags"], doc["description"]) == ("low", ["new"], "Long\n\n  text\n")


def test_a_link_to_what_was_deleted_here_keeps_nothing_out(repo: GitRepo) -> None:
    """An issue of beads that waits for one that was deleted here comes in without that link, which is told."""
    store, file = Store(repo), repo.path / "issues.jsonl"
    first = {"id": "bd-1", "title": "One"}
    second = {"id": "bd-2", "title": "Two", "dependencies": [{"depends_on_id": "bd-1", "type": "blocks"}]}
    file.write_text(json.dumps(first))
    store.do("import", "beads", str(file))
    store.do("delete", "bd-1")
    file.write_text(f"{json.dumps(first)}\n{json.dumps(second)}\n")
    told = store.do("import", "beads", str(file)).out
    assert "depends_on bd-1: is nowhere" in told
    assert "depends_on" not in store.doc("bd-2")
