"""The cache file: opened, compared with a scan, filled; knows no YAML and is never the truth.

It may be deleted at any moment. Another version, a damaged file or a place that cannot be written all
mean the same: begin again, in memory if need be. Nothing is held between two statements, so a reader
stands in nobody's way; what two statements tell are states that followed each other.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from array import array

from tmfiles.index.schema import STATEMENTS, VERSION
from tmfiles.task import MIDDLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from typing import Any, TypeVar

    Here = TypeVar("Here", bound="Cache")

    from tmfiles.errors import Problem

# What every method may raise when the file turns out to be no sound database, or cannot be used now.
Damaged = sqlite3.DatabaseError
# In the place of a size: this file is to be read again, whatever its numbers are then.
RACY = -1
# How long, in seconds, another process may hold the file before this one goes on in memory.
_PATIENCE = 2


class Entry:
    """What one file holds: `doc` is JSON text, or None when the file cannot be read as a task."""

    __slots__ = ("digest", "doc", "fields", "files", "links", "order", "path", "problems", "row", "stage", "tags")

    def __init__(self, path: str, digest: bytes, problems: Sequence[Problem]) -> None:
        self.path = path
        self.digest = digest
        self.problems = problems
        self.doc: str | None = None
        # id, status, priority's rank, type, assignee, title, due, parent, created_at, wait_until,
        # who claims it, and until when
        self.row: tuple[str | int | None, ...] = ()
        self.stage: tuple[str, int] = ("", 0)  # its phase, and how many of its criteria are not met
        self.order = ""  # its rank on boards
        self.links: list[tuple[str, str]] = []  # (kind, id)
        self.tags: list[str] = []
        self.files: list[str] = []  # paths without the lines
        self.fields: list[tuple[str, str]] = []  # (name, value), a name of a name with a dot between

    @classmethod
    def unreadable(cls, path: str, task_id: str, digest: bytes, problems: Sequence[Problem]) -> Entry:
        """Make the entry of a file that is no sound task: only its id and its problems are known."""
        entry = cls(path, digest, problems)
        entry.row = (task_id, *[None] * 11)
        return entry


class Cache:
    """The cache of one store, in the file `path`, or in memory when `path` cannot be used.

    `refill` is called when the file proves damaged while it is asked something: it fills the new cache.
    """

    def __init__(self, path: str, refill: Callable[[], None] | None = None) -> None:
        self.path = path
        self.in_memory = False
        self._refill = refill
        self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        inode = _inode(self.path)
        try:
            db = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
        except sqlite3.Error:
            return self._memory(None)
        try:
            if _version(db) == _signature():
                return db
            db.execute("BEGIN IMMEDIATE")
            if _version(db) != _signature():  # another process may have been quicker
                _create(db)
            db.execute("COMMIT")
        except sqlite3.Error as error:
            db.close()
            return self._memory(None) if _is_unusable(error) else self._replaced(inode)
        return db

    def _replaced(self, inode: int | None = None) -> sqlite3.Connection:
        """Put a new file in the place of a damaged one, unless another process has done so (`inode` was its)."""
        try:
            if inode is None or _inode(self.path) == inode:
                os.unlink(self.path)
        except OSError:
            return self._memory(None)
        try:
            db = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
            db.execute("BEGIN IMMEDIATE")
            if _version(db) != _signature():
                _create(db)
            db.execute("COMMIT")
        except sqlite3.Error:
            return self._memory(None)
        return db

    def _memory(self, source: sqlite3.Connection | None) -> sqlite3.Connection:
        """Work in memory, from what can be read of `source`."""
        self.in_memory = True
        db = sqlite3.connect(":memory:", isolation_level=None)
        if source is not None:
            try:
                source.backup(db, progress=unless_busy)
            except sqlite3.Error:
                db.close()
                db = sqlite3.connect(":memory:", isolation_level=None)
            source.close()
        if _version(db) != _signature():
            _create(db)
        return db

    def copy(self: Here) -> Here:
        """Give a cache in memory that holds the same, and is to be changed and thrown away."""
        made = type(self)(":memory:")
        self._db.backup(made._db)
        made.begin()
        return made

    def give_up(self, error: Exception) -> None:
        """Begin an empty cache after `error`: in its file when that is damaged, in memory when it is in use."""
        self._db.close()
        self._db = self._memory(None) if self.in_memory or _is_unusable(error) else self._replaced()

    def others(self) -> int:
        """Give a number that differs once another process has changed the file; -1 in memory."""
        return -1 if self.in_memory else int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def state(self) -> tuple[object, ...]:
        """Give what is the same for as long as the cache says the same."""
        return (self._db, self.others(), self._db.total_changes)

    def begin(self) -> None:
        """Start to change the cache; when the file cannot be written, go on with a copy in memory."""
        try:
            # What a crash of the whole machine may tear is noticed, or is older: either way it is made again.
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            self._db = self._memory(self._db)
            self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Keep what was changed since `begin`; raises Damaged where it cannot be kept (full disk, readers)."""
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        """Forget what was changed since `begin`."""
        try:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        except sqlite3.Error:
            return  # then it was rolled back already

    def close(self) -> None:
        """Close the cache file."""
        self._db.close()

    def ask(self, sql: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[Any]:
        """Give all rows of a question; when the file proves damaged, it is filled anew and asked again."""
        try:
            return self._db.execute(sql, values).fetchall()
        except Damaged as error:
            if self._refill is None or self._db.in_transaction:
                raise
            self.give_up(error)
            self._refill()
            return self._db.execute(sql, values).fetchall()

    # -- what was scanned ---------------------------------------------------------------------------

    def same(self, paths: Sequence[str], numbers: array[int]) -> bool:
        """Tell whether a scan found, to the byte, what the cache was made from."""
        return self._meta("stats") == _blob(paths, numbers)

    def kept(self) -> tuple[list[str], array[int]]:
        """Give paths and numbers, as a scan has them, of every file the cache knows; marked ones match nothing."""
        blob = self._meta("stats")
        return _from_blob(blob) if isinstance(blob, bytes) else ([], array("q"))

    def keep(self, paths: Sequence[str], numbers: array[int], fresh: Collection[str], trusted_before: int) -> None:
        """Remember the numbers of all files; of those in `fresh`, what is not settled is read again next time.

        Settled is what last changed before `trusted_before`. `numbers` is changed in place.
        """
        for i, path in enumerate(paths):
            if path in fresh and max(numbers[4 * i + 1], numbers[4 * i + 2]) >= trusted_before:
                numbers[4 * i] = RACY
        blob = _blob(paths, numbers)
        if blob != self._meta("stats"):
            self.set_meta("stats", blob)

    def digest(self, path: str) -> bytes | None:
        """Give the digest of the bytes the cache read from `path`."""
        rows = self.ask("SELECT digest FROM task WHERE path = ?", (path,))
        return rows[0][0] if rows else None

    def put(self, entries: Iterable[Entry]) -> None:
        """Replace what the cache holds of these files."""
        one, many = self._db.execute, self._db.executemany
        for entry in entries:
            path, src = entry.path, entry.row[0]
            self.forget([path])
            at = one(
                "INSERT INTO task (path, digest, id, status, priority, type, assignee, title, due,"
                " parent, created_at, wait, claimed_by, claimed_until, phase, unmet, place)"
                " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                (path, entry.digest, *entry.row, *entry.stage, entry.order or MIDDLE),
            ).lastrowid
            if entry.doc is not None:
                one("INSERT INTO doc VALUES (?,?)", (at, entry.doc))
            if entry.links:
                rows = [(kind, src, path, n, dst) for n, (kind, dst) in enumerate(entry.links)]
                many("INSERT INTO link VALUES (?,?,?,?,?)", rows)
            if entry.tags:
                many("INSERT OR IGNORE INTO tag VALUES (?,?)", [(tag, at) for tag in entry.tags])
            if entry.files:
                many("INSERT OR IGNORE INTO touched VALUES (?,?)", [(name, at) for name in entry.files])
            if entry.fields:
                many("INSERT OR IGNORE INTO field VALUES (?,?,?)", [(*field, at) for field in entry.fields])
            if entry.problems:
                many("INSERT INTO problem VALUES (?,?,?,?,?,?,?)", [(path, *problem) for problem in entry.problems])

    def forget(self, paths: Iterable[str]) -> None:
        """Drop what the cache holds of these files."""
        one = self._db.execute
        for path in paths:
            row = one("SELECT file, id FROM task WHERE path = ?", (path,)).fetchone()
            if row is None:
                continue
            at, src = row
            one("DELETE FROM task WHERE file = ?", (at,))
            one("DELETE FROM doc WHERE file = ?", (at,))
            one("DELETE FROM tag WHERE file = ?", (at,))
            one("DELETE FROM touched WHERE file = ?", (at,))
            one("DELETE FROM field WHERE file = ?", (at,))
            one("DELETE FROM link WHERE src = ? AND path = ?", (src, path))
            one("DELETE FROM problem WHERE file = ?", (path,))

    def clear(self) -> None:
        """Drop what the cache holds of all task files."""
        self._db.execute("DELETE FROM problem WHERE file IN (SELECT path FROM task)")
        for table in ("task", "doc", "link", "tag", "touched", "field"):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608 fixed names

    def put_config_problems(self, path: str, problems: Iterable[Problem]) -> None:
        """Replace what is wrong in the settings file."""
        self._db.execute("DELETE FROM problem WHERE file = ?", (path,))
        rows = [(path, *problem) for problem in problems]
        self._db.executemany("INSERT INTO problem VALUES (?,?,?,?,?,?,?)", rows)

    def _meta(self, key: str) -> object:
        rows = self.ask("SELECT value FROM meta WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def meta(self, key: str) -> str:
        """Give a remembered text, empty when there is none."""
        value = self._meta(key)
        return value if isinstance(value, str) else ""

    def set_meta(self, key: str, value: str | bytes) -> None:
        """Remember a text or bytes."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def _signature() -> str:
    return f"{VERSION} {sys.byteorder}"


def _inode(path: str) -> int:
    try:
        return os.stat(path).st_ino
    except OSError:
        return -1


def _is_unusable(error: Exception) -> bool:
    """Tell whether the file may well be sound, and only cannot be used now: locked, read-only, full.

    What SQLite calls operational errors are these, and two that mean a damaged file.
    """
    words = str(error)
    damaged = words.startswith("no such") or "decode" in words
    return isinstance(error, sqlite3.OperationalError) and not damaged


def unless_busy(status: int, _left: int, _total: int) -> None:
    """Stop a copy that would wait for as long as another process holds the file."""
    if status not in (0, 101):  # SQLITE_OK, SQLITE_DONE
        raise sqlite3.OperationalError("database is locked")


def _version(db: sqlite3.Connection) -> str:
    try:
        row = db.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
    except sqlite3.OperationalError as error:
        if "no such" in str(error):
            return ""
        raise
    return str(row[0]) if row else ""


def _create(db: sqlite3.Connection) -> None:
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        db.execute(f'DROP TABLE IF EXISTS "{name}"')  # a table of words takes its own along
    for statement in STATEMENTS:
        db.execute(statement)
    db.execute("INSERT INTO meta VALUES ('version', ?)", (_signature(),))


def _blob(paths: Sequence[str], numbers: array[int]) -> bytes:
    names = "\0".join(paths).encode()
    return len(names).to_bytes(8, "little") + names + numbers.tobytes()


def _from_blob(blob: bytes) -> tuple[list[str], array[int]]:
    end = 8 + int.from_bytes(blob[:8], "little")
    names = blob[8:end].decode(errors="replace")
    numbers = array("q")
    numbers.frombytes(blob[end : end + (len(blob) - end) // 8 * 8])
    paths = names.split("\0") if names else []
    return (paths, numbers) if len(numbers) == 4 * len(paths) else ([], array("q"))
