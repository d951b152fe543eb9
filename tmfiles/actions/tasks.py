"""Making, changing, showing and deleting tasks: plain arguments in, values out."""

from __future__ import annotations

import unicodedata
from collections import namedtuple

from tmfiles import custom, ids, repeats, rules
from tmfiles.actions.moves import Freed, moved
from tmfiles.actions.repeating import repeating
from tmfiles.dates import stamp
from tmfiles.errors import TmError
from tmfiles.task import CLOSED, DEFAULTS, LINKS, PROSE, SETS, SHAPES, Task, joined, without_empty
from tmfiles.workspace import edit
from tmfiles.workspace.write import How, Order, Outcome, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from tmfiles.actions.review import Judged
    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

# Fields that are shown on one line.
_ONE_LINE = ("title", "assignee", "tags", "files", "links")


class Done(namedtuple("Done", "tasks unchanged outcome unblocked blockers judged shared", defaults=((), {}, {}, {}))):
    """What a command did: tasks as they are now, ids that needed no change, the write, ids it freed.

    `blockers` gives what blocks each task that something blocks. Where it was asked for, `judged` gives what
    became of each task's criteria, and `shared` the open tasks that are about its files.
    """

    __slots__ = ()

    tasks: tuple[Task, ...]
    unchanged: tuple[str, ...]
    outcome: Outcome
    unblocked: tuple[str, ...]
    blockers: Mapping[str, Sequence[str]]
    judged: Mapping[str, Sequence[Judged]]
    shared: Mapping[str, Mapping[str, Sequence[str]]]

    def status(self, task: Task) -> str:
        """Give the effective status of one of the tasks."""
        return "blocked" if task.status == "pending" and task.id in self.blockers else task.status


def add(
    workspace: Workspace,
    title: str,
    values: Mapping[str, Any],
    how: How = How(),
    task_id: str = "",
    fields: Sequence[str] = (),
) -> Done:
    """Make a task; `values` are document fields, links may be given as unique beginnings of ids.

    `fields` are custom fields as `NAME=VALUE`.

    Raises TmError for a blank title, an id that is taken or was used before, unknown links, cycles.
    """
    title = title.strip()
    if not title:
        raise TmError("the title is blank", 'say what is to be done: tm add "Write the docs"', "usage")
    task_id = task_id.strip()
    if task_id and (reason := ids.invalid(task_id)):
        raise TmError(reason, "an id is lower-case letters and digits, with . _ or - between", "usage")
    made: list[str] = []

    def plan(view: View) -> list[Edit]:
        if task_id and view.was_deleted([task_id]):
            raise TmError(f"the id {task_id!r} was used by a task that was deleted", "ids are not used again")
        refuse_values({"title": title, **values}, view.config.all_types)
        new = task_id or ids.new(workspace.random_bytes, lambda one: bool(view.index.files(one)))
        doc = {
            "title": title,
            # What changes most has its line from the start, so that two who change two of them merge cleanly.
            "status": DEFAULTS["status"],
            "priority": DEFAULTS["priority"],
            **resolved(view, values),
            "fields": {**values.get("fields", {}), **custom.of(view.config.declared).typed(fields, workspace.now())},
            "created_at": stamp(workspace.now()),
            "created_by": workspace.actor(how.actor),
        }
        made.append(new)
        return [edit.make(new, without_empty(doc))]

    outcome = write(workspace, Order("add", how), plan)
    return done(workspace, made[-1:], outcome)


def done(workspace: Workspace, task_ids: Sequence[str], outcome: Outcome, unblocked: Iterable[str] = ()) -> Done:
    """Give the result of a write with the tasks as they now are."""
    view = workspace.view()
    tasks = tuple(view.task(task_id) for task_id in task_ids)
    unchanged = tuple(task_id for task_id in task_ids if task_id not in outcome.changed)
    waiting = {task_id: view.graph.blockers(task_id) for task_id in task_ids}
    blockers = {task.id: waiting[task.id] for task in tasks if waiting[task.id] and task.status not in CLOSED}
    return Done(tasks, unchanged, outcome, tuple(unblocked), blockers)


def resolved(view: View, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the fields with the ids in links written out, and sets in order."""
    out = dict(values)
    for key in ("depends_on", "related"):
        if out.get(key):
            out[key] = [view.resolve(text) for text in out[key]]
    for key in ("source", "parent"):
        if out.get(key):
            out[key] = view.resolve(out[key])
    for key in SETS:
        if out.get(key):
            out[key] = sorted(set(out[key]))
    return out


def update(
    workspace: Workspace,
    texts: Sequence[str],
    values: Mapping[str, Any],
    how: How = How(),
    *,
    more: Mapping[str, Any] | None = None,
    less: Mapping[str, Any] | None = None,
    clear: Sequence[str] = (),
    fields: Sequence[str] = (),
    status: str = "",
    force: bool = False,
) -> Done:
    """Change fields of tasks: `values` replace, `more` adds to sets and long text, `less` takes from sets.

    `fields` are custom fields as `NAME=VALUE`, and `clear` may name them as `fields.NAME`.
    `status` may be any, from any other, and brings its times along; in_progress and completed are refused
    while the task is blocked, unless forced. Raises TmError when nothing is asked for, when arguments
    contradict each other, and as `add` does.
    """
    more, less = more or {}, less or {}
    cleared = [name.removeprefix("fields.") for name in clear if name.startswith("fields.")]
    clear = [name for name in clear if not name.startswith("fields.")]
    said = {"status": status, "fields": fields, "cleared": cleared}
    check_changes({**values, **{key: value for key, value in said.items() if value}}, more, less, clear)
    chosen: list[str] = []

    def plan(view: View) -> list[Edit]:
        chosen[:] = chosen_ids(view, texts)
        refuse_values({**more, **values}, view.config.all_types)
        edits = []
        for task_id in chosen:
            task = view.task(task_id)
            changes = _changes(view, task, values, more, less, clear)
            if fields or cleared:
                old = changes.get("fields", task.doc.get("fields", {}))
                changes["fields"] = _fields(workspace, view, old, fields, cleared)
            if status:
                changes |= moved(workspace, view, task, status, force, f"set to {status}")
            edits.append(edit.change(task_id, changes))
        return edits

    freed, told = Freed(workspace, chosen), list[str]()
    outcome = write(workspace, Order("update", how), freed.watching(repeating(workspace, how, plan, told)))
    return done(workspace, chosen, outcome._replace(notes=(*outcome.notes, *told)), freed.ids())


def patch(
    workspace: Workspace, text: str, changes: Mapping[str, Any], how: How = How(), *, force: bool = False
) -> Done:
    """Change one task as a merge patch says (RFC 7396): a value replaces what is there, and None takes it away.

    Mappings are merged key by key. `status` brings its times along, and is refused as `update` refuses it.
    """
    chosen: list[str] = []
    status = changes.get("status") or ""
    fields = {key: value for key, value in changes.items() if key != "status"}
    cleared = [key for key, value in fields.items() if value is None]
    if not (fields or status):
        raise TmError("nothing to change", "name a field and its new value", "usage")

    def plan(view: View) -> list[Edit]:
        chosen[:] = [view.resolve(text)]
        task = view.task(chosen[0])
        values = {key: _merged(task.doc.get(key), value) for key, value in fields.items() if value is not None}
        refuse_values(values, view.config.all_types)
        new = _changes(view, task, values, {}, {}, cleared)
        if status:
            new |= moved(workspace, view, task, status, force, f"set to {status}")
        return [edit.change(task.id, new)]

    freed = Freed(workspace, chosen)
    outcome = write(workspace, Order("update", how), freed.watching(plan))
    return done(workspace, chosen, outcome, freed.ids())


def _merged(old: Any, new: Any) -> Any:
    """Merge a mapping into another as RFC 7396 has it; anything else takes the place of what was there."""
    if not isinstance(new, dict):
        return new
    kept = dict(old) if isinstance(old, dict) else {}
    for key, value in new.items():
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = _merged(kept.get(key), value)
    return kept


def check_changes(
    values: Mapping[str, Any], more: Mapping[str, Any], less: Mapping[str, Any], clear: Sequence[str]
) -> None:
    """Refuse changes that say nothing, contradict each other or name unknown fields."""
    if not (values or more or less or clear):
        raise TmError("nothing to change", "say what, for example --priority high; all: tm update --help", "usage")
    for key in clear:
        if key not in SHAPES or key in ("title", "created_at", "created_by", "journal"):
            can = ", ".join(k for k in SHAPES if k not in ("title", "created_at", "created_by", "journal"))
            raise TmError(f"cannot clear {key!r}", f"fields that can be cleared: {can}", "usage")
        if key in values or key in more:
            raise TmError(f"{key} is both set and cleared", "leave one of the two out", "usage")
    for key in more:
        if both := set(more[key]) & set(less.get(key, ())) if key in SETS else None:
            named = ", ".join(sorted(both))
            raise TmError(f"{key}: {named} is both added and taken away", "leave one of the two out", "usage")


def refuse_values(values: Mapping[str, Any], types: Sequence[str] = ()) -> None:
    """Refuse values that no task may have, in the words of the rules; links are judged with the graph."""
    for key in _ONE_LINE:
        value = values.get(key, ())
        for text in value if isinstance(value, (list, tuple)) else (value,):
            if not text.isprintable() and any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in text):
                raise TmError(
                    f"{key} {text[:60]!r} has line breaks or other control characters",
                    "this is one line; more can be said in --description",
                    "usage",
                )
    if values.get("repeat"):
        repeats.interval(values["repeat"])
    doc = {"title": "title", **{key: value for key, value in values.items() if key not in LINKS}}
    found = [one.message for one in rules.file_problems(doc, "", types=types) if one.severity == "error"]
    if len(found) > 1:
        raise TmError("\n  ".join((f"{len(found)} values are wrong", *found)), "nothing was changed", "usage")
    for message in found:
        what, _, hint = message.rpartition("; ")
        if what.count("'") % 2:  # the semicolon is part of a value
            what, hint = "", message
        raise TmError(what or hint, hint if what else "nothing was changed", "usage")


def chosen_ids(view: View, texts: Sequence[str]) -> list[str]:
    """Resolve what was typed to ids, each once, in order."""
    return list(dict.fromkeys(view.resolve(text) for text in texts))


def _changes(
    view: View,
    task: Task,
    values: Mapping[str, Any],
    more: Mapping[str, Any],
    less: Mapping[str, Any],
    clear: Sequence[str],
) -> dict[str, Any]:
    out = {**resolved(view, values), **dict.fromkeys(clear)}
    for key, added in resolved(view, more).items():
        if key == "fields":
            out[key] = {**task.doc.get(key, {}), **added}
        elif key in PROSE:
            out[key] = appended(task.doc.get(key, ""), added)
        else:
            out[key] = joined(task.doc.get(key, ()), added)
    for key, taken in less.items():
        present = out.get(key, task.doc.get(key)) or []
        names = [view.resolve(text) if key == "depends_on" and text not in present else text for text in taken]
        if absent := [name for name in names if name not in present]:
            has = ", ".join(present) if present else "none"
            raise TmError(f"{task.id} has not {', '.join(map(repr, absent))} in its {key}", f"it has: {has}")
        out[key] = [name for name in present if name not in names]
    for key in LINKS:
        if task.id == out.get(key) or (isinstance(out.get(key), list) and task.id in out[key]):
            raise TmError(f"{key} of {task.id} cannot name the task itself", "name another task", "usage")
    return out


def _fields(
    workspace: Workspace, view: View, old: Mapping[str, Any], given: Sequence[str], cleared: Sequence[str]
) -> dict[str, Any]:
    """Give the custom fields with those given put in, and those cleared left out."""
    declared = custom.of(view.config.declared)
    new = declared.typed(given, workspace.now())
    for name in cleared:
        if name not in old:
            declared.known(name)
        if name in new:
            raise TmError(f"fields.{name} is both set and cleared", "leave one of the two out", "usage")
    return {name: value for name, value in {**old, **new}.items() if name not in cleared}


def appended(old: str, new: str) -> str:
    """Give long text with a paragraph more; what was there is never replaced."""
    return f"{old.rstrip()}\n\n{new.strip()}\n" if old.strip() else new


def says(old: str, new: str) -> bool:
    """Tell whether the paragraphs of `new` stand in `old` already, one after the other."""
    return f"\n\n{new.strip()}\n\n" in f"\n\n{old.strip()}\n\n"


def delete(workspace: Workspace, texts: Sequence[str], how: How = How(), *, force: bool = False) -> Done:
    """Delete tasks. Others may not name them, unless `force` cuts those links in the same commit."""
    chosen: list[Task] = []

    def plan(view: View) -> list[Edit]:
        names = chosen_ids(view, texts)
        chosen[:] = [_last_look(view, task_id) for task_id in names]
        edits = [edit.remove(task_id) for task_id in names]
        return [*edits, *_cut(view, names)] if force else edits

    outcome = write(workspace, Order("delete", how), plan)
    return Done(tuple(chosen), (), outcome)


def _last_look(view: View, task_id: str) -> Task:
    """Give a task that is about to go; its file may be one that cannot be read."""
    files = view.index.files(task_id)
    if len(files) == 1 and files[0][1] is None:
        return Task(task_id, files[0][0], {})
    return view.task(task_id)


def _cut(view: View, gone: Sequence[str]) -> list[Edit]:
    """Take the ids that go out of every other task's links."""
    touched: dict[str, dict[str, Any]] = {}
    for task_id in gone:
        for src, kind in view.index.referrers(task_id):
            if src in gone:
                continue
            values = touched.setdefault(src, {})
            present = values.get(kind, view.task(src).doc.get(kind))
            values[kind] = [one for one in present if one != task_id] if isinstance(present, list) else None
    return [edit.change(src, values) for src, values in touched.items()]
