"""The command serve."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated
from urllib.parse import urlsplit

import typer

from tmfiles.cli.session import Session
from tmfiles.errors import TmError

PORT = 8642
LOOPBACK = ("127.0.0.1", "::1")


def serve(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", metavar="N", help="Where to listen; 0: any that is free.")] = PORT,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="For others, too: with users.")] = "127.0.0.1",
    names: Annotated[list[str] | None, typer.Option("--name", metavar="NAME", help="What else it is called.")] = None,
    proxy: Annotated[str, typer.Option("--proxy", metavar="URL", help="What a proxy before it is called.")] = "",
    trust: Annotated[list[str] | None, typer.Option("--trust", metavar="ADDRESS", help="Where the proxy is.")] = None,
    workers: Annotated[int, typer.Option("--workers", metavar="N", help="Processes that answer.")] = 1,
    log: Annotated[str, typer.Option("--log", metavar="FILE", help="A line for each request; -: standard error.")] = "",
    open_: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
) -> None:
    """Serve the store to a browser, and to programs over REST.

    Listens on this machine alone, until it is interrupted. What is changed is committed in your name, or from the
    first tm user add on in that of who is logged in. For a team: docs/how-to/server.md

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
    from tmfiles.web import running

    place = running.Place(host, port, _public(proxy), tuple(trust or LOOPBACK), tuple(names or ()), log)
    if trust and not proxy:
        raise TmError("--trust says where a proxy is, and there is none", "with it: --proxy URL", "usage")

    def told(address: str) -> None:
        session.warn(f"serving {address}  (stop: Ctrl-C)\n")
        if open_:
            import webbrowser

            webbrowser.open(address)

    running.serve(workspace.root, session.environment, place, told, workers)


def _public(address: str) -> str:
    """Give the address that a browser outside asks; raises TmError (`usage`) where that is none."""
    if not address:
        return ""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise TmError(f"--proxy {address} is no address", "for example --proxy https://tasks.example.org", "usage")
    return f"{parts.scheme}://{parts.netloc}/"
