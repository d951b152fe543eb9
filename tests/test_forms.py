"""`tm fmt` and `tm check --fix`: one commit, what it says, and no more."""

from __future__ import annotations

import json

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.check.mending import mended
from tmfiles.task import TYPES

ONE, TWO, BAD = ".tasks/one.yaml", ".tasks/two.yaml", ".tasks/bad.yaml"


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store with a file that is not in form, one that is, and one that cannot be read."""
    made = Store(repo)
    repo.commit("tasks", {ONE: "# one\nstatus: pending\ntitle: One\n", TWO: "title: Two\n", BAD: "title: [\n"})
    return made


def test_fmt_is_one_commit_of_what_is_not_in_form(store: Store) -> None:
    """Comments stay, other files are left alone, and a file that cannot be read is told and makes it exit 1."""
    ran = store.do("fmt", code=1)
    assert ran.out == f"{ONE}\n"
    assert ran.err.splitlines()[0].startswith(f"cannot be read as a task: {BAD}:2:1:")
    assert (store.path / ONE).read_text() == "title: One\n\n# one\nstatus: pending\n"
    assert store.git("show", "--format=%s", "--name-only", "HEAD").split("\n") == ["tm: fmt one One", "", ONE]
    assert store.do("fmt", "one", "two").err == "every file that can be is in form\n"
    assert store.do("fmt", "o", "--check").out == ""


def test_fmt_tells_before_it_writes(store: Store) -> None:
    """--check exits 1 and --diff shows it; neither writes."""
    before, head = store.files(), store.git("rev-parse", "HEAD")
    assert store.do("fmt", "one", "--check", code=1).err == "1 file would be put into form\n"
    assert store.do("fmt", "one", "--diff").out == (
        f"--- a/{ONE}\n+++ b/{ONE}\n@@ -1,3 +1,4 @@\n+title: One\n+\n # one\n status: pending\n-title: One\n"
    )
    (only,) = json.loads(store.do("fmt", "one", "--diff", "--json").out)["data"]["files"]
    assert only["diff"].startswith(f"--- a/{ONE}\n")
    assert (store.files(), store.git("rev-parse", "HEAD")) == (before, head)
    store.do("fmt", "--check", "--no-commit", code=2)


def test_fmt_keeps_what_was_edited_by_hand(store: Store) -> None:
    """An edit that nobody has committed is a commit of its own first; what it would lose, it leaves."""
    store.repo.write(TWO, "title: Two\ntags: [b, a]\n")
    store.repo.write(".tasks/flow.yaml", "{title: Flow, # why\n tags: [a]}\n")
    ran = store.do("fmt", "two", "flow")
    assert "tm: left as it is: .tasks/flow.yaml: this file cannot be put into form" in ran.err
    assert store.subjects()[:2] == ["tm: fmt two Two", "tm: edit two Two (by hand)"]
    store.do("undo")
    assert (store.path / TWO).read_text() == "title: Two\ntags: [b, a]\n"


def test_fix_mends_tells_and_leaves_the_rest(store: Store) -> None:
    """What has one right answer is mended, in committed files and in new ones; the rest is told, and exits 1."""
    store.repo.write(ONE, "title: One\ndepend_on: [two]  # first\nstatus: In-Progress\n")
    store.repo.write(TWO, "title: Two\ntags: [a, b, a]\nprioritty: hgh\n")
    store.repo.write(".tasks/utf16.yaml", "title: Ünï\n".encode("utf-16"))
    ran = store.do("check", "--fix", code=1)
    assert ran.out.splitlines()[:2] == [
        f"mended {ONE}: depend_on is now depends_on; status is now in_progress",
        "mended .tasks/utf16.yaml: written as UTF-8",
    ]
    assert (store.path / ONE).read_text() == "title: One\ndepends_on: [two]  # first\nstatus: in_progress\n"
    assert (store.path / TWO).read_text() == "title: Two\ntags: [a, b, a]\nprioritty: hgh\n"
    assert ran.err == "mended 2 files; 2 errors, 1 warning\n"
    assert store.subjects()[0] == "tm: fix 2 tasks"
    assert store.git("show", "--format=", "--name-only", "HEAD").split("\n") == [ONE, ".tasks/utf16.yaml"]
    store.repo.write(TWO, "title: Two\n")
    assert store.do("check", "two", "--fix").err == "mended 0 files; no problems left\n"


MENDED = {
    "near key": ("title: A\ndepend_on: [b]\n", "title: A\ndepends_on: [b]\n"),
    "near key inside": (
        "title: A\nclaim: {by: x, untill: 2026-12-01}\n",
        "title: A\nclaim: {by: x, until: 2026-12-01}\n",
    ),
    "quoted key": ('title: A\n"tag": [b] # c\n', "title: A\ntags: [b] # c\n"),
    "key that is there": ("title: A\ntags: [a]\ntagz: [b]\n", None),
    "case of a value": ("title: A\nstatus: IN PROGRESS\ntype: Bug\n", "title: A\nstatus: in_progress\ntype: bug\n"),
    "another word": ("title: A\nstatus: done\n", None),
    "repeats": ("title: A\ntags:\n- a # one\n- b\n- a\n", "title: A\ntags:\n- a # one\n- b\n"),
    "itself": ("title: A\ndepends_on: [b, me]\nparent: me\n", "title: A\ndepends_on: [b]\n"),
    "own key": ("title: A\ncolour: blue\n", None),
    "not YAML": ("title: [\n", None),
}


@pytest.mark.parametrize(("text", "want"), MENDED.values(), ids=MENDED)
def test_what_has_one_right_answer(text: str, want: str | None) -> None:
    """Only that is changed, and only where it stands."""
    new, words = mended(text.encode(), "me", TYPES)
    assert new.decode() == (text if want is None else want)
    assert bool(words) == (want is not None)
