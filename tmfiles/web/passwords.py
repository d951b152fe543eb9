"""Passwords: what is kept instead of them, and whether one is right; keeps nothing and knows no user."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tmfiles.errors import TmError

SHORTEST, LONGEST = 10, 256
# Each takes 64 MiB and two cores' time while it is made: more at once would be a way to exhaust the machine.
_AT_ONCE = threading.BoundedSemaphore(2)
_PATIENCE = 10.0
_HASHER = PasswordHasher()


def refuse_weak(password: str, name: str = "") -> None:
    """Raise TmError (`usage`) for what is no password to protect anything with."""
    if len(password) < SHORTEST or not password.strip():
        raise TmError(
            "the password is too short", f"at least {SHORTEST} characters; a sentence is easy to keep", "usage"
        )
    if len(password) > LONGEST:
        raise TmError("the password is too long", f"at most {LONGEST} characters", "usage")
    if len(set(password)) < 5 or password.lower().strip("0123456789.!-_ ") == name.lower():
        raise TmError("the password is easy to guess", "a sentence is hard to guess and easy to keep", "usage")


def hashed(password: str) -> str:
    """Give what is kept of a password."""
    with _Turn():
        return _HASHER.hash(password)


def matches(kept: str, password: str) -> bool:
    """Tell whether a password is the one of which `kept` was made; with "" for a user who has none, or is none.

    That takes as long as with one: how long an answer takes tells nobody which names there are.
    """
    right = False
    with _Turn():
        try:
            right = _HASHER.verify(kept or _nobodys(), password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            right = False
    return right and bool(kept)


def outdated(kept: str) -> bool:
    """Tell whether what is kept was made with less effort than is made today."""
    return _HASHER.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    import secrets

    return _HASHER.hash(secrets.token_hex())


class _Turn:
    """One of the few places at the hasher."""

    def __enter__(self) -> None:
        if not _AT_ONCE.acquire(timeout=_PATIENCE):
            raise TmError("too many people log in at this moment", "try again in a minute", "locked")

    def __exit__(self, *_error: object) -> None:
        _AT_ONCE.release()
