"""What is noted on a task: journal entries, criteria, private notes; plain arguments in, values out."""

from __future__ import annotations

from collections import namedtuple

from tmfiles.actions.tasks import Done, done
from tmfiles.dates import stamp
from tmfiles.errors import TmError
from tmfiles.workspace import edit, own, renamed
from tmfiles.workspace.write import How, Order, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from tmfiles.task import Task
    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

    Criteria = list[dict[str, Any]]


def said(workspace: Workspace, task: Task, words: str, how: How, kind: str = "comment") -> list[dict[str, str]]:
    """Give a task's journal with one entry more."""
    entry = {
        "at": stamp(workspace.now()),
        "by": workspace.actor(how.actor),
        "kind": kind,
        "text": words if "\n" in words.strip() else words.strip(),
    }
    return [*task.doc.get("journal", ()), entry]


def criteria(workspace: Workspace, text: str) -> Criteria:
    """Give a task's criteria in order."""
    view = workspace.read()
    return list(view.task(view.resolve(text)).doc.get("criteria", ()))


def from_json(text: str) -> Criteria:
    """Read criteria as a JSON list of objects with `text` (or `criterion`) and perhaps `measurable`."""
    import json

    hint = 'for example [{"text": "No draft is lost", "measurable": "lost == 0"}]'
    try:
        found = json.loads(text)
    except ValueError as error:
        raise TmError(f"invalid JSON in criteria: {error}", hint, "usage") from None
    if not isinstance(found, list):
        raise TmError("criteria must be a JSON list", hint, "usage")
    out = []
    for one in found:
        if not isinstance(one, dict):
            raise TmError(f"each criterion must be a JSON object, not {one!r}", hint, "usage")
        words = one.get("text", one.get("criterion"))
        if not isinstance(words, str) or not words.strip():
            raise TmError("a criterion says nothing: it needs a text", hint, "usage")
        if unknown := sorted(one.keys() - {"text", "criterion", "measurable", "met"}):
            raise TmError(f"unknown key {unknown[0]!r} in a criterion", hint, "usage")
        measurable = one.get("measurable")
        plain = json.dumps(measurable) if isinstance(measurable, (bool, int, float)) else str(measurable or "")
        measured = {"measurable": plain.strip()} if plain.strip() else {}
        out.append({"text": words.strip(), **measured, **({"met": True} if one.get("met") is True else {})})
    return out


def add_criteria(workspace: Workspace, text: str, words: Sequence[str], how: How = How(), measurable: str = "") -> Done:
    """Say what more must hold for a task to be done; words that are there already change nothing."""
    measured = {"measurable": measurable.strip()} if measurable.strip() else {}
    if measured and len(words) > 1:
        raise TmError("one measure cannot be that of several criteria", "add them one by one", "usage")

    def added(criteria: Criteria) -> Criteria:
        known = {one.get("text") for one in criteria}
        new = dict.fromkeys(one.strip() for one in words)
        return [*criteria, *({"text": one, **measured} for one in new if one not in known)]

    return _criteria(workspace, text, how, added)


def meet(workspace: Workspace, text: str, numbers: Sequence[int], how: How = How(), *, met: bool = True) -> Done:
    """Mark criteria, by their number from 1, as met or not."""

    def marked(criteria: Criteria) -> Criteria:
        _refuse_unknown(numbers, criteria)
        return [{**one, "met": met} if at in numbers else one for at, one in enumerate(criteria, 1)]

    return _criteria(workspace, text, how, marked)


def remove_criteria(workspace: Workspace, text: str, numbers: Sequence[int], how: How) -> Done:
    """Take criteria away, by their number from 1."""

    def left(criteria: Criteria) -> Criteria:
        _refuse_unknown(numbers, criteria)
        return [one for at, one in enumerate(criteria, 1) if at not in numbers]

    return _criteria(workspace, text, how, left)


def _refuse_unknown(numbers: Sequence[int], criteria: Criteria) -> None:
    for number in numbers:
        if not 1 <= number <= len(criteria):
            has = f"it has 1 to {len(criteria)}" if criteria else "it has none"
            raise TmError(f"no criterion {number}", f"{has}; tm criteria list ID shows them", "not_found")


def _criteria(workspace: Workspace, text: str, how: How, change: Callable[[Criteria], Criteria]) -> Done:
    return changed(
        workspace, "criteria", text, how, lambda task: {"criteria": change(list(task.doc.get("criteria", ())))}
    )


def changed(workspace: Workspace, op: str, text: str, how: How, change: Callable[[Task], dict[str, Any]]) -> Done:
    """Change one task as `change` says, given the task as it is under the lock."""
    chosen: list[str] = []

    def plan(view: View) -> list[Edit]:
        task = view.task(view.resolve(text))
        chosen[:] = [task.id]
        return [edit.change(task.id, change(task))]

    outcome = write(workspace, Order(op, how), plan)
    return done(workspace, chosen, outcome)


class Note(namedtuple("Note", "id by text path")):
    """What one actor keeps on one task for themselves: all of it, and the file that holds it."""

    __slots__ = ()

    id: str
    by: str
    text: str
    path: str


def note(workspace: Workspace, text: str, words: str, actor: str = "") -> Note:
    """Keep words on a task for the actor alone, behind what is there; nothing of it is ever committed."""
    if not words.strip():
        raise TmError("the note is empty", 'say something: tm note ID "TEXT"', "usage")
    found = own_note(workspace, text, actor)
    entry = f"{stamp(workspace.now())}\n{words.strip()}\n"
    own.append(found.path, f"\n{entry}" if found.text else entry)
    return found._replace(text=own.load(found.path))


def own_note(workspace: Workspace, text: str, actor: str = "") -> Note:
    """Give what the actor keeps on a task; its text is empty when that is nothing."""
    view = workspace.read()
    task_id, by = view.task(view.resolve(text)).id, workspace.actor(actor)
    names = [*renamed.before(renamed.table(workspace.store.read), task_id), task_id]
    paths = [own.place(workspace, "notes", by, f"{name}.md") for name in names]
    return Note(task_id, by, "\n".join(filter(None, map(own.load, paths))), paths[-1])
