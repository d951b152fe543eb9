"""`tm migrate --to-branch` and `--to-tree`: a store moves with its history, and back, and can be cut short anywhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.actions import moving
from tmfiles.errors import TmError
from tmfiles.git import process
from tmfiles.workspace import Workspace, edit
from tmfiles.workspace.write import Order, write


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store in the branch with the code: commits of both, a branch that was merged, work that is staged."""
    made = Store(repo)
    made.do("add", "One", "--id", "one")
    repo.write("code.py", "pass\n")
    repo.git("add", "code.py")
    repo.git("commit", "--quiet", "-m", "code")
    repo.git("checkout", "--quiet", "-b", "side")
    made.do("update", "one", "--tag", "auth")
    repo.git("checkout", "--quiet", "main")
    made.do("add", "Two", "--id", "two")
    repo.git("merge", "--quiet", "--no-edit", "side")
    repo.git("branch", "--quiet", "-d", "side")
    made.do("start", "two")
    repo.write("code.py", "print()\n")
    repo.git("add", "code.py")
    return made


def files(store: Store) -> dict[str, bytes]:
    """Give what lies in `.tasks/`, without the link to Git."""
    return {path: data for path, data in store.files().items() if path != ".git"}


def history(store: Store) -> list[str]:
    """Give what `tm log` tells, without ids of commits."""
    return [line.split("  ", 1)[-1] for line in store.do("log").out.splitlines()]


def test_there_and_back(store: Store) -> None:
    """Files, log and what is staged are the same there and back again; the code's branch has one commit more."""
    held, log = files(store), history(store)
    main, of_task = store.git("rev-parse", "main"), store.do("log", "one").out.count("\n")
    ran = store.do("migrate", "--to-branch", "tasks")
    assert "moved 4 files and 6 commits to the branch 'tasks'" in ran.err
    assert (files(store), history(store), store.do("log", "one").out.count("\n")) == (held, log, of_task)
    assert store.git("rev-parse", "main~1") == main
    assert store.git("diff", "--name-status", "main~1", "main").splitlines() == [
        f"D\t.tasks/{name}" for name in (".gitattributes", "config.yaml", "one.yaml", "two.yaml")
    ]
    assert store.git("status", "--porcelain") == "M  code.py"
    tip = store.git("rev-parse", "tasks")
    store.do("migrate", "--to-tree")
    assert (files(store), history(store), store.do("log", "one").out.count("\n")) == (held, log, of_task)
    assert store.git("status", "--porcelain") == "M  code.py"
    assert store.git("worktree", "list", "--porcelain").count("worktree ") == 1
    assert store.git("config", "--get-regexp", "^tm", check=False) == ""
    store.do("migrate", "--to-branch", "tasks")
    assert store.git("rev-parse", "tasks") == tip


def test_what_was_done_on_the_branch_comes_back(store: Store) -> None:
    """Commits of the branch come into the code's with author, date and words, and undo knows them there and here."""
    store.do("migrate", "--to-branch", "tasks")
    assert "took back: tm: start two Two" in store.do("undo").err
    store.do("--as", "li", "add", "Three", "--id", "three")
    before = store.git("log", "-2", "--format=%an %at %B", "tasks")
    store.do("migrate", "--to-tree")
    assert store.git("log", "-2", "--format=%an %at %B", "main^2") == before
    assert "tm: add three Three" in store.do("--as", "li", "undo").err
    assert not (store.path / ".tasks/three.yaml").exists()
    store.do("check")


def test_a_store_that_began_on_its_branch(repo: GitRepo) -> None:
    """Tasks that never were in the branch with the code come there with a history of their own, merged."""
    repo.write("code.py", "pass\n")
    repo.git("add", ".")
    repo.git("commit", "--quiet", "-m", "code")
    store = Store(repo, init=False)
    store.do("init", "--branch", "tasks")
    store.do("add", "One", "--id", "one")
    log = history(store)
    store.do("migrate", "--to-tree")
    assert history(store)[: len(log) - 1] == log[:-1]
    assert repo.git("log", "-1", "--format=%s", "main^2") == "tm: add one One"
    assert repo.git("status", "--porcelain") == ""
    store.do("add", "Two", "--id", "two")
    assert repo.git("log", "-1", "--format=%s") == "tm: add two Two"


def test_dry_run(store: Store) -> None:
    """It says what would be moved, and neither refs nor files nor configuration change."""
    before = store.git("for-each-ref"), files(store), (store.path / ".git/config").read_bytes()
    assert store.do("migrate", "--to-branch", "tasks", "--dry-run").err == (
        "would move 4 files and 6 commits to the branch 'tasks'\n"
    )
    assert (store.git("for-each-ref"), files(store), (store.path / ".git/config").read_bytes()) == before


def test_what_is_refused(store: Store) -> None:
    """An edit that is not committed, a branch with another history, a merge, a detached HEAD: nothing is changed."""
    refs = store.git("for-each-ref")
    (store.path / ".tasks/three.yaml").write_text("title: Three\n")
    assert "not committed: .tasks/three.yaml" in store.do("migrate", "--to-branch", "tasks", code=1).err
    (store.path / ".tasks/three.yaml").unlink()
    assert "another history" in store.do("migrate", "--to-branch", "main", code=2).err
    assert "already" in store.do("migrate", "--to-tree", code=2).err
    assert "to commit" in store.do("migrate", "--to-branch", "tasks", "--no-commit", code=2).err
    store.git("checkout", "--quiet", "--detach")
    assert "detached" in store.do("migrate", "--to-branch", "tasks", code=1).err
    assert store.git("for-each-ref") == refs
    store.git("checkout", "--quiet", "main")
    store.do("migrate", "--to-branch", "tasks")
    (store.path / ".tasks/three.yaml").write_text("title: Three\n")
    assert "not committed: three.yaml" in store.do("migrate", "--to-tree", code=1).err


class Cut(BaseException):
    """A kill between two steps."""


@pytest.mark.slow
@pytest.mark.parametrize("back", [False, True])
def test_cut_short_anywhere(store: Store, back: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before any of its calls of Git, a move loses nothing, and the same command finishes it."""
    if back:
        store.do("migrate", "--to-branch", "tasks")
        store.do("add", "Three", "--id", "three")
    monkeypatch.setenv("TM_NOW", "2030-01-01T00:00:00Z")
    held, log = files(store), history(store)
    shutil.copytree(store.path, tmp_path / "before", symlinks=True)
    real, calls = process.run, [0, 10**6]

    def counted(root: str, *args: str, **more: object) -> process.Result:
        calls[0] += 1
        if calls[0] == calls[1]:
            raise Cut
        return real(root, *args, **more)  # type: ignore[arg-type] # passed on as it came

    def move() -> None:
        with Workspace.find(str(store.path)) as workspace:
            moving.to_tree(workspace) if back else moving.to_branch(workspace, "tasks")

    steps = 0
    for n in range(1, 100):
        shutil.rmtree(store.path)
        shutil.copytree(tmp_path / "before", store.path, symlinks=True)
        calls[:] = [0, n]
        monkeypatch.setattr(process, "run", counted)
        try:
            move()
            break
        except Cut:
            steps += 1
        finally:
            monkeypatch.setattr(process, "run", real)
        assert (store.path / ".tasks/one.yaml").exists(), n
        move()
        assert (files(store), history(store)) == (held, log), n
        assert store.git("status", "--porcelain") == "M  code.py"
    assert 10 < steps < 99


def test_a_writer_that_waited(store: Store) -> None:
    """Who opened the store before it was moved does not write into the code's branch afterwards."""
    with Workspace.find(str(store.path)) as early:
        store.do("migrate", "--to-branch", "tasks")
        with pytest.raises(TmError, match="no work tree of"):
            write(early, Order("add"), lambda _view: [edit.put("late.yaml", b"title: Late\n")])
    assert not (store.path / ".tasks/late.yaml").exists()
