"""The command completion: the script for a shell."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.cli import options as o
from tmfiles.cli.session import Session
from tmfiles.query import unknown
from tmfiles.render.completion import SCRIPTS


def completion(
    context: typer.Context,
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")],
    json: o.Json = False,
) -> None:
    """Print the script that completes what is typed in a shell.

    Its first lines say where it belongs.

    tm completion zsh
    """
    session: Session = context.obj
    if shell not in SCRIPTS:
        raise unknown("shell", shell, tuple(SCRIPTS))
    if json:
        session.document({"shell": shell, "script": SCRIPTS[shell]})
    else:
        session.write(SCRIPTS[shell])
