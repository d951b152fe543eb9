"""When the room for Task Orchestrator's users is open, how its table reads what they type, and that nothing leaks."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles import compat
from tmfiles.compat import forms, wordings
from tmfiles.errors import TmError


def test_every_command_has_a_form_and_words() -> None:
    """The tables name the same commands."""
    data = {"add", "list", "show", "export", "watch", "context", "participants", "metrics", "config", "migrate"}
    data |= {"validate-orchestration", "fix-orchestration"}
    assert set(forms.FORMS) == data | set(wordings.CONFIRMED)
    assert set(wordings.USAGE) - set(forms.FORMS) == set()


@pytest.mark.parametrize(
    ("words", "argvs"),
    [
        ("complete a --summary well done --validate", [("complete", "--summary=well done", "--validate", "--json")]),
        ("delete a", [("delete", "--json")]),
        (
            "update a --tag=x y --assignee=bob",
            [("update", "--tag=x", "--tag=y", "--assignee=bob", "--force", "--json")],
        ),
        ("sync a b c", [("checkpoint", "--json")]),
    ],
)
def test_translation_is_pure(words: str, argvs: list[tuple[str, ...]]) -> None:
    """Old words give new words, and no store is asked."""
    order = forms.ordered(words.split(), lambda _name: {})
    assert order is not None
    assert [argv[: argv.index("--")] for argv in order.argvs] == argvs


def test_what_is_not_of_old_passes() -> None:
    """Other commands, and `sync` alone, are read by nobody here; hyphenated ones become two words."""
    assert forms.ordered(["ready"], lambda _name: {}) is None
    assert forms.ordered(["sync", "--dry-run"], lambda _name: {}) is None
    assert forms.normalised(["phase-create", "x", "--agent-id", "bob"]) == (["--as", "bob"], ["phase", "add", "x"])
    told = forms.normalised(["agent-message", "ann", "bob", "See", "this", "--priority", "high"])
    assert told == (["--as", "ann"], ["agent", "message", "bob", "See", "this", "--priority", "high"])
    assert forms.normalised(["agent-metrics", "ann", "--range", "weekly"])[1] == [
        "metrics", "--assignee", "ann", "--period", "week"
    ]  # fmt: skip
    assert forms.normalised(["report", "--assessment"])[1][:3] == ["metrics", "--period", "month"]
    assert forms.normalised(["-C", "dir", "list", "--as", "x"]) == (["-C", "dir"], ["list", "--as", "x"])


@pytest.mark.parametrize(
    ("config", "variable", "open_"),
    [
        ("", "", False),
        ("", "1", True),
        ("", "0", False),
        ("compat: task-orchestrator\n", "", True),
        ("compat: task-orchestrator\n", "0", False),
        ("# compat: task-orchestrator\n", "", False),
        ("compat: [\n", "", False),
    ],
)
def test_when_the_room_is_open(repo: GitRepo, config: str, variable: str, open_: bool) -> None:
    """The variable goes before the settings; a comment and a broken file are no settings."""
    repo.write(".tasks/config.yaml", f"version: 1\n{config}")
    assert compat.is_open(["-C", str(repo.path), "list"], {"TM_COMPAT": variable}) is open_
    assert compat.is_open(["--as", "x", "-C", str(repo.path), "list"], {"TM_COMPAT": variable}) is open_
    assert compat.is_open(["list"], {"TM_COMPAT": variable, "TM_STORE": str(repo.path)}) is open_


def test_a_store_that_git_names_opens_the_room(repo: GitRepo, tmp_path: Path) -> None:
    """The settings are those of the store that commands work on, wherever it lies."""
    repo.write("tasks/.tasks/config.yaml", "version: 1\ncompat: task-orchestrator\n")
    (repo.path / "src").mkdir()
    assert compat.is_open(["-C", str(repo.path / "src"), "list"], {}) is False
    repo.git("config", "tm.store", "tasks")
    assert compat.is_open(["-C", str(repo.path / "src"), "list"], {}) is True
    assert compat.is_open(["-C", str(tmp_path), "list"], {}) is False


def test_a_variable_that_says_neither_is_refused() -> None:
    """TM_COMPAT=yes is a slip."""
    with pytest.raises(TmError, match="neither 1 nor 0"):
        compat.is_open([], {"TM_COMPAT": "yes"})


def test_the_settings_file_opens_the_room(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `compat: task-orchestrator` the store speaks so to everyone, and check has nothing against it."""
    store = Store(repo)
    repo.write(".tasks/config.yaml", "version: 1\ncompat: task-orchestrator\n")
    assert store.do("list").out == "No tasks found\n"
    store.do("check")
    monkeypatch.setenv("TM_COMPAT", "0")
    assert store.do("list").err == "no tasks\n"


def test_nothing_of_it_shows_otherwise(repo: GitRepo) -> None:
    """Without it, old forms are wrong usage, exit codes differ, and no module of the room but its door is loaded."""
    for name in [name for name in sys.modules if name.startswith("tmfiles.compat.")]:
        del sys.modules[name]
    store = Store(repo)
    task = store.add("x")
    for words in (
        ("add", "x", "--deadline", "friday"),
        ("share", task, "two", "words"),
        ("add", "x", "--agent-id", "y"),
    ):
        store.do(*words, code=2)
    assert store.do("show", "nope", code=1).err.startswith("tm: no task")
    assert not [name for name in sys.modules if name.startswith("tmfiles.compat.")]
