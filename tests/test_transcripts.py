"""The README, docs and tests/cli are what happens: every console block is replayed, line by line.

After a change on purpose: UPDATE_TRANSCRIPTS=1 pytest tests/test_transcripts.py, then read the difference.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW

ROOT = Path(__file__).parent.parent
ISSUES = ROOT.parent / "shared" / "data" / "beads-issues.jsonl"
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "tests" / "cli").glob("*.md")),
    *sorted((ROOT / "docs" / "how-to").glob("*.md")),
    ROOT / "docs" / "troubleshooting.md",
]
_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.skipif(not shutil.which("bash"), reason="the transcripts are written for bash")


class Console:
    """A shell in a fresh repository at ~/project; every command comes a minute after the one before."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.project = self.home / "project"
        self.project.mkdir(parents=True)
        (folder / "bin").mkdir()
        tm = folder / "bin" / "tm"
        tm.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tmfiles "$@"\n', encoding="utf-8")
        tm.chmod(0o755)
        self.environment = {
            **os.environ,
            "HOME": str(self.home),
            "PATH": f"{tm.parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
        }
        self.count = 0
        self.run("git init --quiet")

    def run(self, command: str) -> str:
        """Run one command and give what it printed, and its exit code where that is not 0."""
        moment = (NOW + timedelta(minutes=self.count)).strftime("%Y-%m-%dT%H:%M:%SZ")
        clock = {"TM_NOW": moment, "GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.project,
            # Another seed for each command, or all would give themselves the same number in the history.
            env={**self.environment, **clock, "TM_SEED": str(self.count)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        self.count += 1
        text = done.stdout.decode("utf-8").replace(str(self.home), "~")
        text += "" if not text or text.endswith("\n") else "\n"
        return text + (f"[{done.returncode}]\n" if done.returncode else "")


def replayed(page: str, console: Console) -> str:
    """Give the page with what its commands print now."""
    return _BLOCK.sub(lambda block: _block(block.group(), console), page)


def _block(block: str, console: Console) -> str:
    lines = block.splitlines()
    out = []
    at = 0
    while at < len(lines):
        if lines[at].startswith("$ "):
            typed = [lines[at]]
            while at + 1 < len(lines) and lines[at + 1].startswith("> "):
                at += 1
                typed.append(lines[at])
            out += [line + "\n" for line in typed] + [console.run("\n".join(line[2:] for line in typed))]
        at += 1
    return "".join(out)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_transcript(path: Path, tmp_path: Path) -> None:
    """Every command of the page prints what the page shows, and ends with the exit code it shows."""
    page = path.read_text(encoding="utf-8")
    console = Console(tmp_path)
    if "issues.jsonl --dry-run" in page and "bd-bvec" in page:
        if not ISSUES.exists():
            pytest.skip("the real issues are not here")
        shutil.copyfile(ISSUES, console.home / "issues.jsonl")
    now = replayed(page, console)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(now, encoding="utf-8")
    else:
        assert now == page


def test_there_are_transcripts() -> None:
    """The folder has not been emptied, or moved, without this file."""
    assert len(PAGES) >= 7
