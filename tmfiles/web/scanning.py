"""Looks at the files of a store in a process of its own; knows nothing of what is made of it.

To ask for the numbers of a file lets other threads of the process run, and they give way only after some milliseconds:
for each of ten thousand files. What a look takes alone in forty milliseconds took a busy server a minute.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from array import array
from pathlib import Path

from tmfiles.errors import Problem, TmError
from tmfiles.store import Scan, Store

_START = "from tmfiles.web.scanning import main; main()"
# How long the answer is, before it.
_HEAD = 8


class Scanner:
    """A process that looks, begun when it is first asked; where there can be none, this process looks itself."""

    def __init__(self) -> None:
        self._running: subprocess.Popen[bytes] | None = None

    def scan(self, store: Store) -> Scan:
        """Give what lies in a store, as `Store.scan`; one thread at a time may ask."""
        if "\n" in store.folder + store.scratch:
            return store.scan()
        try:
            answer = self._asked(store)
        except (OSError, EOFError):
            self.close()
            return store.scan()
        if isinstance(answer, str):
            raise TmError(answer, code="invalid")
        found = Scan()
        found.paths, numbers, odd = answer
        found.numbers = array("q", numbers)
        found.oddities = [Problem(*one) for one in odd]
        return found

    def _asked(self, store: Store) -> str | tuple[list[str], bytes, list[tuple[object, ...]]]:
        if self._running is None or self._running.poll() is not None:
            self.close()
            self._running = _begun()
        ask, told = self._running.stdin, self._running.stdout
        if ask is None or told is None:
            raise EOFError
        ask.write(os.fsencode(store.folder) + b"\0" + os.fsencode(store.scratch) + b"\n")
        ask.flush()
        head = told.read(_HEAD)
        body = told.read(int.from_bytes(head, "big")) if len(head) == _HEAD else b""
        if not body:
            raise EOFError
        answer: str | tuple[list[str], bytes, list[tuple[object, ...]]] = pickle.loads(body)  # noqa: S301 our own
        return answer

    def close(self) -> None:
        """End the process."""
        if self._running is not None:
            self._running.kill()
            for pipe in (self._running.stdin, self._running.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:
                        continue  # what was to be written went nowhere
            self._running.wait()
            self._running = None


def _begun() -> subprocess.Popen[bytes]:
    """Begin the process, which finds the package where this one did, and ends with it."""
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    return subprocess.Popen(
        [sys.executable, "-c", _START],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=sys.platform != "win32",  # an interrupt of the terminal is the server's to hear
    )


def main() -> None:
    """Answer each line with a look, until there are no more."""
    for line in sys.stdin.buffer:
        folder, scratch = map(os.fsdecode, line.rstrip(b"\n").split(b"\0"))
        try:
            found = Store(folder, scratch).scan()
            answer: object = (found.paths, found.numbers.tobytes(), [tuple(one) for one in found.oddities])
        except TmError as error:
            answer = error.message
        body = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.write(len(body).to_bytes(_HEAD, "big") + body)
        sys.stdout.buffer.flush()
