"""The store as a commit had it: what every command that looks says of then is what it said then."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import GitRepo
from reading import answers, fresh, opened
from writing import Store

from tmfiles.cli.app import COMMANDS, READING
from tmfiles.errors import TmError
from tmfiles.history.walk import at, change
from tmfiles.workspace import Workspace, edit
from tmfiles.workspace.write import How, Order, write


def told(workspace: Workspace, revision: str) -> dict[str, object]:
    """Give all that is said of the store as a commit had it."""
    earlier = at(workspace, revision)
    try:
        return answers(earlier.read())
    finally:
        earlier.close()


def test_it_is_what_a_checkout_reads(repo: GitRepo, tmp_path: Path) -> None:
    """A commit read from its blobs says to the letter what its checkout says, broken and odd files too."""
    store = Store(repo)
    commits = []
    store.do("add", "One", "--id", "one", "--tag", "web")
    commits.append(repo.git("rev-parse", "HEAD"))
    store.do("add", "Two", "--id", "two", "--depends-on", "one")
    store.do("complete", "one")
    repo.write(".tasks/bad.yaml", "title: [\n")
    repo.write(".tasks/.hidden.yaml", "title: Hidden\n")
    repo.write(".tasks/templates/bug.yaml", "title: Template\n")
    repo.write(".tasks/sub/deep/three.yaml", "title: Three\ntype: spike\n")
    repo.write(".tasks/odd.yml", "title: Odd\n")
    os.symlink("two.yaml", repo.path / ".tasks" / "link.yaml")
    commits.append(repo.commit("odd things"))
    repo.write(".tasks/config.yaml", "version: 1\ntypes: [spike]\n")
    (repo.path / ".tasks" / "bad.yaml").unlink()
    commits.append(repo.commit("declare a type"))
    store.do("delete", "two")
    with opened(repo.path) as workspace:
        for number, commit in enumerate(commits):
            place = tmp_path / str(number)
            repo.git("worktree", "add", "--quiet", "--detach", str(place), commit)
            assert told(workspace, commit) == fresh(place)


def test_the_present_is_not_touched(repo: GitRepo) -> None:
    """To read the past changes nothing in the files or the cache of the present, and it cannot be written to."""
    store = Store(repo)
    store.do("add", "One", "--id", "one")
    store.do("update", "one", "--priority", "high")
    before = store.do("list", "--json").out
    assert "medium" in store.do("list", "--json", "--at", "HEAD~1").out
    assert store.do("list", "--json").out == before
    assert store.status() == ""
    with opened(repo.path) as workspace:
        earlier = at(workspace, "HEAD~1")
        with pytest.raises(TmError, match="is past"):
            write(earlier, Order("add", How()), lambda _: [edit.make("two", {"title": "Two"})])
        earlier.close()


WORDS = {
    "list": "list --all",
    "show": "show one two",
    "context": "context one",
    "search": "search two",
    "export": "export --format markdown",
    "dep tree": "dep tree two",
    "dep cycles": "dep cycles",
    "criteria": "criteria list one",
}


@pytest.mark.parametrize("name", [*READING, "dep tree", "dep cycles", "criteria"])
def test_a_command_says_what_it_said_then(repo: GitRepo, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Given the commit or its date, it prints to the byte what it printed then, though all has changed since."""
    if name.split()[0] not in COMMANDS:
        pytest.skip(f"there is no tm {name}")
    store = Store(repo)

    def clock(moment: str) -> None:
        for variable in ("TM_NOW", "GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
            monkeypatch.setenv(variable, moment)

    clock("2026-11-20T10:00:00Z")
    store.do("add", "One", "--id", "one", "--tag", "web", "--criterion", "It holds", "--due", "2026-11-19")
    store.do("add", "Two", "--id", "two", "--depends-on", "one")
    words = WORDS.get(name, name).split()
    then = [store.do(*words, *more).out for more in ([], ["--json"])[: 1 if name == "export" else 2]]
    assert any(then)
    commit = repo.git("rev-parse", "HEAD")
    clock("2026-12-20T10:00:00Z")
    store.do("update", "one", "--title", "First", "--clear", "criteria", "--clear", "due")
    store.do("delete", "two")
    for revision in (commit, "HEAD~2", "2026-11-20", "2026-11-20T10:00:00Z", "4w"):
        now = [store.do(*words, *more, "--at", revision).out for more in ([], ["--json"])[: len(then)]]
        assert now == then


def test_a_date_on_a_side_branch_is_not_meant(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """A date means HEAD's own line: what a merge brought counts from the merge on."""
    store = Store(repo)
    for variable in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(variable, "2026-11-20T10:00:00Z")
    store.do("add", "One", "--id", "one")
    repo.git("switch", "--quiet", "--create", "side")
    for variable in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(variable, "2026-11-21T10:00:00Z")
    store.do("add", "Two", "--id", "two")
    repo.git("switch", "--quiet", "main")
    for variable in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(variable, "2026-11-22T10:00:00Z")
    repo.git("merge", "--quiet", "--no-ff", "--no-edit", "side")
    assert "two" not in store.do("list", "--at", "2026-11-21").out
    assert "two" in store.do("list", "--at", "2026-11-22").out


def test_at_refuses(repo: GitRepo) -> None:
    """What is neither commit nor date, and what was before the first commit, is refused with a hint."""
    store = Store(repo)
    for word in ("nowhere", "-x", "HEAD~9"):
        ran = store.do("list", "--at", word, code=1)
        assert "neither a commit nor a date" in ran.err
    assert "no commit before" in store.do("list", "--at", "1999-01-01", code=1).err
    assert "blank" in store.do("list", "--at", " ", code=2).err
    assert "three questions" in store.do("check", "--staged", "--at", "HEAD", code=2).err
    assert "no option --at" in store.do("start", "one", "--at", "HEAD", code=2).err


def test_who_changed_one_task_is_asked_for_by_itself(repo: GitRepo) -> None:
    """What is said of one task's last change, wherever its file lay, is what the walk of all commits says."""
    store = Store(repo)
    for name in ("one", "two", "three"):
        store.do("add", name, "--id", name, "--as", f"agent-{name}")
    store.do("update", "one", "--priority", "high", "--as", "li")
    store.do("complete", "two")
    store.do("archive", "two", "--as", "joe")
    store.do("delete", "three")
    store.do("restore", "three", "--as", "ann")
    store.do("migrate", "--layout", "sharded", "--as", "eve")
    repo.write(".tasks/ideas/four.yaml", "title: Four\n")
    repo.commit("a task in a folder of somebody's own")
    with opened(repo.path) as workspace:
        for back in range(9):
            earlier = at(workspace, f"HEAD~{back}")
            view = earlier.read()
            for task_id in view.index.ids():
                assert change(earlier, task_id) == view.change(task_id), (back, task_id)
            earlier.close()
