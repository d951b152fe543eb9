"""Who commits and how, as git's configuration and environment say; one process tells it all."""

from __future__ import annotations

import os
from collections import namedtuple
from collections.abc import Mapping

from tmfiles.git import process
from tmfiles.git.repository import Repository


class Person(namedtuple("Person", "name email")):
    """A name and an address, as git writes them into a commit."""

    __slots__ = ()

    name: str
    email: str

    def __str__(self) -> str:
        # Git refuses these characters in an ident, and drops them itself from what it is configured with.
        name, email = ("".join(c for c in part if c not in "<>\n\r\0").strip() for part in self)
        return f"{name} <{email}>"


class Settings(namedtuple("Settings", "author committer author_date committer_date sign hash config")):
    """What a commit needs to know.

    `author` and `committer` are None where the user has configured nobody: then git would guess from the
    machine's name. The dates are git's `seconds zone`, set only where the environment fixes them. `hash` is
    'sha1' or 'sha256'. `config` holds git's whole configuration, section and key in lower case.
    """

    __slots__ = ()

    author: Person | None
    committer: Person | None
    author_date: str | None
    committer_date: str | None
    sign: bool
    hash: str
    config: Mapping[str, str]

    @property
    def editor(self) -> str:
        """The user's editor, a command for a shell, by git's rules; empty where there is none."""
        return self.config.get("GIT_EDITOR", "")

    @property
    def editor_is_named(self) -> bool:
        """Whether somebody chose the editor; where nobody did, git takes vi, which wants a terminal."""
        return "core.editor" in self.config or any(os.environ.get(name) for name in ("GIT_EDITOR", "VISUAL", "EDITOR"))


def configure(repo: Repository, name: str, value: str | None) -> None:
    """Set a name in this clone's own configuration; None takes it away. Raises TmError when git will not."""
    if value is None:
        process.run(repo.root, "config", "--local", "--unset-all", name)
    else:
        process.run(repo.root, "config", "--local", "--replace-all", name, value)


def settings(repo: Repository) -> Settings:
    """Read what git is configured to do with a commit."""
    config: dict[str, str] = {}
    for line in process.run(repo.root, "var", "-l").out.decode("utf-8", "replace").splitlines():
        key, equals, value = line.partition("=")
        config[key] = value if equals else "true"
    author, author_date = _ident(config, "AUTHOR")
    committer, committer_date = _ident(config, "COMMITTER")
    return Settings(
        author=author,
        committer=committer,
        author_date=author_date,
        committer_date=committer_date,
        sign=config.get("commit.gpgsign", "").lower() in ("true", "yes", "on", "1"),
        hash=config.get("extensions.objectformat", "sha1"),
        config=config,
    )


def _ident(config: Mapping[str, str], role: str) -> tuple[Person | None, str | None]:
    ident, _, date = config.get(f"GIT_{role}_IDENT", "").rpartition("> ")
    name, _, email = ident.partition("<")
    set_name = (f"GIT_{role}_NAME" in os.environ, f"{role.lower()}.name" in config, "user.name" in config)
    set_email = (
        os.environ.get(f"GIT_{role}_EMAIL") is not None,
        f"{role.lower()}.email" in config,
        "user.email" in config,
        "EMAIL" in os.environ,
    )
    person = Person(name.strip(), email.strip()) if any(set_name) and any(set_email) else None
    return person, date if os.environ.get(f"GIT_{role}_DATE") else None
