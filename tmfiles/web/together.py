"""One look at the files for all who ask at the same moment; knows nothing of what they ask.

To find every hand edit, each request looks at the numbers of every file, which at ten thousand tasks is most of its
time. A look that begins after a request came serves that request as well as one of its own would: so many requests
that come together wait for one.
"""

from __future__ import annotations

import threading
from array import array

from tmfiles.store import Scan, Store
from tmfiles.web.scanning import Scanner

# From so many files on another process looks.
MANY = 200


class Looks:
    """The looks at one folder, of which one at a time is taken."""

    def __init__(self) -> None:
        self._folder = ""
        self._changed = threading.Condition()
        self._begun = 0
        self._done = 0
        self._running = False
        self._last = Scan()
        self._scanner = Scanner()

    def store(self, store: Store) -> Store:
        """Give a store that looks together with all whose folder is the same; one that lies elsewhere looks alone."""
        self._folder = self._folder or store.folder
        return Together(store.folder, store.scratch, self) if store.folder == self._folder else store

    def look(self, store: Store) -> Scan:
        """Give what lies in the store, as seen by a look that began after this was called."""
        with self._changed:
            mine = self._begun + 1
            while self._running and self._done < mine:
                self._changed.wait()
            if self._done >= mine:
                return _copy(self._last)
            self._running = True
            self._begun += 1
            mine = self._begun
        try:
            found = self._scanner.scan(store) if len(self._last.paths) >= MANY else store.scan()
        except BaseException:
            with self._changed:  # those who wait look for themselves
                self._running = False
                self._changed.notify_all()
            raise
        with self._changed:
            self._running = False
            self._done, self._last = mine, found
            self._changed.notify_all()
        return _copy(found)

    def close(self) -> None:
        """Let go of what looks."""
        self._scanner.close()


class Together(Store):
    """A store whose looks are shared with others."""

    def __init__(self, folder: str, scratch: str, looks: Looks) -> None:
        super().__init__(folder, scratch)
        self._looks = looks

    def scan(self) -> Scan:
        """List every task file with its numbers, once for all who ask meanwhile."""
        return self._looks.look(Store(self.folder, self.scratch))


def _copy(scan: Scan) -> Scan:
    """Give a scan that its reader may write into."""
    made = Scan()
    made.paths, made.numbers, made.oddities = list(scan.paths), array("q", scan.numbers), list(scan.oddities)
    return made
