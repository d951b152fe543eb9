"""Deleted and earlier tasks come back to the byte, with their history, and with a word on what hangs on them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import GitRepo
from each_command import filled
from writing import Store


def test_a_deleted_task_comes_back(repo: GitRepo) -> None:
    """It lies where it lay, to the byte; its history is whole; and that can be undone."""
    store = filled(repo)
    (repo.path / ".tasks/sub").mkdir()
    repo.git("mv", ".tasks/one.yaml", ".tasks/sub/one.yaml")
    repo.commit("a folder of its own")
    before = store.files()
    store.do("delete", "one")
    store.do("add", "Something else")
    store.do("restore", "one")
    assert before.items() <= store.files().items()
    assert store.status() == ""
    log = json.loads(store.do("log", "one", "--json").out)["data"]
    assert [e["tasks"][0]["what"] for e in log] == ["added", "deleted", "moved", "changed", "changed", "added"]
    store.do("undo")
    assert not (repo.path / ".tasks/sub/one.yaml").exists()
    store.assert_sound()


def test_an_earlier_version_comes_back(repo: GitRepo) -> None:
    """With --at a task is as it was then, where it lies now; what is edited by hand is committed first."""
    store = filled(repo)
    then = store.file("three").read_bytes()
    commit = repo.git("rev-parse", "HEAD")
    store.do("update", "three", "--title", "Another")
    (repo.path / ".tasks/sub").mkdir()
    repo.git("mv", ".tasks/three.yaml", ".tasks/sub/three.yaml")
    repo.commit("moved")
    with (repo.path / ".tasks/sub/three.yaml").open("a", encoding="utf-8") as file:
        file.write("# by hand\n")
    store.do("restore", "three", "--at", commit[:12])
    assert (repo.path / ".tasks/sub/three.yaml").read_bytes() == then
    assert b"# by hand" in repo.git("show", "HEAD~1:.tasks/sub/three.yaml").encode()
    store.do("delete", "three")
    store.do("restore", "th", "--at", commit)
    assert store.file("three").read_bytes() == then
    store.assert_sound()


def test_links_that_were_cut_are_told(repo: GitRepo) -> None:
    """Who depended on it when it was deleted is told, with the command that links the two again."""
    store = filled(repo)
    store.do("delete", "two", "--force")
    assert "tm dep add one two" in store.do("restore", "two").err
    store.do("dep", "add", "one", "two")
    store.do("complete", "two")
    assert "waits for it again: one" in store.do("restore", "two", "--at", "HEAD~1").err


def test_what_went_together_comes_back_together(repo: GitRepo) -> None:
    """A task that names one which is gone as well is refused, until both are brought back."""
    store = filled(repo)
    before = store.files()
    store.do("delete", "one", "two")
    ran = store.do("restore", "one", code=1)
    assert "Bring them back together: tm restore one two" in ran.err
    store.do("restore", "one", "two")
    assert store.files() == before


def test_restore_all(repo: GitRepo) -> None:
    """Files that are gone while HEAD has them come back, settings too; nothing is committed, edits stay."""
    store = filled(repo)
    before, commits = store.files(), store.commits()
    with store.file("two").open("a", encoding="utf-8") as file:
        file.write("# mine\n")
    for name in ("one.yaml", "config.yaml", ".gitattributes"):
        (repo.path / ".tasks" / name).unlink()
    assert "no commit deleted it" in store.do("restore", "one", code=1).err
    ran = store.do("restore", "--all")
    assert ran.out.split() == [".gitattributes", "config.yaml", "one.yaml"]
    assert store.files() == {**before, "two.yaml": before["two.yaml"] + b"# mine\n"}
    assert (store.commits(), store.status()) == (commits, " M .tasks/two.yaml")
    assert store.do("restore", "--all").err == "no file is gone\n"


def test_a_store_that_was_removed_whole(repo: GitRepo) -> None:
    """Where all of .tasks/ is gone, the refusal tells how it comes back, and that does bring it back."""
    store = filled(repo)
    before = store.files()
    shutil.rmtree(repo.path / ".tasks")
    assert "git restore .tasks" in store.do("list", code=1).err
    repo.git("restore", ".tasks")
    assert store.files() == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("restore", "say which"),
        ("restore one", "one is here"),
        ("restore nobody", "no task 'nobody'"),
        ("restore one --at nowhere", "neither a commit nor a date"),
        ("restore three --at HEAD~9", "neither"),
        ("restore x --at HEAD", "is no task in"),
        ("restore --all one", "Leave out"),
    ],
)
def test_restore_refuses(repo: GitRepo, words: str, told: str) -> None:
    """What cannot be brought back is refused with the reason, and nothing is changed."""
    store = filled(repo)
    before = store.files()
    assert told in store.do(*words.split(), code=None).err
    assert store.files() == before


def test_fifty_come_back_in_another_clone(repo: GitRepo, tmp_path: Path) -> None:
    """Deleted, then other work, an archive, tm sync: in another clone all are back, with their history."""
    store = Store(repo)
    ids = [f"t-{number:02}" for number in range(50)]
    plan = [{"op": "add", "title": title, "id": title.lower()} for title in ("Anchor", "Closed")]
    plan += [{"op": "add", "title": f"Task {one}", "id": one, "depends_on": ["anchor"]} for one in ids]
    repo.write("plan.jsonl", "\n".join(map(json.dumps, plan)))
    store.do("batch", str(repo.path / "plan.jsonl"))
    (repo.path / "plan.jsonl").unlink()
    store.do("update", *ids[:20], "--priority", "high")
    before = store.files()
    histories = {one: json.loads(store.do("log", one, "--json").out)["data"] for one in (ids[0], ids[-1])}
    shared = tmp_path / "shared.git"
    repo.git("init", "--quiet", "--bare", str(shared))
    repo.git("remote", "add", "origin", str(shared))
    repo.git("push", "--quiet", "--set-upstream", "origin", "main")
    store.do("delete", *ids)
    repo.write("code.py", "print()\n")
    repo.commit("other work")
    store.do("complete", "closed")
    store.do("archive", "closed")
    store.do("sync", "--with-code")
    repo.git("clone", "--quiet", "--branch", "main", str(shared), str(tmp_path / "other"))
    other = Store(GitRepo(tmp_path / "other"), init=False)
    other.add("More there")
    other.do("sync")
    store.do("sync")
    lost = json.loads(other.do("log", "--deleted", "--limit", "0", "--json").out)["data"]
    assert sorted(task["id"] for one in lost for task in one["tasks"]) == ids
    other.do("restore", *ids)
    files = other.files()
    assert {f"{one}.yaml": files[f"{one}.yaml"] for one in ids} == {f"{one}.yaml": before[f"{one}.yaml"] for one in ids}
    for one, history in histories.items():
        assert json.loads(other.do("log", one, "--json").out)["data"][2:] == history
    other.assert_sound()
    other.do("sync")
    store.do("sync")
    assert store.files() == files
    assert store.do("list", "--all", "--format", "id").out == other.do("list", "--all", "--format", "id").out
