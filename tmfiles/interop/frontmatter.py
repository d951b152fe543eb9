"""Markdown files with YAML before them, taken apart and put together; knows no program's keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tmfiles import codec, dates
from tmfiles.errors import Problem, TmError
from tmfiles.interop.incoming import Incoming

_FENCE = "---"
_HEADING = re.compile(r"## +(\S.*?)[ #]*")
_ITEM = re.compile(r"(?:[-*+]|\d+[.)])\s+(?:\[([ xX])\]\s+)?(\S.*)")


def split(data: bytes, path: str, shapes: Mapping[str, Any], problems: list[Problem]) -> tuple[dict[str, Any], str]:
    """Take a file apart into its front matter and its text; what is wrong with it goes to the problems."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.append(Problem(path, line, 1, "import", f"not UTF-8: byte 0x{data[error.start]:02x}"))
        return {}, ""
    lines = text.split("\n")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), 0)
    if lines[0].rstrip() != _FENCE or not end:
        problems.append(Problem(path, 1, 1, "import", "no front matter: the file begins with no lines between '---'"))
        return {}, ""
    found = mapping("\n".join([*lines[1:end], ""]).encode(), path, shapes, problems, above=1)
    return found, "\n".join(lines[end + 1 :])


def mapping(
    data: bytes, path: str, shapes: Mapping[str, Any], problems: list[Problem], above: int = 0
) -> dict[str, Any]:
    """Read a mapping of YAML below some lines of its file; what is wrong with it goes to the problems."""
    try:
        return codec.loads(data, path, shapes)
    except TmError as error:
        problems += [
            Problem(path, one.line + above, one.column, "import", one.message)
            for one in error.problems or [Problem(path, 0, 0, "import", error.message)]
        ]
        return {}


def joined(front: Mapping[str, Any], text: str, **how: bool) -> bytes:
    """Put a file together."""
    return b"".join((b"---\n", codec.foreign(front, **how), b"---\n", text.encode()))


def sections(text: str, names: Sequence[str]) -> dict[str, str]:
    """Divide a text at its headings of these names, each once; what stands before the first is under ""."""
    found: dict[str, list[str]] = {"": []}
    here = ""
    for line in text.split("\n"):
        heading = _HEADING.fullmatch(line)
        name = next((name for name in names if heading and heading[1].lower() == name.lower()), "")
        if name and name not in found:
            here = name
            found[here] = []
        else:
            found[here].append(line)
    return {name: "\n".join(lines).strip("\n") for name, lines in found.items()}


def gathered(parts: Iterable[tuple[str, str]]) -> str:
    """Put texts under their headings, one behind the other."""
    return "\n\n".join(f"## {name}\n\n{text}" for name, text in parts)


def ticked(text: object) -> list[dict[str, Any]]:
    """Read a text that is a plain list, an item a line, as criteria; any other gives none."""
    lines = [line.rstrip() for line in text.split("\n") if line.strip()] if isinstance(text, str) else []
    items = [match for line in lines if (match := _ITEM.fullmatch(line))]
    if not items or len(items) < len(lines):
        return []
    return [{"text": item[2], "met": True} if item[1] in ("x", "X") else {"text": item[2]} for item in items]


def boxes(criteria: Iterable[Mapping[str, Any]], numbered: bool = False) -> str:
    """Write criteria as `ticked` reads them, an item a line."""
    lines = []
    for number, one in enumerate(criteria, 1):
        mark = f"#{number} " if numbered else ""
        lines.append(f"- [{'x' if one.get('met') else ' '}] {mark}{' '.join(one['text'].split())}")
    return "\n".join(lines)


def context(one: Incoming, names: Mapping[str, str]) -> None:
    """Take the texts of some keys into the context, each under its heading."""
    parts = [(heading, one.rest.pop(key)) for key, heading in names.items() if isinstance(one.rest.get(key), str)]
    if parts:
        one.doc["context"] = gathered(parts)


def of_context(doc: Mapping[str, Any], names: Mapping[str, str], otherwise: str) -> dict[str, str]:
    """Divide a context as `context` put it together; any other is under the key `otherwise` as a whole."""
    whole = str(doc.get("context", ""))
    found = sections(whole, list(names.values()))
    keys = {heading: key for key, heading in names.items()}
    if not found.pop("").strip() and whole and gathered(found.items()) == whole:
        return {keys[heading]: text for heading, text in found.items()}
    return {otherwise: whole} if whole else {}


def minute(text: str) -> str:
    """Write a date or time as `2026-11-24 21:10`, in UTC."""
    return dates.instant(text).strftime("%Y-%m-%d %H:%M")
