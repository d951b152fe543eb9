"""Says whether changes keep to what the store itself declares in config.yaml; writes nothing."""

from __future__ import annotations

from tmfiles import codec, custom
from tmfiles.errors import TmError
from tmfiles.store import CONFIG, FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from tmfiles.config import Config
    from tmfiles.errors import Problem
    from tmfiles.index import Entry
    from tmfiles.workspace.edit import Change


_HINTS = {
    "field": "nothing was changed; to set one: --field NAME=VALUE",
    "near-miss-key": "nothing was changed; the names are those under fields in .tasks/config.yaml",
}


def heed(changes: Sequence[Change], entries: Mapping[str, Entry], config: Config) -> list[str]:
    """Give what a person should be told of changes that are otherwise sound.

    Only what a change itself breaks counts: a task that was there before a declaration can be edited.
    Raises TmError (`invalid`) with every problem that forbids the changes.
    """
    if not config.declared or any(change.path == CONFIG for change in changes):
        return []
    found = [problem for change in changes if not change.held for problem in _new(change, entries, config)]
    errors = [problem for problem in found if problem.severity == "error"]
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise TmError(f"{errors[0].message}{more}", _HINTS[errors[0].rule], "invalid", errors)
    return [f"warning: {problem}" for problem in found]


def _new(change: Change, entries: Mapping[str, Entry], config: Config) -> list[Problem]:
    """Give what config.yaml has against a file now and had not before the change."""
    entry = entries.get(change.path)
    if entry is None or not entry.problems:
        return []
    before = {(one.rule, one.message) for one in _problems(change, change.old, config)}
    return [one for one in _problems(change, change.new, config) if (one.rule, one.message) not in before]


def _problems(change: Change, data: bytes | None, config: Config) -> list[Problem]:
    place = f"{FOLDER}/{change.path}"
    doc = _doc(data, place)
    return [] if doc is None else custom.problems(doc, place, data, config.declared)


def _doc(data: bytes | None, place: str) -> dict[str, Any] | None:
    try:
        return None if data is None else codec.loads(data, place)
    except TmError:
        return None
