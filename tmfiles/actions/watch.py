"""What is new to one reader since that reader last looked: computed from history, files and the clock, kept nowhere."""

from __future__ import annotations

import json
import time
from collections import namedtuple
from contextlib import suppress
from datetime import datetime, timedelta

from tmfiles import codec, dates, graph
from tmfiles.actions.messages import MESSAGES, is_for, letter
from tmfiles.actions.review import IMPACT, bare
from tmfiles.config import parse
from tmfiles.errors import TmError
from tmfiles.git import objects
from tmfiles.git.history import before, log, resolved
from tmfiles.git.repository import head
from tmfiles.phases import PREFIX, Gates
from tmfiles.query import OPEN, Query
from tmfiles.store import CONFIG, SUFFIX, id_of
from tmfiles.task import CLOSED
from tmfiles.workspace import own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from tmfiles.git.repository import Repository
    from tmfiles.workspace import View, Workspace

    Doc = Mapping[str, Any]

KINDS = ("assigned", "unblocked", "said", "message", "discovery", "impact_review", "impacted", "claim", "deadline")
# How far back a reader looks who never looked before, and how long before a deadline it is near.
_FIRST_LOOK = timedelta(days=7)
_NEAR = timedelta(hours=24)
_PAUSE = 0.5


class News(namedtuple("News", "at kind id by text")):
    """One thing to know: when it came to be, what kind (`KINDS`), on which task, by whom, in words."""

    __slots__ = ()

    at: str
    kind: str
    id: str
    by: str
    text: str


class Look(namedtuple("Look", "reader news left place path commit")):
    """What a reader is told now, how many it is told next time, and the place and the commit it has then looked at."""

    __slots__ = ()

    reader: str
    news: tuple[News, ...]
    left: int
    place: str
    path: str
    commit: str


def look(workspace: Workspace, actor: str = "", limit: int = 0, *, mine: bool = False) -> Look:
    """Give what is new to an actor, oldest first, at most `limit` (0: all); with `mine` also what it
    found out and set free itself.

    Nothing is marked as read until `seen` is called with the result; other readers are not concerned.
    """
    reader = workspace.actor(actor)
    path = own.place(workspace, "readers", reader, "place.json")
    view, now = workspace.read(), workspace.now()
    repository = workspace.repository
    if repository is None:
        raise TmError(f"{workspace.root} is in no Git repository", "make one: git init, then tm init", "git")
    last, commit, waiting = _place(repository, own.load(path), now)
    here = head(repository).commit or ""
    found = [*waiting, *sorted(set(_News(workspace, view, reader, last, now, mine).since(commit, here)))]
    told = found[:limit] if limit else found
    left = found[len(told) :]
    place = {"version": 1, "commit": here, "at": dates.stamp(now), "waiting": left}
    return Look(reader, tuple(told), len(left), json.dumps(place, ensure_ascii=False), path, here)


def seen(found: Look) -> None:
    """Note that a reader has been told."""
    own.replace(found.path, found.place)


def wait(workspace: Workspace, commit: str, seconds: float) -> None:
    """Wait until another commit is here, or for so many seconds; what costs nothing is looked at twice a second."""
    end = time.monotonic() + seconds
    while workspace.repository is not None and (head(workspace.repository).commit or "") == commit:
        left = end - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(_PAUSE, left))


def _place(repository: Repository, text: str, now: datetime) -> tuple[datetime, str, list[News]]:
    """Read where a reader has been: the time, the commit, and what was left untold. Damage is a first look."""
    try:
        place = json.loads(text)
        at, commit = dates.instant(place["at"]), str(place["commit"])
        waiting = [News(*map(str, one)) for one in place["waiting"]]
    except (ValueError, KeyError, TypeError, TmError):
        return _first(repository, now)
    kept = not commit or bool(resolved(repository, commit))
    return (min(at, now), commit, waiting) if kept else _first(repository, now)


def _first(repository: Repository, now: datetime) -> tuple[datetime, str, list[News]]:
    """Give where somebody stands who has looked at nothing, or whose last commit is gone."""
    at = now - _FIRST_LOOK
    return at, before(repository, at) if head(repository).commit else "", []


class _News:
    """One look of one reader."""

    def __init__(
        self, workspace: Workspace, view: View, reader: str, before: datetime, now: datetime, mine: bool
    ) -> None:
        self.workspace = workspace
        self.view = view
        self.reader = reader
        self.before = before
        self.now = now
        self.mine = mine
        self.old: dict[str, Doc | None] = {}
        self.new: dict[str, Doc] = {}
        self.last: dict[str, tuple[str, str]] = {}
        self.letters: set[str] = set()
        self.statuses = view.index.statuses()

    def since(self, commit: str, here: str) -> Iterator[News]:
        """Give what came between two commits, and what the clock brought between two looks."""
        if here and commit != here:
            self._read(commit, here)
        for task_id, doc in self.new.items():
            yield from self._journal(task_id, doc)
            yield from self._assigned(task_id, doc)
            yield from self._claim(task_id, doc)
        yield from self._sent()
        yield from self._unblocked()
        if here and commit != here and self.view.graph.gates is not None:
            yield from self._opened(commit)
        yield from self._impacted()
        yield from self._clock()

    def _read(self, commit: str, here: str) -> None:
        """Read what the tasks that changed were, what they are, and who changed them last."""
        place = self.workspace.repository
        assert place is not None  # noqa: S101 - `look` has asked
        folder = self.workspace.repository_path("")
        paths: dict[str, list[str]] = {}
        for one in log(place, f"{commit}..{here}" if commit else here, folder.rstrip("/")):
            for _, path in one.changes:
                if path.startswith(f"{folder}{MESSAGES}/"):
                    self.letters.add(path.removeprefix(folder))
                elif path.endswith(SUFFIX) and "/." not in f"/{path.removeprefix(folder)}":
                    by = one.trailers.get("Tm-Actor", one.author)
                    self.last.setdefault(id_of(path), (dates.stamp(one.at), by))
                    paths.setdefault(id_of(path), []).append(path)
        asked = [(task_id, path) for task_id, some in paths.items() for path in dict.fromkeys(some)]
        held = objects.read(place, [f"{commit}:{path}" for _, path in asked]) if commit else [None] * len(asked)
        self.old = dict.fromkeys(paths)
        for (task_id, path), data in zip(asked, held, strict=True):
            if data is not None:
                self.old[task_id] = _doc(data, path)
        self.new = {task.id: task.doc for task in self.view.tasks(paths)}

    def _news(self, kind: str, task_id: str, text: str, at: str = "", by: str = "") -> News:
        last_at, last_by = self.last.get(task_id, (dates.stamp(self.now), ""))
        return News(at or last_at, kind, task_id, by or last_by, text)

    def _takes_part(self, doc: Doc) -> bool:
        return self.reader in (doc.get("assignee"), doc.get("created_by"), *doc.get("participants", ()))

    def _journal(self, task_id: str, doc: Doc) -> Iterator[News]:
        known = [_key(one) for one in (self.old.get(task_id) or {}).get("journal", ())]
        for one in doc.get("journal", ()):
            by, kind = str(one.get("by", "")), one.get("kind", "comment")
            if _key(one) in known or (by == self.reader and not self.mine):
                continue
            if kind == "discovery":
                kind = "impact_review" if str(one["text"]).startswith(IMPACT) else kind
            elif by != self.reader and self._takes_part(doc):
                kind = "said"
            else:
                continue
            yield self._news(kind, task_id, str(one["text"]).strip(), str(one.get("at", "")), by)

    def _assigned(self, task_id: str, doc: Doc) -> Iterator[News]:
        was = (self.old.get(task_id) or {}).get("assignee")
        by = self.last.get(task_id, ("", ""))[1]
        if doc.get("assignee") == self.reader != was and by != self.reader and doc.get("status") not in CLOSED:
            yield self._news("assigned", task_id, f"{_title(doc)} is yours now")

    def _claim(self, task_id: str, doc: Doc) -> Iterator[News]:
        was, now = ((one or {}).get("claim") or {} for one in (self.old.get(task_id), doc))
        if was.get("by") == self.reader and now.get("by") not in (None, self.reader):
            yield self._news("claim", task_id, f"{now['by']} has taken over {_title(doc)}", by=str(now["by"]))

    def _sent(self) -> Iterator[News]:
        """Give the messages that came for this reader."""
        for path in sorted(self.letters):
            with suppress(OSError, TmError):  # gone since, or not to be read: check tells of that
                one = letter(id_of(path), self.workspace.store.read(path))
                if is_for(one, self.reader):
                    yield News(one.at, "message", one.task, one.sender, one.text)

    def _unblocked(self) -> Iterator[News]:
        candidates = {*self.new}
        for task_id in {*self.old, *self.new}:
            candidates |= {src for src, kind in self.view.index.referrers(task_id) if kind == "depends_on"}
        for task in self.view.tasks(sorted(candidates)):
            freed = self._freed(task.id, task.doc)
            if not freed or task.status in CLOSED or self.view.status(task) == "blocked":
                continue
            by = next((self.last[dep][1] for dep in freed if dep in self.last), "")
            if (by == self.reader and not self.mine) or task.doc.get("assignee", self.reader) != self.reader:
                continue
            at = next((self.last[dep][0] for dep in freed if dep in self.last), "")
            yield self._news("unblocked", task.id, f"nothing blocks {_title(task.doc)} any more", at, by)

    def _freed(self, task_id: str, doc: Doc) -> list[str]:
        """Give what blocked a task and blocks it no more."""
        was = self.old.get(task_id, doc)
        if was is None:  # as new as the end of what blocked it
            made = str(doc.get("created_at", ""))
            deps = [dep for dep in doc.get("depends_on", ()) if dep in self.new]
            ends = {dep: str(self.new[dep].get("completed_at", "")) for dep in deps}
            return [dep for dep, end in ends.items() if end >= (made or "~") and dates.instant(end) >= self.before]
        if was.get("status", "pending") != "pending":
            return []
        return [dep for dep in was.get("depends_on", ()) if graph.blocks(self._status_before(dep))]

    def _opened(self, commit: str) -> Iterator[News]:
        """Give what waited for the gate of a phase at the last look and can begin now."""
        then = self._gates_before(commit)
        phase_of = {task_id: phase for task_id, phase, _, _ in self.view.index.phased()}
        held = {task_id: gate for task_id in phase_of if (gate := then.holding(task_id))}
        for task in self.view.tasks(sorted(held)):
            if self.view.status(task) != "pending" or task.doc.get("assignee", self.reader) != self.reader:
                continue
            if self._freed(task.id, task.doc):
                continue  # told already
            did = [one for one in self.last if f"{PREFIX}{phase_of.get(one)}" == held[task.id] or one == id_of(CONFIG)]
            at, by = self.last[did[0]] if did else ("", "")
            if by != self.reader or self.mine:
                yield self._news("unblocked", task.id, f"nothing blocks {_title(task.doc)} any more", at, by)

    def _gates_before(self, commit: str) -> Gates:
        """Give where tasks stood among the phases at the last look, as far as they were there."""
        stages = {row[0]: row for row in self.view.index.phased()}
        for task_id, was in self.old.items():
            stages.pop(task_id, None)
            if was is not None:
                unmet = sum(one.get("met") is not True for one in was.get("criteria", ()))
                stages[task_id] = (task_id, str(was.get("phase", "")), str(was.get("status", "pending")), unmet)
        phases = self.view.config.phases
        if id_of(CONFIG) in self.last and self.workspace.repository is not None:
            path = f"{commit}:{self.workspace.repository_path(CONFIG)}"
            data = objects.read(self.workspace.repository, [path])[0] if commit else None
            phases = parse(data or b"", CONFIG)[0].phases
        return Gates(phases, stages.values())

    def _status_before(self, task_id: str) -> str | None:
        if task_id in self.old:
            was = self.old[task_id]
            return str(was.get("status", "pending")) if was is not None else None
        return self.statuses.get(task_id)

    def _impacted(self) -> Iterator[News]:
        moved = {
            task_id: set(bare(doc.get("files", ())))
            for task_id, doc in self.new.items()
            if doc.get("status") in ("in_progress", "completed")
            and (self.old.get(task_id) or {}).get("status") != doc.get("status")
            and doc.get("files")
            and self.last.get(task_id, ("", ""))[1] != self.reader
        }
        if not moved:
            return
        for task in self.view.tasks():
            if task.status in CLOSED or not task.doc.get("files") or not self._takes_part(task.doc):
                continue
            files = set(bare(task.doc["files"]))
            for other, theirs in moved.items():
                if other != task.id and (both := files & theirs):
                    verb = "completed" if self.new[other].get("status") == "completed" else "started"
                    text = f"{other} was {verb}, and is about {', '.join(sorted(both))} too"
                    yield News(self.last[other][0], "impacted", task.id, self.last[other][1], text)

    def _clock(self) -> Iterator[News]:
        """Give what came by time alone between the two looks: deadlines, claims that ran out."""
        for row in self.view.rows(Query(statuses=OPEN, assignees=(self.reader,))):
            if row.due:
                due = dates.instant(row.due, end=True)
                passed, near = self.before < due <= self.now, self.before < due - _NEAR <= self.now
                if passed or near:
                    word = "has passed" if passed else "is near"
                    at = dates.stamp(due if passed else due - _NEAR)
                    yield News(at, "deadline", row.id, "", f"the deadline {row.due} of {row.title} {word}")
        for task_id, (by, until) in self.view.index.claims(dates.stamp(self.before)).items():
            if by == self.reader and dates.instant(until) <= self.now:
                title = self.view.index.titles([task_id]).get(task_id, "")
                yield News(until, "claim", task_id, "", f"your claim on {title} has run out")


def _doc(data: bytes, path: str) -> Doc | None:
    try:
        return codec.loads(data, path)
    except TmError:
        return None


def _key(entry: Doc) -> tuple[str, ...]:
    return tuple(str(entry.get(key, "")) for key in ("at", "by", "kind", "text"))


def _title(doc: Doc) -> str:
    return str(doc.get("title", ""))
