"""All that the page of one task shows, as values for its template; changes nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from tmfiles import dates
from tmfiles.actions import lists, notes
from tmfiles.actions import near as nearby
from tmfiles.actions.clashes import valued
from tmfiles.errors import TmError
from tmfiles.history.events import Event, events
from tmfiles.render.past import words as told_words
from tmfiles.render.table import is_overdue
from tmfiles.store import FOLDER
from tmfiles.task import SHAPES
from tmfiles.web import fields
from tmfiles.web.markdown import inline, rendered
from tmfiles.workspace.claims import holding

if TYPE_CHECKING:
    from tmfiles.workspace import Workspace

# A note that was just saved is among the last so many commits, whoever else writes meanwhile.
_LATEST = 20
# What a bulk change did is told by its first few tasks.
_TOLD = 4
# Tags and people that a store may have so many of are offered while one types.
_OFFERED = 500


class Failed(NamedTuple):
    """A form that was refused: which, why, and what was typed, for the page to show again."""

    form: str
    error: TmError
    typed: Mapping[str, str] = {}

    @property
    def hint(self) -> str:
        """The advice, where it is for somebody at a page: commands and options are not."""
        return "" if "tm " in self.error.hint or "--" in self.error.hint else self.error.hint


class Clashed(NamedTuple):
    """A field that two changed at once: what both saw, what each made of it, and what says both, if anything."""

    field: fields.Field
    was: Any
    mine: Any
    theirs: Any
    merged: Any

    @property
    def by(self) -> list[tuple[str, str, Any]]:
        """The choices: their key, their words, and the value."""
        both = [("merged", "Both together", self.merged)] if self.merged is not None else []
        return [("mine", "Yours", self.mine), ("theirs", "Theirs", self.theirs), *both]

    def shown(self, value: Any) -> str:
        """Give a value as it is typed."""
        return fields.shown(self.field, value)


class Words:
    """Words of tasks as parts of a page: with links to the tasks they name, and times as people tell them."""

    def __init__(self, workspace: Workspace) -> None:
        self._index = workspace.view().index
        self.now: datetime = workspace.now()

    def titles(self, ids: Collection[str]) -> dict[str, str]:
        """Give the titles of those ids that are tasks."""
        found: dict[str, str] = self._index.titles(ids)
        return {one: title or one for one, title in found.items()}

    def markdown(self, text: Any) -> Markup:
        """Give Markdown as HTML."""
        return rendered(str(text), self.titles)

    def line(self, text: Any) -> Markup:
        """Give a line of words."""
        return inline(str(text), self.titles)

    def ago(self, at: Any) -> str:
        """Word how long ago a moment was; what names no moment is told as it is."""
        try:
            then = at if isinstance(at, datetime) else dates.instant(str(at))
        except TmError:
            return str(at)
        return dates.ago(then, self.now)

    def day(self, text: Any) -> str:
        """Word a day that is to come or was, such as a due date."""
        try:
            return dates.ago(dates.instant(str(text), end=True), self.now)
        except TmError:
            return ""


def sheet(workspace: Workspace, task_id: str, saved: str = "") -> dict[str, Any]:
    """Give what the template of a task's page asks for; raises TmError where the task is not there or unreadable."""
    (one,) = lists.details(workspace, [task_id])
    view = workspace.view()
    doc, known = one.task.doc, fields.known(view)
    own = doc.get("fields") if isinstance(doc.get("fields"), dict) else {}
    index = view.index
    return {
        "one": one,
        "doc": doc,
        "task": one.task,
        "words": Words(workspace),
        "near": nearby.near(workspace, [one]),
        "mark": nearby.marked(doc, workspace.now()),
        "holding": holding(doc, workspace.now()),
        "me": workspace.actor(),
        "late": is_overdue(one.row, workspace.now()),
        "known": known,
        "value": lambda name: fields.shown(known[name], valued(doc, name)),
        "dump": json.dumps,
        "said": told_words,
        "was": lambda name: json.dumps(valued(doc, name)),
        "undeclared": {name: value for name, value in (own or {}).items() if f"fields.{name}" not in known},
        "others": {name: value for name, value in doc.items() if name not in SHAPES},
        "facts": fields.FACTS,
        "more": fields.MORE,
        "texts": fields.TEXTS,
        "note": _note(workspace, task_id),
        "people": _offered(index.names("assignee")),
        "tags": _offered(index.names("tag")),
        "folder": FOLDER,
        "saved": saved_as(workspace, saved),
        "failed": None,
        "clashed": None,
        "found": (),
        "tab": "task",
    }


def _note(workspace: Workspace, task_id: str) -> str:
    return notes.own_note(workspace, task_id).text if workspace.repository is not None else ""


def _offered(names: Sequence[str]) -> list[str]:
    return sorted(names)[:_OFFERED]


def saved_as(workspace: Workspace, commit: str) -> Event | None:
    """Find what was saved just now, for the page to say so and to offer to take it back."""
    if not commit or workspace.repository is None:
        return None
    return next((event for event in events(workspace, limit=_LATEST, most=_TOLD) if event.commit.id == commit), None)
