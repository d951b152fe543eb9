"""Stores to measure on: task files from the generator in a fresh repository, and the same tasks as beads has them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.bench.generate import docs
from tmfiles import codec, store

_STATUS = {"pending": "open", "completed": "closed", "cancelled": "closed"}
_PRIORITY = {"critical": 0, "high": 1, "medium": 2, "low": 3}


def repository(root: Path) -> None:
    """Make an empty repository with an identity of its own."""
    root.mkdir(parents=True)
    git(root, "init", "--quiet")
    git(root, "config", "user.name", "Bench")
    git(root, "config", "user.email", "bench@example.org")
    git(root, "config", "gc.auto", "0")  # what runs in the background would be measured too


def git(root: Path, *words: str) -> None:
    """Run git in a folder."""
    subprocess.run(["git", *words], cwd=root, check=True, stdout=subprocess.DEVNULL)


def filled(root: Path, count: int) -> list[str]:
    """Make a store with so many tasks in one commit; give their ids."""
    repository(root)
    ids = []
    for task_id, doc in docs(count):
        path = root / store.FOLDER / store.place(task_id, "auto", count)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(codec.dumps(doc))
        ids.append(task_id)
    (root / store.FOLDER / store.CONFIG).write_text("version: 1\n", encoding="utf-8")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "tasks")
    git(root, "gc", "--quiet")
    return ids


def beads(path: Path, count: int) -> None:
    """Write the same tasks as the JSON lines of beads."""
    with open(path, "w", encoding="utf-8") as file:
        for task_id, doc in docs(count):
            file.write(json.dumps(_issue(f"bd-{task_id}", doc)) + "\n")


def _issue(task_id: str, doc: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": task_id,
        "title": doc["title"],
        "description": doc.get("description", ""),
        "status": _STATUS.get(doc["status"], doc["status"]),
        "priority": _PRIORITY[doc["priority"]],
        "issue_type": doc["type"],
        "created_at": doc["created_at"],
        "updated_at": doc.get("completed_at", doc["created_at"]),
        **({"closed_at": doc["completed_at"]} if "completed_at" in doc else {}),
        "labels": doc.get("tags", []),
        "dependencies": [
            {"issue_id": task_id, "depends_on_id": f"bd-{other}", "type": "blocks"}
            for other in doc.get("depends_on", ())
        ],
    }
