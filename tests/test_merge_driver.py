"""Git with the merge driver, as people use it: merge, rebase, cherry-pick, stash, revert; and without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles import codec
from tmfiles.actions.sharing import RULES, attributes
from tmfiles.git import driver
from tmfiles.merge_driver import main

TASK = """\
title: Login

status: pending

tags: [web]

created_at: 2026-11-20T10:00:00Z
created_by: Maria

description: |
  One.
  Two.
"""
OURS = TASK.replace("pending", "in_progress").replace("[web]", "[auth, web]").replace("Two.", "Two of ours.")
THEIRS = TASK.replace("pending", "completed").replace("[web]", "[api]").replace("Two.", "Two of theirs.")


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store with one task, which two branches changed in every line that matters."""
    store = Store(repo)
    repo.commit("the task", {".tasks/login.yaml": TASK})
    repo.git("checkout", "--quiet", "-b", "other")
    repo.commit("theirs", {".tasks/login.yaml": THEIRS})
    repo.git("checkout", "--quiet", "main")
    repo.commit("ours", {".tasks/login.yaml": OURS})
    return store


def settled(store: Store) -> None:
    """The task holds both sides' words, by the rules, and git has nothing left to settle."""
    doc = store.doc("login")
    assert (doc["status"], doc["tags"]) == ("completed", ["api", "auth"])
    assert doc["description"] == "One.\nTwo of ours.\nTwo of theirs.\n"
    assert store.git("ls-files", "--unmerged") == ""


def test_merge(store: Store) -> None:
    """A plain git merge of a task changed on both sides has no conflict."""
    store.git("merge", "--quiet", "--no-edit", "other")
    settled(store)
    assert store.status() == ""


def test_rebase(store: Store) -> None:
    """A rebase puts our edit upon theirs; the result is that of the merge, to the byte."""
    store.git("merge", "--quiet", "--no-edit", "other")
    merged = store.file("login").read_bytes()
    store.git("reset", "--quiet", "--hard", "HEAD^1")
    store.git("rebase", "--quiet", "other")
    settled(store)
    assert store.file("login").read_bytes() == merged


def test_cherry_pick(store: Store) -> None:
    """So does a cherry-pick."""
    store.git("cherry-pick", "other")
    settled(store)


def test_stash_pop(store: Store) -> None:
    """So does a stash that comes back upon another edit."""
    store.git("reset", "--quiet", "--hard", "HEAD^")
    store.file("login").write_text(OURS, encoding="utf-8")
    store.git("stash", "--quiet")
    store.git("merge", "--quiet", "--ff-only", "other")
    store.git("stash", "pop", "--quiet")
    settled(store)


def test_revert(store: Store) -> None:
    """What is reverted goes, and what came since stays."""
    store.git("revert", "--no-edit", "HEAD")
    store.git("reset", "--quiet", "--hard", "HEAD^")
    more = OURS.replace("[auth, web]", "[auth, new, web]")
    store.repo.commit("more", {".tasks/login.yaml": more})
    store.git("revert", "--no-edit", "HEAD^")
    assert store.doc("login")["tags"] == ["new", "web"]
    assert store.git("ls-files", "--unmerged") == ""


def test_one_task_added_on_both_sides(repo: GitRepo) -> None:
    """A task that reached both branches by itself, with the same author and time, is one task."""
    store = Store(repo)
    repo.git("checkout", "--quiet", "-b", "other")
    repo.commit("theirs", {".tasks/login.yaml": THEIRS})
    repo.git("checkout", "--quiet", "main")
    repo.commit("ours", {".tasks/login.yaml": OURS})
    repo.git("merge", "--quiet", "--no-edit", "other")
    assert store.doc("login")["tags"] == ["api", "auth", "web"]


def test_two_tasks_under_one_id_are_left_to_people(repo: GitRepo) -> None:
    """Two tasks that by chance have one id are not made into one: Git leaves both, with its markers."""
    store = Store(repo)
    repo.git("checkout", "--quiet", "-b", "other")
    repo.commit("theirs", {".tasks/login.yaml": "title: Theirs\n\ncreated_by: Jo\n"})
    repo.git("checkout", "--quiet", "main")
    repo.commit("ours", {".tasks/login.yaml": "title: Ours\n\ncreated_by: Maria\n"})
    repo.git("merge", "--no-edit", "other", check=False)
    assert "login.yaml" in repo.git("ls-files", "--unmerged")
    text = store.file("login").read_text()
    assert "title: Ours" in text
    assert "title: Theirs" in text


@pytest.mark.parametrize("how", ["gone", "broken", "killed"])
def test_without_the_driver_nothing_is_lost(store: Store, how: str, tmp_path: Path) -> None:
    """A driver that is not there, fails or dies leaves the merge to Git's own, with both sides in the file."""
    program = tmp_path / "tm-merge"
    if how != "gone":
        program.write_text("#!/bin/sh\n" + ("exit 3\n" if how == "broken" else "kill -9 $$\n"))
        program.chmod(0o755)
    _, _, fallback = driver.wanted().partition("||")
    store.git("config", driver.KEY, f"'{program}' %O %A %B %L %P ||{fallback}")
    store.git("merge", "--no-edit", "other", check=False)
    assert "login.yaml" in store.git("ls-files", "--unmerged")
    text = store.file("login").read_text()
    assert "Two of ours." in text
    assert "Two of theirs." in text
    assert "<<<<<<< ours" in text


def test_an_invalid_task_is_left_to_git(store: Store) -> None:
    """A version that breaks a rule is merged by lines: the driver makes no sense of what has none."""
    store.git("checkout", "--quiet", "other")
    store.repo.commit("broken", {".tasks/login.yaml": THEIRS.replace("completed", "finished")})
    store.git("checkout", "--quiet", "main")
    store.git("merge", "--no-edit", "other", check=False)
    assert "login.yaml" in store.git("ls-files", "--unmerged")


def test_settings_and_templates_are_merged_by_lines(store: Store) -> None:
    """The driver is for tasks: config.yaml and templates are none."""
    paths = (".tasks/config.yaml", ".tasks/templates/bug.yaml", ".tasks/login.yaml", ".tasks/aa/aa11.yaml")
    told = store.git("check-attr", "merge", *paths).splitlines()
    assert [line.rpartition(": ")[2] for line in told] == ["unspecified", "unspecified", "tm", "tm"]


def test_init_sets_up_a_fresh_clone_and_says_so_once(store: Store, tmp_path: Path) -> None:
    """A clone has no driver until `tm init` sets it, in this clone's own configuration and nowhere else."""
    copy = GitRepo(tmp_path / "copy")
    subprocess.run(["git", "clone", "--quiet", str(store.path), str(copy.path)], check=True)
    cloned = Store(copy, init=False)
    assert copy.git("config", "--get", driver.KEY, check=False) == ""
    assert "field by field" in cloned.do("init").err
    assert copy.git("config", "--local", "--get", driver.KEY) == driver.wanted()
    again = cloned.do("init")
    assert "field by field" not in again.err
    assert copy.git("log", "--oneline") == store.git("log", "--oneline")
    assert copy.git("config", "--global", "--get", driver.KEY, check=False) == ""


def test_a_driver_of_somebody_elses_is_left(store: Store) -> None:
    """What a person configured under the same name stays, and is told."""
    store.git("config", driver.KEY, "mine %A")
    assert "left as it is" in store.do("init").err
    assert store.git("config", driver.KEY) == "mine %A"


def test_attributes_of_an_earlier_store_are_brought_up_to_date(repo: GitRepo) -> None:
    """`tm init` in a store made before adds the driver's lines, in one commit, and keeps what people wrote."""
    store = Store(repo)
    repo.commit("as it was", {".tasks/.gitattributes": "*.yaml text eol=lf\n"})
    store.do("init")
    assert (store.path / ".tasks" / ".gitattributes").read_bytes() == RULES
    assert store.status() == ""
    own = b"*.yaml text eol=crlf\n"
    assert attributes(own) == RULES + own
    assert attributes(attributes(own)) == attributes(own)


def test_the_driver_starts_light() -> None:
    """Git starts one process a file: neither Typer nor rich nor GitPython is loaded."""
    code = "import tmfiles.merge_driver, sys; print(*sorted({'typer', 'rich', 'git', 'jsonschema'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_what_is_no_call_of_gits_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Called by a person without files, or on files that are not there, it says so and changes nothing."""
    assert main([]) == 2
    assert main([str(tmp_path / name) for name in "abc"]) == 1
    assert "usage: tm-merge" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_work_tree_cannot_slip_in_a_program(store: Store) -> None:
    """Modules that lie in the work tree, where Git runs the driver, are not taken for Python's or ours."""
    for name in ("json.py", "yaml.py", "tmfiles.py", "difflib.py"):
        store.repo.write(name, "open('ran', 'w')\nraise SystemExit(9)\n")
    store.git("merge", "--quiet", "--no-edit", "other")
    settled(store)
    assert not (store.path / "ran").exists()


def test_a_repeated_merge_is_the_same(store: Store) -> None:
    """Whichever branch is merged into which, the file is the same to the byte."""
    store.git("merge", "--quiet", "--no-edit", "other")
    one = store.file("login").read_bytes()
    store.git("reset", "--quiet", "--hard", "HEAD^1")
    store.git("checkout", "--quiet", "other")
    store.git("merge", "--quiet", "--no-edit", "main")
    assert store.file("login").read_bytes() == one
    assert codec.loads(one)["created_by"] == "Maria"
