"""The links between beads issues as tm's fields; knows which kinds there are, not what else an issue holds.

`blocks` is `depends_on`, `parent-child` is `parent`, `discovered-from` is `source`, `related` is `related`.
Where that can't be (a second parent, a loop, a deleted or missing issue, a kind without a field) it stays
whole in `fields.beads.links` and is told; a second parent and an opened loop stay in `related` besides.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from tmfiles import dates, graph
from tmfiles.errors import TmError
from tmfiles.interop.imported import Entry

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

# conditional-blocks and waits-for hold work back in bd as well: to start too late is the smaller harm.
BLOCKING = ("blocks", "conditional-blocks", "waits-for")
SINGLE = {"parent-child": "parent", "discovered-from": "source"}
SEE_ALSO = ("related", "relates-to", "relates_to")


class Link(NamedTuple):
    """A link of one of our tasks to an issue by its beads id; `at` sorts by age, unknown age first."""

    at: str
    to: str
    kind: str
    raw: dict[str, Any]


def text(value: object, limit: int = 1 << 62) -> bool:
    """Tell whether a value is text that says something within a number of characters."""
    return isinstance(value, str) and bool(value.strip()) and len(value) <= limit


def moment(value: object) -> datetime | None:
    """Read a time of beads, in UTC; None if it is none."""
    try:
        return dates.instant(value) if isinstance(value, str) else None
    except TmError:
        return None


def keep(doc: dict[str, Any], key: str, value: Any) -> None:
    """Keep a value of the source in `fields.beads`; what is there already stays, in one list."""
    kept = doc.setdefault("fields", {}).setdefault("beads", {})
    if key in kept:
        both = (kept[key], value)
        value = [item for part in both for item in (part if isinstance(part, list) else [part])]
    kept[key] = value


def links(id: str, doc: dict[str, Any], raws: object, report: list[Entry]) -> list[Link]:
    """Read the links of a task, oldest first; what can't be read as a link of it is kept and told."""
    found = []
    for raw in raws if isinstance(raws, list) else [raws]:
        if isinstance(raw, dict) and text(raw.get("depends_on_id")) and text(raw.get("type")):
            at = moment(raw.get("created_at"))
            found.append(Link(at.isoformat() if at else "", raw["depends_on_id"], raw["type"], raw))
        else:
            keep(doc, "dependencies", [raw])
            report.append(Entry("odd-value", id, f"link {raw!r} kept in fields.beads.dependencies"))
    return sorted(found, key=lambda link: link[:3])


def connect(
    tasks: Mapping[str, dict[str, Any]],
    found: Mapping[str, list[Link]],
    names: Mapping[str, str],
    dead: Collection[str],
) -> list[Entry]:
    """Put every link where it belongs and open the loops; return what was decided.

    `found` has the links of each task by our id, `names` our id of each living issue, `dead` the rest.
    """
    report: list[Entry] = []
    edges: dict[tuple[str, str, str], Link] = {}
    for id, doc in tasks.items():
        for link in found[id]:
            there = names.get(link.to)
            field = "depends_on" if link.kind in BLOCKING else SINGLE.get(link.kind, "related")
            kind, why = _obstacle(doc, field, id, link, there, dead)
            if kind:
                report.append(Entry(kind, id, f"{link.kind} {link.to}: {why}"))
                _aside(doc, link, there, see_also=kind == "second")
            elif there is not None:
                edges[field, id, there] = link
                _set(doc, field, there)
                if link.raw.get("metadata") not in (None, "", "{}", {}) or link.kind in BLOCKING[1:]:
                    report.append(Entry("link-kind", id, f"{link.kind} {link.to}: is {field} here, and kept whole"))
                    _aside(doc, link, there)
    for field in ("depends_on", "parent"):
        report += _open_loops(tasks, field, edges)
    for doc in tasks.values():
        for field in ("depends_on", "related"):
            if field in doc:
                doc[field].sort()
    return report


def _obstacle(
    doc: dict[str, Any], field: str, id: str, link: Link, there: str | None, dead: Collection[str]
) -> tuple[str, str]:
    """Say why a link can't be what it is in beads, as an entry's kind and words; nothing if it can."""
    kept = "kept in fields.beads.links"
    if there is None and link.to in dead:
        return "dangling", f"that issue is deleted in beads; {kept}"
    if there is None:
        return "dangling", f"that issue is not in the export; {kept}"
    if there == id:
        return "loop", f"links to itself; {kept}"
    if field == "related" and link.kind not in SEE_ALSO:
        return "link-kind", f"a kind without a field here; {kept}"
    if field in SINGLE.values() and doc.get(field, there) != there:
        return "second", f"a second {field}, after {doc[field]}; kept in related and fields.beads.links"
    return "", ""


def _set(doc: dict[str, Any], field: str, there: str) -> None:
    if field in SINGLE.values():
        doc[field] = there
    elif there not in doc.setdefault(field, []):
        doc[field].append(there)


def _aside(doc: dict[str, Any], link: Link, there: str | None, see_also: bool = False) -> None:
    """Keep a link whole, under our id for its other end; `see_also` keeps it in `related` too."""
    told = {"type": link.kind, "to": there or link.to}
    told |= {key: value for key, value in link.raw.items() if key not in ("issue_id", "depends_on_id", "type")}
    keep(doc, "links", [{key: value for key, value in told.items() if value not in (None, "", {}, [])}])
    if see_also and there is not None:
        _set(doc, "related", there)


def _open_loops(
    tasks: Mapping[str, dict[str, Any]], field: str, edges: Mapping[tuple[str, str, str], Link]
) -> list[Entry]:
    """Take the newest link out of each loop until none is left, whatever the order of the file."""
    report = []
    deps = {id: [doc[field]] if field == "parent" else doc[field] for id, doc in tasks.items() if field in doc}
    while found := graph.cycles(deps):
        for path in found:
            at, id, there = max((edges[field, a, b].at, a, b) for a, b in pairwise(path))
            deps[id].remove(there)
            if not deps[id] or field == "parent":
                del tasks[id][field]
            _aside(tasks[id], edges[field, id, there], there, see_also=True)
            loop = " → ".join(path)
            words = f"{field} {there} closes the loop {loop}; kept in related and fields.beads.links"
            report.append(Entry("loop", id, words + (f" (link of {at})" if at else "")))
    return report
