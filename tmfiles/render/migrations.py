"""What a migration changes, and what a store is like, as text or document; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tmfiles.store import FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmfiles.actions.migrate import Change, Migrated, State
    from tmfiles.actions.moving import Moved


def lines(changes: Sequence[Change]) -> str:
    """Give a line a task: its new id, or where its file goes, and the fields that change."""
    return "".join(f"{_line(one)}\n" for one in changes)


def _line(one: Change) -> str:
    if one.new_id != one.id:
        what = f"{one.id} → {one.new_id or 'a new id'}"
    elif one.new_path != one.path:
        what = f"{one.id}  {FOLDER}/{one.path} → {FOLDER}/{one.new_path}"
    else:
        what = one.id
    return f"{what}  {', '.join(one.fields)}" if one.fields else what


def document(done: Migrated) -> dict[str, Any]:
    """Give what was changed, or would be."""
    return {
        "changes": [
            {
                "id": one.id,
                "path": f"{FOLDER}/{one.path}",
                "new_id": one.new_id or None,
                "new_path": f"{FOLDER}/{one.new_path}" if one.new_path else None,
                "fields": list(one.fields),
            }
            for one in done.changes
        ],
        "commit": (done.outcome.commit or None) if done.outcome else None,
        "notes": list(done.outcome.notes) if done.outcome else [],
    }


def state(one: State, foreign: int) -> str:
    """Tell format, layout and ids in a line each."""
    newest = "the newest that this tm knows" if one.format == one.newest else f"this tm knows {one.newest}"
    rows = [f"format {one.format}: {newest}"]
    rows += [f"  to do: {words}" for words in one.pending]
    kinds = {"flat": one.flat, "sharded": one.sharded, "in folders of your own": one.elsewhere}
    told = ", ".join(f"{count} {kind}" for kind, count in {**kinds, "archived": one.archived}.items() if count)
    rows.append(f"layout {one.layout}: {told or 'no tasks'}")
    rows.append(f"ids that tm did not make: {foreign}")
    return "".join(f"{row}\n" for row in rows)


def state_document(one: State, foreign: Sequence[str]) -> dict[str, Any]:
    """Give format, layout and ids."""
    return {**one._asdict(), "pending": list(one.pending), "foreign_ids": list(foreign)}


def moved(one: Moved, *, there: bool, dry_run: bool) -> str:
    """Say where the tasks went, or would go, and how they come back."""
    what = f"{one.files} file{'' if one.files == 1 else 's'} and {one.commits} commit{'' if one.commits == 1 else 's'}"
    where = f"to the branch {one.branch!r}" if there else f"from {one.branch!r} into the branch with the code"
    if dry_run:
        return f"would move {what} {where}"
    back = "--to-tree" if there else f"--to-branch {one.branch}"
    return f"moved {what} {where}; to move them back: tm migrate {back}"


def moved_document(one: Moved) -> dict[str, Any]:
    """Give what was moved, or would be."""
    return {**one._asdict(), "commit": one.commit or None, "notes": list(one.notes)}
