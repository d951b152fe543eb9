"""Where things stand in a text: lines, entries, comments, and where a value really ends; changes nothing."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import Any

from tmfiles.codec.tree import Branch

# YAML 1.1, which the parser follows, breaks lines at the last three too.
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_NEWLINES = ("\n", "\r\n", "\r")
_BLANK = re.compile("[ \t\r\n\x85\u2028\u2029]*")
_SPACE = re.compile(r"[ \t]*")
_COLON = re.compile(r"[ \t]*:")
_COMMENT = re.compile("#[^\r\n\x85\u2028\u2029]*")
_HEADER = re.compile(r"[|>][-+0-9]*")
_VOID = re.compile("(?:[ \t\r\n\x85\u2028\u2029]+|(?<![^ \t\r\n\x85\u2028\u2029])#[^\r\n\x85\u2028\u2029]*)*")


class Unsafe(Exception):  # noqa: N818  (it never leaves this package)
    """Why a change cannot be made in place in the way that was tried."""


class Page:
    """One text, with its line breaks found once, and how boldly it may be edited.

    `quoted` forbids block scalars, `early` puts a new key before its neighbour instead of after it.
    """

    __slots__ = ("_ends", "_starts", "early", "newline", "quoted", "text")

    def __init__(self, text: str, quoted: bool = False, early: bool = False) -> None:
        self.text = text
        self.quoted = quoted
        self.early = early
        breaks = list(_BREAK.finditer(text))
        self.newline = next((found[0] for found in breaks if found[0] in _NEWLINES), "\n")
        self._starts = [0, *(found.end() for found in breaks)]
        self._ends = [found.start() for found in breaks]

    def line_start(self, at: int) -> int:
        """Find the beginning of the line that holds `at`."""
        return self._starts[bisect_right(self._starts, at) - 1]

    def line_end(self, at: int) -> int:
        """Find the end of the line that holds `at`, before its break."""
        place = bisect_left(self._ends, at)
        return self._ends[place] if place < len(self._ends) else len(self.text)

    def next_line(self, at: int) -> int:
        """Find the beginning of the line after the one that holds `at`."""
        place = bisect_right(self._starts, at)
        return self._starts[place] if place < len(self._starts) else len(self.text)

    def is_blank(self, start: int, end: int) -> bool:
        """Say whether nothing but white space stands between two places."""
        return _BLANK.fullmatch(self.text, start, end) is not None

    def blank_line_before(self, at: int) -> int | None:
        """Find the blank line above the line that begins at `at`."""
        if not at:
            return None
        start = self.line_start(at - 1)
        return start if self.is_blank(start, at) else None

    def blank_line_at(self, at: int) -> bool:
        """Say whether a blank line begins at `at` (not so at the end of the text)."""
        return at < len(self.text) and self.is_blank(at, self.next_line(at))

    def begins_line(self, at: int) -> bool:
        """Say whether `at` is the first thing on its line."""
        return self.is_blank(self.line_start(at), at)

    def has_comment(self, start: int, end: int) -> bool:
        """Say whether a comment stands in a stretch that holds no scalars."""
        return "#" in self.text[start:end]

    def after_void(self, at: int) -> int:
        """Go over white space and comments."""
        found = _VOID.match(self.text, at)
        return found.end() if found else at

    def colon_end(self, key: Any) -> int:
        """Find the place after the ':' of a key."""
        found = _COLON.match(self.text, key.end_mark.index)
        if found is None:
            raise Unsafe("its key is written in the long form, with '?' or a line to itself")
        return found.end()

    def dashes(self, branch: Branch) -> list[int]:
        """Find the dash of every item of a block sequence."""
        found: list[int] = []
        at = branch.start_mark.index
        for node in branch.items:
            at = self.after_void(at)
            if self.text[at : at + 1] != "-":
                raise Unsafe("its list is written in a way that cannot be taken apart")
            found.append(at)
            at = max(at + 1, self.end(node))
        return found

    def end(self, node: Any, keep: bool = True) -> int:
        """Find where a node's own text ends: comments and blank lines after it belong to what follows.

        The last blank lines of a block with `+` are its own text; without `keep` they are left out.
        """
        end: int = node.end_mark.index
        if isinstance(node, Branch):
            if node.flow or not node.items:
                return end
            last = node.items[-1]
            # A missing value ends where its key's ':' does; the parser may mark it elsewhere.
            if node.is_map and is_missing(last):
                found = _COLON.match(self.text, node.items[-2].end_mark.index)
                return found.end() if found else max(last.start_mark.index, node.items[-2].end_mark.index)
            return self.end(last, keep)
        return self._block_end(node, keep) if is_block(node) else end

    def header(self, node: Any) -> tuple[int, int]:
        """Find the header of a block scalar, such as `|-`."""
        found = _HEADER.match(self.text, node.start_mark.index)
        if found is None:
            raise Unsafe("its text block is written in a way that cannot be taken apart")
        return found.span()

    def _block_end(self, node: Any, keep: bool) -> int:
        """Find the end of a block scalar's last line, without its break."""
        start, header_end = self.header(node)
        end: int = node.end_mark.index
        first = self.next_line(header_end)
        if end <= first:
            return header_end
        if keep and "+" in self.text[start:header_end]:
            return self._before_break(end)
        margin = self._margin(first, end, node.value)
        last = header_end
        at = first
        while at < end:
            stop = min(self.line_end(at), end)
            # A line of blanks longer than the margin holds blanks, and is text.
            if not self.is_blank(at, stop) or stop - at > margin:
                last = stop
            at = self.next_line(at)
        return last

    def _margin(self, first: int, end: int, value: str) -> int:
        """Count the blanks before a block's lines, by its first line that is not blank."""
        at = first
        while at < end and self.is_blank(at, self.line_end(at)):
            at = self.next_line(at)
        found = _SPACE.match(self.text, at)
        own = next((line for line in value.split("\n") if line.strip()), "")
        return (found.end() - at if found else 0) - (len(own) - len(own.lstrip(" ")))

    def _before_break(self, end: int) -> int:
        return self.line_end(self.line_start(end - 1)) if self.line_start(end) == end else end

    def comments_in(self, node: Any) -> bool:
        """Say whether replacing a node as a whole would lose a comment."""
        at: int = node.start_mark.index
        for leaf in _leaves(node):
            if self.has_comment(at, leaf.start_mark.index):
                return True
            at = leaf.end_mark.index
            if is_block(leaf):
                _, header_end = self.header(leaf)
                if self.has_comment(header_end, self.line_end(header_end)) and leaf is not node:
                    return True
                at = self.end(leaf)
        return at < (end := self.end(node)) and self.has_comment(at, end)

    def comments(self, root: Any) -> list[str]:
        """Give every comment of the text whose tree this is, in order."""
        found: list[str] = []
        at = 0
        for leaf in _leaves(root) if root is not None else []:
            found += _COMMENT.findall(self.text, at, leaf.start_mark.index)
            at = leaf.end_mark.index
            if is_block(leaf):
                _, header_end = self.header(leaf)
                at = self.line_end(header_end)
                found += _COMMENT.findall(self.text, header_end, at)
                at = max(at, self.end(leaf))
        return [comment.rstrip() for comment in [*found, *_COMMENT.findall(self.text, at)]]


def is_block(node: Any) -> bool:
    """Say whether a node is a block scalar."""
    return not isinstance(node, Branch) and node.style in ("|", ">")


def is_missing(node: Any) -> bool:
    """Say whether a value is not there at all, as in `key:`."""
    return not isinstance(node, Branch) and not node.style and not node.value


def _leaves(node: Any) -> list[Any]:
    if not isinstance(node, Branch):
        return [node]
    return [leaf for one in node.items for leaf in _leaves(one)]
