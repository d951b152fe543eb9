"""Where output goes: closed, full, slow and foreign streams; a terminal; nothing is cut, nothing fails in silence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import GitRepo

TM = [sys.executable, "-m", "tmfiles"]
COUNT = 10_000

needs_shell = pytest.mark.skipif(sys.platform == "win32", reason="written for a POSIX shell")
needs_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")


def sh(repo: GitRepo, script: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script in the repository; `$tm` is the program."""
    env = {**os.environ, "tm": f"{sys.executable} -m tmfiles", **more}
    return subprocess.run(
        ["sh", "-c", script], cwd=repo.path, env=env, capture_output=True, text=True, encoding="utf-8", timeout=60
    )


@pytest.fixture
def store(repo: GitRepo) -> GitRepo:
    """A store with one task."""
    subprocess.run([*TM, "init"], cwd=repo.path, check=True, capture_output=True)
    subprocess.run([*TM, "add", "Café ☕", "--id", "one"], cwd=repo.path, check=True, capture_output=True)
    return repo


@pytest.fixture
def many(repo: GitRepo) -> GitRepo:
    """A store with as many tasks as fill every pipe."""
    subprocess.run([*TM, "init"], cwd=repo.path, check=True, capture_output=True)
    for number in range(COUNT):
        folder = repo.path / ".tasks" / f"{number % 100:02}"
        folder.mkdir(exist_ok=True)
        (folder / f"task-{number:05}.yaml").write_text(f"title: Task number {number}\n", encoding="ascii")
    subprocess.run([*TM, "list"], cwd=repo.path, check=True, capture_output=True)
    return repo


@needs_shell
def test_ten_thousand_lines_reach_a_slow_reader_and_a_short_one(many: GitRepo) -> None:
    """A slow reader gets every line; one that stops after a line ends the command quietly."""
    slow = sh(many, "$tm list | (sleep 1; wc -l)")
    assert (int(slow.stdout), slow.stderr) == (COUNT, "")
    for words in ("list", "list --json", "list --plain"):
        cut = sh(many, f"{{ $tm {words}; echo $? >&2; }} | head -c 20")
        assert (len(cut.stdout), cut.stderr) == (20, "0\n")
    assert len(json.loads(sh(many, "$tm list --json").stdout)["data"]) == COUNT


@needs_shell
def test_a_reader_that_is_gone_ends_a_refusal_quietly(store: GitRepo) -> None:
    """Nobody reads what is refused: no trace of it, and the exit code stands."""
    done = sh(store, "{ $tm show nowhere; echo $? >&3; } 3>&1 2>&1 >/dev/null | true")
    assert done.stderr == ""
    assert sh(store, "$tm show nowhere 2>&-; echo $?").stdout == "1\n"


@needs_full
@pytest.mark.parametrize(
    "words", ["list", "show one", "list --json", "show nowhere --json", "--version", "--help", "log"]
)
def test_output_that_cannot_be_written_is_an_error(store: GitRepo, words: str) -> None:
    """A full device is told on standard error, in one line, with an exit code that is not 0."""
    done = sh(store, f"$tm {words} >/dev/full; echo $?")
    assert done.stdout == "1\n"
    assert done.stderr.startswith("tm: ")
    assert "Traceback" not in done.stderr
    assert "bug" not in done.stderr


@needs_full
def test_work_is_saved_though_its_output_is_lost(store: GitRepo) -> None:
    """What add had to do is done and committed, and the message says that only the output is lost."""
    done = sh(store, "$tm add Two >/dev/full; echo $?")
    assert done.stdout == "1\n"
    assert done.stderr.startswith("tm: cannot write the output: ")
    assert "is saved" in done.stderr
    assert store.git("log", "-1", "--format=%s").endswith("Two")


@needs_full
def test_messages_that_cannot_be_written_change_nothing(store: GitRepo) -> None:
    """A full standard error loses the messages, not the data and not the exit code."""
    assert sh(store, "$tm list 2>/dev/full; echo $?").stdout == "one  pending  -  Café ☕\n0\n"
    assert sh(store, "$tm show nowhere 2>/dev/full; echo $?").stdout == "1\n"


@needs_shell
def test_closed_streams(store: GitRepo) -> None:
    """Closed input and messages do no harm; closed output is an error where there is data, and only there."""
    done = sh(store, "$tm list <&- 2>&-; echo $?")
    assert done.stdout == "one  pending  -  Café ☕\n0\n"
    assert sh(store, "($tm list >&-) 2>/dev/null; echo $?").stdout == "1\n"
    assert sh(store, "($tm start one >&-) 2>/dev/null; echo $?").stdout == "0\n"
    assert sh(store, "$tm check").stdout == ""
    assert store.git("status", "--short") == ""


@needs_shell
def test_other_locales(store: GitRepo) -> None:
    """Whatever the locale, text given as UTF-8 is taken as it is, and JSON is UTF-8."""
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert sh(store, "$tm add 'Thé ☕' --id two", **plain).stdout == "two\n"
    shown = sh(store, "$tm show two --json", PYTHONIOENCODING="ascii").stdout
    assert json.loads(shown)["data"]["title"] == "Thé ☕"
    assert sh(store, "$tm show two", PYTHONIOENCODING="ascii").returncode == 0


@needs_shell
def test_controls_in_files_do_not_reach_the_reader(store: GitRepo) -> None:
    """Escape sequences that a file holds are not printed, neither by lists nor in problems."""
    store.write(".tasks/red.yaml", 'title: "\\e[31mRed\\e[0m"\nassignee: "\\a\\u202e"\ndescription: "\\e]0;x\\a"\n')
    store.write(".tasks/bad.yaml", 'title: x\nstatus: "\\e[31m"\n')
    for words in (
        "list",
        "show red",
        "list --plain",
        "check",
        "show bad",
        "log",
        "add x --parent $(printf '\\033[1m')",
    ):
        done = sh(store, f"$tm {words}")
        assert not set("\x1b\x07\u202e") & set(done.stdout + done.stderr)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_terminal_gets_a_table(store: GitRepo) -> None:
    """On a terminal a list has a head and fits its width; add says more than the id."""
    import pty

    master, slave = pty.openpty()
    done = subprocess.run(
        [*TM, "list"], cwd=store.path, stdout=slave, stderr=slave, env={**os.environ, "COLUMNS": "60", "NO_COLOR": "1"}
    )
    os.close(slave)
    lines = os.read(master, 10_000).decode().splitlines()
    os.close(master)
    assert done.returncode == 0
    assert lines[0].split() == ["ID", "STATUS", "TITLE"]
    assert lines[1].split()[:2] == ["one", "pending"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_interrupted_while_waiting_changes_nothing(store: GitRepo) -> None:
    """Ctrl-C while the lock is held by another ends with 130 and one line, and nothing is changed."""
    import fcntl
    import signal

    lock = Path(store.path) / ".git" / "tm" / "lock"
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        child = subprocess.Popen(
            [*TM, "add", "Two"], cwd=store.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        time.sleep(1.0)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=20)
    assert (child.returncode, out, err) == (130, "", "tm: interrupted\n")
    assert store.git("status", "--short") == ""
