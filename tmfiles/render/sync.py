"""What a meeting with the remote came to, as text or document; pure."""

from __future__ import annotations

from tmfiles.render import resolve
from tmfiles.render.text import line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tmfiles.sync import Synced

# So many tasks are named; the document has them all.
_NAMED = 10


def text(result: Synced, *, dry_run: bool) -> str:
    """Give a line for what came and one for what went, then what was settled, lost and wrong."""
    get, send = ("would get", "would send") if dry_run else ("got", "sent")
    rows = []
    if result.received:
        rows.append(f"{get} {_commits(result.received)} from {result.upstream}{_tasks(result)}")
    rows += [row for one in result.settled for row in resolve.verdict(one)]
    rows += [f"{task_id}  was claimed by {line(holder)} first: your claim gave way" for task_id, holder in result.lost]
    if result.sent:
        rows.append(f"{send} {_commits(result.sent)} to {result.upstream}")
    if not rows:
        rows.append(f"in step with {result.upstream}")
    rows += [row for one in result.troubles for row in resolve.trouble(one)]
    return "\n".join(rows) + "\n"


def _commits(count: int) -> str:
    return f"{count} commit{'s' if count != 1 else ''}"


def _tasks(result: Synced) -> str:
    if not result.tasks:
        return ""
    more = f" and {len(result.tasks) - _NAMED} more" if len(result.tasks) > _NAMED else ""
    return f": {', '.join(result.tasks[:_NAMED])}{more}"


def document(result: Synced, *, dry_run: bool) -> dict[str, Any]:
    """Give the whole result as an object."""
    return {
        "upstream": result.upstream,
        "dry_run": dry_run,
        "received": result.received,
        "sent": result.sent,
        "tasks": list(result.tasks),
        "settled": [resolve.settled(one) for one in result.settled],
        "lost": [{"id": task_id, "by": holder} for task_id, holder in result.lost],
        "troubles": [resolve.plain_trouble(one) for one in result.troubles],
        "tries": result.tries,
    }
