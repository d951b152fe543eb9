"""Typer's commands made strict: nothing blank, nothing given twice, every refusal worded; knows no command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from typer._click import Context, HelpFormatter, Parameter
from typer._click.core import ParameterSource
from typer._click.exceptions import BadParameter, ClickException, NoSuchOption
from typer.core import TyperCommand, TyperGroup, TyperOption

from tmfiles.errors import TmError
from tmfiles.words import ALIASES, did_you_mean

# These may stand before the command and behind it.
SHARED = (("folder", "-C", "DIR"), ("actor", "--as", "NAME"), ("color", "--color", "WHEN"), ("quiet", "--quiet", ""))
# Arguments that name files and folders: on some systems those are not text.
_PATHS = ("folder", "source")
# Options that may stand alone, and what they mean then.
ALONE = {"--recent": "7", "--not-recent": "7"}
# Where a hyphen before a word may be meant for the words.
_SEARCHES = ("tm search",)
# Options that people look for at a command, and the command that does it.
_ELSEWHERE = {
    ("tm update", "--depends-on"): "tm dep add ID ON...",
    ("tm update", "--criterion"): "tm criteria add ID TEXT",
    ("tm assign", "--clear"): "tm update ID --clear assignee",
}
# Options that most commands have and `tm` itself has not.
_BEHIND = ("--json", "--plain", "--all", "--at", "--no-commit")
# Arguments whose commands have a better word for what is missing.
_WORDED = ("title",)


def shared_options() -> list[Parameter]:
    """Make the shared options for one command; they change the session that the group has made."""
    options: list[Parameter] = []
    for name, flag, metavar in SHARED:

        def keep(context: Context, _param: Parameter, value: Any, name: str = name) -> None:
            if value and context.obj is not None:
                setattr(context.obj, name, value)

        names = [name, flag, "-q"] if name == "quiet" else [name, flag]
        if metavar:
            made = TyperOption(param_decls=names, metavar=metavar, callback=keep, expose_value=False, hidden=True)
        else:
            made = TyperOption(param_decls=names, is_flag=True, callback=keep, expose_value=False, hidden=True)
        options.append(made)
    return options


class Command(TyperCommand):
    """A command that refuses what Typer would pass over."""

    @cached_property
    def _shared(self) -> list[Parameter]:
        return shared_options()

    def get_params(self, ctx: Context) -> list[Parameter]:
        """Give the parameters, with the options that every command has."""
        return [*self._shared, *super().get_params(ctx)]

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Parse, then refuse blank values, options given twice, and contradictory kinds of output."""
        args = with_values(args)
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        rest = super().parse_args(ctx, args)
        refuse_repeated(order)
        refuse_blank(ctx, self.params)
        if ctx.params.get("plain") and ctx.params.get("json"):
            raise TmError("--plain and --json contradict each other", "leave one of the two out", "usage")
        return rest

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        """Give the words of the usage line; what is required stands there bare."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]


class Reading(Command):
    """A command that only looks, and so can look at the store as it was."""

    def get_params(self, ctx: Context) -> list[Parameter]:
        """Give the parameters, with `--at` behind the command's own and before `--help`."""
        *own, last = super().get_params(ctx)
        return [*own, self._at, last]

    @cached_property
    def _at(self) -> Parameter:
        told = "As the store was at a commit or date, or 2w ago."
        return TyperOption(param_decls=["at", "--at"], metavar="REV", help=told, callback=_keep_at, expose_value=False)


def _keep_at(context: Context, _param: Parameter, value: Any) -> None:
    if value is not None and not value.strip():
        raise TmError("--at is blank", "for example --at HEAD~3, --at 2026-11-01, --at 2w", "usage")
    if value and context.obj is not None:
        context.obj.at = value.strip()


class Group(TyperGroup):
    """The commands under their headings; with `everyday`, those told and the others named."""

    headings: ClassVar[Mapping[str, Iterable[str]]] = {}
    everyday: ClassVar[Sequence[str]] = ()

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 Typer's signature
        """Give the names in the order of the headings, or as they were added."""
        named = [name for names in self.headings.values() for name in names if name in self.commands]
        return named or list(self.commands)

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Parse what stands before the command, and refuse what is blank, or nothing where a command must follow."""
        if not args and not self.invoke_without_command:
            parts = ", ".join(self.list_commands(ctx))
            raise TmError(
                f"{ctx.command_path} needs a command behind it",
                f"one of: {parts}; what they do: {ctx.command_path} --help",
                "usage",
            )
        rest = super().parse_args(ctx, args)
        refuse_blank(ctx, self.params)
        return rest

    def resolve_command(self, ctx: Context, args: list[str]) -> Any:
        """Find the command that the first word names."""
        if args[0] not in self.commands:
            raise unknown_command(args[0], list(self.commands), ctx.command_path)
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write options and commands, or a page that fits a screen however many commands there are."""
        if not self.everyday:
            super().format_options(ctx, formatter)
            return
        with formatter.section("Every day"):
            formatter.write_dl([(name, self.commands[name].get_short_help_str(80)) for name in self.everyday])
        others = [(head, [n for n in names if n not in self.everyday]) for head, names in self.headings.items()]
        options = [param.get_help_record(ctx) for param in self.get_params(ctx)]
        others.append(("Options", [record[0].split(", ")[-1].split()[0] for record in options if record]))
        with formatter.section("And more; one is told by tm help COMMAND, all by tm help all"):
            formatter.write_dl([(heading, "  ".join(names)) for heading, names in others])

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002 Typer's signature
        """Write the commands of the help page, a section a heading."""
        for heading, names in (self.headings or {"Commands": tuple(self.commands)}).items():
            rows = [(name, self.commands[name].get_short_help_str(80)) for name in names if name in self.commands]
            with formatter.section(heading):
                formatter.write_dl(rows)


def unknown_command(word: str, known: list[str], path: str) -> TmError:
    """Word the refusal of a command that does not exist."""
    near = did_you_mean(word, known, aliases=ALIASES["command" if path == "tm" else "part"])
    return TmError(
        f"no command {word!r}",
        f"did you mean {path} {near[0]}? All commands: {path} --help" if near else f"all commands: {path} --help",
        "usage",
    )


def with_values(args: list[str]) -> list[str]:
    """Give the options that may stand alone their usual value where they do."""
    found: list[str] = []
    end = args.index("--") if "--" in args else len(args)
    for at, word in enumerate(args):
        found.append(word)
        if word in ALONE and at < end and not "".join(args[at + 1 : at + 2]).isdigit():
            found.append(ALONE[word])
    return found


def refuse_repeated(order: list[Parameter]) -> None:
    """Refuse an option given twice that takes one value: one of the two would be dropped without a word."""
    seen = set()
    for param in order:
        if isinstance(param, TyperOption) and not (param.multiple or param.is_flag or param.count):
            if param.name in seen:
                raise TmError(f"{_named(param)} is given twice", "leave one of the two out", "usage")
            seen.add(param.name)


def refuse_blank(ctx: Context, params: list[Parameter]) -> None:
    """Refuse words of the command line that say nothing, or are no text."""
    for param in params:
        name = param.name or ""
        value = ctx.params.get(name)
        if ctx.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        for text in value if isinstance(value, (list, tuple)) else [value]:
            if not isinstance(text, str):
                continue
            if not text.strip() and (isinstance(param, TyperOption) or name not in _WORDED):
                clear = "to empty a field: --clear FIELD; or " if "clear" in ctx.params and name not in _WORDED else ""
                out = "" if param.required else "leave it out, or "
                raise TmError(f"{_named(param)} is blank", f"{clear}{out}say what it should be", "usage")
            if name not in _PATHS and any("\ud800" <= sign <= "\udfff" for sign in text):
                raise TmError(f"{_named(param)} {text!r} is not UTF-8 text", "write it again as UTF-8", "usage")


def _named(param: Parameter) -> str:
    if isinstance(param, TyperOption):
        return max(param.opts, key=len)
    return (param.metavar or param.name or "").split()[-1].strip("[].")


def refusal(error: ClickException, command: str) -> TmError:
    """Turn Typer's word for a wrong command line into ours; `command` is what was to run, such as `tm add`."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else command
    if isinstance(error, NoSuchOption):
        params = context.command.get_params(context) if context is not None else []
        known = {name.lstrip("-"): name for param in params for name in param.opts}
        word = error.option_name.lstrip("-")
        found = [known[name] for name in did_you_mean(word, known)] if len(word) > 1 else []
        near = f"did you mean {' or '.join(found)}? All" if found else "all"
        if elsewhere := _ELSEWHERE.get((path, error.option_name)):
            near = f"that is {elsewhere}; all"
        elif path == "tm" and error.option_name in _BEHIND:
            near = f"options of a command stand behind it: tm list {error.option_name}; all"
        if path in _SEARCHES and not found:
            near = f"in quotes a hyphen leaves a word out: {path} 'this -that'. All"
        return TmError(f"no option {error.option_name}", f"{near} options: {path} --help", "usage")
    text = error.format_message().rstrip(".")
    if isinstance(error, BadParameter) and error.param is not None and error.param.metavar == "N":
        value = error.message.partition(" is not ")[0]
        return TmError(f"{_named(error.param)} {value} is not a whole number", "for example 20; 0 means all", "usage")
    if text.startswith("Got unexpected extra argument"):
        words = text[text.index(" (") + 2 : -1]
        return TmError(
            f"too many words: {words}", f"quote what belongs together; how it is used: {path} --help", "usage"
        )
    return TmError(text[:1].lower() + text[1:], f"how it is used: {path} --help", "usage")
