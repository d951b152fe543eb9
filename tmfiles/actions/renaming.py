"""Ids that another tool gave, made into ones of this program's or into given ones, with every link to them."""

from __future__ import annotations

import posixpath

from tmfiles import codec, ids
from tmfiles.actions.migrate import Change, Migrated, carried_out, present, refuse_unreadable
from tmfiles.errors import TmError
from tmfiles.store import FOLDER, SUFFIX, place
from tmfiles.task import LINKS
from tmfiles.workspace import edit, renamed
from tmfiles.workspace.words import cut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit
    from tmfiles.workspace.write import How


def foreign(workspace: Workspace) -> list[str]:
    """Give the ids that have not the form of this program's own."""
    return sorted(task_id for task_id in workspace.read().index.ids() if not ids.is_own(task_id))


def rename(workspace: Workspace, texts: Sequence[str], how: How, *, dry_run: bool = False) -> Migrated:
    """Give tasks other ids: those named, as `OLD` or `OLD=NEW`, or all whose ids are not of the program's form.

    Links follow in the same commit, and a file of the store keeps what each was called. Raises TmError for an id
    that is taken or was used before.
    """
    asked = _asked(texts)

    def plan(view: View) -> tuple[list[Change], list[Edit]]:
        refuse_unreadable(view)
        chosen = {view.resolve(old): new for old, new in asked.items()}
        if not texts:
            chosen = dict.fromkeys((one for one in view.index.ids() if not ids.is_own(one)), "")
        return _planned(workspace, view, _named(workspace, view, chosen))

    subject = cut(f"tm: migrate ids {', '.join(asked)}".rstrip())
    done = carried_out(workspace, how._replace(message=how.message or subject), plan, dry_run=dry_run)
    if not dry_run:
        return done
    # Chance will draw others when it is done.
    given = set(asked.values())
    drawn = [one._replace(new_id="", new_path="") if one.id != one.new_id not in given else one for one in done.changes]
    return done._replace(changes=drawn)


def _asked(texts: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        old, equals, new = (part.strip() for part in text.partition("="))
        if old in found:
            raise TmError(f"{old!r} is named twice", "name each once", "usage")
        if equals and (reason := ids.invalid(new)):
            raise TmError(reason, "an id is lower-case letters and digits, with . _ or - between", "usage")
        found[old] = new
    given = [new for new in found.values() if new]
    if twice := next((new for new in given if given.count(new) > 1), ""):
        raise TmError(f"{twice!r} is given to two tasks", "an id is one task's", "usage")
    return found


def _named(workspace: Workspace, view: View, chosen: Mapping[str, str]) -> dict[str, str]:
    """Give the new id of each; those not given are drawn."""
    known = renamed.table(workspace.store.read)
    given = {new for new in chosen.values() if new}
    for new in sorted(given):
        if view.index.files(new):
            raise TmError(f"the id {new!r} is taken", "choose another, or leave it to tm: tm migrate --ids OLD")
        if new in known or view.was_deleted([new]):
            raise TmError(f"the id {new!r} was used before", "ids are not used again")
    drawn = set(given)

    def taken(one: str) -> bool:
        return one in drawn or one in known or bool(view.index.files(one))

    new_ids: dict[str, str] = {}
    for old, new in sorted(chosen.items()):
        new_ids[old] = new or ids.new(workspace.random_bytes, taken)
        drawn.add(new_ids[old])
    return new_ids


def _planned(workspace: Workspace, view: View, new_ids: Mapping[str, str]) -> tuple[list[Change], list[Edit]]:
    touched = {src for old in new_ids for src, _ in view.index.referrers(old)} | set(new_ids)
    changes: list[Change] = []
    edits: list[Edit] = []
    for task in sorted(view.tasks(sorted(touched)), key=lambda one: one.id):
        links = _followed(task.doc, new_ids)
        data = codec.patch(present(workspace, task.path), links, f"{FOLDER}/{task.path}") if links else None
        new = new_ids.get(task.id, task.id)
        to = task.path if new == task.id else _place(task.path, task.id, new)
        changes.append(Change(task.id, task.path, new, to, tuple(links)))
        if new != task.id:
            edits += edit.moved(task.path, to, data or present(workspace, task.path))
        elif data is not None:
            edits.append(edit.put(task.path, data))
    if new_ids:
        known = renamed.table(workspace.store.read)
        edits.append(edit.put(renamed.PATH, renamed.written({**known, **new_ids})))
    return changes, edits


def _followed(doc: Mapping[str, Any], new_ids: Mapping[str, str]) -> dict[str, Any]:
    """Give the links of a task that name ids which are others now; a list in order stays in order."""
    found: dict[str, Any] = {}
    for key in LINKS:
        value = doc.get(key)
        if isinstance(value, list) and not new_ids.keys().isdisjoint(value):
            names = list(dict.fromkeys(new_ids.get(one, one) for one in value))
            found[key] = sorted(names) if value == sorted(value) else names
        elif isinstance(value, str) and value in new_ids:
            found[key] = new_ids[value]
    return found


def _place(path: str, old: str, new: str) -> str:
    """Give where the file lies under its new id: in the folder it is in, or in that of the new id's beginning."""
    if path == place(old, "sharded", 0):
        return place(new, "sharded", 0)
    return posixpath.join(posixpath.dirname(path), new + SUFFIX)
