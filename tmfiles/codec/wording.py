"""What a syntax error means to the person who wrote the file; parses nothing itself."""

from __future__ import annotations

import re

from yaml.reader import ReaderError

from tmfiles.errors import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_DEPTH = 20
TOO_DEEP = f"nested more than {MAX_DEPTH} levels deep"
# What the parser's message holds, and what it says in plain words.
_PLAIN = (
    ("mapping values are not allowed", "text that holds ': ' must be quoted, or this line is indented too far"),
    ("could not find expected ':'", "this is neither 'key: value' nor part of the text above; indent or quote it"),
    ("unexpected end of stream", "a quote is opened here and never closed"),
    ("unexpected document indicator", "a quote is opened and not closed before this line"),
    ("unknown escape character", "this backslash means nothing in double quotes; double it, or use single quotes"),
    ("did not find expected hexdecimal number", "hexadecimal digits belong after this; double the backslash"),
    ("invalid Unicode character escape code", "this backslash code is no character; double the backslash"),
    ("expected ',' or ']'", "a ',' or the closing ']' is missing; text that begins with '[' must be quoted"),
    ("expected ',' or '}'", "a ',' or the closing '}' is missing; text that begins with '{' must be quoted"),
    ("expected '-' indicator", "this line fits neither the list above nor the key it belongs to; check the indent"),
    ("expected key", "this line fits nothing above it; check its indent, and quote text that holds quotes"),
    ("expected <block end>", "this line fits nothing above it; check its indent, and quote text that holds quotes"),
    ("block sequence entries are not allowed", "a list begins on a line of its own, or the text must be quoted"),
    ("sequence entries are not allowed", "a list begins on a line of its own, or the text must be quoted"),
    ("mapping keys are not allowed", "text that begins with '? ' must be quoted"),
    ("tab character", "indent with spaces, not with tabs"),
    ("alphabetic or numeric character", "text that begins with '*' or '&' must be quoted"),
    ("expected alphanumeric", "text that begins with '*' or '&' must be quoted"),
    ("expected node content", "a value is missing here, or text that begins with a sign of YAML is not quoted"),
    ("expected the node content", "a value is missing here, or text that begins with a sign of YAML is not quoted"),
    ("expected comment or line break", "text after '|' or '>' begins on the next line; quote it if it stays here"),
    ("expected a comment or a line break", "text after '|' or '>' begins on the next line; quote it if it stays here"),
    ("incompatible YAML document", "this version of YAML is not known; remove the %YAML line"),
    ("<document start>", "only one mapping of 'key: value' lines may stand in the file; check the indent"),
    ("block scalar", "the text under '|' or '>' is not indented well; its first line sets the indent"),
)  # fmt: skip
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The part of a line up to a value's first sign.
_BEGUN = re.compile(r"""[ ]*(?:- +)*(?:[^\s:#'"\[{]+: +)?([\[{"'])""")
_UNKNOWN = "this cannot be read as YAML; check the indent and the quotes of this line and the one above"


def syntax(error: Exception, text: str) -> Problem:
    """Word the parser's error as a problem with its place (lines and columns from 1)."""
    if isinstance(error, ReaderError):
        return _control(text)
    mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = f"{getattr(error, 'problem', '')} {getattr(error, 'context', '') or ''}"
    if "maximum nesting depth" in said:  # the parser's own limit, of newer versions, comes before ours is seen
        return _at(mark, "too-deep", TOO_DEEP)
    if "tag handle" in said or "while scanning a tag" in said or "parsing a tag" in said:
        return _at(mark, "tag", "text that begins with '!' must be quoted")
    if "unexpected end of stream" in said or "alphabetic or numeric" in said or "expected alphanumeric" in said:
        mark = getattr(error, "context_mark", None) or mark
    if "%YAML" in said or "incompatible" in said:
        return _at(mark, "yaml", _message(said))
    return _at(mark, "yaml", _first_sign(mark, text) or _gone_on(mark, text, said) or _message(said))


def _control(text: str) -> Problem:
    """Find the character that YAML carries in no form; the parser counts in its own buffer."""
    found = _CONTROL.search(text)
    if found is None:
        return Problem("", 1, 1, "encoding", "this is not text in UTF-8")
    before = text[: found.start()]
    told = f"a control character (U+{ord(found[0]):04X}); remove it, or write it as an escape in double quotes"
    return Problem("", before.count("\n") + 1, found.start() - before.rfind("\n"), "encoding", told)


def _message(said: str) -> str:
    return next((words for sign, words in _PLAIN if sign in said), _UNKNOWN)


def _first_sign(mark: Any, text: str) -> str:
    """Name a character that can begin nothing, where it is what stands at the mark."""
    char = text[mark.index : mark.index + 1] if mark else ""
    if char == "\t":
        return "indent with spaces, not with tabs"
    if char in ("@", "`", "%"):
        return f"text that begins with '{char}' must be quoted"
    return ""


def _gone_on(mark: Any, text: str, said: str) -> str:
    """Name the sign that a value begins with, where it is over before its line is: `title: [WIP] a list`."""
    if not mark or not ("expected key" in said or "expected <block end>" in said):
        return ""
    char = text[mark.index : mark.index + 1]
    begun = _BEGUN.match(text, text.rfind("\n", 0, mark.index) + 1, mark.index)
    if begun is None:
        return ""
    if char in ("]", "}"):
        return f"there is a '{char}' too many here, or text that begins with '{begun[1]}' is not quoted"
    if begun[1] in "[{":
        return f"text that begins with '{begun[1]}' must be quoted"
    return "the text goes on behind its closing quote: put other quotes around all of it"


def _at(mark: Any, rule: str, message: str) -> Problem:
    if mark is None:
        return Problem("", 1, 1, rule, message)
    return Problem("", mark.line + 1, mark.column + 1, rule, message)
