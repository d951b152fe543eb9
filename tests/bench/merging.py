"""What merges of one task leave to people: all ordered pairs of twenty kinds of edit, merged three ways.

python -m tests.bench.merging prints the table of docs/explanation/merging.md.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

from tmfiles import codec
from tmfiles.actions.settling import settle
from tmfiles.errors import TmError

Doc = dict[str, Any]
BASE: Doc = {
    "title": "Sessions expire while the user is typing",
    "status": "pending",
    "priority": "medium",
    "type": "bug",
    "assignee": "maria",
    "tags": ["auth", "web"],
    "depends_on": ["a1b2c3d4"],
    "due": "2026-12-01",
    "estimate": "3h",
    "created_at": "2026-11-20T10:00:00Z",
    "created_by": "maria",
    "context": "Users lose drafts.\n",
    "description": "One.\nTwo.\nThree.\nFour.\n",
    "criteria": [{"text": "The draft survives a reload"}, {"text": "It is written down"}],
    "files": ["src/auth.py"],
    "journal": [{"at": "2026-11-21T11:00:00Z", "by": "jo", "kind": "comment", "text": "Seen twice"}],
    "fields": {"customer": "ACME"},
}


def _set(**values: Any) -> Callable[[Doc, int], Doc]:
    return lambda doc, side: {**doc, **{key: value[side] for key, value in values.items()}}


def _more(key: str, *items: Any) -> Callable[[Doc, int], Doc]:
    return lambda doc, side: {**doc, key: [*doc[key], items[side]]}


# Each as the one side would do it, and as the other would: they differ where people would.
EDITS: dict[str, Callable[[Doc, int], Doc]] = {
    "title": _set(title=("Sessions run out while typing", "Sessions end while the user types")),
    "start": _set(status=("in_progress",) * 2, started_at=("2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z")),
    "complete": _set(status=("completed",) * 2, completed_at=("2026-11-23T10:00:00Z",) * 2, result=("Once", "Done")),
    "cancel": _set(status=("cancelled",) * 2, reason=("Not needed", "Replaced")),
    "priority": _set(priority=("high", "low")),
    "type": _set(type=("feature", "chore")),
    "assign": _set(assignee=("jo", "kim")),
    "tag": _more("tags", "session", "urgent"),
    "untag": lambda doc, side: {**doc, "tags": [doc["tags"][side]]},
    "depend": _more("depends_on", "b1b2c3d4", "c1b2c3d4"),
    "due": _set(due=("2026-12-05", "2026-11-30")),
    "estimate": _set(estimate=("5h", "2d")),
    "context": _set(context=("Users lose drafts.\nDaily.\n", "Users lose drafts and trust.\n")),
    "description": lambda doc, side: {**doc, "description": doc["description"].replace("Two.", f"Two, {'ab'[side]}.")},
    "criterion": _more("criteria", {"text": "It is fast"}, {"text": "It is safe"}),
    "met": lambda doc, side: {
        **doc, "criteria": [{**one, **({"met": True} if n == side else {})} for n, one in enumerate(doc["criteria"])]
    },
    "file": _more("files", "src/web.py", "src/cookie.py"),
    "comment": _more(
        "journal",
        {"at": "2026-11-22T12:00:00Z", "by": "li", "kind": "comment", "text": "Mine"},
        {"at": "2026-11-22T13:00:00Z", "by": "bo", "kind": "comment", "text": "Yours"},
    ),
    "claim": _set(
        claim=(
            {"by": "li", "at": "2026-11-22T12:00:00Z", "until": "2026-11-22T14:00:00Z"},
            {"by": "bo", "at": "2026-11-22T12:01:00Z", "until": "2026-11-22T14:01:00Z"},
        )
    ),
    "field": _set(fields=({"customer": "Initech"}, {"customer": "ACME", "plan": "gold"})),
}  # fmt: skip


def by_fields(base: bytes, ours: bytes, theirs: bytes) -> bool:
    """Merge as the driver does; say whether that was possible."""
    try:
        settle(base, ours, theirs, "task.yaml")
    except TmError:
        return False
    return True


def by_lines(base: bytes, ours: bytes, theirs: bytes) -> bool:
    """Merge as Git does without a driver; say whether it was without a conflict."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("ours", "base", "theirs")]
        for file, data in zip(files, (ours, base, theirs), strict=True):
            file.write_bytes(data)
        return (
            subprocess.run(["git", "merge-file", "-q", "-p", *map(str, files)], stdout=subprocess.DEVNULL).returncode
            == 0
        )


def usual(doc: Doc, edited: int) -> bytes:
    """Write a task as most tools do: no blank lines, and a line that says when it was changed."""
    lines = codec.dumps(doc).decode().split("\n")
    return "\n".join(
        [*(line for line in lines if line.strip()), f"updated_at: 2026-11-2{edited}T09:00:00Z", ""]
    ).encode()


def conflicts() -> dict[str, tuple[int, int]]:
    """Count the conflicts, and the pairs, for each way."""
    found = dict.fromkeys(("tm-merge", "Git alone, a file of tm", "Git alone, a usual file"), 0)
    pairs = list(permutations(EDITS, 2))
    for one, other in pairs:
        ours, theirs = EDITS[one](BASE, 0), EDITS[other](BASE, 1)
        texts = [codec.dumps(doc) for doc in (BASE, ours, theirs)]
        found["tm-merge"] += not by_fields(*texts)
        found["Git alone, a file of tm"] += not by_lines(*texts)
        found["Git alone, a usual file"] += not by_lines(usual(BASE, 0), usual(ours, 1), usual(theirs, 2))
    return {name: (count, len(pairs)) for name, count in found.items()}


def same_kind() -> int:
    """Count the conflicts that tm-merge leaves where both sides make the same kind of edit."""
    docs = [(edit(BASE, 0), edit(BASE, 1)) for edit in EDITS.values()]
    return sum(not by_fields(codec.dumps(BASE), codec.dumps(one), codec.dumps(other)) for one, other in docs)


if __name__ == "__main__":
    assert len(EDITS) == 20
    for name, (count, pairs) in conflicts().items():
        print(f"| {name} | {count} of {pairs} |")
    print(f"| tm-merge, the same kind on both sides | {same_kind()} of {len(EDITS)} |")
