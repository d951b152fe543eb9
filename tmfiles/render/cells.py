"""How many terminal cells a text takes, and text cut, filled and wrapped to cells; knows no task.

What is not ASCII is measured by rich, which is imported only then.
"""

from __future__ import annotations

ELLIPSIS = "…"


def width(text: str) -> int:
    """Count the terminal cells of a text on one line."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def cut(text: str, size: int) -> str:
    """Give the text, or what of it fits into `size` cells with an ellipsis at its end."""
    if width(text) <= size:
        return text
    return _start(text, size - 1) + ELLIPSIS if size > 0 else ""


def fit(text: str, size: int) -> str:
    """Cut or fill text to exactly `size` cells."""
    short = cut(text, size)
    return short + " " * (size - width(short))


def wrap(text: str, size: int) -> list[str]:
    """Break one line of text at spaces into lines of at most `size` cells; what is indented stays so.

    A word that is longer than a line is broken where the line ends.
    """
    if width(text) <= size:
        return [text]
    indent = text[: len(text) - len(text.lstrip(" "))][: max(size // 2, 0)]
    lines: list[str] = []
    line, used = indent, len(indent)
    for word in text.split():
        wide = width(word)
        gap = 1 if used > len(indent) else 0
        if gap and used + gap + wide > size:
            lines.append(line)
            line, used, gap = indent, len(indent), 0
        while used + gap + wide > size:
            head = _start(word, size - used) or word[:1]
            lines.append(line + head)
            word = word[len(head) :]
            line, used, wide = indent, len(indent), width(word)
        line += " " * gap + word
        used += gap + wide
    return [*lines, line] if line.strip() else lines


def _start(text: str, size: int) -> str:
    """Give the longest beginning that fits into `size` cells; no mark is parted from its letter."""
    if text.isascii():
        return text[: max(size, 0)]
    used = 0
    for at, sign in enumerate(text):
        # At least what it takes: a variation selector may widen its letter, a joiner makes one sign of two.
        used += 1 if sign == "\ufe0f" else width(sign)
        if used > size and width(text[: at + 1]) > size:
            return text[:at].rstrip("\u200d")
    return text
