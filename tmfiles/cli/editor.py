"""The user's editor, run on one file until it ends; knows nothing of what the file holds."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tmfiles.errors import TmError


def run(command: str, path: str) -> None:
    """Open a file in an editor and wait for its end; raises TmError when that was no good end."""
    # As Git does it: the command is a shell's, and may have words and quotes of its own.
    if sys.platform == "win32":
        words = f'{command} "{path}"'
    else:
        words = ["sh", "-c", f'{command} "$@"', command, path]
    # An editor needs a terminal; where ours is a pipe for data, what it says must not get in.
    screen = None if sys.stdout.isatty() else 2
    with _keys_are_the_editors():
        code = subprocess.run(words, stdout=screen, check=False).returncode
    if code in (126, 127):
        raise TmError(f"the editor {command!r} cannot be started", "name another: TM_EDITOR=nano, or git's core.editor")
    if code:
        end = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        raise TmError(f"the editor {end}: nothing was changed")


@contextmanager
def _keys_are_the_editors() -> Iterator[None]:
    """Let Ctrl-C be the editor's own key while it runs."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # A handler, not SIG_IGN: the editor would inherit that.
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
