"""What the parser knows of the commands, for those who complete them: names, options, what each value is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from typer.core import TyperOption
from typer.main import get_command

from tmfiles import settings
from tmfiles.cli import app, parse
from tmfiles.cli.complete import FILES, GLOBAL

if TYPE_CHECKING:
    from typer._click import Command, Parameter

    from tmfiles.actions.completion import Words

# What a metavar stands for; others are free text.
_KINDS = {
    **dict.fromkeys(("ID", "ON"), "id"),
    **dict.fromkeys(("PATH", "FILE", "DIR"), FILES),
    "STATUS": "status",
    "P": "priority",
    "TYPE": "type",
    "TAG": "tag",
    "NAME": "person",
    "KEY": "sort",
    "SETTING": " ".join(settings.TABLE),
}
# Metavars whose help lists every value there is: `text, mermaid, dot or json.`
_LISTED = ("FORMAT", "FORM", "WHAT", "SHELL", "STATE")
_WORD = re.compile(r"[a-z_]+")


def following(command: Sequence[str], behind: Sequence[str], current: str) -> tuple[str, Words]:
    """Tell what may follow: the kind of value (or "", or words with blanks between), or the words themselves."""
    if not command:
        if current.startswith("-"):
            return "", _options(get_command(app._app([])), current)
        return "", _named([*app.COMMANDS, *app.ALIASES, "help"], current)
    if list(command) == ["help"]:
        return "", _named([] if behind else [*app.COMMANDS, "all"], current)
    found, behind = _command(command, behind)
    if found is None:
        return "", []
    if isinstance(found, parse.Group):
        words = [(name, sub.get_short_help_str(66)) for name, sub in found.commands.items()]
        return "", [word for word in words if word[0].startswith(current)]
    if current.startswith("-"):
        return "", _options(found, current)
    places = [param for param in found.params if not isinstance(param, TyperOption)]
    place = places[min(len(behind), len(places) - 1)] if places else None
    if place is None or (len(behind) >= len(places) and "..." not in (place.metavar or "")):
        return "", []
    return kind(place, further=bool(behind)), []


def value(plain: Sequence[str], option: str) -> str:
    """Tell what the values of an option are, " " where they are free text, "" where it has none."""
    found, _ = _command(plain[:1], plain[1:])
    for param in found.params if found is not None else ():
        if isinstance(param, TyperOption) and option in param.opts and not (param.is_flag or param.count):
            return kind(param) or " "
    return ""


def kind(param: Parameter, further: bool = False) -> str:
    """Tell what a parameter's values are: one of the kinds, words with blanks between, or "" for free text.

    Of `ID... NAME` the first is an id, and what is `further` behind it taken for the name.
    """
    metavar = (param.metavar or "").strip("[]").split(" ")[-1 if further else 0].removesuffix("...")
    if metavar in _LISTED:
        told = re.sub(r" \([^)]*\)", "", getattr(param, "help", "") or "")
        pieces = re.split(r", | or ", re.split(r"[:;.]", told)[0].strip())
        return " ".join(pieces) if len(pieces) > 1 and all(map(_WORD.fullmatch, pieces)) else ""
    return _KINDS.get(metavar, "")


def _command(command: Sequence[str], behind: Sequence[str]) -> tuple[Command | None, Sequence[str]]:
    name = app.ALIASES.get(command[0], command[0]) if command else ""
    if name not in app.COMMANDS:
        return None, behind
    found = get_command(app._app([name])).commands[name]  # type: ignore[attr-defined]
    rest = [*command[1:], *behind]
    if isinstance(found, parse.Group) and rest:
        return found.commands.get(rest[0]), rest[1:]
    return found, rest


def _options(command: Command, current: str) -> Words:
    return [
        (name, param.help or "")
        for param in command.params
        if isinstance(param, TyperOption) and not param.hidden
        for name in param.opts
        if name.startswith("--") or (name in GLOBAL and len(current) < 3)
        if name.startswith(current)
    ]


def _named(names: Sequence[str], current: str) -> Words:
    return [(name, "") for name in names if name.startswith(current)]
