"""A store with a long history, made by git fast-import: each task added by one commit, then edited at random."""

from __future__ import annotations

import random
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

from tests.bench import stores
from tests.bench.generate import PEOPLE, PRIORITIES, docs
from tmfiles import codec, store

_BEGIN = datetime(2024, 1, 1, tzinfo=timezone.utc)
_STEP = timedelta(minutes=7)


def filled(root: Path, tasks: int, commits: int) -> list[str]:
    """Make a store with so many tasks and commits, checked out; give the ids, the first edited most often."""
    stores.repository(root)
    importing = subprocess.Popen(["git", "fast-import", "--quiet", "--done"], cwd=root, stdin=subprocess.PIPE)
    assert importing.stdin is not None
    rng = random.Random(0)
    known: dict[str, tuple[str, dict[str, object]]] = {}
    ids: list[str] = []
    send = importing.stdin.write
    config = f"{store.FOLDER}/{store.CONFIG}", b"version: 1\n"
    for number, (task_id, doc) in enumerate(docs(tasks)):
        path = f"{store.FOLDER}/{store.place(task_id, 'auto', number)}"
        known[task_id] = path, doc
        ids.append(task_id)
        files = [(path, codec.dumps(doc)), *([config] if not number else [])]
        send(_commit(number, f"tm: add {task_id}", "add", rng.choice(PEOPLE), files))
    for number in range(tasks, commits):
        # One task in a thousand edits is always the same one, so that there is something to tell of it.
        task_id = ids[0] if number % 1000 == 0 else rng.choice(ids)
        path, doc = known[task_id]
        doc["priority"] = rng.choice([name for name in PRIORITIES if name != doc["priority"]])
        send(_commit(number, f"tm: update {task_id}", "update", rng.choice(PEOPLE), [(path, codec.dumps(doc))]))
    send(b"done\n")
    importing.stdin.close()
    if importing.wait():
        raise SystemExit("git fast-import failed")
    stores.git(root, "checkout", "--quiet", "--force", "main")
    stores.git(root, "gc", "--quiet")
    return ids


def more(root: Path, ids: list[str], commits: int) -> None:
    """Add so many commits of others, as a pull brings them, and check them out."""
    rng = random.Random(commits)
    old = subprocess.run(["git", "rev-parse", "main"], cwd=root, check=True, capture_output=True, text=True).stdout
    words = [b"reset refs/heads/main\nfrom " + old.encode() + b"\n"]
    for number in range(commits):
        task_id = rng.choice(ids)
        path = next((root / store.FOLDER).rglob(f"{task_id}{store.SUFFIX}")).relative_to(root).as_posix()
        data = (root / path).read_bytes() + f"# {number}\n".encode()
        words.append(_commit(1_000_000 + number, f"tm: update {task_id}", "update", rng.choice(PEOPLE), [(path, data)]))
    subprocess.run(["git", "fast-import", "--quiet", "--force"], cwd=root, input=b"".join(words), check=True)
    stores.git(root, "checkout", "--quiet", "--force", "main")


def _commit(number: int, subject: str, op: str, who: str, files: list[tuple[str, bytes]]) -> bytes:
    at = int((_BEGIN + _STEP * number).timestamp())
    text = f"{subject}\n\nTm-Id: {number:016x}\nTm-Op: {op}\nTm-Actor: {who}\n".encode()
    head = f"commit refs/heads/main\ncommitter {who} <{who}@example.org> {at} +0000\ndata {len(text)}\n".encode()
    body = b"".join(b"M 644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data) for path, data in files)
    return head + text + b"\n" + body
