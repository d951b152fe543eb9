"""One task as a page for a terminal: what it is, what it is linked to, its texts, its journal; pure."""

from __future__ import annotations

from tmfiles import dates
from tmfiles.phases import PREFIX
from tmfiles.render.cells import cut, fit, width, wrap
from tmfiles.render.table import is_overdue, left
from tmfiles.render.text import inline, line, paragraphs
from tmfiles.store import FOLDER
from tmfiles.task import CLOSED, PROSE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from tmfiles.actions.lists import Details
    from tmfiles.actions.near import Mark, Near
    from tmfiles.render.screen import Screen

# Text is easier to read in lines no longer than this.
_WIDEST = 100
# How many linked tasks, and entries of the journal, a page has room for.
_MOST = 12
_INDENT = "  "
_STYLES = {"blocked": "held", "critical": "alarm", "missing": "alarm", "unreadable": "alarm"}
# What the page has a place of its own for; every other key follows among the facts.
_PLACED = (
    *("title", "status", "priority", "type", "assignee", "tags", "depends_on", "related", "source", "parent"),
    *("due", "created_at", "created_by", "criteria", "files", "links", "journal", "claim"),
    *("started_at", "completed_at", *PROSE),
)


def page(one: Details, near: Mapping[str, Near], mark: Mark, now: datetime, screen: Screen) -> str:
    """Give one task whole, no line wider than the screen."""
    size = min(screen.width, _WIDEST)
    doc = one.task.doc
    parts = [
        _head(one, screen),
        _facts(one, mark, now, screen),
        _linked(_waits(one), doc.get("depends_on") or (), near, screen),
        _linked("Blocks", one.blocks, near, screen),
        _linked(_progress(one.children, near), one.children, near, screen),
        _linked("Related", doc.get("related") or (), near, screen),
        _criteria(mark, doc.get("criteria") or (), size, screen),
        *(_titled(key.capitalize(), prose(doc[key], size), screen) for key in PROSE if doc.get(key)),
        _titled("Files", [_INDENT + cut(line(name), screen.width - 2) for name in doc.get("files") or ()], screen),
        _titled("Links", [_INDENT + cut(line(name), screen.width - 2) for name in doc.get("links") or ()], screen),
        _journal(doc.get("journal") or (), now, size, screen),
        [screen.styled(text, "faint") for row in _history(one, now) for text in wrap(row, screen.width)],
        [text for problem in one.problems for text in wrap(line(str(problem)), screen.width)],
    ]
    return "\n".join("".join(f"{text}\n" for text in part) for part in parts if part)


def _head(one: Details, screen: Screen) -> list[str]:
    task = one.task
    title = _hung(f"{task.id}  "[: screen.width // 2], line(task.title), screen.width)
    words = [one.status, *(line(str(task.get(key))) for key in ("priority", "type"))]
    words = [cut(word, screen.width) for word in words if word not in ("medium", "task")]
    styled = [screen.styled(word, _STYLES.get(word, "")) for word in words]
    fits = width(" · ".join(words)) <= screen.width
    tags = wrap(" ".join(f"#{line(tag)}" for tag in task.get("tags") or ()), screen.width)
    rows = [" · ".join(styled)] if fits else styled
    return [*(screen.styled(row, "strong") for row in title), *rows, *filter(None, tags)]


def _facts(one: Details, mark: Mark, now: datetime, screen: Screen) -> list[str]:
    """Give the short fields, a line each, their names in one column."""
    doc = one.task.doc
    facts = [("assignee", line(str(doc.get("assignee", ""))), "")]
    if one.row.due:
        late = is_overdue(one.row, now)
        when = dates.ago(dates.instant(one.row.due, end=True), now)
        facts.append(("due", f"{one.row.due} ({'overdue, ' if late else ''}{when})", "alarm" if late else ""))
    if claim := doc.get("claim"):
        facts.append(("claim", _claim(claim, mark), ""))
    for key in ("started_at", "completed_at"):
        if doc.get(key):
            facts.append((key.removesuffix("_at"), f"{dates.ago(dates.instant(doc[key]), now)} ({doc[key]})", ""))
    facts += [(key, one.task.doc[key], "") for key in ("parent", "source") if doc.get(key)]
    for key, value in doc.items():
        if key == "fields" and isinstance(value, dict):
            facts += [(line(str(name)), inline(item), "") for name, item in value.items()]
        elif key == "phase" and one.blocked_by and one.blocked_by[-1].startswith(PREFIX):
            facts.append((key, f"{line(str(value))} (waits for {line(one.blocked_by[-1])})", "held"))
        elif key not in _PLACED and value not in (None, "", [], {}):
            facts.append((line(str(key)), inline(value), ""))
    facts = [fact for fact in facts if fact[1]]
    names = min(max((width(name) for name, _, _ in facts), default=0), screen.width // 3)
    return [
        text
        for name, value, style in facts
        for text in _fact(screen.styled(fit(name, names), "faint"), names, line(value), style, screen)
    ]


def _fact(name: str, names: int, value: str, style: str, screen: Screen) -> list[str]:
    first, *more = wrap(value, max(screen.width - names - 2, 8))
    blank = " " * names
    return [f"{name}  {screen.styled(first, style)}", *(f"{blank}  {screen.styled(text, style)}" for text in more)]


def _claim(claim: Mapping[str, Any], mark: Mark) -> str:
    lasts = f"{left(mark.left)} left" if mark.claimed else "run out"
    return f"{line(str(claim.get('by', '')))} until {claim.get('until')} ({lasts})"


def _waits(one: Details) -> str:
    waits = sum(not id.startswith(PREFIX) for id in one.blocked_by)
    return f"Depends on ({waits} in the way)" if waits else "Depends on"


def _progress(children: Sequence[str], near: Mapping[str, Near]) -> str:
    done = sum(near[id].status == "completed" for id in children)
    return f"Parts ({done} of {len(children)} done)"


def _linked(head: str, ids: Iterable[str], near: Mapping[str, Near], screen: Screen) -> list[str]:
    rows = sorted((near[id] for id in dict.fromkeys(ids)), key=lambda row: row.status in CLOSED)
    shown = rows[:_MOST]
    ids_size = min(max((width(row.id) for row in shown), default=0), screen.width // 2)
    size = max((len(row.status) for row in shown), default=0)
    lines = []
    for row in shown:
        start = f"{_INDENT}{fit(row.id, ids_size)}  "
        title = cut(line(row.title), screen.width - width(start) - size - 2)
        status = screen.styled(f"{row.status:{size}}", _STYLES.get(row.status, ""))
        text = f"{start}{status}  {title}".rstrip()
        lines.append(screen.styled(text, "faint") if row.status in CLOSED else text)
    if len(rows) > _MOST:
        lines.append(f"{_INDENT}and {len(rows) - _MOST} more")
    return _titled(head, lines, screen)


def _criteria(mark: Mark, criteria: Sequence[Mapping[str, Any]], size: int, screen: Screen) -> list[str]:
    lines, digits = [], len(str(len(criteria)))
    for number, one in enumerate(criteria, 1):
        check = f"  ({line(str(one['measurable']))})" if one.get("measurable") else ""
        start = f"{_INDENT}{number:>{digits}} {'✓' if one.get('met') else '·'} "
        lines += _hung(start, f"{line(str(one.get('text', '')))}{check}", size)
    return _titled(f"Criteria ({mark.met} of {mark.criteria} met)", lines, screen)


def _journal(entries: Sequence[Mapping[str, Any]], now: datetime, size: int, screen: Screen) -> list[str]:
    """Give what was said last, oldest first: who, when, what kind, and the words beneath."""
    lines: list[str] = []
    for entry in entries[-_MOST:]:
        when = dates.ago(dates.instant(str(entry["at"])), now) if entry.get("at") else ""
        kind = entry.get("kind", "comment")
        words = (entry.get("by"), when, "" if kind == "comment" else kind)
        head = ", ".join(line(str(word)) for word in words if word)
        lines += [screen.styled(_INDENT + text, "faint") for text in wrap(head, size - 2)]
        lines += prose(str(entry.get("text", "")), size, "    ")
    earlier = len(entries) - _MOST
    return _titled(f"Journal ({earlier} earlier left out)" if earlier > 0 else "Journal", lines, screen)


def _history(one: Details, now: datetime) -> list[str]:
    changed_at, changed_by, made_at, made_by = one.change
    made_at = one.task.doc.get("created_at", made_at)
    made_by = one.task.doc.get("created_by", made_by)
    words = [_did("created", made_at, made_by, now)] if made_at else []
    if changed_at and changed_at != made_at:
        words.append(_did("last changed", changed_at, changed_by, now))
    return [*filter(None, [", ".join(words)]), f"{FOLDER}/{one.task.path}"]


def _did(what: str, at: str, by: str, now: datetime) -> str:
    return f"{what} {dates.ago(dates.instant(at), now)}{f' by {line(by)}' if by else ''}"


def _titled(head: str, lines: list[str], screen: Screen) -> list[str]:
    return [screen.styled(cut(head, screen.width), "strong"), *lines] if lines else []


def prose(text: str, size: int, indent: str = _INDENT) -> list[str]:
    """Give long text in lines of at most `size` cells; what hangs from a bullet stays under its words."""
    lines = []
    for row in paragraphs(text).expandtabs(4).strip("\n").split("\n"):
        bare = row.lstrip(" ")
        start = indent + row[: len(row) - len(bare)]
        if bare[:2] in ("- ", "* "):
            start, bare = start + bare[:2], bare[2:]
        lines += _hung(start[: size // 2], bare, size)
    return lines


def _hung(start: str, text: str, size: int) -> list[str]:
    first, *more = wrap(text, max(size - width(start), 4))
    return [(start + first).rstrip(), *(" " * width(start) + row for row in more)]
