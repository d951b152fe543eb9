"""The formats a store can have, and what a store must change to get from one to the next; opens no file.

There is one format so far, and so no step. A step is for what cannot be had by adding: whatever a newer `tm` adds to
the format, an older one keeps as it is.
"""

from __future__ import annotations

from collections import namedtuple

from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    Changes = Callable[[Mapping[str, Any]], Mapping[str, Any]]

FIRST = 1


class Step(namedtuple("Step", "words task settings back_task back_settings")):
    """What leads from one format to the next, and back again.

    `words` say it to a person. Each of the others is a function from a document, of a task or of config.yaml, to its
    top-level keys that change: an empty value takes a key away. Going there and back must change nothing.
    """

    __slots__ = ()

    words: str
    task: Changes
    settings: Changes
    back_task: Changes
    back_settings: Changes


# The first leads from format 1 to format 2.
STEPS: tuple[Step, ...] = ()


def newest() -> int:
    """Give the newest format that this program knows."""
    return FIRST + len(STEPS)


def of(settings: Mapping[str, Any]) -> int:
    """Give the format of the store that config.yaml belongs to."""
    version = settings.get("version")
    return version if isinstance(version, int) else FIRST


def pending(version: int) -> Sequence[Step]:
    """Give the steps that lead from a format to the newest, in their order."""
    return STEPS[version - FIRST :]


def stepped(doc: Mapping[str, Any], turns: Sequence[Changes]) -> dict[str, Any]:
    """Give the keys of a document that are others after these turns, one after the other."""
    now = dict(doc)
    for turn in turns:
        now.update(turn(now))
    return {key: value for key, value in now.items() if value != doc.get(key)}


def back(version: int) -> Step:
    """Give the step that led to a format; raises TmError for the first, to which none did."""
    if version <= FIRST:
        raise TmError(f"format {version} is the first: there is none to go back to", "tm migrate --status")
    return STEPS[version - FIRST - 1]
