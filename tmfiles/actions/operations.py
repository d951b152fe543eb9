"""The operations of a batch: which there are, what each takes, and the verb that carries it out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tmfiles import dates
from tmfiles.actions import claims, links, notes, placing, review, status, talk, tasks
from tmfiles.errors import Problem, TmError
from tmfiles.words import ALIASES, suggestion

if TYPE_CHECKING:
    from tmfiles.actions.tasks import Done
    from tmfiles.workspace import Workspace
    from tmfiles.workspace.write import How

    Run = Callable[[Workspace, dict[str, Any], How], Done]

# What a key of a line may hold.
_KINDS = {
    "text": "text",
    "texts": "a list of text",
    "id": "a task's id or $name",
    "ids": "a list of ids or $names",
    "flag": "true or false",
    "number": "a whole number",
    "numbers": "a list of whole numbers",
    "criteria": "a list of text or of criteria",
    "mapping": "a mapping",
}
_FIELDS = {
    "priority": "text",
    "type": "text",
    "assignee": "text",
    "description": "text",
    "context": "text",
    "tags": "texts",
    "related": "ids",
    "source": "id",
    "parent": "id",
    "due": "text",
    "wait_until": "text",
    "estimate": "text",
    "repeat": "text",
    "files": "texts",
    "links": "texts",
    "phase": "text",
}
ADDED = {"title": "text", **_FIELDS, "depends_on": "ids", "criteria": "criteria", "fields": "mapping"}


class Operation(NamedTuple):
    """One kind of line: the keys it takes and what each holds, those it must have, and its verb."""

    keys: Mapping[str, str]
    must: Sequence[str]
    run: Run


class Names:
    """The local names that lines have given to tasks."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._named: dict[str, str] = {}
        self._failed: set[str] = set()

    def made(self, name: str, task_id: str) -> None:
        """Remember which task a name means."""
        self._ids[name] = task_id
        self._named[task_id] = f"${name}"

    def failed(self, name: str) -> None:
        """Remember a name whose line could not be carried out."""
        if name and name not in self._ids:
            self._failed.add(name)

    def refuse_taken(self, name: str) -> None:
        """Refuse a name that cannot be given."""
        refuse_odd_name(name)
        if name in self._ids:
            raise TmError(f"the name {name!r} is given twice", "each name means one task", "usage")

    def id_of(self, text: str) -> str | None:
        """Give what an id or `$name` means; None for the name of a line that failed."""
        if text[:1] != "$":
            return text
        name = text[1:]
        if name in self._ids:
            return self._ids[name]
        if name in self._failed:
            return None
        known = [f"${one}" for one in self._ids]
        raise TmError(f"no line before this one names a task {text!r}{suggestion(text, known)}")

    def worded(self, message: str) -> str:
        """Give a message with the names that lines gave, in place of ids that nobody has seen yet."""
        return re.sub(r"[a-z0-9._-]{2,}", lambda word: self._named.get(word[0], word[0]), message)


def refuse_odd_name(name: str) -> None:
    """Refuse a local name that is no word."""
    if not name.replace("_", "").replace("-", "").replace(".", "").isalnum():
        raise TmError(f"the name {name!r} is no word: letters and digits, with . _ or - between", "", "usage")


def checked(record: Mapping[str, Any], names: Names) -> tuple[str, dict[str, Any] | None]:
    """Give a line's operation and its values with names made ids; no values where a name's own line failed.

    Raises TmError for what is no operation, lacks a key, has one too many, or has a value of another kind.
    """
    op = record.get("op")
    if not isinstance(op, str):
        raise TmError("'op' is missing: it says what is to be done")
    if op not in OPERATIONS:
        known = ", ".join(OPERATIONS)
        raise TmError(f"no operation {op!r}{suggestion(op, list(OPERATIONS)) or f'; there are: {known}'}")
    operation = OPERATIONS[op]
    values, wrong = fitted(op, record, operation.keys, operation.must)
    if wrong:
        raise TmError(
            f"{op}: the line is wrong", problems=[Problem("", rule="batch", message=one) for one in wrong.values()]
        )
    failed = False
    for key, value in values.items():
        kind = operation.keys[key]
        if kind in ("id", "ids"):
            found = [names.id_of(one) for one in ([value] if kind == "id" else value)]
            failed = failed or None in found
            values[key] = found[0] if kind == "id" else found
    if "as" in values:
        names.refuse_taken(values["as"])
    return op, None if failed else values


def fitted(
    what: str, record: Mapping[str, Any], keys: Mapping[str, str], must: Sequence[str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Give the values of a record in the form of their kinds, and by key what is wrong with the others."""
    wrong = {key: f"{key!r} is missing" for key in must if record.get(key) is None}
    values: dict[str, Any] = {}
    for key, value in record.items():
        if key == "op" or key in wrong:
            continue
        if key not in keys:
            wrong[key] = f"{what} takes no {key!r}{suggestion(key, list(keys), ALIASES['key'])}"
        elif (fitting := _fitting(keys[key], value)) is None:
            wrong[key] = f"{key} must be {_KINDS[keys[key]]}"
        else:
            values[key] = fitting
    return values, wrong


def _fitting(kind: str, value: Any) -> Any:
    """Give a value in the form of its kind, None where it has another; one text will do for a list of it."""
    if kind in ("texts", "ids", "criteria", "numbers") and isinstance(value, (str, int)) and value is not True:
        value = [value]
    fits = {
        "text": isinstance(value, str) and bool(value.strip()),
        "id": isinstance(value, str) and bool(value.strip()),
        "texts": _all(value, str) and all(one.strip() for one in value),
        "ids": _all(value, str) and all(one.strip() for one in value),
        "flag": isinstance(value, bool),
        "number": isinstance(value, int) and not isinstance(value, bool),
        "numbers": _all(value, int) and not any(isinstance(one, bool) for one in value),
        "criteria": _all(value, (str, dict)),
        "mapping": isinstance(value, dict),
    }[kind]
    if kind == "criteria" and fits:
        return [{"text": one} if isinstance(one, str) else one for one in value]
    return value if fits else None


def _all(value: Any, kind: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, kind) for one in value)


def dated(workspace: Workspace, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give fields with the days that words such as `friday` mean."""
    return {
        key: dates.due(value, workspace.now()) if value and key in ("due", "wait_until") else value
        for key, value in values.items()
    }


def add(workspace: Workspace, values: dict[str, Any], how: How) -> Done:
    """Make the task of a line."""
    fields = {key: value for key, value in values.items() if key in ADDED and key != "title"}
    return tasks.add(workspace, values["title"], dated(workspace, fields), how, values.get("id", ""))


def _update(workspace: Workspace, values: dict[str, Any], how: How) -> Done:
    more = {key: values.pop(key) for key in _MORE if key in values}
    less = {"tags": values.pop("untag")} if "untag" in values else {}
    if "set_description" in values:
        if "description" in more:
            raise TmError("description adds and set_description replaces", "leave one of the two out", "usage")
        values["description"] = values.pop("set_description")
    texts, clear = values.pop("id"), values.pop("clear", ())
    moved = {"status": values.pop("status", ""), "force": values.pop("force", False)}
    return tasks.update(workspace, texts, dated(workspace, values), how, more=more, less=less, clear=clear, **moved)


_MORE = ("tags", "related", "files", "links", "description", "context", "fields")


def _placed(workspace: Workspace, values: dict[str, Any], how: How) -> Done:
    by = values.pop("by", "status")
    to = {by: values.pop("to")} if "to" in values else {}
    return placing.place(workspace, values.pop("id"), how, to=to, by=by, **values)


def _met(workspace: Workspace, values: dict[str, Any], how: How) -> Done:
    return notes.meet(workspace, values["id"], values["number"], how, met=values.get("met", True))


def _judged(workspace: Workspace, values: dict[str, Any], how: How) -> Done:
    words = values.pop("text", "")
    return review.feedback(workspace, values.pop("id"), how, words=words, **values)


def _said(verb: str) -> Operation:
    def run(workspace: Workspace, values: dict[str, Any], how: How) -> Done:
        return talk.say(workspace, verb, values["id"], values["text"], how)

    return Operation({"id": "id", "text": "text"}, ("id", "text"), run)


def _of(verb: Any, must: Mapping[str, str], may: Mapping[str, str] | None = None) -> Operation:
    """Make an operation of a verb that takes what is a must in its order, and the rest by name."""

    def run(workspace: Workspace, values: dict[str, Any], how: How) -> Done:
        result: Done = verb(workspace, *(values.pop(key) for key in must), how, **values)
        return result

    return Operation({**must, **(may or {})}, tuple(must), run)


_IDS = {"id": "ids"}
_FORCE = {"force": "flag"}
OPERATIONS: Mapping[str, Operation] = {
    "add": Operation({**ADDED, "id": "text", "as": "text"}, ("title",), add),
    "update": Operation(
        {
            **_IDS,
            "title": "text",
            "status": "text",
            **_FIELDS,
            "fields": "mapping",
            "set_description": "text",
            "untag": "texts",
            "clear": "texts",
            **_FORCE,
        },
        ("id",),
        _update,
    ),
    "start": _of(status.start, _IDS, _FORCE),
    "complete": _of(status.complete, _IDS, {"summary": "text", "actual": "text", "validate": "flag", **_FORCE}),
    "cancel": _of(status.cancel, _IDS, {"reason": "text"}),
    "reopen": _of(status.reopen, _IDS),
    "assign": _of(status.assign, {**_IDS, "assignee": "text"}),
    "place": Operation(
        {"id": "id", "before": "id", "after": "id", "by": "text", "to": "text", **_FORCE}, ("id",), _placed
    ),
    "delete": _of(tasks.delete, _IDS, _FORCE),
    "dep add": _of(links.depend, {"id": "id", "on": "ids"}),
    "dep remove": _of(links.undepend, {"id": "id", "on": "ids"}),
    **{verb: _said(verb) for verb in talk.KINDS},
    "join": _of(talk.join, {"id": "id"}),
    "claim": _of(claims.claim, _IDS, {"length": "text"}),
    "release": _of(claims.release, _IDS),
    "criteria add": _of(notes.add_criteria, {"id": "id", "text": "texts"}, {"measurable": "text"}),
    "criteria met": Operation({"id": "id", "number": "numbers", "met": "flag"}, ("id", "number"), _met),
    "criteria remove": _of(notes.remove_criteria, {"id": "id", "number": "numbers"}),
    "feedback": Operation(
        {"id": "id", "quality": "number", "timeliness": "number", "text": "text", "replace": "flag"},
        ("id",),
        _judged,
    ),
}
