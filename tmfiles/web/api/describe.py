"""How the interface describes itself (OpenAPI 3.1): answers by the schema of `--json`, refusals by their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from tmfiles import schema
from tmfiles.web.api import bodies, examples
from tmfiles.web.problems import MEDIA, STATUS, TITLES

ABOUT = (
    "The tasks of one store, as the documents that `tm … --json` prints. What is changed is committed in the name of "
    "whoever is asking. How to, with examples: docs/reference/api.md"
)
# Numbers that any operation may answer, and those of all that changes something.
_ANY = (400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 503)
_WRITING = (412, 415)
_SCHEMAS = "#/components/schemas/"
_REFERENCES = {"task.schema.json": "task_file", "#/definitions/id": "task_id"}
_IF_MATCH = "Only if the task is still one that this names: the ETag of what was seen."


def operation(
    name: str,
    *,
    status: int = 200,
    page: bool = False,
    tagged: bool = False,
    own: bool = False,
    body: Mapping[str, Any] | None = None,
    example: Any = None,
    types: Sequence[str] = (),
    required: bool = True,
    media: Sequence[str] = (),
) -> dict[str, Any]:
    """Give what FastAPI is told of an operation that answers the document `name`.

    `page`: of a list, in pages. `tagged`: with the tag of a task. `own`: an edit of one task, that heeds `If-Match`.
    `media`: the answer is no such document, but text of these types.
    """
    if media:
        content: dict[str, Any] = {one: {"schema": {"type": "string"}} for one in media}
    else:
        content = {"application/json": {"schema": _document(name, page=page)}}
    answer: dict[str, Any] = {"description": "Done" if own or body else "The document", "content": content}
    if tagged or not (own or body):
        answer["headers"] = {"ETag": {"description": "What was seen.", "schema": {"type": "string"}}}
    responses: dict[int | str, Any] = {status: answer}
    if not (own or body):
        responses[304] = {"description": "It is what If-None-Match names."}
    extra: dict[str, Any] = {}
    if body is not None:
        extra |= bodies.described(body, example, *types, required=required)
    name_of = {"If-Match": _IF_MATCH} if own else {} if body else {"If-None-Match": "Only if it is another one."}
    if name_of:
        form = {"type": "string"}
        extra["parameters"] = [
            {"name": key, "in": "header", "required": False, "description": words, "schema": form}
            for key, words in name_of.items()
        ]
    return {"responses": responses, "status_code": status, "openapi_extra": extra, "response_model": None}


def described(shape: Mapping[str, Any], example: Any) -> dict[str, Any]:
    """Give what FastAPI is told of an operation that answers a document of its own."""
    whole = {"type": "object", "required": ["version", "data"], "properties": {"version": {"const": 1}, "data": shape}}
    part = {"schema": whole, "example": {"version": 1, "data": example}}
    answer = {"description": "The document", "content": {"application/json": part}}
    return {"responses": {200: answer}, "response_model": None}


def _document(name: str, *, page: bool) -> dict[str, Any]:
    """Give the schema of the outermost document around a part of the schema of `--json`."""
    data: dict[str, Any] = {"$ref": f"#/components/schemas/{name}"}
    if page:
        # With `fields`, a task has only the keys that were asked for.
        some = {"type": "object", "required": ["id"], "properties": {"id": {"$ref": "#/components/schemas/id"}}}
        data = {"anyOf": [data, {"type": "array", "items": some}]}
    beside = schema.text("output")["properties"]
    more = {key: beside[key] for key in ("total", "problems")} if page else {}
    if page:
        more["next"] = {"type": "string", "description": "Where the next page begins; left out behind the last."}
    elif name in ("next", "board", "metrics", "report", "velocity"):
        more["problems"] = beside["problems"]
    required = ["version", "data", *(["total", "problems"] if page else [])]
    properties = {"version": {"type": "integer", "const": 1}, "data": data, **more}
    return {"type": "object", "required": required, "properties": properties}


def install(app: FastAPI) -> None:
    """Let the application describe itself so; made when first asked for."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    routes = [route for route in app.routes if getattr(route, "include_in_schema", True)]
    found = get_openapi(
        title="tm", version=app.version, openapi_version="3.1.0", description=ABOUT, routes=routes, tags=[]
    )
    for path in found["paths"].values():
        for method, one in path.items():
            numbers = (*_ANY, *(_WRITING if method != "get" else ()))
            for answer in one["responses"].values():
                _exemplify(answer)
            for number in numbers:
                one["responses"][str(number)] = _refusal(number)
            one["responses"] = dict(sorted(one["responses"].items()))
    # In the place of FastAPI's own word for what is malformed.
    found["components"] = {"schemas": {}, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    # Where there are no users, the one person whose machine it is needs none.
    found["security"] = [{"token": []}, {}]
    told: dict[str, Any] = _referring(found)
    parts: dict[str, Any] = _referring(_parts())
    names = _named(told)
    while names:  # each part may name others
        kept = {name: parts[name] for name in names}
        told["components"]["schemas"] |= kept
        names = _named(kept) - told["components"]["schemas"].keys()
    return told


def _named(part: Any) -> set[str]:
    """Give the names of the schemas that a part of the description refers to."""
    if isinstance(part, list):
        return {name for one in part for name in _named(one)}
    if not isinstance(part, dict):
        return set()
    own = {part["$ref"].removeprefix(_SCHEMAS)} if isinstance(part.get("$ref"), str) else set()
    return own | {name for one in part.values() for name in _named(one)}


def _exemplify(answer: dict[str, Any]) -> None:
    """Put the example of its document beside the schema of an answer."""
    part = answer.get("content", {}).get("application/json", {})
    data = part.get("schema", {}).get("properties", {}).get("data", {})
    if name := data.get("$ref") or data.get("anyOf", [{}])[0].get("$ref"):
        part["example"] = examples.of(name.rpartition("/")[2])


def _refusal(number: int) -> dict[str, Any]:
    codes = " or ".join(f"`{code}`" for code, status in STATUS.items() if status == number)
    about: dict[str, Any] = {"description": f"{TITLES[number]}: {codes}."}
    if number in (429, 503):
        about["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}}
    form = {"$ref": "#/components/schemas/refusal"}
    return {**about, "content": {MEDIA: {"schema": form, **examples.refusal(number)}}}


def _parts() -> dict[str, Any]:
    task = schema.text("task")
    whole = {key: value for key, value in task.items() if key not in ("$schema", "definitions")}
    return {
        **schema.text("output")["$defs"],
        "task_file": whole,
        "task_id": task["definitions"]["id"],
        "refusal": REFUSAL,
    }


def _referring(part: Any) -> Any:
    """Give a part of the description with its references as OpenAPI has them, and without what only we read."""
    if isinstance(part, list):
        return [_referring(one) for one in part]
    if not isinstance(part, dict):
        return part
    out = {key: _referring(value) for key, value in part.items() if key != "patternErrorMessage"}
    if out.get("pattern") == r"\S":
        # What is blank to Python, and to others is not.
        out["pattern"] = r"[^\s\u001c-\u001f\u0085]"
    if isinstance(name := out.get("$ref"), str):
        out["$ref"] = _SCHEMAS + _REFERENCES.get(name, name.rpartition("/")[2])
    return out


REFUSAL: Mapping[str, Any] = {
    "title": "Refusal",
    "description": "Problem details (RFC 9457): why a request was refused, and what to do.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "description": "about:blank: the kind is that of the status."},
        "title": {"type": "string", "description": "The kind, in words."},
        "status": {"type": "integer", "description": "The status of the answer."},
        "detail": {"type": "string", "description": "What happened, with the value."},
        "code": {"type": "string", "enum": list(STATUS), "description": "The kind, for programs."},
        "hint": {"type": "string", "description": "What to do next."},
        "problems": {"type": "array", "items": {"$ref": "#/components/schemas/problem"}},
        "current": {
            "anyOf": [{"$ref": "#/components/schemas/details"}, {"type": "null"}],
            "description": "With 412: the task as it is; null where it is gone.",
        },
        "seen": {
            "type": ["object", "null"],
            "description": "With 412: the task's document in the version that If-Match names; null if none had it.",
        },
    },
}
