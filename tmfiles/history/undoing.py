"""Taking commands back, and bringing them on again, from the trailers of their commits."""

from __future__ import annotations

from collections import namedtuple
from itertools import islice

from tmfiles.actions.tasks import Done
from tmfiles.errors import TmError
from tmfiles.git.health import shallow
from tmfiles.git.history import Commit
from tmfiles.history import walk
from tmfiles.history.events import blobs
from tmfiles.store import SUFFIX, id_of
from tmfiles.workspace import byhand, edit
from tmfiles.workspace.write import How, Order, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

# Making the store is no edit of it: taking that back would leave no store to take it back in.
_FINAL = ("init",)


class Step(namedtuple("Step", "commit changed")):
    """A command that was not taken back yet, and the files that have changed since, which stand in the way."""

    __slots__ = ()

    commit: Commit
    changed: Sequence[str]


def undo(workspace: Workspace, how: How = How(), which: str = "", count: int = 1) -> tuple[list[Commit], Done]:
    """Take back commands by restoring the earlier contents of their files, in one new commit.

    It is the actor's last `count` commands that were not taken back yet, edits by hand left alone; or the one
    whose commit's id begins with `which`. Gives the commits taken back, newest first. Raises TmError when there
    are not so many, and when one of the files has changed since.
    """

    def targets(actor: str) -> list[Commit]:
        return [_named(workspace, which)] if which else _last(workspace, actor, count)

    return _taken_back(workspace, "undo", how, targets)


def redo(workspace: Workspace, how: How = How(), count: int = 1) -> tuple[list[Commit], Done]:
    """Take back the actor's last `count` undos, those made since their last other command."""
    return _taken_back(workspace, "redo", how, lambda actor: _undos(workspace, actor, count))


def undoable(workspace: Workspace, actor: str, limit: int = 0) -> list[Step]:
    """Give the actor's commands that stand, newest first, each with what would keep it from being taken back."""
    return _chain(workspace, list(islice(_commands(workspace, actor), limit or None)))[1]


def _taken_back(
    workspace: Workspace, op: str, how: How, targets: Callable[[str], list[Commit]]
) -> tuple[list[Commit], Done]:
    actor = workspace.actor(how.actor)

    def plan(_view: View) -> list[Edit]:
        # Under the lock, and before anything is written: the user has seen the history as it was.
        if [one.id for one in targets(actor)] != [one.id for one in chosen]:
            raise TmError("another command came in between", f"look at tm log, then {op} again")
        return _restored(workspace, chosen)

    chosen = targets(actor)
    trailer = ("Tm-Undoes", " ".join(one.trailers["Tm-Id"] for one in chosen))
    if not how.message:
        how = how._replace(message=_subject(op, chosen))
    outcome = write(workspace, Order(op, how, (trailer,)), plan)
    view = workspace.read()
    files = {task_id: view.index.files(task_id) for task_id in outcome.changed}
    there = [task_id for task_id, found in files.items() if len(found) == 1 and found[0][1] is not None]
    return chosen, Done(tuple(view.task(one) for one in there), (), outcome)


def _subject(op: str, commits: Sequence[Commit]) -> str:
    subjects = [one.subject.removeprefix("tm: ").removeprefix("undo " if op == "redo" else "") for one in commits]
    if len(subjects) == 1:
        return f"tm: {op} {subjects[0]}"[:72]
    return f"tm: {op} {len(subjects)} commands\n\n" + "\n".join(subjects)


def _standing(workspace: Workspace) -> Iterator[tuple[Commit, bool]]:
    """Walk the commits, newest first, each with whether a later one that stands took it back.

    The walk ends before the commit that a shallow clone begins with.
    """
    gone: set[str] = set()
    edge = shallow(walk.repository(workspace))
    for commit in walk.commits(workspace):
        if commit.id in edge:
            return  # Git shows all files of it as added: what it changed is not known here
        back = commit.trailers.get("Tm-Id", "") in gone
        if not back:
            gone.update(commit.trailers.get("Tm-Undoes", "").split())
        yield commit, back


def _named(workspace: Workspace, which: str) -> Commit:
    for commit, back in _standing(workspace):
        if not commit.id.startswith(which):
            continue
        if not commit.trailers.get("Tm-Id"):
            raise TmError(f"{which} was not made by tm", f"git's own way: git revert {which}")
        if back:
            raise TmError(f"{which} was taken back already", "the log shows by what: tm log")
        if commit.trailers.get("Tm-Op") in _FINAL:
            break
        return commit
    hint = _fetch(workspace) or "the log shows what there is: tm log"
    raise TmError(f"no command {which!r} to take back", hint, "not_found")


def _commands(workspace: Workspace, actor: str) -> Iterator[Commit]:
    """Walk the actor's commands that stand, newest first."""
    for commit, back in _standing(workspace):
        trailers = commit.trailers
        ours = trailers.get("Tm-Id") and trailers.get("Tm-Actor") == actor and "Tm-Undoes" not in trailers
        if ours and not back and trailers.get("Tm-Op") not in (*_FINAL, byhand.OP):
            yield commit


def _last(workspace: Workspace, actor: str, count: int) -> list[Commit]:
    found = list(islice(_commands(workspace, actor), count))
    if len(found) < count:
        left = f"only {len(found)} commands" if found else "no command"
        hint = _fetch(workspace) or "another's only by its commit: tm log, then tm undo COMMIT"
        raise TmError(f"{actor} has {left} left to take back", hint)
    return found


def _undos(workspace: Workspace, actor: str, count: int) -> list[Commit]:
    found: list[Commit] = []
    for commit, back in _standing(workspace):
        if commit.trailers.get("Tm-Actor") != actor or commit.trailers.get("Tm-Op") in (None, byhand.OP):
            continue
        if "Tm-Undoes" not in commit.trailers:
            break
        if not back and commit.trailers["Tm-Op"] == "undo":
            found.append(commit)
            if len(found) == count:
                return found
    left = f"only {len(found)} undos" if found else "no undo"
    raise TmError(
        f"{actor} has {left} to take back since their last command",
        "an earlier one by its commit: tm log, then tm undo COMMIT",
    )


def _fetch(workspace: Workspace) -> str:
    """Say what brings the rest of the history, where this clone has not all of it."""
    there = shallow(walk.repository(workspace))
    return "this clone is shallow; for what came before: git fetch --unshallow" if there else ""


def _restored(workspace: Workspace, commits: Sequence[Commit]) -> list[Edit]:
    """Give the edits that bring back what the commits' files were before them."""
    state, steps = _chain(workspace, commits)
    for step in steps:
        if step.changed:
            commit, name = step.commit, step.changed[0]
            raise TmError(
                f"cannot take back {commit.subject!r}: {name} has changed since",
                f"what came after: tm log {name}; an earlier command by its commit: tm undo COMMIT",
            )
    return [edit.restore(path, data) for path, data in state.items()]


def _chain(workspace: Workspace, commits: Sequence[Commit]) -> tuple[dict[str, bytes | None], list[Step]]:
    """Take back commits one after the other, without touching a file; one that something is in the way of stays."""
    top = workspace.repository_path("")
    sides_of_all = [sides for one in commits for sides in one.blobs.values()]
    contents = blobs(workspace, {blob for olds, new in sides_of_all for blob in (olds[0], new) if blob})
    state: dict[str, bytes | None] = {}
    steps = []
    for commit in commits:
        sides = {path[len(top) :]: (olds[0], new) for path, (olds, new) in commit.blobs.items()}
        for path in sides:
            if path not in state:
                state[path] = edit.bytes_of(workspace.store, path)
        for old, _ in sides.values():
            if old and old not in contents:
                raise TmError(f"git does not have what {commit.id[:10]} changed", "this clone is not whole: git fetch")
        changed = [path for path, (_, new) in sides.items() if _lines(state[path]) != _lines(contents.get(new))]
        names = [id_of(path) if path.endswith(SUFFIX) else path for path in changed]
        steps.append(Step(commit, tuple(dict.fromkeys(names))))
        if not changed:
            state |= {path: contents[old] if old else None for path, (old, _) in sides.items()}
    return state, steps


def _lines(data: bytes | None) -> bytes | None:
    """Give the bytes as Git keeps them: a work tree may have its own line endings."""
    return None if data is None else data.replace(b"\r\n", b"\n")
