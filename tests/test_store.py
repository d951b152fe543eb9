"""The files under `.tasks/`: which are tasks, which are told of, and that no hand edit is missed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import GitRepo
from reading import cached, command, fresh, open_to_all, opened, titles

from tmfiles.index import RACY
from tmfiles.store import Store, place
from tmfiles.workspace import Workspace


def _store(tmp_path: Path) -> Store:
    (tmp_path / ".tasks").mkdir()
    (tmp_path / "scratch").mkdir()
    return Store(str(tmp_path / ".tasks"), str(tmp_path / "scratch"))


def _rules(store: Store) -> dict[str, str]:
    return {problem.path: problem.rule for problem in store.scan().oddities}


def test_scan_finds_tasks_in_any_folder(tmp_path: Path) -> None:
    """Tasks may lie in any folder; templates, dot files and what is no YAML are none."""
    store = _store(tmp_path)
    for name in ("a.yaml", "archive/2024/b.yaml", "x/y/z/c.yaml", "sub/templates/d.yaml", "config.yaml"):
        (tmp_path / ".tasks" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / ".tasks" / name).write_text("title: x\n")
    for name in ("templates/t.yaml", ".hidden.yaml", ".git/x.yaml", "README.md", "a.yaml~", "a.yaml.orig"):
        (tmp_path / ".tasks" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / ".tasks" / name).write_text("title: x\n")
    scan = store.scan()
    assert sorted(scan.paths) == [
        "a.yaml",
        "archive/2024/b.yaml",
        "config.yaml",
        "sub/templates/d.yaml",
        "x/y/z/c.yaml",
    ]
    assert len(scan.numbers) == 4 * len(scan.paths)
    assert scan.oddities == []


def test_scan_names_what_is_in_a_tasks_place(tmp_path: Path) -> None:
    """A folder, a link, a socket, another ending: each is told, and none hides the others."""
    store = _store(tmp_path)
    folder = tmp_path / ".tasks"
    (folder / "good.yaml").write_text("title: x\n")
    (folder / "dir.yaml").mkdir()
    (folder / "dir.yaml" / "inside.yaml").write_text("title: x\n")
    (folder / "one.yml").write_text("title: x\n")
    (folder / "two.YAML").write_text("title: x\n")
    expected = {
        ".tasks/dir.yaml": "not-a-file",
        ".tasks/one.yml": "file-name",
        ".tasks/two.YAML": "file-name",
    }
    if hasattr(os, "symlink") and sys.platform != "win32":
        (folder / "dangling.yaml").symlink_to("nowhere")
        (folder / "link").symlink_to(tmp_path)
        expected |= {".tasks/dangling.yaml": "symbolic-link", ".tasks/link": "symbolic-link"}
        os.mkfifo(folder / "pipe.yaml")
        expected[".tasks/pipe.yaml"] = "not-a-file"
    assert _rules(store) == expected
    assert store.scan().paths == ["good.yaml"]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are UTF-8 there")
def test_a_name_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    """A file or folder whose name cannot be shown, in no encoding or by a terminal, is told by one that can."""
    store = _store(tmp_path)
    folder = os.fsencode(store.folder)
    Path(os.fsdecode(folder + b"/b\xff.yaml")).write_text("title: x\n")
    Path(os.fsdecode(folder + b"/d\xfe")).mkdir()
    Path(os.fsdecode(folder + b"/red\x1b[31m\n.yaml")).write_text("title: x\n")
    assert _rules(store) == {
        ".tasks/b\\udcff.yaml": "file-name",
        ".tasks/d\\udcfe": "file-name",
        ".tasks/red\\x1b[31m\\n.yaml": "file-name",
    }


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="no such flag here")
def test_reading_follows_no_link_and_waits_for_no_pipe(tmp_path: Path) -> None:
    """A file that became a link, a folder or a pipe since the scan is not read through, and leaks no handle."""
    store = _store(tmp_path)
    (tmp_path / "secret").write_text("secret")
    (tmp_path / ".tasks" / "a.yaml").symlink_to(tmp_path / "secret")
    (tmp_path / ".tasks" / "b.yaml").mkdir()
    os.mkfifo(tmp_path / ".tasks" / "c.yaml")
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for name in ("a.yaml", "b.yaml"):
        with pytest.raises(OSError, match=r".+"):
            store.read(name)
    assert store.read("c.yaml") == b""
    if before:
        assert len(os.listdir("/proc/self/fd")) == before


def test_reading_takes_no_more_than_it_is_told(tmp_path: Path) -> None:
    """A huge file is not drawn into memory whole, only to be refused."""
    store = _store(tmp_path)
    with open(tmp_path / ".tasks" / "a.yaml", "wb") as file:
        file.truncate(1 << 32)
    assert len(store.read("a.yaml", 100)) == 100
    (tmp_path / ".tasks" / "b.yaml").write_bytes(b"title: x\n")
    assert store.read("b.yaml", 100) == b"title: x\n"


def test_an_edit_of_the_same_size_in_the_same_tick_is_seen(repo: GitRepo) -> None:
    """Hundreds of edits that change no size, each read at once, are each seen: nothing racy is trusted."""
    file = repo.write(".tasks/aa.yaml", "title: no 000\n")
    with opened(repo.path) as workspace:
        for n in range(250):
            with open(file, "r+b") as out:
                out.write(f"title: no {n:03}\n".encode())
            assert workspace.read().task("aa").title == f"no {n:03}"


def _trusted(workspace: Workspace) -> bool:
    scan = workspace.store.scan()
    return workspace.index.same(scan.paths, scan.numbers)


def test_a_file_that_may_still_change_unseen_is_read_again(repo: GitRepo) -> None:
    """Times of this very tick are not trusted; once they have settled, one more read trusts them."""
    repo.write(".tasks/aa.yaml", "title: begin\n")
    with opened(repo.path) as workspace:
        for n in range(20):
            begin = time.monotonic()
            repo.write(".tasks/aa.yaml", f"title: no {n:03}\n")
            workspace.read()
            if time.monotonic() - begin < 0.008:
                assert not _trusted(workspace)
                assert workspace.index.kept()[1][0] == RACY
            time.sleep(0.03)
            workspace.read()
            assert _trusted(workspace)


def test_an_edit_just_after_a_read_is_seen_by_the_next_process(repo: GitRepo) -> None:
    """The cache of one process does not blind the next to an edit in the same tick."""
    file = repo.write(".tasks/aa.yaml", "title: no 000\n")
    for n in range(60):
        time.sleep(n % 4 * 0.004)  # over the edges of ticks
        file.write_text(f"title: no {n:03}\n")
        assert titles(repo.path) == {"aa": f"no {n:03}"}


def test_old_times_put_back_hide_no_edit(repo: GitRepo) -> None:
    """`touch -d`, `cp -p` and `mv` of an older file with the same size and times are seen."""
    file = repo.write(".tasks/aa.yaml", "title: one\n")
    old = (1_600_000_000, 1_600_000_000)
    os.utime(file, old)
    time.sleep(0.03)
    assert titles(repo.path) == {"aa": "one"}
    file.write_text("title: two\n")
    os.utime(file, old)
    assert titles(repo.path) == {"aa": "two"}
    other = repo.write("other", "title: six\n")
    os.utime(other, old)
    time.sleep(0.03)
    subprocess.run(["cp", "-p", str(other), str(file)], check=True)
    assert titles(repo.path) == {"aa": "six"}
    repo.write("third", "title: ten\n")
    os.utime(repo.path / "third", old)
    os.replace(repo.path / "third", file)
    assert titles(repo.path) == {"aa": "ten"}


def test_a_file_made_anew_under_its_name_is_seen(repo: GitRepo) -> None:
    """Deleted and added under one name, which may reuse the inode: the new words count."""
    file = repo.write(".tasks/aa.yaml", "title: no 000\n")
    for n in range(50):
        assert titles(repo.path) == {"aa": f"no {n:03}"}
        file.unlink()
        if n % 7 == 0:
            assert titles(repo.path) == {}
        file.write_text(f"title: no {n + 1:03}\n")


def test_a_checkout_is_seen(repo: GitRepo) -> None:
    """Switching branches, with files of equal size, shows the other branch's tasks, again and again."""
    repo.commit(files={".tasks/aa.yaml": "title: one\n", ".tasks/bb.yaml": "title: bee\n"})
    repo.git("switch", "--quiet", "-c", "other")
    (repo.path / ".tasks/bb.yaml").unlink()
    repo.commit(files={".tasks/aa.yaml": "title: two\n", ".tasks/cc.yaml": "title: sea\n"})
    for _ in range(8):
        repo.git("switch", "--quiet", "main")
        assert titles(repo.path) == {"aa": "one", "bb": "bee"}
        repo.git("switch", "--quiet", "other")
        assert titles(repo.path) == {"aa": "two", "cc": "sea"}


def test_a_file_that_becomes_something_else_and_back(repo: GitRepo) -> None:
    """A task whose file turns into a folder or a link is told of, and is back when the file is."""
    file = repo.write(".tasks/aa.yaml", "title: one\n")
    assert titles(repo.path) == {"aa": "one"}
    file.unlink()
    file.mkdir()
    assert [p.rule for p in cached(repo.path)["problems"]] == ["not-a-file"]
    file.rmdir()
    if sys.platform != "win32":
        repo.write("elsewhere", "title: out\n")
        file.symlink_to("../elsewhere")
        assert [p.rule for p in cached(repo.path)["problems"]] == ["symbolic-link"]
        file.unlink()
    file.write_text("title: six\n")
    assert titles(repo.path) == {"aa": "six"}
    assert cached(repo.path) == fresh(repo.path)


def test_a_file_that_cannot_be_read_is_tried_again(repo: GitRepo) -> None:
    """What one user may not read is no fact for the next, who shares the cache: each looks for himself."""
    if sys.platform == "win32" or os.geteuid() != 0:
        pytest.skip("needs two users")
    open_to_all(repo.path, 0o777)
    repo.write(".tasks/aa.yaml", "title: one\n").chmod(0o600)
    repo.write(".tasks/bb.yaml", "title: two\n")
    private = repo.path / ".git" / "tm"
    private.mkdir()
    private.chmod(0o777)
    time.sleep(0.03)
    os.seteuid(65534)
    try:
        seen = cached(repo.path)
    finally:
        os.seteuid(0)
    assert [(p.path, p.rule) for p in seen["problems"]] == [(".tasks/aa.yaml", "unreadable")]
    assert [row.id for row in seen["sort id"]] == ["bb"]
    assert titles(repo.path) == {"aa": "one", "bb": "two"}


def test_a_new_file_has_its_place() -> None:
    """A sharded place is a folder named by characters of the id."""
    assert place("a1b2c3d4", "auto", 10) == "a1b2c3d4.yaml"
    assert place("a1b2c3d4", "auto", 1000) == "a1/a1b2c3d4.yaml"
    assert place("a1b2c3d4", "flat", 100_000) == "a1b2c3d4.yaml"


def test_a_socket_with_a_tasks_name_is_no_task(tmp_path: Path) -> None:
    """What is no regular file is named, not opened."""
    if not hasattr(socket, "AF_UNIX"):
        pytest.skip("no such sockets here")
    store = _store(tmp_path)
    here = os.getcwd()
    os.chdir(store.folder)
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind("s.yaml")
            assert _rules(store) == {".tasks/s.yaml": "not-a-file"}
    finally:
        os.chdir(here)


@pytest.mark.skipif(sys.platform == "win32", reason="a current folder cannot be removed here")
def test_a_current_folder_that_is_gone(repo: GitRepo, tmp_path: Path) -> None:
    """Where the current folder was removed, tm says so in one line, and still works with an absolute -C."""
    repo.commit(files={".tasks/aa.yaml": "title: one\n"})
    gone = tmp_path / "gone"
    here, there = ("-C", "."), ("-C", str(repo.path))
    for words in (("list",), ("add", "x"), ("init",), (*here, "list"), (*there, "list"), ("list", *there)):
        gone.mkdir()
        script = 'rmdir "$PWD" && exec "$@"'
        whole = ["sh", "-c", script, "sh", *command(words)]
        done = subprocess.run(whole, cwd=gone, capture_output=True, text=True, check=False)
        if str(repo.path) in words:
            assert (done.returncode, "one" in done.stdout) == (0, True), done.stderr
        else:
            assert done.returncode == 2, done.stderr
            assert done.stderr.splitlines() == ["tm: the current folder is gone", "Cd to another folder, or use -C DIR"]


def test_both_ways_to_ask_for_numbers_agree(tmp_path: Path) -> None:
    """What a scan says of a file is what is said of it when it is asked for alone."""
    store = _store(tmp_path)
    (tmp_path / ".tasks" / "a.yaml").write_text("title: x\n")
    assert store.scan().stats() == {"a.yaml": store.numbers("a.yaml")}
