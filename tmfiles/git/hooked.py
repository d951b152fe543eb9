"""A commit by `git commit` itself, for projects that want their hooks run; builds no objects of its own."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from datetime import datetime

from tmfiles.errors import TmError
from tmfiles.git import process
from tmfiles.git.commit import environment, git_date
from tmfiles.git.objects import blob_ids, path_bytes
from tmfiles.git.repository import Repository, head
from tmfiles.git.settings import Person, Settings
from tmfiles.git.state import state
from tmfiles.git.worktree import entries, listed, refresh_index, shared_folder, wait_until_free


def commit_with_hooks(
    repo: Repository,
    settings: Settings,
    paths: Sequence[str],
    message: str,
    now: datetime,
    author: Person | None = None,
    limit: float = 10.0,
) -> str:
    """Commit the files at `paths` as they are on disk by `git commit`, hooks run; give the commit's id."""
    if state(repo) == "merge":
        raise TmError(
            "git can't commit single files with hooks during a merge",
            "finish the merge, or go without hooks for this edit",
            code="git",
        )
    before = head(repo).commit
    # Git refuses before it runs a hook while the index is locked, so wait first and run it once.
    wait_until_free(repo, limit)
    known = process.run(repo.root, "--literal-pathspecs", "ls-files", "-z", "--", *paths).out.split(b"\0")
    new = [p for p in paths if path_bytes(p) not in known]
    if new:  # `git commit --only` takes only what the index has heard of
        process.run(repo.root, "--literal-pathspecs", "add", "--force", "--intent-to-add", "--", *new)
    person = author or settings.author
    committer = settings.committer or person
    env = {} if committer is None else _identity("COMMITTER", committer, settings.committer_date, now)
    if person is not None:
        env |= _identity("AUTHOR", person, settings.author_date, now)
    args = ["commit", "--quiet", "--only", "--cleanup=verbatim", "--message", message]
    args += ["--pathspec-from-file=-", "--pathspec-file-nul"]
    # The option for literal paths would reach the hooks through the environment, and change what they match.
    names = b"".join(b":(top,literal)" + path_bytes(p) + b"\0" for p in paths)
    try:
        process.run(repo.root, *args, stdin=names, hooks=True, env=env)
    except TmError:
        if _is_committed(repo, settings, paths, before):
            return _followed(repo, paths)
        if new:
            forget = b"".join(path_bytes(p) + b"\0" for p in new)
            process.run(repo.root, "update-index", "--force-remove", "-z", "--stdin", stdin=forget)
        raise
    return _followed(repo, paths)


def _is_committed(repo: Repository, settings: Settings, paths: Sequence[str], before: str | None) -> bool:
    """Tell whether the commit was made all the same: a hook that runs after it may end the command."""
    now = head(repo).commit
    if now == before:
        return False
    there = {}
    for path in paths:
        with contextlib.suppress(OSError), open(os.path.join(repo.root, path), "rb") as file:
            there[path] = file.read()
    ids = blob_ids(repo, settings, there)
    held = entries(repo, now, paths)
    return all(held[path].head == ids.get(path) for path in paths)


def _followed(repo: Repository, paths: Sequence[str]) -> str:
    """Let the index follow HEAD at the paths, since a hook may have staged other bytes; give HEAD's commit."""
    commit = head(repo).commit or ""
    held = listed(repo, commit, shared_folder(paths))
    # The commit stands whether this succeeds or not.
    with contextlib.suppress(TmError):
        refresh_index(repo, {path: held.get(path) for path in paths})
    return commit


def _identity(role: str, person: Person, date: str | None, now: datetime) -> dict[str, str]:
    return environment(role, person.name, person.email, date or git_date(now))
