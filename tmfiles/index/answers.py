"""What the cache has to say: tasks by filter, links, problems, last changes; changes nothing but history."""

from __future__ import annotations

from tmfiles.errors import Problem
from tmfiles.index.cache import Cache
from tmfiles.query import Query, Row
from tmfiles.task import PRIORITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

# Sort keys of `query.SORTS` as SQL; "" is the order of lists that were asked for none.
_ORDER = {
    "": "t.priority, CASE t.due WHEN '' THEN '9' ELSE t.due END, made, t.id",
    "priority": "t.priority",
    "created": "made",
    "updated": "c.at",
    "due": "CASE t.due WHEN '' THEN '9' ELSE t.due END",
    "title": "t.title COLLATE NOCASE",
    "status": "t.status",
    "id": "t.id",
}
_SELECT = (
    "SELECT t.id, t.path, t.title, t.status, t.priority, t.type, t.assignee, t.due, t.parent,"
    " CASE t.created_at WHEN '' THEN COALESCE(c.made_at, '') ELSE t.created_at END AS made,"
    " COALESCE(c.at, '') FROM task t LEFT JOIN change c ON c.id = t.id"
)


class Index(Cache):
    """The cache of one store, and the questions it answers."""

    def rows(self, query: Query) -> list[Row]:
        """Give the tasks whose stored fields pass the query, in its order; its limit is the caller's."""
        where, values = _where(query)
        key = query.sort.removeprefix("-")
        down = " DESC" if query.sort.startswith("-") else ""
        order = f"{_ORDER[key]}{down}" + (", t.id" if key else "")
        sql = f"{_SELECT} WHERE {where} ORDER BY {order}"
        return [_row(found) for found in self._db.execute(sql, values)]

    def row(self, task_id: str) -> Row:
        """Give one readable task; raises KeyError when there is none."""
        found = self._db.execute(f"{_SELECT} WHERE t.id = ? AND t.status IS NOT NULL", (task_id,)).fetchone()
        if found is None:
            raise KeyError(task_id)
        return _row(found)

    def files(self, task_id: str) -> list[tuple[str, str | None]]:
        """Give path and document (JSON text, None when unreadable) of each file with this id."""
        return self._db.execute("SELECT path, doc FROM task WHERE id = ? ORDER BY path", (task_id,)).fetchall()

    def documents(self) -> Iterator[tuple[str, str, str]]:
        """Give id, path and document (JSON text) of every readable task, by id."""
        yield from self._db.execute("SELECT id, path, doc FROM task WHERE doc IS NOT NULL ORDER BY id, path")

    def ids(self, prefix: str = "") -> list[str]:
        """Give all ids that begin so, unreadable tasks included."""
        # '{' follows 'z' in ASCII, and ids hold nothing that sorts behind it.
        sql = "SELECT DISTINCT id FROM task WHERE id >= ? AND id < ? ORDER BY id"
        return [row[0] for row in self._db.execute(sql, (prefix, prefix + "{"))]

    def titles(self, ids: Iterable[str]) -> dict[str, str]:
        """Give the titles of these tasks, as far as they can be read."""
        found = {}
        for task_id in ids:
            row = self._db.execute("SELECT title FROM task WHERE id = ?", (task_id,)).fetchone()
            if row and row[0]:
                found[task_id] = row[0]
        return found

    def names(self, what: str) -> list[str]:
        """Give all tags, or all assignees, by name."""
        sql = {
            "tag": "SELECT DISTINCT name FROM tag ORDER BY name",
            "assignee": "SELECT DISTINCT assignee FROM task WHERE assignee <> '' ORDER BY assignee",
        }
        return [row[0] for row in self._db.execute(sql[what])]

    def twins(self) -> list[tuple[str, str]]:
        """Give id and path of every file whose id another file has too."""
        sql = (
            "SELECT id, path FROM task WHERE id IN (SELECT id FROM task GROUP BY id HAVING COUNT(*) > 1)"
            " ORDER BY id, path"
        )
        return self._db.execute(sql).fetchall()

    def links(self, kind: str) -> dict[str, list[str]]:
        """Give what each task names under one kind of link, in the order it names them."""
        found: dict[str, list[str]] = {}
        for src, dst in self._db.execute("SELECT src, dst FROM link WHERE kind = ? ORDER BY rowid", (kind,)):
            found.setdefault(src, []).append(dst)
        return found

    def linked_statuses(self) -> dict[str, str | None]:
        """Give the stored status of every task at either end of a dependency; None when unreadable."""
        sql = (
            "SELECT id, status FROM task WHERE id IN"
            " (SELECT src FROM link WHERE kind = 'depends_on' UNION SELECT dst FROM link WHERE kind = 'depends_on')"
        )
        return dict(self._db.execute(sql))

    def statuses(self) -> dict[str, str | None]:
        """Give the stored status of every task; None when unreadable."""
        return dict(self._db.execute("SELECT id, status FROM task"))

    def referrers(self, task_id: str) -> list[tuple[str, str]]:
        """Give (id, kind) of every link to this task."""
        sql = "SELECT src, kind FROM link WHERE dst = ? ORDER BY src, kind"
        return self._db.execute(sql, (task_id,)).fetchall()

    def problems(self) -> list[Problem]:
        """Give what is wrong in the files themselves, by path and line."""
        sql = "SELECT path, line, col, rule, message, severity FROM problem ORDER BY path, line, col"
        return [Problem._make(row) for row in self._db.execute(sql)]

    def count(self) -> int:
        """Count the task files."""
        return int(self._db.execute("SELECT COUNT(*) FROM task").fetchone()[0])

    # -- what history says ----------------------------------------------------------------------------

    def change(self, task_id: str) -> tuple[str, str, str, str] | None:
        """Give when and by whom a task was last changed and was made, by the commits of HEAD."""
        sql = "SELECT at, by, made_at, made_by FROM change WHERE id = ?"
        row: tuple[str, str, str, str] | None = self._db.execute(sql, (task_id,)).fetchone()
        return row

    def was_deleted(self, ids: Iterable[str]) -> set[str]:
        """Give those of the ids that a commit of HEAD's history deleted."""
        sql = "SELECT 1 FROM change WHERE id = ? AND gone = 1"
        return {task_id for task_id in ids if self._db.execute(sql, (task_id,)).fetchone()}

    def add_changes(self, changes: Iterable[tuple[str, str, str, bool]]) -> None:
        """Add (id, time, author, gone) of commits that follow those known, oldest first."""
        self._db.executemany(
            "INSERT INTO change VALUES (?1, ?2, ?3, ?2, ?3, ?4)"
            " ON CONFLICT (id) DO UPDATE SET at = ?2, by = ?3, gone = ?4",
            changes,
        )

    def forget_changes(self) -> None:
        """Drop all that is known of history."""
        self._db.execute("DELETE FROM change")


def _row(found: Sequence[Any]) -> Row:
    return Row._make((*found[:4], PRIORITIES[found[4]], *found[5:]))


def _where(query: Query) -> tuple[str, list[object]]:
    """Translate filters to SQL; effective status is narrowed by the caller, who has the graph."""
    parts, values = ["t.status IS NOT NULL"], list[object]()

    def one_of(column: str, wanted: Sequence[object]) -> None:
        if wanted:
            parts.append(f"{column} IN ({','.join('?' * len(wanted))})")
            values.extend(wanted)

    stored = set(query.statuses)
    if "blocked" in stored:  # a pending task may turn out to be blocked
        stored.add("pending")
    one_of("t.status", sorted(stored))
    one_of("t.priority", [PRIORITIES.index(name) for name in query.priorities])
    one_of("t.type", query.types)
    one_of("t.assignee", query.assignees)
    one_of("t.parent", [query.parent] if query.parent else [])
    if query.awake:
        parts.append("t.wait <= ?")  # a day alone sorts before all its hours: it is over when it begins
        values.append(query.awake)
    for tag in query.tags:
        parts.append("EXISTS (SELECT 1 FROM tag WHERE tag.path = t.path AND tag.name = ?)")
        values.append(tag)
    return " AND ".join(parts), values
