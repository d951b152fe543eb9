"""Backlog.md beside tm: the same tasks in its own files, and its server asked for what comes nearest."""

from __future__ import annotations

import asyncio
import random
import socket
import subprocess
import time
from pathlib import Path

from tests.bench import stores
from tests.bench.clients import Client, Times, together
from tests.bench.generate import docs

_STATUS = {"completed": "Done", "cancelled": "Done", "in_progress": "In Progress"}
_PRIORITY = {"critical": "high"}
_CONFIG = """\
project_name: "bench"
default_status: "To Do"
statuses: ["To Do", "In Progress", "Done"]
labels: []
date_format: yyyy-mm-dd
remote_operations: false
auto_commit: true
bypass_git_hooks: true
check_active_branches: false
task_prefix: "task"
"""


class Backlog:
    """Its server over so many tasks, for as long as the block runs."""

    def __init__(self, root: Path, count: int, program: str) -> None:
        self._root = root
        self._count = count
        self._program = program
        self._running: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])

    def __enter__(self) -> Backlog:
        stores.repository(self._root)
        self._fill()
        stores.git(self._root, "add", "--all")
        stores.git(self._root, "commit", "--quiet", "--message", "tasks")
        words = [self._program, "browser", "--no-open", "--port", str(self.port), "--non-interactive"]
        self._running = subprocess.Popen(
            words, cwd=self._root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        )
        for _ in range(600):
            with socket.socket() as tried:
                if not tried.connect_ex(("127.0.0.1", self.port)):
                    break
            time.sleep(0.1)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._running is not None:
            self._running.terminate()
            try:
                self._running.wait(20)
            except subprocess.TimeoutExpired:
                self._running.kill()
                self._running.wait()

    def _fill(self) -> None:
        folder = self._root / "backlog" / "tasks"
        folder.mkdir(parents=True)
        (self._root / "backlog" / "config.yml").write_text(_CONFIG, encoding="utf-8")
        numbers: dict[str, int] = {}
        for task_id, doc in docs(self._count):
            number = numbers[task_id] = len(numbers) + 1
            needed = [f"TASK-{numbers[one]}" for one in doc.get("depends_on", ())]
            lines = [
                "---",
                f"id: TASK-{number}",
                f'title: "{doc["title"]}"',
                f"status: {_STATUS.get(doc['status'], 'To Do')}",
                f"assignee: [{doc.get('assignee', '')}]",
                f"created_date: '{doc['created_at'][:10]}'",
                f"labels: [{', '.join(doc.get('tags', ()))}]",
                f"dependencies: [{', '.join(needed)}]",
                f"priority: {_PRIORITY.get(doc['priority'], doc['priority'])}",
                "---",
                "",
                "## Description",
                "",
                str(doc.get("description", "")),
            ]
            (folder / f"task-{number} - task.md").write_text("\n".join(lines), encoding="utf-8")

    def table(self, readers: int, writers: int, seconds: float) -> list[str]:
        """Ask for single tasks and for the list, which it gives whole only; change some, one after the other."""
        times = Times()

        async def read(number: int, end: float) -> None:
            chance, client = random.Random(number), Client(self.port, {}, times)
            while time.monotonic() < end:
                if chance.random() < 0.85:
                    await client.ask("a task", "GET", f"/api/task/TASK-{chance.randint(1, self._count)}")
                else:
                    await client.ask("the list, whole", "GET", "/api/tasks")
            client.close()

        async def write(number: int, end: float) -> None:
            chance, client = random.Random(number), Client(self.port, {}, times)
            while time.monotonic() < end:
                value = {"priority": chance.choice(("low", "medium", "high"))}
                await client.ask("a change", "PUT", f"/api/tasks/TASK-{chance.randint(1, 100)}", value)
            client.close()

        async def both() -> float:
            began = time.monotonic()
            await asyncio.gather(together(readers, seconds, read), together(writers, seconds, write))
            return time.monotonic() - began

        return [f"Backlog.md, readers: {readers}, writers: {writers}", *times.table(asyncio.run(both()))]
