"""Taking commands back: each one whole, to the byte, by a new commit, and never over somebody's later words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from conftest import GitRepo
from each_command import filled
from writing import Store

from tmfiles.workspace import Workspace
from tmfiles.workspace.write import Order, Outcome, write

if TYPE_CHECKING:
    from pathlib import Path

    from tmfiles.workspace.write import Plan


def test_twice_takes_back_two_commands(repo: GitRepo) -> None:
    """Each undo takes back the latest command that still stands, skipping undos and what they took back."""
    store = filled(repo)
    states = [store.files()]
    for words in (["start", "two"], ["assign", "two", "li"], ["update", "one", "--tag", "new"]):
        store.do(*words)
        states.append(store.files())
    for state in reversed(states[:-1]):
        store.do("undo")
        assert store.files() == state
    store.do("start", "two")
    store.do("undo")
    assert store.files() == states[0]


def test_changed_since_is_refused(repo: GitRepo) -> None:
    """What was changed after the command, by tm or by hand, is not overwritten; nothing happens."""
    store = filled(repo)
    store.do("update", "one", "--priority", "high")
    target = store.git("rev-parse", "HEAD")
    store.do("update", "one", "--tag", "later")
    before = store.files()
    ran = store.do("undo", target[:10], code=1)
    assert "one has changed since" in ran.err
    store.do("undo")
    with store.file("one").open("a", encoding="utf-8") as file:
        file.write("assignee: li\n")
    assert "one has changed since" in store.do("undo", code=1).err
    store.file("one").unlink()
    assert "one has changed since" in store.do("undo", code=1).err
    assert {**store.files(), "one.yaml": b""} == {**before, "one.yaml": b""}


def test_anothers_command_only_by_its_id(repo: GitRepo) -> None:
    """Plain undo passes over the commands of other actors; named by its commit one is taken back."""
    store = filled(repo)
    store.do("update", "two", "--tag", "mine")
    mine = store.files()
    store.do("--as", "agent-7", "update", "one", "--tag", "theirs")
    theirs = store.git("rev-parse", "--short=8", "HEAD")
    store.do("undo")
    assert "mine" not in store.doc("two").get("tags", [])
    assert "theirs" in store.doc("one")["tags"]
    store.do("undo", theirs)
    assert "theirs" not in store.doc("one")["tags"]
    store.do("--as", "agent-7", "undo", code=1)
    assert store.files() != mine


def test_an_undo_can_be_undone_by_its_id(repo: GitRepo) -> None:
    """Undo of an undo brings the command back, after which plain undo can take it back again."""
    store = filled(repo)
    before = store.files()
    store.do("start", "two")
    after = store.files()
    store.do("undo")
    store.do("undo", store.git("rev-parse", "HEAD")[:12])
    assert store.files() == after
    store.do("undo")
    assert store.files() == before


def test_taken_back_already(repo: GitRepo) -> None:
    """The same command cannot be taken back twice, nor init, nor a commit that is not tm's."""
    store = filled(repo)
    store.do("start", "two")
    target = store.git("rev-parse", "HEAD")[:10]
    store.do("undo")
    assert "taken back already" in store.do("undo", target, code=1).err
    repo.write(".tasks/two.yaml", "title: By hand\n")
    own = repo.commit("the user's")
    assert "not made by tm" in store.do("undo", own[:10], code=1).err
    first = store.git("rev-list", "--max-parents=0", "HEAD")
    assert store.do("undo", first[:10], code=1)


def test_after_a_merge(repo: GitRepo) -> None:
    """Commands of both sides of a merge can be taken back, one after the other."""
    store = filled(repo)
    before = store.files()
    store.git("switch", "--quiet", "--create", "side")
    store.do("update", "one", "--tag", "side")
    side = store.git("rev-parse", "HEAD")
    store.git("switch", "--quiet", "main")
    store.do("update", "two", "--tag", "main")
    store.git("merge", "--quiet", "--no-edit", "side")
    store.do("undo", side[:10])
    store.do("undo")
    assert store.files() == before
    store.assert_sound()


def test_after_a_rebase(repo: GitRepo) -> None:
    """The command is found by its trailer, not by its commit: a rebase changes nothing."""
    store = filled(repo)
    store.git("switch", "--quiet", "--create", "side", "HEAD~1")
    before = store.files()
    store.do("start", "two")
    store.git("rebase", "--quiet", "main")
    with_main = {**store.files(), "two.yaml": before["two.yaml"]}
    store.do("undo")
    assert store.files() == with_main


def test_a_task_that_others_name_by_now(repo: GitRepo) -> None:
    """An add is not taken back while other tasks depend on what it made."""
    store = Store(repo)
    new = store.add("New")
    other = store.add("Other")
    store.do("dep", "add", other, new)
    made = store.git("rev-list", "--grep", f"tm: add {new}", "HEAD")
    ran = store.do("undo", made[:10], code=1)
    assert f"{other} (depends_on)" in ran.err
    assert store.file(new).exists()


def test_without_a_commit(repo: GitRepo) -> None:
    """With --no-commit the files go back and the history is left to the user."""
    store = filled(repo)
    before, count = store.files(), store.commits() + 1
    store.do("start", "two")
    store.do("undo", "--no-commit")
    assert store.files() == before
    assert store.commits() == count
    assert store.status() == " M .tasks/two.yaml"


def test_nothing_to_take_back(repo: GitRepo) -> None:
    """In a fresh store undo says that there is nothing, and changes nothing."""
    store = Store(repo)
    assert "no command left" in store.do("undo", code=1).err
    assert "no command" in store.do("undo", "abcdef12", code=1).err
    assert store.commits() == 1


def test_a_command_that_comes_in_between(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the last command is another by the time the lock is held, undo refuses and has done nothing."""
    store = filled(repo)
    store.do("update", "one", "--tag", "first")
    later: list[str] = []

    def late(workspace: Workspace, order: Order, plan: Plan) -> Outcome:
        store.tm("update", "two", "--tag", "second")
        later.append(store.git("rev-parse", "HEAD"))
        return write(workspace, order, plan)

    monkeypatch.setattr("tmfiles.history.undoing.write", late)
    assert "came in between" in store.do("undo", code=1).err
    assert store.git("rev-parse", "HEAD") == later[0]
    assert store.status() == ""


def test_a_broken_file_comes_back(repo: GitRepo) -> None:
    """A task that was never valid can be deleted, and brought back as it was."""
    store = filled(repo)
    repo.write(".tasks/broken.yaml", "title: [\npriority: hgih\n")
    repo.commit("a broken one")
    before = store.files()
    store.do("delete", "broken")
    assert not store.file("broken").exists()
    store.do("undo")
    assert store.files() == before
    assert store.status() == ""


def test_an_edit_by_hand_is_no_command(repo: GitRepo) -> None:
    """Undo passes over what was edited by hand, and takes it back when it is named."""
    store = Store(repo)
    store.do("add", "Ship", "--id", "ship")
    file = repo.path / ".tasks" / "ship.yaml"
    by_hand = file.read_bytes() + b"# mine\n"
    file.write_bytes(by_hand)
    store.do("start", "ship")
    store.do("undo")
    assert file.read_bytes() == by_hand
    refused = store.tm("undo", code=1)
    assert "ship has changed since" in refused.err
    assert file.read_bytes() == by_hand
    commit = repo.git("log", "--format=%h", "--grep=(by hand)", "-1", "--abbrev=10")
    store.do("undo", commit)
    assert b"# mine" not in file.read_bytes()


def test_several_at_once(repo: GitRepo) -> None:
    """The last N commands are taken back in one commit, also where they changed one task, and brought on again."""
    store = filled(repo)
    before = store.files()
    store.do("start", "two")
    store.do("--as", "agent-7", "comment", "three", "Mine")
    store.do("update", "two", "--tag", "new")
    store.do("delete", "one")
    after, commits = store.files(), store.commits()
    ran = store.do("undo", "3")
    assert [line for line in ran.err.splitlines() if line.startswith("took back")] == [
        "took back: tm: delete one Task one",
        "took back: tm: update two Task two",
        "took back: tm: start two Task two",
    ]
    assert {**store.files(), "three.yaml": b""} == {**before, "three.yaml": b""}
    assert (store.commits(), store.subjects("-1")) == (commits + 1, ["tm: undo 3 commands"])
    store.do("redo")
    assert store.files() == after
    assert "has only" in store.do("undo", "99", code=1).err


def test_redo_follows_undo(repo: GitRepo) -> None:
    """Undos are brought back one by one in their order; a command in between ends that, in so many words."""
    store = filled(repo)
    states = [store.files()]
    for tag in ("a", "b", "c"):
        store.do("update", "two", "--tag", tag)
        states.append(store.files())
    for state in states[2::-1]:
        store.do("undo")
        assert store.files() == state
    for state in states[1:3]:
        store.do("redo")
        assert store.files() == state
    store.do("--as", "agent-7", "comment", "three", "Not in the way")
    store.do("undo")
    store.do("redo", "2")
    assert {**store.files(), "three.yaml": b""} == {**states[3], "three.yaml": b""}
    assert "no undo" in store.do("redo", code=1).err
    store.do("undo")
    store.do("start", "two")
    assert "since their last command" in store.do("redo", code=1).err


def test_list(repo: GitRepo) -> None:
    """What can be taken back is listed newest first, with what stands in the way of each, and nothing happens."""
    store = filled(repo)
    store.do("update", "two", "--tag", "a")
    store.do("update", "one", "--tag", "b")
    store.do("--as", "agent-7", "comment", "two", "In the way")
    store.do("reopen", "three")
    store.do("undo")
    before, commits = store.files(), store.commits()
    lines = store.do("undo", "--list", "-n", "2").out.splitlines()
    assert [line.split("  ")[-1].strip() for line in lines] == [
        "tm: update one Task one",
        "tm: update two Task two",
        "changed since: two",
    ]
    steps = json.loads(store.do("undo", "--list", "--json").out)["data"]
    assert [step["changed_since"] for step in steps][:3] == [[], ["two"], []]
    assert (store.files(), store.commits()) == (before, commits)


@pytest.mark.parametrize("words", ["undo 0", "undo abc", "redo 0", "undo 2 --list", "undo --limit 2"])
def test_what_undo_refuses(repo: GitRepo, words: str) -> None:
    """A number that is none, a commit too short to name one, and contradictions are wrong usage."""
    assert Store(repo).do(*words.split(), code=2).err.count("\n") == 2


def test_a_shallow_clone_takes_back_only_what_it_knows(repo: GitRepo, tmp_path: Path) -> None:
    """The commit a shallow clone begins with looks as if it had made every task: taking it back would delete all."""
    store = filled(repo)
    store.do("update", "one", "--priority", "high")
    store.git("clone", "--quiet", "--depth", "1", f"file://{store.path}", str(tmp_path / "shallow"))
    clone = Store(GitRepo(tmp_path / "shallow"), init=False)
    before = clone.files()
    clone.do("start", "two")
    clone.do("undo")
    assert clone.files() == before
    first = clone.git("rev-parse", "HEAD~2")
    for words in (["undo"], ["undo", first]):
        assert "git fetch --unshallow" in clone.do(*words, code=1).err
    assert clone.files() == before
    assert clone.do("undo", "--list").code == 0
