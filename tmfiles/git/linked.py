"""A branch of its own in a linked work tree: making, attaching and mending both; no file of a work tree is touched."""

from __future__ import annotations

import os
from collections import namedtuple

from tmfiles.errors import TmError
from tmfiles.git import process
from tmfiles.git.objects import lines
from tmfiles.git.repository import Repository

# The folder in the common git directory where a work tree is made before its link is moved to its place.
_SCRATCH = ("tm", "attach", ".tasks")


class Branch(namedtuple("Branch", "name commit remote")):
    """A branch by name, its commit, and the remote that has it ("" for a branch of this clone)."""

    __slots__ = ()

    name: str
    commit: str
    remote: str


def find(repo: Repository, name: str) -> Branch | None:
    """Find a branch in this clone, else on a remote as last fetched: `origin` before others. Asks no network."""
    valid = process.run(repo.root, "check-ref-format", "--branch", name, accept=process.ANY)
    if valid.code or name.startswith("@"):
        raise TmError(f"{name!r} cannot be the name of a branch", "for example: tasks", "usage")
    args = ("for-each-ref", "--format=%(refname) %(objectname)", f"refs/heads/{name}", f"refs/remotes/*/{name}")
    rows = [line.split(" ") for line in process.run(repo.root, *args).out.decode("utf-8", "replace").splitlines()]
    here = [Branch(name, commit, "") for ref, commit in rows if ref == f"refs/heads/{name}"]
    there = [
        Branch(name, commit, ref[len("refs/remotes/") : -len(name) - 1])
        for ref, commit in rows
        if ref.startswith("refs/remotes/") and ref.endswith(f"/{name}")
    ]
    return next(iter([*here, *sorted(there, key=lambda one: (one.remote != "origin", one.remote))]), None)


def create(repo: Repository, name: str, commit: str) -> None:
    """Make a branch at a commit; raises TmError where there is one of that name."""
    process.run(
        repo.root, "update-ref", "-m", "tm: a branch for tasks", f"refs/heads/{name}", commit, "0" * len(commit)
    )


def track(repo: Repository, branch: Branch) -> None:
    """Make a branch of this clone that follows a remote's."""
    process.run(repo.root, "branch", "--quiet", "--track", branch.name, f"{branch.remote}/{branch.name}")


def attach(repo: Repository, folder: str, name: str) -> None:
    """Make a folder the work tree of a branch. Files that lie in it stay as they are, as edits not committed.

    What git knew of this folder is used again: also in a copy of a clone, and in one that was moved.
    """
    known = _known(repo, folder, name)
    if os.path.isdir(folder) and os.listdir(folder):
        _point(known or _made_aside(repo, name), folder)
        return
    if os.path.isdir(folder):
        os.rmdir(folder)
    if known:
        process.run(repo.root, "worktree", "remove", "--force", folder)
    process.run(repo.root, "worktree", "add", "--quiet", folder, name)


def detach(repo: Repository, folder: str) -> None:
    """Make a work tree an ordinary folder: its files stay, what git knew of it goes."""
    link, scratch = os.path.join(folder, ".git"), os.path.join(repo.commondir, *_SCRATCH)
    gitdir = _text(link).removeprefix("gitdir:").strip()
    os.makedirs(scratch, exist_ok=True)
    _point(gitdir, scratch)
    os.unlink(link)
    process.run(repo.root, "worktree", "remove", "--force", scratch)


def attached(repo: Repository, folder: str) -> bool:
    """Tell whether a folder is a work tree of this very clone, by the pointers on both sides."""
    link = os.path.join(folder, ".git")
    try:
        with open(link, "rb") as file:
            gitdir = os.fsdecode(file.read()).strip().removeprefix("gitdir:").strip()
        with open(os.path.join(gitdir, "gitdir"), "rb") as file:
            back = os.fsdecode(file.read()).strip()
    except OSError:
        return False
    ours = os.path.dirname(os.path.realpath(gitdir)) == os.path.join(repo.commondir, "worktrees")
    return ours and os.path.realpath(back) == os.path.realpath(link)


def _known(repo: Repository, folder: str, name: str) -> str:
    """Give the folder in which git keeps what it knows of a work tree: of that place, or by the name in its link."""
    entries = os.path.join(repo.commondir, "worktrees")
    link = os.path.realpath(os.path.join(folder, ".git"))
    found = [os.path.join(entries, entry) for entry in os.listdir(entries)] if os.path.isdir(entries) else []
    mine = [one for one in found if os.path.realpath(_text(os.path.join(one, "gitdir"))) == link]
    named = os.path.basename(_text(link).removeprefix("gitdir:").strip())
    mine += [one for one in found if named and os.path.basename(one) == named]
    return next((one for one in mine if _text(os.path.join(one, "HEAD")) == f"ref: refs/heads/{name}"), "")


def _made_aside(repo: Repository, name: str) -> str:
    """Make a work tree without files, whose link is yet to be moved; an earlier one that was cut short goes first."""
    scratch = os.path.join(repo.commondir, *_SCRATCH)
    if os.path.isdir(scratch):
        process.run(repo.root, "worktree", "remove", "--force", scratch)
    os.makedirs(os.path.dirname(scratch), exist_ok=True)
    process.run(repo.root, "worktree", "add", "--quiet", "--no-checkout", scratch, name)
    process.run(scratch, "read-tree", "HEAD")  # an empty index would take every file for deleted
    gitdir = _text(os.path.join(scratch, ".git")).removeprefix("gitdir:").strip()
    os.unlink(os.path.join(scratch, ".git"))
    os.rmdir(scratch)
    return gitdir


def _point(gitdir: str, folder: str) -> None:
    """Let git's side and the folder's name each other."""
    link = os.path.join(folder, ".git")
    _put(os.path.join(gitdir, "gitdir"), f"{link}\n")
    _put(link, f"gitdir: {gitdir}\n")


def _put(path: str, text: str) -> None:
    temporary = f"{path}.tm-{os.getpid()}"
    with open(temporary, "wb") as file:
        file.write(os.fsencode(text))
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return os.fsdecode(file.read()).strip()
    except OSError:
        return ""


def tracking(repo: Repository, path: str) -> list[str]:
    """List the refs, HEAD among them, whose commit has something at a path."""
    out = process.run(repo.root, "for-each-ref", "--format=%(refname)").out.decode("utf-8", "surrogateescape")
    refs = ["HEAD", *out.splitlines()]
    asked = lines([f"{ref}:{path}" for ref in refs])
    told = process.run(repo.root, "cat-file", "--batch-check=%(objecttype)", stdin=asked).out.decode("utf-8", "replace")
    return [ref for ref, line in zip(refs, told.splitlines(), strict=True) if line in ("tree", "blob", "commit")]


def excluded(repo: Repository, line: str) -> bool:
    """Tell whether `info/exclude` of the clone has a line."""
    return line in _text(os.path.join(repo.commondir, "info", "exclude")).splitlines()


def exclude(repo: Repository, line: str, *, wanted: bool) -> None:
    """Put a line into the clone's `info/exclude`, or take it out."""
    path = os.path.join(repo.commondir, "info", "exclude")
    if excluded(repo, line) == wanted:
        return
    held = [one for one in _text(path).splitlines() if one != line]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    _put(path, "".join(f"{one}\n" for one in [*held, *([line] if wanted else [])]))


def configure(repo: Repository, values: dict[str, str]) -> None:
    """Set what is to stand in the clone's own configuration; an empty value takes the key out."""
    for key, value in values.items():
        if value:
            process.run(repo.root, "config", "--local", key, value)
        else:
            process.run(repo.root, "config", "--local", "--unset-all", key, accept=(0, 5))
