"""Where boxes and lines of a layered drawing stand, by Sugiyama's four steps; knows sizes, no words and no task.

What is depended on stands in an earlier layer, further left. Links that close a circle are turned round for the
drawing and say so. Every step is linear in boxes and links but for sorting: 10,000 take about a second.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from tmfiles import graph

# How often the layers are put in order there and back, and pulled straight; more changes little.
_SWEEPS = 4
# A link over many layers gets a place of its own in each, up to so many places a box; the longest go without.
_PLACES = 2


class Sizes(NamedTuple):
    """Of one box, of the room between layers and between boxes of one layer, and of a link's place in a layer."""

    width: int = 200
    height: int = 44
    between: int = 56
    gap: int = 14
    lane: int = 8


class Box(NamedTuple):
    """One box: its layer, counted from 1 on the left, and its upper left corner."""

    id: str
    layer: int
    x: int
    y: int


class Line(NamedTuple):
    """One link from what depends, on the right, to what it depends on, as the points it passes from the left.

    `turned` links close a circle and run the other way; `far` ones pass behind boxes.
    """

    id: str
    depends_on: str
    points: tuple[tuple[int, int], ...]
    turned: bool
    far: bool


class Layout(NamedTuple):
    """All boxes and lines, and how much room they take."""

    boxes: list[Box]
    lines: list[Line]
    width: int
    height: int
    sizes: Sizes


def laid(deps: Mapping[str, Sequence[str]], sizes: Sizes = Sizes(), shape: float = 1.7) -> Layout:
    """Lay out a graph; `deps` names nothing without an entry of its own, `shape` is width by height to aim at.

    Groups that no link joins are laid out each by itself and put side by side. The same graph in the same order
    gives the same drawing.
    """
    straight = graph.acyclic(deps)
    turned = [(id, d) for id in deps for d in dict.fromkeys(deps[id]) if id != d and d not in straight[id]]
    for id, d in turned:
        straight[d].append(id)
    layer = _near(straight, graph.layers(straight))
    groups = [_Group(group, straight, layer, sizes) for group in graph.groups(straight)]
    boxes: list[Box] = []
    lines: list[Line] = []
    places, width, height = _packed([(one.width, one.height) for one in groups], sizes, shape)
    for group, (left, top) in zip(groups, places, strict=True):
        boxes += group.boxes(left, top)
        lines += group.lines(left, top, deps)
    return Layout(boxes, lines, width, height, sizes)


def crossings(layout: Layout) -> int:
    """Count how often lines cross each other between layers, those that pass behind boxes left out."""
    between: dict[tuple[int, int], set[tuple[int, int]]] = {}
    for line in layout.lines:
        if not line.far:
            for (x, y), (right, end) in zip(line.points, line.points[1:], strict=False):
                if right - x == layout.sizes.between:
                    between.setdefault((x, right), set()).add((y, end))
    return sum(_inversions([end for _, end in sorted(pairs)]) for pairs in between.values())


def _near(deps: Mapping[str, Sequence[str]], layer: dict[str, int]) -> dict[str, int]:
    """Move what depends on nothing next to what waits for it, so that no line is longer than it must be."""
    least: dict[str, int] = {}
    for id, found in deps.items():
        for d in found:
            if layer[id] < least.get(d, layer[id] + 1):
                least[d] = layer[id]
    return {id: least[id] - 1 if not deps[id] and id in least else layer[id] for id in deps}


class _Group:
    """One group of a drawing. Its places are numbers: first those of the boxes, then those of long lines."""

    def __init__(
        self, ids: Sequence[str], deps: Mapping[str, Sequence[str]], layer: Mapping[str, int], sizes: Sizes
    ) -> None:
        self.ids = ids
        self.sizes = sizes
        self.deps = deps
        first = min(layer[id] for id in ids)
        self.layer = [layer[id] - first for id in ids]
        self._number = {id: number for number, id in enumerate(ids)}
        self._lanes: dict[int, list[int]] = {}
        self._before: list[list[int]] = [[] for _ in ids]
        self._after: list[list[int]] = [[] for _ in ids]
        self._far: set[tuple[int, int]] = set()
        self._link()
        self._rows: list[list[int]] = [[] for _ in range(max(self.layer) + 1)]
        for place in self._walked():
            self._rows[self.layer[place]].append(place)
        self._untangle()
        self._y = self._straightened()
        self.width = len(self._rows) * (sizes.width + sizes.between) - sizes.between
        self.height = max(self._y[: len(ids)]) + sizes.height // 2

    def _link(self) -> None:
        """Join neighbouring layers; links to one box share their places, the shortest links come first."""
        links = [(self.layer[at] - self.layer[there], there, at) for there, at in self._pairs()]
        left = _PLACES * len(self.ids)
        for span, there, at in sorted(links):
            lane = self._lanes.setdefault(there, [])
            wanted = span - 1 - len(lane)
            if wanted > left:
                self._far.add((there, at))
                continue
            left -= max(wanted, 0)
            for _ in range(wanted):
                self._join(lane[-1] if lane else there, self._place(self.layer[there] + len(lane) + 1))
                lane.append(len(self.layer) - 1)
            self._join(lane[span - 2] if span > 1 else there, at)

    def _pairs(self) -> Iterator[tuple[int, int]]:
        for at, id in enumerate(self.ids):
            for d in dict.fromkeys(self.deps[id]):
                yield self._number[d], at

    def _place(self, layer: int) -> int:
        self.layer.append(layer)
        self._before.append([])
        self._after.append([])
        return len(self.layer) - 1

    def _join(self, there: int, at: int) -> None:
        self._after[there].append(at)
        self._before[at].append(there)

    def _walked(self) -> Iterable[int]:
        """Give all places so that what is linked is near: trees come out untangled."""
        found: dict[int, None] = {}
        for start in range(len(self.layer)):
            stack = [start]
            while stack:
                place = stack.pop()
                if place not in found:
                    found[place] = None
                    stack += reversed(self._after[place])
                    stack += reversed(self._before[place])
        return found

    def _untangle(self) -> None:
        """Put each layer in the order of the medians of its neighbours, there and back; keep the best seen."""
        best, least, since = [list(row) for row in self._rows], self._tangle(), 0
        for _ in range(_SWEEPS):
            if not least or since > 1:
                break
            for rows, near in ((self._rows[1:], self._before), (self._rows[-2::-1], self._after)):
                where = [0.0] * len(self.layer)
                for row in self._rows:
                    for at, place in enumerate(row):
                        where[place] = at
                for row in rows:
                    keys = {place: _median([where[one] for one in near[place]], where[place]) for place in row}
                    row.sort(key=keys.__getitem__)
                    for at, place in enumerate(row):
                        where[place] = at
            count = self._tangle()
            since += 1
            if count < least:
                best, least, since = [list(row) for row in self._rows], count, 0
        self._rows = best

    def _tangle(self) -> int:
        found = 0
        for row, after in zip(self._rows, self._rows[1:], strict=False):
            where = {place: at for at, place in enumerate(after)}
            found += _inversions([at for place in row for at in sorted(where[one] for one in self._after[place])])
        return found

    def _straightened(self) -> list[int]:
        """Give the height of every place's middle: as near to its neighbours' as its layer's order lets it."""
        count, sizes = len(self.ids), self.sizes
        y = [0.0] * len(self.layer)
        offsets = []
        for row in self._rows:
            offset, found = 0.0, []
            for at, place in enumerate(row):
                half = (sizes.height if place < count else sizes.lane) / 2
                offset += half if at else 0
                found.append(offset)
                y[place] = offset
                offset += half + sizes.gap
            offsets.append(found)
        there, back = range(1, len(self._rows)), range(len(self._rows) - 2, -1, -1)
        shifts = [[0.0] * len(row) for row in self._rows]
        for layers, near in ((there, self._before), (back, self._after)) * 2:
            for layer in layers:
                row, offset_of = self._rows[layer], offsets[layer]
                wanted = [
                    _median([y[one] for one in near[place]], y[place]) - offset
                    for place, offset in zip(row, offset_of, strict=True)
                ]
                shifts[layer] = _rising(wanted)
                for place, shift, offset in zip(row, shifts[layer], offset_of, strict=True):
                    y[place] = shift + offset
        # Shifts are rounded, not their sums: whole shifts that never fall keep boxes as far apart as they were.
        whole = [0] * len(y)
        for row, offset_of, shift_of in zip(self._rows, offsets, shifts, strict=True):
            rounded = accumulate((round(shift) for shift in shift_of), max)
            for place, offset, shift in zip(row, offset_of, rounded, strict=True):
                whole[place] = shift + round(offset)
        lowest = min(whole[:count]) - sizes.height // 2
        return [one - lowest for one in whole]

    def boxes(self, left: int, top: int) -> Iterator[Box]:
        """Give the boxes, the group's corner being at a point."""
        step, half = self.sizes.width + self.sizes.between, self.sizes.height // 2
        for at, id in enumerate(self.ids):
            yield Box(id, self.layer[at] + 1, left + self.layer[at] * step, top + self._y[at] - half)

    def lines(self, left: int, top: int, deps: Mapping[str, Sequence[str]]) -> Iterator[Line]:
        """Give the lines likewise; what is no link of `deps` was turned round."""
        step, width = self.sizes.width + self.sizes.between, self.sizes.width
        for there, at in self._pairs():
            far = (there, at) in self._far
            points = [(left + self.layer[there] * step + width, top + self._y[there])]
            for place in () if far else self._lanes[there][: self.layer[at] - self.layer[there] - 1]:
                x, y = left + self.layer[place] * step, top + self._y[place]
                points += [(x, y), (x + width, y)]
            points.append((left + self.layer[at] * step, top + self._y[at]))
            later, earlier = self.ids[at], self.ids[there]
            if earlier in deps[later]:
                yield Line(later, earlier, tuple(points), False, far)
            if later in deps[earlier]:
                yield Line(earlier, later, tuple(points), True, far)


def _median(values: list[float], otherwise: float) -> float:
    """Give the middle value, between the two middle ones of an even number, and something else for none."""
    count = len(values)
    if count < 3:
        return sum(values) / count if count else otherwise
    values.sort()
    return values[count // 2] if count % 2 else (values[count // 2 - 1] + values[count // 2]) / 2


def _rising(wanted: Sequence[float]) -> list[float]:
    """Give the numbers that never fall and are nearest to the wanted ones, by the sum of squares.

    Neighbours that fall are pooled into their mean, as in Ayer and others, Ann. Math. Statist. 26, 1955.
    """
    pools: list[tuple[float, int]] = []
    for value in wanted:
        total, count = value, 1
        while pools and pools[-1][0] * count > total * pools[-1][1]:
            total, count = total + pools[-1][0], count + pools[-1][1]
            pools.pop()
        pools.append((total, count))
    return [total / count for total, count in pools for _ in range(count)]


def _inversions(values: Sequence[int]) -> int:
    """Count the pairs of which the greater comes first."""
    seen: list[int] = []
    found = 0
    for value in values:
        found += len(seen) - bisect_right(seen, value)
        insort(seen, value)
    return found


def _packed(groups: Sequence[tuple[int, int]], sizes: Sizes, shape: float) -> tuple[list[tuple[int, int]], int, int]:
    """Put groups on shelves, the highest first, lower ones in stacks; give each one's corner, and the size of all."""
    apart = sizes.gap * 2
    room = sum((width + apart) * (height + apart) for width, height in groups)
    most = max(max((width for width, _ in groups), default=0), int((room * shape) ** 0.5))
    places = [(0, 0)] * len(groups)
    shelf = high = 0  # where the present shelf begins, and how high it is
    left = wide = used = 0  # where the present stack begins, how wide it is, and how high so far
    widest = 0
    for at in sorted(range(len(groups)), key=lambda at: (-groups[at][1], -groups[at][0])):
        width, height = groups[at]
        if used + height > high or width > wide:
            left, used = left + (wide + apart if wide else 0), 0
            if not high or left + width > most:
                shelf, high, left = shelf + (high + apart if high else 0), height, 0
            wide = width
        places[at] = (left, shelf + used)
        used += height + apart
        widest = max(widest, left + width)
    return places, widest, shelf + high
