"""Where a repository is and where its HEAD points, by git's own files; reads no object and no index."""

from __future__ import annotations

import os
from collections import namedtuple

from tmfiles.errors import TmError


class Repository(namedtuple("Repository", "root gitdir commondir")):
    """One work tree: its top folder, its git directory, and the one it shares with linked work trees.

    All three are absolute paths; the last two differ only in a linked work tree.
    """

    __slots__ = ()

    root: str
    gitdir: str
    commondir: str


class Head(namedtuple("Head", "commit branch")):
    """Where HEAD points: the commit's id (None on an unborn branch) and the branch (None when detached)."""

    __slots__ = ()

    commit: str | None
    branch: str | None


def discover(start: str) -> Repository | None:
    """Find the repository whose work tree holds `start`; None outside one, in a bare one, inside `.git`."""
    here = os.path.realpath(start)
    while True:
        git = os.path.join(here, ".git")
        if os.path.isfile(git):
            return _linked(here, git)
        if _is_git_directory(git):
            return None if _is_bare(git) else Repository(here, git, git)
        if _is_git_directory(here):
            return None
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above


def git_directory(start: str) -> str:
    """Give the git directory that `start` lies in, such as a bare repository; empty where it lies in none."""
    here = os.path.realpath(start)
    while not _is_git_directory(here):
        above = os.path.dirname(here)
        if above == here:
            return ""
        here = above
    return here


def head(repo: Repository) -> Head:
    """Tell where HEAD points, without a process unless the refs are kept in a way that only git can read."""
    path = os.path.join(repo.gitdir, "HEAD")
    text = None if os.path.islink(path) else _text(path)
    if text is None or text.endswith("/.invalid"):  # so written where refs are kept as reftable
        return _head_by_git(repo)
    if not text.startswith("ref:"):
        return Head(text, None)
    ref = text[4:].strip()
    commit = _text(os.path.join(repo.commondir, *ref.split("/"))) or _packed(repo.commondir, ref)
    if commit is not None and commit.startswith("ref:"):
        return _head_by_git(repo)
    return Head(commit, ref.removeprefix("refs/heads/"))


def init(path: str) -> Repository:
    """Make a repository at `path` (which exists), with the branch name and templates the user is used to."""
    from tmfiles.git import process

    process.run(path, "init", "--quiet")
    repo = discover(path)
    if repo is None:
        raise TmError(f"git made no repository at {path}", code="git")
    return repo


def _linked(root: str, gitfile: str) -> Repository:
    text = _text(gitfile) or ""
    gitdir = os.path.realpath(os.path.join(root, text.removeprefix("gitdir:").strip()))
    if not text.startswith("gitdir:") or not os.path.isfile(os.path.join(gitdir, "HEAD")):
        raise TmError(
            f"{gitfile} does not lead to a git directory",
            "if the repository was moved: git worktree repair, in the main work tree",
            code="git",
        )
    common = _text(os.path.join(gitdir, "commondir"))
    return Repository(root, gitdir, os.path.realpath(os.path.join(gitdir, common)) if common else gitdir)


def _is_git_directory(path: str) -> bool:
    return os.path.isfile(os.path.join(path, "HEAD")) and os.path.isdir(os.path.join(path, "objects"))


def _is_bare(gitdir: str) -> bool:
    lines = (_text(os.path.join(gitdir, "config")) or "").splitlines()
    return any("".join(line.lower().split()) == "bare=true" for line in lines)


def _packed(commondir: str, ref: str) -> str | None:
    try:
        with open(os.path.join(commondir, "packed-refs"), "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return None
    end = data.find(b" " + os.fsencode(ref) + b"\n")
    return data[data.rfind(b"\n", 0, end) + 1 : end].decode("ascii") if end >= 0 else None


def _head_by_git(repo: Repository) -> Head:
    from tmfiles.git import process

    branch = process.run(repo.root, "symbolic-ref", "--quiet", "HEAD", accept=(0, 1)).out
    commit = process.run(repo.root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}", accept=(0, 1)).out
    name = os.fsdecode(branch.strip()).removeprefix("refs/heads/")
    return Head(commit.decode("ascii").strip() or None, name or None)


def _text(path: str) -> str | None:
    """Read a small file of git's; None where there is none."""
    try:
        with open(path, "rb") as file:
            return os.fsdecode(file.read()).strip()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
