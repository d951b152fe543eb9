"""The store as a commit had it: its files are blobs, its cache a copy in memory, its clock stands still."""

from __future__ import annotations

import errno
import os

from tmfiles.dates import stamp
from tmfiles.git import objects, worktree
from tmfiles.git.history import committed_at
from tmfiles.store import Scan, sorted_out
from tmfiles.workspace.past import refresh_history
from tmfiles.workspace.place import Workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.git.repository import Repository
    from tmfiles.git.worktree import Blob
    from tmfiles.index import Index

# So many blobs are read at once: more would fill the memory, fewer start a process too often.
_AT_ONCE = 500


class Snapshot:
    """What a commit holds below the store's folder, asked as `Store` is; it is only ever read."""

    def __init__(self, repository: Repository, commit: str, top: str) -> None:
        self._repository = repository
        self._commit = commit
        self._top = top
        self._listed: dict[str, Blob] | None = None
        self._paths: list[str] = []
        self._buffer: dict[str, bytes | None] = {}

    def _blobs(self) -> dict[str, Blob]:
        if self._listed is None:
            listed = worktree.listed(self._repository, self._commit, self._top.rstrip("/"))
            self._listed = {path[len(self._top) :]: blob for path, blob in listed.items()}
        return self._listed

    def scan(self) -> Scan:
        """List every task file; in the place of sizes and times stands the id of the blob."""
        found, blobs = Scan(), self._blobs()
        found.paths, found.oddities = sorted_out({path: blob.mode for path, blob in blobs.items()})
        for path in found.paths:
            found.numbers.extend(int(blobs[path].id[i : i + 10], 16) for i in range(0, 40, 10))
        self._paths = found.paths
        return found

    def read(self, path: str, most: int = -1) -> bytes:
        """Give the bytes of one file, or the first `most`; raises OSError."""
        if path not in self._blobs():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        if path not in self._buffer:
            at = self._paths.index(path) if path in self._paths else 0
            # Who reads all files reads them in the order in which they were listed.
            some = list(dict.fromkeys([path, *self._paths[at : at + _AT_ONCE]]))
            names = [self._blobs()[one].id for one in some]
            self._buffer = dict(zip(some, objects.read(self._repository, names), strict=True))
        data = self._buffer[path]
        if data is None:
            raise OSError(errno.EIO, "git does not have this version", path)
        return data if most < 0 else data[:most]

    def trusted_before(self) -> int:
        """Give a time after all times: a commit does not change."""
        return 1 << 63


class Earlier(Workspace):
    """The store of another workspace as `commit` had it, to be read and never written."""

    def __init__(self, present: Workspace, repository: Repository, commit: str) -> None:
        moment = committed_at(repository, commit)
        super().__init__(present.root, present.environment._replace(now=stamp(moment)), present.progress)
        self.commit = commit
        self._present = present
        self.store = Snapshot(repository, commit, self.repository_path(""))  # type: ignore[assignment]  # as a reader asks

    @property
    def index(self) -> Index:
        """A copy of the cache in memory: most files are as they are now, and need not be parsed again."""
        if self._index is None:
            self._present.read()
            self._index = self._present.index.copy()
        return self._index

    def close(self) -> None:
        """Close the caches, of now and of then."""
        super().close()
        self._present.close()

    def _walk(self, repository: Repository) -> None:
        refresh_history(self.index, repository, self.repository_path(""), self.progress, self.commit)
        self._history_read = True
