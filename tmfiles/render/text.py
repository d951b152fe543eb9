"""Text for pipes, and what all text shares: lists, one task, trees; loads nothing heavy."""

from __future__ import annotations

from tmfiles.store import FOLDER
from tmfiles.task import UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from tmfiles.actions.boards import Board
    from tmfiles.actions.graphs import Drawing
    from tmfiles.actions.links import Node
    from tmfiles.actions.lists import Details, Listing
    from tmfiles.actions.review import Judged
    from tmfiles.actions.watch import News
    from tmfiles.errors import Problem
    from tmfiles.query import Row

_UNSAFE_LINES = {code: None for code in UNSAFE if code not in (9, 10)}
_GAP = "  "


def line(text: str) -> str:
    """Give text as it may stand on one line: controls are gone, line breaks and tabs become spaces."""
    if text.isprintable():
        return text
    return " ".join(text.split()).translate(UNSAFE)


def paragraphs(text: str) -> str:
    """Give long text as it may reach a terminal: line breaks and tabs stay, other controls are gone."""
    return text.translate(_UNSAFE_LINES)


def plain_row(row: Row, group: str | None = None) -> str:
    """Give the stable, tab-separated line of `--plain`: id, status, priority, type, assignee, due, title.

    In a grouped list, the group's value is one column more.
    """
    more = [] if group is None else [line(group)]
    first = (row.id, row.status, row.priority, row.type, line(row.assignee), row.due)
    return "\t".join((*first, line(row.title), *more)) + "\n"


def group_head(key: str, value: str, count: int) -> str:
    """Give the line above a group of tasks."""
    return f"{line(value) or f'no {key}'} ({count})"


def piped_row(row: Row, blockers: Sequence[str] = ()) -> str:
    """Give a task's line when no terminal reads it: id, status, assignee, title, and what it waits for."""
    waits = f"  (waits for {', '.join(blockers)})" if blockers else ""
    return f"{row.id}  {row.status}  {line(row.assignee) or '-'}  {line(row.title)}{waits}\n"


def problem_lines(found: Listing | Drawing | Board) -> str:
    """Name the files that no task could be made of, for every list to end with."""
    return left_out(found.problems)


def left_out(problems: Sequence[Problem]) -> str:
    """Name the files that no task could be made of, a line each, up to ten."""
    lines = [f"{problem}\n" for problem in problems[:10]]
    if len(problems) > 10:
        lines.append(f"and {len(problems) - 10} more problems: tm check\n")
    return "".join(lines)


def details(one: Details) -> str:
    """Give one task as `key: value` lines; long text follows its key, indented."""
    changed_at, changed_by, made_at, made_by = one.change
    doc: dict[str, Any] = dict(one.task.doc)
    doc.setdefault("created_at", made_at)
    doc.setdefault("created_by", made_by)
    first = {key: one.task.get(key) for key in ("title", "status", "priority", "type", "assignee")}
    doc = {"id": one.task.id, **{key: value for key, value in first.items() if value}, **doc, "status": one.status}
    doc |= {
        "blocked_by": one.blocked_by,
        "blocks": one.blocks,
        "children": one.children,
        "updated_at": changed_at,
        "updated_by": changed_by,
        "path": f"{FOLDER}/{one.task.path}",
    }
    text = "".join(_field(key, value) for key, value in doc.items() if value not in (None, "", [], {}))
    return text + "".join(f"{problem}\n" for problem in one.problems)


def _field(key: str, value: Any) -> str:
    if isinstance(value, str) and "\n" in value.strip():
        return f"{key}:\n" + "".join(f"  {row}\n" for row in paragraphs(value).strip("\n").split("\n"))
    if key == "journal":
        return "journal:\n" + "".join(map(_said, value))
    if key == "criteria":
        rows = (f"  {n}  {'met' if one.get('met') else 'open'}  {_criterion(one)}\n" for n, one in enumerate(value, 1))
        return "criteria:\n" + "".join(rows)
    if isinstance(value, (list, tuple)) and any(isinstance(item, dict) for item in value):
        return f"{key}:\n" + "".join(f"  - {inline(item)}\n" for item in value)
    return f"{key}: {inline(value)}\n"


def _said(entry: Mapping[str, Any]) -> str:
    """Give a journal entry: when, who and what kind, its words indented beneath."""
    head = "  ".join(line(str(entry[key])) for key in ("at", "by", "kind") if entry.get(key))
    words = paragraphs(str(entry.get("text", ""))).strip("\n").split("\n")
    return f"  {head}\n" + "".join(f"    {row}".rstrip() + "\n" for row in words)


def _criterion(one: Mapping[str, Any]) -> str:
    check = f"  ({line(str(one['measurable']))})" if one.get("measurable") else ""
    return f"{line(str(one.get('text', '')))}{check}"


def inline(value: Any) -> str:
    """Give any value of a document on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return ", ".join(f"{line(str(key))}: {inline(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(inline(item) for item in value)
    return line(str(value))


def judged(report: Sequence[Judged]) -> str:
    """Give what became of a task's criteria, a line each, behind how many hold."""
    met = sum(one.verdict == "met" for one in report)
    rows = "".join(
        f"  {n}  {one.verdict:<6}  {line(one.text)}{f'  ({line(one.measurable)})' if one.measurable else ''}"
        f"{f': {line(one.why)}' if one.verdict != 'met' else ''}\n"
        for n, one in enumerate(report, 1)
    )
    return f"criteria: {met} of {len(report)} hold\n{rows}"


def news(one: News) -> str:
    """Give one notification: when, what kind, on which task, by whom, in words."""
    by = f"  {line(one.by)}" if one.by else ""
    return f"{one.at}  {one.kind}  {one.id}{by}  {line(one.text)}\n"


def shared(found: Mapping[str, Sequence[str]]) -> str:
    """Give the open tasks that are about the same files."""
    if not found:
        return "impact: no open task is about its files\n"
    return "impact: look at\n" + "".join(f"  {one}  {line(', '.join(files))}\n" for one, files in found.items())


def tree(nodes: Iterable[Node]) -> str:
    """Draw a dependency tree, a line a task, two cells a level."""
    return "".join(
        f"{_GAP * node.depth}{node.id}  {node.status}  {line(node.title)}{'  (above)' if node.seen else ''}".rstrip()
        + "\n"
        for node in nodes
    )
