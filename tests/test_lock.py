"""The lock file: one holder at a time, among processes and threads, whatever became of the one before."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from writing import environment

from tmfiles.errors import TmError
from tmfiles.lock import Lock, holder

HOLD = """
import sys, time
from tmfiles.lock import Lock
with Lock(sys.argv[1], "tm add", 5):
    print("held", flush=True)
    time.sleep(60)
"""


def holding(path: Path) -> subprocess.Popen[bytes]:
    """Start a process that holds the lock."""
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, env=environment())
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    return child


def end(child: subprocess.Popen[bytes]) -> None:
    """Kill the process and wait for its end."""
    child.kill()
    child.communicate()


def test_waiting_ends_with_the_holder_named(tmp_path: Path) -> None:
    """Who waits in vain is told which process holds the lock, what for, and how to wait longer."""
    path = tmp_path / "lock"
    child = holding(path)
    try:
        with pytest.raises(TmError) as caught, Lock(str(path), "tm update", 0.1):
            pass
        assert caught.value.code == "locked"
        assert f"process {child.pid} (tm add)" in caught.value.message
        assert "TM_LOCK_TIMEOUT" in caught.value.hint
    finally:
        end(child)


def test_a_killed_holder_locks_nobody_out(tmp_path: Path) -> None:
    """The lock of a process that was killed is free at once, although its file still names it."""
    path = tmp_path / "lock"
    end(holding(path))
    assert "tm add" in holder(str(path))
    with Lock(str(path), "tm update", 0.1) as lock:
        assert lock.waited < 0.1
        assert holder(str(path)) == f"process {os.getpid()} (tm update)"
    assert holder(str(path)) == "another process"


def test_a_deleted_lock_file_guards_all_the_same(tmp_path: Path) -> None:
    """Who waited for a file that was deleted meanwhile takes the lock of the new one, not the old one's."""
    path = tmp_path / "lock"
    entered: list[float] = []

    def wait() -> None:
        with Lock(str(path), "tm update", 10):
            entered.append(time.monotonic())

    first = holding(path)
    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.1)
    path.unlink()
    second = holding(path)
    end(first)
    time.sleep(0.2)
    assert entered == []
    end(second)
    waiting.join()
    assert len(entered) == 1


def test_threads_exclude_each_other(tmp_path: Path) -> None:
    """Eight threads of one process that count up a file under the lock lose no step."""
    path, counter = tmp_path / "lock", tmp_path / "counter"
    counter.write_text("0")

    def count() -> None:
        for _ in range(20):
            with Lock(str(path), "count", 30):
                counter.write_text(str(int(counter.read_text()) + 1))

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.read_text() == "160"


def test_threads_go_in_their_order(tmp_path: Path) -> None:
    """Of the threads of a process that want the lock, who came first has it first, however often others come."""
    path, order, came = str(tmp_path / "lock"), [], []

    def take(number: int) -> None:
        came.append(number)
        with Lock(path, "tm add", 30):
            order.append(number)

    with Lock(path, "tm add", 5):
        threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
            while len(came) <= threads.index(thread):
                time.sleep(0.001)
            time.sleep(0.02)  # it has said that it comes, and stands in line now
    for thread in threads:
        thread.join(30)
    assert order == list(range(8))


def test_no_process_waits_for_ever(tmp_path: Path) -> None:
    """While the threads of one process hand the lock to each other all the time, another process gets it, too."""
    path, stop = str(tmp_path / "lock"), threading.Event()

    def hold() -> None:
        while not stop.is_set():
            with Lock(path, "tm add", 30):
                time.sleep(0.02)

    threads = [threading.Thread(target=hold) for _ in range(4)]
    for thread in threads:
        thread.start()
    code = (
        "import sys, time\nfrom tmfiles.lock import Lock\nfor _ in range(10):\n with Lock(sys.argv[1], 'x', 20): pass"
    )
    try:
        done = subprocess.run([sys.executable, "-c", code, path], env=environment(), timeout=100, check=False)
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert done.returncode == 0


def test_a_thread_that_waits_in_vain_leaves_the_line(tmp_path: Path) -> None:
    """It is refused like another process, and holds up nobody who comes after it."""
    path = str(tmp_path / "lock")
    refused: list[TmError] = []

    def take() -> None:
        try:
            with Lock(path, "tm add", 0.05):
                pass
        except TmError as error:
            refused.append(error)

    with Lock(path, "tm add", 5):
        thread = threading.Thread(target=take)
        thread.start()
        thread.join(20)
    assert [one.code for one in refused] == ["locked"]
    with Lock(path, "tm add", 0.05):
        pass
