"""What changed between two states of the store, by task and field; a state is a commit, a date, or the files."""

from __future__ import annotations

from tmfiles.errors import TmError
from tmfiles.git import differences, objects
from tmfiles.git.repository import head
from tmfiles.history import walk
from tmfiles.history.events import Told, compared
from tmfiles.store import id_of, is_task
from tmfiles.workspace.edit import bytes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tmfiles.workspace import Workspace


def diff(workspace: Workspace, states: str = "") -> list[Told]:
    """Give the tasks that differ between two states `OLD..NEW`, by id.

    Without `NEW` it is the files as they are; without either, HEAD and the files. An end of `..` that is left
    out means HEAD.
    """
    found = walk.repository(workspace)
    old, dots, new = states.partition("..")
    if new.startswith("."):
        raise TmError(f"{states!r} has three dots", f"two states are OLD..NEW: tm diff {old}..{new[1:]}", "usage")
    unborn = not old and not head(found).commit
    before = differences.empty_tree(found) if unborn else walk.revision(workspace, old or "HEAD")
    top, folder = workspace.repository_path(""), walk.folder(workspace)
    if dots:
        after = walk.revision(workspace, new or "HEAD")
        paths = list(differences.between(found, before, after, folder))
        versions = dict(zip(paths, objects.read(found, [f"{after}:{path}" for path in paths]), strict=True))
    else:
        paths = sorted(differences.work_tree(found, before, folder))
        versions = {path: bytes_of(workspace.store, path[len(top) :]) for path in paths}
    earlier = objects.read(found, [f"{before}:{path}" for path in paths])
    return _paired({path[len(top) :]: (data, versions[path]) for path, data in zip(paths, earlier, strict=True)})


def _paired(files: Mapping[str, tuple[bytes | None, bytes | None]]) -> list[Told]:
    """Bring together what one task's file was and is, wherever it lay."""
    names = sorted({id_of(path) for path in files if is_task(path)})
    was = _first((path, old) for path, (old, _) in files.items())
    now = _first((path, new) for path, (_, new) in files.items())
    nothing = ("", None)
    told = [compared(name, *was.get(name, nothing), *now.get(name, nothing)) for name in names]
    return [one for one in told if one.before != one.after or one.earlier]


def _first(files: Iterable[tuple[str, bytes | None]]) -> dict[str, tuple[str, bytes]]:
    found: dict[str, tuple[str, bytes]] = {}
    for path, data in files:
        if data is not None and is_task(path):
            found.setdefault(id_of(path), (path, data))
    return found
