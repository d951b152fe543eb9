"""The log of a work tree: what it keeps at which level, that it turns over, and what it costs when it keeps nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from conftest import GitRepo
from writing import ROOT, Store, environment

from tmfiles.workspace import logbook


def lines(store: Store) -> list[dict[str, Any]]:
    """Give the lines of the log."""
    path = store.private / logbook.NAME
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def test_what_was_written_is_logged_without_its_words(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """At info: command, actor, tasks, commit and times of each write; no title; reads leave no line."""
    store = Store(repo)
    monkeypatch.setenv("TM_LOG", "info")
    task = store.add("Secret title", "-d", "Secret words")
    store.do("list", "--tag", "x", code=1)
    store.do("--as", "ann", "share", task, "Secret talk")
    first, second = lines(store)
    assert (first["level"], first["command"], second["command"], second["actor"]) == ("info", "add", "share", "ann")
    assert second["did"] == [
        {"op": "share", "tasks": [task], "count": 1, "commit": store.git("rev-parse", "HEAD")}
    ]  # fmt: skip
    assert {"lock", "scan", "commit", "all"} == set(second["ms"])
    assert 0 < second["ms"]["commit"] < second["ms"]["all"]
    assert "Secret" not in (store.private / logbook.NAME).read_text(encoding="utf-8")


def test_what_was_stopped_is_logged_by_itself(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any setting only trouble is kept, by its code; an ordinary refusal is none; debug has the words."""
    store = Store(repo)
    store.add("One", "--id", "one")
    store.do("complete", "nowhere", code=1)
    assert lines(store) == []
    store.git("checkout", "--quiet", "--detach")
    ran = store.do("complete", "one", code=None)
    store.git("checkout", "--quiet", "-")
    assert ran.code != 0
    monkeypatch.setenv("TM_LOCK_TIMEOUT", "0")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(store.private / "lock")], stdout=subprocess.PIPE, env=environment()
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        store.do("complete", "one", code=6)
    finally:
        holder.kill()
        holder.communicate()
    assert [(one["level"], one["code"], one["command"]) for one in lines(store)][-1] == (
        "warning",
        "locked",
        "complete",
    )
    assert "message" not in lines(store)[-1]
    monkeypatch.setenv("TM_LOG", "debug")
    store.do("complete", "nowhere", code=1)
    assert "no task 'nowhere'" in lines(store)[-1]["message"]
    monkeypatch.setenv("TM_LOG", "off")
    count = len(lines(store))
    store.add("Two")
    assert len(lines(store)) == count


HOLD = (
    "import fcntl, sys, time\n"
    "file = open(sys.argv[1], 'a')\nfcntl.flock(file, fcntl.LOCK_EX)\nprint('held', flush=True)\ntime.sleep(60)\n"
)


def test_verbose_tells_how_long_it_took(repo: GitRepo) -> None:
    """Times stand on standard error, data on standard output; and that run is logged whole."""
    store = Store(repo)
    ran = store.do("-v", "add", "One")
    assert len(ran.out.split()) == 1
    for what in ("lock", "scan", "commit", "all"):
        assert f"{what} " in ran.err
    assert store.do("--verbose", "list").err.startswith("tm: list: scan ")
    assert [one["command"] for one in lines(store)] == ["add", "list"]
    assert "contradict" in store.do("-v", "-q", "list", code=2).err


def test_it_turns_over(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full log becomes an old one, of which three are kept; where it cannot be written, nothing is stopped."""
    store = Store(repo)
    monkeypatch.setattr(logbook, "_SIZE", 500)
    monkeypatch.setenv("TM_LOG", "info")
    for n in range(12):
        store.add(f"Task {n}")
    names = sorted(path.name for path in store.private.glob("log.jsonl*"))
    assert names == ["log.jsonl", "log.jsonl.1", "log.jsonl.2", "log.jsonl.3"]
    for name in names:
        for line in (store.private / name).read_text(encoding="utf-8").splitlines():
            json.loads(line)
    for name in names:
        (store.private / name).unlink()
    (store.private / "log.jsonl").mkdir()
    store.add("All the same")


def test_settings_say_what_is_kept(repo: GitRepo) -> None:
    """Git's configuration of a clone says it for all its commands, too; a wrong word is refused as any other."""
    store = Store(repo)
    store.git("config", "tm.log", "info")
    store.add("One")
    assert [one["command"] for one in lines(store)] == ["add"]
    assert "is not one of off" in store.do("config", "set", "log", "loud", "--person", code=2).err


@pytest.mark.parametrize("words", [("list",), ("show", "one"), ("add", "Two")])
def test_what_keeps_nothing_loads_nothing(repo: GitRepo, words: tuple[str, ...]) -> None:
    """Python's logging is loaded by a command that has a line for it, and by no other."""
    store = Store(repo)
    store.add("One", "--id", "one")
    code = f"import sys; from tmfiles.cli.boundary import main; main({list(words)!r}); print('logging' in sys.modules)"
    for level, loaded in (("warning", "False"), ("info", str(words[0] == "add"))):
        done = subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path.insert(0, {ROOT!r}); {code}"],
            cwd=store.path, env=environment({"TM_LOG": level}), capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.split()[-1] == loaded, (words, level)
