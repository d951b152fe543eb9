"""What is not the store's stays as it is: work not committed, staged hunks, ignored files, other branches."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.git import driver


class Desk:
    """A project in the middle of work, a clone of it where others work, and the bare one where both meet."""

    def __init__(self, folder: Path) -> None:
        self.origin = folder / "origin.git"
        subprocess.run(["git", "init", "--quiet", "--bare", str(self.origin)], check=True)
        self.repo = GitRepo(folder / "mine")
        self.repo.path.mkdir()
        self.git = self.repo.git
        self.git("init", "--quiet")
        code = "".join(f"{number}\n" for number in range(30))
        self.repo.commit("code", {"code.py": code, "src/more.py": "more\n", ".gitignore": "build/\n*.log\n"})
        self.git("branch", "topic")
        self.git("tag", "v1")
        self.git("remote", "add", "origin", str(self.origin))
        self.store = Store(self.repo, init=False)
        self.theirs = Store(GitRepo(folder / "theirs"), init=False)

    def publish(self) -> None:
        """Push the project, and let the others have it."""
        self.git("push", "--quiet", "--set-upstream", "origin", "main")
        subprocess.run(["git", "clone", "--quiet", str(self.origin), str(self.theirs.path)], check=True)

    def work(self, *, staged: bool = True) -> None:
        """Leave work about: some staged, some changed, some new, some ignored, some put aside."""
        self.repo.write("code.py", "put aside\n")
        self.git("stash", "--quiet")
        lines = [f"{number}\n" for number in range(30)]
        lines[2] = "staged\n" if staged else lines[2]
        self.repo.write("code.py", "".join(lines))
        self.repo.write("new.py", "new\n")
        if staged:
            self.git("add", "code.py", "new.py")
        lines[25] = "changed\n"
        self.repo.write("code.py", "".join(lines))
        (self.repo.path / "src/more.py").unlink()
        self.repo.write("loose.txt", "untracked\n")
        self.repo.write("build/out.o", b"\0ignored")
        self.repo.write("x.log", "ignored too\n")

    def look(self) -> dict[str, object]:
        """Give all that is not the store's: files, index, stash, and every ref but those where tasks go."""
        files = {
            str(path.relative_to(self.repo.path)): path.read_bytes()
            for path in sorted(self.repo.path.rglob("*"))
            if path.is_file() and path.relative_to(self.repo.path).parts[0] not in (".git", ".tasks")
        }
        refs = self.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        moved = ("refs/heads/main ", "refs/heads/tasks ", "refs/remotes/")
        return {
            "files": files,
            "index": self.git("ls-files", "--stage", "--", ":(exclude).tasks"),
            "status": [
                line for line in self.git("status", "--porcelain", "--ignored").splitlines() if ".tasks" not in line
            ],
            "staged": self.git("diff", "--cached", "--", ":(exclude).tasks"),
            "refs": [line for line in refs if not line.startswith(moved)],
            "stash": self.git("stash", "list"),
            "code": self.git("ls-tree", "-r", "HEAD", "--", ".gitignore", "code.py", "src"),
            "head": self.git("symbolic-ref", "HEAD"),
        }


def bare(desk: Desk) -> None:
    """No store yet."""
    desk.publish()


def inside(desk: Desk) -> None:
    """A store in the branch with the code, which the others have changed too."""
    desk.store.do("init")
    desk.store.add("One", "--id", "one")
    desk.publish()
    desk.theirs.do("init")
    desk.theirs.do("update", "one", "--title", "By them")
    desk.theirs.do("sync")
    desk.store.do("update", "one", "--tag", "mine")


def apart(desk: Desk) -> None:
    """A store on a branch of its own, which the others have changed too."""
    desk.publish()
    desk.store.do("init", "--branch", "tasks")
    desk.store.add("One", "--id", "one")
    desk.store.do("sync")
    desk.theirs.git("fetch", "--quiet")
    desk.theirs.do("init")
    desk.theirs.do("update", "one", "--title", "By them")
    desk.theirs.do("sync")
    desk.store.do("update", "one", "--tag", "mine")


def undone(desk: Desk) -> None:
    """A store in the branch, in a clone that lost the driver, and whose cache is damaged."""
    inside(desk)
    desk.git("config", "--unset", driver.KEY)
    (desk.repo.path / ".git/tm/index.sqlite").write_bytes(b"no cache")


# What the desk is like, what is typed, the exit code, and whether work is staged.
COMMANDS: dict[str, tuple[Callable[[Desk], None], str, int, bool]] = {
    "init": (bare, "init", 0, True),
    "init --branch": (bare, "init --branch tasks", 0, True),
    "init again": (inside, "init", 0, True),
    "init in a clone": (undone, "init", 0, True),
    "migrate --to-branch": (inside, "migrate --to-branch tasks", 0, True),
    "migrate --to-tree": (apart, "migrate --to-tree", 0, True),
    "sync of a branch of its own": (apart, "sync", 0, True),
    "sync --dry-run": (apart, "sync --dry-run", 0, True),
    "sync in the branch": (inside, "sync", 0, False),
    "sync in the branch, with work staged": (inside, "sync", 7, True),
    "sync --dry-run in the branch": (inside, "sync --dry-run", 0, True),
    "claim --push": (apart, "claim one --push", 0, True),
    "next --claim --push": (apart, "next --claim --push", 0, True),
    "doctor --fix": (undone, "doctor --fix", 0, True),
    "doctor --fix of a branch of its own": (apart, "doctor --fix", 0, True),
    "resolve with nothing to do": (inside, "resolve", 0, True),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_it_stays_as_it_is(tmp_path: Path, name: str) -> None:
    """Each command of sharing, with work of every kind lying about."""
    prepare, line, code, staged = COMMANDS[name]
    desk = Desk(tmp_path)
    prepare(desk)
    desk.work(staged=staged)
    before = desk.look()
    desk.store.do(*line.split(), code=code)
    assert desk.look() == before
    assert desk.store.leftovers() == []
    assert desk.git("fsck", "--strict", "--no-dangling") == ""


def test_resolve_in_a_merge_leaves_it_as_it_is(tmp_path: Path) -> None:
    """In the middle of a merge, with other work about, only the unmerged tasks are settled and staged."""
    desk = Desk(tmp_path)
    inside(desk)
    desk.git("config", "--remove-section", "merge.tm")
    desk.store.do("update", "one", "--title", "By me")
    desk.git("fetch", "--quiet")
    desk.git("merge", "--no-edit", "origin/main", check=False)
    assert desk.git("ls-files", "--unmerged")
    desk.repo.write("code.py", "changed\n")
    desk.repo.write("new.py", "new\n")
    desk.git("add", "new.py")
    desk.repo.write("build/out.o", b"\0ignored")
    before = desk.look()
    desk.store.do("resolve")
    assert desk.look() == before
    assert desk.git("ls-files", "--unmerged") == ""
