"""Brings the cache's table of last changes up to date with the history of HEAD."""

from __future__ import annotations

import os

from tmfiles.errors import TmError
from tmfiles.git.repository import head
from tmfiles.store import id_of, is_task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tmfiles.git.history import Commit
    from tmfiles.git.repository import Repository
    from tmfiles.git.settings import Settings
    from tmfiles.index import Index

    Progress = Callable[[str, int, int], None] | None


def refresh_history(
    index: Index, repository: Repository, folder: str, progress: Progress, commit: str | None = None
) -> None:
    """Walk the commits that came since the last walk, and note who changed which task when; HEAD's, or `commit`'s."""
    now = commit or head(repository).commit or ""
    known = index.meta("history")
    if now == known:
        return
    from tmfiles.git.history import log  # a process costs more than to find nothing new

    follows = bool(known) and bool(now) and _follows(repository, known, now)
    index.begin()
    try:
        if not follows:
            index.forget_changes()
        if now:
            commits = list(log(repository, f"{known}..{now}" if follows else now, folder.rstrip("/")))
            for done, one in enumerate(reversed(commits)):
                if progress and done % 500 == 0:
                    progress("reading history", done, len(commits))
                index.add_changes(changes(one, folder))
        index.set_meta("history", now)
        index.commit()
    except BaseException:
        index.rollback()
        raise


def _follows(repository: Repository, known: str, now: str) -> bool:
    from tmfiles.git.history import ancestor

    try:
        return ancestor(repository, known, now)
    except TmError:
        return False  # rewritten, and by now thrown away: if Git itself is at fault, the walk will say so


def changes(commit: Commit, folder: str) -> list[tuple[str, str, str, bool]]:
    """Give (id, time, author, gone) for each task file that a commit changed; a moved file is not gone."""
    from tmfiles.dates import stamp

    found: dict[str, tuple[str, str, str, bool]] = {}
    for status, path in sorted(commit.changes, key=lambda change: change[0] != "D"):
        below = path[len(folder) :]
        if is_task(below):
            # A command's actor may be an agent that commits under its user's identity.
            by = commit.trailers.get("Tm-Actor", commit.author)
            found[id_of(below)] = (id_of(below), stamp(commit.at), by, status == "D")
    return list(found.values())


def keep_commit(index: Index, before: str, commit: str, at: str, by: str, gone: Mapping[str, bool]) -> None:
    """Note a commit of our own that followed `before`, if history is known up to there."""
    if index.meta("history") != before:
        return
    index.begin()
    try:
        index.add_changes([(task_id, at, by, away) for task_id, away in gone.items()])
        index.set_meta("history", commit)
        index.commit()
    except BaseException:
        index.rollback()
        raise


def as_told(repository: Repository, settings: Settings) -> bool:
    """Tell whether Git will tell of a commit made now with the time and the name it was given."""
    mapped = any(settings.config.get(f"mailmap.{key}") for key in ("file", "blob"))
    return not (settings.author_date or mapped or os.path.lexists(os.path.join(repository.root, ".mailmap")))
