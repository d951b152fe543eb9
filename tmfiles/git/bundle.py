"""One file that holds a branch with its whole history, and what is needed to check every byte of it.

It is a bundle of Git's (`git help bundle`), so that `git clone FILE` is all it takes to get at it. Beside the
branch it holds a tag object that names branch and commit: with that, and the pack's own checksum, no byte of the
file can differ unseen.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import namedtuple
from datetime import datetime
from typing import IO

from tmfiles.errors import TmError
from tmfiles.git import process
from tmfiles.git.repository import Head, Repository

_KIND = "tm backup 1"
_TAG_REF = "refs/tm/backup"
# No header of ours is longer.
_MOST = 4096
_CHUNK = 1 << 20


class Bundle(namedtuple("Bundle", "commit branch at commits")):
    """What a file holds: the commit, its branch, when it was made (text, UTC), and how many commits lead there."""

    __slots__ = ()

    commit: str
    branch: str
    at: str
    commits: int


def write(repo: Repository, here: Head, path: str, now: datetime) -> None:
    """Write the branch of HEAD, as it is now, to a new file; whole or not at all."""
    commit, branch = here.commit or "", here.branch or "detached"
    if os.path.exists(os.path.join(repo.commondir, "shallow")):
        raise TmError("this clone is shallow, and has not the whole history", "git fetch --unshallow", "git")
    stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    text = f"object {commit}\ntype commit\ntag backup\ntagger tm <tm@localhost> {int(now.timestamp())} +0000\n\n"
    text += f"{_KIND}\n{branch}\n{stamp}\n"
    made = process.run(repo.root, "hash-object", "-t", "tag", "-w", "--stdin", stdin=text.encode())
    tag = made.out.decode("ascii").strip()
    temporary = f"{path}.tm~"
    try:
        with open(temporary, "xb") as file:
            file.write(_header(commit, branch, tag))
            with process.running(repo.root, "pack-objects", "--revs", "--stdout", "-q") as child:
                assert child.stdin is not None  # noqa: S101 - both are pipes
                assert child.stdout is not None  # noqa: S101
                child.stdin.write(f"{commit}\n{tag}\n".encode("ascii"))
                child.stdin.close()
                shutil.copyfileobj(child.stdout, file, _CHUNK)
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(path):
            raise TmError(f"{path} is there already", "a backup has the second it was made in for its name")
        os.replace(temporary, path)
    except OSError as error:
        raise TmError(f"cannot write {path}: {error.strerror}", "name another place: --to FOLDER") from error
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def _header(commit: str, branch: str, tag: str) -> bytes:
    # A repository of SHA-256 ids says so, in the third version of the format.
    first = "# v2 git bundle\n" if len(commit) == 40 else "# v3 git bundle\n@object-format=sha256\n"
    return f"{first}{commit} HEAD\n{commit} refs/heads/{branch}\n{tag} {_TAG_REF}\n\n".encode(
        "utf-8", "surrogateescape"
    )


def verify(path: str) -> Bundle:
    """Check every byte of a file and that the history in it is whole; raises TmError (`invalid`) when not."""
    try:
        with open(path, "rb") as file, tempfile.TemporaryDirectory(prefix="tm-verify-") as folder:
            head = file.read(_MOST)
            end = head.find(b"\n\n") + 2
            if not head.startswith((b"# v2 git bundle\n", b"# v3 git bundle\n@object-format=sha256\n")) or end < 2:
                raise _damaged(path, "it is no backup that tm made")
            file.seek(end)
            return _checked(path, file, folder, head[:end])
    except OSError as error:
        raise TmError(f"cannot read {path}: {error.strerror}", "name a file that tm backup create made") from error


def _checked(path: str, file: IO[bytes], folder: str, header: bytes) -> Bundle:
    size = os.fstat(file.fileno()).st_size - file.tell()
    kind = ["--object-format=sha256"] if b"@object-format=sha256" in header else []
    try:
        process.run(folder, "init", "--quiet", "--bare", *kind)
        with process.running(folder, "index-pack", "--stdin", "--strict") as child:
            assert child.stdin is not None  # noqa: S101 - both are pipes
            assert child.stdout is not None  # noqa: S101
            shutil.copyfileobj(file, child.stdin, _CHUNK)
            child.stdin.close()
            child.stdout.read()  # the pack's name, which must be let out
        tag = header.split(b"\n")[-3].partition(b" ")[0].decode("ascii", "replace")
        lines = process.run(folder, "cat-file", "tag", tag).out.decode("utf-8", "surrogateescape").split("\n")
        commit, (what, branch, at) = lines[0].removeprefix("object "), lines[5:8]
        process.run(folder, "rev-list", "--objects", "--quiet", commit)  # fails where anything is missing
        count = int(process.run(folder, "rev-list", "--count", commit).out)
    except (TmError, ValueError, IndexError) as error:
        raise _damaged(path, f"{error}") from error
    packs = os.path.join(folder, "objects", "pack")
    held = sum(os.stat(os.path.join(packs, name)).st_size for name in os.listdir(packs) if name.endswith(".pack"))
    if what != _KIND or header != _header(commit, branch, tag) or held != size:
        raise _damaged(path, "it does not hold what it says")
    return Bundle(commit, branch, at, count)


def _damaged(path: str, why: str) -> TmError:
    return TmError(
        f"{path} is damaged: {why}", "take another backup; others beside it: tm backup verify FILE", "invalid"
    )


def clone(path: str, found: Bundle, folder: str) -> None:
    """Make a new repository of a file that was verified, in a folder that is not there or is empty."""
    where = os.path.dirname(os.path.abspath(folder)) or os.curdir
    process.run(where, "clone", "--quiet", "--branch", found.branch, os.path.abspath(path), os.path.abspath(folder))
    process.run(folder, "remote", "remove", "origin")


def fetch(repo: Repository, path: str, found: Bundle, branch: str) -> None:
    """Bring the history of a file that was verified into a repository, as a new branch."""
    ref = f"refs/heads/{branch}"
    process.run(repo.root, "fetch", "--quiet", "--no-tags", os.path.abspath(path), f"refs/heads/{found.branch}:{ref}")
