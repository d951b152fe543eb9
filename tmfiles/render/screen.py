"""The terminal that reads: how wide it is, and how it shows what needs attention; knows no task."""

from __future__ import annotations

from collections import namedtuple

# Red and magenta are told apart, and from the text, on dark grounds and on light ones.
_STYLES = {"alarm": "31", "held": "35", "strong": "1", "faint": "2"}


class Screen(namedtuple("Screen", "width colour")):
    """A terminal: its width in cells, and whether it takes colour."""

    __slots__ = ()

    width: int
    colour: bool

    def styled(self, text: str, style: str) -> str:
        """Give text in a style (`alarm`, `held`, `strong`, `faint`), or as it is where there is none."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.colour and style and text else text
