"""What agents and people tell each other beside the journals of tasks: sent once, read by each for themselves.

A message is a file of its own below `.tasks/.messages/`: committed, so that every clone gets it, and in nobody's way.
What somebody has read is that reader's own, and in no commit.
"""

from __future__ import annotations

import json
from collections import namedtuple

from tmfiles import codec, dates
from tmfiles.actions.notes import said
from tmfiles.errors import Problem, TmError
from tmfiles.store import FOLDER, names
from tmfiles.words import suggestion
from tmfiles.workspace import edit, own
from tmfiles.workspace.write import How, Order, Outcome, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

MESSAGES = ".messages"
EVERYBODY = "broadcast"
PRIORITIES = ("critical", "high", "normal", "low")
_KEYS = ("at", "from", "to", "priority", "task", "text")
_SHAPES: Mapping[str, Any] = dict.fromkeys(_KEYS, "str")


class Letter(namedtuple("Letter", "name at sender to priority task text")):
    """One message; `task` is the id of the one it is about, or empty."""

    __slots__ = ()

    name: str
    at: str
    sender: str
    to: str
    priority: str
    task: str
    text: str


class Inbox(namedtuple("Inbox", "reader letters path place problems")):
    """What a reader is shown, and where it is noted as read then."""

    __slots__ = ()

    reader: str
    letters: tuple[Letter, ...]
    path: str
    place: str
    problems: tuple[Problem, ...]


def send(
    workspace: Workspace, to: str, text: str, how: How = How(), *, priority: str = "normal", about: str = ""
) -> Outcome:
    """Send a message to one reader, or to `broadcast`; one about a task stands in its journal, too."""
    to, words, sender = " ".join(to.split()), text.strip(), workspace.actor(how.actor)
    if not to or not words:
        what = "nobody to send it to" if not to else "the message is empty"
        raise TmError(what, 'tm agent message NAME "TEXT"; to all: tm agent message broadcast "TEXT"', "usage")
    if priority not in PRIORITIES:
        hint = f"one of: {', '.join(PRIORITIES)}"
        raise TmError(f"unknown priority {priority!r}{suggestion(priority, PRIORITIES)}", hint, "usage")
    if to.lower() == sender.lower():
        raise TmError(f"{to} is who sends it", "to keep something for yourself: tm note ID TEXT", "usage")
    at = dates.stamp(workspace.now())
    stem, chance = at.replace("-", "").replace(":", ""), workspace.random_bytes(4).hex()

    def plan(view: View) -> list[Edit]:
        doc = {"from": sender, "to": to, "at": at, "text": words}
        if priority != "normal":
            doc["priority"] = priority
        edits = []
        if about:
            task = view.task(view.resolve(about))
            doc["task"] = task.id
            edits.append(edit.change(task.id, {"journal": said(workspace, task, f"To {to}: {words}", how)}))
        # Those of one second stand in the order they were sent in.
        before = sum(one.startswith(stem) for one in names(workspace.store.folder, MESSAGES))
        name = f"{stem}-{before:03}-{chance}"
        return [*edits, edit.put(f"{MESSAGES}/{name}.yaml", file(doc))]

    subject = how.message or f"tm: message to {to}"
    return write(workspace, Order("agent", how._replace(message=subject)), plan)


def inbox(workspace: Workspace, actor: str = "", *, everything: bool = False) -> Inbox:
    """Give what was sent to an actor, or to all, by others: what it has not read, or all of it, oldest first.

    Nothing is marked as read until `seen` is called with the result.
    """
    reader = workspace.actor(actor)
    path = own.place(workspace, "readers", reader, "inbox.json")
    known = _read_before(own.load(path))
    found, wrong = letters(workspace)
    mine = [one for one in found if is_for(one, reader)]
    place = json.dumps({"version": 1, "read": sorted({one.name for one in mine})})
    shown = tuple(one for one in mine if everything or one.name not in known)
    return Inbox(reader, shown, path, place, tuple(wrong))


def seen(found: Inbox) -> None:
    """Note that a reader has read what it was shown."""
    own.replace(found.path, found.place)


def is_for(one: Letter, reader: str) -> bool:
    """Tell whether a message is for a reader, who did not send it."""
    return one.to.lower() in (reader.lower(), EVERYBODY) and one.sender.lower() != reader.lower()


def file(doc: Mapping[str, str]) -> bytes:
    """Give a message as its file has it: when, by whom, to whom, what."""
    rest = {key: value for key, value in doc.items() if key != "at"}
    return codec.patch(f"at: {doc['at']}\n".encode(), rest, MESSAGES, shapes=_SHAPES)


def letters(workspace: Workspace) -> tuple[list[Letter], list[Problem]]:
    """Give all messages, oldest first, and what is wrong with those that cannot be read."""
    found, wrong = [], []
    for name in names(workspace.store.folder, MESSAGES):
        try:
            found.append(letter(name, workspace.store.read(f"{MESSAGES}/{name}.yaml")))
        except OSError as error:
            wrong.append(_problem(name, f"cannot be read: {error.strerror}"))
        except TmError as error:
            wrong += [one._replace(rule="message") for one in error.problems] or [_problem(name, error.message)]
    return sorted(found, key=lambda one: (one.at, one.name)), wrong


def letter(name: str, data: bytes) -> Letter:
    """Read a message's file; raises TmError for what is none."""
    path = f"{FOLDER}/{MESSAGES}/{name}.yaml"
    doc = codec.loads(data, path, _SHAPES)
    text = {key: doc.get(key) or "" for key in _KEYS}
    wrong = [f"a message has no {key!r}" for key in doc if key not in _KEYS]
    wrong += [
        f"{key!r} is missing, or no text"
        for key in ("from", "to", "at", "text")
        if not isinstance(text[key], str) or not text[key]
    ]
    if wrong:
        raise TmError(wrong[0], problems=[_problem(name, one) for one in wrong], code="invalid")
    at = dates.canonical(text["at"])
    return Letter(name, at, text["from"], text["to"], text["priority"] or "normal", text["task"], text["text"])


def _read_before(text: str) -> set[str]:
    """Give the names of what was read; damage means nothing was."""
    try:
        return set(map(str, json.loads(text)["read"]))
    except (ValueError, KeyError, TypeError):
        return set()


def _problem(name: str, message: str) -> Problem:
    return Problem(f"{FOLDER}/{MESSAGES}/{name}.yaml", 0, 0, "message", message)
