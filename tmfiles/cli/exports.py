"""The command export."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from tmfiles import plugins
from tmfiles.actions import exports as actions
from tmfiles.cli import options as o
from tmfiles.cli.filters import filtered
from tmfiles.cli.session import Session
from tmfiles.errors import TmError
from tmfiles.query import Query
from tmfiles.render import exports as render
from tmfiles.render.text import line

FORMATS = ("jsonl", "json", "csv", "markdown")


@filtered()
def export(
    context: typer.Context,
    asked: Query,
    kind: Annotated[
        str, typer.Option("--format", "-f", metavar="FORMAT", help="jsonl, json, csv or markdown.")
    ] = "jsonl",
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A new file to write to.")] = "",
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
    written = {
        "jsonl": lambda: render.jsonl(actions.documents(found)),
        "json": lambda: render.pretty(actions.documents(found)),
        "csv": lambda: render.table(found),
        "markdown": lambda: render.markdown(found),
    }
    if kind in given:
        plugged = given[kind]
        text = plugins.call(plugged, lambda: str(plugged.value.write(list(actions.documents(found)))))
    else:
        text = written[kind]()
    if output:
        _save(output, text)
        session.tell(f"wrote {len(found)} tasks to {output}")
    else:
        session.write(text)
    for problem in problems:
        session.warn(f"left out: {line(str(problem))}\n")
    return 1 if problems else 0


def _save(output: str, text: str) -> None:
    try:
        with open(output, "x", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise TmError(
            f"cannot write {output}: {error.strerror}", "name a file that is not there yet", "usage"
        ) from error
