"""Which commands there are and how they are parsed: only the module of the one that runs is imported."""

from __future__ import annotations

import importlib
from typing import Annotated, ClassVar

import typer
from typer._click.exceptions import ClickException
from typer.main import get_command

from tmfiles import plugins
from tmfiles.cli import parse
from tmfiles.cli.session import Session
from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

# The help page, heading by heading: command → module below `tmfiles.cli` that holds its function, named like it.
HEADINGS = {
    "Look": {
        "list": "lists",
        "show": "lists",
        "ready": "lists",
        "blocked": "lists",
        "next": "lists",
        "search": "search",
        "board": "boards",
        "context": "context",
        "graph": "graphs",
    },
    "Change": {
        "add": "tasks",
        "edit": "editing",
        "update": "tasks",
        "assign": "steps",
        "place": "boards",
        "start": "steps",
        "complete": "steps",
        "cancel": "steps",
        "reopen": "steps",
        "delete": "tasks",
        "batch": "batch",
        "dep": "links",
        "criteria": "notes",
        "feedback": "steps",
        "archive": "keeping",
        "unarchive": "keeping",
    },
    "Work together": {
        "template": "templates",
        "phase": "phases",
        "agent": "registry",
        "claim": "claims",
        "release": "claims",
        "comment": "talk",
        "share": "talk",
        "discover": "talk",
        "progress": "talk",
        "checkpoint": "talk",
        "join": "talk",
        "note": "talk",
        "watch": "watching",
        "sync": "sharing",
    },
    "Look back": {
        "log": "past",
        "blame": "past",
        "diff": "past",
        "undo": "past",
        "redo": "past",
        "restore": "keeping",
        "metrics": "figures",
        "report": "figures",
    },
    "The store": {
        "init": "stores",
        "check": "checks",
        "fmt": "checks",
        "doctor": "checks",
        "hooks": "hooks",
        "triggers": "triggers",
        "commit": "gathering",
        "resolve": "sharing",
        "config": "settings",
        "schema": "settings",
        "import": "stores",
        "export": "exports",
        "backup": "backups",
        "migrate": "migrating",
        "completion": "completion",
        "prime": "agents",
        "setup": "agents",
        "mcp": "mcp",
        "serve": "serving",
        "plugins": "plugged",
        "user": "users",
        "demo": "stores",
        "wizard": "wizard",
    },
}
COMMANDS = {name: module for commands in HEADINGS.values() for name, module in commands.items()}
# What the first page tells of; the others it names.
EVERYDAY = ("add", "list", "ready", "next", "show", "start", "complete")
ALIASES = {"ls": "list", "done": "complete", "rm": "delete", "stats": "metrics"}
# What only looks can look at the past, too.
READING = ("list", "show", "ready", "blocked", "next", "board", "context", "graph", "search", "export", "check")
_TAKES_VALUE = ("-C", "--as", "--color")


def run(arguments: Sequence[str]) -> int:
    """Parse the command line, run the command, give its exit code; raises TmError for wrong usage."""
    words, whole = _helped(list(arguments))
    name, at = _command(words)
    if name is not None:
        words[at] = name = ALIASES.get(name, name)
        if name not in COMMANDS:
            return _elsewhere(name, words, at)
    return _run(name, words, [*COMMANDS, *plugins.installed().of("command")] if whole else EVERYDAY)


def _elsewhere(name: str, words: list[str], at: int) -> int:
    """Run a command that is none of ours: a plugin's, or a program of its name."""
    from tmfiles.cli import outside

    given = plugins.installed().of("command")
    if name in given:
        return plugins.call(given[name], lambda: _run(name, words))
    if path := outside.program(name):
        return outside.run(path, words[:at], words[at + 1 :])
    Session().warn(plugins.installed().told())
    raise parse.unknown_command(name, [*COMMANDS, *ALIASES, *given], "tm")


def _run(name: str | None, words: list[str], helped: Sequence[str] = ()) -> int:
    """Run one command, or show the page that tells of those in `helped`."""
    command = get_command(_app([name]) if name else _app(helped, helped if helped is EVERYDAY else ()))
    try:
        with command.make_context("tm", words) as context:
            try:
                result = command.invoke(context)
            except Exception as error:
                _account(context.obj, name, error)
                raise
            else:
                _account(context.obj, name)
            finally:
                if context.obj is not None:
                    context.obj.close()
    except ClickException as error:
        raise parse.refusal(error, f"tm {name or ''}".rstrip()) from error
    except typer.Exit as error:
        return error.exit_code
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    return result if isinstance(result, int) else 0


def _account(session: Session | None, name: str | None, error: Exception | None = None) -> None:
    if session is not None and name and not isinstance(error, (ClickException, typer.Exit, typer.Abort)):
        session.account(name, error)


def parsed(name: str) -> Any:
    """Give one command as it is parsed, for those who ask which options it has."""
    command = get_command(_app([name]))
    return getattr(command, "commands", {name: command})[name]


def _helped(words: list[str]) -> tuple[list[str], bool]:
    """Read `tm help add` as `tm add --help`, and tell whether it is `tm help all`."""
    name, at = _command(words)
    if name != "help":
        return words, False
    whole = words[at + 1 :] == ["all"]
    return [*words[:at], *([] if whole else words[at + 1 :]), "--help"], whole


def _command(arguments: Sequence[str]) -> tuple[str | None, int]:
    """Find the command's name among the words: the first that is no option and no option's value."""
    at = 0
    while at < len(arguments) and arguments[at].startswith("-") and arguments[at] != "--":
        at += 2 if arguments[at] in _TAKES_VALUE else 1
    return (arguments[at], at) if at < len(arguments) else (None, at)


def _app(names: Sequence[str], first: Sequence[str] = ()) -> typer.Typer:
    given = [name for name in names if name not in COMMANDS]

    class Commands(parse.Group):
        headings: ClassVar = {**HEADINGS, "Plugins": given} if given else HEADINGS
        everyday: ClassVar = first

    app = typer.Typer(
        cls=Commands,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback(invoke_without_command=True)(_options)
    for name in names:
        found = _function(name)
        if filters := getattr(found, "filters", None):
            found = importlib.import_module("tmfiles.cli.filters").with_filters(found, filters)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name, cls=parse.Reading if name in READING else parse.Command)(found)
    return app


def _function(name: str) -> Any:
    """Give what Typer makes a command of; the module of ours is imported now."""
    if name not in COMMANDS:
        return plugins.installed().of("command")[name].value.function
    module = importlib.import_module(f"tmfiles.cli.{COMMANDS[name]}")
    return getattr(module, name, None) or getattr(module, f"{name}_")


def _options(
    context: typer.Context,
    folder: Annotated[str, typer.Option("-C", metavar="DIR", help="Work on the store of this folder.")] = ".",
    actor: Annotated[str, typer.Option("--as", metavar="NAME", help="Act under this name.")] = "",
    color: Annotated[str, typer.Option("--color", metavar="WHEN", help="auto, always or never.")] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but data and errors.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say how long it took, and log it whole.")] = False,
    version: Annotated[bool, typer.Option("--version", "-V", help="Print the version.")] = False,
) -> None:
    """Keep tasks as plain YAML files in .tasks/, with Git as their history."""
    if version:
        from tmfiles import __version__

        Session().write(f"tm {__version__}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        Session().write(context.get_help() + "\n")
        raise typer.Exit(2)
    if quiet and verbose:
        raise TmError("--quiet and --verbose contradict each other", "leave one of the two out", "usage")
    context.obj = Session(folder, actor, quiet=quiet, color=color, verbose=verbose)
