"""One file that holds a branch with its whole history, and what is needed to check every byte of it.

It is a bundle of Git's (`git help bundle`), so that `git clone FILE` is all it takes to get at it. Beside the
branch it holds a tag object that names branch and commit: with that, and the pack's own checksum, no byte of the
file can differ unseen. One that holds only what came after an earlier one needs that beside it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import namedtuple
from collections.abc import Sequence
from datetime import datetime
from typing import IO

from tmfiles.errors import TmError
from tmfiles.git import process
from tmfiles.git.mirror import refuse_shallow
from tmfiles.git.repository import Head, Repository

_KIND = "tm backup 1"
_TAG_REF = "refs/tm/backup"
# Holds what a restore has brought so far.
_COMING = "refs/tm/restoring"
# No header of ours is longer.
_MOST = 4096
_CHUNK = 1 << 20


class Bundle(namedtuple("Bundle", "commit branch at commits since")):
    """What a file holds: the commit, its branch, when it was made (text, UTC), and how many commits lead there.

    `since` is the commit that an earlier file ends with, which this one begins after; empty where it has all.
    """

    __slots__ = ()

    commit: str
    branch: str
    at: str
    commits: int
    since: str


def write(repo: Repository, here: Head, path: str, now: datetime, since: str = "") -> None:
    """Write the branch of HEAD, as it is now, to a new file; whole or not at all.

    With `since`, a commit that leads to it, only what came after that.
    """
    commit, branch = here.commit or "", here.branch or "detached"
    refuse_shallow(repo)
    stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    text = f"object {commit}\ntype commit\ntag backup\ntagger tm <tm@localhost> {int(now.timestamp())} +0000\n\n"
    text += f"{_KIND}\n{branch}\n{stamp}\n{since}\n"
    made = process.run(repo.root, "hash-object", "-t", "tag", "-w", "--stdin", stdin=text.encode())
    tag = made.out.decode("ascii").strip()
    temporary = f"{path}.tm~"
    try:
        with open(temporary, "xb") as file:
            file.write(_header(commit, branch, tag, since))
            with process.running(repo.root, "pack-objects", "--revs", "--stdout", "-q") as child:
                assert child.stdin is not None  # noqa: S101 - both are pipes
                assert child.stdout is not None  # noqa: S101
                child.stdin.write(f"{commit}\n{tag}\n{f'^{since}' if since else ''}\n".encode("ascii"))
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


def _header(commit: str, branch: str, tag: str, since: str) -> bytes:
    # A repository of SHA-256 ids says so, in the third version of the format.
    first = "# v2 git bundle\n" if len(commit) == 40 else "# v3 git bundle\n@object-format=sha256\n"
    needed = f"-{since} \n" if since else ""
    return f"{first}{needed}{commit} HEAD\n{commit} refs/heads/{branch}\n{tag} {_TAG_REF}\n\n".encode(
        "utf-8", "surrogateescape"
    )


def ends(path: str) -> tuple[str, str]:
    """Give the commit that a file ends with, and the one it begins after, as its header says; empty where it is none.

    Nothing is checked by this.
    """
    try:
        with open(path, "rb") as file:
            lines = _split(file)[0].decode("utf-8", "surrogateescape").split("\n")
    except (OSError, TmError):
        return "", ""
    since = next((line[1:].split(" ")[0] for line in lines if line.startswith("-")), "")
    return next((line.split(" ")[0] for line in lines if line.endswith(" HEAD")), ""), since


def verify(*paths: str) -> Bundle:
    """Check every byte of files that follow each other, and that the history in them is whole.

    Gives what the last holds; raises TmError (`invalid`) when one is not as it was, or the first has not all.
    """
    with tempfile.TemporaryDirectory(prefix="tm-verify-") as folder:
        for number, path in enumerate(paths):
            try:
                with open(path, "rb") as file:
                    header, at = _split(file)
                    file.seek(at)
                    if not number:
                        kind = ["--object-format=sha256"] if b"@object-format=sha256" in header else []
                        process.run(folder, "init", "--quiet", "--bare", *kind)
                    found = _checked(path, file, folder, header)
            except OSError as error:
                hint = "name a file that tm backup create made"
                raise TmError(f"cannot read {path}: {error.strerror}", hint) from error
    return found


def _split(file: IO[bytes]) -> tuple[bytes, int]:
    """Give the header of a file, and where the pack begins."""
    head = file.read(_MOST)
    end = head.find(b"\n\n") + 2
    if not head.startswith((b"# v2 git bundle\n", b"# v3 git bundle\n@object-format=sha256\n")) or end < 2:
        raise _damaged(str(file.name), "it is no backup that tm made")
    return head[:end], end


def _checked(path: str, file: IO[bytes], folder: str, header: bytes) -> Bundle:
    size, before = os.fstat(file.fileno()).st_size - file.tell(), _held(folder)
    try:
        with process.running(folder, "index-pack", "--stdin", "--strict") as child:
            assert child.stdin is not None  # noqa: S101 - both are pipes
            assert child.stdout is not None  # noqa: S101
            shutil.copyfileobj(file, child.stdin, _CHUNK)
            child.stdin.close()
            child.stdout.read()  # the pack's name, which must be let out
        tag = header.split(b"\n")[-3].partition(b" ")[0].decode("ascii", "replace")
        lines = process.run(folder, "cat-file", "tag", tag).out.decode("utf-8", "surrogateescape").split("\n")
        commit, (what, branch, at, since) = lines[0].removeprefix("object "), lines[5:9]
        process.run(folder, "rev-list", "--objects", "--quiet", commit)  # fails where anything is missing
        count = int(process.run(folder, "rev-list", "--count", commit).out)
    except (TmError, ValueError, IndexError) as error:
        raise _damaged(path, f"{error}") from error
    if what != _KIND or header != _header(commit, branch, tag, since) or _held(folder) - before != size:
        raise _damaged(path, "it does not hold what it says")
    return Bundle(commit, branch, at, count, since)


def _held(folder: str) -> int:
    """Give the bytes of all packs in a repository."""
    packs = os.path.join(folder, "objects", "pack")
    return sum(os.stat(os.path.join(packs, name)).st_size for name in os.listdir(packs) if name.endswith(".pack"))


def _damaged(path: str, why: str) -> TmError:
    return TmError(
        f"{path} is damaged: {why}", "take another backup; others beside it: tm backup verify FILE", "invalid"
    )


def clone(paths: Sequence[str], found: Bundle, folder: str) -> None:
    """Make a new repository of files that were verified, in a folder that is not there or is empty."""
    where = os.path.dirname(os.path.abspath(folder)) or os.curdir
    first = os.path.abspath(paths[0])
    process.run(where, "clone", "--quiet", "--no-checkout", first, os.path.abspath(folder))
    process.run(folder, "remote", "remove", "origin")
    for path in paths[1:]:
        _bring(folder, path)
    process.run(folder, "checkout", "--quiet", "-B", found.branch, found.commit)
    process.run(folder, "update-ref", "-d", _COMING)


def fetch(repo: Repository, paths: Sequence[str], found: Bundle, branch: str) -> None:
    """Bring the history of files that were verified into a repository, as a new branch."""
    ref = f"refs/heads/{branch}"
    if process.run(repo.root, "rev-parse", "--verify", "--quiet", ref, accept=process.ANY).code == 0:
        raise TmError(f"the branch {branch} is there already", f"look at it: tm log, git log {branch}")
    try:
        for path in paths:
            _bring(repo.root, path)
        process.run(repo.root, "update-ref", ref, found.commit, "")
    finally:
        process.run(repo.root, "update-ref", "-d", _COMING)


def _bring(folder: str, path: str) -> None:
    # What came with an earlier file must be held by a ref, or git takes the later one for one without a beginning.
    process.run(folder, "fetch", "--quiet", "--no-tags", os.path.abspath(path), f"+HEAD:{_COMING}")
