"""A store whose work tree belongs to another folder, or to none: what is wrong with it, and the refusal to write."""

from __future__ import annotations

import os

from tmfiles.errors import TmError
from tmfiles.git.apart import apart, named_back
from tmfiles.git.repository import discover
from tmfiles.store import FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.workspace.place import Workspace


def astray(workspace: Workspace) -> tuple[str, str] | None:
    """Say what is wrong with the link between the store's work tree and Git, and what to type; None for nothing.

    In a copy of a clone the work tree is, for Git, still the original's: a commit would go there. `git worktree
    repair` in the copy would take it from the original, so it is named only where that is gone.
    """
    place = workspace.home
    kept = apart(place)
    if kept and kept.root == workspace.root and place.root != os.path.join(kept.root, FOLDER):
        return f"{kept.root}/{FOLDER} is no work tree of {kept.branch!r} any more: its .git is gone", "tm init"
    named = named_back(place)
    if not named or named == os.path.join(place.root, ".git"):
        return None
    original = os.path.dirname(named)
    said = f"{place.root} is a copy of a linked work tree: Git takes it for {original}"
    outer = discover(workspace.root)
    if outer is not None and outer.commondir != place.commondir:
        return said, "make it this clone's own: tm init"
    there = os.path.exists(named)
    return said, f"work in {original}, or make another: git worktree add" if there else "git worktree repair"


def refuse_astray(workspace: Workspace) -> None:
    """Refuse to write where `astray` finds something."""
    if wrong := astray(workspace):
        raise TmError(wrong[0], wrong[1], "git")
