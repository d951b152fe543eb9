"""Agents and people as they registered: what they can do, how much they have on hand, who is to take what.

A registration is a file of its own below `.tasks/.agents/`, so that two who register in two clones never conflict.
"""

from __future__ import annotations

import re
from collections import namedtuple

from tmfiles import codec, dates
from tmfiles.errors import Problem, TmError
from tmfiles.query import OPEN, Query
from tmfiles.store import FOLDER, names
from tmfiles.words import suggestion
from tmfiles.workspace import edit
from tmfiles.workspace.write import How, Order, Outcome, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from tmfiles.task import Task
    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

AGENTS = ".agents"
STATES = ("idle", "working", "full")
# How many open tasks are enough for one who did not say.
AT_ONCE = 5
_NAME = re.compile(r"[A-Za-z0-9]+([._-][A-Za-z0-9]+)*")
_SHAPES: Mapping[str, Any] = {
    "id": "str", "name": "str", "type": "str", "capabilities": ["str"], "at_once": "int", "registered_at": "str",
    "registered_by": "str",
}  # fmt: skip


class Agent(namedtuple("Agent", "id name type capabilities at_once registered_at registered_by")):
    """One registration; `at_once` is how many open tasks are enough, 0 where that was not said."""

    __slots__ = ()

    id: str
    name: str
    type: str
    capabilities: tuple[str, ...]
    at_once: int
    registered_at: str
    registered_by: str

    @property
    def enough(self) -> int:
        """How many open tasks are enough."""
        return self.at_once or AT_ONCE


class Load(namedtuple("Load", "agent open in_progress blocked overdue claimed hours tasks")):
    """What one agent has on hand, counted; `hours` are the estimates of its open tasks, `tasks` their ids."""

    __slots__ = ()

    agent: Agent
    open: int
    in_progress: int
    blocked: int
    overdue: int
    claimed: int
    hours: float
    tasks: tuple[str, ...]

    @property
    def state(self) -> str:
        """One of `STATES`."""
        if self.open >= self.agent.enough:
            return "full"
        return "working" if self.in_progress or self.claimed else "idle"


class Fit(namedtuple("Fit", "load matches special")):
    """How an agent fits a task: the words of the task it is capable of, and whether its specialty is among them."""

    __slots__ = ()

    load: Load
    matches: tuple[str, ...]
    special: bool


class Moved(namedtuple("Moved", "moves outcome")):
    """Tasks given to others, as (task, title, from, to), and the write; None for a rehearsal."""

    __slots__ = ()

    moves: tuple[tuple[str, str, str, str], ...]
    outcome: Outcome | None


def registered(workspace: Workspace) -> tuple[list[Agent], list[Problem]]:
    """Give all registrations by id, and what is wrong with those that cannot be read."""
    found, wrong = [], []
    for name in names(workspace.store.folder, AGENTS):
        try:
            found.append(_read(workspace, name))
        except TmError as error:
            wrong += [one._replace(rule="agent") for one in error.problems] or [_problem(name, error.message)]
    return sorted(found, key=lambda one: one.id.lower()), wrong


def agent(workspace: Workspace, text: str) -> Agent:
    """Give one registration, in whatever letter case; raises TmError (`not_found`)."""
    found = registered(workspace)[0]
    for one in found:
        if one.id.lower() == text.strip().lower():
            return one
    known = [one.id for one in found]
    hint = f"registered are: {', '.join(known)}" if known else f"to register: tm agent register {text or 'NAME'}"
    raise TmError(f"no agent {text!r}{suggestion(text, known)}", hint, "not_found")


def register(
    workspace: Workspace,
    text: str,
    how: How = How(),
    *,
    name: str = "",
    kind: str = "",
    capabilities: Sequence[str] = (),
    at_once: int | None = None,
) -> Outcome:
    """Register an agent, or change what is registered; what is not said stays as it was."""
    task_id = _checked(text)
    skills = _skills(capabilities)
    if at_once is not None and not 1 <= at_once <= 999:
        raise TmError(f"{at_once} tasks at once are no number to work with", "for example --at-once 3", "usage")
    path = _path(task_id)

    def plan(_view: View) -> list[Edit]:
        old = edit.bytes_of(workspace.store, path)
        doc: dict[str, Any] = {
            key: value for key, value in (("name", name.strip()), ("type", kind.strip()), ("at_once", at_once)) if value
        }
        if skills:
            doc["capabilities"] = skills
        if old is not None:
            return [edit.put(path, codec.patch(old, doc, f"{FOLDER}/{path}", shapes=_SHAPES))]
        made = {"registered_at": dates.stamp(workspace.now()), "registered_by": workspace.actor(how.actor)}
        whole = {"id": task_id, **{key: doc[key] for key in _SHAPES if key in doc}, **made}
        return [edit.put(path, file(whole))]

    subject = how.message or f"tm: register agent {task_id}"
    return write(workspace, Order("agent", how._replace(message=subject)), plan)


def unregister(workspace: Workspace, text: str, how: How = How()) -> Outcome:
    """Take a registration away; tasks that name the agent stay as they are."""
    one = agent(workspace, text)
    subject = how.message or f"tm: unregister agent {one.id}"
    return write(
        workspace,
        Order("agent", how._replace(message=subject)),
        lambda _view: [edit.put(_path(one.id), None)],
    )


def workload(workspace: Workspace) -> list[Load]:
    """Give what every registered agent has on hand, the least loaded first."""
    return sorted(_loads(workspace, workspace.read()), key=_by_load)


def suggested(workspace: Workspace, text: str) -> tuple[Task, list[Fit]]:
    """Give a task, and who could take it, the best first: by specialty, capabilities, then the least on hand."""
    view = workspace.read()
    task = view.task(view.resolve(text))
    loads = _loads(workspace, view)
    if not loads:
        raise TmError("no agent is registered", "tm agent register NAME --capabilities python,web", "not_found")
    return task, _fits(task, loads)


def redistribute(
    workspace: Workspace, how: How = How(), *, threshold: int | None = None, dry_run: bool = False
) -> Moved:
    """Give what is too much for some to others who fit: pending tasks that nobody claims, the least urgent first.

    Too much is more open tasks than `threshold`, or than each said is enough. Nobody gets more than that by it, and a
    task with a specialty only goes to one who has it.
    """
    if threshold is not None and threshold < 1:
        raise TmError(f"threshold {threshold} is below 1", "for example --threshold 3", "usage")
    moves: list[tuple[str, str, str, str]] = []

    def plan(view: View) -> list[Edit]:
        moves[:] = _moves(workspace, view, threshold)
        return [edit.change(task_id, {"assignee": to}) for task_id, _, _, to in moves]

    if dry_run:
        plan(workspace.read())
        return Moved(tuple(moves), None)
    outcome = write(workspace, Order("redistribute", how), plan)
    return Moved(tuple(moves), outcome)


def _moves(workspace: Workspace, view: View, threshold: int | None) -> list[tuple[str, str, str, str]]:
    loads = {load.agent.id: load for load in _loads(workspace, view)}
    held = view.index.claims(dates.stamp(workspace.now()))
    pending = [row.id for row in reversed(view.rows(Query(statuses=("pending", "blocked"))))]
    found = []
    for name in sorted(loads, key=lambda one: -loads[one].open):
        spare = [one for one in pending if one in loads[name].tasks and one not in held]
        for task_id in spare:
            if loads[name].open <= (threshold or loads[name].agent.enough):
                break
            task = view.task(task_id)
            fits = _fits(task, [one for other, one in loads.items() if other != name])
            can = [
                fit.load
                for fit in fits
                if fit.load.open < (threshold or fit.load.agent.enough) and (fit.special or not task.get("specialty"))
            ]
            if can:
                to = can[0].agent.id
                found.append((task_id, task.title, name, to))
                loads[name] = loads[name]._replace(open=loads[name].open - 1)
                loads[to] = loads[to]._replace(open=loads[to].open + 1)
    return found


def _fits(task: Task, loads: Iterable[Load]) -> list[Fit]:
    wanted = {str(word).lower(): str(word) for word in (task.get("type"), *(task.get("tags") or ()))}
    special = str(task.get("specialty") or "").lower()
    found = []
    for load in loads:
        skills = {one.lower() for one in (*load.agent.capabilities, load.agent.type)}
        matches = tuple(sorted(shown for word, shown in wanted.items() if word in skills))
        found.append(Fit(load, matches, bool(special) and special in skills))
    return sorted(
        found, key=lambda fit: (not fit.special, fit.load.state == "full", -len(fit.matches), _by_load(fit.load))
    )


def _by_load(load: Load) -> tuple[float, float, str]:
    return load.open / load.agent.enough, load.hours, load.agent.id.lower()


def _loads(workspace: Workspace, view: View) -> list[Load]:
    now = dates.stamp(workspace.now())
    rows = view.rows(Query(statuses=OPEN))
    held = {task_id: by for task_id, (by, _) in view.index.claims(now).items()}
    late = {row.id for row in view.rows(Query(statuses=OPEN, overdue=True, now=now))}
    docs = {task.id: task.doc for task in view.tasks([row.id for row in rows])}
    found = []
    for one in registered(workspace)[0]:
        name = one.id.lower()
        claimed = {task_id for task_id, by in held.items() if by.lower() == name}
        own = [row for row in rows if row.assignee.lower() == name or row.id in claimed]
        spans = [str(docs[row.id]["estimate"]) for row in own if docs.get(row.id, {}).get("estimate")]
        found.append(
            Load(
                one,
                len(own),
                sum(row.status == "in_progress" for row in own),
                sum(row.status == "blocked" for row in own),
                sum(row.id in late for row in own),
                sum(row.id in claimed for row in own),
                sum(map(dates.duration, spans)) / dates.HOUR,
                tuple(row.id for row in own),
            )
        )
    return found


def file(doc: Mapping[str, Any]) -> bytes:
    """Give a registration as its file has it: the id first, then the rest in order."""
    rest = {key: value for key, value in doc.items() if key != "id"}
    return codec.patch(f"id: {doc['id']}\n".encode(), rest, AGENTS, shapes=_SHAPES)


def _path(name: str) -> str:
    return f"{AGENTS}/{name.lower()}.yaml"


def _checked(text: str) -> str:
    name = text.strip()
    if not _NAME.fullmatch(name) or len(name) > 64:
        raise TmError(
            f"{text!r} cannot be registered", "a name of letters and digits, with . _ or - between, as in --as", "usage"
        )
    return name


def _skills(given: Sequence[str]) -> list[str]:
    found = sorted({" ".join(word.split()) for text in given for word in text.split(",")} - {""})
    if given and not found:
        raise TmError("the capabilities are blank", "for example --capabilities python,web", "usage")
    return found


def _read(workspace: Workspace, name: str) -> Agent:
    path = f"{AGENTS}/{name}.yaml"
    try:
        data = workspace.store.read(path)
    except OSError as error:
        raise TmError(f"cannot read {FOLDER}/{path}: {error.strerror}", code="invalid") from error
    doc = codec.loads(data, f"{FOLDER}/{path}", _SHAPES)
    wrong = [f"an agent has no {key!r}{suggestion(key, list(_SHAPES))}" for key in doc if key not in _SHAPES]
    for key, shape in _SHAPES.items():
        value, kind = doc.get(key), {"str": str, "int": int}.get(str(shape), list)
        if value is not None and not isinstance(value, kind):
            wrong.append(f"{key} must be {'a list' if kind is list else 'a number' if kind is int else 'text'}")
    if not wrong and str(doc.get("id", "")).lower() != name:
        wrong.append(f"'id' must be {name!r}, as the file is called")
    if wrong:
        raise TmError(f"{FOLDER}/{path}: {wrong[0]}", problems=[_problem(name, one) for one in wrong], code="invalid")
    text = {key: str(doc.get(key) or "") for key in ("id", "name", "type", "registered_at", "registered_by")}
    skills = tuple(str(one) for one in doc.get("capabilities") or ())
    return Agent(capabilities=skills, at_once=int(doc.get("at_once") or 0), **text)


def _problem(name: str, message: str) -> Problem:
    return Problem(f"{FOLDER}/{AGENTS}/{name}.yaml", 0, 0, "agent", message)
