"""What an edit must not make of a store: cycles, links to nowhere, tasks that are none."""

from __future__ import annotations

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.errors import TmError
from tmfiles.workspace import Workspace, edit
from tmfiles.workspace.write import How, Order, Outcome, write


def chain(repo: GitRepo) -> Store:
    """Make a store of three tasks: c depends on b, b on a."""
    store = Store(repo)
    for name, needs in (("aa", []), ("bb", ["--depends-on", "aa"]), ("cc", ["--depends-on", "bb"])):
        store.do("add", f"Task {name}", "--id", name, *needs)
    return store


def wrote(store: Store, *edits: edit.Edit) -> Outcome:
    """Write edits through the funnel."""
    workspace = Workspace.find(str(store.path))
    try:
        return write(workspace, Order("update", How()), lambda _view: edits)
    finally:
        workspace.close()


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ([edit.change("aa", {"depends_on": ["cc"]})], "would depend on itself"),
        ([edit.change("aa", {"depends_on": ["aa"]})], "itself"),
        ([edit.change("aa", {"parent": "bb"}), edit.change("bb", {"parent": "aa"})], "its own ancestor"),
        ([edit.change("aa", {"parent": "aa"})], "itself"),
        ([edit.change("aa", {"depends_on": ["nosuch"]})], "no such task"),
        ([edit.change("aa", {"related": ["nosuch"]})], "no such task"),
        ([edit.change("aa", {"parent": "nosuch"})], "no such task"),
        ([edit.change("aa", {"source": "nosuch"})], "no such task"),
        ([edit.remove("aa")], "bb (depends_on)"),
        ([edit.remove("aa"), edit.change("cc", {"related": ["aa"]})], "aa"),
        ([edit.change("aa", {"priority": "hgih"})], "hgih"),
        ([edit.change("aa", {"title": None})], "title"),
        ([edit.make("aa", {"title": "Again"})], "taken"),
        ([edit.make("new", {"title": "x"}), edit.make("new", {"title": "y"})], "taken"),
        ([edit.put("aa.yaml", b"title: [")], "aa.yaml"),
        ([edit.put("../out.yaml", b"title: x\n")], "no path of a task file"),
        ([edit.change("aa", {"tags": ["x"]}), edit.change("bb", {"depends_on": ["cc"]})], "would depend on itself"),
    ],
)
def test_refused_whole(repo: GitRepo, made: list[edit.Edit], said: str) -> None:
    """One edit that breaks a rule refuses all of them: no file and no commit is made."""
    store = chain(repo)
    before, count = store.files(), store.commits()
    with pytest.raises(TmError) as caught:
        wrote(store, *made)
    assert said in " ".join([caught.value.message, *map(str, caught.value.problems)])
    assert (store.files(), store.commits(), store.status()) == (before, count, "")
    assert store.leftovers() == []


@pytest.mark.parametrize(
    "made",
    [
        [edit.remove("cc")],
        [edit.remove("aa"), edit.remove("bb"), edit.remove("cc")],
        [edit.remove("aa"), edit.change("bb", {"depends_on": None})],
        [edit.make("new", {"title": "x", "depends_on": ["other"]}), edit.make("other", {"title": "y"})],
        [edit.change("cc", {"depends_on": ["aa", "bb"]})],
        [edit.change("bb", {"parent": "aa"}), edit.change("cc", {"parent": "aa"})],
    ],
)
def test_allowed_together(repo: GitRepo, made: list[edit.Edit]) -> None:
    """What is sound as a whole is allowed, in whatever order it is named; a diamond is no cycle."""
    store = chain(repo)
    count = store.commits()
    assert wrote(store, *made).commit
    assert store.commits() == count + 1
    store.assert_sound()


def test_what_was_broken_before_does_not_block(repo: GitRepo) -> None:
    """A cycle or a link to nowhere that a merge or an editor made does not hinder edits that leave or mend it."""
    store = chain(repo)
    repo.write(".tasks/aa.yaml", "title: Task aa\n\ndepends_on:\n- cc\n- nosuch\n")
    repo.commit("a bad merge")
    wrote(store, edit.change("aa", {"priority": "high"}))
    wrote(store, edit.change("bb", {"tags": ["x"]}))
    with pytest.raises(TmError):
        wrote(store, edit.change("aa", {"depends_on": ["cc", "nosuch", "another"]}))
    store.do("dep", "remove", "aa", "nosuch")
    store.do("dep", "remove", "aa", "cc")
    store.assert_sound()


def test_a_committed_file_that_is_invalid(repo: GitRepo) -> None:
    """A file that is invalid in HEAD may be edited when the result is valid, and may be deleted."""
    store = chain(repo)
    repo.write(".tasks/cc.yaml", "title: Task cc\npriority: hgih\n")
    repo.commit("a bad merge")
    with pytest.raises(TmError, match="hgih"):
        wrote(store, edit.change("cc", {"tags": ["x"]}))
    wrote(store, edit.change("cc", {"priority": "high"}))
    store.assert_sound()
    repo.write(".tasks/cc.yaml", "title: [\n")
    repo.commit("another bad merge")
    store.do("delete", "cc")
    assert not store.file("cc").exists()
    assert store.status() == ""


def test_delete_what_others_name(repo: GitRepo) -> None:
    """A task that others name is deleted only with the links cut, in one commit, which undo takes back whole."""
    store = chain(repo)
    before = store.files()
    assert "bb (depends_on)" in store.do("delete", "aa", code=1).err
    store.do("delete", "aa", "--force")
    assert "depends_on" not in store.doc("bb")
    assert store.subjects()[0] == "tm: delete aa Task aa"
    store.do("undo")
    assert store.files() == before


def test_a_symbolic_link_out_of_the_store(repo: GitRepo) -> None:
    """A folder below .tasks/ that leads elsewhere is written to by nothing, and the next command is not stuck."""
    store = chain(repo)
    outside = store.path.parent / "outside"
    outside.mkdir()
    (store.path / ".tasks" / "away").symlink_to(outside)
    with pytest.raises(TmError, match="symbolic link"):
        wrote(store, edit.put("away/new.yaml", b"title: x\n"))
    assert list(outside.iterdir()) == []
    assert store.do("update", "aa", "--tag", "x").err == "updated aa  Task aa\n"
