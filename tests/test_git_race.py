"""A user's own git at work in the same work tree: neither side's commits take anything from the other."""

from __future__ import annotations

import threading

from conftest import NOW, GitRepo

from tmfiles.git.commit import kept, prepare, publish
from tmfiles.git.repository import Repository, discover, head
from tmfiles.git.settings import settings
from tmfiles.git.worktree import refresh_index

TASK = ".tasks/a1b2c3d4.yaml"


def found(repo: GitRepo) -> Repository:
    """Discover a repository that must be there."""
    here = discover(str(repo.path))
    assert here is not None
    return here


def commit_until_kept(repo: GitRepo, files: dict[str, bytes]) -> int:
    """Write files and commit them until HEAD has them for good; give the number of attempts."""
    here = found(repo)
    for path, data in files.items():
        repo.write(path, data)
    attempts = 0
    while True:
        attempts += 1
        parent = head(here).commit
        made = prepare(here, settings(here), parent, files, "tm: edit", NOW)
        if publish(here, made.commit, parent, "tm: edit"):
            refresh_index(here, made.blobs)
            if kept(here, made):
                return attempts


def test_commit_between_publishing_and_refreshing(repo: GitRepo) -> None:
    """A commit of the user's that takes our change back is noticed, and one more of ours settles it."""
    first = repo.commit(files={TASK: "title: a\n", "code.py": "1\n"})
    here = found(repo)
    repo.write(TASK, "title: b\n")
    made = prepare(here, settings(here), first, {TASK: b"title: b\n"}, "tm: edit", NOW)
    assert publish(here, made.commit, first, "tm: edit")
    repo.write("code.py", "2\n")
    repo.git("add", "code.py")
    repo.git("commit", "--quiet", "--message", "the user's")
    refresh_index(here, made.blobs)
    assert not kept(here, made)
    assert commit_until_kept(repo, {TASK: b"title: b\n"}) == 1
    assert repo.git("show", f"HEAD:{TASK}") == "title: b"
    assert repo.git("show", "HEAD:code.py") == "2"
    assert repo.git("status", "--porcelain") == ""


def test_kept_under_later_commits(repo: GitRepo) -> None:
    """A later commit that leaves our paths alone, or deletes what we deleted, keeps our change."""
    repo.commit(files={TASK: "title: a\n", ".tasks/gone.yaml": "title: g\n"})
    made = repo.save({TASK: "title: b\n", ".tasks/gone.yaml": None})
    repo.commit(files={"code.py": "1\n"})
    assert kept(found(repo), made)


def test_user_commits_all_the_while(repo: GitRepo) -> None:
    """While the user commits code again and again, every edit of ours and every one of theirs is in HEAD."""
    repo.commit(files={"code0": "x\n"})
    done = 0

    def work() -> None:
        nonlocal done
        for n in range(25):
            repo.write(f"code{n}", f"{n}\n")
            # Git gives up at once where the index or HEAD is just taken: then its user repeats the command.
            repo.git("add", f"code{n}", check=False)
            repo.git("commit", "--quiet", "--message", f"c{n}", check=False)
            done += 1

    user = threading.Thread(target=work)
    user.start()
    for n in range(25):
        commit_until_kept(repo, {f".tasks/{n}.yaml": f"title: {n}\n".encode()})
    user.join()
    assert done == 25
    repo.commit("what the user had to repeat")
    in_head = repo.git("ls-tree", "-r", "--name-only", "HEAD").split("\n")
    assert sorted(in_head) == sorted([f"code{n}" for n in range(25)] + [f".tasks/{n}.yaml" for n in range(25)])
    assert repo.git("status", "--porcelain") == ""
    repo.git("fsck", "--strict")
