"""A commit by `git commit`, hooks included, takes its own paths and can be refused by a hook without a trace."""

from __future__ import annotations

import pytest
from conftest import NOW, GitRepo

from tmfiles.errors import TmError
from tmfiles.git.hooked import commit_with_hooks
from tmfiles.git.repository import discover
from tmfiles.git.settings import Person, settings

TASK, NEW, GONE = ".tasks/a.yaml", ".tasks/-n ew*.yaml", ".tasks/gone.yaml"


def hooked(repo: GitRepo, author: Person | None = None) -> str:
    """Edit one file, add one, delete one, and commit the three with hooks."""
    here = discover(str(repo.path))
    assert here is not None
    repo.write(TASK, "b\n")
    repo.write(NEW, "n\n")
    (repo.path / GONE).unlink(missing_ok=True)
    return commit_with_hooks(here, settings(here), [TASK, NEW, GONE], "tm: größer\n\n# kept\n\nTm-Id: 7", NOW, author)


def hook(repo: GitRepo, name: str, code: int, more: str = ":") -> None:
    """Install a hook that leaves a trace and exits with a code."""
    path = repo.path / ".git" / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\necho ran {name} >&2\necho {name} >>.git/ran\n{more}\nexit {code}\n")
    path.chmod(0o755)


def start(repo: GitRepo) -> list[str]:
    """Commit two tasks, stage work of the user's, and give what git says of it."""
    repo.commit(files={TASK: "a\n", GONE: "g\n", "code.py": "1\n"})
    repo.write("code.py", "2\n")
    repo.git("add", "code.py")
    repo.write("code.py", "3\n")
    return [repo.git("diff", "--cached"), repo.git("diff")]


def test_hooks_run(repo: GitRepo) -> None:
    """The hooks run, our paths alone are committed, and staged work stays."""
    before = start(repo)
    hook(repo, "pre-commit", 0)
    commit = hooked(repo, Person("Agent", "a@example.org"))
    assert (repo.path / ".git/ran").read_text() == "pre-commit\n"
    assert commit == repo.git("rev-parse", "HEAD")
    assert repo.git("show", "--format=%B|%an|%cn|%at", "--name-status", "-z", "HEAD").replace("\0", " ").split("|") == [
        "tm: größer\n\n# kept\n\nTm-Id: 7\n",
        "Agent",
        "Maria",
        f"{int(NOW.timestamp())} \nA {NEW} M {TASK} D {GONE} ",
    ]
    assert [repo.git("diff", "--cached"), repo.git("diff")] == before
    assert repo.git("status", "--porcelain") == "MM code.py"


def test_a_hook_refuses(repo: GitRepo) -> None:
    """A hook that refuses stops the commit with its own words, and the index is what it was."""
    before = start(repo)
    index = repo.git("ls-files", "-s")
    hook(repo, "pre-commit", 1)
    with pytest.raises(TmError, match="ran pre-commit"):
        hooked(repo)
    assert repo.git("ls-files", "-s") == index
    assert repo.git("diff", "--cached") == before[0]


def test_refused_in_a_merge(repo: GitRepo) -> None:
    """During a merge git itself can't do it, so it is refused before anything happens."""
    start(repo)
    (repo.path / ".git/MERGE_HEAD").write_text(repo.git("rev-parse", "HEAD") + "\n")
    with pytest.raises(TmError, match="during a merge"):
        hooked(repo)
    assert NEW not in repo.git("ls-files")


def test_hooks_find_their_usual_environment(repo: GitRepo) -> None:
    """A hook can use patterns in its own git commands: nothing of ours makes them literal."""
    start(repo)
    hook(repo, "pre-commit", 0, "git diff --cached --name-only -- '*gone*' >.git/seen")
    hooked(repo)
    assert (repo.path / ".git/seen").read_text() == f"{GONE}\n"


def test_waits_for_the_index(repo: GitRepo) -> None:
    """An index that stays locked is an error that names the file, before any hook has run."""
    start(repo)
    hook(repo, "pre-commit", 0)
    lock = repo.path / ".git" / "index.lock"
    lock.touch()
    here = discover(str(repo.path))
    assert here is not None
    with pytest.raises(TmError, match=r"index\.lock"):
        commit_with_hooks(here, settings(here), [TASK], "m", NOW, limit=0.1)
    assert not (repo.path / ".git/ran").exists()
