"""What version of a task somebody has seen: its mark, and the refusal to change another one."""

from __future__ import annotations

from tmfiles.errors import TmError
from tmfiles.workspace.refresh import digest_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmfiles.workspace.view import View

# Characters of a digest: too few to be found by chance, and none that a header cannot bear.
_LENGTH = 24


class UnseenError(TmError):
    """A task is not what whoever wants to change it has seen."""

    def __init__(self, task_id: str, marks: Sequence[str]) -> None:
        super().__init__(f"{task_id} was changed meanwhile", "look at it as it is now, then try again", "race")
        self.id = task_id
        self.marks = tuple(marks)


def mark(view: View, task_id: str) -> str:
    """Give the mark of a task's file as it is now, which every other byte in it would change; "" for no one file."""
    files = view.index.files(task_id)
    return _mark(view.index.digest(files[0][0]) or b"") if len(files) == 1 else ""


def mark_of(data: bytes) -> str:
    """Give the mark of a file with these bytes."""
    return _mark(digest_of(data))


def _mark(digest: bytes) -> str:
    return digest.hex()[:_LENGTH]


def refuse_unseen(view: View, seen: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Refuse to go on where one of the tasks has none of the marks that were seen; raises UnseenError."""
    for task_id, marks in seen:
        if mark(view, task_id) not in marks:
            raise UnseenError(task_id, marks)
