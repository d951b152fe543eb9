"""The graph of tasks as boxes and lines to be drawn: where each stands and what is written in it; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from tmfiles import graph
from tmfiles.actions.graphs import Drawing, Point
from tmfiles.folds import Fold, Folded, folded
from tmfiles.layout import Line, Sizes, laid
from tmfiles.phases import PREFIX
from tmfiles.render.cells import cut, wrap
from tmfiles.render.text import line
from tmfiles.task import CLOSED

SIZES = Sizes(width=224, height=60, between=52, gap=14, lane=6)
# So many cells of text a box is wide.
_CELLS = 27
# How many titles of a fold its box tells when asked.
_TOLD = 12
_KINDS = {
    "done": "done",
    "alike": "with the same links",
    "row": "in a row",
    "layer": "in one layer",
    "group": "linked with each other",
    "rest": "in smaller groups",
}


class Node(NamedTuple):
    """One box: a task, several tasks (`fold`, by whose name they can be looked into), or the gate of a phase.

    `rows` is what it says, at most three lines; `words` says it whole. `near` are the boxes it depends on.
    """

    id: str
    fold: str
    gate: bool
    status: str
    critical: bool
    layer: int
    x: int
    y: int
    rows: tuple[str, ...]
    words: str
    near: tuple[str, ...]


class Stroke(NamedTuple):
    """One line: its path, and what it is (`link`, `lane`, `far`, `critical`, `turned`) for the style sheet.

    A `lane` is the part that several links from one box share; only the others end in an arrow.
    """

    kind: str
    path: str


class Row(NamedTuple):
    """One box as a row of the table: its own task, or its fold and how many are in it."""

    id: str
    fold: str
    title: str
    status: str
    layer: int
    critical: bool
    needs: tuple[str, ...]


class Picture(NamedTuple):
    """A whole drawing; `shown` of its `total` tasks have a box of their own."""

    nodes: tuple[Node, ...]
    strokes: tuple[Stroke, ...]
    rows: tuple[Row, ...]
    width: int
    height: int
    total: int
    shown: int
    inside: Fold | None
    sizes: Sizes = SIZES


def picture(drawing: Drawing, *, fold: bool = True, inside: str = "") -> Picture:
    """Lay out a drawing, folded unless told otherwise; `inside` shows the tasks of a fold, and their neighbours.

    A fold that is not there any more is looked for by the task it is named after, and shows that task's group.
    """
    points = {point.id: point for point in drawing.points}
    deps = {id: list(links) for id, links in drawing.links.items() if id in points}
    critical = [step.id for step in drawing.critical]
    closed = [id for id, point in points.items() if point.status in CLOSED]
    found = folded(deps, closed, critical)
    seen = None
    if inside:
        seen, ids = _inside(deps, found, inside)
        deps = graph.within(deps, ids)
        found = folded(deps, [id for id in closed if id in deps], [id for id in critical if id in deps])
    if not fold:
        found = Folded(deps, {})
    layout = laid(found.deps, SIZES)
    path = {(after, before) for before, after in pairwise(critical)}
    longest, nodes = set(critical), []
    for box in layout.boxes:
        many = found.folds.get(box.id)
        point = points[many.ids[0] if many else box.id]
        rows, words = _many(many, points) if many else _one(point)
        status = _common(many, points) if many else point.status
        nodes.append(
            Node(
                point.id if not many else "",
                box.id if many else "",
                box.id.startswith(PREFIX),
                status,
                box.id in longest,
                box.layer,
                box.x,
                box.y,
                rows,
                f"{words} (on the critical path)" if box.id in longest else words,
                tuple(found.deps[box.id]),
            )
        )
    return Picture(
        tuple(nodes),
        tuple(_strokes(layout.lines, path)),
        tuple(_rows(nodes, found, points)),
        layout.width,
        layout.height,
        len(deps),
        len(deps) - sum(len(one.ids) for one in found.folds.values()),
        seen,
    )


def _inside(deps: Mapping[str, Sequence[str]], found: Folded, name: str) -> tuple[Fold | None, list[str]]:
    fold = found.folds.get(name)
    near: dict[str, list[str]] = {id: list(links) for id, links in deps.items()}
    for id, links in deps.items():
        for d in links:
            near[d].append(id)
    if fold is not None:
        return fold, list(graph.reach(fold.ids, near.__getitem__, 1))
    first = name.partition(":")[2]
    return None, list(graph.reach([first], near.__getitem__)) if first in deps else list(deps)


def _one(point: Point) -> tuple[tuple[str, ...], str]:
    title = line(point.title) or "(no title)"
    first, *more = wrap(title, _CELLS)
    rows = [first, cut(" ".join(more), _CELLS)] if more else [first]
    if point.id.startswith(PREFIX):
        name = point.id.removeprefix(PREFIX)
        return (cut(f"gate of {line(name)}", _CELLS), cut(title, _CELLS)), f"the gate of phase {name}: {title}"
    meta = f"{cut(point.id, _CELLS - len(point.status) - 3)} · {point.status.replace('_', ' ')}"
    return (*rows, meta), f"{point.id} {title}, {point.status.replace('_', ' ')}"


def _many(fold: Fold, points: Mapping[str, Point]) -> tuple[tuple[str, ...], str]:
    counts = Counter(points[id].status for id in fold.ids).most_common()
    told = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in counts)
    titles = [line(points[id].title) for id in fold.ids[:_TOLD]]
    more = [f"and {len(fold.ids) - _TOLD} more"] if len(fold.ids) > _TOLD else []
    head = f"{len(fold.ids):,} {_KINDS[fold.kind]}"
    words = "\n".join([f"{len(fold.ids)} tasks {_KINDS[fold.kind]}: {told}", *titles, *more])
    return (cut(head, _CELLS), cut(titles[0], _CELLS), cut(told, _CELLS)), words


def _common(fold: Fold, points: Mapping[str, Point]) -> str:
    """Give the status that all tasks of a fold have, or none."""
    found = {points[id].status for id in fold.ids}
    return found.pop() if len(found) == 1 else "completed" if found <= set(CLOSED) else ""


def _rows(nodes: Iterable[Node], found: Folded, points: Mapping[str, Point]) -> Iterable[Row]:
    for node in sorted(nodes, key=lambda node: (node.layer, node.y)):
        needs = tuple(found.folds[d].ids[0] if d in found.folds else d for d in node.near)
        many = found.folds.get(node.fold)
        title = f"{len(many.ids)} tasks {_KINDS[many.kind]}" if many else points[node.id].title
        yield Row(node.id, node.fold, title, node.status, node.layer, node.critical, needs)


def _strokes(lines: Sequence[Line], path: set[tuple[str, str]]) -> list[Stroke]:
    """Give the lines, those behind first; what links from one box share is drawn once."""
    lanes: dict[str, dict[str, None]] = {}
    found: list[Stroke] = []
    last: list[Stroke] = []
    for one in lines:
        if one.turned or (one.id, one.depends_on) in path:
            last.append(Stroke("turned" if one.turned else "critical", "".join(_parts(one))))
        elif one.far:
            found.append(Stroke("far", "".join(_parts(one))))
        else:
            *shared, end = _parts(one)
            lanes.setdefault(one.depends_on, {}).update(dict.fromkeys(shared))
            found.append(Stroke("link", end))
    return [*(Stroke("lane", "".join(parts)) for parts in lanes.values() if parts), *found, *last]


def _parts(one: Line) -> Iterable[str]:
    """Give the parts of a line: curves between the layers, each with the straight piece through the next layer."""
    points = one.points
    for at in range(0, len(points), 2):
        (x, y), (right, end) = points[at], points[at + 1]
        middle = (x + right) // 2
        through = f"H{points[at + 2][0]}" if at + 2 < len(points) else ""
        yield f"M{x} {y}C{middle} {y} {middle} {end} {right} {end}{through}"
