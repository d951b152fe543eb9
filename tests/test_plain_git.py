"""Branches of tasks merged by people who only know git: each of its ways, with the driver, with a lost one, without."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.git import driver

CLONES = ("driver", "lost", "none")


def task(name: str, *lines: str, title: str = "", status: str = "pending") -> str:
    """Give a task's text, with a line of description for each of `lines`."""
    described = "".join(f"  {line}\n" for line in (f"First line of {name}.", *lines, f"Last line of {name}."))
    head = f"title: {title or name}\n\nstatus: {status}\n\n"
    # At one time, as a script makes them: by this they cannot be told apart.
    return f"{head}created_at: 2026-11-20T10:00:00Z\ncreated_by: Maria\n\ndescription: |\n{described}"


def done(number: int, *lines: str, status: str = "completed") -> str:
    """Give a task that is done."""
    return task(f"done-{number}", *lines, status=status)


BASE = {
    **{f"{name}.yaml": task(name) for name in ("both", "kept", "gone", "moved", "carried", "afar")},
    **{f"old/done-{number}.yaml": done(number) for number in range(3)},
}
# Each side's commits, one after the other: by path what a file becomes, None where it goes.
OURS: list[dict[str, str | None]] = [
    {
        "both.yaml": task("both", "By ours.", title="Ours"),
        "kept.yaml": None,
        "gone.yaml": task("gone", "Needed by ours."),
    },
    # Moved and rewritten at once it is another file to git.
    {"moved.yaml": None, "web/moved.yaml": task("moved", *(f"Rewritten by ours {number}." for number in range(30)))},
    {"carried.yaml": task("carried", "Carried words of ours."), "new.yaml": task("new", "Made by ours.")},
    {"afar.yaml": None, "aa/afar.yaml": task("afar", "Ours A.")},
    {"both.yaml": task("both", "By ours.", "Again by ours.", title="Ours", status="in_progress")},
    {f"{old}/done-{n}.yaml": done(n) if old != "old" else None for n in range(3) for old in ("old", "archive/2026")},
]
THEIRS: list[dict[str, str | None]] = [
    {"both.yaml": task("both", "By theirs.", title="Theirs"), "gone.yaml": None},
    {"kept.yaml": task("kept", "Needed by theirs."), "moved.yaml": task("moved", "Moved words of theirs.")},
    {"carried.yaml": None, "web/carried.yaml": task("carried"), "other.yaml": task("other", "Made by theirs.")},
    {"both.yaml": task("both", "By theirs.", "Again by theirs.", title="Theirs", status="completed")},
    {"afar.yaml": None, "bb/afar.yaml": task("afar", "Theirs B.")},
    {
        "old/done-0.yaml": done(0, "Remarked by theirs."),
        "old/done-1.yaml": done(1, "Reopened by theirs.", status="pending"),
    },
]
OURS_SAID = ("By ours.", "Again by ours.", "Needed by ours.", "Rewritten by ours 29.", "Carried words of ours.")
THEIRS_SAID = ("By theirs.", "Again by theirs.", "Needed by theirs.", "Moved words of theirs.", "Theirs B.")
ALL_SAID = (*OURS_SAID, "Made by ours.", "Ours A.", *THEIRS_SAID, "Remarked by theirs.", "Reopened by theirs.")


class Fork:
    """A store with a branch for each side, in a clone as one of `CLONES`."""

    def __init__(self, repo: GitRepo, clone: str) -> None:
        self.store = Store(repo)
        self.git = repo.git
        self.repo = repo
        self.clone = clone
        self.save(BASE, "base")
        self.git("branch", "other")
        for number, files in enumerate(OURS):
            self.save(files, f"ours {number}")
        self.git("switch", "--quiet", "other")
        for number, files in enumerate(THEIRS):
            self.save(files, f"theirs {number}")
        self.git("switch", "--quiet", "main")
        if clone == "lost":
            self.git("config", driver.KEY, driver.wanted().replace("tm-merge", "tm-merge-is-gone", 1))
        elif clone == "none":
            self.git("config", "--remove-section", "merge.tm")

    def save(self, files: Any, message: str) -> None:
        """Commit what files become."""
        self.put(files)
        self.repo.commit(message)

    def put(self, files: Any) -> None:
        """Write or delete files below `.tasks/`."""
        for path, text in files.items():
            if text is None:
                (self.repo.path / ".tasks" / path).unlink()
            else:
                self.repo.write(f".tasks/{path}", text)

    def run(self, *command: str) -> None:
        """Run git, and while it stops: one `tm resolve`, and what that says."""
        self.git(*command, check=False)
        for _ in range(12):
            unmerged = self.git("ls-files", "--unmerged")
            if self.clone == "driver":
                assert "both.yaml" not in unmerged, "the driver left a task that both sides changed"
            told = json.loads(self.store.do("resolve", "--json").out)["data"]
            assert (told["left"], told["others"], self.git("ls-files", "--unmerged")) == ([], [], "")
            if told["next"] is None:
                return
            self.git("-c", "core.editor=true", *told["next"].split()[1:], check=False)
            if not self.busy():
                return
        raise AssertionError("git never came to its end")

    def busy(self) -> bool:
        """Tell whether git is in the middle of something, or left something unmerged."""
        marks = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "sequencer")
        there = any((self.repo.path / ".git" / mark).exists() for mark in marks)
        return there or bool(self.git("ls-files", "--unmerged"))

    def assert_settled(self) -> None:
        """Nothing is left to do, every word of both sides is there, and each task is where it belongs, once."""
        assert not self.busy()
        self.store.assert_sound()
        text = b"\n".join(self.store.files().values()).decode()
        assert [word for word in (*ALL_SAID, "Made by theirs.") if word not in text] == []
        names = sorted(
            Path(path).stem for path in self.store.files() if path.endswith(".yaml") and path != "config.yaml"
        )
        assert names == sorted({*(Path(path).stem for path in BASE), "new", "other"})
        paths = self.store.files().keys()
        assert {"web/moved.yaml", "web/carried.yaml", "bb/afar.yaml", "archive/2026/done-0.yaml"} <= paths
        assert "done-1" in self.store.do("list", "--plain").out
        both = self.store.doc("both")
        assert (both["status"], both["title"]) == ("completed", "Theirs")
        assert "Ours" in str(both["journal"])


@pytest.fixture(params=CLONES)
def fork(repo: GitRepo, request: pytest.FixtureRequest) -> Fork:
    """Give two branches of a store in each kind of clone."""
    return Fork(repo, request.param)


def test_merge(fork: Fork) -> None:
    """After `git merge`, one `tm resolve` and one commit, all that both did is there."""
    fork.run("merge", "--no-edit", "other")
    assert fork.store.status() == ""
    fork.assert_settled()
    assert "done-1.yaml" in fork.store.files(), "a task that was archived here and opened again there is in no archive"


def test_rebase(fork: Fork) -> None:
    """So it is after `git rebase`, with one `tm resolve` at each stop."""
    fork.run("rebase", "other")
    assert fork.store.status() == ""
    fork.assert_settled()


def test_cherry_pick(fork: Fork) -> None:
    """So it is when the other's commits are picked one after the other."""
    fork.run("cherry-pick", "main..other")
    assert fork.store.status() == ""
    fork.assert_settled()


def test_stash_pop(fork: Fork) -> None:
    """So it is when edits that were put aside come back upon those of the other."""
    fork.git("reset", "--quiet", "--hard", "main~6")
    for files in OURS:
        fork.put(files)
    fork.git("add", "--all")
    fork.git("stash", "--quiet")
    fork.git("merge", "--quiet", "--ff-only", "other")
    fork.run("stash", "pop")
    fork.assert_settled()


def test_revert(fork: Fork) -> None:
    """What is reverted goes, and what came since stays, deleted and moved files too."""
    fork.git("reset", "--quiet", "--hard", "main~6")
    fork.save({"both.yaml": task("both", "Reverted."), "kept.yaml": None, "new.yaml": task("new")}, "to be reverted")
    reverted = fork.git("rev-parse", "HEAD")
    fork.save(
        {"both.yaml": task("both", "Reverted.", "Since."), "new.yaml": None, "web/new.yaml": task("new", "Since.")},
        "since",
    )
    fork.run("revert", "--no-edit", reverted)
    assert not fork.busy()
    assert fork.store.doc("both")["description"] == "First line of both.\nSince.\nLast line of both.\n"
    assert fork.store.doc("kept")["title"] == "kept"
    assert b"Since." in fork.store.files()["web/new.yaml"]
    fork.store.assert_sound()


TEMPLATE = "".join(f"  Step {number} of the release is done like this.\n" for number in range(9))


@pytest.mark.parametrize("how", ["merge", "rebase", "cherry-pick", "stash pop"])
@pytest.mark.parametrize("ours", [True, False])
def test_two_tasks_that_look_alike(repo: GitRepo, how: str, *, ours: bool) -> None:
    """One of two tasks of one template was deleted there and changed here: Git takes them for one that was moved."""
    fork = Fork(repo, "driver")
    fork.git("reset", "--quiet", "--hard", "main~6")

    def release(name: str, *words: str) -> str:
        return task(name, *words) + TEMPLATE

    fork.save({"first.yaml": release("first")}, "the first")
    fork.git("switch", "--quiet", "--force-create", "other")
    changed: dict[str, str | None] = {"first.yaml": release("first", "Changed.")}
    replaced = {"first.yaml": None, "second.yaml": release("second", "Another.")}
    fork.save(replaced if ours else changed, "theirs")
    fork.git("switch", "--quiet", "main")
    if how == "stash pop":
        fork.put(changed if ours else replaced)
        fork.git("add", "--all")
        fork.git("stash", "--quiet")
        fork.git("merge", "--quiet", "--ff-only", "other")
        fork.run("stash", "pop")
    else:
        fork.save(changed if ours else replaced, "ours")
        fork.run(how, "other")
    assert fork.store.file("first").read_text() == release("first", "Changed.")
    assert fork.store.file("second").read_text() == release("second", "Another.")
    assert fork.store.leftovers() == []
