"""Tasks of dstask, as its own code writes them, become tasks and its files again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles import codec
from tmfiles.errors import TmError
from tmfiles.interop import dstask

UUID = "2b4a1360-eadf-4c92-9ce5-5e9973af1d8a"
OTHER = "228e4adf-3060-4180-95f2-196c3db7826b"
# The keys in the order of Task in dstask's task.go, with the values of its YAML library.
FILE = f"""\
summary: Write the docs
notes: |-
  See the page

  twice
tags:
- home
- web
project: site
priority: P1
delegatedto: ""
subtasks:
- summary: Read
  resolved: true
- summary: Think
  resolved: false
dependencies:
- {OTHER}
created: 2026-01-02T10:00:00.123456789Z
resolved: 0001-01-01T00:00:00Z
due: 2026-12-01T00:00:00Z
"""


def laid(folder: Path, **files: str) -> Path:
    """Lay out a repository: `pending=text` is one task of that status, of the first UUID."""
    for status, text in files.items():
        (folder / status).mkdir(parents=True)
        (folder / status / f"{UUID}.yml").write_text(text)
    return folder


def test_a_whole_task(tmp_path: Path) -> None:
    """Every key is where it belongs; the project is kept aside, and Go's zero time is none."""
    assert dstask.convert(str(laid(tmp_path, active=FILE))).tasks == {
        UUID: {
            "title": "Write the docs",
            "status": "in_progress",
            "priority": "high",
            "tags": ["home", "web"],
            "depends_on": [OTHER],
            "due": "2026-12-01T00:00:00Z",
            "created_at": "2026-01-02T10:00:00Z",
            "description": "See the page\n\ntwice",
            "criteria": [{"text": "Read", "met": True}, {"text": "Think"}],
            "fields": {"dstask": {"project": "site"}},
        }
    }


def test_a_task_goes_out_as_it_came(tmp_path: Path) -> None:
    """What dstask wrote says the same after the way back, in the folder where it was; times are unquoted, as there."""
    made = dstask.written(dstask.convert(str(laid(tmp_path, active=FILE))).tasks)
    assert list(made) == [f"active/{UUID}.yml"]
    text = made[f"active/{UUID}.yml"]
    before = {key: value for key, value in codec.loads(FILE.encode(), shapes={}).items() if value != ""}
    assert codec.loads(text, shapes={}) == {**before, "created": "2026-01-02T10:00:00Z"}
    assert b"\ncreated: 2026-01-02T10:00:00Z\nresolved: 0001-01-01T00:00:00Z\n" in text


@pytest.mark.parametrize(
    ("status", "here"),
    [
        ("pending", "pending"),
        ("active", "in_progress"),
        ("paused", "pending"),
        ("delegated", "blocked"),
        ("deferred", "blocked"),
        ("recurring", "blocked"),
        ("templates", "blocked"),
        ("resolved", "completed"),
    ],
)
def test_each_folder_is_a_status(tmp_path: Path, status: str, here: str) -> None:
    """Each folder has its status here, and a file goes out into the folder that it came from."""
    found = dstask.convert(str(laid(tmp_path, **{status: "summary: T\nresolved: 2026-02-01T00:00:00Z\n"}))).tasks
    assert found[UUID]["status"] == here
    assert list(dstask.written(found)) == [f"{status}/{UUID}.yml"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("notes: x\n", 1, "summary: missing"),
        ("summary: [x\n", 2, ""),
        ("summary: &a x\nnotes: *a\n", 1, "&a"),
        ("- summary: x\n", 1, ""),
        ("summary: x\ntm: {parent: '..'}\n", 1, "tm: parent"),
        ("", 1, ""),
    ],
)
def test_what_is_no_task_is_told_with_its_place(tmp_path: Path, text: str, line: int, words: str) -> None:
    """A file that cannot be read refuses all, with its path, line and key."""
    with pytest.raises(TmError) as caught:
        dstask.convert(str(laid(tmp_path, pending=text)))
    problem = caught.value.problems[0]
    assert problem.path == f"{tmp_path}/pending/{UUID}.yml"
    assert (problem.line, words in problem.message) == (line, True), problem


def test_a_name_that_is_no_uuid_and_one_that_is_there_twice_are_told(tmp_path: Path) -> None:
    """The name of a file is the id: one that cannot be, and one in two folders, refuse the import."""
    laid(tmp_path, pending="summary: x\n", resolved="summary: x\n")
    (tmp_path / "pending" / "notes.yml").write_text("summary: y\n")
    with pytest.raises(TmError) as caught:
        dstask.convert(str(tmp_path))
    assert [problem.message.split(" is in ")[0] for problem in caught.value.problems] == [
        "this task has no id", f"the id '{UUID}' ({UUID} here)",
    ]  # fmt: skip


def test_it_comes_in_once_and_follows_no_link(repo: GitRepo, tmp_path: Path) -> None:
    """A dry run writes nothing, a second import brings nothing, and a link out of the folder is refused."""
    store, folder = Store(repo), laid(tmp_path / "in", active=FILE)
    assert "would import 1 task" in store.do("import", "dstask", str(folder), "--dry-run").out
    assert "is nowhere" in store.do("import", "dstask", str(folder)).out
    store.do("check")
    assert "imported 0 tasks" in store.do("import", "dstask", str(folder)).out
    secret = tmp_path / "secret.yml"
    secret.write_text("summary: s\n")
    os.symlink(secret, folder / "active" / f"{OTHER}.yml")
    assert "not followed" in store.do("import", "dstask", str(folder), code=1).err
    assert "no tasks of dstask" in store.do("import", "dstask", str(tmp_path), code=2).err


def test_a_cancelled_task_is_resolved_there() -> None:
    """What dstask has no word for goes along beside it."""
    tasks: dict[str, Any] = {"aa11": {"title": "T", "status": "cancelled", "reason": "no"}}
    ((name, text),) = dstask.written(tasks).items()
    assert name.startswith("resolved/")
    assert codec.loads(text, shapes={})["tm"]["status"] == "cancelled"


def test_a_task_that_dstask_wrote_anew_is_known_again(repo: GitRepo, tmp_path: Path) -> None:
    """Where only the UUID came back, nothing comes in twice, and links of new tasks name what is here."""
    store, out = Store(repo), tmp_path / "out"
    store.add("First", "--id", "first")
    store.do("export", "-f", "dstask", "-o", str(out))
    (file,) = (out / "pending").iterdir()
    file.write_text("summary: First, changed there\n")
    (out / "pending" / f"{UUID}.yml").write_text(f"summary: Next\ndependencies: [{file.stem}]\n")
    told = store.do("import", "dstask", str(out)).out
    assert "imported 1 task\n" in told
    assert store.doc(UUID)["depends_on"] == ["first"]
    assert sorted(row.split("\t")[0] for row in store.do("list", "--plain").out.splitlines()) == [UUID, "first"]
    assert "imported 0 tasks" in store.do("import", "dstask", str(out)).out
