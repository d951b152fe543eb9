"""What a plugin may give to tm: the hooks that it implements, and the values that they return; finds no plugin.

A plugin is a package that names a module under the entry points of the group `tmfiles`. The module has functions
marked with `hookimpl`, named like those of `Hooks`, each of which returns a list of values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pluggy

hookspec = pluggy.HookspecMarker("tmfiles")
hookimpl = pluggy.HookimplMarker("tmfiles")

Document = Mapping[str, Any]


class Command(NamedTuple):
    """A command `tm NAME`: a function as Typer takes them, whose first parameter is `context: typer.Context`.

    `context.obj.workspace()` is the store, `context.obj.write(text)` writes data, `context.obj.tell(text)` a message,
    `context.obj.document(value)` a JSON document. What it returns, if it is a number, is the exit code.
    """

    name: str
    function: Callable[..., Any]


class Found(NamedTuple):
    """A task that a rule finds wrong, why, and the keys and numbers that lead to the value: `("tags", 0)`."""

    id: str
    message: str
    keys: tuple[str | int, ...] = ()


class Rule(NamedTuple):
    """A rule of `tm check`: its name, what it asks for in one line, and what finds the tasks that break it.

    `find` gets every readable task by id, and changes none of them. `severity` is `error`, which refuses a commit
    through the pre-commit hook, or `warning`.
    """

    name: str
    words: str
    find: Callable[[Mapping[str, Document]], Iterable[Found]]
    severity: str = "error"


class Importer(NamedTuple):
    """A format that `tm import NAME FILE` reads.

    `read` gets the bytes of the file and its path, and gives documents as task files hold them, each with `id`, or
    without one: then it follows from the title. What it raises refuses the import; nothing comes in by halves.
    """

    name: str
    words: str
    read: Callable[[bytes, str], Iterable[Document]]


class Exporter(NamedTuple):
    """A format of `tm export --format NAME`: `write` gets documents with `id`, in order, and gives the text."""

    name: str
    words: str
    write: Callable[[Sequence[Document]], str]


class Renderer(NamedTuple):
    """A form of `list`, `ready`, `blocked` and `search`: `render` gets the `data` of `--json`, and gives the text."""

    name: str
    words: str
    render: Callable[[Sequence[Document]], str]


class Hooks:
    """What tm asks its plugins for; each implements what it likes."""

    @hookspec
    def tm_commands(self) -> Iterable[Command]:  # type: ignore[empty-body]
        """Give commands."""

    @hookspec
    def tm_rules(self) -> Iterable[Rule]:  # type: ignore[empty-body]
        """Give rules of `tm check`."""

    @hookspec
    def tm_importers(self) -> Iterable[Importer]:  # type: ignore[empty-body]
        """Give formats that `tm import` reads."""

    @hookspec
    def tm_exporters(self) -> Iterable[Exporter]:  # type: ignore[empty-body]
        """Give formats that `tm export` writes."""

    @hookspec
    def tm_renderers(self) -> Iterable[Renderer]:  # type: ignore[empty-body]
        """Give forms of lists."""


# Each hook by the kind of thing that it gives, and what the values are.
KINDS: Mapping[str, tuple[str, type]] = {
    "command": ("tm_commands", Command),
    "rule": ("tm_rules", Rule),
    "importer": ("tm_importers", Importer),
    "exporter": ("tm_exporters", Exporter),
    "renderer": ("tm_renderers", Renderer),
}
