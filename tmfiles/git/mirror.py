"""A branch with its history kept at a remote, under a name of its own there; forces nothing, changes nothing here."""

from __future__ import annotations

import os
from datetime import datetime

from tmfiles.errors import TmError
from tmfiles.git import process
from tmfiles.git.history import ancestor
from tmfiles.git.repository import Head, Repository

# Under refs/heads, so that `git clone` brings them.
_REFS = "refs/heads/backup/"
_STAMP = "%Y%m%dT%H%M%SZ"
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def is_remote(place: str) -> bool:
    """Tell whether a place is a repository for Git: a URL, `host:path`, or a repository without a work tree."""
    host, colon, _ = place.partition(":")
    if "://" in place or (colon and len(host) > 1 and not {"/", "\\"} & set(host) and not os.path.exists(place)):
        return True
    return os.path.isfile(os.path.join(place, "HEAD")) and os.path.isdir(os.path.join(place, "objects"))


def push(repo: Repository, here: Head, remote: str, name: str, now: datetime) -> tuple[str, bool]:
    """Bring HEAD's branch to a remote; give its branch there, and whether anything was new.

    Where that branch holds what does not lead here (the history was rewritten, or somebody else's is there), it stays
    as it is, and another one with the time in its name is made.
    """
    commit = here.commit or ""
    branch = f"{_REFS}{_plain(name)}/{here.branch or 'detached'}"
    there = _held(repo, remote, branch)
    ref = next((ref for ref, held in there.items() if leads(repo, held, commit)), "")
    if not ref:
        ref = f"{branch}-{now.strftime(_STAMP)}" if branch in there else branch
    new = there.get(ref) != commit
    if new:
        process.run(repo.root, "push", "--quiet", "--no-signed", "--", remote, f"{commit}:{ref}", terminal=True)
    return ref.removeprefix("refs/heads/"), new


def _held(repo: Repository, remote: str, branch: str) -> dict[str, str]:
    """Give the commits of the branch at a remote, and of those made beside it, the newest first."""
    out = process.run(repo.root, "ls-remote", "--", remote, f"{branch}*", terminal=True).out.decode("utf-8", "replace")
    found = {ref: commit for commit, _, ref in (line.partition("\t") for line in out.splitlines())}
    beside = len(f"{branch}-20261122T100000Z")
    return {ref: found[ref] for ref in sorted(found, reverse=True) if ref == branch or len(ref) == beside}


def refuse_shallow(repo: Repository) -> None:
    """Refuse to keep a history of which the beginning is not here."""
    if os.path.exists(os.path.join(repo.commondir, "shallow")):
        raise TmError("this clone is shallow, and has not the whole history", "git fetch --unshallow", "git")


def leads(repo: Repository, old: str, new: str) -> bool:
    """Tell whether a commit, which may be unknown here, is `new` or one of its ancestors."""
    known = process.run(repo.root, "cat-file", "-e", f"{old}^{{commit}}", accept=process.ANY).code == 0
    return bool(old) and known and ancestor(repo, old, new)


def _plain(name: str) -> str:
    return "".join(sign if sign in _PLAIN else "-" for sign in name).strip("-") or "tasks"
