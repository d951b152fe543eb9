"""The dependency graph as text, Mermaid, DOT and JSON, and the critical path; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tmfiles.dates import span
from tmfiles.render.cells import cut, fit, width
from tmfiles.render.text import line
from tmfiles.task import CLOSED

if TYPE_CHECKING:
    from tmfiles.actions.graphs import Drawing, Point, Step
    from tmfiles.actions.links import Node
    from tmfiles.render.screen import Screen

FORMATS = ("text", "mermaid", "dot")
_GAP = "  "
# Cells that a title keeps where there is room, however many arrows stand behind it.
_LEAST = 16
_ATTENTION = {"blocked": "held", "missing": "alarm", "unreadable": "alarm"}
# What Mermaid and DOT fill a task with, by its status; others stay as they are.
_FILLS = {"in_progress": "#cfe8ff", "blocked": "#ead1f5", "completed": "#dddddd", "cancelled": "#dddddd"}
_MERMAID = str.maketrans({'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "`": "#96;", "\\": "#92;"})
_DOT = str.maketrans({'"': '\\"', "\\": "\\\\"})


def text(drawing: Drawing, screen: Screen | None) -> str:
    """Give each task one line, in layers: what comes first stands above, behind an arrow what it waits for."""
    return "\n".join(_group(group, drawing.links, screen) for group in drawing.groups)


def _group(group: Sequence[Point], links: Mapping[str, Sequence[str]], screen: Screen | None) -> str:
    number = max(len(str(point.layer)) for point in group)
    ids = _room_for_ids(group, screen)
    status = max(len(point.status) for point in group)
    lines, layer = [], 0
    for point in group:
        head = str(point.layer) if point.layer != layer else ""
        layer = point.layer
        start = f"{head:>{number}}{_GAP}{fit(point.id, ids)}{_GAP}"
        word = f"{point.status:{status}}"
        arrow = f"{_GAP}← {', '.join(links[point.id])}" if links[point.id] else ""
        title = line(point.title)
        if screen is not None:
            room = max(screen.width - width(start) - status - len(_GAP), 0)
            title = cut(title, max(room - width(arrow), min(_LEAST, room)))
            arrow = cut(arrow, room - width(title))
            word = screen.styled(cut(word, screen.width - width(start)), _ATTENTION.get(point.status, ""))
        lines.append(f"{start}{word}{_GAP if title or arrow else ''}{title}{arrow}".rstrip() + "\n")
    return "".join(lines)


def tree(nodes: Iterable[Node], screen: Screen) -> str:
    """Draw a dependency tree, a line a task, two cells a level, no line wider than the screen."""
    lines = []
    for node in nodes:
        start = f"{_GAP * node.depth}{node.id}{_GAP}"
        above = f"{_GAP}(above)" if node.seen else ""
        room = screen.width - len(start) - len(node.status) - len(_GAP) - len(above)
        text = cut(f"{start}{node.status}{_GAP}{cut(line(node.title), max(room, 0))}{above}".rstrip(), screen.width)
        at, end = len(start), len(start) + len(node.status)
        status = screen.styled(text[at:end], _ATTENTION.get(node.status, ""))
        lines.append(screen.styled(f"{text[:at]}{status}{text[end:]}", "faint" if node.status in CLOSED else "") + "\n")
    return "".join(lines)


def path(steps: Sequence[Step], screen: Screen | None) -> str:
    """Give the critical path, what comes first above, with the work of each task and of all."""
    needs = [span(step.seconds) + ("" if step.estimated else "?") for step in steps]
    total = span(sum(step.seconds for step in steps))
    ids, status = _room_for_ids(steps, screen), max(len(step.status) for step in steps)
    work = max(map(len, [total, *needs]))
    lines = []
    for step, need in zip(steps, needs, strict=True):
        start = f"{fit(step.id, ids)}{_GAP}{step.status:{status}}{_GAP}{need:>{work}}{_GAP}"
        title = line(step.title)
        if screen is not None:
            title = cut(title, screen.width - width(start))
        lines.append(f"{start}{title}")
    blank = " " * (ids + status + 2 * len(_GAP))
    lines.append(f"{blank}{total:>{work}}{_GAP}in all")
    return "".join(f"{row if screen is None else cut(row, screen.width)}\n" for row in lines)


def _room_for_ids(rows: Sequence[Point | Step], screen: Screen | None) -> int:
    longest = max(width(row.id) for row in rows)
    return longest if screen is None else min(longest, screen.width // 2)


def mermaid(drawing: Drawing) -> str:
    """Give a Mermaid flowchart; its arrows lead from what comes first to what waits for it."""
    name = _names(drawing.points)
    lines = ["flowchart TD"]
    for point in drawing.points:
        lines.append(f'    {name[point.id]}["{_worded(point).translate(_MERMAID)}"]')
    lines += [f"    {name[first]} --> {name[then]}" for then, first in _arrows(drawing)]
    for status, fill in _FILLS.items():
        if members := [name[point.id] for point in drawing.points if point.status == status]:
            lines += [f"    classDef {status} fill:{fill}", f"    class {','.join(members)} {status}"]
    if drawing.critical:
        members = [name[step.id] for step in drawing.critical]
        lines += ["    classDef critical stroke:#c00,stroke-width:3px", f"    class {','.join(members)} critical"]
    return "\n".join(lines) + "\n"


def dot(drawing: Drawing) -> str:
    """Give a graph for Graphviz; its arrows lead from what comes first to what waits for it."""
    critical = {step.id for step in drawing.critical}
    lines = ["digraph tasks {", "    node [shape=box];"]
    for point in drawing.points:
        label = _worded(point).translate(_DOT)
        style = f', style=filled, fillcolor="{_FILLS[point.status]}"' if point.status in _FILLS else ""
        style += ', color="#cc0000", penwidth=3' if point.id in critical else ""
        lines.append(f'    "{point.id}" [label="{label}"{style}];')
    lines += [f'    "{first}" -> "{then}";' for then, first in _arrows(drawing)]
    return "\n".join([*lines, "}"]) + "\n"


def _worded(point: Point) -> str:
    return f"{point.id}: {line(point.title)}" if point.title else f"{point.id} ({point.status})"


def _names(points: Iterable[Point]) -> dict[str, str]:
    """Give each task a name that Mermaid takes for no word of its own and no sign."""
    return {point.id: f"t{number}" for number, point in enumerate(points, 1)}


def _arrows(drawing: Drawing) -> Iterable[tuple[str, str]]:
    return ((point.id, first) for point in drawing.points for first in drawing.links[point.id])


def document(drawing: Drawing, *, critical: bool) -> dict[str, Any]:
    """Give the graph, and with `critical` its critical path, as the JSON document."""
    found: dict[str, Any] = {
        "nodes": [point._asdict() for point in drawing.points],
        "links": [{"id": then, "depends_on": first} for then, first in _arrows(drawing)],
        "cycles": [list(cycle) for cycle in drawing.cycles],
        "alone": drawing.alone,
    }
    if critical:
        found["critical_path"] = [step._asdict() for step in drawing.critical]
        found["critical_seconds"] = sum(step.seconds for step in drawing.critical)
    return found
