"""`python -m tests.bench [--sizes 100,1000,10000,100000]`: how long whole commands take, as multiples of a bare Python.

Beside the time on the clock stands that of the processors, which tells more where other work runs along, and
the most memory. Taskwarrior does the same in the same run where it is installed.
"""

from __future__ import annotations

import argparse
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench import others, stores
from tests.bench.generate import docs

SOURCE = str(Path(__file__).parent.parent.parent)
TM = (
    sys.executable,
    "-c",
    f"import sys; sys.path.insert(0, {SOURCE!r}); from tmfiles.cli.boundary import main; sys.exit(main())",
)
# Where compiled modules may not be kept, the compiler would be measured.
_ENVIRONMENT = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
BARE = (sys.executable, "-c", "pass")
# What the design allows, as multiples of a bare Python, for 100, 1,000, 10,000 and 100,000 tasks.
BUDGETS = {
    "--version": (6, 6, 6, 6),
    "list": (2.5, 3, 6, 35),
    "ready": (2.5, 3, 6, 35),
    "next": (2.5, 3, 6, 35),
    "show ID": (2.5, 3, 6, 35),
    "list --tag web": (7, 7, 12, 60),
    "add": (15, 15, 20, 70),
    "update": (15, 15, 20, 70),
    "complete": (15, 15, 20, 70),
    "check --staged": (20, 20, 25, 80),
    "check ID": (20, 20, 25, 80),
    "first read": (10, 25, 150, 1500),
    "import": (20, 50, 400, 4000),
}
SIZES = (100, 1000, 10_000, 100_000)
# Repeated until this many seconds are over, but at least thrice and at most this often; what is longer, once.
_SECONDS, _LEAST, _MOST, _LONG = 3.0, 3, 15, 10.0
# Another's program that takes longer than this many seconds is not waited for.
_PATIENCE = 60


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES[:3])), help="how many tasks, separated by commas")
    sizes = [int(word) for word in parser.parse_args().sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="tm-bench-") as folder:
        for size in sizes:
            _table(Path(folder), size)


class Cost(NamedTuple):
    """What a command took: seconds on the clock, seconds of the processors, the most memory in MiB."""

    seconds: float
    cpu: float
    memory: float


def _table(folder: Path, size: int) -> None:
    print(f"\n{size:,} tasks, a fifth with dependencies")
    print(f"{'':18}{'ratio':>8}{'budget':>8}{'of cpu':>8}{'ms':>9}{'of git status':>15}{'MiB':>7}", flush=True)
    root = folder / str(size)
    ids = stores.filled(root, size)
    bare = _measured(lambda: BARE, root)
    status = _measured(lambda: ("git", "status", "--short"), root)
    for name, cost in (("python -c pass", bare), ("git status", status)):
        print(_figures(name, cost, bare, status, size), flush=True)
    for name, words, before in _commands(root, ids, size):
        cost = _measured(words, root, before)
        # A bare Python is timed in between: on a shared machine the yardstick changes its length.
        print(_figures(name, cost, _measured(lambda: BARE, root, most=7), status, size), flush=True)
    for name, words in others.taskwarrior(folder / f"task-{size}", size):
        try:
            cost = _measured(words, root)
        except subprocess.TimeoutExpired:
            print(f"{name:18} over {_PATIENCE} s", flush=True)
        else:
            print(_figures(name, cost, _measured(lambda: BARE, root, most=7), status, size), flush=True)


def _figures(name: str, cost: Cost, bare: Cost, status: Cost, size: int) -> str:
    budget = BUDGETS[name][SIZES.index(size)] if size in SIZES and name in BUDGETS else ""
    ratios = f"{cost.seconds / bare.seconds:8.1f}{budget:>8}{cost.cpu / bare.cpu:8.1f}"
    return f"{name:18}{ratios}{cost.seconds * 1000:9.1f}{cost.seconds / status.seconds:15.1f}{cost.memory:7.0f}"


Command = tuple[str, Callable[[], Sequence[str]], Callable[[], None] | None]


def _commands(root: Path, ids: list[str], size: int) -> Iterator[Command]:
    middle = ids[len(ids) // 2]
    # Each command changes a task that none has changed: what is done already would be quicker.
    some = iter([task_id for task_id, doc in docs(size) if doc["status"] == "pending"])

    def plain(*words: str) -> Callable[[], Sequence[str]]:
        return lambda: (*TM, *words)

    for words in (("--version",), ("list",), ("ready",), ("next",)):
        yield words[0], plain(*words), None
    yield "show ID", plain("show", middle), None
    yield "list --tag web", plain("list", "--tag", "web"), None
    yield "list --json", plain("list", "--json"), None
    yield "next --json", plain("next", "--json"), None
    yield "first search", plain("search", "cursor"), lambda: _forget_words(root)
    yield "search", plain("search", "cursor", "dele*"), None
    yield "add", plain("add", "One more thing to do"), None
    yield "update", lambda: (*TM, "update", next(some), "--priority", "critical", "--assignee", "bench"), None
    yield "complete", lambda: (*TM, "complete", next(some), "--force"), None
    yield "check --staged", plain("check", "--staged"), lambda: _stage(root, next(some))
    yield "check ID", plain("check", middle), None
    yield "check", plain("check"), None
    yield "first read", plain("list"), lambda: (root / ".git" / "tm" / "index.sqlite").unlink(missing_ok=True)
    yield "import", *_import(root.parent / f"import-{size}", size)


def _stage(root: Path, task_id: str) -> None:
    """Stage the change of one task's status, so that the graph is judged anew."""
    path = next((root / ".tasks").rglob(f"{task_id}.yaml"))
    path.write_text(path.read_text(encoding="utf-8").replace("status: pending", "status: completed"), encoding="utf-8")
    stores.git(root, "add", "--", str(path))


def _import(folder: Path, size: int) -> tuple[Callable[[], Sequence[str]], Callable[[], None]]:
    made: list[Path] = []

    def empty() -> None:
        made.append(folder / str(len(made)))
        stores.repository(made[-1])
        subprocess.run([*TM, "-C", str(made[-1]), "init"], check=True, capture_output=True)

    folder.mkdir()
    stores.beads(folder / "issues.jsonl", size)
    return lambda: (*TM, "-C", str(made[-1]), "import", "beads", str(folder / "issues.jsonl")), empty


def _forget_words(root: Path) -> None:
    """Take the full text out of the cache, so that the next search makes it anew."""
    with sqlite3.connect(root / ".git" / "tm" / "index.sqlite") as cache:
        cache.execute("DROP TABLE IF EXISTS words")
        cache.execute("DROP TABLE IF EXISTS searched")
    cache.close()


def _measured(
    words: Callable[[], Sequence[str]], root: Path, before: Callable[[], None] | None = None, most: int = _MOST
) -> Cost:
    """Give the medians of time, and the most memory, of a command run again and again."""
    taken: list[Cost] = []
    warm = before is None
    end = time.monotonic() + _SECONDS
    while len(taken) < _LEAST or (len(taken) < most and time.monotonic() < end):
        if before is not None:
            before()
        cost = _run(words(), root)
        if warm:
            warm = False  # the first run finds cold caches, and times that have not settled
            continue
        taken.append(cost)
        if cost.seconds > _LONG:
            break
    seconds, cpu, memory = zip(*taken, strict=True)
    return Cost(statistics.median(seconds), statistics.median(cpu), max(memory))


def _run(words: Sequence[str], root: Path) -> Cost:
    with tempfile.TemporaryFile() as err:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.perf_counter()
        child = subprocess.Popen(words, cwd=root, env=_ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=err)
        alarm = threading.Timer(_PATIENCE, child.kill)
        if words[0] == "task":
            alarm.start()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        alarm.cancel()
        seconds = time.perf_counter() - begin
        if seconds >= _PATIENCE and child.returncode < 0:
            raise subprocess.TimeoutExpired(list(words), _PATIENCE)
        if child.returncode not in (0, 1):
            err.seek(0)
            raise SystemExit(f"{' '.join(words)}: exit {child.returncode}\n{err.read().decode()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(seconds, cpu, memory)


if __name__ == "__main__":
    main()
