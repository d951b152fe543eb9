"""Each writing command, taken back and brought on again: every byte is as it was."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo
from each_command import COMMANDS, OTHERS, filled, peopled, words
from typer.main import get_command

from tmfiles.cli import app


def _writing(command: Any, name: str = "") -> set[str]:
    """Give the names of all commands that can be told not to commit."""
    if inner := getattr(command, "commands", None):
        return {found for word, one in inner.items() for found in _writing(one, f"{name} {word}".strip())}
    return {name} if any(param.name == "no_commit" for param in command.params) else set()


def test_no_command_is_left_out() -> None:
    """Whatever command can commit is in the table of this test."""
    command = get_command(app._app(list(app.COMMANDS)))
    assert _writing(command) - OTHERS == {name.partition(",")[0] for name in COMMANDS}


@pytest.mark.parametrize("name", COMMANDS)
def test_there_and_back(repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Done and taken back, the files and git's tree are as before to the byte; brought on again, as after."""
    monkeypatch.setenv("EDITOR", "sed -i s/Task/Job/")
    monkeypatch.setattr(sys, "stdin", io.StringIO("An answer\n"))
    store = peopled(filled(repo), name)

    def state() -> tuple[dict[str, bytes], str]:
        assert store.status() == ""
        return store.files(), store.git("rev-parse", "HEAD:.tasks")

    before = state()
    store.do(*words(name, tmp_path))
    after = state()
    assert after != before
    commits = store.commits()
    for command, expected in (("undo", before), ("redo", after), ("undo", before)):
        store.do(command)
        assert state() == expected
    assert store.commits() == commits + 3  # history is added to, and never rewritten
    store.assert_sound()
