"""Finding a repository, its HEAD and its state by git's files alone agrees with what git itself says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import GitRepo

from tmfiles.errors import TmError
from tmfiles.git.repository import Repository, discover, head, init
from tmfiles.git.state import state


def found(path: Path) -> Repository:
    """Discover a repository that must be there."""
    repo = discover(str(path))
    assert repo is not None
    return repo


def test_discover_walks_up(repo: GitRepo) -> None:
    """From any folder of the work tree the same repository is found, with absolute paths."""
    deep = repo.path / "a" / "b"
    deep.mkdir(parents=True)
    git = str(repo.path / ".git")
    assert found(deep) == found(repo.path) == Repository(str(repo.path), git, git)


def test_discover_outside(tmp_path: Path) -> None:
    """Where no repository is, nothing is found; a `.git` folder that is none does not stop the walk."""
    (tmp_path / ".git").mkdir()
    assert discover(str(tmp_path)) is None


def test_discover_inside_git_directory(repo: GitRepo) -> None:
    """The git directory itself is no work tree."""
    assert discover(str(repo.path / ".git" / "hooks")) is None


def test_discover_bare(tmp_path: Path) -> None:
    """A bare repository has no work tree, neither as `x.git` nor as a bare `.git`."""
    bare = GitRepo(tmp_path)
    bare.git("init", "--quiet", "--bare", "x.git")
    assert discover(str(tmp_path / "x.git" / "refs")) is None
    bare.git("init", "--quiet", "--bare", ".git")
    assert discover(str(tmp_path)) is None


def test_discover_linked_work_tree(repo: GitRepo, tmp_path: Path) -> None:
    """A linked work tree has a git directory of its own and shares the common one."""
    repo.commit()
    repo.git("worktree", "add", "--quiet", str(tmp_path / "other"))
    other = found(tmp_path / "other")
    assert other.gitdir == str(repo.path / ".git" / "worktrees" / "other")
    assert other.commondir == str(repo.path / ".git")
    assert head(other).branch == "other"
    assert head(other).commit == head(found(repo.path)).commit


def test_discover_through_a_symbolic_link(repo: GitRepo, tmp_path: Path) -> None:
    """A link into a work tree leads to that work tree, as it does for git."""
    (repo.path / "sub").mkdir()
    os.symlink(repo.path / "sub", tmp_path / "link")
    assert found(tmp_path / "link").root == str(repo.path)


def test_discover_broken_gitfile(tmp_path: Path) -> None:
    """A `.git` file that leads nowhere is an error, not the absence of a repository."""
    (tmp_path / ".git").write_text("gitdir: /nowhere/at/all\n")
    with pytest.raises(TmError, match="does not lead to a git directory") as e:
        discover(str(tmp_path))
    assert e.value.code == "git"


def test_init(tmp_path: Path) -> None:
    """A repository is made with the user's own default branch."""
    assert head(init(str(tmp_path))) == (None, "main")


def test_head_unborn_loose_packed_detached(repo: GitRepo) -> None:
    """HEAD is read the same whether its branch is unborn, loose, packed, nested or left."""
    here = found(repo.path)
    assert head(here) == (None, "main")
    first = repo.commit()
    assert head(here) == (first, "main")
    repo.git("switch", "--quiet", "-c", "topic/näme")
    assert head(here) == (first, "topic/näme")
    repo.git("pack-refs", "--all")
    assert not (repo.path / ".git/refs/heads/main").exists()
    assert head(here) == (first, "topic/näme")
    second = repo.commit()
    assert head(here) == (second, "topic/näme")
    repo.git("checkout", "--quiet", first)
    assert head(here) == (first, None)


def test_head_is_a_symbolic_link(repo: GitRepo) -> None:
    """A HEAD that is a symbolic link, as very old repositories have it, is left to git."""
    commit = repo.commit()
    path = repo.path / ".git" / "HEAD"
    path.unlink()
    path.symlink_to("refs/heads/main")
    assert head(found(repo.path)) == (commit, "main")


def test_head_branch_is_a_symbolic_ref(repo: GitRepo) -> None:
    """A branch that is an alias of another one is followed."""
    commit = repo.commit()
    repo.git("symbolic-ref", "refs/heads/alias", "refs/heads/main")
    repo.git("symbolic-ref", "HEAD", "refs/heads/alias")
    assert head(found(repo.path)).commit == commit


def diverged(repo: GitRepo) -> None:
    """Make two branches that clash in the file `x`; `main` is checked out."""
    repo.commit(files={"x": "base\n"})
    repo.git("switch", "--quiet", "-c", "topic")
    repo.commit("theirs", {"x": "theirs\n"})
    repo.commit("more", {"y": "more\n"})
    repo.git("switch", "--quiet", "main")
    repo.commit("ours", {"x": "ours\n"})


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("merge topic", "merge"),
        ("rebase topic", "rebase"),
        ("rebase --apply topic", "rebase"),
        ("cherry-pick topic~1", "cherry-pick"),
        ("cherry-pick topic~1 topic", "cherry-pick"),
        ("revert --no-edit HEAD~1", "revert"),
    ],
)
def test_state_of_a_stopped_command(repo: GitRepo, command: str, word: str) -> None:
    """Each command that stops at a conflict is named, and ends with its abort."""
    diverged(repo)
    assert state(found(repo.path)) == ""
    repo.git(*command.split(), check=False)
    assert state(found(repo.path)) == word
    repo.git(command.split()[0], "--abort")
    assert state(found(repo.path)) == ""


def test_state_between_two_picks(repo: GitRepo) -> None:
    """A series of picks whose stopped one was committed by hand is still a series of picks."""
    diverged(repo)
    repo.git("cherry-pick", "topic~1", "topic", check=False)
    repo.commit("resolved by hand")
    assert not (repo.path / ".git/CHERRY_PICK_HEAD").exists()
    assert state(found(repo.path)) == "cherry-pick"


def test_state_am(repo: GitRepo) -> None:
    """A mailbox that does not apply is told from a rebase."""
    diverged(repo)
    patch = repo.git("format-patch", "--stdout", "main~1..topic")
    repo.git("am", "--quiet", stdin=patch.encode() + b"\n", check=False)
    assert state(found(repo.path)) == "am"


def test_state_bisect_and_detached(repo: GitRepo) -> None:
    """A bisection and a detached HEAD are told apart."""
    diverged(repo)
    repo.git("bisect", "start")
    assert state(found(repo.path)) == "bisect"
    repo.git("bisect", "reset")
    repo.git("checkout", "--quiet", "--detach")
    assert state(found(repo.path)) == "detached"


def test_looking_starts_no_process() -> None:
    """Finding a repository, its HEAD and its state does not even load what starts processes."""
    code = (
        "import sys; from tmfiles.git.repository import discover, head; from tmfiles.git.state import state;"
        "r = discover('.'); head(r); state(r);"
        "sys.exit(bool({'subprocess', 're', 'typing', 'json', 'pathlib', 'dataclasses'} & set(sys.modules)))"
    )
    top = Path(__file__).parents[1]
    # -S: what a site hook imports is not ours; -I: nor is what the environment adds.
    code = f"import sys; sys.path.insert(0, {str(top)!r}); " + code
    home = Path(os.environ["HOME"])
    GitRepo(home).git("init", "--quiet")
    assert subprocess.run([sys.executable, "-I", "-S", "-c", code], cwd=home, check=False).returncode == 0
