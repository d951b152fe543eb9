"""The server for the Model Context Protocol, asked by the SDK's own client, in this process and in others."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
from conftest import GitRepo
from writing import Store, environment

pytest.importorskip("mcp", reason="needs tmfiles[mcp]")

import anyio
from mcp import Client, MCPError
from mcp.client.stdio import StdioServerParameters
from mcp_types import Implementation

from tmfiles.config import Environment
from tmfiles.mcp_server import serving
from tmfiles.mcp_server.tools import TOOLS

OUTPUT = json.loads((Path(__file__).parent.parent / "schemas" / "output.schema.json").read_text(encoding="utf-8"))
MOST = 2000

Talk = Callable[[Client], Awaitable[None]]


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store with two tasks, one waiting for the other."""
    made = Store(repo)
    made.do("add", "Design", "--id", "design", "--tag", "web")
    made.do("add", "Build", "--id", "build", "--depends-on", "design")
    return made


def talking(place: Any, talk: Talk, name: str = "probe", mode: str = "auto") -> None:
    """Let the SDK's client talk with a server, under a name."""

    async def run() -> None:
        with anyio.fail_after(60):
            async with Client(place, client_info=Implementation(name=name, version="1"), mode=mode) as client:
                await talk(client)

    anyio.run(run)


def server(store: Store, **environment: str) -> Any:
    """Make the server of a store in this process."""
    return serving.server(str(store.path), Environment(**environment))


async def ask(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """Call a tool that must do it, and give its data."""
    result = await client.call_tool(tool, arguments)
    document: dict[str, Any] = json.loads(result.content[0].text)
    assert not result.is_error, document
    jsonschema.Draft7Validator({"version": {"const": 1}, "required": ["version", "data"]}).validate(document)
    return document


async def refused(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """Call a tool that must refuse, and give the error."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    error: dict[str, Any] = json.loads(result.content[0].text)["error"]
    return error


def told() -> str:
    """Give the tool list as it goes over the wire."""
    return json.dumps([one.model_dump(by_alias=True, exclude_none=True) for one in serving.listed()])


def test_the_tools_are_few_and_short() -> None:
    """There are ten at most, and by a bound that no tokenizer passes on such text they cost little."""
    assert len(TOOLS) <= 10
    assert len(told()) / 3 < MOST
    assert len(serving.INSTRUCTIONS) < 500


def test_the_tool_list_costs_under_two_thousand_tokens() -> None:
    """A real tokenizer counts what every conversation begins with."""
    tokenizer = pytest.importorskip("bpe_openai", reason="the tokenizer is not installed")
    for name in ("cl100k_base", "o200k_base"):
        assert len(tokenizer.get_encoding(name).encode(told())) < MOST


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_session_from_plan_to_done(store: Store, mode: str) -> None:
    """A client finds work, takes it, records and closes it; each change is a commit in its own name."""

    async def talk(client: Client) -> None:
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == list(TOOLS)
        found = await ask(client, "list", which="ready")
        assert [one["id"] for one in found["data"]] == ["design"]
        claimed = await ask(client, "claim")
        by = claimed["data"]["tasks"][0]["claim"]["by"]
        assert by.startswith("probe-")
        await ask(client, "step", action="start", id=["design"])
        await ask(client, "say", kind="discover", id="design", text="The font is missing")
        made = await ask(client, "add", title="Buy a font", source="design", due="2026-12-01", criteria=["It is there"])
        around = await ask(client, "show", id=["design"], around=True)
        assert "The font is missing" in json.dumps(around)
        done = await ask(client, "step", action="complete", id="design", summary="Two fields")
        assert done["data"]["unblocked"] == ["build"]
        font = made["data"]["tasks"][0]["id"]
        both = await ask(
            client,
            "batch",
            operations=[{"op": "add", "title": "Test", "as": "t"}, {"op": "dep add", "id": "$t", "on": ["build"]}],
        )
        assert len(both["data"]["changed"]) == 1
        await ask(client, "update", id=[font], priority="high", tags=["type"])
        assert [one["id"] for one in (await ask(client, "search", text="font"))["data"]]
        took = await ask(client, "undo")
        assert "update" in took["data"]["took_back"][0]["subject"]
        assert store.git("log", "-1", "--format=%(trailers:key=Tm-Actor,valueonly)").strip() == by

    talking(server(store), talk, mode=mode)
    store.assert_sound()


def test_results_are_the_documents_of_the_command_line(store: Store) -> None:
    """What a tool or a resource gives is what `--json` prints."""

    async def talk(client: Client) -> None:
        for tool, arguments, words in (
            ("list", {}, "list"),
            ("list", {"which": "all", "tag": ["web"], "limit": 0}, "list --all --tag web"),
            ("list", {"which": "blocked"}, "blocked"),
            ("show", {"id": ["build"]}, "show build"),
            ("show", {"id": ["build"], "around": True}, "context build"),
            ("search", {"text": "des*"}, "search des*"),
        ):
            printed = json.loads(store.do(*words.split(), "--json").out)
            assert await ask(client, tool, **arguments) == printed, words
        for uri, words in (("tm://ready", "ready"), ("tm://task/build", "show build")):
            text = (await client.read_resource(uri)).contents[0].text
            assert json.loads(text) == json.loads(store.do(*words.split(), "--json").out)
        schema = json.loads((await client.read_resource("tm://schema")).contents[0].text)
        assert "depends_on" in schema["properties"]
        listed = [str(one.uri) for one in (await client.list_resources()).resources]
        assert listed == ["tm://ready", "tm://schema"]
        (template,) = (await client.list_resource_templates()).resource_templates
        assert template.uri_template == "tm://task/{id}"
        with pytest.raises(MCPError, match="no task 'nowhere'"):
            await client.read_resource("tm://task/nowhere")
        with pytest.raises(MCPError, match="there are: tm://ready"):
            await client.read_resource("tm://else")

    talking(server(store), talk)


def test_refusals_say_what_to_do(store: Store) -> None:
    """What cannot be done is an error with a hint and changes nothing, and the server goes on."""
    before = store.commits()

    async def talk(client: Client) -> None:
        blocked = await refused(client, "step", action="start", id="build")
        assert blocked["code"] == "refused"
        assert "force" in blocked["hint"]
        assert "did you mean 'title'" in (await refused(client, "add", titel="x", title="y"))["message"]
        assert (await refused(client, "add"))["message"] == "'title' is missing"
        assert (await refused(client, "add", title="x", op="delete"))["message"] == "add takes no 'op'"
        assert "limit must be" in (await refused(client, "list", limit="5"))["message"]
        assert "complete" in (await refused(client, "step", action="finish", id="design"))["hint"]
        assert "takes no 'summary'" in (await refused(client, "step", action="start", id="x", summary="y"))["message"]
        assert (await refused(client, "list", which="ready", status=["blocked"]))["code"] == "usage"
        assert (await refused(client, "list", tag=["nowhere"]))["code"] == "not_found"
        assert (await refused(client, "show", id=["design", "build"], around=True))["code"] == "usage"
        assert (await refused(client, "batch", operations="x"))["code"] == "usage"
        lines = await refused(client, "batch", operations=[{"op": "start", "id": "no"}, {"op": "nope"}])
        assert [one["line"] for one in lines["problems"]] == [1, 2]
        assert "unknown tool" in (await refused(client, "frob"))["message"]
        assert (await ask(client, "list"))["total"] == 2

    talking(server(store), talk)
    assert store.commits() == before


def test_two_clients_of_one_kind_are_two(store: Store) -> None:
    """What one has claimed the other is refused, by name; a name given to the server is everybody's."""
    store.do("complete", "design")
    store.do("add", "Other", "--id", "other")
    holder: list[str] = []

    async def first(client: Client) -> None:
        done = await ask(client, "claim", id=["build"], length="30m")
        holder.append(done["data"]["tasks"][0]["claim"]["by"])

    async def second(client: Client) -> None:
        error = await refused(client, "claim", id="build")
        assert error["code"] == "claimed"
        assert holder[0] in error["message"]
        assert (await ask(client, "claim"))["data"]["tasks"][0]["id"] == "other"

    async def named(client: Client) -> None:
        assert (await ask(client, "claim"))["data"]["tasks"][0]["claim"]["by"] == "agent-7"

    talking(server(store), first, "same")
    talking(server(store), second, "same")
    store.do("add", "Third")
    talking(server(store, actor="agent-7"), named, "same")


def test_as_a_process(store: Store) -> None:
    """`tm mcp` speaks over standard input and output, acts as the client, and ends with it."""
    folder = str(store.path)
    place = StdioServerParameters(command=sys.executable, args=["-m", "tmfiles", "mcp"], cwd=folder, env=environment())

    async def talk(client: Client) -> None:
        assert client.server_info.name == "tm"
        assert (await ask(client, "claim"))["data"]["tasks"][0]["claim"]["by"].startswith("the client-")
        assert (await refused(client, "show", id="nowhere"))["code"] == "not_found"

    talking(place, talk, "the  client\n")
    assert store.leftovers() == []


@pytest.mark.timeout(60)
def test_over_http_on_loopback(store: Store) -> None:
    """`tm mcp --http` serves this machine, refuses a page of another host, and ends when interrupted."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tmfiles", "-C", str(store.path), "mcp", "--http", "0"],
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        url = process.stderr.readline().strip().removeprefix("listening on ")
        assert url.startswith("http://127.0.0.1:")

        async def talk(client: Client) -> None:
            assert (await ask(client, "claim"))["data"]["tasks"][0]["claim"]["by"].startswith("web-")

        talking(url, talk, "web")
        place = urlsplit(url)
        asked = http.client.HTTPConnection(place.netloc, timeout=20)
        asked.request("POST", place.path, b"{}", {"Host": "example.org", "Content-Type": "application/json"})
        assert asked.getresponse().status == 421
        asked.close()
        process.send_signal(signal.SIGINT)
        process.wait(20)
    finally:
        process.kill()
        process.communicate()


def test_there_must_be_a_store(repo: GitRepo) -> None:
    """Where there is none, the command says so at once instead of serving nothing."""
    done = Store(repo, init=False).do("mcp", code=1)
    assert "no .tasks/ in" in done.err
