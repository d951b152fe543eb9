"""The commands config and schema: what is set and by whom, and what a task may hold here."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tmfiles.actions import settings as actions
from tmfiles.cli import options as o
from tmfiles.cli import parse
from tmfiles.cli.session import Session
from tmfiles.errors import TmError
from tmfiles.render import documents
from tmfiles.render.text import line
from tmfiles.workspace import Workspace
from tmfiles.workspace.settled import Sources

config = typer.Typer(
    cls=parse.Group,
    help="Show the settings, and set them.\n\ntm config",
    rich_markup_mode=None,
    invoke_without_command=True,
)
Key = Annotated[
    str, typer.Argument(metavar="SETTING", help="A setting; of what config.yaml declares also policies.wip.")
]
Person = Annotated[bool, typer.Option("--person", help="In your own file, for all your stores.")]
Clone = Annotated[bool, typer.Option("--clone", help="In this clone's git configuration.")]


@config.callback()
def listed(context: typer.Context, json: o.Json = False) -> None:
    """Show every setting with who says so; get, set and unset are for one.

    tm config
    """
    if context.invoked_subcommand is not None:
        return
    session: Session = context.obj
    workspace, sources = _there(session)
    told = actions.settled(workspace, sources, _flags(session))
    if json:
        session.document([documents.said(one) for one in told])
        return
    rows = [(one.key, _shown(one.value), one.source) for one in told]
    widths = [max(len(row[n]) for row in rows) for n in (0, 1)]
    widths[1] = min(widths[1], 40)
    session.write("".join(f"{key:{widths[0]}}  {value:{widths[1]}}  {source}\n" for key, value, source in rows))


def _there(session: Session) -> tuple[Workspace | None, Sources]:
    """Give the store that is here, if any, and the places that say settings: a person's own hold without one."""
    try:
        workspace = session.workspace()
    except TmError as error:
        if error.code != "not_found" or session.environment.store:
            raise
        return None, Sources(session.environment, dict, lambda _key: {})
    workspace.read()
    for problem in workspace.config_problems():
        session.warn(f"{problem}; until it is mended, the store says nothing\n")
    return workspace, workspace.sources


def _flags(session: Session) -> dict[str, str]:
    return {"actor": session.actor, "color": session.color}


def _shown(value: Any) -> str:
    if value in ("", None):
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return line(documents.compact(value) if isinstance(value, (dict, list)) else str(value))


def _place(person: bool, clone: bool) -> str:
    if person and clone:
        raise TmError("--person and --clone are two places", "leave one of the two out", "usage")
    return "person" if person else "clone" if clone else "store"


@config.command("get", cls=parse.Command)
def get(context: typer.Context, key: Key, json: o.Json = False) -> None:
    """Print one setting's value.

    tm config get limit
    """
    session: Session = context.obj
    told = actions.said(*_there(session), key, _flags(session))
    if json:
        session.document(documents.said(told))
    else:
        session.write(f"{_shown(told.value) if told.value not in ('', None) else ''}\n")


@config.command("set", cls=parse.Command)
def set_(
    context: typer.Context,
    key: Key,
    value: Annotated[
        str, typer.Argument(metavar="VALUE", help="What it is to be; for declarations, YAML on one line.")
    ],
    person: Person = False,
    clone: Clone = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Set a setting of the store, in one commit, or your own.

    tm config set limit 20 --person
    """
    _put(context.obj, key, value, _place(person, clone), no_commit, message, json)


@config.command("unset", cls=parse.Command)
def unset(
    context: typer.Context,
    key: Key,
    person: Person = False,
    clone: Clone = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Take a setting away: of the store, or your own.

    tm config unset limit --person
    """
    _put(context.obj, key, None, _place(person, clone), no_commit, message, json)


@config.command("editor", cls=parse.Command)
def editor(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="EDITOR", help="vscode or neovim.")],
    write: Annotated[bool, typer.Option("--write", help="Write it; without, only show it.")] = False,
    json: o.Json = False,
) -> None:
    """Let an editor complete and check task files as you type.

    Its YAML language server is told which schema is for which file. Shows what would be written; what is
    there stays.

    tm config editor vscode
    """
    from tmfiles.actions import editors
    from tmfiles.render.past import unified

    session: Session = context.obj
    workspace = session.workspace()
    files = editors.wanted(workspace, name)
    if write:
        editors.write(workspace, files)
    shown = {file.path: unified(file.before, file.after, file.path, folder="") for file in files}
    if json:
        session.document([{"path": path, "diff": diff, "written": write} for path, diff in shown.items()])
        return
    for path, diff in shown.items():
        kind = path.rpartition("/")[2].removesuffix(".json")
        made = f"{path}: what tm schema {kind} prints\n" if editors.SCHEMAS in path else diff
        session.write(f"wrote {path}\n" if write else made)
    if not files:
        session.tell("the editor knows this store already")
    elif not write:
        session.tell(f"to write this: tm config editor {name} --write")


def _put(session: Session, key: str, value: str | None, place: str, no_commit: bool, message: str, json: bool) -> None:
    if place == "person":
        done = actions.put_own(_there(session)[1], key, value)
    else:
        done = actions.put(session.workspace(), key, value, place, session.how(no_commit, message))
    if json:
        session.document({**done._asdict(), "commit": done.commit or None, "notes": list(done.notes)})
        return
    for note in done.notes:
        session.tell(f"tm: {note}")
    did = f"{'unset' if value is None else 'set'} {done.key}"
    session.tell(did if done.changed else f"{done.key} is as it was: nothing to change")


def schema(
    context: typer.Context,
    kind: Annotated[
        str, typer.Argument(metavar="[KIND]", help="task, config, output, or custom: the fields alone.")
    ] = "task",
    json: o.Json = False,
) -> None:
    """Print the JSON Schema of this store's tasks, for editors.

    The types, custom fields and names that the store declares are worked in.

    tm schema task
    """
    from tmfiles.actions.schemas import of

    session: Session = context.obj
    found = of(session.workspace(), kind)
    if json:
        session.document(found)
    else:
        session.write(documents.compact(found, 2) + "\n")
