"""The tools and resources that a client of the protocol is offered; knows nothing of the protocol's library.

What a tool takes is read off the operations of `tm batch`, and what it gives is the document of `--json`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from tmfiles import api
from tmfiles.actions import schemas
from tmfiles.actions.operations import OPERATIONS, fitted
from tmfiles.actions.talk import KINDS
from tmfiles.errors import TmError
from tmfiles.query import Query, unknown
from tmfiles.workspace import Workspace
from tmfiles.workspace.write import How

_STEPS = ("start", "complete", "cancel", "reopen", "release", "delete")
_WHICH = ("open", "ready", "blocked", "all")
# How many tasks a list has unless it says otherwise; its `total` counts them all.
_LIMIT = 20

Run = Callable[[Workspace, dict[str, Any]], dict[str, Any]]


class Tool(NamedTuple):
    """A tool: what it is for, the keys it takes and the kind of each as in `OPERATIONS`, its verb.

    `choices` are the words that a key takes; `looks` tells that it changes nothing.
    """

    about: str
    keys: Mapping[str, str]
    must: Sequence[str]
    run: Run
    choices: Mapping[str, Sequence[str]] = {}
    looks: bool = False


def _list(workspace: Workspace, values: dict[str, Any]) -> dict[str, Any]:
    which = values.pop("which", "open")
    named = {
        key: tuple(values.pop(key)) for key, kind in _FILTERS.items() if kind in ("texts", "ids") and key in values
    }
    query = Query(**{_FIELDS.get(key, key): value for key, value in {**named, "limit": _LIMIT, **values}.items()})
    if which in ("ready", "blocked"):
        if query.statuses:
            raise TmError(f"which: {which} and status contradict each other", "leave one of the two out", "usage")
        found = (api.ready if which == "ready" else api.blocked)(workspace, query)
    else:
        found = api.listing(workspace, query, everything=which == "all")
    return api.document(workspace, found)


def _show(workspace: Workspace, values: dict[str, Any]) -> dict[str, Any]:
    if not values.get("around"):
        return api.document(workspace, api.details(workspace, values["id"]))
    if len(values["id"]) > 1:
        raise TmError("around shows one task", "name one id, or leave around out", "usage")
    return api.document(workspace, api.context(workspace, values["id"][0]))


def _search(workspace: Workspace, values: dict[str, Any]) -> dict[str, Any]:
    text = values["text"]
    return api.document(workspace, api.search(workspace, text, Query(limit=values.get("limit", _LIMIT))), text)


def _operation(workspace: Workspace, op: str, values: dict[str, Any]) -> dict[str, Any]:
    """Carry out one operation of a batch, which knows what each takes."""
    operation = OPERATIONS[op]
    fitting = _fitting(op, values, operation.keys, operation.must)
    return api.document(workspace, operation.run(workspace, fitting, How()))


def _claim(workspace: Workspace, values: dict[str, Any]) -> dict[str, Any]:
    if "id" in values:
        return _operation(workspace, "claim", values)
    return api.document(workspace, api.claim_next(workspace, **values))


def _batch(workspace: Workspace, values: dict[str, Any]) -> dict[str, Any]:
    lines = "\n".join(json.dumps(one) for one in values["operations"]).encode()
    return api.document(workspace, api.batch(workspace, lines, path="operations"))


def _undo(workspace: Workspace, values: dict[str, Any]) -> dict[str, Any]:
    return api.document(workspace, api.undo(workspace, which=values.get("commit", "")))


def _verb(op: str) -> Run:
    return lambda workspace, values: _operation(workspace, op, values)


def _chosen(key: str) -> Run:
    """Carry out the operation that one of the values names."""
    return lambda workspace, values: _operation(workspace, values.pop(key), values)


_FILTERS = {
    "status": "texts",
    "priority": "texts",
    "type": "texts",
    "tag": "texts",
    "assignee": "texts",
    "parent": "ids",
    "depends_on": "ids",
    "file": "texts",
    "text": "text",
    "due_before": "text",
    "mine": "flag",
    "overdue": "flag",
    "sort": "text",
    "limit": "number",
}
# The filters that `Query` calls otherwise.
_FIELDS = {
    "status": "statuses",
    "priority": "priorities",
    "type": "types",
    "tag": "tags",
    "assignee": "assignees",
    "parent": "parents",
    "file": "files",
}
_ADDED = {key: kind for key, kind in OPERATIONS["add"].keys.items() if key != "as"}
_STEPPED = {key: kind for op in _STEPS for key, kind in OPERATIONS[op].keys.items()}

TOOLS: Mapping[str, Tool] = {
    "list": Tool(
        f"Tasks that pass the filters; {_LIMIT} unless limit says more (0: all). total counts them all.",
        {"which": "text", **_FILTERS},
        (),
        _list,
        {"which": _WHICH},
        looks=True,
    ),
    "show": Tool(
        "Tasks whole. With around, one with what its dependencies closed with and what it holds up.",
        {"id": "ids", "around": "flag"},
        ("id",),
        _show,
        looks=True,
    ),
    "search": Tool(
        'Full text, closed tasks too: all words, "a phrase", begin*, -without.',
        {"text": "text", "limit": "number"},
        ("text",),
        _search,
        looks=True,
    ),
    "add": Tool("Make a task. due may be a word such as friday.", _ADDED, ("title",), _verb("add")),
    "update": Tool(
        "Change fields. Text and sets are added to; untag, set_description and clear take away.",
        OPERATIONS["update"].keys,
        ("id",),
        _verb("update"),
    ),
    "claim": Tool(
        "Take tasks for a time (length: 2h) so that nobody else does; without id the most urgent ready one.",
        OPERATIONS["claim"].keys,
        (),
        _claim,
    ),
    "step": Tool(
        "Move tasks along. complete takes summary, actual, validate; cancel takes reason.",
        {"action": "text", **_STEPPED},
        ("action", "id"),
        _chosen("action"),
        {"action": _STEPS},
    ),
    "say": Tool(
        "Add to a task's journal.",
        {"kind": "text", "id": "id", "text": "text"},
        ("kind", "id", "text"),
        _chosen("kind"),
        {"kind": tuple(KINDS)},
    ),
    "batch": Tool(
        'Many operations in one commit or none: {"op": "add", "title": …, "as": "x"}, then "$x" names it. '
        f"Ops: {', '.join(OPERATIONS)}.",
        {"operations": "objects"},
        ("operations",),
        _batch,
    ),
    "undo": Tool("Take back your last command, or the one of a commit.", {"commit": "text"}, (), _undo),
}
_STRING = {"type": "string"}
_TYPES: Mapping[str, Mapping[str, Any]] = {
    "text": _STRING,
    "id": _STRING,
    "texts": {"type": "array", "items": _STRING},
    "ids": {"type": "array", "items": _STRING},
    "criteria": {"type": "array", "items": _STRING},
    "flag": {"type": "boolean"},
    "number": {"type": "integer"},
    "mapping": {"type": "object"},
    "objects": {"type": "array", "items": {"type": "object"}},
}


def schema(tool: Tool) -> dict[str, Any]:
    """Give the JSON Schema of what a tool takes."""
    takes = {key: dict(_TYPES[kind]) for key, kind in tool.keys.items()}
    for key, words in tool.choices.items():
        takes[key] = {"enum": list(words)}
    return {"type": "object", "properties": takes, **({"required": list(tool.must)} if tool.must else {})}


def _fitting(what: str, record: dict[str, Any], keys: Mapping[str, str], must: Sequence[str]) -> dict[str, Any]:
    """Give arguments in the form of their kinds; raises TmError (`usage`) with all that is wrong."""
    values, wrong = fitted(what, record, keys, must)
    if "op" in record:
        wrong["op"] = f"{what} takes no 'op'"
    if wrong:
        raise TmError("\n  ".join(wrong.values()), f"{what} takes: {', '.join(keys)}", "usage")
    return values


def called(workspace: Workspace, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Carry out a tool; raises TmError."""
    if name not in TOOLS:
        raise unknown("tool", name, tuple(TOOLS))
    tool = TOOLS[name]
    if "operations" in tool.keys:
        found = arguments.get("operations")
        if set(arguments) != {"operations"} or not isinstance(found, list):
            raise TmError(
                f"{name} takes operations, a list of objects", 'such as {"op": "start", "id": "a1b2"}', "usage"
            )
        return tool.run(workspace, arguments)
    values = _fitting(name, arguments, tool.keys, tool.must)
    for key, words in tool.choices.items():
        if key in values and values[key] not in words:
            raise unknown(key, values[key], words)
    return tool.run(workspace, values)


def read(workspace: Workspace, uri: str) -> dict[str, Any]:
    """Give what a resource holds; raises TmError."""
    if uri == "tm://ready":
        return api.document(workspace, api.ready(workspace, Query()))
    if uri == "tm://schema":
        return schemas.of(workspace, "task")
    if uri.startswith("tm://task/"):
        return api.document(workspace, api.details(workspace, [uri.removeprefix("tm://task/")]))
    raise TmError(f"no resource {uri!r}", "there are: tm://ready, tm://schema, tm://task/ID", "not_found")
