"""Edits people made by hand in files that tm is about to change: committed first, on their own."""

from __future__ import annotations

import os

from tmfiles.errors import TmError
from tmfiles.git import objects, worktree
from tmfiles.git.commit import prepare
from tmfiles.git.settings import Person
from tmfiles.store import FOLDER, SUFFIX, id_of
from tmfiles.workspace import words
from tmfiles.workspace.edit import Change
from tmfiles.workspace.heed import heed
from tmfiles.workspace.judge import judge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from tmfiles.git.repository import Repository
    from tmfiles.git.worktree import Entry
    from tmfiles.workspace.place import Workspace
    from tmfiles.workspace.view import View


def entries(repository: Repository, parent: str | None, paths: Sequence[str]) -> dict[str, Entry]:
    """Give what `parent` and the index hold at the paths; raises TmError when one is unmerged."""
    found = worktree.entries(repository, parent, paths)
    for path in paths:
        if found[path].unmerged:
            raise TmError(f"{path} is unmerged", f"tasks: tm resolve; other files in an editor, then: git add {path}")
    return found


def gone(workspace: Workspace, repository: Repository, commit: str | None, ids: Collection[str]) -> dict[str, Change]:
    """Give the files of these tasks that `commit` holds and the disk does not, by path in the repository."""
    if not (ids and commit):
        return {}
    top = workspace.repository_path("")
    return {
        path: Change(path[len(top) :], id_of(path), None, None)
        for path in worktree.listed(repository, commit, top.rstrip("/"))
        if path.endswith(SUFFIX) and id_of(path) in ids and not os.path.lexists(os.path.join(repository.root, path))
    }


def moved(
    workspace: Workspace,
    repository: Repository,
    commit: str | None,
    changes: Sequence[Change],
    entries: Mapping[str, Entry],
) -> dict[str, Change]:
    """Give the earlier places of files that were moved by hand: they go with the commit of the move."""
    new = [c for c in changes if c.id and c.old is not None and not entries[workspace.repository_path(c.path)].head]
    found = gone(workspace, repository, commit, {change.id for change in new})
    ours = {change.path for change in changes}
    return {path: change for path, change in found.items() if change.path not in ours}


def refuse_reuse(
    workspace: Workspace, repository: Repository, commit: str | None, changes: Sequence[Change], notes: list[str]
) -> None:
    """Refuse to make a task whose id HEAD holds though its file is gone; random ids are left to chance."""
    made = {change.id for change in changes if change.id and change.old is None and not change.held}
    if all(_random(task_id) for task_id in made):
        return
    for change in gone(workspace, repository, commit, made).values():
        raise _used(change)
    if os.path.exists(os.path.join(repository.commondir, "shallow")):
        notes.append("this clone is shallow: whether an id was used before it begins can't be known")


def _used(change: Change) -> TmError:
    return TmError(
        f"the id {change.id!r} is taken: HEAD has {FOLDER}/{change.path}, though the file is gone",
        f"to bring it back: git restore {FOLDER}/{change.path}",
    )


def _random(task_id: str) -> bool:
    return len(task_id) == 8 and task_id[0] in "abcdef" and set(task_id) <= set("0123456789abcdef")


# What the trailer of such a commit names: no command of anybody's.
OP = "by-hand"


def committed(
    workspace: Workspace,
    repository: Repository,
    view: View,
    changes: Sequence[Change],
    parent: str | None,
    entries: Mapping[str, Entry],
    moved: Mapping[str, Change],
    now: datetime,
    notes: list[str],
) -> str | None:
    """Prepare commits of what differs from HEAD in these files, and give the new parent for ours.

    What is staged differently from both HEAD and the file becomes a commit of its own, so that no version
    is lost. `entries` are those of the files and of the places they were `moved` from, which go with the
    edit by hand. Raises TmError when one holds an edit that is not valid.
    """
    paths = {workspace.repository_path(change.path): change for change in changes} | dict(moved)
    there = {path: change.old for path, change in paths.items() if change.old is not None}
    ids = objects.blob_ids(repository, workspace.git_settings, there)
    # What is to be committed as it lies there needs no commit before it.
    by_hand = [path for path in there if ids[path] != entries[path].head and not paths[path].kept]
    edited = [paths[path]._replace(old=None, new=there[path]) for path in by_hand]
    # What a person has just mended in an editor was seen there, and is no version for history.
    edited = [change for change in edited if not (change.seen and _is_broken(change, view))]
    staged = [
        path for path in there if entries[path].index and entries[path].index not in (entries[path].head, ids[path])
    ]
    staged += [path for path in moved if entries[path].index not in (None, entries[path].head)]
    # What is staged and just what is about to be committed is no version of its own.
    ours = {path: paths[path].new for path in staged}
    same = objects.blob_ids(repository, workspace.git_settings, {p: data for p, data in ours.items() if data})
    staged = [path for path in staged if same.get(path) != entries[path].index]
    contents = objects.read(repository, [entries[path].index or "" for path in staged])
    lost = [
        Change(paths[path].path, paths[path].id, None, data)
        for path, data in zip(staged, contents, strict=True)
        if data  # `git add --intent-to-add` stages an empty file, which is no version of a task
    ]
    for what, found in (("staged", lost), ("by hand", edited)):
        if found:
            away = list(moved) if what == "by hand" else []
            parent = _commit(workspace, repository, view, found, away, what, parent, now, notes)
            names = ", ".join(change.id or change.path for change in found)
            note = f"committed first what was {'staged' if what == 'staged' else 'edited by hand'}: {names}"
            if note not in notes:  # the commit may have to be made anew
                notes.append(note)
    return parent


def _is_broken(change: Change, view: View) -> bool:
    try:
        judge([change], view, view.config)
    except TmError:
        return True
    return False


def _commit(
    workspace: Workspace,
    repository: Repository,
    view: View,
    found: list[Change],
    away: list[str],
    what: str,
    parent: str | None,
    now: datetime,
    told: list[str],
) -> str:
    try:
        judge(found, view, view.config)
        if view.config.declared:
            earlier = {id_of(path): path for path in away}
            places = [earlier.get(change.id) or workspace.repository_path(change.path) for change in found]
            heads = objects.read(repository, [f"{parent or 'HEAD'}:{path}" for path in places])
            since = [change._replace(old=old) for change, old in zip(found, heads, strict=True)]
            told += heed(since, view).notes
    except TmError as error:
        again = f"stage it as it is now: git add {workspace.repository_path(found[0].path)}"
        hint = "mend the file first; nothing was changed" if what == "by hand" else again
        raise TmError(
            f"{found[0].id or found[0].path} holds an edit ({what}) that is not valid: {error.message}",
            hint,
            "invalid",
            error.problems,
        ) from error
    return prepare(
        repository,
        workspace.git_settings,
        parent,
        {workspace.repository_path(change.path): change.new for change in found} | dict.fromkeys(away),
        words.message(workspace, OP, found, actor=_own_name(workspace), verb="edit", suffix=f" ({what})"),
        now,
        _nameless(workspace),
    ).commit


def author(workspace: Workspace, notes: list[str] | None = None) -> Person | None:
    """Give whom to name as author in the place of Git's identity; None where that holds.

    Where Git knows none, somebody is told once. What was edited by hand is nobody's who asks from elsewhere.
    """
    if workspace.environment.author is not None:
        return Person(*workspace.environment.author)
    return _nameless(workspace, notes)


def _own_name(workspace: Workspace) -> str:
    """Give the name of this machine's own person where somebody else is asking; else "", whoever asks."""
    own = workspace.git_settings.author
    return own.name if own is not None and workspace.environment.author is not None else ""


def _nameless(workspace: Workspace, notes: list[str] | None = None) -> Person | None:
    if workspace.git_settings.author is not None:
        return None
    name = workspace.actor()
    if notes is not None and workspace.first_time("identity"):
        notes.append(f"Git knows no identity: commits bear the name {name}; set yours: git config user.name NAME")
    return Person(name, f"{'.'.join(name.lower().split())}@localhost")
