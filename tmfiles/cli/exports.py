"""The command export."""

from __future__ import annotations

import errno
import os
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tmfiles import plugins
from tmfiles.actions import exports as actions
from tmfiles.cli import options as o
from tmfiles.cli.filters import filtered
from tmfiles.cli.session import Session
from tmfiles.errors import TmError
from tmfiles.interop.formats import WRITTEN
from tmfiles.query import Query
from tmfiles.render import exports as render
from tmfiles.render.text import line
from tmfiles.store import FOLDER

if TYPE_CHECKING:
    from tmfiles.workspace import Workspace

_TEXTS = ("jsonl", "json", "csv", "markdown")
FORMATS = (*_TEXTS, *WRITTEN)
SITE = "html"


@filtered()
def export(
    context: typer.Context,
    asked: Query,
    place: Annotated[str, typer.Argument(metavar="[DIR]", help="Where html goes.")] = "",
    kind: Annotated[
        str, typer.Option("--format", "-f", metavar="FORMAT", help=f"{', '.join((*FORMATS, SITE))}.")
    ] = "jsonl",
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="A new file, or folder, to write to.")
    ] = "",
    sort: o.Sort = "id",
) -> int:
    """Print tasks for another program, whole or as a table.

    JSON lines hold everything: tm import tasks FILE brings back the same files, as long as what they
    depend on is among them. The exit code is 1 when a file had to be left out. html makes a
    site of plain pages, of all tasks.

    tm export --format csv --output tasks.csv
    """
    session: Session = context.obj
    if kind == SITE:
        return _site(session, asked, place, output, sort)
    if place:
        raise TmError(f"{place!r} is a folder for --format {SITE}", "a file: --output FILE", "usage")
    given = plugins.installed().of("exporter") if kind not in FORMATS else {}
    if kind not in (*FORMATS, *given):
        raise TmError(f"unknown format {kind!r}", f"one of: {', '.join((*FORMATS, SITE, *given))}", "usage")
    if output:
        _outside(session.workspace(), output)
    found, problems = actions.records(session.workspace(), asked._replace(sort=sort))
    made = _written(found, kind, given.get(kind))
    if output:
        _save(output, made)
        session.tell(f"wrote {len(found)} tasks to {output}")
    elif isinstance(made, dict):
        raise TmError(f"{kind} is a folder of files", "name a new one: --output DIR", "usage")
    else:
        session.write(made.decode())
    for problem in problems:
        session.warn(f"left out: {line(str(problem))}\n")
    return 1 if problems else 0


def _site(session: Session, asked: Query, folder: str, output: str, sort: str) -> int:
    """Write the store as a site; refuses what would leave part of it out, since its pages speak of all tasks."""
    if asked != Query() or sort != "id":
        raise TmError(f"--format {SITE} shows all tasks", "leave out what chooses among them, and --sort", "usage")
    if bool(folder) == bool(output):
        raise TmError(f"--format {SITE} needs a folder", f"name one: tm export --format {SITE} DIR", "usage")
    missing = [name for name in ("jinja2", "fastapi", "markdown_it", "linkify_it", "nh3") if find_spec(name) is None]
    if missing:
        raise TmError(
            f"tm export --format {SITE} needs the package {missing[0]}, which is not installed",
            "install it: pip install 'tmfiles[web]'",
            "usage",
        )
    from tmfiles.web.site import folder as saved
    from tmfiles.web.site import pages

    workspace = session.workspace()
    if workspace.commit:
        raise TmError(f"--format {SITE} shows the tasks as they are now", "leave out --at", "usage")
    path = _outside(workspace, folder or output)
    files = pages.files(workspace.root, session.environment)
    count = saved.save(path, files)
    size = sum(map(len, files.values())) / 1e6
    session.tell(f"wrote {count} of {len(files)} files, {size:.1f} MB in all: {path / 'index.html'}")
    problems = workspace.read().errors()
    for problem in problems:
        session.warn(f"left out: {line(str(problem))}\n")
    return 1 if problems else 0


def _outside(workspace: Workspace, given: str) -> Path:
    """Give the place that was named; refuses one below .tasks/, where every file is taken for the store's own."""
    path = Path(given).absolute()
    if Path(workspace.root).resolve() / FOLDER in (path.resolve(), *path.resolve().parents):
        raise TmError(f"{path} lies among the tasks", "name a place outside of .tasks/", "usage")
    return path


def _written(found: list[actions.Record], kind: str, plugged: plugins.Given | None) -> bytes | dict[str, bytes]:
    if plugged:
        return plugins.call(plugged, lambda: str(plugged.value.write(list(actions.documents(found))))).encode()
    if kind in WRITTEN:
        return actions.foreign(found, kind)
    text = {
        "jsonl": lambda: render.jsonl(actions.documents(found)),
        "json": lambda: render.pretty(actions.documents(found)),
        "csv": lambda: render.table(found),
        "markdown": lambda: render.markdown(found),
    }[kind]()
    return text.encode()


def _save(output: str, made: bytes | dict[str, bytes]) -> None:
    try:
        if isinstance(made, dict):
            _save_folder(output, made)
        else:
            _save_file(output, made)
    except OSError as error:
        raise TmError(
            f"cannot write {output}: {error.strerror}", "name a file or folder that is not there yet", "usage"
        ) from error


def _save_file(path: str, data: bytes) -> None:
    with open(path, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _save_folder(path: str, files: dict[str, bytes]) -> None:
    """Make the folder beside its place first, so that it is there whole or not at all."""
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    above = os.path.dirname(os.path.abspath(path))
    with tempfile.TemporaryDirectory(dir=above, prefix=".tm-") as beside:
        whole = os.path.join(beside, "whole")
        for name in ("", *files):
            place = os.path.join(whole, *name.split("/"))
            os.makedirs(os.path.dirname(place) if name else place, exist_ok=True)
            if name:
                _save_file(place, files[name])
        os.rename(whole, path)
