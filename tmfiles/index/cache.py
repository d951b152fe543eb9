"""The cache file: opened, compared with a scan, filled; knows no YAML and is never the truth.

It may be deleted at any moment. Another version, a damaged file or a place that cannot be written all
mean the same: begin again, in memory if need be.
"""

from __future__ import annotations

import sqlite3
import sys
from array import array

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tmfiles.errors import Problem
    from tmfiles.store import Scan

# What every method may raise when the file turns out to be no sound database.
Damaged = sqlite3.DatabaseError
# Any change of what is stored, or of the rules that judged it, is a new version: the old cache is dropped.
VERSION = "1"
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value);
CREATE TABLE task (path TEXT PRIMARY KEY, id TEXT NOT NULL, digest BLOB, status TEXT, priority INTEGER,
    type TEXT, assignee TEXT, title TEXT, due TEXT, parent TEXT, created_at TEXT, wait TEXT, doc TEXT) WITHOUT ROWID;
CREATE INDEX task_id ON task (id);
CREATE INDEX task_status ON task (status);
CREATE TABLE link (path TEXT, src TEXT, kind TEXT, dst TEXT);
CREATE INDEX link_path ON link (path);
CREATE INDEX link_dst ON link (dst, kind);
CREATE TABLE tag (path TEXT, name TEXT);
CREATE INDEX tag_path ON tag (path);
CREATE TABLE problem (file TEXT, path TEXT, line INTEGER, col INTEGER, rule TEXT, message TEXT, severity TEXT);
CREATE INDEX problem_path ON problem (file);
CREATE TABLE change (id TEXT PRIMARY KEY, at TEXT, by TEXT, made_at TEXT, made_by TEXT, gone INTEGER)
    WITHOUT ROWID;
"""
_RACY = -1


class Entry:
    """What one file holds: `doc` is JSON text, or None when the file cannot be read as a task."""

    __slots__ = ("digest", "doc", "links", "path", "problems", "row", "tags")

    def __init__(self, path: str, digest: bytes, problems: Sequence[Problem]) -> None:
        self.path = path
        self.digest = digest
        self.problems = problems
        self.doc: str | None = None
        # id, status, priority's rank, type, assignee, title, due, parent, created_at, wait_until
        self.row: tuple[str | int | None, ...] = ()
        self.links: list[tuple[str, str]] = []  # (kind, id)
        self.tags: list[str] = []

    @classmethod
    def unreadable(cls, path: str, task_id: str, digest: bytes, problems: Sequence[Problem]) -> Entry:
        """Make the entry of a file that is no sound task: only its id and its problems are known."""
        entry = cls(path, digest, problems)
        entry.row = (task_id, *[None] * 9)
        return entry


class Cache:
    """The cache of one store, in the file `path`, or in memory when `path` cannot be used."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.in_memory = False
        self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        try:
            db = sqlite3.connect(self.path, timeout=2, isolation_level=None)
        except sqlite3.Error:
            return self._memory(None)
        try:
            if _version(db) == _signature():
                return db
            db.execute("BEGIN IMMEDIATE")
            if _version(db) != _signature():  # another process may have been quicker
                _create(db)
            db.execute("COMMIT")
        except sqlite3.OperationalError:  # read-only, full or busy: the file is left as it is
            return self._memory(db)
        except sqlite3.Error:
            db.close()
            return self._replaced()
        return db

    def _replaced(self) -> sqlite3.Connection:
        import os

        try:
            os.unlink(self.path)
            db = sqlite3.connect(self.path, timeout=2, isolation_level=None)
            _create(db)
        except (OSError, sqlite3.Error):
            return self._memory(None)
        return db

    def _memory(self, source: sqlite3.Connection | None) -> sqlite3.Connection:
        """Work in memory, from what can be read of `source`."""
        self.in_memory = True
        db = sqlite3.connect(":memory:", isolation_level=None)
        try:
            if source is not None and _version(source) == _signature():
                source.backup(db)
        except sqlite3.Error:
            db.close()
            db = sqlite3.connect(":memory:", isolation_level=None)
        if source is not None:
            source.close()
        if _version(db) != _signature():
            _create(db)
        return db

    def begin(self) -> None:
        """Start to change the cache; when the file cannot be written, go on with a copy in memory."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            self._db = self._memory(self._db)
            self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Keep what was changed since `begin`; when the disk is full the change stays in memory."""
        try:
            self._db.execute("COMMIT")
        except sqlite3.OperationalError:
            # The open transaction can still be read here, and it is enough for this process.
            self.in_memory = True

    def rollback(self) -> None:
        """Forget what was changed since `begin`."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def close(self) -> None:
        """Close the cache file."""
        self._db.close()

    def give_up(self, error: Exception) -> None:
        """Begin an empty cache after `error`: in its file when that is damaged, in memory when it is in use."""
        self._db.close()
        self._db = self._memory(None) if isinstance(error, sqlite3.OperationalError) else self._replaced()

    # -- what was scanned ---------------------------------------------------------------------------

    def same(self, scan: Scan) -> bool:
        """Tell whether the scan is, to the byte, the one the cache was made from."""
        return self._meta("stats") == _blob(scan.paths, scan.numbers)

    def known(self) -> dict[str, tuple[int, ...]]:
        """Give the numbers of every file the cache knows, by path; those of racy files match nothing."""
        blob = self._meta("stats")
        if not isinstance(blob, bytes):
            return {}
        names, numbers = _from_blob(blob)
        return {path: tuple(numbers[4 * i : 4 * i + 4]) for i, path in enumerate(names)}

    def keep_scan(self, scan: Scan, fresh: Collection[str], trusted_before: int) -> None:
        """Remember the scan; of the paths in `fresh`, those changed since `trusted_before` are read again."""
        known = self.known()
        numbers = array("q", scan.numbers)
        for i, path in enumerate(scan.paths):
            if path in fresh:
                racy = max(numbers[4 * i + 1], numbers[4 * i + 2]) >= trusted_before
            else:
                racy = path in known and known[path][0] == _RACY
            if racy:
                numbers[4 * i] = _RACY
        self.set_meta("stats", _blob(scan.paths, numbers))

    def digest(self, path: str) -> bytes | None:
        """Give the digest of the bytes the cache read from `path`."""
        row = self._db.execute("SELECT digest FROM task WHERE path = ?", (path,)).fetchone()
        return row[0] if row else None

    def put(self, entries: Iterable[Entry]) -> None:
        """Replace what the cache holds of these files."""
        many = self._db.executemany
        for entry in entries:
            path, src = entry.path, entry.row[0]
            self.forget([path])
            self._db.execute(
                "INSERT INTO task (path, digest, doc, id, status, priority, type, assignee, title, due,"
                " parent, created_at, wait) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
                (path, entry.digest, entry.doc, *entry.row),
            )
            many("INSERT INTO link VALUES (?,?,?,?)", [(path, src, kind, dst) for kind, dst in entry.links])
            many("INSERT INTO tag VALUES (?,?)", [(path, tag) for tag in entry.tags])
            many("INSERT INTO problem VALUES (?,?,?,?,?,?,?)", [(path, *problem) for problem in entry.problems])

    def forget(self, paths: Iterable[str]) -> None:
        """Drop what the cache holds of these files."""
        for path in paths:
            for table in ("task", "link", "tag"):
                self._db.execute(f"DELETE FROM {table} WHERE path = ?", (path,))  # noqa: S608 fixed names
            self._db.execute("DELETE FROM problem WHERE file = ?", (path,))

    def clear(self) -> None:
        """Drop what the cache holds of all task files."""
        self._db.execute("DELETE FROM problem WHERE file IN (SELECT path FROM task)")
        for table in ("task", "link", "tag"):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608 fixed names

    def put_config_problems(self, path: str, problems: Iterable[Problem]) -> None:
        """Replace what is wrong in the settings file."""
        self._db.execute("DELETE FROM problem WHERE file = ?", (path,))
        rows = [(path, *problem) for problem in problems]
        self._db.executemany("INSERT INTO problem VALUES (?,?,?,?,?,?,?)", rows)

    def _meta(self, key: str) -> object:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def meta(self, key: str) -> str:
        """Give a remembered text, empty when there is none."""
        value = self._meta(key)
        return value if isinstance(value, str) else ""

    def set_meta(self, key: str, value: str | bytes) -> None:
        """Remember a text or bytes."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def _signature() -> str:
    return f"{VERSION} {sys.byteorder}"


def _version(db: sqlite3.Connection) -> str:
    try:
        row = db.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return ""
        raise
    return str(row[0]) if row else ""


def _create(db: sqlite3.Connection) -> None:
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        db.execute(f'DROP TABLE "{name}"')
    for statement in _SCHEMA.split(";\n"):
        if statement.strip():
            db.execute(statement)
    db.execute("INSERT INTO meta VALUES ('version', ?)", (_signature(),))


def _blob(paths: Sequence[str], numbers: array[int]) -> bytes:
    names = "\0".join(paths).encode("utf-8", "surrogateescape")
    return len(names).to_bytes(8, "little") + names + numbers.tobytes()


def _from_blob(blob: bytes) -> tuple[list[str], array[int]]:
    end = 8 + int.from_bytes(blob[:8], "little")
    names = blob[8:end].decode("utf-8", "surrogateescape")
    numbers = array("q")
    numbers.frombytes(blob[end : end + (len(blob) - end) // 8 * 8])
    paths = names.split("\0") if names else []
    return (paths, numbers) if len(numbers) == 4 * len(paths) else ([], array("q"))
