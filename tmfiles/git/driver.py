"""The merge driver in a clone's own configuration: which is set, and setting it; not what it does."""

from __future__ import annotations

import os
import shlex
import shutil
import sys

from tmfiles.git import process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.git.repository import Repository

KEY = "merge.tm.driver"
NAME = "tasks, field by field"
# What a driver of ours is told by: another's is not ours to change.
_OURS = ("tm-merge", "tmfiles.merge_driver")


def current(repo: Repository) -> str:
    """Give the command that is configured, wherever it is; '' for none."""
    out = process.run(repo.root, "config", "--get", KEY, accept=(0, 1)).out
    return os.fsdecode(out.rstrip(b"\n"))


def foreign(command: str) -> bool:
    """Say whether a command is set that is none of ours."""
    return bool(command) and not any(mark in command for mark in _OURS)


def wanted() -> str:
    """Give the command to configure: this installation's, and where it is gone or refuses, a merge by lines.

    Without the second half Git would leave our version without markers, and the next `git add` would drop
    theirs.
    """
    fallback = "git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B"
    return f"{_program()} %O %A %B %L %P || {fallback}"


def _program() -> str:
    """Name the program in full: a virtual environment need not be on the PATH when Git merges."""
    beside = os.path.join(os.path.dirname(sys.executable), "tm-merge")
    found = shutil.which(beside) or shutil.which("tm-merge")
    # In Python's isolated mode nothing of the work tree, where Git runs it, is taken for a module.
    words = [os.path.abspath(found)] if found else [sys.executable, "-I", "-m", "tmfiles.merge_driver"]
    return " ".join(shlex.quote(word.replace(os.sep, "/")) for word in words).replace("%", "%%")


def install(repo: Repository) -> None:
    """Set the driver in this clone's configuration, for all its work trees."""
    # In this order: a name without a command makes git refuse to merge at all.
    process.run(repo.root, "config", "--local", KEY, wanted())
    process.run(repo.root, "config", "--local", "merge.tm.name", NAME)
