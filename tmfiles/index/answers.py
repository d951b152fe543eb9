"""What the cache has to say: tasks by filter, links, problems, last changes; changes nothing but history."""

from __future__ import annotations

from contextlib import suppress

from tmfiles.errors import Problem, TmError
from tmfiles.index.cache import Cache, Damaged, unless_busy
from tmfiles.index.filters import where
from tmfiles.query import Query, Row
from tmfiles.task import MIDDLE, PRIORITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Progress = Callable[[str, int, int], None] | None

# A task without a date comes after those that have one, and one that no commit has is the newest.
_DUE = "t.due = '', t.due"
_MADE = "CASE t.created_at WHEN '' THEN COALESCE(c.made_at, '9') ELSE t.created_at END"
# Sort keys of `query.SORTS` as SQL; "" is the order of lists that were asked for none.
_USUAL = f"t.priority, {_DUE}, CASE t.created_at WHEN '' THEN '9' ELSE t.created_at END"
_ORDER = {
    "": _USUAL,
    "priority": "t.priority",
    "created": _MADE,
    "updated": "COALESCE(c.at, '9')",
    "due": _DUE,
    "title": "t.title COLLATE NOCASE",
    "status": "t.status",
    "order": "t.place",
    "id": "t.id",
}
_NAMES = " ".join(f"WHEN {rank} THEN '{name}'" for rank, name in enumerate(PRIORITIES))
_SELECT = f"SELECT t.id, t.path, t.title, t.status, CASE t.priority {_NAMES} END, t.type, t.assignee, t.due FROM task t"  # noqa: S608 fixed names
_DOCUMENT = "SELECT t.id, t.path, d.text FROM task t JOIN doc d USING (file)"
_HISTORY = " LEFT JOIN change c ON c.id = t.id"


class Index(Cache):
    """The cache of one store, and the questions it answers.

    `full_text` tells whether SQLite can search for words; None until somebody asks for any.
    """

    full_text: bool | None = None
    _learned: tuple[object, ...] | None = None

    def copy(self) -> Index:
        """Give a cache in memory that holds the same, or nothing where this one is in use; it may be changed."""
        made = Index(":memory:")
        with suppress(Damaged):
            self._db.backup(made._db, progress=unless_busy)
        return made

    def rows(self, query: Query) -> list[Row]:
        """Give the tasks whose stored fields pass the query, in its order; its limit is the caller's."""
        texts = bool(query.text or query.barred.text)
        if texts:
            self.learn()
        condition, values = where(query, full_text=bool(self.full_text))
        key = query.sort.removeprefix("-")
        down = " DESC" if query.sort.startswith("-") else ""
        history = _HISTORY if query.asks_history else ""
        # Most tasks have the same rank on boards: among themselves they go as in lists.
        tied = f"{_USUAL}, " if key == "order" else ""
        sql = f"{_SELECT}{history} WHERE {condition} ORDER BY {_ORDER[key]}{down}, {tied}t.id, t.path"
        rows = list(map(Row._make, self.ask(sql, values)))
        if not texts or self.full_text:
            return rows
        from tmfiles.index.search import looked_through

        return looked_through(self, rows, query)

    def learn(self, progress: Progress = None) -> None:
        """Bring the full text up to date, for a query that asks for it."""
        if self.full_text is False or self.state() == self._learned:
            return
        try:
            self._learn(progress)
        except Damaged as error:
            if self._refill is None:
                raise
            self.give_up(error)
            self._refill()
            self._learn(progress)
        self._learned = self.state()

    def _learn(self, progress: Progress) -> None:
        from tmfiles.index import search  # few commands look for words

        self.begin()
        try:
            self.full_text = search.learn(self, self._db, progress)
            self.commit()
        except BaseException:
            self.rollback()
            raise

    def of_files(self, numbers: Sequence[int]) -> list[tuple[str, str, bytes, str]]:
        """Give path, id, digest and document (JSON text) of the cache's own numbers of tasks."""
        some = ",".join("?" * len(numbers))
        sql = f"SELECT t.path, t.id, t.digest, d.text FROM task t JOIN doc d USING (file) WHERE file IN ({some})"  # noqa: S608 marks alone
        return self.ask(sql, numbers)

    def row(self, task_id: str) -> Row:
        """Give one readable task; raises TmError (`not_found`) when there is none."""
        found = self.ask(f"{_SELECT} WHERE t.id = ? AND t.status IS NOT NULL ORDER BY t.path", (task_id,))
        if not found:
            raise TmError(f"no task {task_id!r}", "all tasks: tm list --all", "not_found")
        return Row._make(found[0])

    def files(self, task_id: str) -> list[tuple[str, str | None]]:
        """Give path and document (JSON text, None when unreadable) of each file with this id."""
        sql = "SELECT t.path, d.text FROM task t LEFT JOIN doc d USING (file) WHERE t.id = ? ORDER BY t.path"
        return self.ask(sql, (task_id,))

    def paths(self) -> list[str]:
        """Give the path of every task file."""
        return [row[0] for row in self.ask("SELECT path FROM task")]

    def has(self, task_id: str) -> bool:
        """Tell whether there is a file with this id, readable or not."""
        return bool(self.ask("SELECT 1 FROM task WHERE id = ? LIMIT 1", (task_id,)))

    def documents(self) -> Iterator[tuple[str, str, str]]:
        """Give id, path and document (JSON text) of every readable task, by id."""
        sql = f"{_DOCUMENT} WHERE (t.id, t.path) > (?, ?) ORDER BY t.id, t.path LIMIT 500"
        last = ("", "")
        while found := self.ask(sql, last):  # a few at a time: nobody waits for a reader that is slow
            yield from found
            last = found[-1][:2]

    def documents_of(self, ids: Sequence[str]) -> Iterator[tuple[str, str, str]]:
        """Give id, path and document (JSON text) of the readable ones among these tasks, in no order."""
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            yield from self.ask(f"{_DOCUMENT} WHERE t.id IN ({','.join('?' * len(some))})", some)

    def ids(self, prefix: str = "") -> list[str]:
        """Give all ids that begin so, unreadable tasks included."""
        # '{' follows 'z' in ASCII: of what begins so, sound ids hold nothing that sorts behind it.
        sql = "SELECT DISTINCT id FROM task WHERE id >= ?1 AND (?1 = '' OR id < ?2) ORDER BY id"
        return [row[0] for row in self.ask(sql, (prefix, prefix + "{"))]

    def beginning(self, prefix: str) -> list[tuple[str, str, str]]:
        """Give id, title and stored status of the readable tasks whose ids begin so, by id."""
        sql = "SELECT id, title, status FROM task WHERE id >= ? AND id < ? AND status IS NOT NULL ORDER BY id"
        return self.ask(sql, (prefix, prefix + "{"))

    def titles(self, ids: Iterable[str]) -> dict[str, str]:
        """Give the titles of these tasks, as far as they can be read."""
        found = {}
        for task_id in ids:
            for (title,) in self.ask("SELECT title FROM task WHERE id = ? AND title IS NOT NULL", (task_id,)):
                found[task_id] = title
        return found

    def names(self, what: str) -> list[str]:
        """Give all tags, assignees, files that tasks are about, or custom fields, by name."""
        sql = {
            "tag": "SELECT DISTINCT name FROM tag ORDER BY name",
            "assignee": "SELECT DISTINCT assignee FROM task WHERE assignee <> '' ORDER BY assignee",
            "phase": "SELECT DISTINCT phase FROM task WHERE phase <> '' ORDER BY phase",
            "file": "SELECT DISTINCT path FROM touched ORDER BY path",
            "field": "SELECT DISTINCT name FROM field ORDER BY name",
        }
        return [row[0] for row in self.ask(sql[what])]

    def knows(self, what: str, name: str) -> bool:
        """Tell whether any readable task bears this tag, assignee, file (or one below it) or custom field."""
        sql = {
            "tag": "SELECT 1 FROM tag WHERE name = ?1 LIMIT 1",
            "assignee": "SELECT 1 FROM task WHERE assignee = ?1 LIMIT 1",
            "phase": "SELECT 1 FROM task WHERE phase = ?1 LIMIT 1",
            "file": "SELECT 1 FROM touched WHERE path = ?1 OR (path >= ?1 || '/' AND path < ?1 || '0') LIMIT 1",
            "field": "SELECT 1 FROM field WHERE name = ?1 LIMIT 1",
        }
        return bool(self.ask(sql[what], (name,)))

    def having(self, what: str, name: str = "") -> dict[str, list[str]]:
        """Give the tags, or the values of one custom field, by the path of the task's file."""
        sql = "SELECT path, name FROM tag JOIN task USING (file) ORDER BY path, name"
        if what == "field":
            sql = "SELECT path, value FROM field JOIN task USING (file) WHERE name = ? ORDER BY path, value"
        found: dict[str, list[str]] = {}
        for path, value in self.ask(sql, (name,) if what == "field" else ()):
            found.setdefault(path, []).append(value)
        return found

    def ranks(self) -> dict[str, str]:
        """Give the rank on boards of every task that has one."""
        return dict(self.ask("SELECT id, place FROM task WHERE place <> ?", (MIDDLE,)))

    def twins(self) -> list[tuple[str, str]]:
        """Give id and path of every file whose id another file has too."""
        sql = (
            "SELECT id, path FROM task WHERE id IN (SELECT id FROM task GROUP BY id HAVING COUNT(*) > 1)"
            " ORDER BY id, path"
        )
        return self.ask(sql)

    def links(self, kind: str) -> dict[str, list[str]]:
        """Give what each task names under one kind of link, in the order it names them."""
        found: dict[str, list[str]] = {}
        for src, dst in self.ask("SELECT src, dst FROM link WHERE kind = ? ORDER BY src, path, n", (kind,)):
            found.setdefault(src, []).append(dst)
        return found

    def named(self, task_id: str, kind: str) -> list[str]:
        """Give what one task names under one kind of link, in its order."""
        sql = "SELECT dst FROM link WHERE kind = ? AND src = ? ORDER BY path, n"
        return [row[0] for row in self.ask(sql, (kind, task_id))]

    def tied(self, path: str) -> list[tuple[str, ...]]:
        """Give what other tasks hang on in one file: its id, status and assignee, and what it names."""
        rows: list[tuple[str, ...]] = self.ask("SELECT id, status, assignee FROM task WHERE path = ?", (path,))
        if rows:
            sql = "SELECT kind, dst FROM link WHERE src = ? AND path = ? ORDER BY kind, n"
            rows += self.ask(sql, (rows[0][0], path))
        return rows

    def claims(self, now: str) -> dict[str, tuple[str, str]]:
        """Give who holds a task and until when, by its id, for the claims that have not run out by `now`."""
        sql = "SELECT id, claimed_by, claimed_until FROM task WHERE claimed_by <> '' AND claimed_until > ?"
        return {task_id: (by, until) for task_id, by, until in self.ask(sql, [now])}

    def statuses(self) -> dict[str, str | None]:
        """Give the stored status of every task; None when unreadable, or when two files differ on it."""
        rows = self.ask("SELECT id, status FROM task")
        found = dict(rows)
        if len(found) < len(rows):  # some ids have two files
            found |= dict.fromkeys(task_id for task_id, status in rows if found[task_id] != status)
        return found

    def phased(self) -> list[tuple[str, str, str | None, int]]:
        """Give id, phase, stored status and number of unmet criteria of the tasks that have a phase."""
        return self.ask("SELECT id, phase, status, unmet FROM task WHERE phase <> ''")

    def referrers(self, task_id: str) -> list[tuple[str, str]]:
        """Give (id, kind) of every link to this task."""
        sql = "SELECT src, kind FROM link WHERE dst = ? ORDER BY src, kind"
        return self.ask(sql, (task_id,))

    def problems(self) -> list[Problem]:
        """Give what is wrong in the files themselves, by path and line."""
        sql = "SELECT path, line, col, rule, message, severity FROM problem ORDER BY path, line, col, rule, message"
        return [Problem._make(row) for row in self.ask(sql)]

    def count(self) -> int:
        """Count the task files."""
        return int(self.ask("SELECT COUNT(*) FROM task")[0][0])

    # -- what history says ----------------------------------------------------------------------------

    def change(self, task_id: str) -> tuple[str, str, str, str] | None:
        """Give when and by whom a task was last changed and was made, by the commits of HEAD."""
        sql = "SELECT at, by, made_at, made_by FROM change WHERE id = ?"
        rows = self.ask(sql, (task_id,))
        return rows[0] if rows else None

    def was_deleted(self, ids: Iterable[str]) -> set[str]:
        """Give those of the ids that a commit of HEAD's history deleted."""
        sql = "SELECT 1 FROM change WHERE id = ? AND gone = 1"
        return {task_id for task_id in ids if self.ask(sql, (task_id,))}

    def returned(self) -> list[str]:
        """Give the ids of files that are there though the last commit about them deleted them."""
        return [
            row[0] for row in self.ask("SELECT DISTINCT t.id FROM task t JOIN change c USING (id) WHERE c.gone = 1")
        ]

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
