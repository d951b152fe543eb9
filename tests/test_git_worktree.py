"""What HEAD and the index hold is told truthfully, and the index is brought up to a commit and no further."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from conftest import GitRepo

from tmfiles.errors import TmError
from tmfiles.git.repository import Repository, discover
from tmfiles.git.worktree import Blob, Entry, entries, listed, refresh_index, staged

TASK = ".tasks/a1b2c3d4.yaml"


def found(repo: GitRepo) -> Repository:
    """Discover a repository that must be there."""
    here = discover(str(repo.path))
    assert here is not None
    return here


@pytest.mark.parametrize("many", [False, True], ids=["one by one", "by listing"])
def test_entries(repo: GitRepo, many: bool) -> None:
    """For every path both ways tell HEAD's blob, the index's, and whether it is unmerged."""
    here = found(repo)
    more = [f".tasks/none{n}.yaml" for n in range(60)] if many else []
    nothing = Entry(None, None, False)
    assert entries(here, None, [TASK, *more])[TASK] == nothing
    repo.write(TASK, "a\n")
    repo.git("add", TASK)
    staged_only = entries(here, None, [TASK, *more])[TASK]
    assert staged_only == Entry(None, repo.git("rev-parse", f":{TASK}"), False)
    odd = '.tasks/ä "b" c\t.yaml'
    repo.commit(files={odd: "odd\n"})
    repo.git("switch", "--quiet", "-c", "topic")
    repo.commit(files={TASK: "theirs\n"})
    repo.git("switch", "--quiet", "main")
    commit = repo.commit(files={TASK: "ours\n"})
    repo.git("merge", "topic", check=False)
    told = entries(here, commit, [TASK, odd, ".tasks/no.yaml", ".tasks", *more])
    assert told[TASK] == Entry(repo.git("rev-parse", f"HEAD:{TASK}"), None, True)
    assert told[odd].head == told[odd].index == repo.git("rev-parse", f"HEAD:{odd}")
    assert told[".tasks/no.yaml"] == told[".tasks"] == nothing
    assert set(told) == {TASK, odd, ".tasks/no.yaml", ".tasks", *more}


def test_entries_of_nothing(repo: GitRepo) -> None:
    """No paths need no answer."""
    assert entries(found(repo), None, []) == {}


def test_listed_and_staged(repo: GitRepo) -> None:
    """A folder of a commit and of the index is listed with ids and modes, unmerged paths by name."""
    commit = repo.commit(files={TASK: "a\n", ".tasks-old/x": "x\n", "*/y": "y\n"})
    here = found(repo)
    blob = Blob(repo.git("rev-parse", f"HEAD:{TASK}"), "100644")
    assert listed(here, commit, ".tasks") == {TASK: blob}
    assert set(listed(here, commit)) == {TASK, ".tasks-old/x", "*/y"}
    assert set(listed(here, commit, "*")) == {"*/y"}
    assert staged(here, ".tasks") == ({TASK: blob}, set())
    assert set(staged(here, "*")[0]) == {"*/y"}


def test_staged_in_the_index_a_hook_is_given(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index that git hands to a hook is read when it is named, and never taken by itself."""
    repo.commit(files={TASK: "a\n"})
    monkeypatch.setenv("GIT_INDEX_FILE", str(repo.path / "next-index"))
    repo.write(TASK, "b\n")
    repo.git("add", TASK)
    monkeypatch.delenv("GIT_INDEX_FILE")
    here = found(repo)
    own = staged(here)[0][TASK]
    monkeypatch.setenv("GIT_INDEX_FILE", str(repo.path / "next-index"))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert staged(here)[0][TASK] == own
    assert staged(here, index_file=str(repo.path / "next-index"))[0][TASK] != own


@pytest.mark.parametrize("flag", ["--skip-worktree", "--assume-unchanged"])
def test_marked_paths(repo: GitRepo, flag: str) -> None:
    """A path the user told git not to look at is neither dropped from the index nor left at its old content."""
    repo.commit(files={TASK: "a\n"})
    repo.git("update-index", flag, TASK)
    repo.save({TASK: "b\n"})
    assert repo.git("show", f":{TASK}") == "b"
    assert repo.git("diff", "--cached") == ""


def test_executable_by_hand(repo: GitRepo) -> None:
    """A mode the user changed on disk is not committed by our edit, and stays the user's unstaged change."""
    repo.commit(files={TASK: "a\n"})
    (repo.path / TASK).chmod(0o755)
    repo.save({TASK: "b\n"})
    assert repo.git("ls-tree", "HEAD", TASK).startswith("100644")
    assert repo.git("diff", "--cached") == ""
    assert repo.git("diff", "--summary") == f" mode change 100644 => 100755 {TASK}"


@pytest.mark.parametrize("count", [1, 80])
def test_staged_versions_give_way(repo: GitRepo, count: int) -> None:
    """What was staged of our own paths, also as deleted, is what was committed afterwards; names with `-` work."""
    paths = [f"-{n} x.yaml" for n in range(count)]
    repo.commit(files=dict.fromkeys(paths, "a\n"))
    for path in paths:
        repo.write(path, "staged\n")
    repo.git("add", "--all")
    repo.git("rm", "--quiet", "--cached", "--", paths[0])
    repo.save(dict.fromkeys(paths, "b\n"))
    assert repo.git("status", "--porcelain") == repo.git("diff-files") == ""
    repo.save(dict.fromkeys(paths))
    assert repo.git("ls-files") == repo.git("status", "--porcelain") == ""


def test_lock_held_for_a_moment(repo: GitRepo) -> None:
    """A git process that holds the index is waited for."""
    repo.commit()
    lock = repo.path / ".git" / "index.lock"
    lock.touch()
    timer = threading.Timer(1, lock.unlink)
    timer.start()
    began = time.monotonic()
    repo.save({TASK: "a\n"})
    timer.join()
    assert time.monotonic() - began >= 0.9
    assert repo.git("status", "--porcelain") == ""


def test_lock_left_by_a_dead_process(repo: GitRepo) -> None:
    """A lock nobody gives back ends the wait with an error that names the file and suggests no deletion."""
    repo.save({TASK: "a\n"})
    lock = repo.path / ".git" / "index.lock"
    lock.touch()
    here = found(repo)
    blobs = dict(listed(here, "HEAD"))
    began = time.monotonic()
    with pytest.raises(TmError) as e:
        refresh_index(here, blobs, limit=0.3)
    assert time.monotonic() - began < 2
    assert str(lock) in e.value.message
    assert e.value.code == "locked"
    assert "rm" not in e.value.hint.split()
    assert lock.exists()


def test_sparse_checkout(repo: GitRepo, tmp_path: Path) -> None:
    """With only some folders checked out, the others stay as they are in the index."""
    repo.commit(files={TASK: "a\n", "src/x": "x\n", "doc/y": "y\n"})
    sparse = GitRepo(tmp_path / "sparse")
    repo.git("clone", "--quiet", "--sparse", ".", str(sparse.path))
    sparse.git("sparse-checkout", "set", ".tasks")
    sparse.save({TASK: "b\n", ".tasks/new.yaml": "n\n"})
    assert sparse.git("status", "--porcelain") == ""
    assert sparse.git("ls-files").split("\n") == [TASK, ".tasks/new.yaml", "doc/y", "src/x"]


@pytest.mark.parametrize("count", [1, 60])
def test_file_and_folder_change_places(repo: GitRepo, count: int) -> None:
    """A file may give way to a folder of its name in one commit, and the folder to the file again."""
    inside: dict[str, str | bytes | None] = {f"d/{n}.yaml": "inside\n" for n in range(count)}
    repo.save({"d": "a file\n"})
    repo.save({"d": None} | inside)
    assert repo.git("ls-tree", "-r", "--name-only", "HEAD") == repo.git("ls-files")
    assert repo.git("status", "--porcelain") == repo.git("diff-files") == ""
    for name in inside:
        (repo.path / name).unlink()
    (repo.path / "d").rmdir()
    repo.save(dict.fromkeys(inside, None) | {"d": "a file\n"})
    assert repo.git("ls-tree", "-r", "--name-only", "HEAD") == repo.git("ls-files") == "d"
    assert repo.git("status", "--porcelain") == repo.git("diff-files") == ""
