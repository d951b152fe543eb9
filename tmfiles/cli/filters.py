"""The filters of the commands that list, declared once: each option, its opposite, and the query they make."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, NamedTuple

import typer

from tmfiles.cli.session import words
from tmfiles.errors import TmError
from tmfiles.query import Query


def _several(given: list[str]) -> tuple[str, ...]:
    """Read values that may be repeated, or have commas between them."""
    return tuple(words(given))


class Filter(NamedTuple):
    """An option: which field of `Query` it fills, of which type its words are, and how they become its value.

    `opposite` are the option's names when it asks for the contrary, told in help only if `told`.
    """

    field: str
    names: str
    metavar: str
    help: str
    read: Callable[[Any], Any] = _several
    kind: Any = list[str]
    opposite: str = ""
    told: str = ""


def _pairs(given: list[str]) -> tuple[tuple[str, str], ...]:
    """Read NAME=VALUE, and NAME alone for any value."""
    found = []
    for text in given:
        name, equals, value = text.partition("=")
        if not name.strip() or (equals and not value.strip()):
            raise TmError(f"--field {text!r} lacks a name or a value", "write NAME=VALUE, or NAME for any", "usage")
        found.append((name.strip().removeprefix("fields."), value.strip()))
    return tuple(found)


def _days(given: int | None) -> int:
    """Read a number of days; 0 asks for nothing."""
    if given is not None and given < 1:
        raise TmError(f"--recent {given} is no number of days", "for example --recent 7", "usage")
    return given or 0


def _one(given: str) -> str:
    return given


def _flag(value: Any = True) -> dict[str, Any]:
    return {"read": lambda given: value if given else None, "kind": bool}


# In the order of help.
FILTERS = {
    "status": Filter("statuses", "-s --status", "STATUS", "In this status, or of several: pending,blocked."),
    "priority": Filter("priorities", "-p --priority", "P", "Of this priority."),
    "type_": Filter("types", "--type", "TYPE", "Of this type."),
    "tag": Filter("tags", "-t --tag", "TAG", "With this tag."),
    "assignee": Filter("assignees", "-a --assignee", "NAME", "Of this person.", tuple),
    "parent": Filter("parents", "--parent", "ID", "Parts of this task."),
    "phase": Filter("phases", "--phase", "NAME", "In this phase.", tuple),
    "due": Filter("due", "--due", "DAY", "Due on this day.", tuple),
    "due_before": Filter("due_before", "--due-before", "DAY", "Due before this day, such as friday.", _one, str),
    "due_after": Filter("due_after", "--due-after", "DAY", "Due after this day.", _one, str),
    "depends_on": Filter("depends_on", "--depends-on", "ID", "That wait for this task."),
    "file": Filter("files", "--file", "PATH", "About this file or folder.", tuple),
    "field": Filter("fields", "--field", "NAME=VALUE", "With this value in a custom field.", _pairs),
    "text": Filter("text", "--text", "WORDS", "With these words, as tm search has it.", _one, str),
    "recent": Filter("recent", "--recent", "[DAYS]", "Changed in so many days, or 7.", _days, int | None),
    "mine": Filter("mine", "--mine", "", "Assigned to you, or claimed by you.", **_flag()),
    "has_assignee": Filter(
        "assigned", "--has-assignee", "", "Assigned to anyone.", **_flag(), opposite="--unassigned", told="To nobody."
    ),
    "has_deps": Filter(
        "with_deps", "--has-deps", "", "With dependencies.", **_flag(), opposite="--no-deps", told="With none."
    ),
    "overdue": Filter("overdue", "--overdue", "", "Open past their due date.", **_flag()),
    "archived": Filter("archived", "--archived", "", "In the archive.", **_flag()),
    "is_blocked": Filter(
        "statuses", "--is-blocked", "", "In status blocked.", **_flag(("blocked",)), opposite="--not-blocked"
    ),
    "completed": Filter("statuses", "--completed", "", "In status completed.", **_flag(("completed",))),
}
OF_STATUS = ("status", "is_blocked", "completed", "archived")


def filtered(*without: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a command to be given the options of all filters but those named; see `with_filters`."""

    def mark(command: Callable[..., Any]) -> Callable[..., Any]:
        command.filters = [name for name in FILTERS if name not in without]  # type: ignore[attr-defined]
        return command

    return mark


def with_filters(command: Callable[..., Any], names: list[str]) -> Callable[..., Any]:
    """Give a command with the options of these filters in the place of its parameter `asked`, the query they make."""
    signature = inspect.signature(command, eval_str=True)

    @functools.wraps(command)
    def run(**given: Any) -> Any:
        own = {name: given.pop(name) for name in _parameter_names(names)}
        return command(**given, asked=query(own))

    parameters: list[inspect.Parameter] = []
    for parameter in signature.parameters.values():
        parameters += _options(names) if parameter.name == "asked" else [parameter]
    run.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters]
    )
    return run


def query(given: Mapping[str, Any]) -> Query:
    """Make the query of options as Typer gives them; raises TmError (code `usage`) where two say one thing."""
    own: dict[str, Any] = {}
    barred: dict[str, Any] = {}
    filled: dict[str, str] = {}
    for name, one in FILTERS.items():
        if value := one.read(given[name]) if name in given else None:
            if one.field in own:
                hint = "name all statuses in one: --status pending,blocked"
                raise TmError(f"{filled[one.field]} and {_option(one)} contradict each other", hint, "usage")
            own[one.field] = value
            filled[one.field] = _option(one)
        if value := one.read(given[f"not_{name}"]) if name in given else None:
            barred[one.field] = (*barred.get(one.field, ()), *value) if isinstance(value, tuple) else value
    return Query(**own, unless=Query(**barred) if barred else None)


def _option(one: Filter) -> str:
    return one.names.split()[-1]


def _parameter_names(names: list[str]) -> Iterator[str]:
    for name in names:
        yield name
        yield f"not_{name}"


def _options(names: list[str]) -> Iterator[inspect.Parameter]:
    for name in names:
        one = FILTERS[name]
        opposite = one.opposite or f"--not-{_option(one)[2:]}"
        yield _parameter(name, one, one.names, one.help)
        yield _parameter(f"not_{name}", one, opposite, one.told)


def _parameter(name: str, one: Filter, names: str, help_: str) -> inspect.Parameter:
    option = typer.Option(*names.split(), metavar=one.metavar or None, help=help_, hidden=not help_)
    nothing: Any = {bool: False, str: "", int | None: None}.get(one.kind, [])
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=nothing, annotation=Annotated[one.kind, option]
    )
