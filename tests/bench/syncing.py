"""What it costs to meet: tasks changed on both sides, merged by `tm sync` and by `git merge` with the driver.

python -m tests.bench.syncing [TASKS] prints the table of docs/explanation/merging.md.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TM = [sys.executable, "-m", "tmfiles"]


def run(folder: Path, *words: str, env: Mapping[str, str] | None = None) -> None:
    """Run a command that must succeed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    subprocess.run(words, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)


def batch(folder: Path, operations: list[dict[str, object]]) -> None:
    """Do many things in one commit."""
    file = folder / "lines.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in operations), encoding="utf-8")
    run(folder, *TM, "batch", str(file))
    file.unlink()


def stores(top: Path, count: int) -> Path:
    """Make two clones that both changed each of `count` tasks; the first has pushed. Give the second."""
    origin, ann, ben = top / "origin.git", top / "ann", top / "ben"
    run(top, "git", "init", "--quiet", "--bare", str(origin))
    for folder in (ann, ben):
        folder.mkdir()
    run(ann, *TM, "init", "--standalone")
    ids = [f"task-{number}" for number in range(count)]
    batch(ann, [{"op": "add", "id": one, "title": f"Do {one}", "description": "One.\nTwo.\n"} for one in ids])
    run(ann / ".tasks", "git", "remote", "add", "origin", str(origin))
    run(ann, *TM, "sync")
    run(ben, "git", "clone", "--quiet", str(origin), ".tasks")
    run(ben, *TM, "init")
    for folder, title, tag in ((ann, "Ann's", "a"), (ben, "Ben's", "b")):
        batch(folder, [{"op": "update", "id": one, "title": f"{title} {one}", "tags": [tag]} for one in ids])
    run(ann, *TM, "sync")
    return ben


def measured(folder: Path, *words: str) -> tuple[float, float, int]:
    """Give the seconds by the clock, those of the processor, and the processes that a command starts."""
    with tempfile.NamedTemporaryFile() as trace:
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        run(folder, *words, env={"GIT_TRACE2_EVENT": trace.name})
        after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        events = [json.loads(line) for line in Path(trace.name).read_text(encoding="utf-8").splitlines()]
    gits = sum(event["event"] == "version" for event in events)
    # A driver is a shell and the program it starts; of these git tells only that it began one.
    others = sum(event["event"] == "child_start" and "tm-merge" in str(event.get("argv")) for event in events)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return ended - began, used, gits + 2 * others


def table(count: int) -> list[tuple[str, float, float, int]]:
    """Merge the same two sides in both ways."""
    with tempfile.TemporaryDirectory() as folder:
        ben = stores(Path(folder), count)
        other = Path(folder) / "other"
        shutil.copytree(ben, other)
        found = []
        run(other / ".tasks", "git", "status")
        run(other / ".tasks", "git", "fetch", "--quiet")
        merge = measured(other / ".tasks", "git", "merge", "--quiet", "--no-edit", "@{upstream}")
        found.append(("`git merge` with the driver, without fetch and push", *merge))
        found.append(("`tm sync`, fetch and push included", *measured(ben, *TM, "sync")))
        same = subprocess.run(["diff", "-r", "-x", ".git", str(ben), str(other)], check=False)
        if same.returncode:
            raise AssertionError("the two ways differ")
        return found


if __name__ == "__main__":
    tasks = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for name, clock, used, processes in table(tasks):
        print(f"| {name} | {clock:.1f} | {used:.1f} | {processes:,} |")
