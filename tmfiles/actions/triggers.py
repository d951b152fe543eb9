"""Which triggers there are, and trust in those that a repository brings; runs none of them."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, NamedTuple

from tmfiles.errors import TmError
from tmfiles.store import FOLDER as STORE
from tmfiles.words import suggestion
from tmfiles.workspace.own import load, replace
from tmfiles.workspace.triggers import FOLDER, NAMES, folders, installed

if TYPE_CHECKING:
    from tmfiles.workspace import Workspace


class Trigger(NamedTuple):
    """A trigger: its name, whose it is (person, clone, repository), how it stands, and where it lies.

    `state` is `runs` or `not executable` for one that is installed; for the repository's `trusted`, `untrusted`,
    or `changed` since it was trusted.
    """

    name: str
    place: str
    state: str
    path: str


def triggers(workspace: Workspace) -> list[Trigger]:
    """Give all triggers in the order in which they would run, then what the repository brings."""
    found = []
    for name in NAMES:
        for place, folder in folders(workspace).items():
            if path := installed(folder, name):
                found.append(Trigger(name, place, "runs" if os.access(path, os.X_OK) else "not executable", path))
    for name in NAMES:
        if path := installed(_brought(workspace), name):
            found.append(Trigger(name, "repository", _state(workspace, name, path), path))
    return found


def trust(workspace: Workspace, name: str) -> Trigger:
    """Install the repository's trigger as it is now, as a copy in the clone's git directory."""
    source = installed(_brought(workspace), _known(name))
    if not source or os.path.islink(source):
        raise TmError(f"there is no {STORE}/{FOLDER}/{name}", "what there is: tm triggers list", "not_found")
    folder = folders(workspace)["clone"]
    target = os.path.join(folder, os.path.basename(source))
    if os.path.exists(target) and _digest(target) != load(_mark(workspace, name)):
        raise TmError(f"{target} is a trigger of your own", "move it elsewhere first")
    data = _read(source)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        temporary = f"{target}.{os.getpid()}~"
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o700), "wb") as file:
            file.write(data)
        replace(_mark(workspace, name), hashlib.sha256(data).hexdigest())
        os.replace(temporary, target)
    except OSError as error:
        raise TmError(f"cannot write {target}: {error.strerror}", "nothing was installed") from error
    return Trigger(name, "clone", "runs", target)


def untrust(workspace: Workspace, name: str) -> Trigger:
    """Take the copy away that `trust` made; the repository's own file stays."""
    target = installed(folders(workspace)["clone"], _known(name))
    if not target or _digest(target) != load(_mark(workspace, name)):
        raise TmError(f"{name} was not trusted here", "what there is: tm triggers list", "not_found")
    os.unlink(target)
    os.unlink(_mark(workspace, name))
    return Trigger(name, "clone", "untrusted", target)


def _brought(workspace: Workspace) -> str:
    return os.path.join(workspace.root, STORE, FOLDER)


def _mark(workspace: Workspace, name: str) -> str:
    """Give the file that remembers what was trusted."""
    return os.path.join(workspace.home.commondir, "tm", "trusted", name)


def _state(workspace: Workspace, name: str, path: str) -> str:
    trusted = load(_mark(workspace, name))
    if not trusted:
        return "untrusted"
    return "trusted" if _digest(path) == trusted else "changed"


def _digest(path: str) -> str:
    return hashlib.sha256(_read(path)).hexdigest()


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise TmError(f"cannot read {path}: {error.strerror}", "nothing was changed") from error


def _known(name: str) -> str:
    if name not in NAMES:
        hint = f"there are: {', '.join(NAMES)}"
        raise TmError(f"no trigger {name!r}{suggestion(name, NAMES)}", hint, "usage")
    return name
