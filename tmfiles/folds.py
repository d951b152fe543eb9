"""Which tasks of a graph are drawn as one box, so that thousands can be read; knows links, no file and no drawing.

Tasks are joined only where nothing lies between them, so that what had no circle has none afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from tmfiles import graph

# So many boxes a person can take in.
MOST = 150
# Fewer are as easily shown as told.
_LEAST = 3
KINDS = ("done", "alike", "row", "layer", "group", "rest")


class Fold(NamedTuple):
    """Tasks in one box.

    `kind` is `done` (closed, with all that they depend on), `alike` (the same links each), `row` (one after the
    other), `layer` (as far from the beginning), `group` (linked in some other way) or `rest` (several groups).
    """

    kind: str
    ids: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the box is called, by which it is found again."""
        return f"{self.kind}:{self.ids[0]}"


class Folded(NamedTuple):
    """The links between boxes, and which of the boxes are folds, by name."""

    deps: dict[str, list[str]]
    folds: dict[str, Fold]


def folded(
    deps: Mapping[str, Sequence[str]],
    closed: Collection[str],
    keep: Iterable[str] = (),
    most: int = MOST,
    *,
    layered: bool = True,
) -> Folded:
    """Join tasks until at most about `most` boxes are left; fewer than that are not touched.

    `deps` names nothing without an entry of its own; the tasks of `keep` are never joined. Closed tasks are joined
    first, then what is alike and what stands in a row, then in large groups whole layers, unless they are not
    `layered`, then whole groups.
    """
    boxes = _Boxes(deps)
    if len(deps) <= most:
        return boxes.folded()
    closed = set(closed)
    # What lies on a circle stays too: joined with others it would be hidden, or make another.
    held = {*keep, *graph.knotted(deps)}
    boxes.join("done", _done(deps, closed - held))
    boxes.join("alike", _alike(boxes.deps, held.union(id for id in deps if id not in closed)))
    for _ in range(4):
        if len(boxes.deps) <= most:
            break
        before = len(boxes.deps)
        boxes.join("alike", _alike(boxes.deps, held))
        if len(boxes.deps) > most:
            boxes.join("row", _rows(boxes.deps, held))
        if len(boxes.deps) == before:
            break
    _by_group(boxes, closed, held, most, layered=layered)
    return boxes.folded()


class _Boxes:
    """The links while boxes are joined."""

    def __init__(self, deps: Mapping[str, Sequence[str]]) -> None:
        self.deps = {id: list(dict.fromkeys(found)) for id, found in deps.items()}
        self.folds: dict[str, Fold] = {}

    def join(self, kind: str, sets: Iterable[Sequence[str]]) -> None:
        """Make one box of each set of boxes; what was a fold gives up its tasks to the new one."""
        now: dict[str, str] = {}
        for names in sets:
            # What is made of folds is no plain row, nor plainly alike.
            mixed = kind in ("alike", "row") and not self.folds.keys().isdisjoint(names)
            ids = tuple(id for name in names for id in (self.folds.pop(name).ids if name in self.folds else (name,)))
            fold = Fold("group" if mixed else kind, ids)
            self.folds[fold.name] = fold
            now.update(dict.fromkeys(names, fold.name))
        if now:
            found: dict[str, dict[str, None]] = {}
            for id, deps in self.deps.items():
                name = now.get(id, id)
                own = found.setdefault(name, {})
                own.update(dict.fromkeys(to for d in deps if (to := now.get(d, d)) != name or id == d))
            self.deps = {name: list(own) for name, own in found.items()}

    def folded(self) -> Folded:
        return Folded(self.deps, self.folds)


def _done(deps: Mapping[str, Sequence[str]], closed: set[str]) -> list[list[str]]:
    """Give the sets of closed tasks, linked to each other, under which nothing is open."""
    inside = graph.within(deps, _settled(deps, closed))
    return [group for group in graph.groups(inside) if len(group) >= _LEAST]


def _all_done(boxes: _Boxes, closed: set[str], most: int) -> list[list[str]]:
    """Give such sets once more, all in one where a group is too large to show each."""
    folds = boxes.folds
    names = {name for name in boxes.deps if closed.issuperset(folds[name].ids if name in folds else (name,))}
    settled = set(_settled(boxes.deps, names))
    large = (group for group in graph.groups(boxes.deps) if len(group) > most)
    found = ([name for name in group if name in settled] for group in large)
    return [group for group in found if len(group) >= _LEAST]


def _settled(deps: Mapping[str, Sequence[str]], closed: set[str]) -> list[str]:
    settled: set[str] = set()
    for id in graph.topological(deps):
        if id in closed and settled.issuperset(deps[id]):
            settled.add(id)
    return [id for id in deps if id in settled]


def _back(deps: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {id: [] for id in deps}
    for id, dependencies in deps.items():
        for d in dependencies:
            found[d].append(id)
    return found


def _alike(deps: Mapping[str, Sequence[str]], held: set[str]) -> list[list[str]]:
    """Give the sets of boxes that depend on the same and are waited for by the same."""
    back = _back(deps)
    sets: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for id, found in deps.items():
        if id not in held and (found or back[id]):
            sets.setdefault((tuple(sorted(found)), tuple(sorted(back[id]))), []).append(id)
    return [names for names in sets.values() if len(names) >= _LEAST]


def _rows(deps: Mapping[str, Sequence[str]], held: set[str]) -> list[list[str]]:
    """Give the runs of boxes each of which depends on the one before alone and is waited for by the next alone."""
    back = _back(deps)

    def next_one(id: str) -> str:
        after = back[id]
        fits = len(after) == 1 and deps[after[0]] == [id] and after[0] not in held
        return after[0] if fits else ""

    follows = {to for id in deps if id not in held and (to := next_one(id))}
    found = []
    for id in deps:
        if id not in held and id not in follows:
            run = [id]
            while to := next_one(run[-1]):
                run.append(to)
            if len(run) >= _LEAST:
                found.append(run)
    return found


def _by_group(boxes: _Boxes, closed: set[str], held: set[str], most: int, *, layered: bool) -> None:
    """Fold whole layers of what is large, and whole groups once the room is used up."""
    if len(boxes.deps) <= most:
        return
    boxes.join("done", _all_done(boxes, closed - held, most))
    left = most
    layers: list[list[str]] = []
    whole: list[list[str]] = []
    fixed = held | {name for name, fold in boxes.folds.items() if fold.kind == "done"}
    for group in graph.groups(boxes.deps):
        if len(group) <= left or (len(group) == 1 and held.intersection(group)):
            left -= len(group)
        elif left == most or held.intersection(group):
            found = _layers(boxes.deps, group, fixed, max(left, most // 3, 1)) if layered else []
            layers += found
            left -= len(group) - sum(map(len, found)) + len(found)
        else:
            whole.append(group)
    boxes.join("layer", layers)
    shown, rest = whole[: most // 3], whole[most // 3 :]
    boxes.join("group", [group for group in shown if len(group) > 1])
    boxes.join("rest", [[id for group in rest for id in group]] if rest else [])


def _layers(deps: Mapping[str, Sequence[str]], group: Sequence[str], held: set[str], most: int) -> list[list[str]]:
    """Give the boxes of a group by layer, several neighbouring ones together where there are more than `most`."""
    layer = graph.layers(graph.within(deps, group))
    depth = max(layer.values())
    # What is held stands between layers: those before it and those after it are not joined with each other.
    bars = sorted({layer[id] for id in group if id in held})
    wide = max(1, -(-depth // most))
    found: dict[tuple[int, int], list[str]] = {}
    at = 0
    for id in sorted((id for id in group if id not in held), key=layer.__getitem__):
        while at < len(bars) and bars[at] < layer[id]:
            at += 1
        found.setdefault((layer[id] // wide, at * 2 + (at < len(bars) and bars[at] == layer[id])), []).append(id)
    return [names for names in found.values() if len(names) > 1]
