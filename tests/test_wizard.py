"""Tasks made by answers: from a person at a terminal, from a pipe, and from nobody at all."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time

import pytest
from conftest import GitRepo
from writing import Ran, Store, command, environment


def said(store: Store, monkeypatch: pytest.MonkeyPatch, answers: str, *words: str, code: int = 0) -> Ran:
    """Run the wizard with answers piped in."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
    return store.do("wizard", *words, code=code)


def test_answers_from_a_pipe(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is an answer; a task that comes after another waits for it; one commit holds all."""
    store = Store(repo)
    first = store.add("There already", "--id", "there")
    before = store.commits()
    answers = "Design #web !high\nTwo pages\nann\n2027-01-02\nthe\nIt is short\n\ny\nBuild\n\nlow\nbo\n\n\n\nn\n"
    ran = said(store, monkeypatch, answers, "--json")
    made = [task for line in json.loads(ran.out)["data"]["operations"] for task in line["ids"]]
    assert store.commits() == before + 1
    one, two = map(store.doc, made)
    assert (one["title"], one["tags"], one["priority"], one["assignee"]) == ("Design", ["web"], "high", "ann")
    assert (one["description"], one["due"], one["depends_on"]) == ("Two pages", "2027-01-02", [first])
    assert one["criteria"] == [{"text": "It is short"}]
    assert (two["title"], two["priority"], two["depends_on"]) == ("Build", "low", [made[0]])
    assert "What is to be done" not in ran.err
    store.assert_sound()


def test_where_answers_end_the_rest_is_as_usual(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """A title alone makes a task; nothing at all is refused, and nothing waits."""
    store = Store(repo)
    said(store, monkeypatch, "Just this")
    assert [row["title"] for row in json.loads(store.do("list", "--json").out)["data"]] == ["Just this"]
    ran = said(store, monkeypatch, "", code=2)
    assert "nothing was said" in ran.err
    monkeypatch.setattr(sys, "stdin", None)
    assert store.do("wizard", code=2).out == ""


def test_a_line_a_task(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --quick each line up to an empty one is a task with its marks, all in one commit."""
    store = Store(repo)
    before = store.commits()
    said(store, monkeypatch, "Fix login #auth @maria !high\nWrite docs\n\nNot this\n", "--quick")
    rows = json.loads(store.do("list", "--json").out)["data"]
    assert [(row["title"], row.get("assignee")) for row in rows] == [("Fix login", "maria"), ("Write docs", None)]
    assert store.commits() == before + 1


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ("X !urgent", "unknown priority 'urgent'"),
        ("X due:someday", "'someday' is not a date"),
        ("X\n\nhighest", "unknown priority 'highest'"),
        ("X\n\n\n\n\nnowhere", "no task 'nowhere'"),
        ("#tag", "the title is blank"),
    ],
)
def test_a_wrong_answer_from_a_pipe_is_refused(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch, answers: str, told: str
) -> None:
    """Nobody can be asked again, so nothing is made."""
    store = Store(repo)
    before = store.commits()
    monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
    assert told in store.do("wizard", code=None).err
    assert store.commits() == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such terminals")
def test_a_person_is_asked_again(repo: GitRepo) -> None:
    """At a terminal every question is shown, a slip is told and asked again, and the end is agreed on."""
    import pty

    store = Store(repo)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command("wizard"), cwd=store.path, env=environment(), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    answers = ["Design", "", "urgent", "high", "", "", "", "", "n", "y"]
    shown = ""
    end = time.monotonic() + 60
    try:
        for answer in answers:
            while not shown.rstrip(" ").endswith((":", "?", "]", ")")):
                assert time.monotonic() < end
                shown += os.read(ours, 4096).decode()
            shown += "\n"
            os.write(ours, f"{answer}\n".encode())
            os.set_blocking(ours, True)
        while process.poll() is None:
            assert time.monotonic() < end
            try:
                shown += os.read(ours, 4096).decode()
            except OSError:
                break
    finally:
        process.wait(timeout=30)
        os.close(ours)
    assert "unknown priority 'urgent'" in shown
    assert shown.count("How urgent?") == 2
    assert "Make 1 task? [Y/n]" in shown
    assert [row["priority"] for row in json.loads(store.do("list", "--json").out)["data"]] == ["high"]


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
@pytest.mark.parametrize("words", [("wizard", "--quick"), ("add", "x", "-d", "-"), ("share", "there", "-")])
def test_bytes_that_are_no_text_are_refused(repo: GitRepo, words: tuple[str, ...], errors: str) -> None:
    """What is piped in and is not UTF-8 is refused in words in every locale, and nothing is made."""
    store = Store(repo)
    store.add("There already", "--id", "there")
    before = store.commits()
    ran = subprocess.run(
        command(*words),
        cwd=store.path,
        env=environment() | {"PYTHONIOENCODING": f"utf-8:{errors}"},
        input=b"a\xff\n",
        capture_output=True,
        timeout=60,
    )
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.decode().splitlines() == ["tm: standard input is not UTF-8 text", "Write it again as UTF-8"]
    assert store.commits() == before
