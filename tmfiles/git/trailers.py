"""What messages say in their trailers, and where git looks for its hooks; knows no task."""

from __future__ import annotations

import os
from collections.abc import Sequence

from tmfiles.git import process
from tmfiles.git.repository import Repository


def trailers(repo: Repository, message: bytes) -> list[tuple[str, str]]:
    """Give the (key, value) trailers of a message, as git reads it: without comments and what is cut off."""
    out = process.run(repo.root, "interpret-trailers", "--parse", stdin=message).out.decode("utf-8", "replace")
    pairs = (line.partition(":") for line in out.splitlines())
    return [(key.strip(), value.strip()) for key, colon, value in pairs if colon]


def message(repo: Repository, commit: str = "HEAD") -> bytes:
    """Give the message of a commit."""
    return process.run(repo.root, "log", "-1", "--no-show-signature", "--format=%B", commit, "--").out


def hooks_folder(repo: Repository) -> str:
    """Give the folder in which git looks for hooks here, `core.hooksPath` respected."""
    out = process.run(repo.root, "rev-parse", "--git-path", "hooks", hooks=True).out
    return os.path.join(repo.root, os.fsdecode(out.rstrip(b"\r\n")))


def ids(values: Sequence[tuple[str, str]], key: str) -> list[str]:
    """Give the words that trailers of one key list, separated by commas or blanks; the key in any case."""
    named = [value for name, value in values if name.lower() == key.lower()]
    return list(dict.fromkeys(word for value in named for word in value.replace(",", " ").split()))
