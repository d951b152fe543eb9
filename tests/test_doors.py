"""One piece of work through every door: the documents are the same, and so are the files."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles import Query, TmError, Workspace, api
from tmfiles.config import Environment

NOW, ACTOR = "2026-03-01T09:00:00Z", "agent-7"
LINES = [
    {"op": "add", "title": "Test it", "id": "test", "depends_on": ["build"]},
    {"op": "criteria add", "id": "test", "text": "Every link is clicked"},
]
CIRCLE = {"op": "dep add", "id": "design", "on": ["test"]}
# Make, link, look, claim, share, complete, ask, undo, and what is refused: in Python, on the command line, over MCP.
SCENARIO: dict[str, tuple[Callable[[Workspace], Any], str, tuple[str, dict[str, Any]]]] = {
    "make": (
        lambda store: api.add(store, "Design", {"priority": "high", "tags": ["web"]}, task_id="design"),
        "add Design --id design --priority high --tag web",
        ("add", {"title": "Design", "id": "design", "priority": "high", "tags": ["web"]}),
    ),
    "make one that waits": (
        lambda store: api.add(store, "Build", {"depends_on": ["design"]}, task_id="build"),
        "add Build --id build --depends-on design",
        ("add", {"title": "Build", "id": "build", "depends_on": ["design"]}),
    ),
    "make and mark many": (
        lambda store: api.batch(store, "\n".join(map(json.dumps, LINES)).encode(), path="operations"),
        "batch operations",
        ("batch", {"operations": LINES}),
    ),
    "a link that would close a circle": (
        lambda store: api.batch(store, json.dumps(CIRCLE).encode(), path="operations"),
        "batch operations",
        ("batch", {"operations": [CIRCLE]}),
    ),
    "ask what is ready": (lambda store: api.ready(store, Query()), "ready", ("list", {"which": "ready"})),
    "start what waits": (
        lambda store: api.start(store, ["build"]),
        "start build",
        ("step", {"action": "start", "id": "build"}),
    ),
    "claim": (lambda store: api.claim(store, ["design"]), "claim design", ("claim", {"id": ["design"]})),
    "share": (
        lambda store: api.say(store, "share", "design", "The font is missing"),
        "share design The\tfont\tis\tmissing",
        ("say", {"kind": "share", "id": "design", "text": "The font is missing"}),
    ),
    "look around": (lambda store: api.context(store, "des"), "context des", ("show", {"id": ["des"], "around": True})),
    "complete": (
        lambda store: api.complete(store, ["design"], summary="Two fields"),
        "complete design --summary Two\tfields",
        ("step", {"action": "complete", "id": "design", "summary": "Two fields"}),
    ),
    "change": (
        lambda store: api.update(store, ["build"], {"assignee": "maria", "due": "2026-04-01"}),
        "update build --assignee maria --due 2026-04-01",
        ("update", {"id": ["build"], "assignee": "maria", "due": "2026-04-01"}),
    ),
    "ask for some": (
        lambda store: api.listing(store, Query(assignees=("maria",), sort="-updated")),
        "list --assignee maria --sort -updated",
        ("list", {"assignee": ["maria"], "sort": "-updated"}),
    ),
    "search": (lambda store: api.search(store, "click*", Query()), "search click*", ("search", {"text": "click*"})),
    "undo": (lambda store: api.undo(store), "undo", ("undo", {})),
    "show": (lambda store: api.details(store, ["build"]), "show build", ("show", {"id": ["build"]})),
    "show what is not there": (
        lambda store: api.details(store, ["nowhere"]),
        "show nowhere",
        ("show", {"id": ["nowhere"]}),
    ),
    "delete what others need": (
        lambda store: api.delete(store, ["build"]),
        "delete build",
        ("step", {"action": "delete", "id": "build"}),
    ),
}
# The same over REST: method, path behind /api/v1, body.
REQUESTS: dict[str, tuple[str, str, Any]] = {
    "make": ("POST", "tasks", {"title": "Design", "id": "design", "priority": "high", "tags": ["web"]}),
    "make one that waits": ("POST", "tasks", {"title": "Build", "id": "build", "depends_on": ["design"]}),
    "make and mark many": ("POST", "batch", {"operations": LINES}),
    "a link that would close a circle": ("POST", "batch", {"operations": [CIRCLE]}),
    "ask what is ready": ("GET", "tasks?which=ready", None),
    "start what waits": ("POST", "tasks/build/start", None),
    "claim": ("POST", "tasks/design/claim", None),
    "share": ("POST", "tasks/design/share", {"text": "The font is missing"}),
    "look around": ("GET", "tasks/des/context", None),
    "complete": ("POST", "tasks/design/complete", {"summary": "Two fields"}),
    "change": ("PATCH", "tasks/build", {"assignee": "maria", "due": "2026-04-01"}),
    "ask for some": ("GET", "tasks?assignee=maria&sort=-updated", None),
    "search": ("GET", "search?q=click*", None),
    "undo": ("POST", "undo", None),
    "show": ("GET", "tasks/build", None),
    "show what is not there": ("GET", "tasks/nowhere", None),
    "delete what others need": ("DELETE", "tasks/build", None),
}
SEARCHED = {"search": "click*"}
Door = Callable[[str], Any]


def plain(document: Mapping[str, Any]) -> Any:
    """Give a document without what is random: the names of commands, and so of commits."""
    return json.loads(re.sub(r'"([0-9a-f]{40}|[0-9a-f]{16})"', '"random"', json.dumps(document)))


def python(store: Store) -> Door:
    """Give the door of programs in Python."""
    workspace = Workspace.find(str(store.path), Environment(actor=ACTOR, now=NOW))

    def ask(step: str) -> Any:
        try:
            found = SCENARIO[step][0](workspace)
        except TmError as error:
            found = error
        return api.document(workspace, found, SEARCHED.get(step, ""))

    return ask


def command_line(store: Store) -> Door:
    """Give the door of shells, where a batch is a file."""

    def ask(step: str) -> Any:
        operations = SCENARIO[step][2][1].get("operations", [])
        store.repo.write("operations", "\n".join(map(json.dumps, operations)))
        words = [word.replace("\t", " ") for word in SCENARIO[step][1].split(" ")]
        return json.loads(store.do(*words, "--json", code=None).out)

    return ask


def protocol(store: Store) -> Door:
    """Give the door of agents without a shell: the protocol's own client."""
    pytest.importorskip("mcp", reason="needs tmfiles[mcp]")
    import anyio
    from mcp import Client

    from tmfiles.mcp_server import serving

    server = serving.server(str(store.path), Environment(actor=ACTOR, now=NOW))

    async def called(tool: str, arguments: dict[str, Any]) -> str:
        async with Client(server) as client:
            result = await client.call_tool(tool, arguments)
        return str(result.content[0].text)

    return lambda step: json.loads(anyio.run(called, *SCENARIO[step][2]))


def rest(store: Store) -> Door:
    """Give the door of other programs; a problem says what an error of `--json` does, by the names of its standard."""
    pytest.importorskip("httpx", reason="needs the group web")
    pytest.importorskip("fastapi", reason="needs tmfiles[web]")
    from starlette.testclient import TestClient

    from tmfiles.web.app import make

    client = TestClient(make(str(store.path), Environment(actor=ACTOR, now=NOW)), base_url="http://localhost")

    def ask(step: str) -> Any:
        method, path, body = REQUESTS[step]
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        content = None if body is None else json.dumps(body)
        answer = client.request(method, f"/api/v1/{path}", content=content, headers={"Content-Type": kind})
        document = answer.json()
        if answer.is_success:
            return document
        about = {key: value for key, value in document.items() if key not in ("type", "title", "status", "detail")}
        return {"version": 1, "error": {"message": document["detail"], **about}}

    return ask


DOORS = {"python": python, "command line": command_line, "protocol": protocol, "rest": rest}


def walked(door: str, folder: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Go through the scenario by one door; give the document of every step, and the files at the end."""
    (folder / door).mkdir()
    repo = GitRepo(folder / door)
    repo.git("init", "--quiet")
    store = Store(repo)
    ask = DOORS[door](store)
    os.chdir(repo.path)
    documents = {step: plain(ask(step)) for step in SCENARIO}
    store.assert_sound()
    return documents, store.files()


@pytest.mark.parametrize("door", [door for door in DOORS if door != "command line"])
def test_every_door_leads_to_the_same(door: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Step by step, refusals too, the document is the one that `--json` prints; the files are the same to the byte."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TM_NOW", NOW)
    monkeypatch.setenv("TM_AGENT_ID", ACTOR)
    theirs, files = walked(door, tmp_path)
    ours, printed = walked("command line", tmp_path)
    refused = {step for step, document in ours.items() if "error" in document}
    assert refused == {
        "a link that would close a circle",
        "start what waits",
        "show what is not there",
        "delete what others need",
    }
    for step, document in ours.items():
        assert theirs[step] == document, step
    assert files == printed
