"""Links that came in from elsewhere, made fit to be let in: none to nowhere, none in a loop; pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import pairwise
from typing import Any

from tmfiles import graph
from tmfiles.interop.imported import Entry
from tmfiles.interop.incoming import LINKS as KEPT
from tmfiles.task import LINKS, SHAPES

Doc = dict[str, Any]
ORDERED = ("depends_on", "parent")  # the links that must not lead back


def settled(tasks: Mapping[str, Doc], kind: str, known: Collection[str]) -> tuple[dict[str, Doc], list[Entry]]:
    """Give the tasks with links that lead to tasks that are there, and without loops; and what was decided.

    `known` are other tasks that may be named. What cannot be let in stays in `fields`, under the program's name.
    """
    done = {task_id: dict(doc) for task_id, doc in tasks.items()}
    report: list[Entry] = []
    where = f"fields.{kind}.{KEPT}"
    for task_id, doc in done.items():
        for field in LINKS:
            for to in named(doc, field):
                why = "links to itself" if to == task_id else "" if to in done or to in known else "is nowhere"
                if why:
                    _aside(doc, kind, field, to)
                    what = "loop" if to == task_id else "dangling"
                    report.append(Entry(what, task_id, f"{field} {to}: {why}; kept in {where}"))
    for field in ORDERED:
        for task_id, to, path in opened(done, field, lambda one, other: ("", one, other)):
            _aside(done[task_id], kind, field, to)
            words = f"{field} {to} closes the loop {' → '.join(path)}; kept in {where}"
            report.append(Entry("loop", task_id, words))
    return done, report


def named(doc: Mapping[str, Any], field: str) -> list[str]:
    """Give the ids that a document names in a field of links."""
    value = doc.get(field)
    return [] if not value else list(value) if isinstance(value, list) else [value]


def opened(
    tasks: Mapping[str, Doc], field: str, age: Callable[[str, str], tuple[str, str, str]]
) -> list[tuple[str, str, list[str]]]:
    """Say which links must go so that none leads back: of each loop the one of the highest age, with the loop."""
    found = []
    deps = {task_id: named(doc, field) for task_id, doc in tasks.items() if field in doc}
    while loops := graph.cycles(deps):
        for path in loops:
            _, task_id, to = max(age(one, other) for one, other in pairwise(path))
            deps[task_id].remove(to)
            found.append((task_id, to, path))
    return found


def without(doc: Doc, field: str, to: str) -> None:
    """Take one link out of a document."""
    left = [one for one in named(doc, field) if one != to]
    if left and SHAPES[field] != "str":
        doc[field] = left
    else:
        doc.pop(field, None)


def _aside(doc: Doc, kind: str, field: str, to: str) -> None:
    without(doc, field, to)
    fields = dict(doc["fields"]) if isinstance(doc.get("fields"), dict) else {}
    mine = dict(fields[kind]) if isinstance(fields.get(kind), dict) else {}
    mine[KEPT] = sorted([*mine.get(KEPT, ()), f"{field} {to}"])
    fields[kind] = mine
    doc["fields"] = fields
