"""Mending from the pending record: what a killed write left, whatever the user did before the next command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.errors import TmError
from tmfiles.git import commit as commits
from tmfiles.git import worktree
from tmfiles.store import Store as Files
from tmfiles.workspace import Workspace, edit, record, write
from tmfiles.workspace.write import How, Order

STEPS = ("_replace", "refresh_index", "publish", "drop")


class KilledError(BaseException):
    """What stands for the end of the process: nothing that comes after it is done."""


def kill_at(store: Store, step: str, edits: list[edit.Edit], *, commit: bool = True, after: bool = False) -> None:
    """Write, and end just before one step (or just after it) as a killed process would."""
    workspace = Workspace.find(str(store.path))
    owner = {
        "_replace": write.Run,
        "refresh_index": worktree,
        "publish": commits,
        "drop": record,
    }[step]
    real = getattr(owner, step)

    def stop(*args: object) -> None:
        if after:
            real(*args)
        raise KilledError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, step, stop)
        patch.setattr(write.Run, "_put_back", lambda _run: None)
        with pytest.raises(KilledError):
            write.write(workspace, Order("update", How(commit=commit)), lambda _view: edits)
    workspace.close()


def two(repo: GitRepo) -> Store:
    """Make a store of two tasks."""
    store = Store(repo)
    for name in ("one", "two"):
        store.do("add", f"Task {name}", "--id", name)
    return store


EDITS = [
    edit.change("one", {"priority": "high"}),
    edit.remove("two"),
    edit.make("three", {"title": "Task three"}),
]


def is_done(store: Store) -> bool:
    """Tell whether all three edits are there; they must be there together or not at all."""
    done = {
        store.doc("one").get("priority") == "high",
        not store.file("two").exists(),
        store.file("three").exists(),
    }
    assert len(done) == 1
    return done.pop()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(repo: GitRepo, step: str, after: bool) -> None:
    """Ended before or after each step, the next command finishes the write in its own commit, and says so."""
    store = two(repo)
    kill_at(store, step, EDITS, after=after)
    told = store.do("add", "Next").err
    finished = step != "drop" or not after
    assert told == ("tm: finished an interrupted tm update one, two, three\n" if finished else "")
    assert is_done(store)
    assert store.status() == ""
    assert [subject.split()[1] for subject in store.subjects()[:2]] == ["add", "update"]
    store.assert_sound()


@pytest.mark.parametrize("step", ["_replace", "drop"])
def test_killed_without_a_commit(repo: GitRepo, step: str) -> None:
    """An edit that was not to be committed is finished, and stays uncommitted."""
    store = two(repo)
    kill_at(store, step, EDITS, commit=False)
    assert "finished an interrupted tm update" in store.do("add", "Next").err
    assert is_done(store)
    assert sorted(store.status().splitlines()) == [" D .tasks/two.yaml", " M .tasks/one.yaml", "?? .tasks/three.yaml"]


@pytest.mark.parametrize("step", STEPS[:3])
def test_the_user_commits_in_between(repo: GitRepo, step: str) -> None:
    """After a commit of the user's the write is taken back, unless that commit took it all in."""
    repo.commit(files={"code.py": "1\n"})
    store = two(repo)
    kill_at(store, step, EDITS)
    repo.write("code.py", "2\n")
    repo.git("commit", "--quiet", "--message", "code", "code.py")
    assert "took back an interrupted tm update" in store.do("add", "Next").err
    assert not is_done(store)
    assert store.status() == ""
    store.assert_sound()


def test_the_users_commit_took_it_in(repo: GitRepo) -> None:
    """Where the user has committed the new files, nothing is taken back and nothing committed twice."""
    store = two(repo)
    kill_at(store, "publish", EDITS)
    repo.commit("all there is")
    assert "finished an interrupted tm update" in store.do("add", "Next").err
    assert is_done(store)
    assert store.subjects()[1] == "all there is"
    assert store.status() == ""


def test_on_another_branch(repo: GitRepo) -> None:
    """On another branch the write is taken back there, and no branch gets the commit."""
    store = two(repo)
    kill_at(store, "publish", EDITS)
    store.git("switch", "--quiet", "--create", "side")
    store.git("commit", "--quiet", "--allow-empty", "--message", "side")
    # The user's commit took in what lay in the index; what they do to it is theirs.
    assert "interrupted tm update" in store.do("add", "Next").err
    is_done(store)
    assert store.status() == ""
    assert "update" not in store.subjects("main")[0]


def test_edited_since(repo: GitRepo) -> None:
    """A file that the user edited after the kill is left alone, and their words are committed as theirs."""
    store = two(repo)
    kill_at(store, "publish", EDITS)
    with store.file("one").open("a", encoding="utf-8") as file:
        file.write("\nassignee: li\n")
    store.do("add", "Next")
    assert store.doc("one")["assignee"] == "li"
    assert store.status() == " M .tasks/one.yaml"
    assert "edited by hand: one" in store.do("update", "one", "--tag", "x").err
    assert store.status() == ""


def test_staged_since(repo: GitRepo) -> None:
    """Hunks of the task file that were staged before the kill are back in the index when it is taken back."""
    repo.commit(files={"code.py": "1\n"})
    store = two(repo)
    old = store.file("one").read_text()
    store.file("one").write_text(old + "\nassignee: li\n")
    store.git("add", ".tasks/one.yaml")
    store.file("one").write_text(old + "\nassignee: li\ntags: [web]\n")
    staged = store.git("show", ":.tasks/one.yaml")
    kill_at(store, "publish", EDITS)
    repo.write("code.py", "2\n")
    repo.git("commit", "--quiet", "--message", "code", "code.py")
    store.do("add", "Next")
    assert store.git("show", ":.tasks/one.yaml") == staged
    assert store.doc("one")["tags"] == ["web"]
    assert store.status() == "MM .tasks/one.yaml"


def test_during_a_rebase(repo: GitRepo) -> None:
    """In the middle of a rebase the write is taken back: a commit there could be lost."""
    store = two(repo)
    kill_at(store, "publish", EDITS)
    (store.path / ".git" / "rebase-merge").mkdir()
    assert "took back an interrupted tm update" in store.do("add", "Next", "--no-commit").err
    (store.path / ".git" / "rebase-merge").rmdir()
    assert not is_done(store)


def test_bulk_is_mended_from_the_commit(repo: GitRepo) -> None:
    """Over 100 files the record holds no contents: they come from the commit, which was written first."""
    store = two(repo)
    edits = [edit.make(f"n{n}", {"title": f"Task {n}"}) for n in range(130)]
    edits += [edit.change("one", {"priority": "high"})]
    for step, done in (("_replace", False), ("publish", False), ("publish", True)):
        kill_at(store, step, edits)
        if not done:
            store.git("commit", "--quiet", "--allow-empty", "--message", "other", "--only")
        left = json.loads((store.private / "pending").read_text())
        assert "new" not in left["files"][0]
        told = store.do("add", "Next").err
        assert ("finished" if done else "took back") in told
        assert len(list(store.path.glob(".tasks/n*.yaml"))) == (130 if done else 0)
        assert (store.doc("one").get("priority") == "high") == done
        assert store.status() == ""


def test_a_commit_that_is_gone(repo: GitRepo) -> None:
    """When the commit's objects did not outlive a power cut, the files go back."""
    store = two(repo)
    kill_at(store, "publish", EDITS)
    path = store.private / "pending"
    left = json.loads(path.read_text())
    path.write_text(json.dumps({**left, "commit": "1" * len(left["commit"])}))
    assert "took back" in store.do("add", "Next").err
    assert not is_done(store)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', '{"files": [{"old": 7}]}'])
def test_a_record_of_nobodys(repo: GitRepo, text: str) -> None:
    """A record that is none stops no command."""
    store = two(repo)
    (store.private / "pending").write_text(text)
    assert store.do("add", "Next").err == ""


def test_the_temporary_files_go(repo: GitRepo) -> None:
    """Temporary files of the killed write are gone after the next command, wherever they were made."""
    store = two(repo)
    kill_at(store, "_replace", EDITS)
    (store.path / ".tasks" / ".one.yaml.tm~").write_text("half")
    (store.private / "one.yaml~").write_text("half")
    store.do("add", "Next")
    store.assert_sound()


def test_told_also_when_refused(repo: GitRepo) -> None:
    """What was mended is told also when the command itself is refused."""
    store = two(repo)
    kill_at(store, "publish", EDITS)
    ran = store.do("start", "nosuch", code=1)
    assert "finished an interrupted tm update" in ran.err
    assert is_done(store)


def test_an_editor_was_quicker(repo: GitRepo) -> None:
    """A file saved by an editor between reading and writing is not overwritten."""
    store = two(repo)
    workspace = Workspace.find(str(store.path))
    path = Path(workspace.store.folder) / "one.yaml"
    text = path.read_text() + "\nassignee: li\n"
    real = write.Run._record

    def saved(run: write.Run, commit: str) -> None:
        path.write_text(text)
        real(run, commit)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(write.Run, "_record", saved)
        with pytest.raises(TmError, match="edited just now"):
            write.write(workspace, Order("update"), lambda _view: [edit.change("one", {"priority": "low"})])
    workspace.close()
    assert path.read_text() == text
    assert store.leftovers() == []


@pytest.mark.parametrize("task_id", ["one", "two", "three"])
def test_an_editor_saves_while_temporaries_are_written(repo: GitRepo, task_id: str) -> None:
    """A file that is saved, or made, in the last moment before the swap is not overwritten, nor removed."""
    store = two(repo)
    before = store.files()
    words = b"title: Saved in an editor\n"
    real = Files._temporary

    def slow(files: Files, path: str, *args: Any, **more: Any) -> str:
        temporary = real(files, path, *args, **more)
        store.file(task_id).write_bytes(words)
        return temporary

    workspace = Workspace.find(str(store.path))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Files, "_temporary", slow)
        with pytest.raises(TmError, match=f"{task_id}.yaml was edited just now"):
            write.write(workspace, Order("update"), lambda _view: EDITS)
    workspace.close()
    assert store.files() == before | {f"{task_id}.yaml": words}
    assert store.leftovers() == []


@pytest.mark.parametrize("step", STEPS)
def test_a_folder_in_the_place_of_a_file(repo: GitRepo, step: str) -> None:
    """A folder where a file was to be written is neither version: it is left alone, and mending goes on."""
    store = two(repo)
    kill_at(store, step, [edit.change("one", {"priority": "high"}), edit.change("two", {"priority": "high"})])
    store.file("one").unlink()
    store.file("one").mkdir()
    assert "an interrupted tm update" in store.do("add", "Next").err
    assert store.file("one").is_dir()
    assert not (store.private / "pending").exists()


def test_a_kill_after_a_move_by_hand(repo: GitRepo) -> None:
    """A killed write of a file that was moved by hand is finished with the index clean at both places."""
    store = two(repo)
    for step in ("refresh_index", "publish", "drop"):
        old = next((store.path / ".tasks").rglob("one.yaml"))
        new = old.parent / step / "one.yaml"
        new.parent.mkdir()
        old.rename(new)
        kill_at(store, step, [edit.change("one", {"title": step})])
        assert "finished an interrupted tm update" in store.do("add", "Next").err
        assert store.status() == ""
        assert store.git("ls-tree", "-r", "--name-only", "HEAD").count("one.yaml") == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_a_commit_of_hand_edits_is_mended_too(repo: GitRepo, step: str, after: bool) -> None:
    """Wherever a commit of files as they lie is killed, they keep lying so, and it is there whole or not at all."""
    store = two(repo)
    store.file("one").write_text("title: By hand\n", encoding="utf-8")
    store.file("two").unlink()
    (store.path / ".tasks/three.yaml").write_text("title: Three\n", encoding="utf-8")
    files, commits = store.files(), store.commits()
    paths = ["one.yaml", "two.yaml", "three.yaml"]
    kill_at(store, step, [edit.keep(path) for path in paths], after=after)
    assert store.files() == files
    store.do("add", "Another", "--id", "another")
    assert store.commits() in (commits + 1, commits + 2)
    rest = [f" M .tasks/{paths[0]}", f" D .tasks/{paths[1]}", f"?? .tasks/{paths[2]}"]
    assert store.status().splitlines() in ([], rest)
    store.do("commit")
    assert store.status() == ""
    store.file("another").unlink()
    assert store.files() == files
    store.git("restore", ".tasks/another.yaml")
    store.assert_sound()
