"""The words of a commit: subject, a line a task, trailers; pure but for chance and the actor's name."""

from __future__ import annotations

from tmfiles import codec
from tmfiles.errors import TmError
from tmfiles.task import UNSAFE
from tmfiles.workspace.record import INLINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmfiles.workspace.edit import Change
    from tmfiles.workspace.place import Workspace

_WIDTH = 72
_UNSAFE = {code: None for code in UNSAFE if code not in (9, 10)}


def message(
    workspace: Workspace,
    op: str,
    changes: Sequence[Change],
    *,
    actor: str = "",
    verb: str = "",
    subject: str = "",
    suffix: str = "",
    trailers: Sequence[tuple[str, str]] = (),
) -> str:
    """Word a commit: a subject of at most 72 characters, a line a task when there are several, trailers.

    `verb` is the subject's word for `op` where that is no command; `subject` replaces what is made from it
    and the tasks; its further lines become the body.
    """
    tasks = [change for change in changes if change.id]
    # Where tasks come or go, the commit is about those; links cut in others are told in the body.
    moved = [change for change in tasks if change.old is None or change.new is None]
    if op in ("complete", "update", "place"):  # of what repeats, the next one is made along with it
        moved = [change for change in tasks if change not in moved]
    told = {change.id: change for change in moved or tasks}
    also = [change.id for change in tasks if change.id not in told]
    lines = [f"{task_id} {_title(change)}".rstrip() for task_id, change in list(told.items())[:INLINE]]
    head, body = f"tm: {verb or op}", ""
    if len(told) == 1:
        head += f" {lines[0]}"
    elif told:
        head += f" {len(told)} tasks"
        body = "\n".join(lines + ([f"and {len(told) - INLINE} more"] if len(told) > INLINE else []))
    if also:
        body = f"{body}\n\nChanged along with it: {', '.join(also[:INLINE])}".strip()
    if subject:
        head, _, rest = subject.strip().partition("\n")
        body = rest.strip() or body
    else:
        head = cut(head.rstrip(), _WIDTH - len(suffix)) + suffix
    tail = [
        ("Tm-Id", workspace.random_bytes(8).hex()),
        ("Tm-Op", op),
        ("Tm-Actor", workspace.actor(actor)),
        *trailers,
    ]
    parts = (head, body, "\n".join(f"{k}: {v}" for k, v in tail))
    return "\n\n".join(part for part in parts if part).translate(_UNSAFE) + "\n"


def cut(text: str, width: int = _WIDTH) -> str:
    """Give a text that a subject has room for."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def _title(change: Change) -> str:
    """Give a task's title on one line; empty when the file cannot be read as a task."""
    try:
        doc = codec.loads(change.new or change.old or b"")
    except TmError:
        return ""
    return " ".join(str(doc.get("title", "")).split())
