"""The command mcp."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated

import typer

from tmfiles.cli.session import Session
from tmfiles.errors import TmError


def mcp(
    context: typer.Context,
    http: Annotated[int | None, typer.Option("--http", metavar="PORT", help="Serve HTTP on loopback; 0: any.")] = None,
) -> None:
    """Serve the store to clients of the Model Context Protocol.

    Speaks with one client over standard input and output, or with several over HTTP, on this machine alone.
    Who acts is the client; TM_AGENT_ID or --as says otherwise. How to: docs/how-to/agents.md

    tm mcp

    tm mcp --http 8765
    """
    session: Session = context.obj
    workspace = session.workspace()
    if find_spec("mcp") is None:
        raise TmError(
            "tm mcp needs the package mcp, which is not installed", "install it: pip install 'tmfiles[mcp]'", "usage"
        )
    from tmfiles.mcp_server import serving

    if http is None:
        serving.serve(workspace.root, session.environment)
    else:
        serving.serve_http(workspace.root, session.environment, http, session.warn)
