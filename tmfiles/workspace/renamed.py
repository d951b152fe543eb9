"""Which ids tasks had before they were given others: a line an id in a file of the store; renames nothing."""

from __future__ import annotations

from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# No task's file, as no dot file is: no command takes it for one.
PATH = ".renamed"
_HEAD = "# Ids that tasks had before, and what they were renamed to.\n"


def table(read: Callable[[str], bytes]) -> dict[str, str]:
    """Give the new id of each id that was renamed, as the store's file says; lines that make no sense are left out."""
    lines: list[str] = []
    with suppress(OSError):
        lines = read(PATH).decode("utf-8", "replace").splitlines()
    found = (line.split() for line in lines if not line.startswith("#"))
    return {words[0]: words[1] for words in found if len(words) == 2}


def written(ids: Mapping[str, str]) -> bytes:
    """Write the table, in order, so that two who add to it mostly add to different places."""
    return (_HEAD + "".join(f"{old} {new}\n" for old, new in sorted(ids.items()))).encode()


def together(one: bytes, other: bytes) -> bytes:
    """Give the table of two clones: the lines of both; of two new ids for one, the greater."""
    first, second = (table(lambda _path, data=data: data) for data in sorted((one, other)))  # type: ignore[misc]
    return written({old: max(first.get(old, ""), second.get(old, "")) for old in first | second})


def now_called(ids: Mapping[str, str], task_id: str) -> str:
    """Give what a task is called now that was called so once; empty where none was."""
    seen = {task_id}
    while (task_id := ids.get(task_id, "")) in ids and task_id not in seen:
        seen.add(task_id)
    return "" if task_id in seen else task_id


def before(ids: Mapping[str, str], task_id: str) -> list[str]:
    """Give the ids that a task had before."""
    return [old for old in ids if now_called(ids, old) == task_id and old != task_id]
