"""Interrupts in the middle of a write: the edit is whole, git leaves no lock behind, the user is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Ran, Store, command, environment

from tmfiles.errors import TmError
from tmfiles.workspace.interrupts import Held

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")


def slow_git(folder: Path, subcommand: str, seconds: float) -> dict[str, str]:
    """Put a git first on PATH that sleeps before one subcommand; give the variables that say so."""
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    folder.mkdir(exist_ok=True)
    wrapper = folder / "git"
    wrapper.write_text(
        f'#!/bin/sh\ncase " $* " in *" {subcommand} "*) touch "{folder}/reached"; sleep {seconds};; esac\n'
        f'exec "{real}" "$@"\n'
    )
    wrapper.chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def interrupted(store: Store, tmp_path: Path, at: str, number: int, *args: str, group: bool = True) -> Ran:
    """Run tm in a process group of its own, and send it a signal while git is at `at`."""
    env = environment(slow_git(tmp_path / "slow", at, 0.6))
    child = subprocess.Popen(
        command(*args),
        cwd=store.path,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    reached = tmp_path / "slow" / "reached"
    while not reached.exists() and child.poll() is None:
        time.sleep(0.01)
    time.sleep(0.1)
    (os.killpg if group else os.kill)(child.pid, number)
    out, err = child.communicate(timeout=30)
    return Ran(child.returncode, out, err)


@pytest.mark.parametrize("at", ["fast-import", "update-ref", "update-index"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_edit_is_finished_first(repo: GitRepo, tmp_path: Path, at: str, number: int) -> None:
    """A signal to the whole process group while git works: the edit is saved whole, exit 130, and said so."""
    store = Store(repo)
    task = store.add("Write")
    ran = interrupted(store, tmp_path, at, number, "update", task, "--priority", "high")
    assert ran.code == 130, ran
    assert ran.err.splitlines()[0] == f"tm: interrupted: update {task} was saved first"
    assert store.doc(task)["priority"] == "high"
    assert store.status() == ""
    assert store.subjects()[0] == f"tm: update {task} Write"
    store.assert_sound()


def test_before_the_write_begins_nothing_happens(repo: GitRepo, tmp_path: Path) -> None:
    """Ctrl-C while the command waits for its turn ends it at once, and nothing was changed."""
    store = Store(repo)
    task = store.add("Write")
    ran = interrupted(store, tmp_path, "var", signal.SIGINT, "update", task, "--priority", "high")
    assert ran.code == 130, ran
    store.assert_sound()


def test_killed_with_its_whole_group(repo: GitRepo, tmp_path: Path) -> None:
    """kill -9 of the process group while git moves the branch: git ends its work, tm's next command the rest."""
    store = Store(repo)
    task = store.add("Write")
    for at in ("fast-import", "update-ref", "update-index"):
        ran = interrupted(store, tmp_path, at, signal.SIGKILL, "update", task, "--tag", at)
        assert ran.code == -signal.SIGKILL
        (tmp_path / "slow" / "reached").unlink()
        time.sleep(1)
        told = store.do("update", task, "--tag", "next").err
        assert ("finished an interrupted tm update" in told) == (at != "fast-import")
        assert told.count("\n") == (2 if at != "fast-import" else 1)
        assert store.status() == ""
        store.do("update", task, "--untag", "next")
    assert store.doc(task)["tags"] == ["update-index", "update-ref"]
    store.assert_sound()


def test_a_worker_thread_can_write(repo: GitRepo) -> None:
    """Signals belong to the main thread; a write in another one does without them."""
    store = Store(repo)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            store.do("add", "From a thread")
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert failed == []
    assert store.subjects()[0].endswith("From a thread")


def test_ignored_signals_stay_ignored() -> None:
    """Under nohup a hang-up ends nothing, neither at once nor afterwards."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Held("saved"):
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_programs_own_handler_is_called_afterwards() -> None:
    """A server that handles SIGTERM itself gets it once the write is over, and the write returns as usual."""
    got: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: got.append(number))
    try:
        with Held("saved"):
            os.kill(os.getpid(), signal.SIGTERM)
            assert got == []
        assert got == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_an_error_under_an_interrupt_is_an_interrupt() -> None:
    """When the block fails after a signal, the command ends as interrupted and keeps the cause."""

    def fail() -> None:
        with Held("nothing was changed"):
            os.kill(os.getpid(), signal.SIGINT)
            raise TmError("git cat-file: exit code -2", code="git")

    with pytest.raises(TmError) as caught:
        fail()
    assert (caught.value.code, caught.value.message) == ("interrupted", "interrupted: nothing was changed")
    assert str(caught.value.__cause__) == "git cat-file: exit code -2"


def test_another_program_keeps_its_handlers() -> None:
    """After a write every handler is the one it was before."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    with Held("saved"):
        pass
    assert [signal.getsignal(number) for number in numbers] == before
    assert sys.exc_info() == (None, None, None)
