"""`python -m tests.bench.talking`: what one session of an agent costs by the command line and over MCP.

The same plan of six tasks, the same work: look, take, record, leave work for later, complete, until nothing is left.
Counted are the calls and, by a real tokenizer, the tokens that the agent writes (commands, or the arguments of tools)
and reads (output, or results, and what it is told at the start). Needs the group `agents`.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import anyio
from mcp import Client

from tests.bench.__main__ import TM
from tests.bench.stores import git, repository
from tmfiles.config import Environment
from tmfiles.mcp_server import serving

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it reads its vocabulary in a way that Python will do without
    import bpe_openai

PLAN = """\
tasks:
- name: schema
  title: Describe the login request
  priority: high
  description: Fields, limits and errors, as the form and the server both need them.
- {name: form, title: Build the login form, depends_on: [schema], tags: [web]}
- {name: server, title: Answer the login request, depends_on: [schema], tags: [auth]}
- {name: limit, title: Limit the tries of one address, depends_on: [server], tags: [auth]}
- {name: try, title: Try the login from end to end, depends_on: [form, limit], criteria: [A wrong password is refused]}
- {name: tell, title: Tell the users, depends_on: [try], priority: low}
"""
FOUND = "The session cookie has no expiry"
SUMMARY = "Done and tried; nothing is left open"
_COUNT = bpe_openai.get_encoding("o200k_base")


class Cost(NamedTuple):
    """What a session took: calls, tokens told at the start, tokens written and read by the agent."""

    calls: int
    start: int
    written: int
    read: int


def main() -> None:
    """Print a line a way."""
    print(f"{'':24}{'calls':>7}{'at the start':>14}{'written':>9}{'read':>7}{'in all':>8}")
    ways: dict[str, Callable[[Path], Cost]] = {
        "command line": lambda root: by_command_line(root, ()),
        "command line, --json": lambda root: by_command_line(root, ("--json",)),
        "MCP": by_protocol,
    }
    for name, way in ways.items():
        with tempfile.TemporaryDirectory(prefix="tm-bench-") as folder:
            root = Path(folder) / "store"
            _planned(root)
            cost = way(root)
            left = subprocess.run([*TM, "-C", str(root), "list", "--plain"], check=True, capture_output=True, text=True)
            assert left.stdout.count("\n") == 0, left.stdout
        total = cost.start + cost.written + cost.read
        print(f"{name:24}{cost.calls:7}{cost.start:14,}{cost.written:9,}{cost.read:7,}{total:8,}", flush=True)


def _planned(root: Path) -> None:
    repository(root)
    (root / "plan.yaml").write_text(PLAN, encoding="utf-8")
    for words in (("init", "-q"), ("add", "--plan", "plan.yaml", "-q")):
        subprocess.run([*TM, *words], cwd=root, check=True, capture_output=True)
    git(root, "status", "--short")


def by_command_line(root: Path, form: Sequence[str]) -> Cost:
    """Work as an agent with a shell does."""
    counts = [0, 0, 0]

    def tm(*words: str) -> str:
        done = subprocess.run([*TM, *words], cwd=root, check=True, capture_output=True, text=True)
        counts[0] += 1
        counts[1] += tokens(" ".join(["tm", *(json.dumps(one) if " " in one else one for one in words)]))
        counts[2] += tokens(done.stdout + done.stderr)
        return done.stdout

    start = tokens(tm("prime", *form))
    for turn in range(7):
        taken = tm("next", "--claim", *form)
        task = json.loads(taken)["data"]["id"] if form else taken.split()[0]
        tm("context", task, *(form or ("--brief",)))
        tm("start", task, *form)
        tm("progress", task, "Half of it stands", *form)
        if not turn:
            tm("add", FOUND, "--source", task, *form)
        tm("complete", task, "--summary", SUMMARY, "--force", *form)
    return Cost(counts[0], start, counts[1], counts[2] - start)


def by_protocol(root: Path) -> Cost:
    """Work as an agent without a shell does."""
    counts = [0, 0, 0]
    listed = [one.model_dump(by_alias=True, exclude_none=True) for one in serving.listed()]
    start = tokens(json.dumps(listed)) + tokens(serving.INSTRUCTIONS)

    async def session() -> None:
        async with Client(serving.server(str(root), Environment())) as client:

            async def call(tool: str, **arguments: Any) -> Any:
                result = await client.call_tool(tool, arguments)
                text = result.content[0].text
                assert not result.is_error, text
                counts[0] += 1
                counts[1] += tokens(json.dumps({"name": tool, "arguments": arguments}))
                counts[2] += tokens(text)
                return json.loads(text)["data"]

            await call("list", which="ready")
            for turn in range(7):
                task = (await call("claim"))["tasks"][0]["id"]
                await call("show", id=[task], around=True)
                await call("step", action="start", id=[task])
                await call("say", kind="progress", id=task, text="Half of it stands")
                if not turn:
                    await call("add", title=FOUND, source=task)
                await call("step", action="complete", id=[task], summary=SUMMARY, force=True)

    anyio.run(session)
    return Cost(counts[0], start, counts[1], counts[2])


def tokens(text: str) -> int:
    """Count tokens as a large model's tokenizer does."""
    return len(_COUNT.encode(text))


if __name__ == "__main__":
    main()
