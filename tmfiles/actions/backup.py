"""Backups: the store with its history in one file, checked, brought back, and cleared away when there are enough."""

from __future__ import annotations

import os
from collections import namedtuple

from tmfiles.errors import TmError
from tmfiles.git import bundle, process
from tmfiles.git.repository import discover, head

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.git.bundle import Bundle
    from tmfiles.workspace import Workspace

ENDING = ".bundle"
_STAMP = "%Y%m%dT%H%M%SZ"


class Made(namedtuple("Made", "path bundle uncommitted")):
    """A backup: its file, what it holds, and paths of the store that no commit has as they are."""

    __slots__ = ()

    path: str
    bundle: Bundle
    uncommitted: tuple[str, ...]


def create(workspace: Workspace, to: str) -> Made:
    """Write HEAD's branch with its history to a new file, and check it by reading it back.

    `to` is a folder, where the file is named by store and time, or ends in `.bundle` and is the file.

    What is not committed is not in it, and is told. Raises TmError when there is nothing to keep, or no room.
    """
    repository = workspace.repository
    here = head(repository) if repository else None
    if repository is None or here is None or not here.commit:
        raise TmError(
            "nothing is committed yet, so there is nothing to keep", "make a commit first: tm add TITLE", "git"
        )
    now = workspace.now()
    try:
        os.makedirs((os.path.dirname(to) or os.curdir) if to.endswith(ENDING) else to, exist_ok=True)
    except OSError as error:
        raise TmError(f"cannot use {to}: {error.strerror}", "name a folder: --to FOLDER", "usage") from error
    name = os.path.basename(os.path.normpath(workspace.root)) or "tasks"
    path = to if to.endswith(ENDING) else os.path.join(to, f"{name}-{now.strftime(_STAMP)}{ENDING}")
    bundle.write(repository, here, path, now)
    args = ("status", "--porcelain", "-z", "--untracked-files=all", "--", workspace.repository_path("").rstrip("/"))
    changed = process.run(repository.root, *args, env={"GIT_OPTIONAL_LOCKS": "0"}).out.decode("utf-8", "replace")
    return Made(path, bundle.verify(path), tuple(part[3:] for part in changed.split("\0") if part[2:3] == " "))


def verify(path: str) -> Bundle:
    """Check every byte of a backup; raises TmError (`invalid`) when one is not as it was."""
    return bundle.verify(path)


class Restored(namedtuple("Restored", "bundle folder branch")):
    """What a backup was brought back to: a new folder, or a new branch of the repository in that folder."""

    __slots__ = ()

    bundle: Bundle
    folder: str
    branch: str


def restore(path: str, folder: str) -> Restored:
    """Bring a backup back: into a new or empty folder as a repository, or as a new branch into one that is there.

    Nothing that is there is changed. Raises TmError when the backup is damaged, or the folder holds other things.
    """
    found = bundle.verify(path)
    if not os.path.isdir(folder) or not os.listdir(folder):
        bundle.clone(path, found, folder)
        return Restored(found, folder, found.branch)
    repository = discover(folder)
    if repository is None or os.path.realpath(repository.root) != os.path.realpath(folder):
        raise TmError(
            f"{folder} is neither empty nor a repository", "name a new folder, or the top of a repository", "usage"
        )
    branch = f"backup/{os.path.basename(path).removesuffix(ENDING)}"
    bundle.fetch(repository, path, found, branch)
    return Restored(found, folder, branch)


def prune(folder: str, keep: int) -> tuple[list[str], list[str]]:
    """Remove all backups of a folder but the newest `keep` of each store; give those removed, and those kept.

    The newest is verified first: while it is damaged, none is removed.
    """
    if keep < 1:
        raise TmError(f"--keep {keep} would keep none", "keep one at least", "usage")
    try:
        names = sorted(name for name in os.listdir(folder) if _is_backup(name))
    except OSError as error:
        raise TmError(f"cannot read {folder}: {error.strerror}", "name the folder of the backups", "usage") from error
    removed: list[str] = []
    kept: list[str] = []
    for store in dict.fromkeys(_store(name) for name in names):
        paths = [os.path.join(folder, name) for name in names if _store(name) == store]
        old, new = paths[:-keep], paths[-keep:]
        if old:
            bundle.verify(new[-1])
        for path in old:
            os.unlink(path)
        removed += old
        kept += new
    return removed, kept


def _store(name: str) -> str:
    return name.removesuffix(ENDING).rpartition("-")[0]


def _is_backup(name: str) -> bool:
    """Tell whether a file bears the name that `create` gives."""
    stamp = name.removesuffix(ENDING).rpartition("-")[2]
    digits = "".join("0" if sign in "0123456789" else sign for sign in stamp)
    return name.endswith(ENDING) and digits == "00000000T000000Z"
