"""The two streams of a run: closed, full or broken ones too; knows nothing of what is written."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(*, utf8: bool = False) -> None:
    """Make the streams fit to be written to; `utf8` whatever the locale says, as JSON demands."""
    _occupy()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace", **({"encoding": "utf-8"} if utf8 else {}))


def _occupy() -> None:
    """Open what the caller has closed: the next file opened would take its number, and our output."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            # Standard output cannot be written to, so that data which nobody gets is an error.
            os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 it stays open


def heard(read: Callable[[], str]) -> str:
    """Give what is read from standard input; raises TmError for bytes that are no text.

    A strict locale fails at them, a lenient one lets them through as half characters.
    """
    try:
        text = read()
        text.encode()
    except UnicodeError:
        raise TmError("standard input is not UTF-8 text", "write it again as UTF-8", "usage") from None
    return text


def put(text: str) -> None:
    """Write data to standard output; raises TmError when it cannot be written, BrokenPipeError as it is."""
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritten(error) from error


def width() -> int:
    """Give how many cells a line of the terminal has: what COLUMNS says, what the terminal says, or 80."""
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def flush() -> None:
    """Pass on what was written; raises as `put` does."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritten(error) from error


def _unwritten(error: OSError) -> TmError:
    return TmError(
        f"cannot write the output: {error.strerror or error}",
        "what the command had to save is saved; only its output is lost",
    )


def say(text: str) -> None:
    """Write a message to standard error, behind the data; where nobody can read it, it is lost."""
    with suppress(OSError):
        sys.stdout.flush()
    with suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()


def leave() -> None:
    """End writing: what could not be written must not be tried again when Python exits."""
    for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
        try:
            stream.flush()
        except OSError:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), number)
