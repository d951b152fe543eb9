"""Random tasks that look like people's, for benchmarks and large tests; the same seed gives the same tasks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

WORDS = (  # noqa: SIM905 - words are easier to read in lines than as a list
    "add allow avoid board branch broken build button cache check clean clock commit config crash cursor date "
    "delete diff docs draft edit empty error export fail fast file filter fix form freeze graph header hook image "
    "import index label layout limit link list load lock login merge message mobile move name network note old "
    "order page parse path print queue quiet read refuse remove render retry review save scan search send server "
    "session show slow sort split start state status store sync table task test text time title token tree undo "
    "unicode update upload user wait watch window word write zone"
).split()
PEOPLE = ("maria", "jonas", "li", "agent-7", "agent-12", "zoë", "priya", "sam")
TAGS = ("api", "auth", "cli", "docs", "infra", "perf", "tests", "ui", "web", "windows")
STATUSES = ("completed", "pending", "in_progress", "cancelled", "blocked")
OF_100 = (55, 32, 6, 5, 2)  # so that 60 of 100 are closed
PRIORITIES = ("low", "medium", "medium", "medium", "high", "critical")
TYPES = ("task", "task", "bug", "bug", "feature", "chore", "epic")
BEGIN = datetime(2024, 1, 1, tzinfo=timezone.utc)


def docs(n: int, seed: int = 0) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield n tasks as (id, document), oldest first.

    A fifth depends on one to three earlier tasks, mostly recent ones, so that there are no cycles.
    """
    rng = random.Random(seed)
    ids: list[str] = []
    taken: set[str] = set()
    while len(ids) < n:
        id = "abcdef"[rng.getrandbits(16) % 6] + f"{rng.getrandbits(28):07x}"
        if id not in taken:
            yield id, _doc(rng, ids)
            taken.add(id)
            ids.append(id)


def _doc(rng: random.Random, earlier: list[str]) -> dict[str, Any]:
    number = len(earlier)
    created = BEGIN + timedelta(minutes=7 * number + rng.random() * 7)
    status = rng.choices(STATUSES, OF_100)[0]
    doc: dict[str, Any] = {"title": _words(rng, 3, 10).capitalize(), "status": status}
    doc["priority"] = rng.choice(PRIORITIES)
    doc["type"] = rng.choice(TYPES)
    if rng.random() < 0.6:
        doc["assignee"] = rng.choice(PEOPLE)
    if tags := rng.sample(TAGS, rng.choice((0, 0, 1, 1, 2, 3))):
        doc["tags"] = sorted(tags)
    if number > 3 and rng.random() < 0.2:
        near = [earlier[-1 - int(number * rng.random() ** 3)] for _ in range(rng.randint(1, 3))]
        doc["depends_on"] = sorted(set(near))
    if number and rng.random() < 0.1:
        doc["parent"] = rng.choice(earlier)
    if status not in ("completed", "cancelled") and rng.random() < 0.15:
        doc["due"] = (created + timedelta(days=rng.randint(1, 60))).date().isoformat()
    doc["created_at"] = _stamp(created)
    doc["created_by"] = rng.choice(PEOPLE)
    if lines := [_words(rng, 4, 14) for _ in range(rng.randint(0, 10))]:
        doc["description"] = "\n".join(lines) + "\n"
    return doc | _history(rng, status, created)


def _history(rng: random.Random, status: str, created: datetime) -> dict[str, Any]:
    """Return what work on a task leaves behind: a journal on a quarter, times, and how it ended."""
    doc: dict[str, Any] = {}
    at = created
    if rng.random() < 0.25:
        doc["journal"] = []
        for _ in range(rng.randint(1, 5)):
            at += timedelta(minutes=rng.randint(1, 600))
            kind = rng.choice(("comment", "comment", "progress", "discovery"))
            entry = {"at": _stamp(at), "by": rng.choice(PEOPLE), "kind": kind, "text": _words(rng, 5, 25)}
            doc["journal"].append(entry)
    if status in ("in_progress", "completed"):
        doc["started_at"] = _stamp(created + timedelta(minutes=1))
    if status == "completed":
        doc["completed_at"] = _stamp(at + timedelta(hours=rng.randint(1, 100)))
        doc["result"] = _words(rng, 3, 12)
    if status == "cancelled":
        doc["reason"] = _words(rng, 3, 8)
    return doc


def _words(rng: random.Random, least: int, most: int) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(least, most)))


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
