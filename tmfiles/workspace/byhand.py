"""Edits people made by hand in files that tm is about to change: committed first, on their own."""

from __future__ import annotations

from tmfiles.errors import TmError
from tmfiles.git import objects, worktree
from tmfiles.git.commit import prepare
from tmfiles.git.settings import Person
from tmfiles.workspace import words
from tmfiles.workspace.edit import Change
from tmfiles.workspace.judge import judge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
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
            raise TmError(f"{path} is unmerged", f"settle it in an editor, then: git add {path}")
    return found


# What the trailer of such a commit names: no command of anybody's.
OP = "by-hand"


def committed(
    workspace: Workspace,
    repository: Repository,
    view: View,
    changes: Sequence[Change],
    parent: str | None,
    entries: Mapping[str, Entry],
    now: datetime,
    notes: list[str],
) -> str | None:
    """Prepare commits of what differs from HEAD in these files, and give the new parent for ours.

    What is staged differently from both HEAD and the file becomes a commit of its own, so that no version
    is lost. `entries` are those of the files. Raises TmError when one holds an edit that is not valid.
    """
    paths = {workspace.repository_path(change.path): change for change in changes}
    there = {path: change.old for path, change in paths.items() if change.old is not None}
    ids = objects.blob_ids(repository, workspace.git_settings, there)
    edited = [paths[path]._replace(old=None, new=there[path]) for path in there if ids[path] != entries[path].head]
    staged = [
        path for path in there if entries[path].index and entries[path].index not in (entries[path].head, ids[path])
    ]
    # What is staged and just what is about to be committed is no version of its own.
    ours = {path: paths[path].new for path in staged}
    same = objects.blob_ids(repository, workspace.git_settings, {p: data for p, data in ours.items() if data})
    staged = [path for path in staged if same.get(path) != entries[path].index]
    contents = objects.read(repository, [entries[path].index or "" for path in staged])
    lost = [
        Change(paths[path].path, paths[path].id, None, data)
        for path, data in zip(staged, contents, strict=True)
        if data is not None
    ]
    for what, found in (("staged", lost), ("by hand", edited)):
        if found:
            parent = _commit(workspace, repository, view, found, what, parent, now)
            names = ", ".join(change.id or change.path for change in found)
            note = f"committed first what was {'staged' if what == 'staged' else 'edited by hand'}: {names}"
            if note not in notes:  # the commit may have to be made anew
                notes.append(note)
    return parent


def _commit(
    workspace: Workspace,
    repository: Repository,
    view: View,
    found: list[Change],
    what: str,
    parent: str | None,
    now: datetime,
) -> str:
    try:
        judge(found, view, view.config)
    except TmError as error:
        raise TmError(
            f"{found[0].id or found[0].path} holds an edit ({what}) that is not valid: {error.message}",
            "mend the file first; nothing was changed",
            "invalid",
            error.problems,
        ) from error
    return prepare(
        repository,
        workspace.git_settings,
        parent,
        {workspace.repository_path(change.path): change.new for change in found},
        words.message(workspace, OP, found, verb="edit", suffix=f" ({what})"),
        now,
        author(workspace),
    ).commit


def author(workspace: Workspace, notes: list[str] | None = None) -> Person | None:
    """Give whom to name as author when Git knows no identity, and say so once; None when it knows one."""
    if workspace.git_settings.author is not None:
        return None
    name = workspace.actor()
    if notes is not None and workspace.first_time("identity"):
        notes.append(f"Git knows no identity: commits bear the name {name}; set yours: git config user.name NAME")
    return Person(name, f"{'.'.join(name.lower().split())}@localhost")
