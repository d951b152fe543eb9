"""Edits made by hand come first: committed on their own when they are valid, refused when they are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles import codec


def started(repo: GitRepo) -> Store:
    """Make a store with two tasks."""
    store = Store(repo)
    for name in ("one", "two"):
        store.do("add", f"Task {name}", "--id", name)
    return store


def append(store: Store, task_id: str, text: str) -> None:
    """Add lines to a task's file, as in an editor."""
    with store.file(task_id).open("a", encoding="utf-8") as file:
        file.write(text)


def committed(store: Store, revision: str, task_id: str) -> dict[str, object]:
    """Read a task as a commit has it."""
    return codec.loads(store.git("show", f"{revision}:.tasks/{task_id}.yaml").encode())


def test_a_valid_edit_gets_its_own_commit(repo: GitRepo) -> None:
    """The hand edit is one commit, ours the next, and only in files that the command changes."""
    store = started(repo)
    append(store, "one", "\n# why\nassignee: li\n")
    append(store, "two", "\nassignee: li\n")
    told = store.do("update", "one", "--priority", "high").err
    assert told.splitlines()[0] == "tm: committed first what was edited by hand: one"
    assert store.subjects()[:2] == ["tm: update one Task one", "tm: edit one Task one (by hand)"]
    assert committed(store, "HEAD~1", "one").get("priority") != "high"
    assert committed(store, "HEAD~1", "one")["assignee"] == "li"
    assert "# why" in store.git("show", "HEAD~1:.tasks/one.yaml")
    assert store.status() == " M .tasks/two.yaml"


def test_several_at_once(repo: GitRepo) -> None:
    """The hand edits of all files that a command changes make one commit."""
    store = started(repo)
    for name in ("one", "two"):
        append(store, name, "\nassignee: li\n")
    store.do("update", "one", "two", "--priority", "high")
    assert store.subjects()[:2] == ["tm: update 2 tasks", "tm: edit 2 tasks (by hand)"]
    assert store.status() == ""


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("\ntype: bgu\n", "bgu"),
        ("\ntags: [a\n", "one.yaml"),
        ("\ntitle: Twice\n", "title"),
        ("\ndepend_on: [two]\n", "depend_on"),
    ],
)
def test_an_invalid_edit_is_refused_with_its_problems(repo: GitRepo, text: str, rule: str) -> None:
    """The file's problems are told with their lines, and neither file nor history changes."""
    store = started(repo)
    append(store, "one", text)
    before, count = store.files(), store.commits()
    for args in (["update", "one", "--tag", "x"], ["start", "one"], ["update", "two", "one", "--tag", "x"]):
        told = store.do(*args, code=1).err
        assert ".tasks/one.yaml:" in told
        assert rule in told
    assert (store.files(), store.commits()) == (before, count)
    store.do("update", "two", "--tag", "x")


def test_a_new_file_made_by_hand(repo: GitRepo) -> None:
    """A file that git has not heard of is committed first, then the command's change."""
    store = started(repo)
    repo.write(".tasks/fix-login.yaml", "title: Fix the login\n")
    store.do("start", "fix-login")
    assert store.subjects()[:2] == ["tm: start fix-login Fix the login", "tm: edit fix-login Fix the login (by hand)"]
    assert committed(store, "HEAD~1", "fix-login") == {"title": "Fix the login"}
    assert store.status() == ""
    store.do("undo")
    assert store.file("fix-login").read_text() == "title: Fix the login\n"


def test_a_new_file_in_a_folder_of_ones_own(repo: GitRepo) -> None:
    """Files in subfolders keep their place."""
    store = started(repo)
    repo.write(".tasks/web/login/deep.yaml", "title: Deep\n")
    store.do("start", "deep")
    assert store.status() == ""
    store.do("delete", "deep")
    assert not (store.path / ".tasks" / "web").exists()
    store.do("undo")
    assert codec.loads((store.path / ".tasks/web/login/deep.yaml").read_bytes())["status"] == "in_progress"


def test_a_file_deleted_by_hand(repo: GitRepo) -> None:
    """A task whose file is gone is not found; no command commits the deletion, and none brings the file back."""
    store = started(repo)
    store.do("dep", "add", "two", "one")
    store.file("one").unlink()
    assert "no task 'one'" in store.do("start", "one", code=1).err
    store.do("update", "two", "--priority", "high")
    assert store.status() == " D .tasks/one.yaml"
    assert "one" in store.git("ls-tree", "-r", "--name-only", "HEAD")
    assert "blocked" in store.do("start", "two", code=1).err


def test_delete_after_a_hand_edit(repo: GitRepo) -> None:
    """Deleting a task loses no words: what was written by hand is in history first, and undo brings it back."""
    store = started(repo)
    append(store, "one", "\ndescription: Only here\n")
    before = store.files()
    store.do("delete", "one")
    assert "Only here" in store.git("show", "HEAD~1:.tasks/one.yaml")
    store.do("undo")
    assert store.files() == before


def test_git_mv_and_git_add(repo: GitRepo) -> None:
    """A file that was moved with git mv, or added, is committed whole, and work tree and index are clean."""
    store = started(repo)
    (store.path / ".tasks" / "web").mkdir()
    store.git("mv", ".tasks/one.yaml", ".tasks/web/one.yaml")
    repo.write(".tasks/new.yaml", "title: New\n")
    store.git("add", ".tasks/new.yaml")
    store.do("start", "one", "new")
    assert store.status() == ""
    assert places(store, "one") == [[".tasks/web/one.yaml"], [".tasks/web/one.yaml"], [".tasks/one.yaml"]]


def places(store: Store, task_id: str) -> list[list[str]]:
    """Give where the last three commits have a task's file, newest first."""
    listed = [store.git("ls-tree", "-r", "--name-only", f"HEAD~{n}").splitlines() for n in range(3)]
    return [[path for path in paths if path.endswith(f"/{task_id}.yaml")] for paths in listed]


@pytest.mark.parametrize("hooks", [False, True])
def test_a_file_moved_by_hand(repo: GitRepo, hooks: bool, tmp_path: Path) -> None:
    """The move is committed whole, both places at once, so that a fresh clone has the task once."""
    store = started(repo)
    if hooks:
        repo.write(".tasks/config.yaml", "version: 1\nrun_hooks: true\n")
        repo.commit("hooks")
    new = repo.write(".tasks/web/one.yaml", store.file("one").read_bytes())
    store.file("one").unlink()
    store.do("start", "one")
    assert places(store, "one") == [[".tasks/web/one.yaml"], [".tasks/web/one.yaml"], [".tasks/one.yaml"]]
    assert store.status() == ""
    repo.git("clone", "--quiet", ".", str(tmp_path / "clone"))
    assert store.tm("check", cwd=tmp_path / "clone").code == 0
    new.rename(store.file("one"))
    store.do("delete", "one")
    assert places(store, "one") == [[], [".tasks/one.yaml"], [".tasks/web/one.yaml"]]
    assert store.status() == ""
    store.assert_sound()


def test_a_moved_file_whose_old_place_was_staged(repo: GitRepo) -> None:
    """What was staged at the old place gets its commit before the move, so that no version is lost."""
    store = started(repo)
    text = store.file("one").read_text()
    append(store, "one", "\nassignee: staged\n")
    store.git("add", ".")
    store.file("one").unlink()
    repo.write(".tasks/web/one.yaml", text)
    store.do("start", "one")
    assert store.subjects()[1:3] == ["tm: edit one Task one (by hand)", "tm: edit one Task one (staged)"]
    assert committed(store, "HEAD~2", "one")["assignee"] == "staged"
    assert store.status() == ""


def test_an_id_whose_file_is_gone(repo: GitRepo) -> None:
    """An id that HEAD holds, at whatever place, is not given to another task; what brings it back is told."""
    store = started(repo)
    (store.path / ".tasks" / "web").mkdir()
    store.git("mv", ".tasks/two.yaml", ".tasks/web/two.yaml")
    repo.commit("moved")
    store.file("one").unlink()
    (store.path / ".tasks" / "web" / "two.yaml").unlink()
    before, count = store.files(), store.commits()
    for task_id, place in (("one", ".tasks/one.yaml"), ("two", ".tasks/web/two.yaml")):
        for more in ((), ("--no-commit",)):
            told = store.do("add", "Another", "--id", task_id, *more, code=1).err
            assert f"HEAD has {place}" in told
            assert f"git restore {place}" in told
    assert (store.files(), store.commits()) == (before, count)
    store.git("restore", ".tasks/one.yaml")
    store.do("start", "one")


def test_a_shallow_clone_cannot_know_ids(repo: GitRepo, tmp_path: Path) -> None:
    """In a shallow clone an id that a person chose is taken with a word of warning; a random one without."""
    started(repo)
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.path}", str(tmp_path / "clone"))
    clone = Store(GitRepo(tmp_path / "clone"), init=False)
    assert "shallow" in clone.do("add", "Task", "--id", "three").err
    assert "shallow" not in clone.do("add", "Task").err


def test_nothing_to_change_writes_nothing(repo: GitRepo) -> None:
    """A command that changes nothing commits nothing, not even the hand edit."""
    store = started(repo)
    append(store, "one", "\nassignee: li\n")
    before, count = store.files(), store.commits()
    assert "nothing to change" in store.do("update", "one", "--assignee", "li").err
    assert (store.files(), store.commits()) == (before, count)
    assert store.status() == " M .tasks/one.yaml"


def test_without_a_commit_hand_edits_stay(repo: GitRepo) -> None:
    """With --no-commit both the hand edit and ours stay in the work tree."""
    store = started(repo)
    append(store, "one", "\nassignee: li\n")
    count = store.commits()
    store.do("update", "one", "--priority", "high", "--no-commit")
    assert store.commits() == count
    assert {"assignee": "li", "priority": "high"}.items() <= store.doc("one").items()


def test_an_intent_to_add_is_no_version(repo: GitRepo) -> None:
    """A new file that was only announced to the index is committed as it lies there."""
    store = Store(repo)
    repo.write(".tasks/hand.yaml", "title: By hand\n")
    repo.git("add", "--intent-to-add", ".tasks/hand.yaml")
    store.do("update", "hand", "--priority", "low")
    assert repo.git("log", "-2", "--format=%s").splitlines()[1] == "tm: edit hand By hand (by hand)"
    assert store.status() == ""
