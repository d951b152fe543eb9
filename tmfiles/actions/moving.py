"""A store moved with its history: from the branch with the code to one of its own, and back; nothing is removed.

Each step leaves a store that can be read, and whoever types the command again goes on where it was cut short.
"""

from __future__ import annotations

import os
from collections import namedtuple

from tmfiles.actions import apart, buffers
from tmfiles.errors import TmError
from tmfiles.git import carry, linked, process
from tmfiles.git import commit as commits
from tmfiles.git.apart import BRANCH, PLACE
from tmfiles.git.apart import apart as kept_apart
from tmfiles.git.health import shallow
from tmfiles.git.history import ancestor
from tmfiles.git.repository import discover, head
from tmfiles.git.state import state
from tmfiles.git.worktree import listed, refresh_index
from tmfiles.store import FOLDER
from tmfiles.workspace import Workspace, byhand
from tmfiles.workspace.interrupts import Held
from tmfiles.workspace.recover import recover
from tmfiles.workspace.write import How, Order, locked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from tmfiles.git.repository import Repository
    from tmfiles.git.settings import Person
    from tmfiles.git.worktree import Blob


class Moved(namedtuple("Moved", "branch commits files commit notes")):
    """A store that was moved: the branch of its own, how many commits and files it has, the commit of the code's
    branch that did it ("" where that was done before), and what the user should be told.
    """

    __slots__ = ()

    branch: str
    commits: int
    files: int
    commit: str
    notes: tuple[str, ...]


def to_branch(workspace: Workspace, name: str, how: How = How(), *, dry_run: bool = False) -> Moved:
    """Give the tasks a branch of their own, with all their history, and take them out of the branch with the code.

    The files stay where they are. Raises TmError where something is not committed, or where it cannot be done here.
    """
    main = _main(workspace)
    said = kept_apart(main)
    if said and said.branch != name:
        raise TmError(f"the tasks are on the branch {said.branch!r} already", "tm doctor tells more", "usage")
    begin = head(main).commit
    if said and not (begin and listed(main, begin, FOLDER)):
        return _finished(main, name)
    linked.find(main, name)  # refuses what is no name
    _refuse_texts(workspace)
    with locked(workspace, Order("migrate")) if not said else _Nothing():
        if not said:
            recover(workspace, main)
            _refuse_unsaved(main, FOLDER)  # cut short, the index may be a step ahead
        commit = head(main).commit or ""
        new = carry.narrowed(main, commit, FOLDER)
        if not new:
            raise TmError("no commit has tasks yet", f"begin them there: tm init --branch {name}")
        tip = list(new.values())[-1]
        if carry.resolved(main, f"{tip}^{{tree}}") != carry.resolved(main, f"{commit}:{FOLDER}"):
            raise TmError(f"the history of {FOLDER}/ does not end with what HEAD has", "report this, please", "git")
        old = carry.resolved(main, f"refs/heads/{name}")
        if old and not ancestor(main, old, tip):
            raise TmError(f"the branch {name!r} is there already, with another history", "choose another name", "usage")
        files = listed(main, commit, FOLDER)
        if dry_run:
            return Moved(name, len(set(new.values())), len(files), "", ())
        with Held("the tasks were moved first"):
            done = _taken_out(workspace, main, name, tip, old, files, how)
        return done._replace(commits=len(set(new.values())))


def _taken_out(
    workspace: Workspace, main: Repository, name: str, tip: str, old: str, files: Mapping[str, Blob], how: How
) -> Moved:
    branch = f"refs/heads/{name}"
    process.run(main.root, "update-ref", "-m", "tm: migrate", branch, tip, old or "0" * len(tip))
    linked.configure(main, {PLACE: FOLDER, BRANCH: name})
    message = how.message or f"tm: move the tasks to the branch {name}\n\nTheir history is there: git log {name}"
    paths = dict.fromkeys(files)
    prepared = commits.prepare(
        main, workspace.git_settings, head(main).commit, paths, message, workspace.now(), _author(workspace)
    )
    refresh_index(main, prepared.blobs)
    if not commits.publish(main, prepared.commit, prepared.parent, "tm: migrate"):
        raise TmError("another commit came first", "type the same again", "git")
    folder = os.path.join(main.root, FOLDER)
    if not linked.attached(main, folder):
        linked.attach(main, folder, name)
    return Moved(name, 0, len(files), prepared.commit, apart.shown(main))


def _finished(main: Repository, name: str) -> Moved:
    """Make a work tree of the folder where a move was cut short before that; raises TmError where none was."""
    folder = os.path.join(main.root, FOLDER)
    there = linked.attached(main, folder)
    if there and linked.excluded(main, apart.EXCLUDED) != bool(linked.tracking(main, FOLDER)):
        raise TmError(f"the tasks are on the branch {name!r} already", "to move them back: tm migrate --to-tree")
    with Held("the tasks were moved first"):
        if not there:
            linked.attach(main, folder, name)
        notes = apart.shown(main)
    count = process.run(main.root, "rev-list", "--count", f"refs/heads/{name}").out
    return Moved(name, int(count), len(listed(main, f"refs/heads/{name}")), "", notes)


def to_tree(workspace: Workspace, how: How = How(), *, dry_run: bool = False) -> Moved:
    """Put the tasks back into the branch with the code, by a merge that takes in all their history.

    The files stay where they are, and so does their branch. Raises TmError as `to_branch` does.
    """
    main = _main(workspace)
    said = kept_apart(main)
    if said is None:
        raise TmError("the tasks are in the branch with the code already", "tm doctor tells more", "usage")
    _refuse_texts(workspace)
    folder = os.path.join(said.root, FOLDER)
    there = linked.attached(main, folder)
    with locked(workspace, Order("migrate")) if there else _Nothing():
        if there:
            recover(workspace, workspace.home)
            _refuse_unsaved(workspace.home, "")
        here, tip = head(main).commit or "", carry.resolved(main, f"refs/heads/{said.branch}")
        if not here:
            raise TmError("the branch with the code has no commit yet", "commit something first")
        tree = carry.resolved(main, f"{tip}^{{tree}}")
        mine = carry.resolved(main, f"{here}:{FOLDER}")
        known = {new: old for old, new in carry.narrowed(main, here, FOLDER).items()}
        count = process.run(main.root, "rev-list", "--count", tip).out
        moved = Moved(said.branch, int(count), len(listed(main, tip)), "", ())
        if mine and mine != tree and not (tip in known or there):
            raise TmError(f"{FOLDER}/ in HEAD and the branch {said.branch!r} differ", "bring the link back: tm init")
        if dry_run:
            return moved
        with Held("the tasks were moved first"):
            commit = "" if mine == tree else _taken_in(workspace, main, tip, tree, known, how)
            if there:
                linked.detach(main, folder)
            linked.exclude(main, apart.EXCLUDED, wanted=False)
            linked.configure(main, {PLACE: "", BRANCH: ""})
        return moved._replace(commit=commit)


def _taken_in(workspace: Workspace, main: Repository, tip: str, tree: str, known: dict[str, str], how: How) -> str:
    here = head(main).commit or ""
    settings = workspace.git_settings
    end = carry.widened(main, tip, FOLDER, known)
    whole = carry.tree_with(main, here, FOLDER, tree)
    told = how.message or "tm: move the tasks into the branch with the code"
    author = _author(workspace) or settings.author
    who = settings.committer or author
    moment = commits.git_date(workspace.now())
    env: dict[str, str] = {}
    for role, person in (("AUTHOR", author), ("COMMITTER", who)):
        if person is not None:
            date = (settings.author_date if role == "AUTHOR" else settings.committer_date) or moment
            env |= commits.environment(role, person.name, person.email, date)
    sign = ("-S",) if settings.sign else ()
    text = f"{told}\n\n{carry.FROM}: {tip}\n".encode()
    args = ("commit-tree", *sign, "-p", here, "-p", end, "-F", "-", whole)
    commit = process.run(main.root, *args, stdin=text, env=env, terminal=settings.sign).out.decode("ascii").strip()
    refresh_index(main, dict(listed(main, commit, FOLDER)))
    if not commits.publish(main, commit, here, "tm: migrate"):
        refresh_index(main, dict.fromkeys(listed(main, commit, FOLDER)))
        raise TmError("another commit came first", "type the same again", "git")
    return commit


class _Nothing:
    """No lock: the store that could be locked is not there any more."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_error: object) -> None:
        pass


def _main(workspace: Workspace) -> Repository:
    """Give the main work tree, in which the store must lie, at its top, with nothing going on there."""
    main = discover(workspace.root)
    if main is None or main.root != workspace.root or main.gitdir != main.commondir:
        hint = "for a store at the top of a repository's main work tree only"
        raise TmError(f"{workspace.root} cannot be moved so", hint)
    if doing := state(main):
        raise TmError(
            f"{'HEAD is detached' if doing == 'detached' else f'a {doing} is in progress'}", "finish that first"
        )
    if shallow(main):
        raise TmError("this clone is shallow: it has not all of the history", "git fetch --unshallow")
    return main


def _refuse_texts(workspace: Workspace) -> None:
    """A text that is not saved yet lies with the work tree, and would be looked for in vain."""
    if kept := buffers.kept(workspace.private):
        raise TmError(f"a text of tm edit is not saved yet: {kept[0].path}", "save it first: tm edit --resume")


def _refuse_unsaved(place: Repository, folder: str) -> None:
    if doing := state(place):
        raise TmError(f"a {doing} is in progress in {place.root}", "finish that first")
    args = ("status", "--porcelain", "--untracked-files=all", "--", folder or ".")
    if out := process.run(place.root, *args).out.decode("utf-8", "replace").splitlines():
        named = ", ".join(line[3:] for line in out[:3])
        raise TmError(f"not committed: {named}{', …' if len(out) > 3 else ''}", "commit it first: tm commit")


def _author(workspace: Workspace) -> Person | None:
    return byhand.author(workspace)
