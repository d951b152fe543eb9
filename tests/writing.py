"""A store for tests of the write path: commands as real processes or in this one, and what must always hold."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from conftest import GitRepo

from tmfiles import codec
from tmfiles.cli.boundary import main

ROOT = str(Path(__file__).resolve().parents[1])


class Ran:
    """What one command left: exit code, standard output and standard error as text."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    def __repr__(self) -> str:
        return f"exit {self.code}\n{self.out}{self.err}"


def command(*args: str) -> list[str]:
    """Give the argument list that runs tm as a process."""
    return [sys.executable, "-m", "tmfiles", *args]


def program(folder: Path) -> Path:
    """Write a `tm` that any process can start, into `bin` of a folder."""
    tm = folder / "bin" / "tm"
    tm.parent.mkdir()
    tm.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m tmfiles "$@"\n', encoding="utf-8")
    tm.chmod(0o755)
    return tm


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the environment for such a process, in which it finds the package."""
    return {**os.environ, "PYTHONPATH": ROOT, **(more or {})}


def run(*args: str) -> Ran:
    """Run tm in this process, in the current folder."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(args)
    return Ran(code, out.getvalue(), err.getvalue())


class Store:
    """A task store in a fresh repository."""

    def __init__(self, repo: GitRepo, *, init: bool = True) -> None:
        self.repo = repo
        self.path = repo.path
        self.git = repo.git
        self.private = self.path / ".git" / "tm"
        if init:
            self.do("init")

    def tm(
        self,
        *args: str,
        code: int | None = 0,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        prefix: Sequence[str] = (),
    ) -> Ran:
        """Run tm as a process of its own; `code` is the exit code it must have, None for any."""
        done = subprocess.run(
            [*prefix, *command(*args)],
            cwd=cwd or self.path,
            env=environment(env),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return self._judged(args, Ran(done.returncode, done.stdout, done.stderr), code)

    def do(self, *args: str, code: int | None = 0) -> Ran:
        """Run tm in this process, which is quicker."""
        return self._judged(args, run("-C", str(self.path), *args), code)

    def _judged(self, args: Sequence[str], ran: Ran, code: int | None) -> Ran:
        if code is not None and ran.code != code:
            raise AssertionError(f"tm {' '.join(args)}: {ran!r}")
        return ran

    def add(self, title: str, *args: str) -> str:
        """Make a task and give its id."""
        return self.do("add", title, *args).out.strip()

    def file(self, task_id: str) -> Path:
        """Give a task's file."""
        return self.path / ".tasks" / f"{task_id}.yaml"

    def doc(self, task_id: str) -> dict[str, Any]:
        """Read a task's file."""
        return codec.loads(self.file(task_id).read_bytes())

    def files(self) -> dict[str, bytes]:
        """Give every file below `.tasks/` with its bytes."""
        top = self.path / ".tasks"
        return {str(p.relative_to(top)): p.read_bytes() for p in sorted(top.rglob("*")) if p.is_file()}

    def status(self) -> str:
        """Give what git status has to say."""
        return self.git("status", "--porcelain", "--untracked-files=all")

    def subjects(self, rev_range: str = "HEAD") -> list[str]:
        """Give the subjects of commits, newest first."""
        return self.git("log", "--format=%s", rev_range).splitlines()

    def commits(self) -> int:
        """Count the commits of HEAD."""
        return int(self.git("rev-list", "--count", "HEAD"))

    def leftovers(self) -> list[str]:
        """Give files that no finished command leaves behind: locks, records, temporaries, crash reports."""
        found = []
        for path in [*self.path.rglob("*"), *(self.path / ".git").rglob("*")]:
            name = path.name
            if (
                name.endswith((".lock", "~"))
                or path == self.private / "pending"
                or name.startswith("fast_import_crash")
            ):
                found.append(str(path.relative_to(self.path)))
        return sorted(set(found))

    def assert_sound(self) -> None:
        """Nothing is half done: files parse, git is content, nothing is left over, tm check passes."""
        for path, data in self.files().items():
            if path.endswith(".yaml"):
                codec.loads(data, path, **({"shapes": {}} if path == "config.yaml" else {}))
        left, said = self.leftovers(), self.git("fsck", "--strict", "--no-dangling")
        left += self.git("for-each-ref", "refs/worktree").splitlines()
        assert (left, said) == ([], ""), f"{left} {said}"
        self.do("check")
