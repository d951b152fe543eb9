"""Parts put into files of other programs and taken out again to the byte: sections, whole files, entries of JSON; pure.

A part that a person has changed since is refused, never overwritten: its digest stands beside it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from tmfiles.errors import TmError

_NOTE = "kept by `tm setup`"
_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


class Section(NamedTuple):
    """Lines of a text file between two comments; `marks` are what comments begin and end with there."""

    path: str
    body: str
    marks: tuple[str, str] = ("<!-- ", " -->")

    def put(self, old: str | None) -> str:
        """Give the file's text with the section: in its place where it is there, else at the end."""
        if old and (found := self._found(old)):
            return old[: found.start()] + self._block(found["how"], _ending(old)) + old[found.end() :]
        # How it is taken out again: with the file, without a line before it, with one, with two.
        how = "m" if old is None else "e" if not old else "l" if old.endswith("\n") else "n"
        text, end = old or "", _ending(old or "")
        return text + end * {"m": 0, "e": 0, "l": 1, "n": 2}[how] + self._block(how, end)

    def take(self, old: str | None) -> str | None:
        """Give the file's text without the section; None for no file."""
        found = self._found(old) if old else None
        if old is None or found is None:
            return old
        before, after, end = old[: found.start()], old[found.end() :], _ending(old)
        for _ in range({"l": 1, "n": 1 if after else 2}.get(found["how"], 0)):
            before = before.removesuffix(end)
        return None if found["how"] == "m" and not before + after else before + after

    def _block(self, how: str, end: str) -> str:
        first, last = self.marks
        text = f"{first}tm setup {how}{_digest(self.body)}: {_NOTE}{last}\n{self.body}{first}tm setup end{last}\n"
        return text.replace("\n", end)

    def _found(self, text: str) -> re.Match[str] | None:
        first, last = map(re.escape, self.marks)
        whole = rf"{first}tm setup (?P<how>[meln])(?P<digest>\w+):[^\n]*\n(?P<body>.*?){first}tm setup end{last}\r?\n?"
        found = re.search(whole, text, re.DOTALL)
        if found is None and f"{self.marks[0]}tm setup" in text:
            raise _changed(self.path, "a mark of the section is missing")
        if found and _digest(found["body"].replace("\r\n", "\n")) != found["digest"]:
            raise _changed(self.path, "the section was changed by hand")
        return found


class Whole(NamedTuple):
    """A file that is all ours; its last line says so."""

    path: str
    body: str

    def put(self, old: str | None) -> str:
        """Give the file's text."""
        self._refuse_changed(old)
        return f"{self.body}\n<!-- tm setup {_digest(self.body)}: {_NOTE} -->\n"

    def take(self, old: str | None) -> None:
        """Give no file."""
        self._refuse_changed(old)

    def _refuse_changed(self, old: str | None) -> None:
        if old is None:
            return
        found = re.fullmatch(r"(.*)\n<!-- tm setup (\w+):[^\n]*\n", old.replace("\r\n", "\n"), re.DOTALL)
        if found is None or _digest(found[1]) != found[2]:
            raise _changed(self.path, "the file was changed by hand, or is not tm's")


class Entry(NamedTuple):
    """A value in a JSON file: a member called `name` of the object that `keys` lead to; without name, an item there."""

    path: str
    keys: Sequence[str]
    name: str
    value: Any

    def put(self, old: str | None) -> str:
        """Give the file's text with the entry; one line of it is new, and nothing else is touched."""
        if old is None:
            return self._made()
        if self._there(self._read(old)):
            return old
        depth, at = _innermost(old, self.keys)
        text = self._wrapped(depth)
        blank = _BLANK.match(old, at)
        gap = blank.group() if blank else ""
        more = "" if old[at + len(gap)] in "}]" else ","
        return f"{old[:at]}{gap if more else ''}{text}{more}{old[at:]}"

    def take(self, old: str | None) -> str | None:
        """Give the file's text without the entry; None for no file."""
        if old is None or old == self._made():
            return None
        if not self._there(self._read(old), mine=True):
            return old
        for depth in range(len(self.keys) + 1):
            text = self._wrapped(depth)
            if old.count(text) == 1:
                return _cut(old, old.index(text), text)
        raise _changed(self.path, "it was written anew by another program")

    def _made(self) -> str:
        lines: list[str] = []
        ends: list[str] = []
        for number, key in enumerate(self.keys, 1):
            pair = "[]" if number == len(self.keys) and not self.name else "{}"
            lines.append(f"{'  ' * number}{json.dumps(key)}: {pair[0]}\n")
            ends.insert(0, f"{'  ' * number}{pair[1]}\n")
        inside = f"{'  ' * (len(self.keys) + 1)}{self._wrapped(len(self.keys))}\n"
        return "".join(("{\n", *lines, inside, *ends, "}\n"))

    def _wrapped(self, depth: int) -> str:
        """Give the entry with the containers around it that are not there from `depth` on.

        They have blanks inside, so that one of a person's own that was empty is never taken for one of ours.
        """
        text = json.dumps(self.value)
        text = f"{json.dumps(self.name)}: {text}" if self.name else text
        for number in range(len(self.keys), depth, -1):
            pair = "[]" if number == len(self.keys) and not self.name else "{}"
            text = f"{json.dumps(self.keys[number - 1])}: {pair[0]} {text} {pair[1]}"
        return text

    def _read(self, old: str) -> Any:
        try:
            return json.loads(old)
        except ValueError as error:
            raise TmError(
                f"{self.path} is not plain JSON: {error}", f"add this to it yourself: {self._wrapped(0)}"
            ) from error

    def _there(self, document: Any, *, mine: bool = False) -> bool:
        """Tell whether the entry is there; raises TmError where its place holds something else."""
        at: Any = document
        for key in self.keys:
            if isinstance(at, dict) and key not in at:
                return False
            at = at[key] if isinstance(at, dict) else None
        if not self.name and isinstance(at, list):
            return self.value in at
        if not self.name or not isinstance(at, dict):
            raise TmError(f"{self.path} has no place for an entry", f"add this to it yourself: {self._wrapped(0)}")
        if self.name in at and at[self.name] != self.value and not mine:
            raise TmError(f"{self.path} has an entry {self.name!r} of its own", "rename that one, or leave it so")
        return bool(at.get(self.name) == self.value)


def _ending(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _changed(path: str, why: str) -> TmError:
    return TmError(
        f"{path}: {why}; nothing was changed", "what is there stays: move your words out of it, or keep it so"
    )


def _innermost(text: str, keys: Sequence[str]) -> tuple[int, int]:
    """Give how many of the keys are there, and where the innermost container begins, behind its bracket."""
    at = text.index("{") + 1
    for depth, key in enumerate(keys):
        found = _member(text, at, key)
        if found is None:
            return depth, at
        at = found + 1
    return len(keys), at


def _member(text: str, at: int, key: str) -> int | None:
    """Give where a member's value begins, in sound JSON; `at` is behind the object's bracket."""
    while text[at := _skip(text, at)] != "}":
        if text[at] == ",":
            at = _skip(text, at + 1)
        name, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        if name == key:
            return at
        at = _DECODER.raw_decode(text, at)[1]
    return None


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _cut(text: str, start: int, part: str) -> str:
    """Take a part out with the comma that it needs no more."""
    end = start + len(part)
    before = text[:start].rstrip(" \t\r\n")
    if text[end : end + 1] == ",":
        return before + text[end + 1 :]
    return before[:-1] + text[end:] if before.endswith(",") else text[:start] + text[end:]
