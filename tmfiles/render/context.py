"""A task and what is around it as Markdown, whole or bounded for a prompt, and as JSON; pure."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tmfiles.phases import PREFIX
from tmfiles.render import documents
from tmfiles.render.text import inline, line, paragraphs

if TYPE_CHECKING:
    from tmfiles.actions.context import Context
    from tmfiles.actions.near import Near

# The most characters of a brief, of one of its sections, of one long text and of one entry in it.
BRIEF = 4000
_SECTION = 1200
_PROSE = 800
_ENTRY = 240
# Room for the line that says what was left out.
_RESERVE = 400
_PLACED = (
    *("title", "status", "description", "context", "criteria", "depends_on", "related", "parent", "files", "links"),
    *("journal", "result", "reason"),
)


class Section(namedtuple("Section", "title name items newest", defaults=(False,))):
    """A heading, what one of its items is called, and the items; `newest` when the last ones matter most."""

    __slots__ = ()

    title: str
    name: str
    items: Sequence[str]
    newest: bool


def text(found: Context) -> str:
    """Give everything."""
    return _joined(_head(found), _sections(found))


def brief(found: Context) -> str:
    """Give at most `BRIEF` characters, the most useful first, and say what was left out."""
    head = _head(found)
    head = [_cut(row, _ENTRY) for row in head[:3]]
    left = BRIEF - _RESERVE - sum(len(row) + 1 for row in head)
    sections, lost = [], []
    for section in _sections(found):
        most = _PROSE if section.name == "end" else _ENTRY
        kept: list[str] = []
        room = min(left - len(section.title) - 6, _SECTION)
        for item in reversed(section.items) if section.newest else section.items:
            short = _cut(item, most)
            if len(short) + 1 > room:
                break
            room -= len(short) + 1
            left -= len(short) + 1
            kept.append(short)
        if kept:
            left -= len(section.title) + 6
            sections.append(section._replace(items=kept[::-1] if section.newest else kept))
        lost += _lost(section, kept, most)
    note = f"Left out: {', '.join(lost)}. All of it: tm context {found.one.task.id}" if lost else ""
    return _joined(head, sections) + (f"\n{_cut(note, _RESERVE - 2)}\n" if note else "")


def _lost(section: Section, kept: Sequence[str], most: int) -> list[str]:
    if section.name == "end":
        whole = kept and len(section.items[0]) <= most
        return [] if whole or not section.items else [f"{'the end of ' if kept else ''}{section.title}"]
    gone = len(section.items) - len(kept)
    return [f"{gone} of {section.title}"] if gone else []


def _joined(head: Iterable[str], sections: Iterable[Section]) -> str:
    parts = ["\n".join(head) + "\n"]
    parts += [f"## {one.title}\n\n" + "\n".join(one.items) + "\n" for one in sections if one.items]
    return "\n".join(parts)


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def _head(found: Context) -> list[str]:
    one = found.one
    doc = one.task.doc
    state = [one.status, *(str(one.task.get(key)) for key in ("priority", "type"))]
    facts = [f"{line(str(key))}: {inline(value)}" for key, value in doc.items() if _is_fact(key, value)]
    return [f"# {one.task.id}: {line(one.task.title)}", "", "; ".join([", ".join(state), *facts])]


def _is_fact(key: str, value: Any) -> bool:
    return key not in (*_PLACED, "priority", "type") and value not in (None, "", [], {})


def _sections(found: Context) -> list[Section]:
    """Give what there is to say, the most useful first."""
    one = found.one
    doc = one.task.doc
    near = _near(found.near)

    def prose(key: str) -> Section:
        words = paragraphs(str(doc.get(key) or "")).strip("\n")
        return Section(key.capitalize(), "end", [words] if words else [])

    waits = [_dependency(near(id), found.results.get(id, "")) for id in doc.get("depends_on") or ()]
    waits += [f"- {line(id)} (closed gate)" for id in one.blocked_by if id.startswith(PREFIX)]
    way = f"Depends on ({len(one.blocked_by)} in the way)" if one.blocked_by else "Depends on"
    met = [f"- [{'x' if item.get('met') else ' '}] {_criterion(item)}" for item in doc.get("criteria") or ()]
    return [
        prose("context"),
        prose("description"),
        Section("Criteria", "item", met),
        Section(way, "item", waits),
        prose("result"),
        prose("reason"),
        Section("Journal", "item", [_said(entry) for entry in doc.get("journal") or ()], newest=True),
        Section("Part of", "item", _parent(found)),
        Section("Files", "item", [f"- {line(name)}" for name in doc.get("files") or ()]),
        Section("Links", "item", [f"- {line(name)}" for name in doc.get("links") or ()]),
        Section("Blocks", "item", [f"- {near(id)}" for id in one.blocks]),
        Section("Parts", "item", [f"- {near(id)}" for id in one.children]),
        Section("Related", "item", [f"- {near(id)}" for id in doc.get("related") or ()]),
        Section("Your note", "end", [paragraphs(found.note).strip("\n")] if found.note.strip() else []),
    ]


def _near(near: Mapping[str, Near]) -> Callable[[str], str]:
    def worded(id: str) -> str:
        return f"{id} ({near[id].status}) {line(near[id].title)}".rstrip()

    return worded


def _dependency(words: str, result: str) -> str:
    return f"- {words}" + (f"\n  {line(result)}" if result else "")


def _parent(found: Context) -> list[str]:
    name = found.one.task.doc.get("parent")
    if not name:
        return []
    about = [
        str(found.parent.doc[key]) for key in ("context", "description") if found.parent and found.parent.doc.get(key)
    ]
    return [_dependency(_near(found.near)(name), about[0] if about else "")]


def _criterion(one: Mapping[str, Any]) -> str:
    return line(str(one.get("text", ""))) + (f" ({line(str(one['measurable']))})" if one.get("measurable") else "")


def _said(entry: Mapping[str, Any]) -> str:
    head = ", ".join(line(str(entry[key])) for key in ("at", "by", "kind") if entry.get(key))
    words = paragraphs(str(entry.get("text", ""))).strip("\n").replace("\n", "\n  ")
    return f"- {head}: {words}"


def document(found: Context) -> dict[str, Any]:
    """Give it as the JSON document."""
    one, near = found.one, found.near
    doc = one.task.doc

    def linked(ids: Iterable[str]) -> list[dict[str, Any]]:
        return [near[id]._asdict() for id in dict.fromkeys(ids)]

    waits = linked(doc.get("depends_on") or ())
    return {
        "task": documents.details(one),
        "depends_on": [{**task, "result": found.results.get(task["id"], "")} for task in waits],
        "blocks": linked(one.blocks),
        "children": linked(one.children),
        "related": linked(doc.get("related") or ()),
        "parent": linked([doc["parent"]])[0] if doc.get("parent") else None,
        "note": found.note,
    }
