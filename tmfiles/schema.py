"""The one module that knows JSON Schema: accepts documents and words what is wrong; knows no YAML."""

from __future__ import annotations

from functools import cache

from tmfiles import _accept
from tmfiles.errors import Problem
from tmfiles.words import ALIASES, suggestion

# A changed file is read through this module by commands that should take 30 ms: what only a failure
# needs (json, pathlib, jsonschema) is imported there.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    Pointer = tuple[str | int, ...]

KINDS = ("task", "config", "output")
# Kinds whose check is generated ahead, into `_accept.py`; output is checked by tests and other programs.
GENERATED = ("task", "config")

_NAMES = {
    "string": "text",
    "array": "a list",
    "object": "a mapping",
    "integer": "a whole number",
    "boolean": "true or false",
}
# What a declared custom field becomes, and an example of it.
_CUSTOM: dict[str, tuple[dict[str, Any], Any]] = {
    "text": ({"type": "string", "minLength": 1}, "words"),
    "integer": ({"type": "integer"}, 3),
    "boolean": ({"type": "boolean"}, True),
    "date": ({"type": "string"}, "2026-12-01"),
    "enum": ({"type": "string"}, "word"),
    "list": ({"type": "array"}, ["one", "two"]),
}
# So much of a text a declared pattern is tried on: a pattern of somebody else's must not take for ever.
MOST_MATCHED = 100
_MOST_PLACES = 100  # looked up in one file
_MOST_READING = 2_000_000  # bytes read for them
_HEADER = '''"""Whether a document is valid; generated from schemas/ by `tmfiles.schema.regenerate`, never edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
import re

FASTJSONSCHEMA = "{version}"


class Refused(Exception):
    pass
'''


def accepts(doc: object, kind: str = "task") -> bool:
    """Say whether a document is valid; a few microseconds for a task, and no library is imported."""
    check: Callable[[object], object] | None = getattr(_accept, kind, None) if kind in GENERATED else None
    if check is None:
        return bool(_validator(kind).is_valid(doc))
    try:
        check(doc)
    except _accept.Refused:
        return False
    return True


def problems(doc: object, path: str = "", data: bytes | None = None, kind: str = "task") -> list[Problem]:
    """Word everything that is wrong with a document, one plain line each; nothing when it is valid.

    `data` is the file's text, for lines and columns. `kind` is one of `KINDS`.
    """
    if accepts(doc, kind):
        return []
    found = failures(doc, kind)
    places = positions(data, [pointer for pointer, _ in found])
    return [Problem(path, *place, "schema", message) for place, (_, message) in zip(places, found, strict=True)]


def failures(doc: object, kind: str = "task") -> list[tuple[Pointer, str]]:
    """Word everything that is wrong with a document, each with the path of keys and numbers to it."""
    return _failures(_validator(kind), doc)


def _failures(validator: Any, doc: object) -> list[tuple[Pointer, str]]:
    found: dict[Pointer, dict[str, None]] = {}
    for error in sorted(validator.iter_errors(doc), key=lambda error: _weight(error.validator)):
        pointer = tuple(error.absolute_path)
        lines = list(_lines(error, pointer))
        # A value is wrong once: blank and too short are one thing. Missing keys are many.
        if pointer not in found or error.validator == "required":
            found.setdefault(pointer, {}).update(dict.fromkeys(lines))
    return [(pointer, line) for pointer, lines in found.items() for line in lines]


def custom(declared: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Translate what config.yaml declares under `fields` into the schema of a task's `fields`."""
    required = [name for name, one in declared.items() if one.get("required")]
    return {
        "type": "object",
        "properties": {name: _declared(one) for name, one in declared.items()},
        **({"required": required} if required else {}),
    }


def _declared(one: Mapping[str, Any]) -> dict[str, Any]:
    base, examples = _CUSTOM[one["type"]]
    schema: dict[str, Any] = {"description": one["description"]} if one.get("description") else {}
    schema |= base
    choices = list(map(str, one.get("choices") or ()))
    if one["type"] == "list":
        items = {"type": "string", "minLength": 1, **({"enum": choices} if choices else {})}
        return {**schema, "items": items, "examples": [choices[:2] or examples]}
    if choices:
        return {**schema, "enum": choices, "examples": choices[:1]}
    if one.get("pattern"):
        wording = {"patternErrorMessage": f"of the form {one['pattern']}"}
        return {**schema, "pattern": one["pattern"], "maxLength": MOST_MATCHED, **wording}
    return {**schema, "examples": [examples]}


def standalone(declared: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Give the schema of a task's custom fields as a document of its own."""
    about = {"$schema": _schema("task")["$schema"], "title": "Custom fields", "description": "A task's fields."}
    return {**about, **custom(declared)}


def of_store(types: Mapping[str, str], declared: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Give the schema of a task with a store's types, each with what it is for, and custom fields worked in."""
    whole = text("task")
    kind = {key: value for key, value in whole["properties"]["type"].items() if "attern" not in key}
    properties = {**whole["properties"], "type": {**kind, "enum": list(types)}}
    if told := "; ".join(f"{name}: {about}" for name, about in types.items() if about):
        properties["type"]["description"] += f" {told}."
    if declared:
        properties["fields"] = {**properties["fields"], **custom(declared)}
    required = [*whole["required"], *(["fields"] if any(one.get("required") for one in declared.values()) else [])]
    return {**whole, "required": required, "properties": properties}


def text(kind: str) -> dict[str, Any]:
    """Give one of the schemas as it is published."""
    return _schema(kind)


class Custom:
    """Custom fields as declared: says what is wrong in a task's `fields`, quickly when nothing is."""

    def __init__(self, declared: Mapping[str, Mapping[str, Any]]) -> None:
        self._declared = declared
        self._schema = {"properties": {"fields": custom(declared)}}
        self._accept: Callable[[object], object] | None = None
        self._worded: Any = None

    def failures(self, values: Mapping[str, Any]) -> list[tuple[Pointer, str]]:
        """Word everything that is wrong, each with its place in the task."""
        import fastjsonschema

        if self._accept is None:
            self._accept = fastjsonschema.compile(self._schema, use_default=False, use_formats=False)
        doc = {"fields": {name: self._meant(name, value) for name, value in values.items()}}
        try:
            self._accept(doc)
        except fastjsonschema.JsonSchemaValueException:
            self._worded = self._worded or _worded(self._schema)
            return _failures(self._worded, doc)
        return []

    def _meant(self, name: str, value: Any) -> Any:
        """Read a number or a truth value as its own text where text is declared, as the known keys are read."""
        kind = self._declared.get(name, {}).get("type")
        if kind == "list" and isinstance(value, list):
            return [_text(item) for item in value]
        return _text(value) if kind in ("text", "enum", "date") else value


class Shape:
    """A schema of no file: says what is wrong in a value that is to be of it."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._judge: Any = None

    def failures(self, value: object) -> list[tuple[Pointer, str]]:
        """Word everything that is wrong, each with the path of keys and numbers to it."""
        self._judge = self._judge or _worded(dict(self._schema))
        return _failures(self._judge, value)


def _text(value: Any) -> Any:
    return _flow(value) if isinstance(value, int) else value


def positions(data: bytes | None, pointers: Sequence[Pointer]) -> list[tuple[int, int]]:
    """Find the line and column, from 1, of what each path of keys and numbers leads to; 0, 0 if unknown."""
    if data is None or not pointers:
        return [(0, 0)] * len(pointers)
    from tmfiles import codec  # only a problem needs a place

    # Each place costs a reading of the file, a second for a megabyte: many mistakes must not take minutes.
    most = max(1, min(_MOST_PLACES, _MOST_READING // (len(data) + 1)))
    known = [codec.locate(data, pointer) for pointer in pointers[:most]]
    return known + [(0, 0)] * (len(pointers) - len(known))


def generated() -> str:
    """Write the module that accepts documents, by fastjsonschema; the same text for the same schemas."""
    import fastjsonschema

    parts = [_HEADER.format(version=fastjsonschema.VERSION)]
    for kind in GENERATED:
        # With defaults it would write them into the document it checks.
        code = fastjsonschema.compile_to_code(_schema(kind), use_default=False, use_formats=False)
        parts.append(_bare(code, kind))
    return "\n\n".join(parts)


def regenerate() -> None:
    """Write `_accept.py` anew, after a change in schemas/.

    python -c "from tmfiles import schema; schema.regenerate()"
    """
    from pathlib import Path

    Path(_accept.__file__).write_bytes(generated().encode())


def _bare(code: str, kind: str) -> str:
    """Take from generated code its imports (16 ms), its messages, which nobody reads, and what is unused."""
    import re

    code = code[code.index("REGEX_PATTERNS") :]
    for found, put in (
        (r"\bREGEX_PATTERNS\b", f"{kind.upper()}_PATTERNS"),
        (r":\n +raise JsonSchemaValueException\(.*\)$", ": raise Refused"),
        (r"(validate___\w+)\((\w+), .*\)$", r"\1(\2)"),
        (r", custom_formats=\{\}, name_prefix=None\)", ")"),
        (r"\bvalidate(?=\(|___)", kind),
        (r", Decimal\b", ""),  # YAML has none
        (r"^ +\w+_len = len\(\w+\)\n(?= +for )", ""),
        (r"^( +)(\w+_is_(?:list|dict)) = (isinstance.*)\n +if \2:", r"\1if \3:"),
        (r"^NoneType = .*\n\n", ""),
    ):
        code = re.sub(found, put, code, flags=re.MULTILINE)
    return code.strip() + "\n"


@cache
def _schema(kind: str) -> dict[str, Any]:
    import json

    from tmfiles import resources

    schema: dict[str, Any] = json.loads(resources.find(f"schemas/{kind}.schema.json").read_bytes())
    return schema


@cache
def _validator(kind: str) -> Any:
    if kind != "output":
        return _worded(_schema(kind))
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    task = Resource.from_contents(_schema("task"))
    known: Registry[Any] = Registry().with_resource("task.schema.json", task)
    return Draft202012Validator(_schema(kind), registry=known)


def _worded(schema: dict[str, Any]) -> Any:
    """Build the validator that words failures; 70 ms to import, so only when something is wrong."""
    import re

    from jsonschema import Draft7Validator, ValidationError, validators

    def pattern(_: object, pattern: str, value: object, __: object) -> Iterator[ValidationError]:
        # In JSON Schema `$` is the end of the text; in Python it also stands before a last line break.
        if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
            yield ValidationError("")

    extend: Any = validators.extend
    return extend(Draft7Validator, {"pattern": pattern})(schema)


def _weight(validator: str) -> int:
    """Order what is wrong with one value: first its type, then that it is blank, then its length."""
    order = ("type", "required", "const", "enum", "pattern")
    return order.index(validator) if validator in order else len(order)


def _lines(error: Any, pointer: Pointer) -> Iterator[str]:
    value, rule, limit = error.instance, error.validator, error.validator_value
    name = label(pointer)
    if rule == "required":
        yield from (f"{label((*pointer, key))} is missing" for key in limit if key not in value)
    elif rule == "type":
        yield _type(name, value, limit, error.schema)
    elif rule == "enum":
        choices = [str(choice) for choice in limit]
        meant = suggestion(str(value), choices, ALIASES.get(str(pointer[-1]) if pointer else "", {}))
        yield f"{name} {shown(value)} is not one of {', '.join(choices)}{meant}"
    elif rule in ("minLength", "pattern") and isinstance(value, str) and not value.strip():
        yield f"{name} is blank"
    elif rule == "pattern":
        yield _pattern(name, value, error.schema)
    elif rule in ("minLength", "maxLength"):
        bound = "fewer than" if rule == "minLength" else "more than"
        yield f"{name} {shown(value)} has {bound} {limit} characters: {len(value)}"
    elif rule in ("minimum", "maximum") and "maximum" in error.schema:
        yield f"{name} {shown(value)} is not from {error.schema['minimum']} to {error.schema['maximum']}"
    elif rule == "const":
        yield f"{name} must be {_flow(limit)}, not {shown(value)}"
    else:
        yield f"{name} is not as the format wants it: {error.message}"


def _type(name: str, value: object, expected: str | Sequence[str], schema: Mapping[str, Any]) -> str:
    example = schema.get("examples", [""])[0]
    kinds = " or ".join(_NAMES.get(one, one) for one in ([expected] if isinstance(expected, str) else expected))
    must = f"{name} must be {kinds}"
    if value is None:
        return f"{name} is empty; it must be {kinds}, for example {_flow(example)}"
    if expected == "array" and isinstance(value, str) and len(value) <= 60 and schema["items"].get("type") != "object":
        words = value.replace(",", " ").split()
        plain = all(word.replace("-", "").replace("_", "").isalnum() for word in words)
        return f"{must}, for example {_flow(words if words and plain else example)}"
    return f"{must}, not {shown(value)}; for example {_flow(example)}" if schema.get("examples") else must


def _pattern(name: str, value: str, schema: Mapping[str, Any]) -> str:
    import re

    want = schema.get("patternErrorMessage", "as the format wants it")
    near = re.sub(r"[^a-z0-9._-]+", "-", value.strip().lower()).strip("._-")
    meant = (
        f"; did you mean '{near}'?" if near != value and len(near) <= 60 and re.search(schema["pattern"], near) else ""
    )
    return f"{name} {shown(value)} is not {want}{meant}"


def label(pointer: Pointer) -> str:
    """Name a place as people would: `status`, `tags item 2`, `journal item 1: kind`, `claim.until`."""
    name = ""
    for step in pointer:
        if isinstance(step, int):
            name += f" item {step + 1}"
            continue
        # The names of a mapping may be anything at all.
        word = step if step.isprintable() and len(step) <= 60 else shown(step)
        if " item " in name:
            name += f": {word}"
        else:
            name += f".{word}" if name else word
    return name or "the file"


def shown(value: object) -> str:
    """Write a value for a message: short, on one line, text in quotes."""
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    return _flow(value)


def _flow(value: object) -> str:
    """Write an example as YAML does on one line."""
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
