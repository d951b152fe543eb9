"""A person's own programs that run before and after writes: where they lie, what they are told, how long they may take.

Only what lies in the person's settings folder or in the clone's git directory is ever run. What a repository
brings below `.tasks/triggers/` becomes one of these when somebody trusts it: as a copy, so that nothing that is
pulled later can run in its place.
"""

from __future__ import annotations

import os
import sys

from tmfiles import codec, person
from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from tmfiles.workspace.edit import Change
    from tmfiles.workspace.place import Workspace
    from tmfiles.workspace.write import Order

FOLDER = "triggers"
VERBS = ("add", "update", "complete", "delete")
NAMES = tuple(f"{when}-{verb}" for when in ("pre", "post") for verb in VERBS)
# Set for a trigger's own process: what it runs in turn runs no triggers.
VARIABLE = "TM_TRIGGER"
SECONDS = 10.0
_ENDINGS = ("", ".exe", ".bat", ".cmd") if sys.platform == "win32" else ("",)
_MOST = 2000  # characters of what one says


def folders(workspace: Workspace) -> dict[str, str]:
    """Give the two folders whose programs run, by whose they are, in the order in which they run."""
    own = os.path.join(os.path.dirname(person.path(_variables(workspace))), FOLDER)
    return {"person": own, "clone": os.path.join(workspace.home.commondir, "tm", FOLDER)}


def installed(folder: str, name: str) -> str:
    """Give the path of a trigger in a folder; empty where there is none."""
    paths = (os.path.join(folder, name + ending) for ending in _ENDINGS)
    return next((path for path in paths if os.path.isfile(path)), "")


def _variables(workspace: Workspace) -> Any:
    found = workspace.environment.variables
    return os.environ if found is None else found


class Triggers:
    """The triggers of one write; where none is installed, this costs a look at two folders."""

    def __init__(self, workspace: Workspace, order: Order) -> None:
        self._workspace = workspace
        self._order = order
        self._inside = os.environ.get(VARIABLE, "")
        if self._inside.startswith("pre-"):
            raise TmError(f"{self._inside} cannot change the store it judges", "a post trigger can")
        self._folders = [] if self._inside else [one for one in folders(workspace).values() if os.path.isdir(one)]
        self._events: dict[str, list[dict[str, Any]]] = {}

    def before(self, changes: Sequence[Change]) -> list[str]:
        """Run what comes before these changes; raises TmError with its words when one of them fails."""
        if not self._folders:
            return []
        self._events = _events(changes)
        return [note for verb in self._events for note in self._run(f"pre-{verb}", verb)]

    def after(self) -> list[str]:
        """Run what comes after, with the lock released: what was written stays, and a failure is told."""
        notes: list[str] = []
        for verb in self._events:
            try:
                notes += self._run(f"post-{verb}", verb)
            except TmError as error:
                notes.append(f"{error.message} (the change was made)")
        return notes

    def _run(self, name: str, verb: str) -> Iterator[str]:
        for folder in self._folders:
            if path := installed(folder, name):
                yield from _ran(path, name, self._told(name, verb), self._workspace.root)

    def _told(self, name: str, verb: str) -> bytes:
        import json

        told = {
            "version": 1,
            "event": name,
            "op": self._order.op,
            "actor": self._workspace.actor(self._order.how.actor),
            "root": self._workspace.root,
            "tasks": self._events[verb],
        }
        return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def _events(changes: Sequence[Change]) -> dict[str, list[dict[str, Any]]]:
    """Sort the tasks of a write by what happens to them; each is told once, as it was and as it will be."""
    docs: dict[str, list[dict[str, Any] | None]] = {}
    paths: dict[str, str] = {}
    for change in changes:
        if not change.id or change.kept:
            continue
        before, after = docs.setdefault(change.id, [None, None])
        docs[change.id] = [_doc(change.old) or before, _doc(change.new) or after]  # a move is two changes of one task
        if change.new is not None or change.id not in paths:
            paths[change.id] = change.path
    found: dict[str, list[dict[str, Any]]] = {}
    for task_id, (before, after) in docs.items():
        told = {"id": task_id, "path": f".tasks/{paths[task_id]}", "before": before, "after": after}
        found.setdefault(_verb(before, after), []).append(told)
    return {verb: found[verb] for verb in VERBS if verb in found}


def _verb(before: dict[str, Any] | None, after: dict[str, Any] | None) -> str:
    if after is None:
        return "delete"
    if after.get("status") == "completed" and (before or {}).get("status") != "completed":
        return "complete" if before is not None else "add"
    return "add" if before is None else "update"


def _doc(data: bytes | None) -> dict[str, Any] | None:
    try:
        return None if data is None else codec.loads(data)
    except TmError:
        return {}  # there, and no task that could be read


def _ran(path: str, name: str, told: bytes, folder: str) -> Iterator[str]:
    """Run one program, and give what it says; raises TmError when it fails, or does not end in time."""
    import subprocess
    import tempfile

    if not os.access(path, os.X_OK):
        raise TmError(f"{path} is not executable", f"chmod +x it, or move it out of {os.path.dirname(path)}")
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:  # files never fill up, as pipes do
        given.write(told)
        given.seek(0)
        try:
            running = subprocess.Popen(
                [path],
                cwd=folder,
                env={**os.environ, VARIABLE: name},
                stdin=given,
                stdout=said,
                stderr=said,
                start_new_session=sys.platform != "win32",
            )
        except OSError as error:
            raise TmError(
                f"cannot run {path}: {error.strerror}", "does its first line name its interpreter?"
            ) from error
        try:
            code = running.wait(SECONDS)
        except subprocess.TimeoutExpired:
            _kill(running)
            raise TmError(f"{name} did not end within {SECONDS:g} seconds: {path}", "it was stopped") from None
        except BaseException:
            _kill(running)
            raise
        said.seek(0)
        words = _clean(said.read(4 * _MOST).decode("utf-8", "replace"))
    if code:
        raise TmError(f"{name}: {words or f'exit code {code}'}", f"nothing was changed; that is {path} speaking")
    if words:
        yield f"{name}: {words}"


def _kill(running: Any) -> None:
    """End a program and all that it started."""
    if sys.platform == "win32":
        running.kill()
    else:
        import signal

        os.killpg(running.pid, signal.SIGKILL)
    running.wait()


def _clean(text: str) -> str:
    """Give words without what a terminal would obey."""
    lines = ("".join(sign for sign in line.expandtabs() if sign.isprintable()).rstrip() for line in text.split("\n"))
    return "\n".join(filter(None, lines))[:_MOST]
