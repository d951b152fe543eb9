"""How one text, number, truth value or null is written in YAML; knows neither keys nor documents."""

from __future__ import annotations

import re
from typing import Any

from tmfiles.codec.load import MAX_DIGITS
from tmfiles.errors import TmError

# What YAML does not carry as it stands. NEL, LS, PS and the byte order mark are among it: readers of
# YAML 1.1 take the first three for line breaks, and the last for nothing at all.
_UNCARRIED = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
_PRINTABLE = re.compile(f"[^{_UNCARRIED}]*")
# To compile a pattern takes longer than most edits: those in text alone are compiled by whoever needs them.
_ESCAPED = rf'[{_UNCARRIED}"\\]'

_NOT_PLAIN = re.compile(
    r"""[\[\]{},\#&*!|>'"%@`]      # begins like something that is not text
    | [-?:](?:\ |$)
    | ---|\.\.\.                   # begins like the edge of a document, should it stand in column one
    | .*(?::\ |\ \#|:$)            # holds what ends a key or begins a comment
    """,
    re.VERBOSE,
)
_NOT_PLAIN_IN_FLOW = re.compile(r"[-?:]|.*[\[\]{},?]")
# What some reader of YAML 1.1 or 1.2 takes for a truth value, null, a number or a moment.
_WORDS = frozenset(("~", "=", "<<", "null", "true", "false", "yes", "no", "on", "off", "y", "n"))
_FIGURES = r"""(?xi)(?:
      [-+]?[0-9][0-9_,]*
    | [-+]?0x[0-9a-f_]+ | [-+]?0o[0-7_]+ | [-+]?0b[01_]+
    | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
    | [-+]?(?:\.[0-9_]+|[0-9][0-9_]*\.?[0-9_]*)(?:e[-+]?[0-9]+)?
    | [-+]?\.inf | \.nan
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[t\ ].*)?
    )$"""
_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[-+][0-9:]+)?)?$"
# Keys whose dates stay unquoted: people write them so, and every reader of ours takes their text.
_DATES = frozenset(("due", "wait_until", "created_at", "started_at", "completed_at", "at", "until"))

_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
    "\b": "\\b",
    "\f": "\\f",
}


def can_be_plain(text: str, flow: bool = False, key: str = "") -> bool:
    """Say whether every reader takes `text`, unquoted, as this same text (as the value of `key`)."""
    if not _PRINTABLE.fullmatch(text) or text != text.strip() or not text:
        return False
    if _NOT_PLAIN.match(text) or (flow and _NOT_PLAIN_IN_FLOW.match(text)):
        return False
    if text[0] in "-+.0123456789" and re.match(_FIGURES, text):
        return key in _DATES and re.match(_MOMENT, text) is not None
    return text.lower() not in _WORDS


def can_be_block(text: str) -> bool:
    """Say whether a literal block carries `text`: it needs a first line that shows the indent."""
    if not text or text[0].isspace() or not _PRINTABLE.fullmatch(text.replace("\n", "").replace("\t", "")):
        return False
    # Editors strip a last line of blanks.
    return bool(text.rstrip("\n").rpartition("\n")[2].strip())


def block(text: str, indent: int) -> tuple[str, list[str]]:
    """Write `text` as a literal block: its header, and its lines without their ends."""
    lines = text.split("\n")
    last = lines.pop()
    header = "|-" if last else "|+" if lines[-1:] == [""] else "|"
    if last:
        lines.append(last)
    margin = " " * indent
    return header, [margin + line if line else "" for line in lines]


def double(text: str) -> str:
    """Write `text` in double quotes, as JSON would where JSON has an escape."""
    return '"' + re.sub(_ESCAPED, _escape, text) + '"'


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    known = _ESCAPES.get(char)
    if known is not None:
        return known
    return f"\\u{ord(char):04x}"  # beyond the BMP all is carried


def inline(value: Any, flow: bool = False, key: str = "", style: str = "") -> str:
    """Write a scalar on one line; `style` (a quote, or "" for plain) is kept where the value allows."""
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value, flow, key, style)
    if isinstance(value, int):
        if abs(value) < 10**MAX_DIGITS:
            return str(value)
        raise TmError(f"a number has more than {MAX_DIGITS} digits", "write it as text", "invalid")
    raise TmError(
        f"{value!r} ({type(value).__name__}) has no form of its own in a task file",
        "write it as text; whole numbers, true and false are kept as they are",
        "invalid",
    )


def _text(text: str, flow: bool, key: str, style: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise TmError(f"{text[:40]!a} holds half a character", "write the text again", "invalid") from None
    if style == "'" and _PRINTABLE.fullmatch(text):
        return _single(text)
    if style != '"' and can_be_plain(text, flow, key):
        return text
    if style != '"' and ('"' in text or "\\" in text) and _PRINTABLE.fullmatch(text):
        return _single(text)
    return double(text)


def _single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
