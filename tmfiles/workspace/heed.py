"""Says whether changes keep to what the store itself declares in config.yaml; writes nothing."""

from __future__ import annotations

from collections import namedtuple

from tmfiles import codec, policies, rules
from tmfiles.errors import Problem, TmError
from tmfiles.store import CONFIG, FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from tmfiles.workspace.edit import Change
    from tmfiles.workspace.view import View

_HINTS = {
    "field": "nothing was changed; to set one: --field NAME=VALUE",
    "near-miss-key": "nothing was changed; the names are those under fields in .tasks/config.yaml",
}
# How many warnings one command tells.
_MOST = 20


class Heeded(namedtuple("Heeded", "notes forced", defaults=((), ()))):
    """What a person should be told of a write, and the rules that were broken because they said so."""

    __slots__ = ()

    notes: tuple[str, ...]
    forced: tuple[str, ...]


def heed(changes: Sequence[Change], view: View, *, force: bool | None = None) -> Heeded:
    """Judge changes that are otherwise sound by custom fields and policies.

    Only what a change itself breaks counts: a task that was there before a declaration can be edited. `force`
    breaks policies all the same; None says that the command has no such option. Raises TmError (`invalid`)
    with every problem that forbids the changes.
    """
    declared = view.config.declared
    judged = [change for change in changes if change.id and not change.held]
    if not (declared and judged) or any(change.path == CONFIG for change in changes):
        return Heeded()
    left = {change.id: change.old for change in changes if change.new is None}
    # What is moved was somewhere before.
    was = {change.path: left.get(change.id) if change.old is None else change.old for change in judged}
    docs = [(change, _doc(was.get(change.path, change.old)), _doc(change.new)) for change in changes if change.id]
    found = [one for change, old, new in docs if not change.held for one in _broken(change, old, new, declared)]
    found += _crowded(docs, view, declared)
    errors = [one for one in found if one.severity == "error"]
    refused = [one for one in errors if not (force and one.rule in policies.FORCIBLE)]
    if refused:
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        raise TmError(f"{refused[0].message}{more}", _hint(refused, force), "invalid", refused)
    notes = [f"{'forced' if one in errors else 'warning'}: {one}" for one in found]
    told = (*notes[:_MOST], f"and {len(notes) - _MOST} more: tm check") if len(notes) > _MOST else tuple(notes)
    return Heeded(told, tuple(sorted({one.rule for one in errors})))


def _hint(refused: Sequence[Problem], force: bool | None) -> str:
    if force is False and all(one.rule in policies.FORCIBLE for one in refused):
        return "a policy of this store asks for it; to do it all the same: --force"
    return _HINTS.get(refused[0].rule, "nothing was changed; a policy of this store asks for it")


def _broken(change: Change, old: dict[str, Any] | None, new: dict[str, Any] | None, declared: str) -> Iterable[Problem]:
    """Give what config.yaml has against a file now and had not before the change, and against the step itself."""
    if new is None:
        return []
    place = f"{FOLDER}/{change.path}"
    before = {(one.rule, one.message) for one in policies.problems(old, place, None, declared)} if old else set()
    found = policies.problems(new, place, change.new, declared)
    # Where it stands is told by the line of the file as it would be.
    return [
        *(one for one in found if (one.rule, one.message) not in before),
        *rules.placed(policies.transition(old or {}, new, declared), place, change.new),
    ]


def _crowded(
    docs: Sequence[tuple[Change, dict[str, Any] | None, dict[str, Any] | None]], view: View, declared: str
) -> list[Problem]:
    """Give what the changes make of the work in progress."""
    touched = {change.id: new for change, _, new in docs}
    if not any(new and new.get("status") == "in_progress" for new in touched.values()):
        return []
    before = view.working()
    after = [pair for pair in before if pair[0] not in touched]
    after += [
        (task_id, str(new.get("assignee", "")))
        for task_id, new in touched.items()
        if new and new.get("status") == "in_progress"
    ]
    places = {change.id: (f"{FOLDER}/{change.path}", change.new) for change, _, _ in docs}
    return [
        problem
        for finding in policies.crowded(after, declared, before)
        for problem in rules.placed([finding], *places[finding.id])
    ]


def _doc(data: bytes | None) -> dict[str, Any] | None:
    try:
        return None if data is None else codec.loads(data)
    except TmError:
        return None
