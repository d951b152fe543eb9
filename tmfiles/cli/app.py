"""Which commands there are and how they are parsed: only the module of the one that runs is imported."""

from __future__ import annotations

import importlib
from typing import Annotated

import typer
from typer._click.exceptions import ClickException, NoSuchOption

from tmfiles.cli.session import Session
from tmfiles.errors import TmError
from tmfiles.words import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# Command → module below `tmfiles.cli` that holds its function, named like it; in the order help shows.
COMMANDS = {
    "init": "stores",
    "add": "tasks",
    "list": "lists",
    "show": "lists",
    "ready": "lists",
    "blocked": "lists",
    "next": "lists",
    "update": "tasks",
    "assign": "steps",
    "start": "steps",
    "complete": "steps",
    "cancel": "steps",
    "reopen": "steps",
    "delete": "tasks",
    "dep": "links",
    "check": "stores",
    "log": "past",
    "undo": "past",
    "import": "stores",
    "demo": "stores",
}
ALIASES = {"ls": "list", "done": "complete", "rm": "delete"}
_TAKES_VALUE = ("-C", "--as")


def run(arguments: Sequence[str]) -> int:
    """Parse the command line, run the command, give its exit code; raises TmError for wrong usage."""
    name, at = _command(arguments)
    words = list(arguments)
    if name is not None:
        name = ALIASES.get(name, name)
        if name not in COMMANDS:
            near = did_you_mean(name, [*COMMANDS, *ALIASES])
            hint = f"did you mean tm {near[0]}? " if near else ""
            raise TmError(f"no command {words[at]!r}", f"{hint}all commands: tm --help", "usage")
        words[at] = name
    app = _app([name] if name else list(COMMANDS))
    try:
        result = app(args=words, prog_name="tm", standalone_mode=False)
    except NoSuchOption as error:
        options = f"did you mean {' or '.join(sorted(error.possibilities))}? " if error.possibilities else ""
        raise TmError(
            f"no option {error.option_name}", f"{options}all options: tm {name or ''} --help", "usage"
        ) from error
    except ClickException as error:
        text = error.format_message().rstrip(".")
        raise TmError(text[:1].lower() + text[1:], f"how it is used: tm {name or ''} --help", "usage") from error
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    return result if isinstance(result, int) else 0


def _command(arguments: Sequence[str]) -> tuple[str | None, int]:
    """Find the command's name among the words: the first that is no option and no option's value."""
    at = 0
    while at < len(arguments) and arguments[at].startswith("-") and arguments[at] != "--":
        at += 2 if arguments[at] in _TAKES_VALUE else 1
    return (arguments[at], at) if at < len(arguments) else (None, at)


def _app(names: Sequence[str]) -> typer.Typer:
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.callback(invoke_without_command=True)(_options)
    for name in names:
        module = importlib.import_module(f"tmfiles.cli.{COMMANDS[name]}")
        found = getattr(module, name, None) or getattr(module, f"{name}_")
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def _options(
    context: typer.Context,
    folder: Annotated[str, typer.Option("-C", metavar="DIR", help="Work on the store of this folder.")] = ".",
    actor: Annotated[str, typer.Option("--as", metavar="NAME", help="Act under this name.")] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but data and errors.")] = False,
    version: Annotated[bool, typer.Option("--version", "-V", help="Print the version.")] = False,
) -> None:
    """Keep tasks as plain YAML files in .tasks/, with Git as their history."""
    if version:
        from tmfiles import __version__

        print(f"tm {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(2)
    context.obj = Session(folder, actor, quiet=quiet)
