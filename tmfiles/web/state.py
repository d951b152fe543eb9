"""What the server keeps for itself: users, tokens, sessions, failed logins, the key of its cookies.

One SQLite file in the clone's own git directory, readable by its owner alone: in no commit, no backup, no clone. Of
passwords, tokens and sessions it holds digests. Every call opens it anew, so that all workers and `tm user` see at once
what one of them changed.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from tmfiles.errors import TmError
from tmfiles.web.users import Token, User, lesser

if TYPE_CHECKING:
    from tmfiles.workspace import Workspace

VERSION = 1
# Marks a token as what it is, for people and for programs that look for secrets where none should be.
PREFIX = "tm_"
SESSION_SECONDS = 7 * 86400
MOST_TOKENS = 50
_DAY = 86400
# A token's last use is kept to the hour: else every request would be a write.
_USED_STEP = 3600
_WAIT = 10.0
_TABLES = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE users(
    name TEXT PRIMARY KEY, full_name TEXT NOT NULL, email TEXT NOT NULL, role TEXT NOT NULL,
    password TEXT NOT NULL DEFAULT '', made INTEGER NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX users_full ON users(full_name COLLATE NOCASE);
CREATE TABLE tokens(
    id TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE, label TEXT NOT NULL,
    role TEXT NOT NULL, made INTEGER NOT NULL, expires INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0,
    digest TEXT NOT NULL UNIQUE);
CREATE TABLE sessions(
    digest TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE,
    expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE attempts(key TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX attempts_key ON attempts(key, at);
"""


def digest(secret: str) -> str:
    """Give what is kept of a secret that was made by chance, which needs no slower one."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


class State:
    """The server's own file; it is made when something is first kept, and a reader finds nobody in one that is not."""

    def __init__(self, folder: str, clock: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self.path = os.path.join(folder, "state.sqlite")
        self._clock = clock

    @classmethod
    def of(cls, workspace: Workspace) -> State:
        """Give the state of the clone that a store is in; raises TmError where it is in no repository."""
        return cls(os.path.join(workspace.home.commondir, "tm", "server"))

    def now(self) -> int:
        """Give the time in seconds since 1970."""
        return int(self._clock())

    # Users

    def has_users(self) -> bool:
        """Tell whether the server is for people who log in."""
        return bool(self._ask("SELECT 1 FROM users LIMIT 1"))

    def users(self) -> list[User]:
        """Give all users, by name."""
        return [_user(row) for row in self._ask("SELECT * FROM users ORDER BY name")]

    def user(self, name: str) -> User:
        """Give a user; raises TmError (`not_found`) when there is none."""
        found = self._ask("SELECT * FROM users WHERE name = ?", name)
        if not found:
            raise TmError(f"no user {name!r}", "who there is: tm user list", "not_found")
        return _user(found[0])

    def add(self, user: User) -> None:
        """Keep a new user; raises TmError when the name, or the name in commits, is another's."""
        self._put(user, "INSERT INTO users(full_name, email, role, name, made) VALUES (?, ?, ?, ?, ?)", self.now())

    def change(self, user: User) -> None:
        """Keep what is different of a user; raises TmError when there is none, or the name in commits is another's."""
        self.user(user.name)
        self._put(user, "UPDATE users SET full_name = ?, email = ?, role = ? WHERE name = ?")

    def _put(self, user: User, sql: str, *more: int) -> None:
        try:
            with self._changing() as db:
                db.execute(sql, (user.full_name, user.email, user.role, user.name, *more))
        except sqlite3.IntegrityError as error:
            if more and self._ask("SELECT 1 FROM users WHERE name = ?", user.name):
                raise TmError(f"there is a user {user.name!r} already", "who there is: tm user list") from error
            said = f"another user is called {user.full_name!r}"
            raise TmError(said, "commits must tell them apart: --name 'Another Name'") from error

    def remove(self, name: str) -> None:
        """Forget a user with all sessions and tokens; raises TmError when there is none."""
        self.user(name)
        with self._changing() as db:
            db.execute("DELETE FROM users WHERE name = ?", (name,))

    def set_password(self, name: str, kept: str) -> None:
        """Keep the hash of a user's new password, and end every session that was begun with the old one."""
        self.user(name)
        with self._changing() as db:
            db.execute("UPDATE users SET password = ? WHERE name = ?", (kept, name))
            db.execute("DELETE FROM sessions WHERE user = ?", (name,))

    def password(self, name: str) -> str:
        """Give the hash of a user's password; "" where there is no password or no user."""
        found = self._ask("SELECT password FROM users WHERE name = ?", name)
        return str(found[0][0]) if found else ""

    # Tokens

    def make_token(self, name: str, label: str = "", role: str = "", days: int = 0) -> tuple[str, Token]:
        """Make a token for a user, and give it: this is the only time that it is told.

        `role` may be less than the user's own; it lasts for `days`, 0 for ever.
        """
        user = self.user(name)
        if role and lesser(role, user.role) != role:
            raise TmError(f"{name} is {user.role}, and a token may not do more", "a lesser --role, or none", "usage")
        if len(self.tokens(name)) >= MOST_TOKENS:
            raise TmError(f"{name} has {MOST_TOKENS} tokens", "take some back: tm user revoke NAME --token ID")
        secret, now = PREFIX + secrets.token_urlsafe(32), self.now()
        ends = now + days * _DAY if days else 0
        made = Token(secrets.token_hex(4), name, " ".join(label.split()), role or user.role, now, ends, 0)
        with self._changing() as db:
            db.execute("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*made, digest(secret)))
        return secret, made

    def tokens(self, name: str = "") -> list[Token]:
        """Give the tokens of a user, or of all, oldest first."""
        found = map(_token, self._ask("SELECT * FROM tokens ORDER BY made, id"))
        return [one for one in found if name in ("", one.user)]

    def by_token(self, secret: str) -> tuple[User, Token] | None:
        """Give whose token this is, and what is known of it; None for one unknown, run out or taken back."""
        now = self.now()
        sql = "SELECT * FROM tokens WHERE digest = ? AND (expires = 0 OR expires > ?)"
        found = self._ask(sql, digest(secret), now)
        if not found:
            return None
        token = _token(found[0])
        if token.used + _USED_STEP <= now:
            with self._changing() as db:
                db.execute("UPDATE tokens SET used = ? WHERE id = ?", (now, token.id))
        user = self._ask("SELECT * FROM users WHERE name = ?", token.user)
        return (_user(user[0]), token) if user else None

    def revoke(self, name: str, token: str = "") -> tuple[int, int]:
        """Take back one token, or all tokens and sessions; give how many of each there were."""
        self.user(name)
        with self._changing() as db:
            if token:
                gone = db.execute("DELETE FROM tokens WHERE user = ? AND id = ?", (name, token)).rowcount
                return gone, 0
            tokens = db.execute("DELETE FROM tokens WHERE user = ?", (name,)).rowcount
            return tokens, db.execute("DELETE FROM sessions WHERE user = ?", (name,)).rowcount

    # Sessions

    def begin(self, name: str, instead_of: str = "") -> str:
        """Begin a session of a user and give its secret; the digest of an earlier one of that browser ends with it."""
        secret, now = secrets.token_urlsafe(32), self.now()
        with self._changing() as db:
            db.execute("DELETE FROM sessions WHERE digest = ? OR expires <= ?", (instead_of, now))
            db.execute("INSERT INTO sessions VALUES (?, ?, ?)", (digest(secret), name, now + SESSION_SECONDS))
        return secret

    def by_session(self, named: str) -> User | None:
        """Give whose session a digest names; None when it has ended, by whatever."""
        sql = "SELECT users.* FROM sessions JOIN users ON name = user WHERE digest = ? AND sessions.expires > ?"
        found = self._ask(sql, named, self.now())
        return _user(found[0]) if found else None

    def end(self, named: str) -> None:
        """End the session that a digest names; its cookie is worth nothing from now on."""
        with self._changing() as db:
            db.execute("DELETE FROM sessions WHERE digest = ?", (named,))

    # Failed logins

    def attempt(self, limits: dict[str, int], seconds: int) -> int:
        """Count one more attempt under each key, unless one has had its limit within so many seconds.

        Gives how many seconds there are to wait, and then has counted nothing; 0 to go on.
        """
        now = self.now()
        with self._changing() as db:
            db.execute("DELETE FROM attempts WHERE at <= ?", (now - seconds,))
            for key, most in limits.items():
                sql = "SELECT at FROM attempts WHERE key = ? ORDER BY at DESC LIMIT 1 OFFSET ?"
                if full := db.execute(sql, (digest(key), most - 1)).fetchone():
                    return max(1, int(full[0]) + seconds - now)
            db.executemany("INSERT INTO attempts VALUES (?, ?)", [(digest(key), now) for key in limits])
        return 0

    def forgive(self, *keys: str) -> None:
        """Forget what was counted under these keys."""
        with self._changing() as db:
            db.executemany("DELETE FROM attempts WHERE key = ?", [(digest(key),) for key in keys])

    # The file

    def key(self) -> bytes:
        """Give the key that signs cookies and forms; it is made when it is first needed."""
        found = self._ask("SELECT value FROM meta WHERE key = 'key'")
        if not found:
            with self._changing() as db:
                db.execute("INSERT OR IGNORE INTO meta VALUES ('key', ?)", (secrets.token_bytes(32),))
            found = self._ask("SELECT value FROM meta WHERE key = 'key'")
        return bytes(found[0][0])

    def _ask(self, sql: str, *values: Any) -> list[Any]:
        if not os.path.exists(self.path):
            return []
        with self._opened() as db:
            return db.execute(sql, values).fetchall()

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """Change the file, whole or not at all, while no other does."""
        with self._opened() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            self._own()
            with closing(sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)) as db:
                db.execute("PRAGMA foreign_keys = ON")
                if (version := _version(db)) != VERSION:
                    raise TmError(f"{self.path} is of version {version}", "it was made by a newer tm: upgrade tm")
                yield db
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            busy = "locked" in str(error)
            hint = "try again" if busy else "see to its permissions and to the disk"
            raise TmError(f"cannot use {self.path}: {error}", hint, "locked" if busy else "refused") from error
        except OSError as error:
            raise TmError(f"cannot use {self.path}: {error.strerror}", "see to its permissions") from error

    def _own(self) -> None:
        """Make the file where there is none, and see that nobody but its owner can read it.

        One that is there is not opened for that: to close it would let go of what SQLite has locked in this process.
        """
        try:
            found = os.lstat(self.path)
        except FileNotFoundError:
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
            with suppress(FileExistsError):  # another process may have been quicker
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            return
        if not stat.S_ISREG(found.st_mode):
            raise TmError(f"{self.path} is no file of the server's", "move it away: it leads elsewhere")
        if sys.platform != "win32" and stat.S_IMODE(found.st_mode) != 0o600:
            os.chmod(self.path, 0o600)


def _version(db: sqlite3.Connection) -> int:
    """Give the version of the file's tables, which are made where there are none."""
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version:
        return version
    db.execute("BEGIN IMMEDIATE")
    if not db.execute("PRAGMA user_version").fetchone()[0]:  # another process may have been quicker
        for statement in _TABLES.split(";\n"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {VERSION}")
    db.execute("COMMIT")
    return VERSION


def _user(row: Any) -> User:
    name, full_name, email, role, kept, made = row
    return User(name, full_name, email, role, bool(kept), made)


def _token(row: Any) -> Token:
    return Token(*row[:-1])  # the last is its digest
