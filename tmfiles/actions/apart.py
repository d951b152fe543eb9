"""A store on a branch of its own, one for all work trees of a clone: set up, found again, mended; safe to repeat."""

from __future__ import annotations

import os
from collections import namedtuple

from tmfiles import store
from tmfiles.errors import TmError
from tmfiles.git import commit as commits
from tmfiles.git import linked
from tmfiles.git.apart import BRANCH, PLACE, apart, main_folder
from tmfiles.git.repository import discover, head
from tmfiles.git.worktree import listed, staged
from tmfiles.store import CONFIG, FOLDER
from tmfiles.workspace import Workspace, byhand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.config import Environment
    from tmfiles.git.linked import Branch
    from tmfiles.git.repository import Repository

# The branch that a fresh clone looks for.
USUAL = "tasks"
EXCLUDED = f"/{FOLDER}/"


class Settled(namedtuple("Settled", "root notes")):
    """The folder that holds `.tasks/`, and what the user should be told."""

    __slots__ = ()

    root: str
    notes: tuple[str, ...]


def settle(start: str, environment: Environment, asked: str = "") -> Settled | None:
    """Make `.tasks/` a linked work tree of the branch `asked`; without one, of the branch that the clone keeps or has.

    None where tasks are kept in the branch with the code, or are to be. Files of a `.tasks/` that lost its link
    stay as they are. Raises TmError where the store cannot be there.
    """
    place = discover(start)
    if place is None:
        return None
    said = apart(place)
    if said and asked and asked != said.branch:
        raise TmError(f"the store of this clone is on the branch {said.branch!r}", "leave --branch out", "usage")
    root = said.root if said else main_folder(place)
    name = said.branch if said else asked or USUAL
    main = place if place.root == root else discover(root) or place
    if not (said or asked) and _has_store(start, place, main):
        return None
    branch = linked.find(main, name)
    if not (said or asked) and (branch is None or not _is_store(main, branch)):
        return None
    folder = os.path.join(root, FOLDER)
    there = linked.attached(main, folder)
    _refuse_tracked(main, name, begun=bool(said))
    if not (said or there) and os.path.isdir(folder) and os.listdir(folder):
        hint = f"move it out of the way: mv {FOLDER} tasks-old"
        raise TmError(f"{folder} is there already, and is no work tree of {name!r}", hint)
    notes = _branch(main, environment, name, branch, told=not (asked or there))
    if not said:  # before the work tree is made: then the next run finishes what was cut short
        # A bare repository and a git directory elsewhere do not tell where the main work tree is.
        where = FOLDER if os.path.join(root, ".git") == main.commondir else folder
        linked.configure(main, {PLACE: where, BRANCH: name})
    if not there:
        linked.attach(main, folder, name)
        notes.append(f"{folder} is a work tree of the branch {name!r} from now on")
    return Settled(root, (*notes, *shown(main)))


def kept(workspace: Workspace) -> tuple[Repository, str] | None:
    """Give the repository around a store that is on a branch of its own, and that branch; None for any other store."""
    outer = discover(workspace.root)
    found = apart(outer) if outer else None
    return (outer, found.branch) if outer and found and found.root == workspace.root else None


def look_again(workspace: Workspace) -> None:
    """See anew whether Git may ignore the folder: a fetch or a push may have changed that."""
    if found := kept(workspace):
        shown(found[0])


def shown(main: Repository) -> tuple[str, ...]:
    """Let git ignore `.tasks/` while no ref has files there, and say so where it has to be shown.

    What git ignores it overwrites: a checkout of a branch with tasks in it would replace the files of the store.
    """
    tracking = linked.tracking(main, FOLDER)
    linked.exclude(main, EXCLUDED, wanted=not tracking)
    if not tracking:
        return ()
    names = f"{', '.join(tracking[:3])}{', …' if len(tracking) > 3 else ''}"
    said = f"git status shows {FOLDER}/, which keeps it from being overwritten: it is also in {names}"
    return (f"{said}; once it is not: tm doctor --fix",)


def _has_store(start: str, place: Repository, main: Repository) -> bool:
    """Tell whether there are tasks in the branch with the code, committed, staged or just there."""
    found = store.find(start)
    inside = found is not None and f"{found}{os.sep}".startswith(f"{place.root}{os.sep}")
    return inside or os.path.lexists(os.path.join(main.root, FOLDER)) or any(_tracked(one) for one in {place, main})


def _tracked(place: Repository) -> bool:
    blobs, unmerged = staged(place, FOLDER)
    commit = head(place).commit
    return bool(blobs or unmerged or (commit and listed(place, commit, FOLDER)))


def _refuse_tracked(main: Repository, name: str, *, begun: bool) -> None:
    if not _tracked(main):
        return
    if begun:
        said = f"{FOLDER}/ is on the branch {name!r}, and tracked in the branch that is checked out too"
        hint = f"finish a move that was cut short: tm migrate --to-branch {name}, or tm migrate --to-tree"
        raise TmError(said, hint)
    said = f"{FOLDER}/ is tracked in the branch that is checked out in {main.root}"
    raise TmError(said, f"move it there with its history: tm migrate --to-branch {name}")


def _is_store(main: Repository, branch: Branch) -> bool:
    held = listed(main, branch.commit)
    return not held or CONFIG in held


def _branch(main: Repository, environment: Environment, name: str, branch: Branch | None, *, told: bool) -> list[str]:
    """See to it that this clone has the branch."""
    if branch is None:
        workspace = Workspace(main.root, environment)
        message = f"tm: begin the branch {name}"
        author = byhand.author(workspace) or workspace.git_settings.author
        root = commits.prepare(main, workspace.git_settings, None, {}, message, workspace.now(), author)
        linked.create(main, name, root.commit)
        commits.discard(main)
        return [f"made the branch {name!r} for tasks alone"]
    if not _is_store(main, branch):
        raise TmError(f"the branch {name!r} is there already, and holds no tasks", "choose another name", "usage")
    if branch.remote:
        linked.track(main, branch)
        return [f"found the tasks on the branch {name!r} of {branch.remote}"]
    return [f"found the tasks on the branch {name!r}"] if told else []
