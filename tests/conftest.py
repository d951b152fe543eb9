"""Every test's surroundings: an empty home, an empty git configuration, one identity and one time zone."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tmfiles.git.commit import Prepared

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=timezone.utc)

GIT_CONFIG = """\
[user]
\tname = Maria
\temail = maria@example.org
[init]
\tdefaultBranch = main
[gc]
\tauto = 0
"""

# A shell that starts the tests in the background has Ctrl-C ignored, by all that they start, too.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


class GitRepo:
    """A repository to play in: its `path`, and git run in it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def git(self, *args: str, check: bool = True, stdin: bytes = b"") -> str:
        """Run git here and give what it printed, without the last line break."""
        done = subprocess.run(["git", *args], cwd=self.path, input=stdin, capture_output=True, check=False)
        if check and done.returncode:
            raise AssertionError(f"git {' '.join(args)}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    def write(self, name: str, data: str | bytes) -> Path:
        """Write a file of the work tree, its folders too."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def save(self, files: Mapping[str, str | bytes | None], message: str = "tm: edit") -> Prepared:
        """Write or delete files and commit them the way the program does, the whole way."""
        from tmfiles.git.commit import prepare, publish
        from tmfiles.git.repository import discover, head
        from tmfiles.git.settings import settings
        from tmfiles.git.worktree import refresh_index

        found = discover(str(self.path))
        assert found is not None
        data = {p: d.encode() if isinstance(d, str) else d for p, d in files.items()}
        for name, content in data.items():
            if content is None:
                (self.path / name).unlink(missing_ok=True)
            else:
                self.write(name, content)
        parent = head(found).commit
        made = prepare(found, settings(found), parent, data, message, NOW)
        assert publish(found, made.commit, parent, message)
        refresh_index(found, made.blobs)
        return made

    def commit(self, message: str = "a commit", files: Mapping[str, str | bytes] | None = None) -> str:
        """Write files, commit everything there is with git itself, and give the commit's id."""
        for name, text in (files or {}).items():
            self.write(name, text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture(autouse=True)
def _hermetic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    # Its own MonkeyPatch, not the fixture: Hypothesis refuses tests that ask for fixtures of one test's life.
    home = tmp_path_factory.mktemp("home")
    config = home / "gitconfig"
    config.write_text(GIT_CONFIG, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(("GIT_", "TM_", "XDG_", "SSH_")) or name in ("EMAIL", "NO_COLOR", "GNUPGHOME"):
                patch.delenv(name)
        # What a person's first command compiles, the next one finds; here too.
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
            patch.setenv(name, str(home))
        patch.setenv("GIT_CONFIG_GLOBAL", str(config))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("GIT_TERMINAL_PROMPT", "0")
        # Not UTC, and with summer time: what confuses local time with UTC is to show it.
        patch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        _set_zone()
        yield
    _set_zone()


def _set_zone() -> None:
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """Give a fresh, empty repository, on the unborn branch `main`."""
    made = GitRepo(tmp_path / "repo")
    made.path.mkdir()
    made.git("init", "--quiet")
    return made
