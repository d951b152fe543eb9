"""What Git's hooks do with tasks: look up those that a message names, act on them, report on the store."""

from __future__ import annotations

from tmfiles.actions import status, talk
from tmfiles.check import check
from tmfiles.errors import TmError
from tmfiles.git import differences
from tmfiles.git.trailers import ids, message, trailers
from tmfiles.store import id_of, sorted_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.write import How

KEYS = ("Tm-Completes", "Tm-Starts", "Tm-Refs")


def refuse_unknown(workspace: Workspace, text: bytes, index_file: str | None = None) -> None:
    """Refuse a commit's message that names tasks which do not exist, neither here nor in what is committed."""
    named = trailers(workspace.home, text)
    view = workspace.read()
    staged: set[str] | None = None
    for key in KEYS:
        for word in ids(named, key):
            if _resolved(view, word):
                continue
            if staged is None:
                staged = _staged(workspace, index_file)
            if word not in staged:
                raise TmError(
                    f"{key} names {word!r}, and there is no such task", "all tasks: tm list --all", "not_found"
                )


def act(workspace: Workspace, how: How) -> list[str]:
    """Do what the trailers of HEAD's commit say, if the store's settings ask for it; tell what was done, or not.

    What was done before, and what cannot be done, keeps nothing else from being done.
    """
    place = workspace.home
    view = workspace.read()
    if not view.config.trailers:
        return []
    text = message(place)
    named = trailers(place, text)
    subject = text.decode("utf-8", "replace").strip().partition("\n")[0]
    told = []
    for key in KEYS:
        for word in ids(named, key):
            try:
                told += _acted(workspace, key, word, subject, how)
            except TmError as error:
                told.append(f"{key}: {word}: {error.message}" + (f"; {error.hint}" if error.hint else ""))
    return told


def report(workspace: Workspace) -> str:
    """Say in one line that the store has errors; '' when it has none."""
    errors = sum(problem.severity == "error" for problem in check(workspace))
    return f"{errors} problem{'' if errors == 1 else 's'} in the task store; what and where: tm check" if errors else ""


def _acted(workspace: Workspace, key: str, word: str, subject: str, how: How) -> list[str]:
    if key == "Tm-Completes":
        result, done = status.complete(workspace, [word], how), "completed"
    elif key == "Tm-Starts":
        result, done = status.start(workspace, [word], how), "started"
    else:
        words = f"Named in a commit: {subject}"
        view = workspace.read()
        task = view.task(view.resolve(word))
        if any(entry.get("text") == words for entry in task.doc.get("journal", ())):
            return []  # a commit that is amended names it again
        result, done = talk.say(workspace, "comment", word, words, how), "noted on"
    changed = [task for task in result.tasks if task.id not in result.unchanged]
    return [f"{done} {task.id}  {task.title}" for task in changed]


def _resolved(view: View, word: str) -> bool:
    try:
        view.resolve(word)
    except TmError:
        return False
    return True


def _staged(workspace: Workspace, index_file: str | None) -> set[str]:
    prefix = workspace.repository_path("")
    held = differences.indexed(workspace.home, prefix.rstrip("/"), index_file)
    below = {path[len(prefix) :]: blob.mode for path, blob in held.blobs.items() if path.startswith(prefix)}
    return {id_of(path) for path in sorted_out(below)[0]}
