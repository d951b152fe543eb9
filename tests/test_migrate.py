"""The whole store made otherwise: its format, its layout and its ids, each in one commit that can be taken back."""

from __future__ import annotations

import io
import json
import os
import random
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo
from each_command import COMMANDS, filled, peopled, words
from writing import Store, command, environment

from tmfiles import formats


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give the store of each command."""
    return filled(repo)


def _task_up(doc: Mapping[str, Any]) -> dict[str, Any]:
    if "web" not in doc.get("tags", ()):
        return {}
    return {"tags": [one for one in doc["tags"] if one != "web"], "fields": {**doc.get("fields", {}), "web": True}}


def _task_down(doc: Mapping[str, Any]) -> dict[str, Any]:
    if "web" not in doc.get("fields", {}):
        return {}
    left = {key: value for key, value in doc["fields"].items() if key != "web"}
    return {"fields": left, "tags": sorted({*doc.get("tags", ()), "web"})}


STEP = formats.Step(
    "the tag web becomes a field",
    _task_up,
    lambda _doc: {"fields": {"web": {"type": "boolean"}}},
    _task_down,
    lambda _doc: {"fields": None},
)


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be a second format."""
    monkeypatch.setattr(formats, "STEPS", (STEP,))


def test_the_first_format_has_nothing_to_do(store: Store) -> None:
    """There is one format: nothing is pending, nothing is changed, and none is before it."""
    commits = store.commits()
    assert store.do("migrate", "--status").out == (
        "format 1: the newest that this tm knows\nlayout auto: 3 flat, 1 archived\nids that tm did not make: 4\n"
    )
    assert store.do("migrate", "--apply").err == "nothing to change: the store is so already\n"
    assert store.do("migrate", "--dry-run").err == "would change: 0 tasks\n"
    assert "format 1 is the first" in store.do("migrate", "--rollback", code=1).err
    assert store.commits() == commits


@pytest.mark.usefixtures("second")
def test_a_second_format(store: Store) -> None:
    """Tasks and settings change in one commit that keeps comments and unknown keys; back again, bytes are as before."""
    before, commits = store.files(), store.commits()
    assert "to do: the tag web becomes a field" in store.do("migrate", "--status").out
    dry = store.do("migrate", "--dry-run")
    assert (dry.out, dry.err) == ("one  fields, tags\n", "would change: 1 task\n")
    assert store.files() == before
    store.do("migrate", "--apply")
    assert (store.commits(), store.status()) == (commits + 1, "")
    assert store.subjects()[0] == "tm: migrate to format 2"
    text = store.file("one").read_text(encoding="utf-8")
    assert text.startswith("# a comment\ntitle: 'Task one'   # quoted\n\nextra: {kept: [1]}\n")
    assert store.doc("one")["fields"] == {"web": True}
    assert "tags" not in store.doc("one")
    assert {path for path, data in store.files().items() if before[path] != data} == {"one.yaml", "config.yaml"}
    assert store.do("migrate", "--status").out.startswith("format 2: the newest that this tm knows\n")
    store.do("update", "two", "--priority", "high")  # a store of that format is written to
    store.assert_sound()
    store.do("migrate", "--rollback")
    assert store.doc("one")["tags"] == ["web"]
    assert (store.doc("two")["priority"], store.files()["config.yaml"]) == ("high", before["config.yaml"])
    store.do("undo", "3")
    assert store.files() == before


@pytest.mark.usefixtures("second")
def test_the_earlier_format_is_still_written(store: Store) -> None:
    """A program that knows a newer format goes on writing stores of the one before: nobody is locked out."""
    store.do("update", "one", "--priority", "high")
    assert b"version: 1" in store.files()["config.yaml"]


@pytest.mark.usefixtures("second")
@pytest.mark.parametrize("words", ["--apply", "--layout sharded", "--ids", "--layout flat --dry-run"])
def test_a_dirty_store_is_refused(store: Store, words: str) -> None:
    """What somebody has not committed is not swept into a migration, and nothing is changed."""
    (store.path / ".tasks/two.yaml").write_text("title: By hand\n", encoding="utf-8")
    before = store.files()
    told = store.do("migrate", *words.split(), code=1).err
    assert "not committed: .tasks/two.yaml" in told
    assert "tm commit" in told
    assert store.files() == before


@pytest.mark.usefixtures("second")
@pytest.mark.parametrize("words", ["--apply", "--ids"])
def test_a_task_that_cannot_be_read_is_not_left_behind(store: Store, repo: GitRepo, words: str) -> None:
    """While one file cannot be read, all tasks stay as they are: its links or fields could not follow."""
    repo.write(".tasks/bad.yaml", "title: [\n")
    repo.commit("a broken file")
    before = store.files()
    assert "bad cannot be read as a task" in store.do("migrate", words, code=1).err
    assert store.files() == before


@pytest.mark.parametrize("name", COMMANDS)
def test_a_newer_store_is_read_and_never_written(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Every writing command refuses a store of a newer format, and changes neither file nor commit."""
    monkeypatch.setenv("EDITOR", "sed -i s/Task/Job/")
    monkeypatch.setattr(sys, "stdin", io.StringIO("An answer\n"))
    store = peopled(filled(repo), name)
    repo.write(".tasks/config.yaml", "version: 2\ntypes: [spike]\nnew_key: {of: two}\n")
    repo.write(".tasks/two.yaml", "title: Task two\ntype: spike\nnew_field: 7\n")
    repo.commit("a newer tm was here")
    before, commit = store.files(), store.git("rev-parse", "HEAD")
    ran = store.do(*words(name, tmp_path), code=1)
    assert "made by a newer tm: this store has format 2, this tm knows 1" in ran.err
    assert "upgrade tm" in ran.err
    assert (store.files(), store.git("rev-parse", "HEAD"), store.status()) == (before, commit, "")
    assert "spike" in store.do("show", "two").out


@pytest.mark.parametrize("line", ["undo", "init", "commit", "check --fix", "migrate --apply", "migrate --rollback"])
def test_nor_by_what_writes_otherwise(store: Store, repo: GitRepo, line: str) -> None:
    """What takes back, gathers, mends or migrates refuses it likewise."""
    repo.write(".tasks/config.yaml", "version: 2\n")
    repo.commit("a newer tm was here")
    repo.write(".tasks/two.yaml", f"title: Task two\npriority: {'hihg' if line == 'check --fix' else 'low'}\n")
    before, commit = store.files(), store.git("rev-parse", "HEAD")
    ran = store.do(*line.split(), code=None)
    assert ran.code
    assert "newer" in ran.out + ran.err
    assert (store.files(), store.git("rev-parse", "HEAD")) == (before, commit)


def test_layouts(store: Store, repo: GitRepo) -> None:
    """Files go to their folders and back in a commit each; the archive and folders that people made stay."""
    repo.write(".tasks/ideas/later.yaml", "title: Later\n")
    repo.write(".tasks/bad.yaml", "title: [\n")  # it can move as it is
    repo.commit("more tasks")
    before, log = store.files(), store.do("log", "two", "--json").out
    ran = store.do("migrate", "--layout", "sharded")
    assert ran.out.splitlines()[0] == "bad  .tasks/bad.yaml → .tasks/ba/bad.yaml"
    after = store.files()
    moved = {f"{name[:2]}/{name}.yaml": before[f"{name}.yaml"] for name in ("one", "two", "three", "bad")}
    stay = {path: before[path] for path in ("archive/2025/old.yaml", "ideas/later.yaml", ".gitattributes")}
    assert after == {**moved, **stay, "config.yaml": before["config.yaml"].rstrip() + b"\n\nlayout: sharded\n"}
    assert (store.status(), store.subjects()[0]) == ("", "tm: migrate to the layout sharded")
    assert json.loads(store.do("log", "two", "--json").out)["data"][1:] == json.loads(log)["data"]
    assert (
        store.do("migrate", "--status").out.splitlines()[1]
        == "layout sharded: 4 sharded, 1 in folders of your own, 1 archived"
    )
    assert "nothing to change" in store.do("migrate", "--layout", "sharded").err
    assert (store.path / ".tasks" / store.add("New")[:2]).is_dir()
    store.do("migrate", "--layout", "flat")
    assert {path: data for path, data in store.files().items() if path in before and path != "config.yaml"} == {
        path: data for path, data in before.items() if path != "config.yaml"
    }
    store.do("undo", "3")
    assert store.files() == before


def test_ids(store: Store) -> None:
    """Named tasks get the ids they were given or random ones; links follow, the archive's too, in one commit."""
    commits = store.commits()
    store.do("dep", "add", "two", "three")
    store.do("update", "one", "--parent", "old")
    dry = store.do("migrate", "--ids", "two=second", "old", "--dry-run")
    assert dry.out == "old → a new id\none  depends_on, parent\ntwo → second\n"
    store.do("migrate", "--ids", "two=second", "old")
    assert (store.commits(), store.status()) == (commits + 3, "")
    new = store.doc("one")["parent"]
    assert store.doc("one")["depends_on"] == ["second"]
    assert (store.path / f".tasks/archive/2025/{new}.yaml").exists()
    assert store.doc("second")["depends_on"] == ["three"]
    told = store.do("show", "two", code=1).err
    assert told.startswith("tm: two was renamed: it is second now\ntm show second")
    assert "Task two" in store.do("log", "two").out
    assert "no task was deleted" in store.do("log", "--deleted").err
    assert "it is second now" in store.do("restore", "two", code=1).err
    assert "it is second now" in store.do("restore", "two", "--at", "HEAD~1", code=1).err
    assert "was used before" in store.do("migrate", "--ids", "one=two", code=1).err
    assert "is taken" in store.do("migrate", "--ids", "one=three", code=1).err
    store.assert_sound()


def test_ids_that_tm_did_not_make(store: Store) -> None:
    """Without names all foreign ids go, and tm's own stay; a chain of renamings leads to the last."""
    own = store.add("Made by tm", "--depends-on", "one")
    store.do("migrate", "--ids", "one=first")
    store.do("migrate", "--ids")
    state = json.loads(store.do("migrate", "--status", "--json").out)["data"]
    assert (state["foreign_ids"], state["flat"], state["archived"]) == ([], 4, 1)
    last = store.doc(own)["depends_on"][0]
    assert f"it is {last} now" in store.do("show", "one", code=1).err
    assert f"it is {last} now" in store.do("show", "first", code=1).err
    assert "nothing to change" in store.do("migrate", "--ids").err
    store.assert_sound()


def test_private_notes_follow_an_id(store: Store) -> None:
    """What a person keeps on a task for themselves is found under the new id, in whatever clone it lies."""
    store.do("note", "two", "Before")
    store.do("migrate", "--ids", "two=second")
    store.do("note", "second", "After")
    told = store.do("note", "second").out
    assert told.index("Before") < told.index("After")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "say one thing to do"),
        ("--apply --rollback", "say one thing to do"),
        ("--layout nested", "no layout"),
        ("one", "with --ids only"),
        ("--ids one=one two=one", "given to two tasks"),
        ("--ids one one=x1", "named twice"),
        ("--ids one=Not", "capital letters"),
        ("--ids one=", "must have 2 to 64"),
        ("--ids nobody", "no task 'nobody'"),
        ("--status --dry-run", "write nothing"),
        ("--status -m Words", "write nothing"),
    ],
)
def test_refused(store: Store, line: str, told: str) -> None:
    """What says nothing, two things, or what cannot be, is refused, and nothing is changed."""
    before = store.files()
    ran = store.do("migrate", *shlex.split(line), code=None)
    assert ran.code
    assert told in ran.err
    assert store.files() == before


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_killed_at_any_moment(repo: GitRepo) -> None:
    """A migration that is killed is done or not done once the next command has run, and nothing is left over."""
    store = Store(repo)
    for number in range(110):  # so many go to the disk another way than few
        repo.write(
            f".tasks/t-{number:03}.yaml",
            f"title: T\ndepends_on: [t-{max(number - 1, 0):03}]\n" if number else "title: T\n",
        )
    repo.commit("tasks")
    chance = random.Random(11)
    done = 0
    for number in range(16):
        line = ("--layout", "flat" if store.files().keys() & {"0/t-001.yaml"} else "sharded")
        if number % 4 == 3:
            line = ("--ids",)
        before, commits = store.files(), store.commits()
        child = subprocess.Popen(
            command("migrate", *line),
            cwd=store.path,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 20
        time.sleep(chance.uniform(0.1, 0.6))  # the moment to strike is the point
        if child.poll() is None:
            child.kill()
        child.wait(timeout=max(0.0, end - time.monotonic()))
        store.tm("release", "anchor", code=None)  # a writer, which mends and has nothing to do
        if store.commits() == commits:
            assert store.files() == before
        else:
            done += 1
            assert store.files() != before
        store.assert_sound()
    assert 0 < done < 16
