"""One store served to clients of the Model Context Protocol: who each of them is, and how they are reached."""

from __future__ import annotations

import hashlib
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Any

import anyio
import mcp_types as types
from mcp.server import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from tmfiles import __version__
from tmfiles.config import Environment
from tmfiles.errors import TmError
from tmfiles.mcp_server.tools import TOOLS, called, read, schema
from tmfiles.render import documents
from tmfiles.workspace import Workspace

HOST = "127.0.0.1"
_JSON = "application/json"
INSTRUCTIONS = (
    "Tasks of this repository, as files in .tasks/; each change is one Git commit, and nothing is pushed. "
    "Take work with claim, read it with show (around: true), say what you find with say, close it with step "
    "(complete, summary). Make a task of what you will not do now, with source set to the one you work on."
)


class Desk:
    """One store that clients come to: where it is, and under which name each of them acts."""

    def __init__(self, folder: str, environment: Environment) -> None:
        self.folder = folder
        # A name of a request would make the second call of a kind one that was done before.
        self.environment = environment._replace(request="")
        with Workspace.find(folder, self.environment) as workspace:
            self._chance = workspace.random_bytes(2).hex()

    def actor(self, context: Any) -> str:
        """Give who acts: as the server was told, else the client's own name and four digits for its session.

        Two clients of one kind are two: what one has claimed, the other has not.
        """
        if self.environment.actor:
            return self.environment.actor
        params = context.session.client_params
        name = "".join(one for one in (params.client_info.name if params else "") if one.isprintable())
        session = context.request.headers.get("mcp-session-id", "") if context.request is not None else ""
        number = hashlib.sha256(session.encode()).hexdigest()[:4] if session else self._chance
        return f"{' '.join(name.split())[:60] or 'mcp'}-{number}"

    def ask(self, actor: str, what: Callable[[Workspace], dict[str, Any]]) -> tuple[dict[str, Any], bool]:
        """Open the store as it is now and give the document of what was asked, and whether it is a refusal."""
        try:
            with Workspace.find(self.folder, self.environment._replace(actor=actor)) as workspace:
                return what(workspace), False
        except TmError as error:
            return documents.refusal(error), True
        except Exception as error:  # the server goes on: the next call may well succeed
            traceback.print_exc(file=sys.stderr)
            words = f"this is a bug in tm: {type(error).__name__}: {error}"
            return documents.refusal(TmError(words, "the server's standard error has the trace", "bug")), True


def server(folder: str, environment: Environment) -> Server[Any]:
    """Make the server of a store; raises TmError where there is none."""
    desk = Desk(folder, environment)

    async def asked(context: Any, what: Callable[[Workspace], dict[str, Any]]) -> tuple[dict[str, Any], bool]:
        # In a thread: a writer may have to wait for another, and meanwhile others can read.
        found: tuple[dict[str, Any], bool] = await anyio.to_thread.run_sync(desk.ask, desk.actor(context), what)
        return found

    async def list_tools(_context: Any, _params: Any) -> Any:
        return types.ListToolsResult(tools=listed())

    async def call(context: Any, params: Any) -> Any:
        arguments = dict(params.arguments or {})
        document, refused = await asked(context, lambda workspace: called(workspace, params.name, arguments))
        text = types.TextContent(type="text", text=documents.compact(document))
        return types.CallToolResult(content=[text], is_error=refused)

    async def list_resources(_context: Any, _params: Any) -> Any:
        return types.ListResourcesResult(
            resources=[
                types.Resource(name="ready", uri="tm://ready", description="What can be started", mime_type=_JSON),
                types.Resource(name="schema", uri="tm://schema", description="What a task may hold", mime_type=_JSON),
            ]
        )

    async def list_templates(_context: Any, _params: Any) -> Any:
        template = types.ResourceTemplate(
            name="task", uri_template="tm://task/{id}", description="One task whole", mime_type=_JSON
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(context: Any, params: Any) -> Any:
        uri = str(params.uri)
        document, refused = await asked(context, lambda workspace: read(workspace, uri))
        if refused:
            error = document["error"]
            words = f"{error['message']}; {error['hint']}" if error.get("hint") else error["message"]
            raise MCPError(code=types.INVALID_PARAMS, message=words, data=document)
        text = types.TextResourceContents(uri=uri, mime_type=_JSON, text=documents.compact(document))
        return types.ReadResourceResult(contents=[text])

    return Server(
        "tm",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


def listed() -> list[Any]:
    """Give the tools as a client is told of them."""
    looking = types.ToolAnnotations(read_only_hint=True)
    return [
        types.Tool(
            name=name, description=one.about, input_schema=schema(one), annotations=looking if one.looks else None
        )
        for name, one in TOOLS.items()
    ]


def serve(folder: str, environment: Environment) -> None:
    """Serve one client over standard input and output, until it goes; raises TmError where there is no store."""
    made = server(folder, environment)

    async def run() -> None:
        async with stdio_server() as (reading, writing):
            await made.run(reading, writing, made.create_initialization_options())

    anyio.run(run)


def serve_http(folder: str, environment: Environment, port: int, told: Callable[[str], None]) -> None:
    """Serve clients of this machine over HTTP, until interrupted; `told` gets the address.

    Raises TmError where there is no store, and for a port that cannot be had.
    """
    import uvicorn

    made = server(folder, environment)
    place = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with place:
        try:
            place.bind((HOST, port))
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise TmError(f"cannot listen on port {port}: {reason}", "another one: tm mcp --http 0", "usage") from error
        told(f"listening on http://{HOST}:{place.getsockname()[1]}/mcp\n")
        # The application asks of each request that Host and Origin are this machine.
        config = uvicorn.Config(made.streamable_http_app(host=HOST), log_level="warning")
        anyio.run(lambda: uvicorn.Server(config).serve(sockets=[place]))
