"""The tree of a YAML text with the place of every node; knows no fields and makes no documents."""

from __future__ import annotations

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from tmfiles.codec import wording
from tmfiles.errors import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

try:
    from yaml._yaml import CParser as Parser
except ImportError:  # PyYAML without libyaml: the same tree, some fifteen times slower

    class Parser(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):  # type: ignore[no-redef]
        """Hands out the events of a text, in Python alone."""

        def __init__(self, text: str) -> None:
            yaml.reader.Reader.__init__(self, text)
            yaml.scanner.Scanner.__init__(self)
            yaml.parser.Parser.__init__(self)


class Branch:
    """A mapping (`items` is key, value, key, value…) or a sequence; a leaf is the scalar's own event."""

    __slots__ = ("end_mark", "flow", "is_map", "items", "start_mark")

    def __init__(self, event: Any, is_map: bool) -> None:
        self.is_map = is_map
        self.flow: bool = bool(event.flow_style)
        self.items: list[Any] = []
        self.start_mark = event.start_mark
        self.end_mark = event.end_mark

    def pairs(self) -> list[tuple[Any, Any]]:
        """Pair the keys of a mapping with their values."""
        return list(zip(self.items[::2], self.items[1::2], strict=True))


def tree(text: str) -> tuple[Any, list[Problem]]:
    """Read the one document of `text`: its root (None where there is none) and all that is wrong."""
    reading = _Reading()
    try:
        reading.run(text)
    # The parser in Python lets a wild \U escape through to chr().
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        reading.problems.append(wording.syntax(error, text))
    return reading.root, reading.problems


def problem_at(mark: Any, rule: str, message: str) -> Problem:
    """Make a problem of the place of a mark."""
    return Problem("", mark.line + 1, mark.column + 1, rule, message)


class _Reading:
    """The walk over the events: which branches are open, and what was wrong so far."""

    def __init__(self) -> None:
        self.root: Any = None
        self.problems: list[Problem] = []

    def run(self, text: str) -> None:
        """Build the tree without recursion, so that no depth of nesting can hurt."""
        next_event = Parser(text).get_event
        trunk: list[Any] = []
        open_branches: list[Branch] = []
        items = trunk
        while True:
            event: Any = next_event()
            kind = type(event)
            if kind is ScalarEvent:
                if event.tag is not None or event.anchor is not None:
                    self.complain(event)
                items.append(event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if event.tag is not None or event.anchor is not None:
                    self.complain(event)
                branch = Branch(event, kind is MappingStartEvent)
                items.append(branch)
                open_branches.append(branch)
                if len(open_branches) > wording.MAX_DEPTH:
                    self.add(event, "too-deep", wording.TOO_DEEP)
                    return
                items = branch.items
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                branch = open_branches.pop()
                branch.end_mark = event.end_mark
                items = open_branches[-1].items if open_branches else trunk
            elif kind is AliasEvent:
                self.add(event, "anchor", f"'*{event.anchor}' repeats another value; write it out")
                items.append(ScalarEvent(None, None, (True, False), "", event.start_mark, event.end_mark))
            elif kind is DocumentStartEvent and trunk:
                self.add(event, "several-documents", "a second document begins here; a file holds one")
                return
            elif kind is StreamEndEvent:
                self.root = trunk[0] if trunk else None
                return

    def add(self, event: Any, rule: str, message: str) -> None:
        self.problems.append(problem_at(event.start_mark, rule, message))

    def complain(self, event: Any) -> None:
        if event.anchor is not None:
            self.add(event, "anchor", f"'&{event.anchor}' names a value for reuse; remove it, or quote the text")
        if event.tag is not None:
            self.add(event, "tag", f"the tag '{event.tag}' has no meaning here; remove it, or quote the text")
