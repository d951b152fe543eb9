"""What surrounds a command and is wrong: git, environment, folders, locks, disks; told in words, nothing changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import GitRepo

TM = [sys.executable, "-m", "tmfiles"]
ROOT = str(Path(__file__).parent.parent)

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")


def tm(folder: Path, *words: str, **env: str | None) -> tuple[int, str, str]:
    """Run the program; give exit code, output and messages. A variable that is None is unset."""
    merged = {**os.environ, "PYTHONPATH": ROOT, **{k: v for k, v in env.items() if v is not None}}
    for name in (name for name, value in env.items() if value is None):
        merged.pop(name, None)
    done = subprocess.run([*TM, *words], cwd=folder, env=merged, capture_output=True, text=True, encoding="utf-8")
    return done.returncode, done.stdout, done.stderr


def state(repo: GitRepo) -> tuple[str, str]:
    """Give what must not change: the commit, and what differs from it."""
    return repo.git("rev-parse", "HEAD"), repo.git("status", "--short")


@pytest.fixture
def store(repo: GitRepo) -> GitRepo:
    """A store with one task."""
    assert tm(repo.path, "init")[0] == 0
    assert tm(repo.path, "add", "One", "--id", "one")[0] == 0
    return repo


def test_git_missing(store: GitRepo) -> None:
    """Without git tasks are read all the same; a write is refused with 7 and says what to install."""
    before = state(store)
    assert tm(store.path, "list", PATH="/nowhere") == (0, "one  pending  -  One\n", "")
    code, out, err = tm(store.path, "add", "Two", PATH="/nowhere")
    assert (code, out) == (7, "")
    assert err == "tm: git was not found\nInstall git 2.25 or later, and have it on PATH\n"
    assert state(store) == before


@posix
def test_git_too_old(store: GitRepo, tmp_path: Path) -> None:
    """A git before 2.25 is named with its version."""
    before = state(store)
    old = tmp_path / "old"
    old.mkdir()
    (old / "git").write_text("#!/bin/sh\necho git version 2.20.1\n[ $1 = --version ]\n", encoding="ascii")
    (old / "git").chmod(0o755)
    path = f"{old}{os.pathsep}{os.environ['PATH']}"
    code, out, err = tm(store.path, "add", "Two", PATH=path)
    assert (code, out, err) == (7, "", "tm: git 2.20.1 is too old\nInstall git 2.25 or later\n")
    (tmp_path / "new").mkdir()
    assert tm(tmp_path / "new", "init", PATH=path)[0] == 7
    assert state(store) == before
    assert list((tmp_path / "new").iterdir()) == []


@posix
def test_locked_by_another(store: GitRepo) -> None:
    """A lock that is held is waited for, then told with its holder and code 6; readers do not wait."""
    import fcntl

    before = state(store)
    with (store.path / ".git" / "tm" / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("process 4711 (tm import)")
        held.flush()
        assert tm(store.path, "list")[0] == 0
        code, out, err = tm(store.path, "add", "Two", TM_LOCK_TIMEOUT="0.2")
    assert (code, out) == (6, "")
    assert err.startswith("tm: the store is locked by process 4711 (tm import), waited 0.2 s\n")
    assert state(store) == before


def test_left_by_a_dead_one(store: GitRepo) -> None:
    """A lock file that a dead process left locks nobody out."""
    (store.path / ".git" / "tm" / "lock").write_text("process 4711 (tm import)", encoding="ascii")
    assert tm(store.path, "start", "one", TM_LOCK_TIMEOUT="0.2")[0] == 0


def test_no_home(store: GitRepo) -> None:
    """Neither reading nor writing needs a home folder."""
    assert tm(store.path, "add", "Two", HOME=None, USERPROFILE=None)[0] == 0
    assert tm(store.path, "add", "Three", HOME="/nowhere", USERPROFILE=None)[0] == 0
    assert tm(store.path, "list", HOME=None, USERPROFILE=None)[1].count("\n") == 3


def test_inside_a_hook(store: GitRepo, tmp_path: Path) -> None:
    """What git sets for its hooks leads no command to another repository or index."""
    other = GitRepo(tmp_path / "other")
    other.path.mkdir()
    other.git("init", "--quiet")
    outer = {
        "GIT_DIR": str(other.path / ".git"),
        "GIT_INDEX_FILE": str(tmp_path / "index"),
        "GIT_WORK_TREE": str(other.path),
    }
    assert tm(store.path, "add", "Two", **outer)[0] == 0
    assert store.git("status", "--short") == ""
    assert store.git("log", "-1", "--format=%s").endswith("Two")
    assert not (tmp_path / "index").exists()


def test_where_no_store_can_be(tmp_path: Path) -> None:
    """In a bare repository and inside .git no store is made, and nothing else either."""
    bare = GitRepo(tmp_path / "bare")
    bare.path.mkdir()
    bare.git("init", "--quiet", "--bare")
    plain = GitRepo(tmp_path / "plain")
    plain.path.mkdir()
    plain.git("init", "--quiet")
    for folder in (bare.path, plain.path / ".git", plain.path / ".git" / "refs"):
        before = sorted(folder.rglob("*"))
        code, _, err = tm(folder, "init")
        assert (code, "git directory" in err) == (1, True)
        assert sorted(folder.rglob("*")) == before


def test_home_and_root_are_no_place(tmp_path: Path) -> None:
    """A home folder is not made a repository unasked."""
    code, _, err = tm(tmp_path, "init", HOME=str(tmp_path), USERPROFILE=str(tmp_path))
    assert code == 1
    assert "is no place for a repository" in err
    assert list(tmp_path.iterdir()) == []


def test_from_any_folder(store: GitRepo) -> None:
    """A subfolder, the store's own folder and .git itself belong to the store; -C goes before or behind."""
    (store.path / "deep" / "er").mkdir(parents=True)
    for folder in ("deep/er", ".tasks", ".git"):
        assert tm(store.path / folder, "list")[1] == "one  pending  -  One\n"
    for words in (("-C", str(store.path), "list"), ("list", "-C", str(store.path))):
        assert tm(store.path.parent, *words)[1] == "one  pending  -  One\n"
    code, _, err = tm(store.path, "-C", "nowhere", "list")
    assert (code, err.splitlines()[0]) == (2, "tm: no folder nowhere")


def test_names_that_are_no_text(store: GitRepo) -> None:
    """A file name that is not UTF-8 is told where it is named, and lists go on."""
    name = b"\xff.yaml"
    try:
        (Path(os.fsdecode(os.fsencode(store.path) + b"/.tasks/" + name))).write_text("title: x\n", encoding="ascii")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    for words in (("list",), ("check",), ("list", "--json"), ("import", "beads", os.fsdecode(b"\xfe")), ("ready",)):
        code, out, err = tm(store.path, *words)
        assert code in (0, 1, 2)
        assert "Traceback" not in err
        assert "bug" not in out + err


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[GitRepo]:
    """A store on a small file system of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600k", "none", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        repo = GitRepo(place)
        repo.git("init", "--quiet", "--template=")
        assert tm(place, "init")[0] == 0
        assert tm(place, "add", "One", "--id", "one")[0] == 0
        yield repo
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@posix
def test_read_only(disk: GitRepo) -> None:
    """A repository that cannot be written to is read as ever; every write says so, with 1."""
    subprocess.run(["mount", "-o", "remount,ro", disk.path], check=True)
    for words in (("list",), ("show", "one"), ("next",), ("check",), ("log",), ("dep", "tree", "one")):
        assert tm(disk.path, *words)[0] == 0, words
    for words in (("add", "Two"), ("start", "one"), ("undo",), ("delete", "one"), ("init",)):
        code, out, err = tm(disk.path, *words)
        assert (code, out) == (1, ""), words
        assert "Read-only file system" in err
        assert len(err.splitlines()) == 2


@posix
def test_full(disk: GitRepo) -> None:
    """A full disk is told in words; afterwards the store is as it was, and works once there is room."""
    before = state(disk)
    filling = disk.path / ".git" / "filling"
    with filling.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 1024)
        except OSError:
            pass
    for words in (("add", "Two"), ("start", "one"), ("add", "Two", "--no-commit")):
        code, out, err = tm(disk.path, *words)
        assert (code in (1, 7), out) == (True, ""), (words, err)
        assert "pace" in err
        assert "bug" not in err
    assert tm(disk.path, "list")[1] == "one  pending  -  One\n"
    filling.unlink()
    assert state(disk) == before
    assert tm(disk.path, "check")[0] == 0
    assert tm(disk.path, "start", "one")[0] == 0


def test_init_makes_no_store_anew_that_head_has(store: GitRepo) -> None:
    """Where the store's own files are gone from the work tree, init says how they come back and changes nothing."""
    store.write(".tasks/config.yaml", "version: 1\ntypes: [spike]\n")
    store.commit("settings")
    shutil.rmtree(store.path / ".tasks")
    before = store.git("rev-parse", "HEAD")
    code, _, told = tm(store.path, "init")
    assert code == 1
    assert "git checkout HEAD -- .tasks/config.yaml .tasks/.gitattributes" in told
    assert store.git("rev-parse", "HEAD") == before
    store.git("checkout", "HEAD", "--", ".tasks/config.yaml", ".tasks/.gitattributes")
    assert tm(store.path, "init")[0] == 0
    assert store.git("rev-parse", "HEAD") == before


def test_init_where_git_ignores_the_store_leaves_nothing(repo: GitRepo) -> None:
    """A store that Git would ignore is refused before anything is made."""
    repo.commit("ignore", {".gitignore": ".tasks\n"})
    code, _, told = tm(repo.path, "init")
    assert code == 1
    assert "git check-ignore -v .tasks/config.yaml" in told
    assert not (repo.path / ".tasks").exists()


def test_init_says_what_is_not_committed(store: GitRepo) -> None:
    """In a repository made anew around a store, its own files are in no commit, and init says so."""
    shutil.rmtree(store.path / ".git")
    code, _, told = tm(store.path, "init")
    assert code == 0
    assert "git add .tasks/config.yaml .tasks/.gitattributes" in told


def test_descriptions_from_standard_input(store: GitRepo) -> None:
    """A description of any length is piped in; an empty pipe is refused."""
    text = "A line\n" * 50_000
    words = [*TM, "add", "Long", "--id", "long", "-d", "-"]
    made = subprocess.run(words, cwd=store.path, input=text, text=True, capture_output=True)
    assert (made.returncode, made.stdout) == (0, "long\n")
    assert text.replace("A line", "  A line") in (store.path / ".tasks" / "long.yaml").read_text()
    empty = subprocess.run(words, cwd=store.path, input="", text=True, capture_output=True)
    assert empty.returncode == 2
    assert "standard input is empty" in empty.stderr.lower()
