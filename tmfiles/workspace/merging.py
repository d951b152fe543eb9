"""Which merge of git's was begun by us, for as long as it lasts: two commits in a file; merges nothing."""

from __future__ import annotations

import os
from contextlib import suppress


def _path(folder: str) -> str:
    return os.path.join(folder, "merging")


def keep(folder: str, ours: str, theirs: str) -> None:
    """Note, before it begins, that a commit is merged into another."""
    temporary = _path(folder) + "~"
    with open(temporary, "w", encoding="ascii") as file:
        file.write(f"{ours} {theirs}\n")
    os.replace(temporary, _path(folder))


def load(folder: str) -> tuple[str, str] | None:
    """Give the two commits, ours first; None where no merge of ours was begun, or it came to its end."""
    try:
        with open(_path(folder), encoding="ascii") as file:
            ours, theirs = file.read().split()
    except (OSError, ValueError):
        return None
    return ours, theirs


def drop(folder: str) -> None:
    """Forget it: the merge is committed, or in the user's hands."""
    with suppress(FileNotFoundError):
        os.unlink(_path(folder))
