"""Writes in every state a repository can be in, with whatever the user has staged, set up or left open."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles import codec


def started(repo: GitRepo) -> Store:
    """Make a store with one task, `one`, beside a file of code."""
    repo.commit(files={"code.py": "1\n"})
    store = Store(repo)
    store.do("add", "Task one", "--id", "one")
    return store


def test_unborn_branch(repo: GitRepo) -> None:
    """The first commit of a repository may be ours: a root commit of our paths, what is staged stays staged."""
    repo.write("code.py", "1\n")
    repo.git("add", "code.py")
    store = Store(repo)
    assert store.git("ls-tree", "-r", "--name-only", "HEAD") == ".tasks/.gitattributes\n.tasks/config.yaml"
    store.do("add", "Task")
    assert store.status() == "A  code.py"


def test_merge(repo: GitRepo) -> None:
    """An edit in the middle of a conflicted merge of code is committed, and is still there after the abort."""
    store = started(repo)
    conflict(repo, "merge")
    store.do("update", "one", "--priority", "high")
    assert (store.path / ".git" / "MERGE_HEAD").exists()
    assert "UU code.py" in store.status()
    repo.git("merge", "--abort")
    assert store.doc("one")["priority"] == "high"
    assert store.subjects()[0] == "tm: update one Task one"
    assert store.status() == ""
    store.assert_sound()


def conflict(repo: GitRepo, verb: str) -> None:
    """Bring git to stop in the middle of something, over code.py."""
    repo.git("switch", "--quiet", "--create", "side")
    side = repo.commit("side", {"code.py": "side\n"})
    repo.git("switch", "--quiet", "main")
    repo.commit("main", {"code.py": "main\n"})
    if verb == "am":
        patch = repo.git("format-patch", "--stdout", "-1", side)
        repo.git("am", "--quiet", check=False, stdin=patch.encode() + b"\n")
    elif verb == "bisect":
        repo.git("bisect", "start", "HEAD", "HEAD~2")
    elif verb == "detached":
        repo.git("switch", "--quiet", "--detach", "HEAD")
    elif verb == "revert":
        repo.git("revert", "--no-edit", side, check=False)
    else:
        repo.git(verb, side if verb != "rebase" else "side", check=False)


@pytest.mark.parametrize("verb", ["rebase", "cherry-pick", "revert", "am", "bisect", "detached"])
def test_refused_in(repo: GitRepo, verb: str) -> None:
    """Where a commit could be lost it is refused, with the state named and --no-commit offered, which works."""
    store = started(repo)
    conflict(repo, verb)
    before, status, count = store.files(), store.status(), store.commits()
    ran = store.do("update", "one", "--priority", "high", code=1)
    assert verb in ran.err
    assert "--no-commit" in ran.err
    assert (store.files(), store.status(), store.commits()) == (before, status, count)
    assert store.leftovers() == []
    store.do("update", "one", "--priority", "high", "--no-commit")
    assert store.doc("one")["priority"] == "high"
    assert store.commits() == count


def test_a_merge_on_a_detached_head(repo: GitRepo) -> None:
    """A merge on no branch is refused as detached: the commit would be on no branch either."""
    store = started(repo)
    conflict(repo, "merge")
    repo.git("merge", "--abort")
    repo.git("switch", "--quiet", "--detach")
    repo.git("merge", "side", check=False)
    assert (store.path / ".git" / "MERGE_HEAD").exists()
    count = store.commits()
    assert "detached" in store.do("update", "one", "--priority", "high", code=1).err
    assert store.commits() == count
    store.do("update", "one", "--priority", "high", "--no-commit")


@pytest.mark.parametrize("settled", [False, True])
def test_an_unmerged_task(repo: GitRepo, settled: bool) -> None:
    """A task in conflict is not written, with markers in it or without, until it is added; others are."""
    store = started(repo)
    store.do("add", "Other", "--id", "other")
    (store.path / ".tasks" / ".gitattributes").write_text("*.yaml -merge\n")
    repo.commit("text merge")
    repo.git("switch", "--quiet", "--create", "side")
    store.do("update", "one", "--title", "Side")
    repo.git("switch", "--quiet", "main")
    store.do("update", "one", "--title", "Main")
    repo.git("merge", "side", check=False)
    text = "title: Settled\n" if settled else "<<<<<<< HEAD\ntitle: Main\n=======\ntitle: Side\n>>>>>>> side\n"
    store.file("one").write_text(text)
    for more in ((), ("--no-commit",)):
        ran = store.do("update", "one", "--priority", "high", *more, code=1)
        assert ("unmerged" if settled else "conflict") in ran.err
        assert store.file("one").read_text() == text
    store.do("update", "other", "--priority", "high")
    if settled:
        repo.git("add", ".tasks/one.yaml")
        assert "committed first" in store.do("update", "one", "--priority", "high").err


def test_staged_hunks_of_other_files(repo: GitRepo) -> None:
    """What is staged and what is not in other files stays as it was, to the byte."""
    store = started(repo)
    repo.write("code.py", "2\n")
    repo.write("new.py", "new\n")
    repo.git("add", "code.py", "new.py")
    repo.write("code.py", "3\n")
    repo.write("loose.py", "loose\n")
    before = (store.status(), repo.git("diff", "--cached"), repo.git("diff"))
    store.do("update", "one", "--priority", "high")
    store.do("add", "Another")
    store.do("undo")
    assert (store.status(), repo.git("diff", "--cached"), repo.git("diff")) == before
    for n in range(3):
        names = repo.git("diff-tree", "-r", "--no-commit-id", "--name-only", f"HEAD~{n}").splitlines()
        assert all(name.startswith(".tasks/") for name in names)


def test_staged_and_edited_versions_of_the_same_file(repo: GitRepo) -> None:
    """Staged differs from HEAD and the file from both: each version gets a commit of its own, none is lost."""
    store = started(repo)
    text = store.file("one").read_text()
    store.file("one").write_text(text + "\nassignee: staged\n")
    repo.git("add", ".tasks/one.yaml")
    store.file("one").write_text(text + "\nassignee: edited\n")
    told = store.do("update", "one", "--assignee", "li").err
    assert "committed first what was staged: one" in told
    assert "committed first what was edited by hand: one" in told
    versions = [codec.loads(repo.git("show", f"HEAD~{n}:.tasks/one.yaml").encode()) for n in (0, 1, 2, 3)]
    assert [doc.get("assignee") for doc in versions] == ["li", "edited", "staged", None]
    assert store.subjects()[:3] == [
        "tm: update one Task one",
        "tm: edit one Task one (by hand)",
        "tm: edit one Task one (staged)",
    ]
    assert store.status() == ""


def test_from_a_subfolder(repo: GitRepo) -> None:
    """In a folder below, and with the store below the repository's top, paths are right."""
    store = started(repo)
    below = store.path / "src" / "deep"
    below.mkdir(parents=True)
    store.tm("update", "one", "--priority", "high", cwd=below)
    assert store.status() == ""
    (store.path / "part" / ".tasks").mkdir(parents=True)
    (store.path / "part" / ".tasks" / "config.yaml").write_text("version: 1\n")
    task = store.tm("add", "Below", cwd=store.path / "part").out.strip()
    assert repo.git("ls-tree", "-r", "--name-only", "HEAD", "part/").endswith(f"part/.tasks/{task}.yaml")
    store.tm("undo", cwd=store.path / "part")
    assert repo.git("ls-tree", "-r", "--name-only", "HEAD", "part/") == ""


def test_a_linked_work_tree(repo: GitRepo, tmp_path: Path) -> None:
    """In a linked work tree edits go to its own branch, with a lock and an index of its own."""
    store = started(repo)
    other = tmp_path / "other"
    repo.git("worktree", "add", "--quiet", "-b", "side", str(other))
    store.tm("update", "one", "--priority", "high", cwd=other)
    assert repo.git("log", "-1", "--format=%s", "side") == "tm: update one Task one"
    assert store.subjects()[0] == "tm: add one Task one"
    assert GitRepo(other).git("status", "--porcelain") == ""
    assert (store.path / ".git" / "worktrees" / "other" / "tm" / "lock").exists()
    store.tm("undo", cwd=other)
    assert GitRepo(other).git("status", "--porcelain") == ""


def test_no_identity_is_told_once(repo: GitRepo) -> None:
    """Where git knows nobody the actor is the author; that is said once and not again."""
    store = started(repo)
    bare = {"GIT_CONFIG_GLOBAL": os.devnull, "TM_AGENT_ID": "Agent Seven"}
    first = store.tm("update", "one", "--priority", "high", env=bare).err
    second = store.tm("update", "one", "--priority", "low", env=bare).err
    assert "Git knows no identity: commits bear the name Agent Seven" in first
    assert "identity" not in second
    assert repo.git("log", "-1", "--format=%an <%ae> %cn") == "Agent Seven <agent.seven@localhost> Agent Seven"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_autocrlf(repo: GitRepo, ending: str) -> None:
    """With core.autocrlf=true a file may have either line ending: no phantom changes, endings stay, undo works."""
    store = started(repo)
    repo.git("config", "core.autocrlf", "true")
    (store.path / ".tasks" / ".gitattributes").unlink()
    repo.commit("no attributes")
    store.file("one").write_bytes((ending + "title: By hand" + ending + "tags: [a]" + ending).encode())
    before = store.file("one").read_bytes()
    assert "edited by hand: one" in store.do("update", "one", "--priority", "high").err
    data = store.file("one").read_bytes()
    assert data.count(b"\r\n") == (data.count(b"\n") if ending == "\r\n" else 0)
    assert b"\r" not in repo.git("show", "HEAD:.tasks/one.yaml").encode()
    assert repo.git("diff", "--stat") == ""
    assert store.do("update", "one", "--tag", "b").err.count("\n") == 1
    store.do("undo")
    store.do("undo")
    assert store.file("one").read_bytes().replace(b"\r\n", b"\n") == before.replace(b"\r\n", b"\n")
    assert repo.git("diff", "--stat") == ""


def test_commit_manual(repo: GitRepo) -> None:
    """With `commit: manual` edits stay in the work tree; nothing is staged and nothing committed."""
    store = started(repo)
    (store.path / ".tasks" / "config.yaml").write_text("version: 1\ncommit: manual\n")
    repo.commit("manual")
    store.do("update", "one", "--priority", "high")
    task = store.add("Another")
    assert store.status() == f" M .tasks/one.yaml\n?? .tasks/{task}.yaml"
    assert store.subjects()[0] == "manual"


@pytest.mark.skipif(shutil.which("gpg") is None, reason="no gpg")
def test_signed(repo: GitRepo) -> None:
    """With commit.gpgsign the commit of an edit, and that of a hand edit before it, are signed."""
    home = Path("/tmp") / f"tm-gpg-{os.getpid()}"  # noqa: S108 - gpg's socket needs a short path
    home.mkdir(mode=0o700)
    env = {**os.environ, "GNUPGHOME": str(home)}
    try:
        args = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
        args += ["--quick-generate-key", "Maria <maria@example.org>", "default", "default", "never"]
        subprocess.run(args, env=env, check=True, capture_output=True)
        store = started(repo)
        repo.git("config", "commit.gpgsign", "true")
        with store.file("one").open("a", encoding="utf-8") as file:
            file.write("\nassignee: li\n")
        store.tm("update", "one", "--priority", "high", env={"GNUPGHOME": str(home)})
        for n in (0, 1):
            verify = ["git", "verify-commit", f"HEAD~{n}"]
            subprocess.run(verify, cwd=repo.path, env=env, check=True, capture_output=True)
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], env=env, check=False, capture_output=True)
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.slow
def test_the_code_base_around_costs_nothing(repo: GitRepo) -> None:
    """An edit takes about as long beside 20,000 other files as beside one."""
    store = started(repo)

    def median() -> float:
        times = []
        for n in range(7):
            begun = time.monotonic()
            store.do("update", "one", "--title", f"Title {n} {begun}")
            times.append(time.monotonic() - begun)
        return statistics.median(times)

    alone = median()
    for n in range(20_000):
        folder = store.path / f"src{n // 200}"
        if n % 200 == 0:
            folder.mkdir()
        (folder / f"f{n}").write_text(f"{n}\n")
    repo.commit("many files")
    beside = median()
    print(f"alone {alone * 1000:.0f} ms, beside 20,000 files {beside * 1000:.0f} ms: {beside / alone:.2f}")
    assert beside < 5 * alone + 0.2
    assert store.status() == ""
