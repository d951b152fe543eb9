"""What coding agents are given to know of the store: the files that each reads, and the changes to them."""

from __future__ import annotations

import os
from collections import namedtuple
from contextlib import suppress

from tmfiles.actions.editors import text_of
from tmfiles.actions.insertions import Entry, Section, Whole
from tmfiles.actions.instructions import WORKFLOW
from tmfiles.errors import TmError
from tmfiles.query import unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmfiles.workspace import Workspace

    Part = Section | Whole | Entry

_INTRO = "The tasks of this repository are files in `.tasks/`, kept by `tm`. `tm prime` tells how they stand.\n"
_SECTION = f"## Tasks\n\n{_INTRO}\n{WORKFLOW}"
_SKILL = f"""\
---
name: tm
description: The tasks of this repository. Use to find, take, record and finish work, and to note work for later.
---

{_INTRO}
{WORKFLOW}"""
_RULE = f"""\
---
description: How to work with the tasks of this repository
alwaysApply: true
---

{_INTRO}
{WORKFLOW}"""
_SERVER = {"command": "tm", "args": ["mcp"]}
_TOML = '[mcp_servers.tm]\ncommand = "tm"\nargs = ["mcp"]\n'
_START = {"hooks": [{"type": "command", "command": "tm prime"}]}
# Claude Code takes exit code 2 as "not done yet", and gives the agent what is on standard error.
_DONE_WORDS = "if [ -d .tasks ]; then tm check -q >&2; [ $? -ne 1 ] || exit 2; fi"
_DONE = {"hooks": [{"type": "command", "command": _DONE_WORDS}]}


class Tool(namedtuple("Tool", "parts server")):
    """What a coding agent reads of its own accord, and where it is told of a server."""

    __slots__ = ()

    parts: tuple[Part, ...]
    server: tuple[Part, ...]


TOOLS = {
    "agents": Tool((Section("AGENTS.md", _SECTION),), ()),
    "claude": Tool(
        (
            Section("CLAUDE.md", f"## Tasks\n\n{_INTRO}"),
            Whole(".claude/skills/tm/SKILL.md", _SKILL),
            Entry(".claude/settings.json", ("hooks", "SessionStart"), "", _START),
            Entry(".claude/settings.json", ("hooks", "TaskCompleted"), "", _DONE),
        ),
        (Entry(".mcp.json", ("mcpServers",), "tm", _SERVER),),
    ),
    "codex": Tool((Section("AGENTS.md", _SECTION),), (Section(".codex/config.toml", _TOML, ("# ", "")),)),
    "copilot": Tool(
        (Section(".github/copilot-instructions.md", _SECTION),),
        (Entry(".vscode/mcp.json", ("servers",), "tm", _SERVER),),
    ),
    "cursor": Tool(
        (Whole(".cursor/rules/tm.mdc", _RULE),),
        (Entry(".cursor/mcp.json", ("mcpServers",), "tm", _SERVER),),
    ),
    "gemini": Tool(
        (Section("GEMINI.md", _SECTION),),
        (Entry(".gemini/settings.json", ("mcpServers",), "tm", _SERVER),),
    ),
}


class Change(namedtuple("Change", "path place before after")):
    """One file of the project, where it really lies, and its text now and then; None for no file."""

    __slots__ = ()

    path: str
    place: str
    before: str | None
    after: str | None


def planned(workspace: Workspace, name: str, *, server: bool = False, remove: bool = False) -> list[Change]:
    """Give what is to change so that a coding agent knows the store, or knows of it no more.

    `server` tells it of `tm mcp` too; what is removed, is removed with that. Raises TmError for a file that leads
    out of the project, cannot be read, or holds a part of ours that a person has changed.
    """
    if name not in TOOLS:
        raise unknown("tool", name, tuple(TOOLS))
    tool = TOOLS[name]
    changes: dict[str, Change] = {}
    parts = (*tool.parts, *(tool.server if server or remove else ()))
    # What went into a file last comes out first: what is left is then as it was before.
    for part in reversed(parts) if remove else parts:
        if part.path not in changes:
            place = _place(workspace.root, part.path)
            before = text_of(place, part.path)
            changes[part.path] = Change(part.path, place, before, before)
        one = changes[part.path]
        changes[part.path] = one._replace(after=part.take(one.after) if remove else part.put(one.after))
    in_order = (changes[path] for path in dict.fromkeys(part.path for part in parts))
    return [one for one in in_order if one.before != one.after]


def carry_out(workspace: Workspace, changes: Sequence[Change]) -> None:
    """Write the files, each whole, and delete those that were ours alone, with the folders that are empty then.

    Raises TmError, before anything is written, when one has changed since it was looked at.
    """
    from tmfiles.workspace.own import replace

    for one in changes:
        if _place(workspace.root, one.path) != one.place or text_of(one.place, one.path) != one.before:
            raise TmError(f"{one.path} has changed meanwhile; nothing was written", "look again, then repeat it")
    for one in changes:
        if one.after is None:
            os.remove(one.place)
            _leave_empty(workspace.root, os.path.dirname(one.place))
            continue
        os.makedirs(os.path.dirname(one.place), exist_ok=True)
        kept = os.stat(one.place).st_mode if one.before is not None else None
        replace(one.place, one.after)
        if kept is not None:
            os.chmod(one.place, kept)


def _leave_empty(root: str, folder: str) -> None:
    """Delete a folder and those above it, below the project's own, as far as they are empty."""
    top = os.path.realpath(root)
    with suppress(OSError):
        while folder != top and folder.startswith(top + os.sep):
            os.rmdir(folder)
            folder = os.path.dirname(folder)


def _place(root: str, path: str) -> str:
    """Give where a file really lies; raises TmError where links lead out of the project."""
    top, real = os.path.realpath(root), os.path.realpath(os.path.join(root, *path.split("/")))
    if not real.startswith(top + os.sep):
        raise TmError(f"{path} leads out of the project, to {real}", "make it a file of the project's own first")
    return real
