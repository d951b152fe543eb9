"""The history of a folder made anew: without the files around it, or back among them; moves no branch.

The same commits always come to the same ids, so that a history carried there and back is the one it was.
"""

from __future__ import annotations

import os
import tempfile
from collections import namedtuple

from tmfiles.git import process
from tmfiles.git.repository import Repository

FROM = "Tm-From"
"""The trailer of a commit that took a branch's history in: the commit that was the branch's last."""
_REF = "refs/worktree/tm/carried"
_KEPT = (b"author ", b"committer ", b"encoding ")


class _Commit(namedtuple("_Commit", "id parents tree about message")):
    """A commit to carry: its parents among those carried, its folder's tree ("" for none), header lines, message."""

    __slots__ = ()

    id: str
    parents: tuple[str, ...]
    tree: str
    about: list[bytes]
    message: bytes


def narrowed(repo: Repository, commit: str, folder: str) -> dict[str, str]:
    """Write the history of a folder as one of its own; give old commits and what became of each, oldest first.

    Author, dates and message stay, a signature cannot. Where a commit says that it took a history in, that is
    the one that goes on.
    """
    args = ("--simplify-merges", "--parents", "--topo-order", "--reverse", commit, "--", folder)
    found = _commits(repo, args, folder)
    known = {one.id: end for one in found if (end := _taken_in(repo, one))}
    return _written(repo, found, known, None)


def widened(repo: Repository, commit: str, folder: str, known: dict[str, str]) -> str:
    """Write a history of its own as one of a folder; give what became of its last commit.

    `known` are commits that are in the other history already, and what they are there.
    """
    if commit in known:
        return known[commit]
    return _written(repo, _commits(repo, ("--parents", "--topo-order", "--reverse", commit), ""), known, folder)[commit]


def tree_with(repo: Repository, commit: str, folder: str, tree: str) -> str:
    """Give the tree of a commit with another tree in the place of a folder."""
    one = _Commit("made", (commit,), tree, [b"committer tm <tm@localhost> 0 +0000"], b"")
    made = _written(repo, [one], {commit: commit}, folder)["made"]
    return resolved(repo, f"{made}^{{tree}}")


def resolved(repo: Repository, name: str) -> str:
    """Give the id that a name stands for; "" where there is none."""
    out = process.run(repo.root, "rev-parse", "--verify", "--quiet", name, accept=(0, 1, 128)).out
    return out.decode("ascii", "replace").strip()


def _taken_in(repo: Repository, one: _Commit) -> str:
    named = [line.partition(b": ")[2] for line in one.message.splitlines() if line.startswith(f"{FROM}: ".encode())]
    end = named[-1].decode("ascii", "replace").strip() if named else ""
    return end if end and one.tree and resolved(repo, f"{end}^{{tree}}") == one.tree else ""


def _commits(repo: Repository, args: tuple[str, ...], folder: str) -> list[_Commit]:
    rows = [line.split(" ") for line in process.run(repo.root, "rev-list", *args).out.decode("ascii").splitlines()]
    if not rows:
        return []
    asked = "".join(f"{row[0]}:{folder}\n" for row in rows).encode()
    out = process.run(repo.root, "cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=asked).out
    trees = [line.split(" ") for line in out.decode("utf-8", "replace").splitlines()]
    found, at = [], 0
    data = process.run(repo.root, "cat-file", "--batch", stdin="".join(f"{row[0]}\n" for row in rows).encode()).out
    for row, tree in zip(rows, trees, strict=True):
        begin = data.index(b"\n", at) + 1
        size = int(data[at : begin - 1].rsplit(b" ", 1)[1])
        header, _, message = data[begin : begin + size].partition(b"\n\n")
        at = begin + size + 1
        about = [line for line in header.split(b"\n") if line.startswith(_KEPT)]
        found.append(_Commit(row[0], tuple(row[1:]), tree[0] if tree[1:] == ["tree"] else "", about, message))
    return found


def _written(repo: Repository, found: list[_Commit], known: dict[str, str], folder: str | None) -> dict[str, str]:
    """Let fast-import write the commits that are not known, in the order given; with a folder, among other files."""
    marks = {one.id: f":{n}" for n, one in enumerate(found, 1) if one.id not in known}
    names = {**known, **marks}
    stream = []
    for one in found:
        if one.id in marks:
            stream += _said(one, marks[one.id], [names[parent] for parent in one.parents if parent in names], folder)
    if not stream:
        return {one.id: names[one.id] for one in found}
    with tempfile.TemporaryDirectory() as scratch:
        listed = os.path.join(scratch, "marks")
        args = ("fast-import", "--quiet", "--force", "--date-format=raw", f"--export-marks={listed}")
        process.run(repo.root, *args, stdin=b"".join(stream))
        process.run(repo.root, "update-ref", "-d", _REF)
        with open(listed, encoding="ascii") as file:
            made = dict(line.split() for line in file)
    return {one.id: made.get(names[one.id], names[one.id]) for one in found}


def _said(one: _Commit, mark: str, parents: list[str], folder: str | None) -> list[bytes]:
    where = f"{_REF}\nmark {mark}\n".encode()
    lines = [f"reset {_REF}\n".encode(), b"commit ", where, *(line + b"\n" for line in one.about)]
    lines.append(b"data %d\n%s\n" % (len(one.message), one.message))
    lines += [f"{'merge' if n else 'from'} {parent}\n".encode() for n, parent in enumerate(parents)]
    place = folder or '""'
    lines.append(
        f"M 040000 {one.tree} {place}\n".encode() if one.tree else f"D {place}\n".encode() if folder else b"deleteall\n"
    )
    return [*lines, b"\n"]
