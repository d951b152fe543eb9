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


Opened = tuple["Fold | None", dict[str, list[str]], Folded]


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


def picture(drawing: Drawing, *, fold: bool = True, inside: Sequence[str] = ()) -> Picture:
    """Lay out a drawing, folded unless told otherwise; `inside` opens a fold, in that another, and so on.

    An open fold is shown with its neighbours. One that is not there any more is looked for by the task it is named
    after, and shows that task's group.
    """
    return Pictures(drawing).of(inside, fold=fold)


class Pictures:
    """A drawing that is laid out several times, with one fold open and another: none is looked for twice."""

    def __init__(self, drawing: Drawing) -> None:
        self._points = {point.id: point for point in drawing.points}
        self._critical = [step.id for step in drawing.critical]
        self._closed = {id for id, point in self._points.items() if point.status in CLOSED}
        deps = {id: list(links) for id, links in drawing.links.items() if id in self._points}
        first: Opened = (None, deps, folded(deps, self._closed, self._critical))
        self._open: dict[tuple[str, ...], Opened] = {(): first}

    def of(self, inside: Sequence[str] = (), *, fold: bool = True) -> Picture:
        """Lay it out as `picture` does."""
        seen, deps, found = self._opened(tuple(inside))
        return self._laid(seen, deps, found if fold else Folded(deps, {}))

    def _opened(self, path: tuple[str, ...]) -> Opened:
        if path not in self._open:
            _, deps, found = self._opened(path[:-1])
            seen, ids = _inside(deps, found, path[-1])
            deps = graph.within(deps, ids)
            closed, critical = self._closed.intersection(deps), [id for id in self._critical if id in deps]
            # What was a layer once would be one again.
            self._open[path] = (seen, deps, folded(deps, closed, critical, layered=False))
        return self._open[path]

    def _laid(self, seen: Fold | None, deps: Mapping[str, Sequence[str]], found: Folded) -> Picture:
        layout = laid(found.deps, SIZES)
        longest = set(self._critical)
        nodes = []
        for box in layout.boxes:
            many = found.folds.get(box.id)
            point = self._points[many.ids[0] if many else box.id]
            rows, words = _many(many, self._points) if many else _one(point)
            critical = box.id in longest
            nodes.append(
                Node(
                    "" if many else point.id,
                    box.id if many else "",
                    box.id.startswith(PREFIX),
                    _common(many, self._points) if many else point.status,
                    critical,
                    box.layer,
                    box.x,
                    box.y,
                    rows,
                    f"{words} (on the critical path)" if critical else words,
                    tuple(found.deps[box.id]),
                )
            )
        return Picture(
            tuple(nodes),
            tuple(_strokes(layout.lines, {(after, before) for before, after in pairwise(self._critical)})),
            tuple(_rows(nodes, found, self._points)),
            layout.width,
            layout.height,
            len(deps),
            len(deps) - sum(len(one.ids) for one in found.folds.values()),
            seen,
        )


class Around:
    """A drawing that is asked for one task after the other, each with what is linked to it."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._points = {point.id: point for point in drawing.points}
        self._near = neighbours(drawing.links)

    def of(self, task_id: str, most: int = 40) -> Drawing | None:
        """Give what is linked to a task two links away, or one where that is too much; None where nothing is."""
        if not self._near.get(task_id):
            return None
        ids = graph.reach([task_id], self._near.__getitem__, 2)
        if len(ids) > most:
            ids = graph.reach([task_id], self._near.__getitem__, 1)
        links = graph.within(self._drawing.links, ids)
        critical = [step for step in self._drawing.critical if step.id in ids]
        return self._drawing._replace(groups=[[self._points[id] for id in ids]], links=links, critical=critical)


def neighbours(links: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Give what each task is linked to, either way."""
    found: dict[str, list[str]] = {id: list(deps) for id, deps in links.items()}
    for id, deps in links.items():
        for d in deps:
            found[d].append(id)
    return found


def _inside(deps: Mapping[str, Sequence[str]], found: Folded, name: str) -> tuple[Fold | None, list[str]]:
    fold = found.folds.get(name)
    near = neighbours(deps)
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
