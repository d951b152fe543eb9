"""A file of the store as text, for who keeps what is typed elsewhere: read, judged, and written whole or not at all."""

from __future__ import annotations

from collections import namedtuple

from tmfiles.actions import meanwhile
from tmfiles.errors import TmError
from tmfiles.store import CONFIG, FOLDER, is_task
from tmfiles.workspace import edit
from tmfiles.workspace.parse import entry
from tmfiles.workspace.write import How, Order, Outcome, rehearse, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tmfiles.errors import Problem
    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit


class Text(namedtuple("Text", "path data problems")):
    """A file below `.tasks/`, which may be no task: its bytes, and what is wrong in it."""

    __slots__ = ()

    path: str
    data: bytes
    problems: Sequence[Problem]


class ClashError(TmError):
    """A text that another changed meanwhile: what it is `now`, and `kept`, mine with what changed there alone."""

    def __init__(self, path: str, now: bytes, kept: bytes, words: Sequence[str]) -> None:
        super().__init__(
            f"{FOLDER}/{path} was changed by another meanwhile",
            "what you save next counts; nothing was changed so far",
            "race",
        )
        self.now = now
        self.kept = kept
        self.words = tuple(words)


def read(workspace: Workspace, path: str) -> Text:
    """Give a file's text; raises TmError (`not_found`) for what is neither a task's file nor the settings."""
    view = workspace.read()
    _refuse_others(view, path)
    data = edit.bytes_of(workspace.store, path)
    if data is None:
        raise TmError(f"there is no {FOLDER}/{path}", "it was deleted, or moved", "not_found")
    return Text(path, data, view.problems_of(path))


def save(workspace: Workspace, path: str, base: bytes, typed: bytes, how: How = How()) -> Outcome:
    """Give a file what was made of `base`, with what changed in it meanwhile where the two can be put together.

    Raises ClashError where they cannot, and TmError with every problem and its line; then nothing was changed.
    """
    return write(workspace, Order("edit", how), _plan(workspace, path, base, typed))


def judge(workspace: Workspace, path: str, base: bytes, typed: bytes) -> list[Problem]:
    """Give the warnings that a text would be saved with; raises as `save` does, and writes nothing."""
    rehearse(workspace, Order("edit"), _plan(workspace, path, base, typed))
    if not is_task(path):
        return []
    return list(entry(path, typed, b"", workspace.view().config).problems)


def _plan(workspace: Workspace, path: str, base: bytes, typed: bytes) -> Callable[[View], list[Edit]]:
    def plan(view: View) -> list[Edit]:
        _refuse_others(view, path)
        now = edit.bytes_of(workspace.store, path)
        if now is None:
            raise TmError(f"{FOLDER}/{path} was deleted meanwhile", "what was typed is not lost: copy it", "race")
        if now in (base, typed):
            return [edit.mend(path, typed)]
        text, words = meanwhile.merged(base, typed, now)
        if text is None:
            raise ClashError(path, now, meanwhile.kept(base, typed, now), words)
        return [edit.mend(path, text)]

    return plan


def _refuse_others(view: View, path: str) -> None:
    """Let nothing through but what the scan of the store has found: no path of a request names another file."""
    if path != CONFIG and not (is_task(path) and path in view.index.paths()):
        raise TmError(f"there is no {FOLDER}/{path}", "the files with problems: tm check", "not_found")
