"""The tables of the cache; any change here, or of the rules that judged what they hold, is a new version."""

from __future__ import annotations

# The old cache is dropped, never migrated.
VERSION = "11"
# Documents lie apart from the fields that lists filter on, so that a list does not wade through them. A link's
# key is the order in which it is asked for: by kind, task, file, and as the file names them.
STATEMENTS = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value)",
    "CREATE TABLE task (file INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, id TEXT NOT NULL, digest BLOB,"
    " status TEXT, priority INTEGER, type TEXT, assignee TEXT, title TEXT, due TEXT, parent TEXT,"
    " created_at TEXT, wait TEXT, claimed_by TEXT, claimed_until TEXT, phase TEXT, unmet INTEGER,"
    " place TEXT NOT NULL)",
    "CREATE INDEX task_id ON task (id, status)",
    "CREATE TABLE doc (file INTEGER PRIMARY KEY, text TEXT)",
    "CREATE TABLE link (kind TEXT, src TEXT, path TEXT, n INTEGER, dst TEXT,"
    " PRIMARY KEY (kind, src, path, n)) WITHOUT ROWID",
    "CREATE INDEX link_src ON link (src, path)",
    "CREATE INDEX link_dst ON link (dst, kind)",
    "CREATE TABLE tag (name TEXT, file INTEGER, PRIMARY KEY (name, file)) WITHOUT ROWID",
    "CREATE INDEX tag_file ON tag (file)",
    "CREATE TABLE touched (path TEXT, file INTEGER, PRIMARY KEY (path, file)) WITHOUT ROWID",
    "CREATE INDEX touched_file ON touched (file)",
    "CREATE TABLE field (name TEXT, value TEXT, file INTEGER, PRIMARY KEY (name, value, file)) WITHOUT ROWID",
    "CREATE INDEX field_file ON field (file)",
    "CREATE TABLE problem (file TEXT, path TEXT, line INTEGER, col INTEGER, rule TEXT, message TEXT, severity TEXT)",
    "CREATE INDEX problem_file ON problem (file)",
    "CREATE TABLE change (id TEXT PRIMARY KEY, at TEXT, by TEXT, made_at TEXT, made_by TEXT, gone INTEGER)"
    " WITHOUT ROWID",
)
