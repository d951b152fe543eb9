"""The walk of `tm demo` is real: what it shows was stored and committed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_demo_ends_with_tasks_that_were_committed(tmp_path: Path) -> None:
    """The tasks that demo lists at its end are in HEAD of the repository it made."""
    folder = tmp_path / "walk"
    command = [sys.executable, "-m", "tmfiles", "demo", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "Traceback" not in done.stdout
    names = subprocess.run(
        ["git", "ls-tree", "-r", "--name-only", "HEAD"], cwd=folder, capture_output=True, text=True, check=True
    ).stdout.split()
    files = [name for name in names if name.endswith(".yaml") and name != ".tasks/config.yaml"]
    assert len(files) == 3
    ids = {Path(name).stem for name in files}
    last = done.stdout.rpartition("$ tm list --all\n")[2]
    assert {line.split()[0] for line in last.splitlines() if line and not line.startswith("#")} == ids
    assert subprocess.run(["git", "status", "--short"], cwd=folder, capture_output=True, text=True).stdout == ""
