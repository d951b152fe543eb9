"""What is a person's or an agent's own: files in the clone's common git directory, in no commit; knows no task."""

from __future__ import annotations

import hashlib
import os

from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.workspace.place import Workspace

_READABLE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def place(workspace: Workspace, kind: str, actor: str, name: str = "") -> str:
    """Give the path of an actor's own file, or of the folder of a kind; nothing is made.

    Names of actors are anything: in a path they are made of plain letters, and a digest keeps them apart
    whatever the file system makes of letter case.
    """
    if workspace.repository is None:
        raise TmError(f"{workspace.root} is in no Git repository", "make one: git init, then tm init", "git")
    plain = "".join(sign if sign in _READABLE else "-" for sign in actor.lower())[:40]
    digest = hashlib.sha256(actor.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return os.path.join(workspace.repository.commondir, "tm", kind, f"{plain}-{digest}", *([name] if name else []))


def load(path: str) -> str:
    """Read a file of one's own; nothing when there is none. Raises TmError when it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace", newline="\n") as file:
            return file.read()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise TmError(f"cannot read {path}: {error.strerror}", "it is yours: see to its permissions") from error


def append(path: str, text: str) -> None:
    """Add text at a file's end in one step, so that two who append at once both stay whole."""
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        try:
            os.write(fd, text.encode("utf-8"))
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError as error:
        raise TmError(f"cannot write {path}: {error.strerror}", "nothing was changed") from error


def replace(path: str, text: str) -> None:
    """Put text in place of a file's contents, whole or not at all."""
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        temporary = f"{path}.{os.getpid()}"
        with open(temporary, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError as error:
        raise TmError(f"cannot write {path}: {error.strerror}", "nothing was changed") from error
