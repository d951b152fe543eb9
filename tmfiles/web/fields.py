"""How each field of a task is typed on a page: its control, its words, and what typed words mean; writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from tmfiles import custom, dates, schema
from tmfiles.errors import TmError
from tmfiles.task import PRIORITIES, PROSE, SETS

if TYPE_CHECKING:
    from tmfiles.workspace import View

# What is chosen or typed in a way of its own; all other fields are a line.
_KINDS = {
    "priority": "choice",
    "type": "choice",
    "due": "day",
    "wait_until": "day",
    "parent": "task",
    "source": "task",
    "tags": "words",
    "participants": "words",
    "files": "lines",
    "links": "lines",
    **dict.fromkeys(PROSE, "prose"),
}
_CUSTOM = {"enum": "choice", "boolean": "choice", "date": "day", "list": "words"}
# In the order of the page: what most tasks have, and what is told only where it is said.
FACTS = ("priority", "type", "assignee", "due", "estimate", "tags", "phase", "parent")
MORE = (
    *("wait_until", "actual", "specialty", "repeat", "order", "source", "participants"),
    *("created_at", "created_by", "started_at", "completed_at"),
)
TEXTS = ("context", "description", "result", "reason")
LISTS = ("files", "links")
_SHORT = {"created_at": "Created", "started_at": "Started", "completed_at": "Completed"}
_HINTS = {
    "day": "A day such as 2026-12-01, friday, or +2w",
    "words": "Several between commas",
    "lines": "One a line",
    "task": "Words of its title, or its id",
    "prose": "Markdown; the ids of tasks become links",
}


class Field(NamedTuple):
    """One field: how it is called and explained, how it is typed, and among what it is chosen."""

    name: str
    label: str
    about: str
    kind: str
    choices: tuple[str, ...] = ()
    required: bool = False

    @property
    def hint(self) -> str:
        """What may be typed."""
        return _HINTS.get(self.kind, "")

    @property
    def custom(self) -> str:
        """The name that the store declares it by; empty for a field of the format."""
        return self.name.removeprefix("fields.") if self.name.startswith("fields.") else ""


def known(view: View) -> dict[str, Field]:
    """Give every field that can be typed on its own, by name; those that a store declares are `fields.NAME`."""
    config = view.config
    found = {"title": _field("title", required=True)}
    choices = {
        "priority": PRIORITIES,
        "type": config.all_types,
        "phase": tuple(phase.name for phase in config.phases),
    }
    for name in (*FACTS, *MORE, *TEXTS, *LISTS):
        found[name] = _field(name, choices.get(name, ()))
    for name, one in custom.of(config.declared).declared.items():
        found[f"fields.{name}"] = _declared(name, one)
    return found


def _field(name: str, choices: Sequence[str] = (), *, required: bool = False) -> Field:
    told = schema.text("task")["properties"][name]
    kind = "choice" if choices else _KINDS.get(name, "line")
    return Field(name, label(name), told["description"], kind, tuple(choices), required)


def label(name: str) -> str:
    """Give what a field is called on a page, also one that is not typed on its own."""
    head, dot, rest = name.partition(".")
    if dot and head == "fields":
        return _words(rest)
    told = schema.text("task")["properties"].get(head)
    title = _SHORT.get(head, told["title"]) if told else name
    return f"{title}, {_words(rest).lower()}" if dot and told else title


def _words(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").capitalize()


def _declared(name: str, one: Mapping[str, Any]) -> Field:
    kind = _CUSTOM.get(one["type"], "line")
    choices = ("true", "false") if one["type"] == "boolean" else tuple(map(str, one.get("choices") or ()))
    about = str(one.get("description") or f"A field of this store: {one['type']}.")
    return Field(
        f"fields.{name}", _words(name), about, kind, choices if kind == "choice" else (), bool(one.get("required"))
    )


def typed(field: Field, words: str, now: datetime) -> Any:
    """Give what words in a field's control mean; None where they empty it. Raises TmError (`usage`)."""
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    if not words.strip():
        return None
    if field.kind == "lines":
        return list(dict.fromkeys(filter(None, map(str.strip, words.split("\n")))))
    if field.kind == "words":
        return list(dict.fromkeys(filter(None, map(str.strip, words.replace("\n", ",").split(",")))))
    if field.kind == "prose":
        return words.rstrip() + "\n" if "\n" in words.strip() else words.strip()
    if "\n" in words.strip():
        raise TmError(f"{field.label} is one line", "more can be said in the description", "usage")
    return dates.due(words.strip(), now) if field.kind == "day" else words.strip()


def shown(field: Field, value: Any) -> str:
    """Give a value as it is typed in its control."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ("\n" if field.kind == "lines" else ", ").join(map(str, value))
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value).removesuffix("\n")


def alike(field: Field, one: Any, other: Any) -> bool:
    """Tell whether two values are the same to a person: an order of a set and the last line break are nothing."""
    if field.name in SETS:
        return set(one or ()) == set(other or ())
    return shown(field, one) == shown(field, other)
