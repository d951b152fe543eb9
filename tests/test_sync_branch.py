"""`tm sync` where the store lies in a project: git's own merge, code and all, and only tasks pushed unasked."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store

_MADE: list[Path] = []


@pytest.fixture
def pair(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Store]:
    """Give two clones of a project with two tasks and a source file: made once, and copied for each test."""
    if not _MADE:
        top = tmp_path_factory.mktemp("project")
        subprocess.run(["git", "init", "--quiet", "--bare", str(top / "origin.git")], check=True)
        (top / "ann").mkdir()
        ann = GitRepo(top / "ann")
        ann.git("init", "--quiet")
        ann.commit("code", {"main.py": "one\ntwo\nthree\n"})
        store = Store(ann)
        for name in ("task-0", "task-1"):
            store.add(f"Do {name}", "--id", name)
        ann.git("remote", "add", "origin", "../origin.git")
        ann.git("push", "--quiet", "--set-upstream", "origin", "main")
        subprocess.run(["git", "clone", "--quiet", str(top / "origin.git"), str(top / "ben")], check=True)
        ben = Store(GitRepo(top / "ben"))
        ben.git("remote", "set-url", "origin", "../origin.git")
        _MADE.append(top)
    shutil.copytree(_MADE[0], tmp_path, dirs_exist_ok=True)
    return [Store(GitRepo(tmp_path / name), init=False) for name in ("ann", "ben")]


def test_tasks_and_code_of_others_come_and_only_tasks_go(pair: list[Store]) -> None:
    """Code that others pushed is merged; staged and changed files of one's own stay exactly as they are."""
    ann, ben = pair
    ann.repo.commit("more code", {"other.py": "x\n"})
    ann.git("push", "--quiet")
    ann.do("update", "task-0", "--tag", "a", "--title", "By ann")
    ann.do("delete", "task-1")
    ann.do("sync")
    ben.do("update", "task-0", "--tag", "b", "--title", "By ben")
    ben.do("comment", "task-1", "Still needed")
    ben.repo.write("mine.py", "staged\n")
    ben.git("add", "mine.py")
    ben.repo.write("main.py", "one\nchanged\nthree\n")
    # Git refuses to merge while other work is staged: told in its words, and nothing is done.
    refused = ben.do("sync", code=7)
    assert "git merge: " in refused.err
    assert ben.status() == " M main.py\nA  mine.py"
    ben.git("reset", "--quiet", "mine.py")
    told = json.loads(ben.do("sync", "--json").out)["data"]
    assert "changed on one side" in str(told["settled"])
    assert (ben.path / "other.py").read_text(encoding="utf-8") == "x\n"
    assert ben.status() == " M main.py\n?? mine.py"
    ann.do("sync")
    assert ann.files() == ben.files()
    assert ann.doc("task-0")["tags"] == ["a", "b"]
    assert ben.leftovers() == []


def test_unpushed_code_is_not_pushed_unless_asked(pair: list[Store]) -> None:
    """Its commits are named, and nothing is done; with --with-code they go, past the project's hooks."""
    ann, _ = pair
    ann.do("start", "task-0")
    ann.repo.commit("half done", {"main.py": "half\n"})
    before = ann.git("ls-remote", "origin")
    refused = ann.do("sync", code=1)
    assert "1 of the commits to be pushed hold more than tasks" in refused.err
    assert "half done" in refused.err
    assert ann.git("ls-remote", "origin") == before
    hook = ann.repo.write(".git/hooks/pre-push", "#!/bin/sh\necho checked > ../checked\n")
    hook.chmod(0o755)
    assert "sent 2 commits" in ann.do("sync", "--with-code").out
    assert (ann.path.parent / "checked").exists()


def test_conflicts_of_code_stop_it_with_the_tasks_settled(pair: list[Store]) -> None:
    """Git's words name the code; the tasks are settled already, and after `git commit` sync goes on."""
    ann, ben = pair
    for store, word in ((ann, "ann"), (ben, "ben")):
        store.repo.commit(f"code of {word}", {"main.py": f"{word}\ntwo\nthree\n"})
    ann.do("delete", "task-0")
    ben.do("comment", "task-0", "Needed")
    ann.do("sync", "--with-code")
    stopped = ben.do("sync", "--with-code", code=7)
    assert "main.py" in stopped.err
    assert ben.git("diff", "--name-only", "--diff-filter=U") == "main.py"
    assert "a merge is in progress" in ben.do("sync", "--with-code", code=7).err
    ben.repo.write("main.py", "both\ntwo\nthree\n")
    ben.git("add", "main.py")
    ben.git("commit", "--quiet", "--no-edit")
    ben.do("sync", "--with-code")
    ann.do("sync")
    assert (ann.files(), ann.git("rev-parse", "HEAD")) == (ben.files(), ben.git("rev-parse", "HEAD"))


def test_a_branch_without_an_upstream_is_not_published(pair: list[Store]) -> None:
    """A new branch goes to the remote only when its owner says so."""
    ann, _ = pair
    ann.git("switch", "--quiet", "--create", "topic")
    refused = ann.do("sync", code=7)
    assert "topic has no upstream" in refused.err
    assert "git push --set-upstream origin topic" in refused.err


def test_a_dry_run_merges_nothing(pair: list[Store]) -> None:
    """It tells what would come and go."""
    ann, ben = pair
    ann.do("start", "task-0")
    ann.do("sync")
    ben.do("start", "task-1")
    before = ben.git("rev-parse", "HEAD"), ben.files()
    done = ben.do("sync", "--dry-run")
    assert "would get 1 commit from origin/main: task-0" in done.out
    assert "would send 1 commit" in done.out
    assert (ben.git("rev-parse", "HEAD"), ben.files()) == before
