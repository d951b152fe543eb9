"""A file in its canonical form, every comment kept: order, blank lines and the form of each value; means the same."""

from __future__ import annotations

import re
from typing import Any

from tmfiles.codec import dump
from tmfiles.codec.load import decoded, loads
from tmfiles.codec.page import Page, Unsafe, is_block
from tmfiles.codec.plan import same
from tmfiles.codec.tree import Branch, tree
from tmfiles.errors import TmError
from tmfiles.task import SHAPES

_START = re.compile(r"---[ \t]*")


class _Entry:
    """A top-level key with the comment lines above it and its own lines."""

    __slots__ = ("above", "key", "lines")

    def __init__(self, key: str, above: list[str], lines: list[str]) -> None:
        self.key = key
        self.above = above
        self.lines = lines


def tidied(data: bytes, path: str = "") -> bytes:
    """Give the canonical text of a file, with its comments; a value that holds some stays as it was written.

    So does the value of a key that the format does not know: only its own reader knows how it is read.
    Raises TmError: `invalid` for a file that cannot be read, `refused` where a comment would be lost.
    """
    want = dump.normal(loads(data, path))
    if b"#" not in data and "fields" not in want and want.keys() <= SHAPES.keys():
        return dump.dumps(want)  # no comment can be lost, and no other reader's value
    text, _ = decoded(data)
    root, _ = tree(text)
    page = Page(text)
    try:
        result = _tidied(page, root, want)
        _read_back(result, want, page.comments(root))
    except Unsafe as unsafe:
        where = f"{path}: " if path else ""
        told = f"{where}this file cannot be put into form: {unsafe}"
        raise TmError(told, "put it into form by hand, or leave it: tm reads it as it is", "refused") from unsafe
    except TmError as error:
        raise TmError(f"{path or 'this file'} cannot be put into form: {error.message}", error.hint) from error
    return result.encode()


def _read_back(text: str, want: dict[str, Any], comments: list[str]) -> None:
    if not same(dump.normal(loads(text.encode())), want):
        raise Unsafe("it would mean something else")
    if comments and sorted(Page(text).comments(tree(text)[0])) != sorted(comments):
        raise Unsafe("a comment would be lost")


def _tidied(page: Page, root: Branch, want: dict[str, Any]) -> str:
    if root.flow or not root.items:
        if page.comments(root):
            raise Unsafe("it is written in braces and holds comments")
        return dump.dumps(want).decode()
    head, entries, tail = _parts(page, root, want)
    lines = list(head)
    before = ""
    for entry in sorted(entries, key=lambda entry: dump.rank(entry.key)):
        if lines and lines[-1] and (dump.apart(before, entry.key) or entry.above or not before):
            lines.append("")
        lines += [*entry.above, *entry.lines]
        before = entry.key
    if tail:
        lines += ["", *tail]
    return "\n".join([*lines, ""])


def _parts(page: Page, root: Branch, want: dict[str, Any]) -> tuple[list[str], list[_Entry], list[str]]:
    """Take the text apart: what stands above all, the entries, what stands below all."""
    column = root.start_mark.column
    head: list[str] = []
    entries: list[_Entry] = []
    at = 0
    for number, (key, node) in enumerate(root.pairs()):
        if not page.begins_line(key.start_mark.index):
            raise Unsafe("a key stands behind something else on its line")
        start, stop = page.line_start(key.start_mark.index), page.next_line(page.end(node))
        while stop < len(page.text) and _is_deeper(page, stop, column):
            stop = page.next_line(stop)
        above = _notes(page, at, start)
        if not number and "" in above:
            # The first words are about the file, those that follow about what follows.
            cut = above.index("")
            head, above = above[:cut], above[cut + 1 :]
        elif not number and start and page.blank_line_before(start) is not None:
            head, above = above, []
        # What was said of a key that holds nothing would lose its subject with it.
        if above or key.value in want or _beside(page, key, node, (start, stop)) != "":
            entries.append(_Entry(key.value, above, _lines(page, key, node, (start, stop), want)))
        at = stop
    return head, entries, _notes(page, at, len(page.text))


def _is_deeper(page: Page, at: int, column: int) -> bool:
    """Say whether a line is a comment indented below the root: it belongs to what is above."""
    line = page.text[at : page.line_end(at)]
    return line.lstrip(" \t").startswith("#") and len(line) - len(line.lstrip(" \t")) > column


def _notes(page: Page, start: int, end: int) -> list[str]:
    """Give the comment lines between two places, groups set apart by one blank line."""
    lines: list[str] = []
    for line in _split(page.text[start:end]):
        bare = line.strip(" \t")
        if bare.startswith("#"):
            lines.append(bare)
        elif not bare:
            if lines and lines[-1]:
                lines.append("")
        elif not (_START.fullmatch(bare) or bare == "..."):
            raise Unsafe("it holds more than keys and comments")
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _split(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _lines(page: Page, key: Any, node: Any, span: tuple[int, int], want: dict[str, Any]) -> list[str]:
    """Give the lines of one entry: written anew, or as they were where that would lose something."""
    name = key.value
    beside = _beside(page, key, node, span)
    if name in SHAPES and name in want and beside is not None and name != "fields":
        first, *rest = dump.entry(name, want[name], 0)
        return [f"{first}  {beside}" if beside else first, *rest]
    if key.start_mark.column:
        raise Unsafe("its keys are indented, and one of them cannot be moved")
    lines = _split(page.text[slice(*span)])
    while lines and not lines[-1].strip():
        lines.pop()
    lines[-1] = lines[-1] if is_block(node) else lines[-1].rstrip(" \t")
    return lines


def _beside(page: Page, key: Any, node: Any, span: tuple[int, int]) -> str | None:
    """Give the one comment that stands beside a value on its line, '' for none; None where there are others."""
    after = page.colon_end(key)
    start, end = node.start_mark.index, page.end(node)
    stop = page.line_end(end)
    if page.comments_in(node) or "#" in page.text[page.next_line(end) : span[1]]:
        return None
    found = [page.text[after : max(after, start)].strip()] if start > after else []
    if is_block(node):
        _, header_end = page.header(node)
        found.append(page.text[header_end : page.line_end(header_end)].strip())
    else:
        found.append(page.text[end:stop].strip())
    found = [comment for comment in found if comment]
    if len(found) > 1 or any("\n" in comment or "\r" in comment or not comment.startswith("#") for comment in found):
        return None
    return found[0] if found else ""
