"""Users of the server, their roles and their tokens, as values; keeps nothing."""

from __future__ import annotations

import re
from typing import NamedTuple

from tmfiles.errors import TmError
from tmfiles.words import suggestion

ROLES = ("reader", "editor", "admin")
"""From the one who may do least to the one who may do all; each may do what those before it may."""
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?")
_EMAIL = re.compile(r"[^\s<>@]+@[^\s<>@]+")
# Of a name or an address in a commit.
_LONGEST = 100


class User(NamedTuple):
    """One user: `name` is typed to log in; `full_name` and `email` stand in the commits.

    `password` tells whether there is one; times are seconds since 1970.
    """

    name: str
    full_name: str
    email: str
    role: str
    password: bool = False
    made: int = 0


class Token(NamedTuple):
    """What is known of a token but the token itself: `role` is the most it may do, 0 stands for no time."""

    id: str
    user: str
    label: str
    role: str
    made: int
    expires: int
    used: int


def role(word: str) -> str:
    """Give a role by its name; raises TmError (`usage`) when there is none."""
    if word not in ROLES:
        raise TmError(f"no role {word!r}{suggestion(word, ROLES)}", f"there are: {', '.join(ROLES)}", "usage")
    return word


def lesser(one: str, other: str) -> str:
    """Give the role of the two that may do less."""
    return min(one, other, key=ROLES.index)


def user(name: str, full_name: str = "", email: str = "", role_name: str = "editor") -> User:
    """Give a user of what was typed; raises TmError (`usage`) where that cannot be one."""
    if not _NAME.fullmatch(name):
        hint = "up to 32 of a to z, 0 to 9, and . _ - inside; the name that people read is --name"
        raise TmError(f"{name!r} is no name to log in with", hint, "usage")
    full, address = " ".join(full_name.split()) or name, email.strip() or f"{name}@localhost"
    if not full.isprintable() or len(full) > _LONGEST or set(full) & set("<>"):
        raise TmError(f"{full!r} is no name for commits", f"at most {_LONGEST} characters, without < and >", "usage")
    if not _EMAIL.fullmatch(address) or not address.isprintable() or len(address) > _LONGEST:
        raise TmError(f"{email!r} is no address for commits", "for example maria@example.org", "usage")
    return User(name, full, address, role(role_name))
