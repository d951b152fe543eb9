"""Stores of Task Orchestrator for tests, made from its schema and from what its documents say of its files."""

from __future__ import annotations

import io
import sqlite3
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

TASKS = (
    "id TEXT PRIMARY KEY, title TEXT NOT NULL, description TEXT, status TEXT DEFAULT 'pending', priority TEXT,"
    " assignee TEXT, created_by TEXT, created_at TEXT, updated_at TEXT, completed_at TEXT, success_criteria TEXT,"
    " feedback_quality INTEGER, feedback_timeliness INTEGER, feedback_notes TEXT, completion_summary TEXT,"
    " deadline TEXT, estimated_hours REAL, actual_hours REAL, context TEXT, phase_id TEXT"
)
TABLES = {
    "dependencies": "task_id TEXT, depends_on TEXT, PRIMARY KEY (task_id, depends_on)",
    "notifications": "id INTEGER PRIMARY KEY, agent_id TEXT, task_id TEXT, type TEXT, message TEXT, created_at TEXT",
    "participants": "task_id TEXT, agent_id TEXT, joined_at TEXT, role TEXT",
    "collaboration_events": "seq INTEGER PRIMARY KEY, task_id TEXT, agent_id TEXT, event_type TEXT, content TEXT,"
    " request_id TEXT, created_at TEXT",
    "phases": "id TEXT PRIMARY KEY, name TEXT, description TEXT, sequence INTEGER",
    "agents": "id TEXT PRIMARY KEY, name TEXT, type TEXT, capabilities TEXT, status TEXT, registered_at TEXT",
    "agent_messages": "id INTEGER PRIMARY KEY, from_agent TEXT, to_agent TEXT, message TEXT, priority TEXT,"
    " created_at TEXT",
}
# One of every kind, and of every kind of trouble.
CRITERIA = '[{"criterion": "Tests pass", "measurable": "true"}, {"criterion": "Quick", "measurable": true}, "Plain"]'
ROWS: dict[str, list[dict[str, Any]]] = {
    "tasks": [
        {
            "id": "0badf00d", "title": "Design", "description": "Two pages\n\nFiles: src/a.py:1:20, src/b.py",
            "status": "completed", "priority": "high", "assignee": "ann", "created_by": "user",
            "created_at": "2025-01-10T10:00:00.123456", "updated_at": "2025-01-12T10:00:00",
            "completed_at": "2025-01-11T10:00:00", "success_criteria": CRITERIA, "feedback_quality": 4,
            "feedback_timeliness": 5, "feedback_notes": "Good", "completion_summary": "Done so",
            "deadline": "2025-02-01T00:00:00", "estimated_hours": 2.5, "actual_hours": 3.0,
            "context": "WHY: it must be\nWHAT: two pages", "phase_id": "phase_1",
        },
        {"id": "12345678", "title": "Build", "status": "blocked", "created_at": "2025-07-10T10:00:00"},
        {"id": "a0000001", "title": "Test", "status": "blocked", "priority": "medium", "deadline": "2025-12-24"},
        {"id": "a0000002", "title": "Held", "status": "blocked", "estimated_hours": -1.0, "deadline": "whenever"},
        {"id": "a0000003", "title": "Odd\x1b[31m\ntitle", "status": "odd", "success_criteria": "{",
         "feedback_quality": 9},
        {"id": "Bad Id", "title": "x" * 600, "priority": "urgent"},
    ],
    "dependencies": [
        {"task_id": "12345678", "depends_on": "0badf00d"}, {"task_id": "a0000001", "depends_on": "12345678"},
        {"task_id": "a0000001", "depends_on": "gone"},
    ],
    "notifications": [{"task_id": "0badf00d", "type": "discovery", "message": "found"}],
    "participants": [{"task_id": "0badf00d", "agent_id": "bob", "role": "tests"}, {"task_id": "gone", "agent_id": "x"}],
    "collaboration_events": [
        {"task_id": "0badf00d", "agent_id": "bob", "event_type": kind, "content": f"words of {kind}",
         "request_id": request, "created_at": f"2025-01-10T1{hour}:00:00"}
        for hour, (kind, request) in enumerate(
            [("update", "r1"), ("discovery", None), ("sync", None), ("progress", None), ("other", None)]
        )
    ] + [{"task_id": "gone", "agent_id": "x", "event_type": "update", "content": "lost", "created_at": "2025-01-01"}],
    "phases": [
        {"id": "phase_2", "name": "Build", "sequence": 2},
        {"id": "phase_1", "name": "Design", "description": "On paper", "sequence": 1},
    ],
    "agents": [
        {"id": "Bob", "name": "Bob B", "type": "developer", "capabilities": '["web", "python"]', "status": "active",
         "registered_at": "2025-01-01T10:00:00"},
        {"id": "no good", "name": "x"},
    ],
    "agent_messages": [
        {"from_agent": "Bob", "to_agent": "ann", "message": "Look here", "priority": "high",
         "created_at": "2025-01-10T10:00:00"},
        {"from_agent": "Bob", "to_agent": "broadcast", "message": "All", "created_at": "2025-01-11T10:00:00"},
        {"from_agent": "", "to_agent": "ann", "message": "Who", "created_at": "2025-01-11T10:00:00"},
    ],
}  # fmt: skip
FILES = {
    "notes/0badf00d_ann.md": "Ask Li\n",
    "notes/gone_ann.md": "Nobody's\n",
    "contexts/12345678_progress.jsonl": '{"timestamp": "2025-07-11T10:00Z", "agent": "bob", "message": "half"}\nodd\n',
    "contexts/a0000001.yaml": "task_id: a0000001\ncontext:\n  port: 8080\n",
    "templates/broken.yaml": "name: broken\n",
    "templates/small-feature.yaml": (
        "name: small-feature\nversion: 1.0.0\ndescription: A feature\ntags: [feature]\n"
        "variables:\n  what:\n    type: string\n    required: true\n    description: What it is\n"
        "tasks:\n- id: design\n  title: Design {{what}}\n  estimated_hours: 2\n  priority: high\n"
        "- id: build\n  title: Build {{what}}\n  depends_on: [design]\n"
    ),
    "templates/fix.json": '{"name": "fix", "description": "Fix", "tasks": [{"title": "Find"}, {"title": "Mend",'
    ' "dependencies": [0]}]}',
}


def make(folder: Path, rows: Mapping[str, Iterable[Mapping[str, Any]]] = ROWS, tasks: str = TASKS) -> Path:
    """Make a store below a folder, and give the store's folder."""
    place = folder / ".task-orchestrator"
    place.mkdir(parents=True)
    connection = sqlite3.connect(place / "tasks.db")
    try:
        for name, columns in {"tasks": tasks, **TABLES}.items():
            connection.execute(f"CREATE TABLE {name} ({columns})")
            for row in rows.get(name, ()):
                marks = ", ".join("?" * len(row))
                values = list(row.values())
                connection.execute(f"INSERT INTO {name} ({', '.join(row)}) VALUES ({marks})", values)  # noqa: S608
        connection.commit()
    finally:
        connection.close()
    for name, text in FILES.items():
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    archives(place)
    return place


def archives(place: Path) -> None:
    """Put archives into a store: of a task without a journal, of one that has one, of none, and one that is broken."""
    folder = place / "archives"
    folder.mkdir()
    for name, members in {
        "task_12345678_20250712T100000.tar.gz": {"context.json": '{"port": 8080}', "12345678_bob.md": "Ask Li\n"},
        "task_0badf00d_20250111T100000.tar.gz": {"context.json": "{}", "../../evil.md": "x"},
        "task_gone_20250111T100000.tar.gz": {"context.json": "{}"},
    }.items():
        with tarfile.open(folder / name, "w:gz") as archive:
            for member, text in members.items():
                info = tarfile.TarInfo(member)
                info.size = len(text.encode())
                archive.addfile(info, io.BytesIO(text.encode()))
    (folder / "task_a0000001_x.tar.gz").write_bytes(b"no archive")
