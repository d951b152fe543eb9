"""A write on behalf of somebody who saw a certain version, and in the name of somebody who is not Git's own."""

from __future__ import annotations

import threading

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.actions import status, tasks
from tmfiles.config import Environment
from tmfiles.workspace import Workspace
from tmfiles.workspace.seen import UnseenError, mark
from tmfiles.workspace.write import How


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store with one task."""
    made = Store(repo)
    made.do("add", "One", "--id", "one")
    return made


def marked(store: Store) -> str:
    """Give the mark of the task as it is now."""
    with Workspace.find(str(store.path)) as workspace:
        return mark(workspace.read(), "one")


def test_what_was_seen_may_be_changed(store: Store) -> None:
    """With the mark of the version that is there the write goes on, and the mark is another one then."""
    seen = marked(store)
    with Workspace.find(str(store.path)) as workspace:
        tasks.update(workspace, ["one"], {"title": "Uno"}, How(seen=(("one", ("other", seen)),)))
    assert marked(store) != seen
    assert store.doc("one")["title"] == "Uno"


@pytest.mark.parametrize("how", ["command", "hand", "gone"])
def test_what_was_changed_meanwhile_is_left_alone(store: Store, how: str) -> None:
    """A command's edit, one by hand that nobody committed, and a deletion: each makes the mark a past one."""
    seen = marked(store)
    if how == "command":
        store.do("comment", "one", "Words")
    elif how == "hand":
        store.file("one").write_bytes(store.file("one").read_bytes() + b"# a comment\n")
    else:
        store.do("delete", "one")
        store.do("restore", "one")
        store.do("update", "one", "--title", "Another")
    before = (store.files(), store.commits())
    with Workspace.find(str(store.path)) as workspace, pytest.raises(UnseenError) as refused:
        status.start(workspace, ["one"], How(seen=(("one", (seen,)),)))
    assert (refused.value.id, refused.value.code) == ("one", "race")
    assert (store.files(), store.commits()) == before


def test_of_many_who_saw_the_same_one_writes(store: Store) -> None:
    """Eight threads, each with a workspace of its own, hold one mark: one edit is made, seven are refused."""
    how = How(seen=(("one", (marked(store),)),))
    told: list[str] = []

    def write(number: int) -> None:
        with Workspace.find(str(store.path)) as workspace:
            try:
                tasks.update(workspace, ["one"], {"title": f"Title {number}"}, how)
                told.append("wrote")
            except UnseenError:
                told.append("refused")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told) == ["refused"] * 7 + ["wrote"]
    store.assert_sound()


def test_the_commit_bears_the_name_of_whoever_asks(store: Store) -> None:
    """The author is the one named; the committer, and who edited by hand before, are this machine's own."""
    store.file("one").write_bytes(store.file("one").read_bytes() + b"# by hand\n")
    environment = Environment(actor="li", author=("Li", "li@example.org"))
    with Workspace.find(str(store.path), environment) as workspace:
        status.start(workspace, ["one"])
    said = store.git("log", "-2", "--format=%an <%ae> %cn %(trailers:key=Tm-Actor,valueonly,separator=%x20)")
    assert said.splitlines() == ["Li <li@example.org> Maria li", "Maria <maria@example.org> Maria Maria"]
