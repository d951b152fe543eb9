"""What becomes of one task that two sides changed, moved, deleted or made; reads and writes nothing."""

from __future__ import annotations

from collections import namedtuple

from tmfiles import codec, merge
from tmfiles.errors import TmError
from tmfiles.rules import file_problems
from tmfiles.task import ARCHIVE, CLOSED, LINKS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from tmfiles.merge import Merged, Settled

# The code of the refusal where one id names two tasks.
TWINS = "twins"


class Version(namedtuple("Version", "path data")):
    """A task's file on one side: its path below the store folder, and its bytes."""

    __slots__ = ()

    path: str
    data: bytes


class Verdict(namedtuple("Verdict", "id path data how fields", defaults=((),))):
    """What a task is to be: where and with which bytes, why so in words, and what both sides had changed."""

    __slots__ = ()

    id: str
    path: str
    data: bytes
    how: str
    fields: tuple[Settled, ...]


def settle(base: bytes, ours: bytes, theirs: bytes, path: str) -> tuple[bytes, Merged]:
    """Merge two valid versions of a task file; `base` is empty where both sides made it.

    Raises TmError where one is not valid, or (code `twins`) where the sides made different tasks under one id.
    """
    docs = [_valid(data, path) for data in (ours, theirs)]
    if base:
        _valid(base, path)
    elif not merge.same_task(*docs):
        raise TmError("the sides made two tasks under one id", "tm resolve gives one of them a new id", TWINS)
    return codec.merged(base, ours, theirs, path)


def retitled(base: bytes, ours: bytes, theirs: bytes, path: str) -> bool:
    """Tell whether a side has another title than the beginning: so has another task that Git took for this one.

    Where one side deletes a task and adds one with nearly the same text, Git takes it for moved. Raises TmError
    where a version cannot be read.
    """
    if not base:
        return False
    was, *titles = (codec.loads(data, path).get("title") for data in (base, ours, theirs))
    return any(title != was for title in titles)


def _valid(data: bytes, path: str) -> dict[str, Any]:
    doc = codec.loads(data, path)
    # Which types there are besides tm's own is for the store's settings to say, and they are not at hand.
    wrong = [one for one in file_problems(doc, path, data) if one.severity == "error" and one.rule != "type"]
    if wrong:
        raise TmError(str(wrong[0]), "correct the file by hand", "invalid", wrong)
    return doc


def verdicts(
    task_id: str, base: Version | None, ours: Version | None, theirs: Version | None, new_id: Callable[[], str]
) -> list[Verdict]:
    """Say what becomes of one id: one task, none where nobody has it, two where the sides made two.

    Raises TmError where a version is no valid task: that is for a person to settle.
    """
    if ours is None or theirs is None:
        one = ours or theirs
        if one is None:
            return []
        _valid(one.data, one.path)
        how = "changed on one side, deleted on the other: the change stays" if base else "added on one side"
        return [Verdict(task_id, _placed(one.path, one, base), one.data, how)]
    path = _path(base, ours, theirs)
    try:
        data, merged = settle(base.data if base else b"", ours.data, theirs.data, path)
    except TmError as error:
        if error.code != TWINS:
            raise
        return _two(task_id, ours, theirs, new_id())
    how = "merged field by field" if ours.path == theirs.path else "moved on one side, changed on the other"
    return [Verdict(task_id, _placed(path, Version(path, data), base), data, how, merged.settled)]


def _two(task_id: str, ours: Version, theirs: Version, other: str) -> list[Verdict]:
    """Let the lesser keep the id, and give the other one a new id."""
    keeps, leaves = sorted((ours, theirs), key=lambda one: (one.data, one.path))
    folder = leaves.path.rpartition("/")[0]
    path = f"{folder}/{other}.yaml" if folder else f"{other}.yaml"
    return [
        Verdict(task_id, keeps.path, keeps.data, f"two tasks under one id: the other one is {other} now"),
        Verdict(other, path, leaves.data, f"two tasks under one id: it was {task_id}"),
    ]


def renamed(before: bytes | None, after: bytes | None, now: bytes, old: str, new: str, path: str) -> bytes | None:
    """Let what one side said of a task (it has `after`, the other side `before`) name that task's new id.

    Gives the bytes that stand for `now`, None where nothing is to change.
    """
    try:
        was, has, doc = (codec.loads(data) if data else {} for data in (before, after, now))
        changes = {}
        for key in LINKS:
            if not _names(has, key, old) or _names(was, key, old) or not _names(doc, key, old):
                continue
            value = doc[key]
            changes[key] = new if value == old else sorted({new if one == old else one for one in value})
        return codec.patch(now, changes, path) if changes else None
    except TmError:
        return None


def _names(doc: Mapping[str, object], key: str, task_id: str) -> bool:
    value = doc.get(key)
    return value == task_id or (isinstance(value, list) and task_id in value)


def _path(base: Version | None, ours: Version, theirs: Version) -> str:
    """Give where a task lies: moved on one side, there; moved on both, the greater path."""
    if base is not None and base.path in (ours.path, theirs.path):
        return theirs.path if ours.path == base.path else ours.path
    return max(ours.path, theirs.path)


def _placed(path: str, version: Version, base: Version | None) -> str:
    """Keep an open task out of the archive."""
    status = codec.loads(version.data, path).get("status", "pending")
    if not path.startswith(ARCHIVE) or status in CLOSED:
        return path
    if base is not None and not base.path.startswith(ARCHIVE):
        return base.path
    return path.rpartition("/")[2]


def sides_of(data: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Take a text with git's markers apart: base, ours, theirs; None where the markers make no sense.

    Without the base's own lines between the markers, the lines that both sides share stand for it.
    """
    texts: list[list[bytes]] = [[], [], []]
    into, had_base = -1, False
    for line in data.splitlines(keepends=True):
        mark = line[:7]
        if mark == b"<<<<<<<" and into < 0:
            into = 1
        elif mark == b"|||||||" and into == 1:
            into, had_base = 0, True
        elif mark == b"=======" and into in (0, 1) and not line.strip().strip(b"="):
            into = 2
        elif mark == b">>>>>>>" and into == 2:
            into = -1
        elif into < 0:
            for text in texts:
                text.append(line)
        else:
            texts[into].append(line)
    if into >= 0:
        return None
    base, ours, theirs = (b"".join(text) for text in texts)
    return (base if had_base or _readable(base) else b""), ours, theirs


def _readable(data: bytes) -> bool:
    try:
        _valid(data, "")
    except TmError:
        return False
    return True
