"""The command wizard: tasks made by answers, from a person or a pipe; nothing waits for a terminal that is none."""

from __future__ import annotations

import json as json_
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tmfiles import dates
from tmfiles.actions.plans import plan
from tmfiles.actions.quick import quick as parsed
from tmfiles.cli import options as o
from tmfiles.cli import streams
from tmfiles.cli.batch import report
from tmfiles.cli.session import Session, words
from tmfiles.errors import TmError
from tmfiles.query import unknown
from tmfiles.task import PRIORITIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tmfiles.workspace import Workspace

    Read = Callable[[Workspace, str], Any]

_TITLE = "What is to be done? (#tag @name !priority ^ID due:friday may stand in it)"


def wizard(
    context: typer.Context,
    quick: Annotated[bool, typer.Option("--quick", help="A line a task, and no other question.")] = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Make tasks by answering questions.

    Answers may be piped in, a line each; where they end, so do the questions. All is made in one commit.

    tm wizard --quick
    """
    session: Session = context.obj
    workspace = session.workspace()
    asking = _Asking(session, workspace)
    tasks = _lines(asking) if quick else _talk(asking)
    if not tasks:
        raise TmError("nothing was said, and no task was made", 'for example: tm add "Write the docs"', "usage")
    if asking.person and not asking.agreed(f"Make {len(tasks)} task{'s' if len(tasks) > 1 else ''}?", usual=True):
        raise TmError("no task was made", "to begin again: tm wizard")
    data = json_.dumps({"tasks": tasks}).encode()
    report(session, plan(workspace, data, session.how(no_commit, message), path="your answers"), json=json)


class _Asking:
    """Asks one question after the other on standard error, and reads a line for each."""

    def __init__(self, session: Session, workspace: Workspace) -> None:
        self.session = session
        self.workspace = workspace
        self.person = sys.stdin is not None and sys.stdin.isatty()
        self.over = sys.stdin is None

    def line(self, question: str) -> str:
        """Give one answer; nothing where there are no more."""
        if self.over:
            return ""
        if self.person:
            streams.say(f"{question} ")
        text = streams.heard(sys.stdin.readline)
        self.over = not text
        return " ".join(text.split())

    def value(self, question: str, read: Read) -> Any:
        """Give what an answer means; a person who slips is asked again."""
        while text := self.line(question):
            try:
                return read(self.workspace, text)
            except TmError as error:
                if not self.person:
                    raise
                streams.say(f"{error.message}: {error.hint}\n")
        return None

    def agreed(self, question: str, *, usual: bool = False) -> bool:
        """Tell whether the answer is yes; `usual` is what no answer means."""
        answer = self.line(f"{question} [{'Y/n' if usual else 'y/N'}]").lower()
        return usual if not answer and not self.over else answer in ("y", "yes")


def _lines(asking: _Asking) -> list[dict[str, Any]]:
    """Read a task from each line, up to an empty one."""
    found = []
    while given := asking.value("Task (an empty line ends):", _quick):
        found.append(given)
    return found


def _talk(asking: _Asking) -> list[dict[str, Any]]:
    """Ask for a task, and for those that come after it, each waiting for the one before."""
    found: list[dict[str, Any]] = []
    while given := asking.value(_TITLE, _quick):
        given["name"] = f"task-{len(found) + 1}"
        if found:
            given["depends_on"] = [*given.get("depends_on", ()), found[-1]["name"]]
        for key, question, read in _QUESTIONS:
            if key not in given and (value := asking.value(question, read)):
                given[key] = value
        while text := asking.line("What must hold when it is done? (one a line; an empty one ends)"):
            given.setdefault("criteria", []).append(text)
        found.append(given)
        if not asking.agreed("Is there a task that comes after it?"):
            break
    return found


def _quick(workspace: Workspace, text: str) -> dict[str, Any]:
    title, fields = parsed(text)
    if not title:
        raise TmError("the title is blank", "say what is to be done", "usage")
    if fields.get("due"):
        _day(workspace, fields["due"])
    for one in fields.get("depends_on", ()):
        workspace.view().resolve(one)
    return {
        "title": title,
        **fields,
        **({"priority": _priority(workspace, fields["priority"])} if "priority" in fields else {}),
    }


def _text(_workspace: Workspace, text: str) -> str:
    return text


def _priority(_workspace: Workspace, text: str) -> str:
    if text.lower() not in PRIORITIES:
        raise unknown("priority", text, PRIORITIES)
    return text.lower()


def _day(workspace: Workspace, text: str) -> str:
    return dates.due(text, workspace.now())


def _ids(workspace: Workspace, text: str) -> list[str]:
    return [workspace.view().resolve(one) for one in words([",".join(text.split())])]


# The field, what is asked for it, and how the answer is read.
_QUESTIONS: tuple[tuple[str, str, Read], ...] = (
    ("description", "Why, and what exactly?", _text),
    ("priority", "How urgent? (critical, high, medium, low)", _priority),
    ("assignee", "Who is to do it?", _text),
    ("due", "Until when? (2026-12-01, friday, +3d)", _day),
    ("depends_on", "What must be done first? (ids)", _ids),
)
