"""Making a store: in the repository that is there, or with one of its own; safe to repeat."""

from __future__ import annotations

import os
from collections import namedtuple

from tmfiles import store
from tmfiles.actions import apart
from tmfiles.actions.sharing import ATTRIBUTES, RULES, attributes, set_up
from tmfiles.config import Environment
from tmfiles.errors import TmError
from tmfiles.git.process import require, run
from tmfiles.git.repository import discover, git_directory, head, init
from tmfiles.git.worktree import entries
from tmfiles.store import CONFIG, FOLDER
from tmfiles.workspace import Workspace, edit
from tmfiles.workspace.write import How, Order, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.workspace import View
    from tmfiles.workspace.edit import Edit

_FILES = {
    CONFIG: b"# Settings of this task store; what can stand here: schemas/config.schema.json\nversion: 1\n",
    ATTRIBUTES: RULES,
}


class Made(namedtuple("Made", "root repository created commit notes")):
    """What `make` found or made: folder of the store, the repository if it is new, files written, commit."""

    __slots__ = ()

    root: str
    repository: str
    created: tuple[str, ...]
    commit: str
    notes: tuple[str, ...]


def make(
    start: str,
    environment: Environment = Environment(),
    how: How = How(),
    *,
    home: str = "",
    standalone: bool = False,
    branch: str = "",
) -> Made:
    """Make a store at the top of the repository that holds `start`, or a repository there when there is none.

    With `standalone`, `.tasks/` becomes a repository of its own; with `branch`, a linked work tree of a branch of
    that name, which holds tasks alone. Nothing that is there is touched, so it may be repeated. `home` is the
    user's home folder, where a repository is not made unasked.
    """
    require()
    if not os.path.isdir(start):
        raise TmError(f"{start} is no folder", "make it first: mkdir, then tm init", "usage")
    start = os.path.realpath(start)
    if branch and standalone:
        raise TmError("--standalone and --branch exclude each other", "leave one of the two out", "usage")
    fresh = bool(branch) and discover(start) is None and _place(start, home, standalone=False)[1]
    settled = None if standalone else apart.settle(start, environment, branch)
    there, fresh = (settled.root, fresh) if settled else _place(start, home, standalone=standalone)
    _refuse_unseen(there)
    try:
        os.makedirs(os.path.join(there, FOLDER), exist_ok=True)
    except OSError as error:
        raise TmError(f"cannot make {there}/{FOLDER}: {error.strerror}", "choose a folder you can write to") from error
    workspace = Workspace(there, environment)

    created: list[str] = []

    def plan(_view: View) -> list[Edit]:
        missing = [name for name in _FILES if not os.path.lexists(os.path.join(there, FOLDER, name))]
        created[:] = [f"{FOLDER}/{name}" for name in missing]
        edits = [edit.put(name, _FILES[name]) for name in missing]
        return edits if ATTRIBUTES in missing else [*edits, *_updated(workspace)]

    order = Order("init", how._replace(message=how.message or "tm: init the task store"))
    try:
        outcome = write(workspace, order, plan)
        notes = (*(settled.notes if settled else ()), *outcome.notes, *set_up(workspace))
    finally:
        workspace.close()
    place = there if fresh and settled else workspace.repository.root if fresh and workspace.repository else ""
    return Made(there, place, tuple(created), outcome.commit, (*notes, *_uncommitted(workspace, created)))


def _updated(workspace: Workspace) -> list[Edit]:
    """Give the edit that brings an earlier store's attributes up to date."""
    try:
        old = workspace.store.read(ATTRIBUTES)
    except OSError as error:
        raise TmError(f"cannot read {FOLDER}/{ATTRIBUTES}: {error.strerror}", code="invalid") from error
    return [edit.put(ATTRIBUTES, attributes(old))]


def _place(start: str, home: str, *, standalone: bool) -> tuple[str, bool]:
    """Give the folder that is to hold `.tasks/`, and whether a repository was made for it."""
    found = discover(start)
    there = store.find(start)
    if standalone:
        there = there or start
        return there, _standalone(there)
    if there is not None and discover(os.path.join(there, FOLDER)) not in (None, found):
        # The store of an outer repository, or one with a repository of its own: the first is not for us.
        if found is None or not found.root.startswith(there + os.sep):
            return there, False
        there = None
    if found is not None:
        return there or found.root, False
    place = there or start
    _refuse_home(place, home)
    if git_directory(place):
        raise TmError(
            f"{place} is part of a git directory, no place for tasks", "go to a work tree, or make one: git clone"
        )
    init(place)
    return place, True


def _standalone(root: str) -> bool:
    folder = os.path.join(root, FOLDER)
    if os.path.isdir(folder) and os.listdir(folder) and not os.path.lexists(os.path.join(folder, ".git")):
        raise TmError(
            f"{folder} is there already and no repository of its own", "make one yourself: git init, inside it"
        )
    os.makedirs(folder, exist_ok=True)
    if os.path.lexists(os.path.join(folder, ".git")):
        return False
    init(folder)
    return True


def _refuse_home(start: str, home: str) -> None:
    if start == os.path.realpath(os.sep) or (home and start == os.path.realpath(home)):
        raise TmError(
            f"{start} is no place for a repository", "go to your project's folder, or use tm init --standalone"
        )


def _refuse_unseen(root: str) -> None:
    """A store that Git ignores would be committed by nobody, and one whose files HEAD has must not be made anew."""
    place = discover(os.path.join(root, FOLDER)) or discover(root)
    if place is None:
        return
    folder = os.path.relpath(os.path.join(root, FOLDER), place.root).replace(os.sep, "/")
    prefix = "" if folder == "." else f"{folder}/"
    if run(place.root, "check-ignore", "--quiet", "--", prefix + CONFIG, accept=(0, 1)).code == 0:
        shown = f"git check-ignore -v {prefix}{CONFIG} shows where"
        raise TmError(f"Git ignores {FOLDER}/ here", f"take it out of the ignore list: {shown}")
    commit = head(place).commit
    held = entries(place, commit, [prefix + name for name in _FILES]) if commit else {}
    gone = [path for path, entry in held.items() if entry.head and not os.path.lexists(os.path.join(place.root, path))]
    if gone:
        raise TmError(
            f"the store is in HEAD, and its {' and '.join(gone)} not in the work tree",
            f"bring back what is missing: git checkout HEAD -- {' '.join(gone)}",
        )


def _uncommitted(workspace: Workspace, created: list[str]) -> list[str]:
    """Say which of the store's own files no commit holds, though they are there."""
    place = workspace.repository
    if place is None:
        return []
    paths = [workspace.repository_path(name) for name in _FILES if f"{FOLDER}/{name}" not in created]
    found = entries(place, head(place).commit, paths)
    missing = [path for path in paths if not found[path].head]
    return [f"not committed yet: {', '.join(missing)}; to commit: git add {' '.join(missing)}"] if missing else []
