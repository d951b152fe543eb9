"""`python -m tests.bench [--sizes 100,1000,10000]`: how long whole commands take, as multiples of a bare Python."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.bench import stores
from tests.bench.generate import docs

SOURCE = str(Path(__file__).parent.parent.parent)
TM = (
    sys.executable,
    "-c",
    f"import sys; sys.path.insert(0, {SOURCE!r}); from tmfiles.cli.boundary import main; sys.exit(main())",
)
BARE = (sys.executable, "-c", "pass")
# What the design allows, as multiples of a bare Python, for 100, 1,000 and 10,000 tasks.
BUDGETS = {
    "--version": (6, 6, 6),
    "list": (2.5, 3, 6),
    "ready": (2.5, 3, 6),
    "next": (2.5, 3, 6),
    "show ID": (2.5, 3, 6),
    "list --tag web": (7, 7, 12),
    "add": (15, 15, 20),
    "update": (15, 15, 20),
    "complete": (15, 15, 20),
    "check --staged": (20, 20, 25),
    "check ID": (20, 20, 25),
    "first read": (10, 25, 150),
    "import": (20, 50, 400),
}
SIZES = (100, 1000, 10_000)
# Repeated until this many seconds are over, but at least thrice and at most this often.
_SECONDS, _LEAST, _MOST = 3.0, 3, 15


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="how many tasks, separated by commas")
    sizes = [int(word) for word in parser.parse_args().sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="tm-bench-") as folder:
        for size in sizes:
            print(f"\n{size:,} tasks, a fifth with dependencies")
            print(f"{'':18}{'ratio':>8}{'budget':>8}{'ms':>9}{'of git status':>15}{'MiB':>7}", flush=True)
            root = Path(folder, str(size))
            ids = stores.filled(root, size)
            bare, _ = _measured(lambda: BARE, root)
            status, _ = _measured(lambda: ("git", "status", "--short"), root)
            print(f"{'python -c pass':18}{1:8.1f}{'':8}{bare * 1000:9.1f}{bare / status:15.1f}")
            print(f"{'git status':18}{status / bare:8.1f}{'':8}{status * 1000:9.1f}{1:15.1f}")
            for name, words, before in _commands(root, ids, size):
                # A bare Python is timed in between: on a shared machine the yardstick changes its length.
                seconds, memory = _measured(words, root, before)
                bare, _ = _measured(lambda: BARE, root, most=7)
                budget = BUDGETS.get(name, ())[SIZES.index(size)] if size in SIZES and name in BUDGETS else ""
                figures = f"{seconds / bare:8.1f}{budget:>8}{seconds * 1000:9.1f}{seconds / status:15.1f}{memory:7.0f}"
                print(f"{name:18}{figures}", flush=True)


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


def _measured(
    words: Callable[[], Sequence[str]], root: Path, before: Callable[[], None] | None = None, most: int = _MOST
) -> tuple[float, float]:
    """Give the median of seconds, and the most memory in MiB, of a command run again and again."""
    taken: list[float] = []
    memory = 0.0
    warm = before is None
    end = time.monotonic() + _SECONDS
    while len(taken) < _LEAST or (len(taken) < most and time.monotonic() < end):
        if before is not None:
            before()
        seconds, used = _run(words(), root)
        if warm:
            warm = False  # the first run finds cold caches, and times that have not settled
            continue
        taken.append(seconds)
        memory = max(memory, used)
    return statistics.median(taken), memory


def _run(words: Sequence[str], root: Path) -> tuple[float, float]:
    with tempfile.TemporaryFile() as err:
        begin = time.perf_counter()
        child = subprocess.Popen(words, cwd=root, stdout=subprocess.DEVNULL, stderr=err)
        memory = 0.0
        if hasattr(os, "wait4"):
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            memory = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
        child.wait()
        seconds = time.perf_counter() - begin
        if child.returncode not in (0, 1):
            err.seek(0)
            raise SystemExit(f"{' '.join(words[3:])}: exit {child.returncode}\n{err.read().decode()}")
    return seconds, memory


if __name__ == "__main__":
    main()
