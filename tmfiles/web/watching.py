"""What changed in the store since it was last looked at, whoever changed it; knows nobody who is told.

That something may have changed the system says (watchfiles); what it was, two looks tell: so an edit is told once, by
the task, whatever an editor, a pull or a command does with files on the way. A look every few seconds finds what
no notice came for, as on some network file systems.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
import traceback
from array import array
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import watchfiles

from tmfiles.config import Environment
from tmfiles.errors import TmError
from tmfiles.git.repository import head
from tmfiles.store import CONFIG, id_of
from tmfiles.workspace import Workspace

if TYPE_CHECKING:
    from watchfiles import Change

# More tasks than these are not named: whoever is told reads everything anew.
MOST_NAMED = 200
_REST, _PATIENCE = 15.0, 5.0
# In milliseconds: for how long notices are gathered, and how often the system is asked for more.
_GATHER, _STEP = 60, 30
# A look at a large store takes its time: looking takes a fifth of it at most.
_SHARE = 4
_REFS = ("HEAD", "HEAD.lock", "packed-refs")


class Seen(NamedTuple):
    """The store at one moment: its files with their numbers, what lies there besides, and HEAD's commit."""

    paths: list[str]
    numbers: array[int]
    odd: tuple[str, ...]
    head: str

    @property
    def version(self) -> str:
        """Name this state; another look that finds the same, in another process too, gives the same name."""
        parts = ("\0".join(self.paths).encode("utf-8", "surrogateescape"), self.numbers.tobytes())
        more = "\0".join((*self.odd, self.head)).encode("utf-8", "surrogateescape")
        return hashlib.blake2b(b"\0\0".join((*parts, more)), digest_size=8).hexdigest()

    def stats(self) -> dict[str, tuple[int, ...]]:
        """Give each file's numbers by its path."""
        n = self.numbers
        return {path: tuple(n[4 * i : 4 * i + 4]) for i, path in enumerate(self.paths)}


def look(workspace: Workspace) -> Seen:
    """Look at the files of a store and at its HEAD; reads no file."""
    scan = workspace.store.scan()
    commit = head(workspace.repository).commit if workspace.repository is not None else None
    return Seen(scan.paths, scan.numbers, tuple(map(str, scan.oddities)), commit or "")


def difference(workspace: Workspace, before: Seen, after: Seen) -> dict[str, Any] | None:
    """Tell what is different between two looks; None where nothing is.

    `ids` are the tasks whose files changed, came or went, `also` those that depend on them or belong to them;
    with `all` everything may be different, and no task is named.
    """
    if before == after:
        return None
    told: dict[str, Any] = {"version": after.version, "head": after.head, "all": False, "ids": [], "also": []}
    if before.odd != after.odd:
        return {**told, "all": True}
    one, other = before.stats(), after.stats()
    paths = {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}
    if CONFIG in paths or len(paths) > MOST_NAMED:
        return {**told, "all": True}
    ids = sorted({id_of(path) for path in paths})
    if not ids:
        return told
    view = workspace.read()
    # Behind the gates of phases any task can open any other.
    if view.config.phases:
        return {**told, "all": True}
    also = {source for task_id in ids for source, _ in view.index.referrers(task_id)} - {*ids}
    if len(also) > MOST_NAMED:
        return {**told, "all": True}
    return {**told, "ids": ids, "also": sorted(also)}


class Watch:
    """Looks at a store whenever something may have changed, until it is stopped.

    `told` gets each difference, `began` the first look; both are called in a thread of this watch's. `share` lets it
    look at the files together with others.
    """

    def __init__(
        self,
        folder: str,
        environment: Environment,
        began: Callable[[str], None],
        told: Callable[[dict[str, Any]], None],
        share: Callable[[Workspace], None],
    ) -> None:
        self._folder = folder
        self._environment = environment
        self._began = began
        self._told = told
        self._share = share
        self._stop = threading.Event()
        self._dirty = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin; raises TmError where there is no store."""
        with Workspace.find(self._folder, self._environment) as workspace:
            places = [(workspace.store.folder, True)]
            if workspace.repository is not None:
                refs = os.path.join(workspace.repository.commondir, "refs")
                places += [(workspace.repository.gitdir, False), *([(refs, True)] if os.path.isdir(refs) else [])]
        # Watched before the first look: what changes between the two is seen by the second.
        begun = [threading.Event() for _ in places]
        for (place, deep), ready in zip(places, begun, strict=True):
            self._thread(partial(self._listen, place, deep=deep, ready=ready))
        for ready in begun:
            ready.wait(_PATIENCE)
        self._thread(self._look)

    def stop(self) -> None:
        """End, and wait for it."""
        self._stop.set()
        self._dirty.set()
        for thread in self._threads:
            thread.join(5)

    def _thread(self, what: Callable[[], None]) -> None:
        made = threading.Thread(target=what, name="tm-watch", daemon=True)
        self._threads.append(made)
        made.start()

    def _listen(self, place: str, *, deep: bool, ready: threading.Event) -> None:
        def counts(_change: Change, path: str) -> bool:
            inside = os.path.relpath(path, place)
            return not inside.startswith(".git") if deep else inside in _REFS

        def notices() -> Any:
            return watchfiles.watch(
                place,
                watch_filter=counts,
                debounce=_GATHER,
                step=_STEP,
                stop_event=self._stop,
                rust_timeout=1,
                yield_on_timeout=True,
                recursive=deep,
                raise_interrupt=False,
                ignore_permission_denied=True,
            )

        found = notices()
        try:
            next(found)  # begins to watch
            ready.set()
            for some in found:
                if some:
                    self._dirty.set()
        except (OSError, RuntimeError):
            # The place is gone or cannot be watched; the look every few seconds remains.
            traceback.print_exc(file=sys.stderr)
            ready.set()

    def _look(self) -> None:
        seen: Seen | None = None
        while not self._stop.is_set():
            self._dirty.clear()
            began = time.monotonic()
            try:
                with Workspace.find(self._folder, self._environment) as workspace:
                    self._share(workspace)
                    now = look(workspace)
                    if seen is None:
                        self._began(now.version)
                    elif found := difference(workspace, seen, now):
                        self._told(found)
                    seen = now
            except TmError:
                pass  # in the midst of a checkout, say: the next look tells
            except Exception:  # the watch goes on: one look that failed is not the last
                traceback.print_exc(file=sys.stderr)
            self._stop.wait(_SHARE * (time.monotonic() - began))
            self._dirty.wait(_REST)
