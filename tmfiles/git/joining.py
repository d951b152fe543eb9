"""What lies between two branches, and joining them: by git's own merge, or file by file; knows no remote."""

from __future__ import annotations

import os
import tempfile

from tmfiles.git import driver, process
from tmfiles.git.repository import Repository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def bases(repo: Repository, one: str, other: str) -> list[str]:
    """Give the last commits that both have, by id; several after merges crosswise, none for strangers."""
    out = process.run(repo.root, "merge-base", "--all", one, other, accept=(0, 1)).out
    return sorted(out.decode("ascii").split())


def is_shallow(repo: Repository) -> bool:
    """Tell whether history was cut off when the repository was cloned."""
    return os.path.exists(os.path.join(repo.commondir, "shallow"))


def commits(repo: Repository, since: str, until: str) -> int:
    """Count the commits that `until` has and `since` (empty: nobody) has not."""
    args = ["rev-list", "--count", until, *([f"^{since}"] if since else [])]
    return int(process.run(repo.root, *args).out)


def outside(repo: Repository, since: str, until: str, folder: str) -> list[str]:
    """List the commits of `until` and not of `since` that change a file outside a folder, as `id subject`."""
    args = ["log", "--full-history", "--no-merges", "--format=%h %s", until, *([f"^{since}"] if since else [])]
    out = process.run(repo.root, *args, "--", ":(top)", f":(top,exclude,literal){folder}").out
    return out.decode("utf-8", "replace").splitlines()


def by_lines(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Merge three texts by lines; None where both sides changed the same lines."""
    with tempfile.TemporaryDirectory(prefix="tm-merge-") as folder:
        names = []
        for name, data in (("ours", ours), ("base", base), ("theirs", theirs)):
            names.append(os.path.join(folder, name))
            with open(names[-1], "wb") as file:
                file.write(data)
        done = process.run(folder, "merge-file", "--quiet", "-p", *names, accept=process.ANY)
    return None if done.code else done.out


def start(repo: Repository, other: str) -> process.Result:
    """Let git merge another branch into HEAD, tasks by their fields, and stop before the commit.

    Where HEAD has nothing of its own it just goes on to the other. The caller judges what came of it.
    """
    ours: Sequence[str] = ()
    if not driver.foreign(driver.current(repo)):
        ours = ("-c", f"{driver.KEY}={driver.wanted()}", "-c", f"merge.tm.name={driver.NAME}")
    args = (*ours, "merge", "--no-commit", "--no-edit", other)
    before = _scraps(repo)
    done = process.run(repo.root, *args, hooks=True, accept=process.ANY)
    for name in _scraps(repo) - before:
        os.unlink(os.path.join(repo.root, name))
    return done


def _scraps(repo: Repository) -> set[str]:
    """Give the copies that git makes for a merge driver, and leaves where the disk is full."""
    return {name for name in os.listdir(repo.root) if name.startswith(".merge_file_")}


def conclude(repo: Repository) -> None:
    """Commit a merge that was started and settled, with the project's hooks."""
    process.run(repo.root, "commit", "--no-edit", "--quiet", hooks=True, terminal=True)
