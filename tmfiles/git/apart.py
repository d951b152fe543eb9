"""A store on a branch of its own: what the clone's configuration says of it; as a rule no process is started."""

from __future__ import annotations

import os
from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.git.repository import Repository

BRANCH = "tm.branch"
PLACE = "tm.store"
# What a value may hold that only git reads as it is meant.
_QUOTING = '"\\#;'


class Apart(namedtuple("Apart", "root branch")):
    """The folder that holds `.tasks/`, the same for all work trees of the clone, and the branch it is on."""

    __slots__ = ()

    root: str
    branch: str


def main_folder(repo: Repository) -> str:
    """Give the top of the clone's main work tree; of a bare repository's work trees, the one at hand."""
    above, name = os.path.split(repo.commondir)
    return above if name == ".git" else repo.root


def apart(repo: Repository) -> Apart | None:
    """Tell where this clone keeps its store on a branch of its own; None where it does not.

    Only the clone's own file says so, and every command asks: it is read here, not by git, where it is plain.
    """
    try:
        with open(os.path.join(repo.commondir, "config"), "rb") as file:
            data = file.read()
    except OSError:
        return None
    if b"[tm]" not in data.lower():
        return None
    found = _plain(data.decode("utf-8", "surrogateescape"))
    if found is None:
        from tmfiles.git.own import own

        found = own(repo)
    if not found.get(BRANCH):
        return None
    return Apart(_root(os.path.join(main_folder(repo), found.get(PLACE) or ".tasks")), found[BRANCH])


def named_back(repo: Repository) -> str:
    """Give the `.git` file that a linked work tree's git directory takes for its own; "" where there is none.

    In a copy that is the original's.
    """
    if repo.gitdir == repo.commondir:
        return ""
    try:
        with open(os.path.join(repo.gitdir, "gitdir"), "rb") as file:
            named = os.fsdecode(file.read()).strip()
    except OSError:
        return ""
    return os.path.realpath(os.path.join(repo.gitdir, named))


def _root(folder: str) -> str:
    return os.path.dirname(os.path.realpath(folder))


def _plain(text: str) -> dict[str, str] | None:
    """Read the section of tm; None where git had better."""
    inside, found = False, {}
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            inside = line.lower() == "[tm]"
            if not inside and line.lower().startswith("[tm]"):
                return None
        elif inside and line[:1] not in ("", "#", ";"):
            key, _, value = line.partition("=")
            if any(sign in value for sign in _QUOTING):
                return None
            found[f"tm.{key.strip().lower()}"] = value.strip()
    return found
