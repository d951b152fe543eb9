"""One exclusive lock file of the operating system's; knows nothing of what it guards."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress

from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

if sys.platform == "win32":
    import msvcrt

    def _take(fd: int) -> None:
        os.lseek(fd, _GUARD, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)

    def _drop(fd: int) -> None:
        os.lseek(fd, _GUARD, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _take(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _drop(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_UN)


# Windows' locks forbid others even to read the locked bytes, so the lock sits beyond the holder's name.
_GUARD = 1 << 20
_PAUSE, _LONGEST_PAUSE = 0.002, 0.05
# Who has waited for so many seconds looks more often than who came just now, or newcomers would go before for ever.
_LONG, _LONG_PAUSE = 0.5, 0.005
# Threads of this process that wait for a lock, or hold it, by its path and in their order.
_turns: dict[str, Turns] = {}


class Lock:
    """Hold `path` while the `with` block runs; wait `limit` seconds for it, then name the holder.

    The operating system frees the lock when its process dies, so a left-over file locks nobody out.
    `told` gets the seconds waited for it and those it was held, when it has been released.
    Raises TmError (code `locked`) when the wait is over.
    """

    def __init__(
        self, path: str, purpose: str, limit: float, told: Callable[[float, float], None] | None = None
    ) -> None:
        self.path = path
        self.purpose = purpose
        self.limit = limit
        self.waited = 0.0
        self._told = told
        self._since = 0.0
        self._fd = -1
        self._turns: Turns

    def __enter__(self) -> Lock:
        start = time.monotonic()
        turns = self._turns = _turns.setdefault(self.path, _turns.get(self.path) or Turns())
        if not turns.come(self, self.limit):
            raise self._refusal()
        try:
            self._lock(start)
        except BaseException:
            turns.go(self)
            raise
        self._since = time.monotonic()
        self.waited = self._since - start
        return self

    def _lock(self, start: float) -> None:
        while True:
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
            try:
                self._wait(start)
                if self._is_the_file():
                    break
            except BaseException:
                os.close(self._fd)
                raise
            os.close(self._fd)
        with suppress(OSError):  # the name is a courtesy, and the disk may be full
            os.ftruncate(self._fd, 0)
            os.lseek(self._fd, 0, os.SEEK_SET)
            os.write(self._fd, f"process {os.getpid()} ({self.purpose})".encode())

    def _is_the_file(self) -> bool:
        """Tell whether what is locked is still what others will find: the file may have been deleted."""
        try:
            return os.path.samestat(os.fstat(self._fd), os.stat(self.path))
        except OSError:
            return False

    def _wait(self, start: float) -> None:
        pause = _PAUSE
        while True:
            try:
                _take(self._fd)
            except OSError as error:
                if not isinstance(error, (BlockingIOError, PermissionError)):
                    raise TmError(f"cannot lock {self.path}: {error.strerror}", code="locked") from error
            else:
                return
            waited = time.monotonic() - start
            if waited > self.limit:
                raise self._refusal()
            time.sleep(pause)
            pause = _LONG_PAUSE if waited > _LONG else min(pause * 1.5, _LONGEST_PAUSE)

    def _refusal(self) -> TmError:
        return TmError(
            f"the store is locked by {holder(self.path)}, waited {self.limit:g} s",
            "wait for it to finish, or allow more time with TM_LOCK_TIMEOUT=SECONDS",
            code="locked",
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            os.ftruncate(self._fd, 0)
        _drop(self._fd)
        os.close(self._fd)
        self._turns.go(self)
        if self._told is not None:
            self._told(self.waited, time.monotonic() - self._since)


class Turns:
    """The threads of one process that want one lock: the first in line asks for it, and the others wait quietly."""

    def __init__(self) -> None:
        import threading

        self._changed = threading.Condition()
        self._line: list[object] = []

    def come(self, who: object, seconds: float) -> bool:
        """Stand in line until first; False, and out of it, when that takes longer than so many seconds."""
        with self._changed:
            self._line.append(who)
            if self._changed.wait_for(lambda: self._line[0] is who, seconds):
                return True
            self._line.remove(who)
            return False

    def go(self, who: object) -> None:
        """Leave the line. Where others of it wait, another process gets a moment to be quicker than the next."""
        if len(self._line) > 1:
            time.sleep(2 * _LONG_PAUSE)
        with self._changed:
            self._line.remove(who)
            self._changed.notify_all()


def held_by(path: str) -> str:
    """Name who holds the lock file now; '' when nobody does. Asks without taking it for longer than that."""
    try:
        fd = os.open(path, os.O_RDWR)
    except OSError:
        return ""
    try:
        _take(fd)
        _drop(fd)
    except OSError:
        return holder(path)
    finally:
        os.close(fd)
    return ""


def holder(path: str) -> str:
    """Name who holds the lock file `path`, as far as it can be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(200).strip() or "another process"
    except OSError:
        return "another process"
