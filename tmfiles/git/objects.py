"""Blobs and the ids git gives to bytes, clean filters included; moves no ref and touches no index."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from tmfiles.errors import TmError
from tmfiles.git import process
from tmfiles.git.repository import Repository
from tmfiles.git.settings import Settings


def read(repo: Repository, specs: Sequence[str]) -> list[bytes | None]:
    """Read blobs, each named by its id or as `revision:path`; None for each that is not there."""
    if not specs:
        return []
    out = process.run(repo.root, "cat-file", "--batch", stdin=lines(specs)).out
    found: list[bytes | None] = []
    at = 0
    for _ in specs:
        end = out.index(b"\n", at)
        fields = out[at:end].rsplit(b" ", 2)
        at = end + 1
        if len(fields) < 3 or not fields[2].isdigit():
            found.append(None)
            continue
        size = int(fields[2])
        found.append(out[at : at + size] if fields[1] == b"blob" else None)
        at += size + 1
    return found


def plain_id(settings: Settings, data: bytes) -> str:
    """Give the id of a blob of exactly these bytes, no filter applied."""
    # S324: an id of git's, no protection against anyone
    algorithm = hashlib.sha256 if settings.hash == "sha256" else hashlib.sha1
    return algorithm(b"blob %d\0" % len(data) + data).hexdigest()


def blob_ids(repo: Repository, settings: Settings, files: Mapping[str, bytes]) -> dict[str, str]:
    """Give the id each file's bytes would get in a commit, through the clean filters of its path."""
    filtered = converted(repo, files)
    return {
        path: _clean(repo, path, data, write=False) if path in filtered else plain_id(settings, data)
        for path, data in files.items()
    }


def write_filtered(repo: Repository, files: Mapping[str, bytes]) -> dict[str, str]:
    """Write the blobs of those files whose bytes git changes on the way in; give their ids."""
    return {path: _clean(repo, path, files[path], write=True) for path in converted(repo, files)}


def converted(repo: Repository, files: Mapping[str, bytes]) -> set[str]:
    """Tell whose bytes git may change on the way in: line endings, a filter, `$Id$`, another encoding."""
    if not files:
        return set()
    names = b"\0".join(path_bytes(p) for p in files) + b"\0"
    args = ("check-attr", "-z", "--stdin", "filter", "ident", "working-tree-encoding")
    fields = process.run(repo.root, *args, stdin=names).out.split(b"\0")
    # Line endings hang on four attributes and two settings; without a CR none of them changes anything.
    found = {path for path, data in files.items() if b"\r" in data}
    for path, value in zip(fields[::3], fields[2::3], strict=False):
        if value not in (b"unspecified", b"unset"):
            found.add(path_text(path))
    return found


def _clean(repo: Repository, path: str, data: bytes, *, write: bool) -> str:
    args = ("hash-object", *(("-w",) if write else ()), "--stdin", "--path", path)
    return process.run(repo.root, *args, stdin=data).out.decode("ascii").strip()


def lines(names: Iterable[str]) -> bytes:
    """Give names as the lines git reads, refusing those that no line can hold."""
    encoded = [path_bytes(n) for n in names]
    for name in encoded:
        if b"\n" in name:
            raise TmError(f"the path {path_text(name)!r} holds a line break", "rename the file", code="refused")
    return b"\n".join(encoded) + b"\n"


def path_bytes(path: str) -> bytes:
    """Give a path as git keeps it."""
    return path.encode("utf-8", "surrogateescape")


def path_text(path: bytes) -> str:
    """Give a path of git's as text; bytes that are no UTF-8 survive the way back."""
    return path.decode("utf-8", "surrogateescape")
