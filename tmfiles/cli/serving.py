"""The command serve."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated

import typer

from tmfiles.cli.session import Session
from tmfiles.errors import TmError

PORT = 8642


def serve(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", metavar="N", help="Where to listen; 0: any that is free.")] = PORT,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Of this machine alone.")] = "127.0.0.1",
    open_: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
) -> None:
    """Serve the store to a browser, and to programs over REST.

    Listens on this machine alone, until it is interrupted. What is changed is committed in your name.

    tm serve --open
    """
    session: Session = context.obj
    workspace = session.workspace()
    missing = [name for name in ("fastapi", "uvicorn", "jinja2") if find_spec(name) is None]
    if missing:
        raise TmError(
            f"tm serve needs the package {missing[0]}, which is not installed",
            "install it: pip install 'tmfiles[web]'",
            "usage",
        )
    from tmfiles.web import app

    def told(address: str) -> None:
        session.warn(f"serving {address}  (stop: Ctrl-C)\n")
        if open_:
            import webbrowser

            webbrowser.open(address)

    app.serve(workspace.root, session.environment, host, port, told)
