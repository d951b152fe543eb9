"""A plan: many new tasks that name each other, in one file and one commit; knows no command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tmfiles import codec, graph, schema
from tmfiles.actions import operations
from tmfiles.actions.batch import Batch, Line, messages
from tmfiles.actions.tasks import resolved
from tmfiles.errors import Problem, TmError
from tmfiles.task import LINKS, SHAPES
from tmfiles.words import suggestion
from tmfiles.workspace import edit
from tmfiles.workspace.draft import drafting
from tmfiles.workspace.judge import faults
from tmfiles.workspace.write import How, Order, rehearse, write

if TYPE_CHECKING:
    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

    Pointer = tuple[str | int, ...]

_KEYS = {"name": "text", **operations.ADDED, "id": "text"}
_ENTRY: dict[str, Any] = {"name": "str", "id": "str", **{key: SHAPES[key] for key in operations.ADDED}}
_ENTRY["children"] = [_ENTRY]


class Entry(NamedTuple):
    """One task of a plan: where it stands, what it is called there, its fields, and the links among them."""

    pointer: Pointer
    name: str
    values: dict[str, Any]
    links: dict[str, Any]


def plan(workspace: Workspace, data: bytes, how: How, *, path: str, dry_run: bool = False) -> Batch:
    """Make all tasks of a plan, which name each other by `name` and others by id, in one commit.

    Raises TmError (`invalid`) with every mistake and its line; then no task was made.
    """
    reading = _Reading(data, path)
    done: list[Line] = []

    def planned(view: View) -> list[Edit]:
        reading.judge_names(view)
        with drafting(workspace, view) as draft:
            made = _make(workspace, reading, how)
            by_id = {task_id: entry for entry, task_id in made}
            for fault in faults(draft.links, draft.gone, view):
                entry = next((by_id[one] for one in fault.ids if one in by_id), reading.entries[0])
                reading.complain(entry.pointer, fault.error.message)
            reading.refuse()
            done[:] = [Line(at, "add", (task_id,), entry.name) for at, (entry, task_id) in enumerate(made, 1)]
            return draft.edits()

    order = Order("add", how)
    if dry_run:
        rehearse(workspace, order, planned)
        return Batch(tuple(line.unmade() for line in done), None)
    outcome = write(workspace, order, planned)
    return Batch(tuple(done), outcome)


def _make(workspace: Workspace, reading: _Reading, how: How) -> list[tuple[Entry, str]]:
    """Make the tasks first and link them then: a parent may depend on its own children."""
    made: list[tuple[Entry, str]] = []
    ids: dict[str, str] = {}
    for entry in reading.entries:
        try:
            task_id = operations.add(workspace, entry.values, how).tasks[0].id
        except TmError as error:
            for message in messages(error):
                reading.complain(entry.pointer, message)
        else:
            made.append((entry, task_id))
            if entry.name:
                ids[entry.name] = task_id
    reading.refuse()
    for entry, task_id in made:
        named = {key: _in_ids(value, ids) for key, value in entry.links.items()}

        def linked(view: View, task_id: str = task_id, named: dict[str, Any] = named) -> list[Edit]:
            return [edit.change(task_id, resolved(view, named))]

        if named:
            write(workspace, Order("add", how), linked)
    return made


def _in_ids(value: Any, ids: Mapping[str, str]) -> Any:
    return [ids.get(one, one) for one in value] if isinstance(value, list) else ids.get(value, value)


class _Reading:
    """A plan as it was read: its entries in order, children behind their parents, and what is wrong."""

    def __init__(self, data: bytes, path: str) -> None:
        self.data = data
        self.path = path
        self.entries: list[Entry] = []
        self._wrong: list[tuple[Pointer, str]] = []
        self._names: dict[str, Entry] = {}
        try:
            doc = codec.loads(data, path, {"tasks": [_ENTRY]})
        except TmError as error:
            raise _unreadable(error) from error
        for key in doc.keys() - {"tasks"}:
            self.complain((key,), f"a plan has no {key!r}{suggestion(key, ['tasks'])}")
        tasks = doc.get("tasks")
        if not isinstance(tasks, list) or not tasks:
            self.complain(("tasks",), "'tasks' must be a list of tasks, each with a title")
        else:
            self._read(("tasks",), tasks, "")
        self._judge_cycles()

    def _read(self, pointer: Pointer, records: list[Any], parent: str) -> None:
        for at, record in enumerate(records):
            here = (*pointer, at)
            if not isinstance(record, dict):
                self.complain(here, "a task is 'key: value' lines, with a title at least")
                continue
            children = record.pop("children", [])
            values, wrong = operations.fitted("a task of a plan", record, _KEYS, ("title",))
            for key, message in wrong.items():
                self.complain((*here, key), message)
            name = values.pop("name", "") or (f"#{here}" if children else "")
            links = {key: values.pop(key) for key in LINKS if key in values}
            if parent:
                if "parent" in links:
                    self.complain((*here, "parent"), "a child has its parent above it already")
                links["parent"] = parent
            entry = Entry(here, name, values, links)
            self._name(entry)
            self.entries.append(entry)
            if not isinstance(children, list):
                self.complain((*here, "children"), "children must be a list of tasks")
            else:
                self._read((*here, "children"), children, name)

    def _name(self, entry: Entry) -> None:
        name = entry.name
        if not name:
            return
        try:
            if not name.startswith("#"):
                operations.refuse_odd_name(name)
        except TmError as error:
            self.complain((*entry.pointer, "name"), error.message)
        if name in self._names:
            self.complain((*entry.pointer, "name"), f"the name {name!r} is given twice")
        self._names[name] = entry

    def _judge_cycles(self) -> None:
        for key, what in (("depends_on", "depends on itself"), ("parent", "is its own ancestor")):
            links = {}
            for name, entry in self._names.items():
                named = entry.links.get(key, ())
                links[name] = [one for one in ([named] if isinstance(named, str) else named) if one in self._names]
            for cycle in graph.cycles(links):
                self.complain((*self._names[cycle[0]].pointer, key), f"{cycle[0]} {what}: {' → '.join(cycle)}")

    def judge_names(self, view: View) -> None:
        """Refuse names that are ids, and links that lead neither to a name nor to a task."""
        for name, entry in self._names.items():
            if view.index.has(name):
                self.complain((*entry.pointer, "name"), f"the name {name!r} is the id of a task: choose another")
        known = [name for name in self._names if not name.startswith("#")]
        for entry in self.entries:
            for key, value in entry.links.items():
                for at, text in enumerate(value if isinstance(value, list) else [value]):
                    if text in self._names:
                        continue
                    try:
                        view.resolve(text)
                    except TmError as error:
                        place = (*entry.pointer, key, at) if isinstance(value, list) else (*entry.pointer, key)
                        meant = suggestion(text, known)
                        told = f"no task here or in the store is called {text!r}{meant}"
                        self.complain(place, told if meant or "begins" not in error.message else next(messages(error)))
        self.refuse()

    def complain(self, pointer: Pointer, message: str) -> None:
        """Note what is wrong with a value."""
        self._wrong.append((pointer, message))

    def refuse(self) -> None:
        """Raise what was wrong so far, each with its place."""
        if not self._wrong:
            return
        places = schema.positions(self.data, [pointer for pointer, _ in self._wrong])
        problems = [
            Problem(self.path, *place, "plan", message) for place, (_, message) in zip(places, self._wrong, strict=True)
        ]
        problems.sort(key=lambda one: (one.line, one.column))
        self._wrong = []
        count = len(problems)
        message = f"the plan has {count} mistake{'' if count == 1 else 's'}"
        raise TmError(message, "nothing was changed", "invalid", problems)


def _unreadable(error: TmError) -> TmError:
    """Word what is wrong with a whole file as what it is: no task's."""
    words = {
        "not-a-mapping": "a plan is 'tasks:' and a list of tasks below it",
        "empty": "the plan is empty: it is 'tasks:' and a list of tasks below it",
        "too-large": "a plan may have 1 MiB; more at once: tm batch",
    }
    problems = [one._replace(message=words.get(one.rule, one.message)) for one in error.problems]
    return TmError(problems[0].message, "nothing was changed", "invalid", problems)
