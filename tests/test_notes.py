"""Journal and criteria by command."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from conftest import GitRepo


class Tm:
    """`tm` as a process in one repository."""

    def __init__(self, repo: GitRepo) -> None:
        self.repo = repo

    def __call__(self, *words: str, code: int = 0, stdin: str = "") -> str:
        command = [sys.executable, "-m", "tmfiles", *words]
        done = subprocess.run(command, cwd=self.repo.path, input=stdin, capture_output=True, text=True)
        assert done.returncode == code, done.stderr
        return done.stderr if code else done.stdout

    def doc(self, task_id: str) -> dict[str, object]:
        data: dict[str, object] = json.loads(self("show", task_id, "--json"))["data"]
        return data


@pytest.fixture
def tm(repo: GitRepo) -> Tm:
    """`tm` in a store with one task."""
    run = Tm(repo)
    run("init")
    run("add", "Write the docs", "--id", "docs")
    return run


def test_comments_are_appended(tm: Tm) -> None:
    """Each comment is an entry more, in one commit of its own that only adds lines."""
    tm("comment", "docs", "The first")
    tm("--as", "li", "comment", "docs", "-", stdin="The second,\non two lines\n")
    journal = tm.doc("docs")["journal"]
    assert isinstance(journal, list)
    assert [(one["by"], one["kind"], one["text"]) for one in journal] == [
        ("Maria", "comment", "The first"),
        ("li", "comment", "The second,\non two lines\n"),
    ]
    added, removed = tm.repo.git("show", "--numstat", "--format=").split()[:2]
    assert (int(added), int(removed)) == (6, 0)


def test_an_empty_comment_is_refused(tm: Tm) -> None:
    """A comment that says nothing is no comment, on the command line or on standard input."""
    before = tm.repo.git("rev-parse", "HEAD")
    tm("comment", "docs", " ", code=2)
    assert "empty" in tm("comment", "docs", "-", code=2, stdin="\n")
    assert tm.repo.git("rev-parse", "HEAD") == before


def test_criteria_are_added_met_and_removed(tm: Tm) -> None:
    """Criteria keep their order and number; adding one twice changes nothing."""
    tm("criteria", "add", "docs", "It is read", "It is right")
    before = tm.repo.git("rev-parse", "HEAD")
    tm("criteria", "add", "docs", "It is read")
    assert tm.repo.git("rev-parse", "HEAD") == before
    tm("criteria", "met", "docs", "2")
    assert tm("criteria", "list", "docs") == "1  open  It is read\n2  met  It is right\n"
    tm("criteria", "met", "docs", "2", "--not")
    tm("criteria", "remove", "docs", "1")
    assert tm("criteria", "list", "docs") == "1  open  It is right\n"
    assert tm.doc("docs")["criteria"] == [{"text": "It is right", "met": False}]


def test_unknown_numbers_are_refused(tm: Tm) -> None:
    """A criterion that is not there is named, with what there is."""
    assert "it has none" in tm("criteria", "met", "docs", "1", code=1).lower()
    tm("criteria", "add", "docs", "It is read")
    for number in ("0", "2"):
        assert "1 to 1" in tm("criteria", "remove", "docs", number, code=1)


def test_a_summary_is_never_taken_for_one_that_is_there(tm: Tm) -> None:
    """Words that happen to stand in the summary already are still added; the same paragraph again is not."""
    tm("complete", "docs", "--summary", "not ok yet")
    tm("complete", "docs", "--summary", "ok")
    assert tm.doc("docs")["result"] == "not ok yet\n\nok\n"
    before = tm.repo.git("rev-parse", "HEAD")
    tm("complete", "docs", "--summary", "ok")
    assert tm.repo.git("rev-parse", "HEAD") == before


def test_a_comment_that_is_too_long_says_so(tm: Tm) -> None:
    """A journal that would pass the limit of a file is refused with the size and what to do."""
    told = tm("comment", "docs", "-", code=1, stdin="words " * 300_000)
    assert "1,048,576 is the most" in told
    assert "link to it" in told
