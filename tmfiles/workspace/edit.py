"""Edits as values, and the bytes they make of the files concerned; writes nothing."""

from __future__ import annotations

from collections import namedtuple

from tmfiles import codec, store
from tmfiles.errors import TmError
from tmfiles.store import FOLDER, id_of
from tmfiles.task import ARCHIVE, CLOSED, DEFAULTS, SETS, without_empty

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from tmfiles.store import Store
    from tmfiles.workspace.view import View


class Edit(namedtuple("Edit", "kind target value")):
    """One thing to do to one task or file. Make it with the functions below."""

    __slots__ = ()

    kind: str
    target: str
    value: Any


def make(task_id: str, doc: Mapping[str, Any]) -> Edit:
    """Make a new task."""
    return Edit("make", task_id, dict(doc))


def change(task_id: str, changes: Mapping[str, Any]) -> Edit:
    """Set top-level fields of a task; None or an empty value removes one."""
    return Edit("change", task_id, dict(changes))


def remove(task_id: str) -> Edit:
    """Delete a task's file."""
    return Edit("remove", task_id, None)


def put(path: str, data: bytes | None) -> Edit:
    """Give a file below `.tasks/` these very bytes, or remove it (None)."""
    return Edit("put", path, data)


def mend(path: str, data: bytes) -> Edit:
    """Give a file these very bytes in the place of ones that the person saw: those may be no task at all."""
    return Edit("mend", path, data)


def restore(path: str, data: bytes | None) -> Edit:
    """Give a file below `.tasks/` the bytes that a commit held, or remove it (None)."""
    return Edit("restore", path, data)


def keep(path: str) -> Edit:
    """Commit a file below `.tasks/`, or its absence, as it lies there; whoever plans this has judged it."""
    return Edit("keep", path, None)


class Change(namedtuple("Change", "path id old new held seen", defaults=(False, False))):
    """One file's bytes before and after; None where there is no file. `id` is empty for no task's file.

    `held` tells that a commit held the new bytes: what was good enough for history may come back as it was.
    `seen` tells that the new bytes were made by a person from the old ones, which need not be sound.
    """

    __slots__ = ()

    path: str
    id: str
    old: bytes | None
    new: bytes | None
    held: bool
    seen: bool

    @property
    def kept(self) -> bool:
        """Whether the file lies there already, to be committed as it is."""
        return self.held and self.old == self.new


def changes(edits: Sequence[Edit], view: View, files: Store, layout: str) -> list[Change]:
    """Turn edits into the files they change, in their order; what changes nothing is left out.

    Raises TmError when an edit cannot be done: unknown or unreadable task, an id that is taken, a place
    in a file that cannot be spliced safely.
    """
    count = view.index.count()
    found: dict[str, Change] = {}
    made: set[str] = set()
    elsewhere: dict[str, str] = {}
    for edit in edits:
        if edit.kind == "make":
            count += 1
    for edit in edits:
        if edit.kind == "make":
            path = store.place(edit.target, layout, count)
            if edit.target in made or view.index.files(edit.target):
                raise TmError(f"the id {edit.target!r} is taken", "choose another, or leave --id out")
            made.add(edit.target)
            new = Change(path, edit.target, None, codec.dumps(edit.value))
        elif edit.kind == "keep":
            path, data = edit.target, bytes_of(files, edit.target)
            new = Change(path, store.id_of(path) if store.is_task(path) else "", data, data, held=True)
        elif edit.kind in ("put", "mend", "restore"):
            path = edit.target
            task_id = id_of(path) if store.is_task(path) else ""
            old = bytes_of(files, path)
            new = Change(path, task_id, old, edit.value, edit.kind == "restore", edit.kind == "mend")
        else:
            path, present = _present(edit.target, view, files)
            here = elsewhere.get(edit.target, path)
            before = found[here].new if here in found else present
            after = None if edit.kind == "remove" else _changed(before, edit.value, path)
            if after is not None and path.startswith(ARCHIVE) and _is_open(after):
                elsewhere[edit.target] = here = store.place(edit.target, layout, count)
                found[path] = Change(path, edit.target, present, None)
            new = Change(here, edit.target, present if here == path else None, after)
            path = here
        found[path] = new
    asked = {edit.target for edit in edits if edit.kind == "keep"}
    return [each for each in found.values() if each.old != each.new or each.path in asked]


def moved(path: str, to: str, data: bytes) -> list[Edit]:
    """Move a file below `.tasks/` as it is: what it holds is not judged anew."""
    return [restore(path, None), restore(to, data)]


def _is_open(data: bytes) -> bool:
    return codec.loads(data).get("status", DEFAULTS["status"]) not in CLOSED


def _present(task_id: str, view: View, files: Store) -> tuple[str, bytes]:
    """Give path and bytes of a task that is there once; it may be unreadable as long as it is a file."""
    known = view.index.files(task_id)
    path = view.task(task_id).path if len(known) != 1 else known[0][0]
    data = bytes_of(files, path)
    if data is None:
        raise TmError(f"{FOLDER}/{path} was removed just now", "try again", "not_found")
    return path, data


def bytes_of(files: Store, path: str) -> bytes | None:
    """Give a file's bytes, None where there is none; raises TmError when it cannot be read."""
    try:
        return files.read(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TmError(f"cannot read {FOLDER}/{path}: {error.strerror}", code="invalid") from error


def _changed(before: bytes | None, values: dict[str, Any], path: str) -> bytes | None:
    if before is None:
        raise TmError(f"{FOLDER}/{path} is both removed and changed", code="invalid")
    place = f"{FOLDER}/{path}"
    doc = codec.loads(before, place)
    differing = {key: value for key, value in values.items() if not same(key, doc.get(key), value)}
    return codec.patch(before, differing, place) if differing else before


def same(key: str, old: Any, new: Any) -> bool:
    """Tell whether a field holds this already; the order of a set means nothing."""
    if key in SETS:
        return set(old or ()) == set(new or ())
    return bool(without_empty({key: old}) == without_empty({key: new}))
