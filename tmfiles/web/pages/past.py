"""The past as pages: what was done to one task field by field, and what everybody did to the store; changes nothing."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tmfiles.actions.clashes import valued
from tmfiles.changes import Difference, worded
from tmfiles.errors import TmError
from tmfiles.history.blame import blame
from tmfiles.history.events import Event, Told, counted, events, who
from tmfiles.render.past import words as told_words
from tmfiles.web import fields
from tmfiles.web.desk import Here
from tmfiles.web.pages.page import page
from tmfiles.web.pages.sheet import Words
from tmfiles.workspace import Workspace

if TYPE_CHECKING:
    from datetime import date

router = APIRouter(include_in_schema=False)

# Commits a page; and of a commit that changed hundreds of tasks, so many are told.
_PAGE = 50
_TASKS = 12
# Lines of long text that stand unchanged around what changed.
_AROUND = 2


class Entry(NamedTuple):
    """One commit on a page, with those of the fields that are asked for."""

    event: Event
    by: str
    told: Told
    fields: Sequence[Difference]

    @property
    def undoable(self) -> bool:
        """Whether tm made it, so that tm can take it back."""
        return bool(self.event.commit.trailers.get("Tm-Id")) and self.event.commit.trailers.get("Tm-Op") != "init"


@router.get("/tasks/{task_id}/history")
def history(request: Request, here: Here, task_id: str, field: str = "", after: str = "") -> Response:
    """Show what was done to a task, newest first: to all of it, or to one field."""

    def asked(workspace: Workspace) -> Response:
        view = workspace.read()
        name = task_id if any(view.change(task_id)) else view.resolve(task_id)
        found = _of_field(events(workspace, name, after=after), field)
        entries = list(islice(found, _PAGE + 1))
        here_now = (
            view.index.has(name) and len(view.index.files(name)) == 1 and view.index.files(name)[0][1] is not None
        )
        task, lines = blame(workspace, name) if here_now else (None, [])
        names = dict.fromkeys([*(line.field for line in lines), *([field] if field else [])])
        return page(
            request,
            "history.html",
            task_id=name,
            title=task.title if task else (entries[0].told.title if entries else name),
            task=task,
            label=fields.label,
            did=did,
            lines=lines,
            names=names,
            entries=entries[:_PAGE],
            following=entries[_PAGE - 1].event.commit.id if len(entries) > _PAGE else "",
            after=after,
            field=field,
            who=who,
            words=Words(workspace),
            said=told_words,
            worded=worded,
            hunks=hunks,
            settable=lambda one: _settable(one, fields.known(view)),
            json=json.dumps,
            now=lambda name: valued(task.doc if task else {}, name),
            earlier=lambda one: fields.shown(fields.known(view)[one.field], one.old),
            tab="history",
        )

    return here.ask(asked)


def did(event: Event) -> str:
    """Give in a few words what a commit did: tm's own by the command, where the task is named beside it anyway."""
    command = event.commit.trailers.get("Tm-Op", "")
    return command if command and len(event.tasks) == 1 else event.commit.subject.removeprefix("tm: ")


def _of_field(found: Iterable[Event], field: str) -> Iterator[Entry]:
    for event in found:
        for told in event.tasks:
            chosen = [one for one in told.fields if not field or one.field in (field, *_inside(field, one.field))]
            if chosen or not field:
                yield Entry(event, who(event.commit), told, chosen)


def _inside(field: str, name: str) -> tuple[str, ...]:
    """Give the name back where it is a part of the field: `fields.customer` of `fields`."""
    return (name,) if name.startswith(f"{field}.") else ()


def _settable(one: Difference, known: dict[str, Any]) -> bool:
    """Tell whether an earlier value can be given to its field again, by itself."""
    return one.field in known and one.field not in ("depends_on", "related") and one.old is not None


def hunks(one: Difference) -> list[tuple[str, str]]:
    """Give what changed in long text as lines, each with `+`, `-`, ` `, or `…` where lines are left out."""
    before, after = (str(text or "").splitlines() for text in (one.old, one.new))
    out: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for at, group in enumerate(matcher.get_grouped_opcodes(_AROUND)):
        out += [("…", "")] * bool(at)
        for tag, a, b, c, d in group:
            if tag == "equal":
                out += [(" ", line) for line in before[a:b]]
            else:
                out += [("-", line) for line in before[a:b]] + [("+", line) for line in after[c:d]]
    return out


@router.get("/activity")
def activity(request: Request, here: Here, by: str = "", task: str = "", after: str = "") -> Response:
    """Show what everybody did, by day, newest first: all of it, or one person's, or of one task."""

    def asked(workspace: Workspace) -> Response:
        failed, found = None, []
        try:
            told = events(workspace, task.strip(), by=by.strip(), limit=_PAGE + 1, after=after, most=_TASKS)
            found = list(told)
        except TmError as error:
            failed = error
        days = [(day, list(some)) for day, some in groupby(found[:_PAGE], _day)]
        people = sorted({*workspace.view().index.names("assignee"), *(who(one.commit) for one in found)})
        return page(
            request,
            "activity.html",
            404 if failed and failed.code == "not_found" else 200 if not failed else 422,
            days=days,
            following=found[_PAGE - 1].commit.id if len(found) > _PAGE else "",
            after=after,
            by=by,
            task=task,
            people=people,
            failed=failed,
            who=who,
            did=did,
            words=Words(workspace),
            said=told_words,
            more=lambda event: 0 if task.strip() else counted(workspace, event.commit) - len(event.tasks),
        )

    return here.ask(asked)


def _day(event: Event) -> date:
    return event.commit.at.date()
