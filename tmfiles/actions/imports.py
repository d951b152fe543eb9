"""Bringing in another tracker's tasks: in one commit, again without effect; knows no foreign format itself."""

from __future__ import annotations

from collections import Counter, namedtuple
from contextlib import suppress

from tmfiles import codec, ids, plugins
from tmfiles.actions.exports import OURS
from tmfiles.config import more_types
from tmfiles.errors import TmError
from tmfiles.git.maintenance import maintain
from tmfiles.interop import formats as table
from tmfiles.interop import imported
from tmfiles.interop.imported import Entry
from tmfiles.interop.settling import settled
from tmfiles.interop.uuids import recalled
from tmfiles.store import CONFIG, FOLDER, place
from tmfiles.workspace import edit, own
from tmfiles.workspace.write import How, Order, Outcome, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from tmfiles.config import Config
    from tmfiles.interop.imported import Import, Note
    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit


class Brought(namedtuple("Brought", "added present deleted types report outcome")):
    """What an import did, or would do: ids by what became of them, types declared, what had to be settled.

    `present` were here already and are as they were; `deleted` were here once and stay deleted; `outcome`
    is None for a dry run.
    """

    __slots__ = ()

    added: tuple[str, ...]
    present: tuple[str, ...]
    deleted: tuple[str, ...]
    types: tuple[str, ...]
    report: tuple[Entry, ...]
    outcome: Outcome | None

    def counted(self) -> dict[str, int]:
        """Count the report's entries by kind."""
        return dict(Counter(entry.kind for entry in self.report))


def bring(
    workspace: Workspace,
    kind: str,
    data: bytes,
    how: How,
    *,
    path: str = "",
    dry_run: bool = False,
    again: bool = False,
) -> Brought:
    """Import the bytes of a foreign file, or the folder `path`; a task whose id is here is left as it is, and with
    `again` comes back one that was deleted here.

    Raises TmError with every broken line when the file cannot be read whole: then nothing comes in.
    """
    read = _read(kind, data, path)
    result: list[Brought] = []

    def plan(view: View) -> list[Edit]:
        found = read._replace(tasks=recalled(read.tasks, view.index.ids())) if read.aside else read
        sorted_out = _sorted_out(view, found, again=again)
        fit, told = _fit(view, found, sorted_out.added)
        result[:] = [sorted_out._replace(report=(*sorted_out.report, *told))]
        count = view.index.count() + len(sorted_out.added)
        edits = [_made(fit, task_id, view.config, count) for task_id in sorted_out.added]
        beside = [
            edit.put(path, data) for path, data in found.beside.items() if edit.bytes_of(workspace.store, path) is None
        ]
        return [*_declared(workspace, sorted_out.types, found.settings), *beside, *edits]

    if dry_run:
        plan(workspace.read())
        return result[0]
    outcome = write(workspace, Order(f"import {kind}", how), plan)
    _keep_notes(workspace, read.notes)
    if outcome.commit and workspace.repository is not None:
        with suppress(TmError):  # housekeeping can wait; what was imported is safe
            maintain(workspace.repository)
    return result[0]._replace(outcome=outcome)


def formats() -> tuple[str, ...]:
    """Give the names of the formats that can be read, those of plugins too."""
    return (*table.READ, *plugins.installed().of("importer"))


def _read(kind: str, data: bytes, path: str) -> Import:
    if kind in table.FORMATS:
        return table.read(kind, data, path)
    given = plugins.installed().of("importer")[kind]
    documents = plugins.call(given, lambda: [dict(one) for one in given.value.read(data, path)])
    return imported.Import.of(imported.sound(enumerate(documents, 1), path, []), ())


def _sorted_out(view: View, found: Import, *, again: bool) -> Brought:
    for task_id in found.tasks:
        if reason := ids.invalid(task_id):
            raise TmError(reason, code="invalid")
    here = set(view.index.ids())
    present = tuple(task_id for task_id in found.tasks if task_id in here)
    gone = () if again else view.was_deleted(task_id for task_id in found.tasks if task_id not in here)
    deleted = tuple(sorted(gone))
    added = tuple(task_id for task_id in found.tasks if task_id not in here and task_id not in set(deleted))
    used = {found.tasks[task_id].get("type") for task_id in added}
    types = tuple(name for name in found.types if name in used and name not in view.config.all_types)
    return Brought(added, present, deleted, types, found.report, None)


def _fit(view: View, found: Import, added: Sequence[str]) -> tuple[Import, list[Entry]]:
    """Give the tasks to add with links that can be let in; and tell which could not, and what is here by chance."""
    if not found.aside:
        return found, []
    here = set(view.index.ids())
    fit, told = settled({one: found.tasks[one] for one in added}, found.aside, here)
    for task in view.tasks(one for one in found.tasks if one in here):
        made, theirs = task.doc.get("created_at"), found.tasks[task.id].get("created_at")
        if made and theirs and made[:16] != theirs[:16]:  # some programs keep minutes
            words = f"the task of that id here was made at {made}, this one at {theirs}: is it another?"
            told.append(Entry("doubtful", task.id, words))
    return found._replace(tasks=fit), told


def _made(found: Import, task_id: str, config: Config, count: int) -> Edit:
    """Give the edit that makes one task, by its document or as the very file that came along."""
    if task_id not in found.files:
        return edit.make(task_id, found.tasks[task_id])
    path, data = found.files[task_id]
    path, doc = path or place(task_id, config.layout, count), found.tasks[task_id]
    if not data:
        return edit.put(path, codec.dumps(doc))
    # Where somebody changed the fields and left the text, the fields are what was meant.
    held = {key: value for key, value in codec.loads(data, path).items() if key not in OURS}
    differing = {key: doc.get(key) for key in {**held, **doc} if held.get(key) != doc.get(key)}
    return edit.put(path, codec.patch(data, differing, path) if differing else data)


def _keep_notes(workspace: Workspace, notes: Sequence[Note]) -> None:
    """Put private notes where their authors find them; what somebody keeps there already stays alone."""
    for note in notes:
        path = own.place(workspace, "notes", note.by, f"{note.id}.md")
        if not own.load(path):
            own.append(path, note.text)


def _declared(workspace: Workspace, types: Sequence[str], settings: Mapping[str, Any]) -> list[Edit]:
    """Give the edit that declares more task types in the settings, and what else they must say."""
    if not types and not settings:
        return []
    try:
        data = workspace.store.read(CONFIG)
    except FileNotFoundError:
        data = b"version: 1\n"
    doc = codec.loads(data, f"{FOLDER}/{CONFIG}", shapes={})
    values: dict[str, Any] = {key: value for key, value in settings.items() if key not in doc}
    if "phases" in settings and doc.get("phases"):
        known = [one["name"] for one in doc["phases"]]
        if more := [one for one in settings["phases"] if one["name"] not in known]:
            values["phases"] = [*doc["phases"], *more]
    if types:
        values["types"] = more_types(doc.get("types"), types)
    return [edit.put(CONFIG, codec.patch(data, values, f"{FOLDER}/{CONFIG}", shapes={}))] if values else []
