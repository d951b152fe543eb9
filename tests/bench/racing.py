"""What it costs to share: eight clones that edit the same tasks and meet through one bare repository.

python -m tests.bench.racing [EDITS] prints the table of docs/explanation/merging.md.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.syncing import TM, batch, run

CLONES = 8
TASKS = 20
# A clone edits on its own, and meets the others after every so many edits.
BETWEEN = 5

WORKER = """
import contextlib, io, json, random, sys
from tmfiles.cli.boundary import main

name, edits, between, tasks = sys.argv[1], *map(int, sys.argv[2:5])
tries = syncs = 0

def tm(*words):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(["-q", "--as", name, *words])
    assert code == 0, (words, code, out.getvalue())
    return out.getvalue()

for number in range(edits):
    task = f"task-{random.randrange(tasks)}"
    tm(*random.choice((
        ("comment", task, f"said-{name}-{number}-"),
        ("update", task, "--tag", f"said-{name}-{number}-x"),
        ("update", task, "--description", f"said-{name}-{number}-"),
        ("criteria", "add", task, f"said-{name}-{number}-"),
    )))
    if number % between == between - 1:
        tries += json.loads(tm("sync", "--json"))["data"]["tries"]
        syncs += 1
print(json.dumps([tries, syncs]))
"""


def has_daemon() -> bool:
    """Tell whether this git can serve repositories."""
    folder = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip()
    return shutil.which("git-daemon", path=folder) is not None


def serving(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Let git's daemon serve the repositories of a folder on this machine alone; give it, and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = ("--reuseaddr", "--listen=127.0.0.1", f"--port={port}", f"--base-path={folder}")
    words = ("git", "daemon", *where, "--export-all", "--enable=receive-pack", "--max-connections=64", str(folder))
    daemon = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return daemon, port
    daemon.kill()
    raise AssertionError("git's daemon does not answer")


def clones(top: Path, url: str) -> list[Path]:
    """Make a store of twenty tasks, push it, and clone it seven times."""
    first, *others = made = [top / f"clone{number}" for number in range(CLONES)]
    first.mkdir()
    run(first, *TM, "init", "--standalone")
    batch(first, [{"op": "add", "id": f"task-{number}", "title": f"Do {number}"} for number in range(TASKS)])
    run(first / ".tasks", "git", "remote", "add", "origin", url)
    run(first, *TM, "sync")
    for folder in others:
        folder.mkdir()
        run(folder, "git", "clone", "--quiet", url, ".tasks")
        run(folder, *TM, "init")
    return made


def race(url: str, top: Path, edits: int) -> tuple[float, int, int, int]:
    """Let all edit and sync at once; give seconds, syncs, how often one was begun anew, and lost edits."""
    made = clones(top, url)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    began = time.monotonic()
    words = (str(edits), str(BETWEEN), str(TASKS))
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, folder.name, *words],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for folder in made
    ]
    try:
        told = [json.loads(worker.communicate(timeout=1800)[0]) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    seconds = time.monotonic() - began
    for folder in [*made, *made]:
        run(folder, *TM, "sync")
    trees = {
        subprocess.run(
            ["git", "rev-parse", "HEAD^{tree}"], cwd=folder / ".tasks", capture_output=True, check=True
        ).stdout
        for folder in made
    }
    assert len(trees) == 1, "the clones differ"
    text = "".join(file.read_text(encoding="utf-8") for file in (made[0] / ".tasks").glob("*.yaml"))
    lost = sum(f"said-{folder.name}-{number}-" not in text for folder in made for number in range(edits))
    return seconds, sum(syncs for _, syncs in told), sum(tries - syncs for tries, syncs in told), lost


def main() -> None:
    """Race over both ways, and print a row for each."""
    edits = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    random.seed()
    for name in ("`file://`", "`git daemon` on loopback"):
        with tempfile.TemporaryDirectory() as folder:
            top = Path(folder)
            run(top, "git", "init", "--quiet", "--bare", "origin.git")
            if name.startswith("`file"):
                found = race(f"file://{top}/origin.git", top, edits)
            else:
                daemon, port = serving(top)
                try:
                    found = race(f"git://127.0.0.1:{port}/origin.git", top, edits)
                finally:
                    daemon.terminate()
                    daemon.wait(timeout=20)
        seconds, syncs, anew, lost = found
        print(f"| {name} | {CLONES * edits} | {syncs} | {seconds:.0f} | {anew} | {lost} |", flush=True)


if __name__ == "__main__":
    main()
