"""`tm edit` while others work: no lock, both sides' fields, and a text that outlives every signal."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store, command, environment

from tmfiles.actions.meanwhile import merged


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store of two tasks."""
    made = Store(repo)
    made.add("Write the docs", "--id", "docs")
    made.add("Print the docs", "--id", "print", "--depends-on", "docs")
    return made


def kept(store: Store, name: str = "docs") -> str:
    """Give a text that was kept."""
    return (store.private / "edit" / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.fixture
def slow(store: Store, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `tm edit` as a process whose editor makes a change by sed, and stays open until `go` is there."""
    started: list[subprocess.Popen[str]] = []

    def start(sed: str, *words: str) -> subprocess.Popen[str]:
        script = (
            f'sed -i {shlex.quote(sed)} "$1"; : > {tmp_path}/open; while [ ! -e {tmp_path}/go ]; do sleep 0.05; done'
        )
        child = subprocess.Popen(
            command("edit", *(words or ("docs",))),
            cwd=store.path,
            env=environment({"TM_EDITOR": f"sh -c {shlex.quote(script)} editor"}),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(child)
        end = time.monotonic() + 20
        while not (tmp_path / "open").exists():
            assert time.monotonic() < end
            time.sleep(0.02)
        return child

    yield start
    for child in started:
        with child, suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def test_what_another_changes_meanwhile_is_merged(
    store: Store, slow: Callable[..., subprocess.Popen[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the editor is open no lock is held; fields that others changed stand beside what was typed."""
    child = slow("s/^title:.*/title: New title  # typed/")
    monkeypatch.setenv("TM_LOCK_TIMEOUT", "0")
    store.do("update", "docs", "--priority", "high", "--tag", "fair")
    store.do("comment", "docs", "Said meanwhile")
    (tmp_path / "go").touch()
    _, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (0, "edited docs  New title\n")
    assert "title: New title  # typed\n" in store.file("docs").read_text(encoding="utf-8")
    doc = store.doc("docs")
    assert (doc["priority"], doc["tags"], doc["journal"][0]["text"]) == ("high", ["fair"], "Said meanwhile")
    store.assert_sound()


def test_where_both_changed_one_field_neither_is_lost(
    store: Store, slow: Callable[..., subprocess.Popen[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other's title stays; the text is kept with both titles at its top, and what is saved next counts."""
    child = slow("s/^title:.*/title: Mine/; s/^priority:.*/priority: low  # no hurry/")
    store.do("update", "docs", "--title", "Theirs", "--assignee", "maria")
    (tmp_path / "go").touch()
    _, err = child.communicate(timeout=30)
    assert child.returncode == 1
    assert "docs was changed by another while it was in the editor" in err
    assert "tm edit --resume docs" in err
    assert store.doc("docs")["title"] == "Theirs"
    assert "#tm:   theirs: Theirs\n" in kept(store)
    assert "\ntitle: Mine\n" in kept(store)
    monkeypatch.setenv("TM_EDITOR", "true")
    store.do("edit", "--resume")
    doc = store.doc("docs")
    assert (doc["title"], doc["priority"], doc["assignee"]) == ("Mine", "low", "maria")
    assert "# no hurry" in store.file("docs").read_text(encoding="utf-8")


def test_a_task_deleted_meanwhile_takes_no_text_along(
    store: Store, slow: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    """Where there is no task any more, the text is kept."""
    child = slow("s/^title:.*/title: Mine/", "print")
    store.do("delete", "print")
    (tmp_path / "go").touch()
    _, err = child.communicate(timeout=30)
    assert child.returncode == 1
    assert "print was deleted while it was in the editor" in err
    assert "title: Mine" in kept(store, "print")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_signal_loses_nothing(
    store: Store, slow: Callable[..., subprocess.Popen[str]], tmp_path: Path, number: signal.Signals
) -> None:
    """Ctrl-C that reaches tm and the editor, and a kill of both, leave the text for `--resume`."""
    child = slow("s/^title:.*/title: Mine/")
    assert "no unfinished edit 'docs'" in store.do("edit", "--resume", "docs", code=1).err  # it is not yet left
    # Bash passes over a Ctrl-C that comes just as what it ran ends by itself: a person presses again.
    for _ in range(20):
        os.killpg(child.pid, number)
        with suppress(subprocess.TimeoutExpired):
            child.communicate(timeout=2)
            break
    assert child.returncode not in (0, None)
    assert "title: Mine" in kept(store)
    (tmp_path / "go").touch()
    store.tm("edit", "--resume", env={"TM_EDITOR": "true"})
    assert store.doc("docs")["title"] == "Mine"
    store.assert_sound()


BASE = "title: One\npriority: low\n"


@pytest.mark.parametrize(
    ("mine", "theirs", "want"),
    [
        ("title: Mine\npriority: low\n", "title: One\npriority: high\n", "title: Mine\npriority: high\n"),
        ("# c\ntitle: One\npriority: low\n", "title: One\npriority: high\n", "# c\ntitle: One\npriority: high\n"),
        ("title: One\npriority: high\n", "# c\ntitle: One\npriority: low\n", "# c\ntitle: One\npriority: high\n"),
        ("title: Two\npriority: low\n", "title: Two\npriority: low\n", "title: Two\npriority: low\n"),
        ("title: Two\n", "title: One\npriority: low\n\nassignee: jo\n", "title: Two\n\nassignee: jo\n"),
        (BASE + "\ntags: [a, m]\n", BASE + "\ntags: [a, t]\n", BASE + "\ntags: [a, m, t]\n"),
        (BASE + "\ncontext: M\n", BASE + "\ncontext: T\n", ""),
        ("title: Mine\npriority: low\n", "title: Theirs\npriority: low\n", ""),
        ("# c\ntitle: One\npriority: low\n", "# d\ntitle: One\npriority: low\n", ""),
        ("title: [\n", "title: Two\npriority: low\n", ""),
    ],
)
def test_fields_of_both_sides(mine: str, theirs: str, want: str) -> None:
    """Fields and comments of both sides stand in the result, or there is none and the other side's words are told."""
    text, words = merged(BASE.encode(), mine.encode(), theirs.encode())
    assert (text or b"").decode() == want
    assert bool(words) == (not want)
