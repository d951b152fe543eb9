"""All that the pages of a site show, read from the store at one moment; changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from tmfiles.actions.boards import Board, board
from tmfiles.actions.flow import Flow, flow
from tmfiles.actions.graphs import Drawing, pathed, statuses
from tmfiles.actions.lists import listing
from tmfiles.actions.timelines import Timeline, timeline
from tmfiles.errors import Problem
from tmfiles.history.events import events, who
from tmfiles.query import Query, Row
from tmfiles.render.past import words
from tmfiles.task import CLOSED, Task
from tmfiles.workspace import View, Workspace

# So many cards a column has before it leads to the list.
_CARDS = 100


class Past(NamedTuple):
    """One commit that changed a task: when, who, and what in words."""

    day: str
    who: str
    commit: str
    words: tuple[str, ...]


class Linked(NamedTuple):
    """A task that another names; `here` is false where there is none that could be read."""

    id: str
    title: str
    status: str
    here: bool


class Sheet(NamedTuple):
    """One task with all that is told beside its document."""

    task: Task
    status: str
    waits: tuple[Linked, ...]
    blocks: tuple[Linked, ...]
    parts: tuple[Linked, ...]
    related: tuple[Linked, ...]
    above: tuple[tuple[str, Linked], ...]
    gate: str
    past: tuple[Past, ...]


class Contents(NamedTuple):
    """The whole store, and when it was read."""

    now: datetime
    board: Board
    open: Sequence[Row]
    closed: Sequence[Row]
    sheets: Mapping[str, Sheet]
    graph: Drawing
    whole: Drawing
    timeline: Timeline
    flow: Flow
    problems: Sequence[Problem]


def read(workspace: Workspace) -> Contents:
    """Read everything; the history of every task in one walk over the commits."""
    view = workspace.read()
    rows = listing(workspace, Query(), everything=True).rows
    tasks = {task.id: task for task in view.tasks()}
    past = _past(workspace) if workspace.repository is not None else {}
    return Contents(
        workspace.now(),
        board(workspace, Query(), "status", _CARDS),
        [row for row in rows if row.status not in CLOSED],
        [row for row in rows if row.status in CLOSED],
        _sheets(view, tasks, past),
        pathed(workspace),
        pathed(workspace, everything=True),
        timeline(workspace),
        flow(workspace),
        sorted(view.errors()),
    )


def _past(workspace: Workspace) -> dict[str, list[Past]]:
    """Give what the commits of HEAD did to each task, newest first."""
    found: dict[str, list[Past]] = {}
    for commit, told in events(workspace):
        for one in told:
            entry = Past(f"{commit.at:%Y-%m-%d %H:%M}", who(commit), commit.id[:10], tuple(words(one)))
            found.setdefault(one.id, []).append(entry)
    return found


def _sheets(view: View, tasks: Mapping[str, Task], past: Mapping[str, Sequence[Past]]) -> dict[str, Sheet]:
    status = statuses(view)
    named: dict[str, dict[str, list[str]]] = {}
    for key in ("depends_on", "parent"):
        for task_id, others in view.index.links(key).items():
            for other in others:
                named.setdefault(other, {}).setdefault(key, []).append(task_id)

    def linked(ids: Sequence[str]) -> tuple[Linked, ...]:
        found = (Linked(one, tasks[one].title if one in tasks else "", status(one), one in tasks) for one in ids)
        return tuple(found)

    sheets = {}
    for task_id, task in sorted(tasks.items()):
        back = named.get(task_id, {})
        blockers = view.graph.blockers(task_id) if task.status not in CLOSED else []
        sheets[task_id] = Sheet(
            task,
            status(task_id),
            linked(task.get("depends_on") or ()),
            linked(sorted(back.get("depends_on", ()))),
            linked(sorted(back.get("parent", ()))),
            linked(task.get("related") or ()),
            tuple((key, linked([str(task.get(key))])[0]) for key in ("parent", "source") if task.get(key)),
            next((one.partition(":")[2] for one in blockers if ":" in one), ""),
            tuple(past.get(task_id, ())),
        )
    return sheets
