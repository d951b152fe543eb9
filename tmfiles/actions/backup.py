"""Backups: the store with its history in one file, checked, brought back, and cleared away when there are enough."""

from __future__ import annotations

import os
from collections import namedtuple

from tmfiles.errors import TmError
from tmfiles.git import bundle, mirror
from tmfiles.git.differences import unsaved
from tmfiles.git.repository import discover, head

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.git.bundle import Bundle
    from tmfiles.git.repository import Head, Repository
    from tmfiles.workspace import Workspace

ENDING = ".bundle"
_STAMP = "%Y%m%dT%H%M%SZ"


class Made(namedtuple("Made", "path new bundle uncommitted")):
    """A backup: its file, whether it is new, what it holds, and paths of the store that no commit has as they are."""

    __slots__ = ()

    path: str
    new: bool
    bundle: Bundle
    uncommitted: tuple[str, ...]


def create(workspace: Workspace, to: str, since: str = "") -> Made:
    """Write HEAD's branch with its history to a new file, and check it by reading it back.

    `to` is a folder, where the file is named by store and time, or ends in `.bundle` and is the file. `since` is an
    earlier backup, after which this one begins, or `last`: the newest of this store in the folder that leads here, and
    all where there is none. Where nothing came after it, no file is written, and that one is given.

    What is not committed is not in it, and is told. Raises TmError when there is nothing to keep, or no room.
    """
    repository, here = _committed(workspace)
    now = workspace.now()
    folder = (os.path.dirname(to) or os.curdir) if to.endswith(ENDING) else to
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise TmError(f"cannot use {to}: {error.strerror}", "name a folder: --to FOLDER", "usage") from error
    name = _name(workspace)
    earlier = _earlier(repository, here.commit or "", folder, name, since) if since else ""
    base = bundle.ends(earlier)[0] if earlier else ""
    path = to if to.endswith(ENDING) else os.path.join(to, f"{name}-{now.strftime(_STAMP)}{ENDING}")
    if base == here.commit:
        path = earlier
    else:
        bundle.write(repository, here, path, now, base)
    return Made(path, path != earlier, verify(path), _uncommitted(workspace))


class Mirrored(namedtuple("Mirrored", "commit branch ref new uncommitted")):
    """A branch that a remote holds: its commit and name here, its name there, whether anything was new to it."""

    __slots__ = ()

    commit: str
    branch: str
    ref: str
    new: bool
    uncommitted: tuple[str, ...]


def to_remote(workspace: Workspace, remote: str) -> Mirrored:
    """Bring HEAD's branch with its history to a repository elsewhere, under a name of its own; force nothing there."""
    repository, here = _committed(workspace)
    mirror.refuse_shallow(repository)
    ref, new = mirror.push(repository, here, remote, _name(workspace), workspace.now())
    return Mirrored(here.commit or "", here.branch or "detached", ref, new, _uncommitted(workspace))


def _committed(workspace: Workspace) -> tuple[Repository, Head]:
    repository = workspace.repository
    here = head(repository) if repository else None
    if repository is None or here is None or not here.commit:
        raise TmError(
            "nothing is committed yet, so there is nothing to keep", "make a commit first: tm add TITLE", "git"
        )
    return repository, here


def _name(workspace: Workspace) -> str:
    return os.path.basename(os.path.normpath(workspace.root)) or "tasks"


def _uncommitted(workspace: Workspace) -> tuple[str, ...]:
    return tuple(sorted(unsaved(workspace.home, workspace.repository_path("").rstrip("/"))))


def _earlier(repository: Repository, commit: str, folder: str, name: str, since: str) -> str:
    """Give the file of the backup to go on from; empty where `last` finds none."""
    if since != "last":
        if os.path.realpath(os.path.dirname(since) or os.curdir) != os.path.realpath(folder):
            raise TmError(f"{since} is not in {folder}", "what follows it must lie beside it", "usage")
        verify(since)
        if not mirror.leads(repository, bundle.ends(since)[0], commit):
            raise TmError(f"the history here does not go on from {since}", "leave --since out: it then has all")
        return since
    names = [one for one in _listed(folder) if _is_backup(one) and _store(one) == name]
    paths = [os.path.join(folder, one) for one in reversed(names)]
    return next(
        (path for path in paths if mirror.leads(repository, bundle.ends(path)[0], commit) and _is_whole(path)), ""
    )


def _is_whole(path: str) -> bool:
    try:
        verify(path)
    except TmError:
        return False
    return True


def verify(path: str) -> Bundle:
    """Check every byte of a backup, and of those it goes on from; raises TmError (`invalid`) when one is damaged."""
    return bundle.verify(*chain(path))


def chain(path: str) -> list[str]:
    """Give the backups that lead to one, from the one that has all to itself: they lie in one folder.

    Raises TmError (`invalid`) where one is missing.
    """
    folder, found = os.path.dirname(path), [path]
    ends = {name: bundle.ends(os.path.join(folder, name)) for name in _listed(folder or os.curdir)}
    since = bundle.ends(path)[1]
    while since:
        # One that has all ends the search.
        beside = sorted((bool(start), name) for name, (end, start) in ends.items() if end == since)
        before = os.path.join(folder, beside[0][1]) if beside else ""
        if not before or before in found:
            hint = "bring the backups it goes on from into the same folder"
            raise TmError(f"{found[0]} begins after {since[:10]}, and no backup beside it ends there", hint, "invalid")
        found.insert(0, before)
        since = bundle.ends(before)[1]
    return found


def _listed(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(ENDING))
    except OSError as error:
        raise TmError(f"cannot read {folder}: {error.strerror}", "name the folder of the backups") from error


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
    paths = chain(path)
    found = bundle.verify(*paths)
    if not os.path.isdir(folder) or not os.listdir(folder):
        bundle.clone(paths, found, folder)
        return Restored(found, folder, found.branch)
    repository = discover(folder)
    if repository is None or os.path.realpath(repository.root) != os.path.realpath(folder):
        raise TmError(
            f"{folder} is neither empty nor a repository", "name a new folder, or the top of a repository", "usage"
        )
    branch = f"backup/{os.path.basename(path).removesuffix(ENDING)}"
    bundle.fetch(repository, paths, found, branch)
    return Restored(found, folder, branch)


def prune(folder: str, keep: int) -> tuple[list[str], list[str]]:
    """Remove all backups of a folder but the newest `keep` of each store, and those they go on from.

    Gives those removed, and those kept. The newest is verified first: while it is damaged, none is removed.
    """
    if keep < 1:
        raise TmError(f"--keep {keep} would keep none", "keep one at least", "usage")
    names = [name for name in _listed(folder) if _is_backup(name)]
    removed: list[str] = []
    kept: list[str] = []
    for store in dict.fromkeys(_store(name) for name in names):
        paths = [os.path.join(folder, name) for name in names if _store(name) == store]
        needed = {before for path in paths[-keep:] for before in chain(path)}
        old = [path for path in paths if path not in needed]
        if old:
            verify(paths[-1])
        removed += old
        kept += [path for path in paths if path in needed]
    for path in removed:
        os.unlink(path)
    return removed, kept


def _store(name: str) -> str:
    return name.removesuffix(ENDING).rpartition("-")[0]


def _is_backup(name: str) -> bool:
    """Tell whether a file bears the name that `create` gives."""
    stamp = name.removesuffix(ENDING).rpartition("-")[2]
    digits = "".join("0" if sign in "0123456789" else sign for sign in stamp)
    return name.endswith(ENDING) and digits == "00000000T000000Z"
