"""What a query asks for as SQL over the tables of the cache; effective status is the view's to tell."""

from __future__ import annotations

from tmfiles.query import OPEN, Query
from tmfiles.task import ARCHIVE, CLOSED, PRIORITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Part = tuple[str, Sequence[object]]

# A day is due at its end, and is the text before its hours.
_MOMENT = "(CASE LENGTH(t.due) WHEN 10 THEN t.due || 'T23:59:59Z' ELSE t.due END)"
_LINKED = "SELECT 1 FROM link l WHERE l.kind = 'depends_on' AND l.src = t.id AND l.path = t.path"


def where(query: Query, *, full_text: bool = False) -> tuple[str, list[object]]:
    """Translate filters and opposites to a condition on `task t` (and `change c`, if history is asked).

    Words are part of it with `full_text`.
    """
    parts: list[Part] = [("t.status IS NOT NULL", ())]
    stored = set(query.allowed)
    if "blocked" in stored:  # a pending task may turn out to be blocked
        stored.add("pending")
    if stored:
        parts.append(_one_of("t.status", sorted(stored)))
    if query.awake:
        # A day alone sorts before all its hours: it is over when it begins.
        parts.append(("t.wait <= ?", (query.awake,)))
    parts += _parts(query, query)
    parts += [(f"NOT ({sql})", values) for sql, values in _parts(query.barred, query)]
    if full_text:
        parts += _words(query)
    return " AND ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]


def _words(query: Query) -> Iterator[Part]:
    from tmfiles.index.search import conditions

    if query.text:
        yield from conditions(query.text)
    if text := query.barred.text:
        each = conditions(text)
        yield f"NOT ({' AND '.join(sql for sql, _ in each)})", [value for _, values in each for value in values]


def _parts(query: Query, asked: Query) -> Iterator[Part]:
    """Give the conditions of a query; `asked` knows who asks, and when."""
    ranks = [PRIORITIES.index(name) for name in query.priorities]
    for column, wanted in (
        ("t.priority", ranks),
        ("t.type", query.types),
        ("t.assignee", query.assignees),
        ("t.parent", query.parents),
        ("t.phase", query.phases),
        ("SUBSTR(t.due, 1, 10)", query.due),
    ):
        if wanted:
            yield _one_of(column, wanted)
    if query.due_before:
        # No text sorts before none, and no date is before any.
        yield f"(t.due <> '' AND {_MOMENT} < ?)", (query.due_before,)
    if query.due_after:
        after = query.due_after
        yield f"{_MOMENT} > ?", (after + "T23:59:59Z" if len(after) == 10 else after,)
    for tag in query.tags:
        yield "t.file IN (SELECT file FROM tag WHERE name = ?)", (tag,)
    for other in query.depends_on:
        yield f"EXISTS ({_LINKED} AND l.dst = ?)", (other,)
    for path in query.files:
        below = (path, path + "/", path + "0")  # '0' follows '/'
        yield "t.file IN (SELECT file FROM touched WHERE path = ? OR (path >= ? AND path < ?))", below
    for name in dict.fromkeys(name for name, _ in query.fields):
        yield _field(name, [value for key, value in query.fields if key == name])
    yield from _flags(query, asked)


def _flags(query: Query, asked: Query) -> Iterator[Part]:
    if query.mine:
        held = "t.claimed_by = ? COLLATE NOCASE AND t.claimed_until > ?"
        yield f"(t.assignee = ? COLLATE NOCASE OR ({held}))", (asked.actor, asked.actor, asked.now)
    if query.assigned:
        yield "t.assignee <> ''", ()
    if query.with_deps:
        yield f"EXISTS ({_LINKED})", ()
    if query.overdue:
        sql, values = _one_of("t.status", OPEN)
        yield f"({sql} AND t.due <> '' AND {_MOMENT} < ?)", (*values, asked.now)
    if query.archived:
        # What is open stays in sight, wherever its file was put.
        sql, values = _one_of("t.status", CLOSED)
        yield f"({sql} AND t.path >= ? AND t.path < ?)", (*values, ARCHIVE, ARCHIVE[:-1] + "0")  # '0' follows '/'
    if query.recent:
        # What no commit has yet is the newest.
        yield "COALESCE(c.at, '9') >= STRFTIME('%Y-%m-%dT%H:%M:%SZ', ?, ?)", (asked.now, f"-{query.recent} days")


def _field(name: str, values: Sequence[str]) -> Part:
    if "" in values:  # any will do
        return "t.file IN (SELECT file FROM field WHERE name = ?)", (name,)
    sql, bound = _one_of("value", values)
    return f"t.file IN (SELECT file FROM field WHERE name = ? AND {sql})", (name, *bound)  # noqa: S608 fixed names


def _one_of(column: str, wanted: Sequence[object]) -> Part:
    return f"{column} IN ({','.join('?' * len(wanted))})", wanted
