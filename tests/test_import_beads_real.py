"""A real beads export comes over whole: every issue, comment, label and link of it is counted."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tmfiles import codec, graph, rules, task
from tmfiles.interop import beads

EXPORT = Path(__file__).parents[2] / "shared" / "data" / "beads-issues.jsonl"
pytestmark = pytest.mark.skipif(not EXPORT.exists(), reason="the real export lies outside the repository")
Doc = dict[str, Any]


def told(result: beads.Import, kind: str) -> list[str]:
    """The report's entries of one kind, as text."""
    return [str(entry) for entry in result.report if entry.kind == kind]


@cache
def source() -> list[Doc]:
    """The issues of the real export, read in the simplest way."""
    return [json.loads(line) for line in EXPORT.read_bytes().splitlines()]


@cache
def imported() -> beads.Import:
    """The real export, converted."""
    return beads.convert(EXPORT.read_bytes().splitlines(True), "issues.jsonl")


def test_every_issue_is_there() -> None:
    """Each issue is a task, or a deletion that is told; texts, people and states are the same."""
    result = imported()
    living = [one for one in source() if one["status"] != "tombstone"]
    assert len(source()) == 2428
    assert list(result.tasks) == [one["id"] for one in living]
    assert len(told(result, "deleted")) == len(source()) - len(living) == 342
    states = {"open": "pending", "in_progress": "in_progress", "hooked": "in_progress", "closed": "completed"}
    for one in living:
        doc = result.tasks[one["id"]]
        kept = doc.get("fields", {}).get("beads", {})
        assert one["title"] in (doc["title"], kept.get("title"))
        assert doc.get("description") == one.get("description")
        assert one.get("notes", "") in doc.get("context", "")
        assert doc["status"] == states[one["status"]]
        assert doc["priority"] == ("critical", "high", "medium", "low", "low")[one["priority"]]
        assert kept.get("priority", one["priority"]) == one["priority"]
        assert doc["type"] == one["issue_type"]
        assert doc.get("assignee") == one.get("assignee")
        assert doc.get("created_by") == one.get("created_by")
        assert kept.get("owner") == one.get("owner")
        assert one.get("close_reason") in (doc.get("result"), kept.get("close_reason"))
        assert ("completed_at" in doc) == ("closed_at" in one)
        assert one.get("external_ref") in (*doc.get("links", ()), kept.get("external_ref"))
        for key in ("ephemeral", "await_type", "await_id", "timeout", "deleted_at", "original_type"):
            assert kept.get(key) == one.get(key)


def test_every_label_and_comment_is_there() -> None:
    """Labels are tags and comments are journal entries, one for one."""
    comments = 0
    for one in source():
        doc = imported().tasks.get(one["id"])
        if doc is None:
            continue
        assert doc.get("tags", []) == sorted(one.get("labels", []))
        journal = [(entry["by"], entry["text"]) for entry in doc.get("journal", ())]
        assert journal == [(c["author"], c["text"]) for c in one.get("comments", ())]
        comments += len(journal)
    assert comments == 14


def test_every_link_is_accounted_for() -> None:
    """Each of the 963 links is in a field, in `fields.beads.links`, or told with its deleted issue."""
    result = imported()
    deleted = {entry.id: entry.message for entry in result.report if entry.kind == "deleted"}
    where: Counter[str] = Counter()
    for one in source():
        for link in one.get("dependencies", ()):
            kind, to = link["type"], link["depends_on_id"]
            if one["id"] in deleted:
                assert f"{kind} {to}" in deleted[one["id"]]
                where["deleted"] += 1
                continue
            doc = result.tasks[one["id"]]
            aside = [(k["type"], k["to"]) for k in doc.get("fields", {}).get("beads", {}).get("links", ())]
            field = {"blocks": "depends_on", "parent-child": "parent", "discovered-from": "source"}
            value = doc.get(field.get(kind, "related"), [])
            native = kind in field or kind in ("related", "relates-to")
            assert ((kind, to) in aside) != (native and to in ([value] if isinstance(value, str) else value))
            where["aside" if (kind, to) in aside else "field"] += 1
            if (kind, to) in aside:
                assert any(entry.id == one["id"] and to in entry.message for entry in result.report)
    assert where.total() == 963
    assert where["aside"] == 5 + 3 + sum(entry.kind == "link-kind" for entry in result.report)


def test_what_the_real_file_needs_settled_is_told() -> None:
    """Hooked issues, second parents, links to deleted issues and the types to declare are all in the report."""
    result = imported()
    assert len(told(result, "status")) == sum(one["status"] == "hooked" for one in source()) == 14
    assert sum("second parent" in line for line in told(result, "second")) == 4
    assert sum("deleted in beads" in line for line in told(result, "dangling")) == 3
    assert result.tasks["bd-98c4e1fa.1"]["parent"] == "bd-98c4e1fa"
    assert result.tasks["bd-98c4e1fa.1"]["related"] == ["bd-0e1f2b1b"]
    assert set(result.types) == {one["issue_type"] for one in source() if one["status"] != "tombstone"}.difference(
        task.TYPES
    )
    assert "merge-request" in result.types


def test_the_real_graph_is_sound() -> None:
    """After the import no link dangles, nothing is in a loop, and keys stand in the order of the format."""
    tasks = imported().tasks
    for doc in tasks.values():
        linked = [*doc.get("depends_on", ()), *doc.get("related", ()), doc.get("parent"), doc.get("source")]
        assert all(to in tasks for to in linked if to)
        assert list(doc) == [key for key in task.SHAPES if key in doc]
    assert graph.cycles({id: doc.get("depends_on", []) for id, doc in tasks.items()}) == []
    assert graph.cycles({id: [doc["parent"]] for id, doc in tasks.items() if "parent" in doc}) == []


def test_real_documents_are_valid_and_survive_the_file() -> None:
    """Every document passes the rules with no error, and reads back the same from its own text."""
    for id, doc in imported().tasks.items():
        problems = rules.file_problems(doc, f"{id}.yaml", types=imported().types)
        assert [p for p in problems if p.severity == "error"] == []
        assert codec.loads(codec.dumps(doc), f"{id}.yaml") == doc


def test_order_of_lines_does_not_matter() -> None:
    """The same issues in another order give the same documents, so that a second import changes nothing."""
    lines = EXPORT.read_bytes().splitlines()
    assert beads.convert(reversed(lines)).tasks == imported().tasks


def test_issues_go_out_as_they_came() -> None:
    """Of every living issue, what goes out says the same as what came in, but for fractions of seconds."""
    made = {one["id"]: one for one in map(json.loads, beads.written(imported().tasks).splitlines())}
    living = [one for one in source() if one["status"] != "tombstone"]
    assert len(made) == len(living)
    for one in living:
        out = made[one["id"]]
        for key in ("status", "priority", "issue_type", "description", "assignee", "created_by", "owner", "metadata"):
            assert out.get(key) == one.get(key), (one["id"], key)
        assert out["title"] in (one["title"], imported().tasks[one["id"]]["title"])
        assert sorted(out.get("labels", [])) == sorted({label.strip() for label in one.get("labels", [])})
        assert [said["text"] for said in out.get("comments", [])] == [said["text"] for said in one.get("comments", [])]
        kinds = Counter(link["type"] for link in one.get("dependencies", []))
        assert not Counter(link["type"] for link in out.get("dependencies", [])) - kinds - Counter(related=99)
