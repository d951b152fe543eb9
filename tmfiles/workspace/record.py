"""The pending record: what an unfinished write was about to do, so that the next writer can finish it."""

from __future__ import annotations

import base64
import json
import os
from collections import namedtuple
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from tmfiles.git.repository import Head
    from tmfiles.workspace.edit import Change

# Up to here the record carries the contents; above it they are in the commit, which is written first.
INLINE = 100
# In place of a commit that is still to be made, by `git commit` and its hooks.
HOOKED = "hooks"


class Record(namedtuple("Record", "what commit parent branch files before")):
    """An unfinished write.

    `before` names the commit that has the files' bytes before the write.
    `commit` is the commit that was prepared on `parent`, `HOOKED`, or empty where nothing is committed.
    `files` are dicts of path, of what Git's index held (`staged`: a blob's id or None), and of the bytes before
    and after (`old`, `new`: bytes, None, or absent where the commit has them) with their digests in hexadecimal
    (`old_digest`, `new_digest`: empty for no file).
    """

    __slots__ = ()

    what: str
    commit: str
    parent: str
    branch: str
    files: list[dict[str, Any]]
    before: str


def _path(folder: str) -> str:
    return os.path.join(folder, "pending")


def keep(
    folder: str,
    what: str,
    changes: Sequence[Change],
    commit: str,
    here: Head,
    staged: Sequence[str | None],
    before: str = "",
) -> None:
    """Write the record whole, or not at all; `here` is HEAD, `staged` what the index holds. Raises OSError.

    `before` is the commit with the earlier bytes, where that is not the first parent of `commit`.
    """
    from tmfiles.workspace.refresh import digest_of

    inline = commit in ("", HOOKED) or len(changes) <= INLINE

    def side(data: bytes | None) -> str | None:
        return None if data is None else base64.b64encode(data).decode("ascii")

    files = []
    for at, change in enumerate(changes):
        file: dict[str, Any] = {
            "path": change.path,
            "old_digest": "" if change.old is None else digest_of(change.old).hex(),
            "new_digest": "" if change.new is None else digest_of(change.new).hex(),
        }
        if staged:
            file["staged"] = staged[at]
        if inline:
            file |= {"old": side(change.old), "new": side(change.new)}
        files.append(file)
    place = {"parent": here.commit or "", "branch": here.branch or ""}
    place["before"] = before or f"{commit}^"
    text = json.dumps({"version": 1, "what": what, "commit": commit, **place, "files": files})
    temporary = _path(folder) + "~"
    with open(temporary, "w", encoding="ascii") as file_:
        file_.write(text)
        file_.flush()
        os.fsync(file_.fileno())
    os.replace(temporary, _path(folder))


def load(folder: str) -> Record | None:
    """Give the record an unfinished write left, if there is one."""
    try:
        with open(_path(folder), encoding="ascii") as file:
            data = json.load(file)
        for each in data["files"]:
            for side in ("old", "new"):
                if each.get(side) is not None:
                    each[side] = base64.b64decode(each[side])
        before = data.get("before") or f"{data['commit']}^"
        return Record(data["what"], data["commit"], data["parent"], data["branch"], data["files"], before)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        # Records are renamed into place whole: this one is not ours, and nothing hangs on it.
        return None


def drop(folder: str) -> None:
    """Remove the record: the write is finished or put back."""
    with suppress(FileNotFoundError):
        os.unlink(_path(folder))
