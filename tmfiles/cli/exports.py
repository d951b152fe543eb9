"""The command export."""

from __future__ import annotations

import errno
import os
import tempfile
from typing import Annotated

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

_TEXTS = ("jsonl", "json", "csv", "markdown")
FORMATS = (*_TEXTS, *WRITTEN)


@filtered()
def export(
    context: typer.Context,
    asked: Query,
    kind: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help=f"{', '.join(FORMATS)}.")] = "jsonl",
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="A new file, or folder, to write to.")
    ] = "",
    sort: o.Sort = "id",
) -> int:
    """Print tasks for another program, whole or as a table.

    JSON lines hold everything: tm import tasks FILE brings back the same files, as long as what they
    depend on is among them. The exit code is 1 when a file had to be left out.

    tm export --format csv --output tasks.csv
    """
    session: Session = context.obj
    given = plugins.installed().of("exporter") if kind not in FORMATS else {}
    if kind not in (*FORMATS, *given):
        raise TmError(f"unknown format {kind!r}", f"one of: {', '.join((*FORMATS, *given))}", "usage")
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
