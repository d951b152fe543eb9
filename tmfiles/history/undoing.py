"""Taking commands back, from the trailers of their commits."""

from __future__ import annotations

from tmfiles.actions.tasks import Done
from tmfiles.errors import TmError
from tmfiles.git import objects
from tmfiles.git.history import Commit
from tmfiles.history import walk
from tmfiles.store import SUFFIX, id_of
from tmfiles.workspace import byhand, edit
from tmfiles.workspace.write import How, Order, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

# Making the store is no edit of it: taking that back would leave no store to take it back in.
_FINAL = ("init",)


def undo(workspace: Workspace, how: How, which: str = "") -> tuple[Commit, Done]:
    """Take back one command by restoring the earlier contents of its files, in a new commit.

    Without `which` it is the actor's last command that was not taken back yet, edits by hand left alone;
    `which` is the beginning of a commit id. Raises TmError when there is none, and when one of its files has
    changed since.
    """

    def plan(_view: View) -> list[Edit]:
        # Under the lock, and before anything is written: the user has seen the history as it was.
        if _to_undo(workspace, which, workspace.actor(how.actor)).id != target.id:
            raise TmError("another command came in between", "look at tm log, then undo again")
        return _restored(workspace, target)

    target = _to_undo(workspace, which, workspace.actor(how.actor))
    trailer = ("Tm-Undoes", target.trailers["Tm-Id"])
    if not how.message:
        subject = target.subject.removeprefix("tm: ")
        how = how._replace(message=f"tm: undo {subject}"[:72])
    outcome = write(workspace, Order("undo", how, (trailer,)), plan)
    view = workspace.read()
    files = {task_id: view.index.files(task_id) for task_id in outcome.changed}
    there = [task_id for task_id, found in files.items() if len(found) == 1 and found[0][1] is not None]
    return target, Done(tuple(view.task(one) for one in there), (), outcome)


def _to_undo(workspace: Workspace, which: str, actor: str) -> Commit:
    taken_back: set[str] = set()
    for commit in walk.commits(workspace):
        own = commit.trailers.get("Tm-Id", "")
        if not own:
            if which and commit.id.startswith(which):
                raise TmError(f"{which} was not made by tm", f"git's own way: git revert {which}")
            continue
        if own in taken_back:
            if which and commit.id.startswith(which):
                raise TmError(f"{which} was taken back already", "the log shows by what: tm log")
            continue
        undoes = commit.trailers.get("Tm-Undoes", "")
        if undoes:
            taken_back.add(undoes)
        if which:
            if commit.id.startswith(which) and commit.trailers.get("Tm-Op") not in _FINAL:
                return commit
            continue
        mine = commit.trailers.get("Tm-Actor") == actor
        if mine and not undoes and commit.trailers.get("Tm-Op") not in (*_FINAL, byhand.OP):
            return commit
    if which:
        raise TmError(f"no command {which!r} to take back", "the log shows what there is: tm log", "not_found")
    raise TmError(
        f"{actor} has no command left to take back", "another's only by its commit: tm log, then tm undo COMMIT"
    )


def _restored(workspace: Workspace, commit: Commit) -> list[Edit]:
    """Give the edits that bring back what the commit's files were before it."""
    place, folder = walk.repository(workspace), workspace.repository_path("")
    paths = [path for _, path in commit.changes]
    parent = commit.parents[0] if commit.parents else ""
    before = objects.read(place, [f"{parent}:{path}" for path in paths]) if parent else [None] * len(paths)
    after = objects.read(place, [f"{commit.id}:{path}" for path in paths])
    edits = []
    for path, old, new in zip(paths, before, after, strict=True):
        below = path[len(folder) :]
        try:
            here: bytes | None = workspace.store.read(below)
        except FileNotFoundError:
            here = None
        if _lines(here) != _lines(new):
            name = id_of(below) if below.endswith(SUFFIX) else below
            raise TmError(
                f"cannot take back {commit.subject!r}: {name} has changed since",
                f"what came after: git diff {commit.id[:10]} -- {path}; an earlier command by its commit: tm log",
            )
        edits.append(edit.restore(below, old))
    return edits


def _lines(data: bytes | None) -> bytes | None:
    """Give the bytes as Git keeps them: a work tree may have its own line endings."""
    return None if data is None else data.replace(b"\r\n", b"\n")
