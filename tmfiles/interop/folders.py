"""The files of another program's folder, read safely: no link is followed, nothing out of the folder is opened."""

from __future__ import annotations

import os
from collections.abc import Iterable

from tmfiles.errors import Problem, TmError
from tmfiles.interop.tongue import refused

MAX_BYTES = 1024 * 1024  # as much as a task file may have


def files(folder: str, below: Iterable[str], suffix: str) -> dict[str, bytes]:
    """Read the files with a suffix that lie in some folders below one, by their path there; dot files are none.

    Raises TmError with every one that cannot be read: a link, a device, what is too large.
    """
    found: dict[str, bytes] = {}
    problems: list[Problem] = []
    for part in below:
        place = os.path.join(folder, *part.split("/")) if part else folder
        if part and _led_astray(folder, part):
            problems.append(Problem(place, 0, 0, "import", "a symbolic link: it is not followed"))
            continue
        try:
            with os.scandir(place) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            problems.append(Problem(place, 0, 0, "import", f"cannot be read: {error.strerror}"))
            continue
        for entry in listed:
            if entry.name.endswith(suffix) and not entry.name.startswith("."):
                try:
                    found[f"{part}/{entry.name}" if part else entry.name] = _read(entry)
                except _RefusedError as error:
                    problems.append(Problem(entry.path, 0, 0, "import", str(error)))
    if problems:
        raise refused(problems)
    return found


def is_folder(folder: str, below: str) -> bool:
    """Tell whether a folder has another one below it."""
    return os.path.isdir(os.path.join(folder, *below.split("/")))


def missing(folder: str, what: str) -> TmError:
    """Give the error for a folder that is not one of that program."""
    if os.path.isdir(folder):
        return TmError(f"no {what} in {folder}", "name the folder that holds them", "usage")
    return TmError(f"no folder {folder}", "name the folder to import", "usage")


class _RefusedError(Exception):
    pass


def _led_astray(folder: str, below: str) -> bool:
    parts = below.split("/")
    return any(os.path.islink(os.path.join(folder, *parts[: n + 1])) for n in range(len(parts)))


def _read(entry: os.DirEntry[str]) -> bytes:
    if entry.is_symlink():
        raise _RefusedError("a symbolic link: it is not followed")
    if not entry.is_file(follow_symlinks=False):
        raise _RefusedError("no regular file")
    try:
        with open(entry.path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _RefusedError(f"cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise _RefusedError(f"over {MAX_BYTES:,} bytes")
    return data
