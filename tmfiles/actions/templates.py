"""Templates: plans with gaps in them, those that come with the program and those below `.tasks/templates/`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tmfiles import codec, resources
from tmfiles.actions import plans
from tmfiles.actions.tasks import chosen_ids
from tmfiles.errors import TmError
from tmfiles.store import FOLDER, names
from tmfiles.words import suggestion
from tmfiles.workspace import edit
from tmfiles.workspace.write import How, Order, Outcome, write

if TYPE_CHECKING:
    from tmfiles.actions.batch import Batch
    from tmfiles.task import Task
    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

_FOLDER = "templates"
_KEYS = ("description", "variables", "tags", "tasks")
_VARIABLE_KEYS = ("description", "default", "choices")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_GAP = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_-]*)\s*\}\}")
# What a task made into a template keeps: all but who did what when.
_KEPT = ("title", "priority", "type", "tags", "estimate", "context", "description", "criteria", "files", "links")


class Variable(NamedTuple):
    """A gap's name, what is to stand there, the value it has when none is given (None: it must be), and the values
    there are (none: any)."""

    name: str
    description: str
    default: str | None
    choices: tuple[str, ...]


class Template(NamedTuple):
    """A template as it was read; `origin` is `store` or `bundled`, `text` the whole file."""

    name: str
    origin: str
    description: str
    variables: tuple[Variable, ...]
    tags: tuple[str, ...]
    tasks: tuple[Any, ...]
    text: str


def templates(workspace: Workspace) -> tuple[list[Template], list[TmError]]:
    """Give all templates by name, and what is wrong with those that cannot be read; the store's own go first."""
    found, wrong = [], []
    for name in sorted({*_own(workspace), *resources.bundled(_FOLDER)}):
        try:
            found.append(template(workspace, name))
        except TmError as error:
            wrong.append(error)
    return found, wrong


def template(workspace: Workspace, name: str) -> Template:
    """Give one template; raises TmError when there is none, or when it cannot be read, with its problems."""
    own = _own(workspace)
    if name in own:
        path = f"{_FOLDER}/{name}.yaml"
        try:
            return _read(name, "store", workspace.store.read(path), f"{FOLDER}/{path}")
        except OSError as error:
            raise TmError(f"cannot read {FOLDER}/{path}: {error.strerror}", code="invalid") from error
    bundled = resources.bundled(_FOLDER)
    if name in bundled:
        return _read(name, "bundled", bundled[name].read_bytes(), f"{name}.yaml")
    known = sorted({*own, *bundled})
    raise TmError(f"no template {name!r}{suggestion(name, known)}", "all templates: tm template list", "not_found")


def apply(workspace: Workspace, name: str, values: Mapping[str, str], how: How, *, dry_run: bool = False) -> Batch:
    """Make a template's tasks in one commit, its gaps filled with `values`; raises TmError that names every gap."""
    found = template(workspace, name)
    filled = _filled(found, values)
    tasks = [_with_tags(task, found.tags) for task in filled]
    data = json.dumps({"tasks": tasks}, ensure_ascii=False).encode()
    return plans.plan(workspace, data, how, path=f"template {name}", dry_run=dry_run)


def create(workspace: Workspace, name: str, texts: Sequence[str], how: How, description: str = "") -> Outcome:
    """Keep tasks as a template, with the dependencies among them; raises TmError for a name that is taken."""
    if not _NAME.fullmatch(name) or len(name) > 64:
        raise TmError(f"{name!r} is no name for a template", "small letters and digits, with - between", "usage")

    def plan(view: View) -> list[Edit]:
        if name in _own(workspace):
            raise TmError(
                f"there is a template {name!r}", f"choose another name, or edit {FOLDER}/{_FOLDER}/{name}.yaml"
            )
        tasks = [view.task(task_id) for task_id in chosen_ids(view, texts)]
        titles = ", ".join(task.title for task in tasks)
        entries = [_kept(task, tasks) for task in tasks]
        doc: dict[str, Any] = {"description": description or f"Made from {titles}"[:200], "tasks": entries}
        if gaps := {gap: {"description": "?"} for text in _texts(entries) for gap in _GAP.findall(text)}:
            doc["variables"] = gaps
        return [edit.put(f"{_FOLDER}/{name}.yaml", codec.dumps(doc))]

    subject = how.message or f"tm: template create {name}"
    return write(workspace, Order("template create", how._replace(message=subject)), plan)


def _own(workspace: Workspace) -> list[str]:
    """Give the names of the store's own templates."""
    return names(workspace.store.folder, _FOLDER)


def _read(name: str, origin: str, data: bytes, path: str) -> Template:
    shapes = {"description": "str", "tags": ["str"]}
    doc = codec.loads(data, path, shapes)
    wrong = [f"a template has no {key!r}{suggestion(key, _KEYS)}" for key in doc if key not in _KEYS]
    variables = doc.get("variables") or {}
    tasks = doc.get("tasks")
    if not isinstance(variables, dict):
        wrong.append("'variables' must be a mapping from names to what they are")
        variables = {}
    if not isinstance(tasks, list) or not tasks:
        wrong.append("'tasks' must be a list of tasks, as in a plan")
        tasks = []
    made = tuple(_variable(key, value, wrong) for key, value in variables.items())
    known = {one.name for one in made}
    for gap in sorted({gap for text in _texts(tasks) for gap in _GAP.findall(text)} - known):
        wrong.append(f"{{{{{gap}}}}} is no variable of it{suggestion(gap, known)}")
    if wrong:
        told = "\n  ".join([f"{path} is no template:", *wrong])
        raise TmError(told, "mend it in an editor; how one looks: tm template show feature", "invalid")
    text = data.decode("utf-8", "replace")
    tags = doc.get("tags") or ()
    return Template(name, origin, str(doc.get("description") or ""), made, tuple(tags), tuple(tasks), text)


def _variable(name: str, value: Any, wrong: list[str]) -> Variable:
    declared = value if isinstance(value, dict) else {"default": value} if value is not None else {}
    for key in declared:
        if key not in _VARIABLE_KEYS:
            wrong.append(f"variable {name} has no {key!r}{suggestion(str(key), _VARIABLE_KEYS)}")
    default, choices = declared.get("default"), declared.get("choices") or ()
    if not isinstance(choices, (list, tuple)):
        wrong.append(f"the choices of {name} must be a list")
        choices = ()
    known = tuple(map(_text, choices))
    if default is not None and known and _text(default) not in known:
        wrong.append(f"the default of {name} is none of its choices")
    return Variable(name, str(declared.get("description") or ""), None if default is None else _text(default), known)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _texts(value: Any) -> Iterator[str]:
    """Give every text inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _filled(found: Template, values: Mapping[str, str]) -> list[Any]:
    known = {one.name: one for one in found.variables}
    wrong = [f"{found.name} has no variable {name!r}{suggestion(name, known)}" for name in values if name not in known]
    for one in found.variables:
        given = values.get(one.name, one.default)
        if given is None or (not given.strip() and one.default != ""):
            what = f": {one.description}" if one.description else ""
            wrong.append(f"{one.name} is missing{what}")
        elif one.choices and given not in one.choices:
            wrong.append(f"{one.name} is {given!r}, and must be one of {', '.join(one.choices)}")
    if wrong:
        hint = f"tm template apply {found.name} --var NAME=VALUE; its variables: tm template show {found.name}"
        raise TmError(
            "\n  ".join(wrong) if len(wrong) == 1 else "\n  ".join(["values are wrong:", *wrong]), hint, "usage"
        )
    filling = {one.name: values.get(one.name, one.default or "") for one in found.variables}
    return [_fill(task, filling) for task in found.tasks]


def _fill(value: Any, filling: Mapping[str, str]) -> Any:
    """Fill the gaps of every text; a key whose text is empty then says nothing, and is left out."""
    if isinstance(value, str):
        return _GAP.sub(lambda gap: filling[gap[1]], value)
    if isinstance(value, dict):
        filled = {key: _fill(one, filling) for key, one in value.items()}
        return {key: one for key, one in filled.items() if one != "" or value[key] == ""}
    return [_fill(one, filling) for one in value] if isinstance(value, list) else value


def _with_tags(task: Any, tags: Sequence[str]) -> Any:
    if not isinstance(task, dict) or not tags:
        return task
    own = task.get("tags") or []
    children = task.get("children")
    tagged = {**task, "tags": [*own, *(tag for tag in tags if tag not in own)]}
    return {**tagged, "children": [_with_tags(one, tags) for one in children]} if isinstance(children, list) else tagged


def _kept(task: Task, among: Sequence[Task]) -> dict[str, Any]:
    """Give a task as an entry of a plan: its fields, with links to the other tasks of the template by name."""
    called = {one.id: f"task-{number}" for number, one in enumerate(among, 1)}
    doc = {"name": called[task.id], **{key: task.doc[key] for key in _KEPT if task.doc.get(key)}}
    if criteria := doc.get("criteria"):
        doc["criteria"] = [{key: value for key, value in one.items() if key != "met"} for one in criteria]
    if needs := [called[one] for one in task.doc.get("depends_on", ()) if one in called]:
        doc["depends_on"] = needs
    if task.doc.get("parent") in called:
        doc["parent"] = called[task.doc["parent"]]
    return doc
