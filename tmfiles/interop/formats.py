"""Which formats there are to bring tasks in and to take them out, and which module knows each; loads none of them."""

from __future__ import annotations

from collections import namedtuple
from importlib import import_module
from importlib.util import find_spec

from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tmfiles.interop.imported import Import


class Format(namedtuple("Format", "name module folder reads writes extra", defaults=(False, True, False, ""))):
    """One format: its name on the command line, and the module that has `convert` and, where it `writes`, `written`.

    `convert(lines, path)` reads bytes; of a `folder`, `convert(path)` reads that. `written(tasks)` gives the bytes
    for documents by id; of a folder, the bytes of each file by its path there. `extra` is what must be installed
    for it: a package and the extra that brings it, if they differ with a colon between.
    """

    __slots__ = ()

    name: str
    module: str
    folder: bool
    reads: bool
    writes: bool
    extra: str


# What tm itself writes as text, without knowing of another program, is in `render/exports`.
FORMATS = {
    one.name: one
    for one in (
        Format("tasks", "tasks"),
        Format("csv", "spreadsheet"),
        Format("markdown", "checklist"),
        Format("beads", "beads", writes=True),
        Format("task-orchestrator", "orchestrator", folder=True),
        Format("github", "github"),
        Format("taskwarrior", "taskwarrior", writes=True),
        Format("backlog", "backlog", folder=True, writes=True),
        Format("icalendar", "ical", writes=True, extra="icalendar:ical"),
        Format("ticket", "ticket", folder=True, writes=True),
        Format("dstask", "dstask", folder=True, writes=True),
        Format("task-master", "taskmaster", writes=True),
    )
}
READ = tuple(one.name for one in FORMATS.values() if one.reads)
WRITTEN = tuple(one.name for one in FORMATS.values() if one.writes)


def read(name: str, data: bytes, path: str) -> Import:
    """Convert a file's bytes, or the folder `path`, all or nothing."""
    module = _loaded(name)
    found: Import = module.convert(path) if FORMATS[name].folder else module.convert(data.splitlines(True), path)
    return found


def written(name: str, tasks: Mapping[str, dict[str, Any]]) -> bytes | dict[str, bytes]:
    """Write documents by id in a format: a file's bytes, or those of each file of a folder."""
    found: bytes | dict[str, bytes] = _loaded(name).written(tasks)
    return found


def _loaded(name: str) -> Any:
    package, _, extra = FORMATS[name].extra.partition(":")
    if package and find_spec(package) is None:
        what = f"the format {name} needs the package {package}, which is not installed"
        raise TmError(what, f"install it: pip install 'tmfiles[{extra or package}]'", "usage")
    return import_module(f"tmfiles.interop.{FORMATS[name].module}")
