"""Full text: SQLite's FTS5 over the words of every task, filled when somebody searches; knows no ranking of ours.

Nothing of it is touched when tasks are read or written. A search first brings it up to date: a row is
sound while the cache still has its path with the digest it was made from. Where SQLite comes without
FTS5, tasks are looked through one by one, with the same answer.
"""

from __future__ import annotations

import json
import sqlite3

from tmfiles.terms import GROUPS, Term, holds, parse, texts, tokens, weight

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tmfiles.index.answers import Index
    from tmfiles.query import Query, Row

    Progress = Callable[[str, int, int], None] | None

# Words come as they are compared, so the tokenizer has only to part them at blanks.
_STATEMENTS = (
    "CREATE TABLE IF NOT EXISTS searched (n INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, digest BLOB)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (title, names, prose, talk, tokenize = 'ascii')",
)
_WEIGHTS = "10.0, 5.0, 1.0, 1.0"
# Between two texts of one task stands a word that nobody can look for: no phrase reaches across.
_BREAK = " ¶ "
_GONE = (
    "SELECT s.n FROM searched s LEFT JOIN task t ON t.path = s.path AND t.digest = s.digest"
    " AND t.status IS NOT NULL WHERE t.file IS NULL"
)
_NEW = "SELECT t.file FROM task t LEFT JOIN searched s ON s.path = t.path WHERE s.n IS NULL AND t.status IS NOT NULL"
_FOUND = "SELECT s.path FROM words JOIN searched s ON s.n = words.rowid WHERE words MATCH ?"
_AT_ONCE = 500


def learn(index: Index, db: sqlite3.Connection, progress: Progress) -> bool:
    """Bring the full text up to date with the cache; False where this SQLite has none."""
    try:
        for statement in _STATEMENTS:
            db.execute(statement)
    except sqlite3.OperationalError as error:
        if "fts5" in str(error):
            return False
        raise
    gone = [row[0] for row in db.execute(_GONE)]
    for table, key in (("words", "rowid"), ("searched", "n")):
        db.executemany(f"DELETE FROM {table} WHERE {key} = ?", ((n,) for n in gone))  # noqa: S608 fixed names
    new = [row[0] for row in db.execute(_NEW)]
    for start in range(0, len(new), _AT_ONCE):
        if progress:
            progress("reading words", start, len(new))
        some = new[start : start + _AT_ONCE]
        for path, task_id, digest, text in index.of_files(some):
            n = db.execute("INSERT INTO searched (path, digest) VALUES (?,?)", (path, digest)).lastrowid
            db.execute(
                "INSERT INTO words (rowid, title, names, prose, talk) VALUES (?,?,?,?,?)", (n, *_row(task_id, text))
            )
    return True


def _row(task_id: str, text: str) -> list[str]:
    said = dict(texts(task_id, json.loads(text)))
    return [
        _BREAK.join(" ".join(word for word, _, _ in tokens(one)) for field in group for one in said.get(field, ()))
        for group in GROUPS
    ]


def conditions(text: str) -> list[tuple[str, tuple[str]]]:
    """Give what must hold of `task t` for it to have every term of a search."""
    terms = parse(text)
    found = [(f"t.path IN ({_FOUND})", (expression,))] if (expression := _expression(terms)) else []
    return found + [(f"t.path NOT IN ({_FOUND})", (_quoted(term),)) for term in terms if term.barred]


def _expression(terms: Iterable[Term]) -> str:
    return " AND ".join(_quoted(term) for term in terms if not term.barred)


def _quoted(term: Term) -> str:
    # Words are letters and digits: there is nothing to escape.
    return f'"{" ".join(term.words)}"{" *" if term.begun else ""}'


def ranks(index: Index, text: str, rows: Sequence[Row]) -> dict[str, float]:
    """Give how well each of these tasks fits a search, by path: the less, the better."""
    terms = parse(text)
    if not index.full_text:
        wanted = {row.id for row in rows}
        return {
            path: -weight(terms, task_id, json.loads(doc)) for task_id, path, doc in index.documents_of(list(wanted))
        }
    if not (expression := _expression(terms)):
        return {}
    sql = f"SELECT s.path, BM25(words, {_WEIGHTS}) FROM words JOIN searched s ON s.n = words.rowid WHERE words MATCH ?"  # noqa: S608 fixed numbers
    return dict(index.ask(sql, (expression,)))


def looked_through(index: Index, rows: list[Row], query: Query) -> list[Row]:
    """Narrow tasks to those that have the words, one by one."""
    for text, wanted in ((query.text, True), (query.barred.text, False)):
        if text:
            terms = parse(text)
            has = {
                path
                for task_id, path, doc in index.documents_of([row.id for row in rows])
                if holds(terms, task_id, json.loads(doc)) is wanted
            }
            rows = [row for row in rows if row.path in has]
    return rows
