"""Texts that lie in an editor: kept as files until they are saved, whatever happens; knows no rule of a task.

A buffer is two files in the store's private folder: the text, and what it was made from. Both are there before
the editor starts and go once the text is saved, so that no kill, crash or slip loses a word.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tmfiles.errors import Problem, TmError
from tmfiles.lock import Lock, holder

FOLDER = "edit"
NEW = "new"
# Lines that begin so, at the top of a buffer, are from tm and are not read back.
TOLD = b"#tm: "
_PREFACE = b"# Several tasks, each below its line '--- # task ID': leave those lines be.\n"
_BEGINS = re.compile(rb"^--- # task (\S+)[ \t]*\r?$", re.MULTILINE)


class Part(NamedTuple):
    """One task's text in a buffer; its first line is line `line` + 1 of the buffer."""

    data: bytes
    line: int


class Buffer:
    """A text in an editor, and what each task's file held when it was opened: `base` by id.

    The buffer of a new task has no base, and begins as `start`.
    """

    def __init__(self, folder: str, name: str, base: Mapping[str, bytes], start: bytes = b"") -> None:
        self.folder = folder
        self.name = name
        self.base = dict(base)
        self.start = start
        self.path = os.path.join(folder, f"{name}.yaml")

    @property
    def text(self) -> bytes:
        """The text as it is now, with what tm has told at its top; empty when the file is gone."""
        try:
            with open(self.path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""

    @property
    def body(self) -> Part:
        """The text without what tm has told at its top."""
        text, lines = self.text, 0
        while text.startswith(TOLD):
            _, _, text = text.partition(b"\n")
            lines += 1
        return Part(text, lines)

    @property
    def untouched(self) -> bool:
        """Tell whether the text is what was opened, or gone."""
        return not os.path.exists(self.path) or self.body.data == (composed(self.base) if self.base else self.start)

    def parts(self) -> dict[str, Part]:
        """Give each task's text; raises TmError (`invalid`) when the lines that divide them were changed."""
        body = self.body
        if len(self.base) < 2:
            return dict.fromkeys(self.base, body)
        found: dict[str, Part] = {}
        problems = []
        begins = list(_BEGINS.finditer(body.data))
        for at, match in enumerate(begins):
            task_id = match[1].decode("utf-8", "replace")
            line = body.line + body.data.count(b"\n", 0, match.start()) + 1
            if task_id in found or task_id not in self.base:
                what = "is here twice" if task_id in found else "was not opened"
                problems.append(self.problem(line, f"the task {task_id} {what}; put the lines back as they were"))
            end = begins[at + 1].start() if at + 1 < len(begins) else len(body.data)
            found.setdefault(task_id, Part(body.data[match.end() + 1 : end], line))
        for task_id in self.base.keys() - found.keys():
            problems.append(self.problem(0, f"the line '--- # task {task_id}' is gone; put it back above its task"))
        before = body.data[: begins[0].start()] if begins else b""
        if before.replace(b"\r", b"").strip() not in (_PREFACE.strip(), b""):
            problems.append(self.problem(body.line + 1, "this stands above the first task; move it below its line"))
        if problems:
            raise TmError("the lines between the tasks are not as they were", "", "invalid", problems)
        return found

    def problem(self, line: int, message: str) -> Problem:
        """Make a problem of a line of the text."""
        return Problem(self.path, line, 1 if line else 0, "edit", message)

    def keep(self) -> None:
        """Write both files, for the first time or with another base; raises OSError."""
        told = {"tasks": {one: data.decode("latin-1") for one, data in self.base.items()}}
        _write(os.path.join(self.folder, f"{self.name}.json"), json.dumps({**told, "start": self.start.decode()}))
        if not os.path.exists(self.path):
            _write(self.path, composed(self.base) if self.base else self.start)

    def tell(self, lines: Sequence[str]) -> int:
        """Put words at the top of the text in the place of earlier ones; give by how many lines it moved.

        What is no UTF-8, or begins with a byte order mark, is left as it is.
        """
        body = self.body
        told = b"".join(TOLD + line.encode() + b"\n" for line in lines)
        if not _is_text(body.data) or any(data.startswith(TOLD) for data in self.base.values()):
            return 0
        _write(self.path, told + body.data)
        return len(lines) - body.line

    def replace(self, parts: Mapping[str, bytes]) -> None:
        """Give tasks another text in the buffer; what was told goes."""
        now = {task_id: part.data for task_id, part in self.parts().items()}
        _write(self.path, composed({**now, **parts}))

    def set_aside(self) -> None:
        """Keep a copy of what was typed in earlier rounds: the next one of the editor may lose it."""
        if not self.untouched:
            _write(self._aside, self.text)

    def brought_back(self) -> bool:
        """Put the copy of the round before in the place of a text that was emptied, if there is one."""
        if self.body.data.strip() or not os.path.exists(self._aside):
            return False
        os.replace(self._aside, self.path)
        return True

    @property
    def _aside(self) -> str:
        return os.path.join(self.folder, f"{self.name}.before")

    def drop(self) -> None:
        """Remove the files: the text is saved, or was never touched."""
        for path in (self._aside, self.path, f"{self.path[:-5]}.json", self._lock):
            with contextlib.suppress(OSError):
                os.unlink(path)

    @property
    def _lock(self) -> str:
        return os.path.join(self.folder, f"{self.name}.lock")

    @property
    def in_use(self) -> bool:
        """Tell whether it is in an editor now."""
        try:
            with Lock(self._lock, "tm edit", 0):
                return False
        except TmError:
            return True

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        """Hold the buffer, and nothing else, while it is in an editor; raises TmError when it is in another."""
        lock = Lock(self._lock, "tm edit", 0)
        try:
            lock.__enter__()
        except TmError as error:
            raise TmError(
                f"{self.path} is open in an editor already, by {holder(self._lock)}", "finish there", "locked"
            ) from error
        try:
            yield
        finally:
            lock.__exit__(None, None, None)
            if not os.path.exists(self.path):
                self.drop()


def composed(texts: Mapping[str, bytes]) -> bytes:
    """Give the text of a buffer: one task's as it is, several below a line each."""
    if len(texts) == 1:
        return next(iter(texts.values()))
    return _PREFACE + b"".join(b"--- # task %b\n%b" % (one.encode(), ended(data)) for one, data in texts.items())


def ended(data: bytes) -> bytes:
    """Give a text with a line break at its end."""
    return data if not data or data.endswith(b"\n") else data + b"\n"


def made(private: str, base: Mapping[str, bytes], start: bytes = b"") -> Buffer:
    """Make a buffer under a name that is free."""
    folder = os.path.join(private, FOLDER)
    name = f"{next(iter(base))}{f'+{len(base) - 1}' if len(base) > 1 else ''}" if base else NEW
    number, free = 1, name
    try:
        os.makedirs(folder, exist_ok=True)
        while True:
            buffer = Buffer(folder, free, base, start)
            try:
                os.close(os.open(os.path.join(folder, f"{free}.json"), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            except FileExistsError:
                number += 1
                free = f"{name}~{number}"
                continue
            buffer.keep()
            return buffer
    except OSError as error:
        raise TmError(f"cannot keep the text in {folder}: {error.strerror}") from error


def kept(private: str) -> list[Buffer]:
    """Give the buffers that lie there and are in no editor, by name."""
    folder = os.path.join(private, FOLDER)
    found = []
    with contextlib.suppress(FileNotFoundError):
        for name in sorted(os.listdir(folder)):
            if name.endswith(".json"):
                with contextlib.suppress(OSError, ValueError, KeyError):
                    found.append(_read(folder, name[:-5]))
    return [buffer for buffer in found if os.path.exists(buffer.path) and not buffer.in_use]


def _read(folder: str, name: str) -> Buffer:
    with open(os.path.join(folder, f"{name}.json"), encoding="utf-8") as file:
        told = json.load(file)
    base = {task_id: text.encode("latin-1") for task_id, text in told["tasks"].items()}
    return Buffer(folder, name, base, told["start"].encode())


def _is_text(data: bytes) -> bool:
    try:
        return not data.decode().startswith("\ufeff")
    except UnicodeDecodeError:
        return False


def _write(path: str, text: str | bytes) -> None:
    """Put a file in place whole."""
    beside = f"{path}~"
    with open(beside, "wb") as file:
        file.write(text.encode() if isinstance(text, str) else text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
