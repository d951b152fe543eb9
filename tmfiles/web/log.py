"""The server's log: a line of JSON for each request, in a file that is turned over when it is full; holds no secret.

What is written of a request is who, what and how it went: no header, no cookie, no query, no body.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from tmfiles.errors import TmError
from tmfiles.lock import Lock

# A full file becomes NAME.1, that one NAME.2, and so on; the oldest goes.
FULL, KEPT = 10 << 20, 5
_WAIT = 5.0


class Log:
    """Where lines go: a file, which several workers write to, or standard error for `-`."""

    def __init__(self, path: str, full: int = FULL, kept: int = KEPT) -> None:
        self.path = path
        self._full = full
        self._kept = kept
        self._fd = -1
        self._mutex = threading.Lock()
        if path != "-":
            try:
                self._open()
            except OSError as error:
                raise TmError(f"cannot write {path}: {error.strerror}", "another file: --log FILE", "usage") from error

    def write(self, **values: Any) -> None:
        """Write a line; what cannot be written is lost, since the answer has been given."""
        at = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"at": at, **values}, ensure_ascii=True, separators=(",", ":")) + "\n"
        if self.path == "-":
            sys.stderr.write(line)
            return
        with self._mutex, suppress(OSError, TmError):
            self._turn()
            os.write(self._fd, line.encode("ascii"))

    def close(self) -> None:
        """Close the file."""
        with self._mutex:
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1

    def _open(self) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
        self._fd = os.open(self.path, flags, 0o600)

    def _turn(self) -> None:
        """Open the file that bears the name now, and turn over the one that is full."""
        if not self._is_the_file():
            self._again()
        if os.fstat(self._fd).st_size < self._full:
            return
        with Lock(f"{self.path}.lock", "tm serve", _WAIT):
            if self._is_the_file():  # another worker may have been quicker
                for number in range(self._kept - 1, 0, -1):
                    with suppress(FileNotFoundError):
                        os.replace(f"{self.path}.{number}", f"{self.path}.{number + 1}")
                os.replace(self.path, f"{self.path}.1")
        self._again()

    def _again(self) -> None:
        os.close(self._fd)
        self._open()

    def _is_the_file(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._fd), os.stat(self.path))
        except OSError:
            return False
