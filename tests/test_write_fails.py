"""Whatever fails in the middle of a write, the files are as before, and the error says why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Ran, Store

GIT = shutil.which("git") or "git"
linux_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or sys.platform != "linux", reason="mounts need root"
)


def wrapped(folder: Path, script: str) -> dict[str, str]:
    """Put a git of our own first on PATH; give the variables that say so. `script` sees the arguments."""
    folder.mkdir(exist_ok=True)
    (folder / "git").write_text(f'#!/bin/sh\n{script}\nexec "{GIT}" "$@"\n')
    (folder / "git").chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def failing(folder: Path, subcommand: str) -> dict[str, str]:
    """Make one subcommand of git fail with words of its own."""
    return wrapped(folder, f'case " $* " in *" {subcommand} "*) echo "fatal: no luck today" >&2; exit 128;; esac')


def assert_untouched(store: Store, before: dict[str, bytes], ran: Ran, code: int) -> None:
    """The command failed as a refusal and left everything as it was."""
    assert ran.code == code, ran
    assert ran.err.startswith("tm: ")
    assert store.files() == before
    assert store.status() == ""
    assert store.leftovers() == []


@pytest.mark.parametrize(
    "subcommand",
    ["var", "check-attr", "cat-file", "fast-import", "update-index", "update-ref", "hash-object", "commit-tree"],
)
def test_git_fails_at(repo: GitRepo, tmp_path: Path, subcommand: str) -> None:
    """A git that fails at any step: exit 7, git's own words, nothing changed, and the next command works."""
    store = Store(repo)
    task = store.add("Write")
    text = store.file(task).read_text()
    if subcommand == "hash-object":  # only what a filter may change goes through it
        store.git("config", "core.autocrlf", "true")
        store.file(task).write_bytes(text.replace("\n", "\r\n").encode())
        store.git("add", ".")
    if subcommand == "commit-tree":  # only what is signed
        store.git("config", "commit.gpgsign", "true")
    before = store.files()
    count = store.commits()
    for args in (["update", task, "--priority", "high"], ["delete", task]):
        ran = store.tm(*args, code=None, env=failing(tmp_path / "bin", subcommand))
        assert_untouched(store, before, ran, 7)
        assert "no luck today" in ran.err
    assert store.commits() == count
    store.git("config", "commit.gpgsign", "false")
    assert "interrupted" not in store.do("update", task, "--priority", "high").err


@pytest.mark.slow
def test_a_locked_index_is_waited_for_first(repo: GitRepo) -> None:
    """While another git holds the index nothing is changed; the message names the file and deletes nothing."""
    store = Store(repo)
    task = store.add("Write")
    before, lock = store.files(), store.path / ".git" / "index.lock"
    lock.touch()
    ran = store.do("update", task, "--priority", "high", code=6)
    assert str(lock) in ran.err
    assert lock.exists()
    assert store.files() == before
    lock.unlink()
    assert store.status() == ""


@pytest.mark.parametrize("ref", ["HEAD", "refs/heads/main"])
def test_a_locked_ref(repo: GitRepo, ref: str) -> None:
    """Where the branch cannot move, the files are put back."""
    store = Store(repo)
    task = store.add("Write")
    before, lock = store.files(), store.path / ".git" / f"{ref}.lock"
    lock.touch()
    ran = store.do("update", task, "--priority", "high", code=6)
    lock.unlink()
    assert_untouched(store, before, ran, 6)
    assert "lock" in ran.err


def test_git_is_missing(repo: GitRepo, tmp_path: Path) -> None:
    """Without git on PATH a write is refused with what to install, and reading works."""
    store = Store(repo)
    task = store.add("Write")
    before = store.files()
    (tmp_path / "empty").mkdir()
    env = {"PATH": str(tmp_path / "empty")}
    ran = store.tm("update", task, "--priority", "high", code=None, env=env)
    assert_untouched(store, before, ran, 7)
    assert "git was not found" in ran.err
    assert task in store.tm("list", env=env).out


def test_git_is_too_old(repo: GitRepo, tmp_path: Path) -> None:
    """A git from before our oldest is named as the reason when it fails."""
    store = Store(repo)
    task = store.add("Write")
    before = store.files()
    script = 'case " $* " in *" --version "*) echo "git version 2.20.1"; exit 0;; *" fast-import "*) exit 129;; esac'
    ran = store.tm("update", task, "--priority", "high", code=None, env=wrapped(tmp_path / "bin", script))
    assert_untouched(store, before, ran, 7)
    assert "git 2.20.1 is too old" in ran.err


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
@pytest.mark.parametrize("limit", [0, 1, 100, 4096, 20000])
def test_no_file_may_grow_beyond(repo: GitRepo, limit: int) -> None:
    """Under a limit on the size of files, as on a full disk: whole or not at all, whatever step it hits."""
    store = Store(repo)
    task = store.add("Write")
    before, count = store.files(), store.commits()
    code = f"import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); "
    code += "sys.argv[0] = 'tm'; runpy.run_module('tmfiles', run_name='__main__')"
    # -c in the place of -m: the limit must hold from the first byte that tm writes.
    words = "lorem ipsum " * 1500
    ran = run_python(store, code, "update", task, "-d", words)
    saved = store.commits() > count
    assert (ran.code == 0) == saved, ran
    assert "this is a bug" not in ran.err
    if not saved:
        assert store.files() == before
    store.do("update", task, "--tag", "next")
    assert ("lorem" in str(store.doc(task).get("description", ""))) == saved
    assert store.status() == ""
    store.assert_sound()


def run_python(store: Store, code: str, *args: str) -> Ran:
    """Run a program text in a process of its own, in the store's folder."""
    from writing import environment

    done = subprocess.run(
        [sys.executable, "-c", code, *args],
        cwd=store.path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def mount() -> Iterator[Path]:
    """Give an empty folder to mount something on; unmounted afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tm-mount-"))
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)
    folder.rmdir()


def mounted(*args: str) -> None:
    """Mount something, or skip where that is not allowed."""
    if subprocess.run(["mount", *args], capture_output=True, check=False).returncode:
        pytest.skip("mounting is not permitted here")


@linux_root
def test_a_full_disk(mount: Path) -> None:
    """On a disk that fills up, every edit is whole or refused; with room again the next one works."""
    mounted("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(mount))
    repo = GitRepo(mount / "repo")
    repo.path.mkdir()
    repo.git("init", "--quiet", "--template=")
    store = Store(repo)
    tasks = [store.add(f"Task {n}") for n in range(2)]
    free = os.statvfs(mount)
    filler = mount / "filler"
    for room in (200, 120, 90, 70, 60, 50, 40, 30, 20, 10, 0):  # KiB
        filler.write_bytes(b"")
        free = os.statvfs(mount)
        filler.write_bytes(b"x" * max(0, free.f_bavail * free.f_frsize - room * 1024))
        before, count = store.files(), store.commits()
        ran = store.tm("update", *tasks, "-d", f"room {room} " * 700, code=None)
        assert "this is a bug" not in ran.err, ran
        saved = store.commits() > count
        assert (ran.code == 0) == saved, ran
        if not saved:
            assert store.files() == before
        filler.unlink()
        store.do("update", *tasks, "--set-description", f"after {room}")
        assert store.status() == ""
        store.assert_sound()


@linux_root
def test_a_file_system_mounted_twice(repo: GitRepo) -> None:
    """Where no file can be renamed from the git directory into the store, writes work all the same."""
    store = Store(repo)
    task, folder = store.add("Write"), str(store.path / ".tasks")
    mounted("--bind", folder, folder)
    try:
        store.do("update", task, "--priority", "high")
        store.add("Another")
        store.do("delete", task)
        store.do("undo")
        assert store.doc(task)["priority"] == "high"
        assert store.status() == ""
        store.assert_sound()
    finally:
        subprocess.run(["umount", folder], check=True)


@linux_root
def test_a_read_only_repository(repo: GitRepo, mount: Path) -> None:
    """On a file system that is mounted read-only a write is refused, exit 1, and reading works."""
    store = Store(repo)
    task = store.add("Write")
    before = store.files()
    mounted("--bind", str(repo.path), str(mount))
    subprocess.run(["mount", "-o", "remount,ro,bind", str(mount)], check=True)
    ran = store.tm("update", task, "--priority", "high", code=1, cwd=mount)
    assert "Read-only file system" in ran.err
    assert task in store.tm("list", cwd=mount).out
    assert store.files() == before


@linux_root
def test_a_folder_without_permission(repo: GitRepo) -> None:
    """Another user who may write the repository but not the task's folder: refused, all put back."""
    if not shutil.which("setpriv"):
        pytest.skip("no setpriv")
    store = Store(repo)
    task = store.add("Write")
    store.do("add", "In a folder", "--id", "deep")
    (store.path / ".tasks" / "sub").mkdir()
    store.file("deep").rename(store.path / ".tasks" / "sub" / "deep.yaml")
    repo.commit("moved")
    for path in [store.path, *store.path.rglob("*")]:
        os.chown(path, 65534, 65534, follow_symlinks=False)
    os.chown(store.path / ".tasks" / "sub", 0, 0)
    for above in list(store.path.parents)[:-2]:
        above.chmod(above.stat().st_mode | 0o055)
    before, count = store.files(), store.git("-c", "safe.directory=*", "rev-list", "--count", "HEAD")
    prefix = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    env = {"PYTHONDONTWRITEBYTECODE": "1"}
    if store.tm("list", code=None, prefix=prefix, env=env).code:
        pytest.skip("another user cannot run this Python")
    ran = store.tm("update", task, "deep", "--priority", "high", code=None, prefix=prefix, env=env)
    assert ran.code == 1, ran
    assert "Permission denied" in ran.err
    assert store.files() == before
    assert store.git("-c", "safe.directory=*", "rev-list", "--count", "HEAD") == count
    assert store.leftovers() == []
