"""What commits did to which paths, streamed from one `git log`; keeps nothing and reads no contents."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import IO

from tmfiles.git import process
from tmfiles.git.objects import path_text
from tmfiles.git.repository import Repository


class Commit(namedtuple("Commit", "id parents at author email subject trailers changes blobs")):
    """One commit: who, when (the author's time, UTC), its subject and trailers, and the paths it changed.

    `changes` are (status, path) with status A, M or D; a merge lists only what it made unlike every parent.
    `blobs` gives for each such path the blobs' ids before, one a parent, and after; "" where there was none.
    Of a trailer that is given twice, the last counts.
    """

    __slots__ = ()

    id: str
    parents: tuple[str, ...]
    at: datetime
    author: str
    email: str
    subject: str
    trailers: dict[str, str]
    changes: list[tuple[str, str]]
    blobs: dict[str, tuple[tuple[str, ...], str]]


_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# A commit may bear any number: what no calendar has is told as the calendar's end, where every zone has it.
_FIRST = datetime(1, 1, 2, tzinfo=timezone.utc)
_LAST = datetime(9999, 12, 30, tzinfo=timezone.utc)
_FIELDS = ("%H", "%P", "%at", "%aN", "%aE", "%s", "%(trailers:only=true,unfold=true)")


def log(
    repo: Repository,
    rev_range: str,
    *prefixes: str,
    every: bool = False,
    whole: bool = False,
    named: str = "",
    since: datetime | None = None,
) -> Iterator[Commit]:
    """Walk the commits of a range that touch paths under one of the prefixes, newest first.

    Without `every`, git leaves out side branches of which nothing remains; with it they are walked too.
    With `whole` a commit tells of its other paths too. `named` is the name of a file in any folder below the
    prefixes; to look for it costs git ten times what a path costs. `since` leaves out what was committed before.
    Renames are not looked for: a moved file is deleted and added.
    """
    paths = [f":(glob){prefix}/**/{named}" for prefix in prefixes] if named else prefixes
    args = [
        *(
            "-c",
            "i18n.logOutputEncoding=UTF-8",
            "-c",
            "log.showSignature=false",
            "-c",
            "core.quotePath=false",
        ),
        *(
            *([] if named else ["--literal-pathspecs"]),
            "log",
            "-z",
            "--raw",
            "--no-abbrev",
            "--no-renames",
            "-c",
            "--root",
            "--no-ext-diff",
            "--no-color",
        ),
        *("--no-decorate", "--no-notes", f"--format=tformat:{'%x00'.join(_FIELDS)}"),
        *(["--full-history"] if every else []),
        *(["--full-diff"] if whole else []),
        *([f"--since={int(since.timestamp())}"] if since else []),
        *("--end-of-options", rev_range, "--", *(path for path in paths if path)),
    ]
    with process.running(repo.root, *args) as child:
        assert child.stdout is not None  # noqa: S101 - it is a pipe
        yield from _commits(_tokens(child.stdout))


def ancestor(repo: Repository, old: str, new: str) -> bool:
    """Tell whether commit `old` is `new` or one of its ancestors."""
    args = ("merge-base", "--is-ancestor", "--end-of-options", old, new)
    return process.run(repo.root, *args, accept=(0, 1)).code == 0


def resolved(repo: Repository, text: str) -> str:
    """Give the id of the commit that a revision names; empty where it names none."""
    if "\0" in text:  # which no word of a command line can hold
        return ""
    args = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{text}^{{commit}}")
    done = process.run(repo.root, *args, accept=process.ANY)
    return "" if done.code else done.out.decode("ascii").strip().rpartition("\n")[2]


def before(repo: Repository, moment: datetime) -> str:
    """Give the last commit of HEAD's first-parent line that was committed by a moment; empty where none was."""
    args = ("rev-list", "-1", "--first-parent", f"--before={int(moment.timestamp())}", "HEAD")
    return process.run(repo.root, *args, accept=(0, 128)).out.decode("ascii").strip()


def committed_at(repo: Repository, commit: str) -> datetime:
    """Give when a commit was committed, in UTC."""
    args = ("log", "-1", "--no-show-signature", "--format=%ct", "--end-of-options", commit, "--")
    return _moment(int(process.run(repo.root, *args).out or 0))


def _commits(tokens: Iterator[bytes]) -> Iterator[Commit]:
    # A commit is its fields, one empty token more where changes follow, then pairs of what git calls a raw
    # line and its path. Such a line begins with a colon and an id is hexadecimal.
    current: Commit | None = None
    for token in tokens:
        word = token.strip(b"\n")
        if not word:
            continue
        if word.startswith(b":"):
            path = path_text(next(tokens))
            if current is not None:
                letters, blobs = _raw(word.decode("ascii"))
                current.changes.append((_status(letters), path))
                current.blobs[path] = blobs
            continue
        if current is not None:
            yield current
        current = _commit(word, [next(tokens).decode("utf-8", "replace") for _ in _FIELDS[1:]])
    if current is not None:
        yield current


def _raw(line: str) -> tuple[str, tuple[tuple[str, ...], str]]:
    """Split `:100644 100644 old new M`, with one colon, mode and old blob more for every further parent."""
    fields = line.lstrip(":").split()
    parents = len(line) - len(line.lstrip(":"))
    ids = ["" if set(name) == {"0"} else name for name in fields[parents + 1 : -1]]
    return fields[-1], (tuple(ids[:-1]), ids[-1])


def _commit(name: bytes, fields: list[str]) -> Commit:
    parents, at, author, email, subject, trailers = fields
    pairs = (line.partition(":") for line in trailers.splitlines())
    return Commit(
        id=name.decode("ascii"),
        parents=tuple(parents.split()),
        at=_moment(int(at or 0)),
        author=author,
        email=email,
        subject=subject,
        trailers={key.strip(): value.strip() for key, colon, value in pairs if colon},
        changes=[],
        blobs={},
    )


def _moment(seconds: int) -> datetime:
    """Give the time of so many seconds since 1970, or the nearest there is."""
    try:
        return min(max(_EPOCH + timedelta(seconds=seconds), _FIRST), _LAST)
    except OverflowError:
        return _FIRST if seconds < 0 else _LAST


def _status(letters: str) -> str:
    """Give one letter for a change, of a merge too, which has one letter for every parent."""
    kinds = set(letters)
    return kinds.pop() if len(kinds) == 1 and kinds <= {"A", "D"} else "M"


def _tokens(stream: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := stream.read1(1 << 16):  # type: ignore[attr-defined]  # a pipe is buffered, so it has read1
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
    if rest:
        yield rest
