"""A commit of given paths only, made beside HEAD, index and work tree, then published; touches no file."""

from __future__ import annotations

import contextlib
import os
from collections import namedtuple
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO

from tmfiles.errors import TmError
from tmfiles.git import process
from tmfiles.git.objects import path_bytes, plain_id, write_filtered
from tmfiles.git.repository import Repository, head
from tmfiles.git.settings import Person, Settings
from tmfiles.git.worktree import FEW, Blob, entries, listed, shared_folder

PENDING = "refs/worktree/tm/pending"
"""The throw-away ref that holds a commit until it is published; every work tree has its own."""


class Prepared(namedtuple("Prepared", "commit parent blobs")):
    """A commit that is written but on no branch: its id, its parent's, and what it holds at its paths.

    `blobs` is what `refresh_index` wants once the commit is published.
    """

    __slots__ = ()

    commit: str
    parent: str | None
    blobs: dict[str, Blob | None]


def prepare(
    repo: Repository,
    settings: Settings,
    parent: str | None,
    files: Mapping[str, bytes | None],
    message: str,
    now: datetime,
    author: Person | None = None,
    merged: str = "",
) -> Prepared:
    """Write a commit on `parent` that changes exactly these files (None: deleted).

    HEAD, index and work tree are left alone. `now` is aware; the environment's GIT_*_DATE go before it.
    `merged` names a second parent: files that come from there are to be among those given.
    `author` goes before the configured author, and stands in for a committer nobody has configured.
    """
    author = author or settings.author
    committer = settings.committer or author
    if author is None or committer is None:
        raise TmError(
            "git does not know who you are",
            'git config --global user.name "Your Name", and user.email likewise',
            code="git",
        )
    moment = git_date(now)
    people = {
        "author": f"{author} {settings.author_date or moment}",
        "committer": f"{committer} {settings.committer_date or moment}",
    }
    text = message.replace("\0", "").rstrip("\n") + "\n"
    parents = tuple(filter(None, (parent, merged)))
    commit, blobs = _import(repo, settings, parents, files, text, people)
    if settings.sign:
        commit = _signed(repo, commit, parents, text, people)
    return Prepared(commit, parent, blobs)


def publish(repo: Repository, commit: str, parent: str | None, reflog: str) -> bool:
    """Move HEAD from `parent` (None: unborn) to `commit`; False, and nothing changed, if it was elsewhere."""
    old = parent or "0" * len(commit)
    transaction = f"update HEAD\0{commit}\0{old}\0delete {PENDING}\0\0".encode("ascii")
    args = ("update-ref", "-m", reflog.replace("\n", " "), "-z", "--stdin")
    done = process.run(repo.root, *args, stdin=transaction, accept=process.ANY)
    if not done.code:
        return True
    if head(repo).commit != parent:
        return False
    raise process.failure(args, done)


def kept(repo: Repository, prepared: Prepared) -> bool:
    """Tell whether HEAD still holds what was published and, since then, put into the index.

    A `git commit` of the user's that starts between the two takes the old index for its tree, and so the
    change back; whoever asks after `refresh_index` can commit it once more.
    """
    now_at = head(repo).commit
    if now_at == prepared.commit:
        return True
    told = entries(repo, now_at, list(prepared.blobs))
    return all(told[path].head == (blob and blob.id) for path, blob in prepared.blobs.items())


def discard(repo: Repository) -> None:
    """Let go of a prepared commit that will not be published; git's housekeeping takes it in time."""
    process.run(repo.root, "update-ref", "-d", PENDING)


def _import(
    repo: Repository,
    settings: Settings,
    parents: Sequence[str],
    files: Mapping[str, bytes | None],
    message: str,
    people: Mapping[str, str],
) -> tuple[str, dict[str, Blob | None]]:
    """Let fast-import write blobs, trees and commit: the cost is that of the folders the files lie in."""
    filtered = write_filtered(repo, {p: data for p, data in files.items() if data is not None})
    # A few objects become loose ones, as from any commit; many stay one pack, which git syncs to the disk.
    limit = 100 if len(files) <= 100 else 0
    args = ("-c", f"fastimport.unpackLimit={limit}", "fast-import")
    # Without --done, so that it ends in peace, and leaves no crash report, when this process is killed.
    flags = ("--quiet", "--force", "--date-format=raw")
    # Asking fast-import costs no process, listing the parent no round trip a file.
    modes = {} if not parents else None if len(files) <= FEW else listed(repo, parents[0], shared_folder(files))
    blobs: dict[str, Blob | None] = {}
    child_id = 0
    try:
        with process.running(repo.root, *args, *flags) as child:
            child_id, send, receive = child.pid, child.stdin, child.stdout
            assert send is not None  # noqa: S101 - both are pipes
            assert receive is not None  # noqa: S101
            send.write(_header(message, people, parents))
            # Deletions first: a file may give way to a folder of its name.
            for path, data in sorted(files.items(), key=lambda item: item[1] is not None):
                blob = None
                if data is not None:
                    mode = _mode(send, receive, path) if modes is None else _mode_in(modes, path)
                    blob = Blob(filtered.get(path) or plain_id(settings, data), mode)
                send.write(_change(path, blob, None if path in filtered else data))
                blobs[path] = blob
            send.write(b"\nget-mark :1\ndone\n")
            send.flush()
            commit = receive.readline().decode("ascii").strip()
    except TmError:
        _remove_crash_report(repo, child_id)
        raise
    return commit, blobs


def _header(message: str, people: Mapping[str, str], parents: Sequence[str]) -> bytes:
    text = message.encode("utf-8", "replace")
    lines = [f"commit {PENDING}", "mark :1", *(f"{role} {who}" for role, who in people.items())]
    header = "\n".join([*lines, f"data {len(text)}", ""]).encode("utf-8", "replace") + text + b"\n"
    words = zip(("from", "merge"), parents, strict=False)
    return header + "".join(f"{word} {one}\n" for word, one in words).encode("ascii")


def _change(path: str, blob: Blob | None, data: bytes | None) -> bytes:
    """Give the line that sets or deletes a path, with the data unless that is written already."""
    name = _quoted(path)
    if blob is None:
        return b"D " + name + b"\n"
    line = f"M {blob.mode} {'inline' if data is not None else blob.id} ".encode("ascii") + name + b"\n"
    return line if data is None else line + b"data %d\n%s\n" % (len(data), data)


def _mode(send: IO[bytes], receive: IO[bytes], path: str) -> str:
    """Ask fast-import for the mode of a path in the parent, so that an executable bit stays."""
    send.write(b"ls " + _quoted(path) + b"\n")
    send.flush()
    return "100755" if receive.readline().startswith(b"100755 ") else "100644"


def _mode_in(listed_modes: Mapping[str, Blob], path: str) -> str:
    return "100755" if path in listed_modes and listed_modes[path].mode == "100755" else "100644"


def _quoted(path: str) -> bytes:
    escaped = path_bytes(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + escaped + b'"'


def _signed(repo: Repository, commit: str, parents: Sequence[str], message: str, people: Mapping[str, str]) -> str:
    """Make the same commit once more, signed: fast-import can't sign."""
    env: dict[str, str] = {}
    for role, ident in people.items():
        person, _, date = ident.rpartition("> ")
        name, _, email = person.partition(" <")
        env |= environment(role.upper(), name, email, date)
    args = ("-c", "i18n.commitEncoding=UTF-8", "commit-tree", "-S", f"{commit}^{{tree}}")
    more = [word for parent in parents for word in ("-p", parent)]
    text = message.encode("utf-8", "replace")
    done = process.run(repo.root, *args, *more, "-F", "-", stdin=text, env=env, terminal=True)
    return done.out.decode("ascii").strip()


def environment(role: str, name: str, email: str, date: str) -> dict[str, str]:
    """Give the variables that tell git who (role AUTHOR or COMMITTER) and when (`seconds zone`)."""
    return {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": email, f"GIT_{role}_DATE": f"@{date}"}


def git_date(now: datetime) -> str:
    """Give an aware moment as git writes it, `seconds zone`, in the zone of this machine."""
    local = now.astimezone()
    return f"{int(local.timestamp())} {local.strftime('%z')[:5]}"


def _remove_crash_report(repo: Repository, child: int) -> None:
    with contextlib.suppress(OSError):
        os.unlink(os.path.join(repo.gitdir, f"fast_import_crash_{child}"))
