"""What a store needs so that Git merges its tasks by their fields: attributes, and the driver in the clone."""

from __future__ import annotations

from tmfiles.git import driver
from tmfiles.store import FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.workspace import Workspace

ATTRIBUTES = ".gitattributes"
RULES = b"*.yaml merge=tm text eol=lf\n/config.yaml !merge\n/templates/** !merge\n"
# What stores were made with before tasks had a merge of their own.
_EARLIER = b"*.yaml text eol=lf\n"


def attributes(old: bytes | None) -> bytes:
    """Give what `.gitattributes` should hold; what people wrote stays, and goes before what is ours."""
    if old is None or old == _EARLIER:
        return RULES
    return old if b"merge=tm" in old else RULES + old


def missing(workspace: Workspace) -> str:
    """Say in a line why Git would not merge tasks by their fields in this clone; '' when it would."""
    if workspace.repository is None:
        return ""
    command = driver.current(workspace.repository)
    if not command:
        return "this clone merges tasks by lines: tm-merge is not set in its Git configuration"
    if driver.foreign(command):
        return f"{driver.KEY} is {command!r}, which is none of tm's"
    try:
        there = workspace.store.read(ATTRIBUTES)
    except OSError:
        there = b""
    return "" if b"merge=tm" in there else f"{FOLDER}/{ATTRIBUTES} does not name the merge driver"


def is_foreign(workspace: Workspace) -> bool:
    """Tell whether a driver is set that is none of ours."""
    return workspace.repository is not None and driver.foreign(driver.current(workspace.repository))


def set_up(workspace: Workspace) -> tuple[str, ...]:
    """Set the driver in this clone's Git configuration, and say so; nothing where it is set already."""
    if workspace.repository is None:
        return ()
    command = driver.current(workspace.repository)
    if driver.foreign(command):
        return (f"left as it is: {driver.KEY} is {command!r}, so tasks are merged by that",)
    if command == driver.wanted():
        return ()
    driver.install(workspace.repository)
    return ("Git merges tasks field by field from now on: merge.tm is set in this clone's configuration",)
