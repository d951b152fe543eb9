"""Many readers and writers at one server for a minute: what it takes, and that no write is lost.

    python -m tests.bench.load --tasks 10000 --readers 50 --writers 10 --seconds 60 --workers 2
    python -m tests.bench.load --backlog FOLDER/node_modules/.bin/backlog     # beside Backlog.md's server

Everything is on loopback, and ends by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench import stores
from tests.bench.backlog import Backlog
from tests.bench.clients import Client, Times, together
from tests.bench.pages import shown
from tmfiles import codec
from tmfiles.web import users
from tmfiles.web.state import State

# Another was first, the version is an old one, too many: what a client is to expect. All else is an error.
ALLOWED = (409, 412, 429)
# Seconds that one reader has the server alone.
ALONE = 8.0
MERGE = {"Content-Type": "application/merge-patch+json"}


class Load:
    """Readers and writers of one store, and what was promised to the writers."""

    def __init__(self, port: int, ids: list[str], tokens: list[str]) -> None:
        self.port = port
        self.ids = ids
        self.tokens = tokens
        self.times = Times()
        self.said: dict[str, str] = {}
        self.made: dict[str, str] = {}
        self.patched = 0

    def client(self, number: int) -> Client:
        """Give a client that acts as one of the users."""
        token = self.tokens[number % len(self.tokens)]
        return Client(self.port, {"Authorization": f"Bearer {token}"}, self.times, f"127.0.1.{number + 1}")

    async def read(self, number: int, end: float) -> None:
        """Look at lists, tasks and what a search finds, one after the other, without a pause."""
        chance, client = random.Random(number), self.client(number)
        while time.monotonic() < end:
            what = chance.random()
            if what < 0.5:
                await client.ask("a task", "GET", f"/api/v1/tasks/{chance.choice(self.ids)}")
            elif what < 0.85:
                await client.ask("a list of 50", "GET", "/api/v1/tasks?limit=50")
            else:
                await client.ask(
                    "a search", "GET", f"/api/v1/search?q={chance.choice(('login', 'cache*', 'sort'))}&limit=20"
                )
        client.close()

    async def write(self, number: int, end: float) -> None:
        """Comment on tasks that others comment on, change them from what was seen, make new ones."""
        chance, client = random.Random(1000 + number), self.client(100 + number)
        count = 0
        while time.monotonic() < end:
            count += 1
            words, what = f"words {number}-{count}", chance.random()
            task_id = chance.choice(self.ids[:100])
            if what < 0.5:
                path = f"/api/v1/tasks/{task_id}/comment"
                done = await client.ask("a comment", "POST", path, {"text": words})
                if done.status < 300 and done.status:
                    self.said[words] = task_id
            elif what < 0.8:
                seen = await client.ask("a task", "GET", f"/api/v1/tasks/{task_id}")
                tag = {"If-Match": seen.headers.get("etag", '"none"'), **MERGE}
                value = {"specialty": words}
                done = await client.ask("a change", "PATCH", f"/api/v1/tasks/{task_id}", value, tag)
                self.patched += 0 < done.status < 300
            else:
                done = await client.ask("a new task", "POST", "/api/v1/tasks", {"title": words})
                if 0 < done.status < 300:
                    self.made[words] = done.json["data"]["tasks"][0]["id"]
        client.close()

    async def run(self, readers: int, writers: int, seconds: float) -> float:
        """Let all of them work at once; give the seconds that it took."""
        began = time.monotonic()
        await asyncio.gather(together(readers, seconds, self.read), together(writers, seconds, self.write))
        return time.monotonic() - began

    def lost(self, root: Path, before: int) -> list[str]:
        """Give what was promised and is not there, or is there twice; `before` counts the commits of the beginning."""
        docs = {
            path.stem: codec.loads(path.read_bytes())
            for path in (root / ".tasks").rglob("*.yaml")
            if path.stem != "config"
        }
        told = [(entry["text"], task_id) for task_id, doc in docs.items() for entry in doc.get("journal", ())]
        found = [f"comment {words!r}" for words, task_id in self.said.items() if told.count((words, task_id)) != 1]
        found += [
            f"task {words!r}" for words, task_id in self.made.items() if docs.get(task_id, {}).get("title") != words
        ]
        promised = len(self.said) + len(self.made) + self.patched
        commits = int(git(root, "rev-list", "--count", "HEAD")) - before
        if commits != promised:
            found.append(f"{promised} writes were promised, and there are {commits} commits")
        return found


def git(root: Path, *words: str) -> str:
    """Run git and give what it says."""
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def team(root: Path) -> list[str]:
    """Let ten users in; give their tokens."""
    state = State(str(root / ".git" / "tm" / "server"))
    tokens = []
    for number in range(10):
        state.add(users.user(f"user-{number}", f"User {number}", f"user-{number}@example.org"))
        tokens.append(state.make_token(f"user-{number}")[0])
    return tokens


@contextmanager
def served(root: Path, workers: int) -> Iterator[int]:
    """Run `tm serve` and give its port."""
    words = [sys.executable, "-m", "tmfiles", "-C", str(root), "serve", "--port", "0", "--workers", str(workers)]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as running:
        try:
            assert running.stderr is not None
            found = re.search(r":(\d+)/", running.stderr.readline())
            assert found
            port = int(found[1])
            for _ in range(600):
                with socket.socket() as tried:
                    if not tried.connect_ex(("127.0.0.1", port)):
                        break
                time.sleep(0.1)
            yield port
        finally:
            running.terminate()
            running.wait(60)


def main() -> int:
    """Make a store, put the load on its server, look for what was lost, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("tasks", 10_000), ("readers", 50), ("writers", 10), ("seconds", 60), ("workers", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--backlog", help="the program of Backlog.md, to measure beside")
    asked: Any = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tm-load-", dir=os.environ.get("TMPDIR")) as folder:
        root = Path(folder) / "store"
        ids = stores.filled(root, asked.tasks)
        subprocess.run([sys.executable, "-m", "tmfiles", "-C", str(root), "list"], check=True, capture_output=True)
        who = f"{asked.readers} readers, {asked.writers} writers, {asked.workers} workers"
        print(f"{asked.tasks:,} tasks, {who}, {asked.seconds} s")
        lost = loaded(root, ids, asked)
        if asked.backlog:
            with Backlog(Path(folder) / "backlog", asked.tasks, asked.backlog) as other:
                print("\n".join(other.table(1, 0, ALONE)))
                print("\n".join(other.table(asked.readers, 1, asked.seconds)))
                print("\n".join(shown("Backlog.md", other.port, {})))
    return 1 if lost else 0


def loaded(root: Path, ids: list[str], asked: Any) -> list[str]:
    """Put the load on a server of `tm`, print what it took, and give what was lost or wrong."""
    tokens = team(root)
    before = int(git(root, "rev-list", "--count", "HEAD"))
    with served(root, asked.workers) as port:
        headers = {"Authorization": f"Bearer {tokens[0]}"}
        print("\n".join(shown("tm", port, headers)))
        first = Load(port, ids, tokens)
        print("\n".join(["one reader alone", *first.times.table(asyncio.run(first.run(1, 0, ALONE)))]))
        load = Load(port, ids, tokens)
        lasted = asyncio.run(load.run(asked.readers, asked.writers, asked.seconds))
        print(f"{asked.readers} readers and {asked.writers} writers")
    print("\n".join(load.times.table(lasted)))
    lost = load.lost(root, before)
    lost += [f"{n} answers {status}" for status, n in load.times.errors(ALLOWED).items()]
    done = subprocess.run(
        [sys.executable, "-m", "tmfiles", "-C", str(root), "check"], capture_output=True, text=True, check=False
    )
    lost += [] if done.returncode == 0 else [f"tm check: {done.stdout[-500:]}"]
    promised = len(load.said) + len(load.made) + load.patched
    print(f"{promised:,} writes promised, each one commit; lost or wrong, tm check included: {lost or 'nothing'}")
    return lost


if __name__ == "__main__":
    sys.exit(main())
