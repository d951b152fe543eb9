"""What one run of the command line carries: where, who, how loud; and how results reach the screen."""

from __future__ import annotations

import os
import sys
import time

from tmfiles.cli import streams
from tmfiles.config import Environment
from tmfiles.errors import TmError
from tmfiles.workspace import Workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from tmfiles.actions.tasks import Done
    from tmfiles.render.screen import Screen
    from tmfiles.workspace.write import How

_MARKS = str.maketrans("…✓·─←→", "~x--<>")
_WHEN = ("auto", "always", "never")


class Session:
    """One run: the options that stand before the command, and its two streams."""

    def __init__(
        self, folder: str = ".", actor: str = "", *, quiet: bool = False, color: str = "", verbose: bool = False
    ) -> None:
        self._folder = folder
        self.color = color
        self.actor = actor
        self.quiet = quiet
        self.verbose = verbose
        self.began = time.perf_counter()
        self.at = ""  # a commit or a date: the store as it was then
        self._bar = Bar()
        self._workspace: Workspace | None = None

    @property
    def folder(self) -> str:
        """The folder to work in; raises TmError when it was removed under a shell that still stands in it."""
        if not os.path.isabs(self._folder):
            try:
                os.getcwd()
            except FileNotFoundError as error:
                raise TmError("the current folder is gone", "cd to another folder, or use -C DIR", "usage") from error
        return self._folder

    @folder.setter
    def folder(self, folder: str) -> None:
        self._folder = folder

    @property
    def environment(self) -> Environment:
        """What the variables and `--as` say; raises TmError (code `usage`) when one cannot be understood."""
        found = Environment.of(os.environ)
        if found.now:
            from tmfiles import dates

            try:
                dates.parse(found.now)
            except TmError as error:
                raise TmError(f"TM_NOW: {error.message}", error.hint, "usage") from error
        return found._replace(actor=self.actor or found.actor)

    def workspace(self) -> Workspace:
        """Open the store of the current folder; raises TmError when there is none."""
        folder = self.folder
        if not os.path.isdir(folder):
            raise TmError(f"no folder {folder}", "-C DIR takes a folder that is there", "usage")
        if self._workspace is not None and not self.at:
            return self._workspace
        found = Workspace.find(folder, self.environment, self._bar)
        if self.at:
            from tmfiles.history.walk import at

            found = at(found, self.at)
        self._workspace = found
        return found

    def close(self) -> None:
        """Close what was opened."""
        if self._workspace is not None:
            self._workspace.close()

    def account(self, name: str, error: BaseException | None = None) -> None:
        """Tell how long a command took, where that was asked for, and put what it did into the log."""
        if self._workspace is not None:
            from tmfiles.cli import account

            account.account(self, self._workspace, name, error)

    def how(self, no_commit: bool, message: str, force: bool | None = None) -> How:
        """Give the writing options as a value."""
        from tmfiles.workspace.write import How

        return How(self.actor, False if no_commit else None, message, force)

    def setting(self, key: str, flag: str = "") -> Any:
        """Give the value of a setting; `flag` is what the command line says of it."""
        return self.workspace().sources.say(key, flag).value

    @property
    def color(self) -> str:
        """When colour is used: auto, always or never; empty leaves it to the settings."""
        return self._color

    @color.setter
    def color(self, when: str) -> None:
        if when and when not in _WHEN:
            from tmfiles.query import unknown

            raise unknown("--color", when, _WHEN)
        self._color = when

    def screen(self) -> Screen | None:
        """Give the terminal that reads standard output, or None for a pipe, which gets plain lines."""
        # Only a terminal is worth asking git and files for what they say of colour.
        when = self.color or os.environ.get("TM_COLOR", "")
        if when != "always" and not sys.stdout.isatty():
            return None
        if not self.color:
            when = str(self.setting("color"))
        always = when == "always"
        from tmfiles.render.screen import Screen

        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or when == "never"
        return Screen(streams.width(), always or not plain)

    def write(self, text: str) -> None:
        """Write data to standard output."""
        self._bar.clear()
        streams.put(text)

    def draw(self, text: str) -> None:
        """Write to the terminal what was made for it; our own marks give way where its letters lack them."""
        self.write(text if "utf" in (sys.stdout.encoding or "utf").lower() else text.translate(_MARKS))

    def rows(self, text: str) -> None:
        """Write lines; a terminal, which would break them anywhere, gets what of each it has room for."""
        screen = self.screen()
        if screen is None:
            self.write(text)
        elif text:
            from tmfiles.render.cells import cut

            self.draw("".join(f"{cut(row, screen.width)}\n" for row in text.removesuffix("\n").split("\n")))

    def tell(self, text: str) -> None:
        """Write a message to standard error, unless quiet."""
        self._bar.clear()
        if text and not self.quiet:
            streams.say(text if text.endswith("\n") else text + "\n")

    def warn(self, text: str) -> None:
        """Write what is wrong to standard error, quiet or not."""
        self._bar.clear()
        if text:
            streams.say(text)

    def transfers(self, *, json: bool) -> Callable[[bytes], None] | None:
        """Give what shows git's progress on a terminal; None where nobody looks."""
        if json or self.quiet or not sys.stderr.isatty():
            return None

        def show(chunk: bytes) -> None:
            os.write(sys.stderr.fileno(), chunk)

        return show

    def document(self, value: Any, **more: Any) -> None:
        """Write a result as JSON, with what stands beside it."""
        from tmfiles.render import documents

        self.write(documents.data(value, **more))

    def notes(self, result: Done) -> None:
        """Tell what a write has to say beside its result."""
        for note in result.outcome.notes:
            self.tell(f"tm: {note}")

    def did(self, result: Done, words: str, *, json: bool) -> None:
        """Report what a writing command did: JSON, or a line a task on standard error."""
        from tmfiles.render import documents
        from tmfiles.render.text import line

        self.notes(result)
        if json:
            self.document(documents.done(result))
            return
        for task in result.tasks:
            if task.id in result.unchanged:
                self.tell(f"{task.id} is as it was: nothing to change  {line(task.title)}")
            else:
                self.tell(f"{words} {task.id}  {line(task.title)}".rstrip())
        if result.unblocked:
            self.tell(f"ready now: {', '.join(result.unblocked)}")


class Bar:
    """A line of progress on a terminal, once work has lasted for a second."""

    def __init__(self) -> None:
        self._since = 0.0
        self._shown = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say how far the work is; `done` and `total` count files or commits."""
        now = time.monotonic()
        if not done:
            self._since = now
        if now - self._since < 1 or now - self._shown < 0.1 or not sys.stderr.isatty():
            return
        self._shown = now
        sys.stderr.write(f"\r{what}: {done:,} of {total:,}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            self._shown = 0.0


def words(values: Sequence[str]) -> list[str]:
    """Give repeated and comma-separated values as one list; raises TmError when one is blank."""
    found = []
    for value in values:
        for part in value.split(","):
            if not part.strip():
                raise TmError(f"a blank value in {value!r}", "leave it out, or say what it should be", "usage")
            found.append(part.strip())
    return found


def given(source: str) -> tuple[bytes, str]:
    """Give the bytes of a file, or of standard input for `-`, and what to call it; raises TmError."""
    if source == "-":
        if sys.stdin.isatty():
            raise TmError("nothing is piped in", "name a file, or pipe it in", "usage")
        return sys.stdin.buffer.read(), "standard input"
    try:
        with open(source, "rb") as file:
            return file.read(), source
    except OSError as error:
        raise TmError(f"cannot read {source}: {error.strerror}", "name a file that is there", "usage") from error


def read(text: str | None) -> Any:
    """Give the text of an option, or all of standard input for `-`; raises TmError when that says nothing."""
    if text != "-":
        return text
    given = streams.heard(sys.stdin.read)
    if not given.strip():
        raise TmError("standard input is empty", "leave the option out, or pipe the text in", "usage")
    return given
