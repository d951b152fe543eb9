"""`python -m tests.bench.past [--tasks 10000] [--commits 20000]`: what looks back, beside git log and git blame.

The history is made by git fast-import: each task is added by one commit, then they are edited at random.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
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
    stores.git(root, "symbolic-ref", "HEAD", "refs/heads/main")
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


SOURCE = str(Path(__file__).parent.parent.parent)
START = f"import sys; sys.path.insert(0, {SOURCE!r}); from tmfiles.cli.boundary import main; sys.exit(main())"
_TIMES = 5


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.past", description=__doc__)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--commits", type=int, default=20_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tm-bench-") as folder:
        root = Path(folder, "store")
        ids = filled(root, asked.tasks, asked.commits)
        _table(root, ids)


def _table(root: Path, ids: list[str]) -> None:
    # The first task lies in the large top folder, the last one in a small one below it.
    for name, task_id in (("top folder", ids[0]), ("sharded", ids[-1])):
        path = next((root / store.FOLDER).rglob(f"{task_id}{store.SUFFIX}")).relative_to(root).as_posix()
        _row(f"git log -- PATH, {name}", root, "git", "log", "--oneline", "--", path)
        _row(f"git blame PATH, {name}", root, "git", "blame", "--porcelain", path)
        _row(f"tm log ID, {name}", root, *_tm("log", task_id))
        _row(f"tm blame ID, {name}", root, *_tm("blame", task_id))
    _row("python -c pass", root, sys.executable, "-c", "pass")
    _row("tm --version", root, *_tm("--version"))
    _row("first tm list --sort updated", root, *_tm("list", "--sort", "updated"), times=1)
    _row("tm list --sort updated, warm", root, *_tm("list", "--sort", "updated"))
    for count in (1, 1000):
        more(root, ids, count)
        _row(f"the same after {count:,} commits of others", root, *_tm("list", "--sort", "updated"), times=1)
    for back in (1, 1000, 5000):
        _row(f"tm list --at HEAD~{back}", root, *_tm("list", "--at", f"HEAD~{back}"))
    _row("tm show ID --at HEAD~1000", root, *_tm("show", ids[0], "--at", "HEAD~1000"), times=1)
    _row("tm undo --list -n 10", root, *_tm("--as", PEOPLE[0], "undo", "--list", "-n", "10"))
    _row("tm diff HEAD~1000", root, *_tm("diff", "HEAD~1000"))


def _tm(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-c", START, *words)


def _row(name: str, root: Path, *words: str, times: int = _TIMES) -> None:
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        subprocess.run(words, cwd=root, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        taken.append(time.perf_counter() - begin)
    print(f"{name:42}{statistics.median(taken) * 1000:9.0f} ms", flush=True)


if __name__ == "__main__":
    main()
