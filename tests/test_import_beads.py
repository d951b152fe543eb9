"""What a beads export becomes, case by case, and for any bytes and any issues."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmfiles import codec, graph, rules
from tmfiles.errors import TmError
from tmfiles.interop import beads

Doc = dict[str, Any]


def issue(id: str, *links: tuple[str, str], **more: Any) -> Doc:
    """One issue of the export, with links as (kind, target), made one second after the other."""
    made = {"id": id, "title": f"Title of {id}", "status": "open", "priority": 2, "issue_type": "task"}
    dependencies = [
        {"issue_id": id, "depends_on_id": to, "type": kind, "created_at": f"2026-01-01T00:00:{n:02}Z"}
        for n, (kind, to) in enumerate(links)
    ]
    return made | ({"dependencies": dependencies} if links else {}) | more


def convert(*issues: Doc) -> beads.Import:
    """Convert issues as an export would hold them."""
    return beads.convert([json.dumps(one).encode() + b"\n" for one in issues], "issues.jsonl")


def one(**more: Any) -> Doc:
    """Convert a single issue and return its document."""
    return convert(issue("bd-1", **more)).tasks["bd-1"]


def told(result: beads.Import, kind: str) -> list[str]:
    """The report's entries of one kind, as text."""
    return [str(entry) for entry in result.report if entry.kind == kind]


def test_fields_map_across() -> None:
    """Times are UTC seconds, estimates durations, addresses links, and prose stays whole under its heading."""
    doc = one(
        status="closed",
        created_at="2025-12-31T23:30:00.123456789-08:00",
        closed_at="2026-01-02T00:00:00Z",
        updated_at="2026-01-02T00:00:00.7Z",
        close_reason="Done\nat last",
        due_at="2026-02-01T00:00:00+01:00",
        estimated_minutes=90,
        external_ref="https://example.org/1",
        design="Use a queue.",
        notes="First try failed.",
        acceptance_criteria="- [x] It works\n- [ ] It is fast\n",
        labels=["b", " a ", "b"],
        metadata={"score": 0.5},
    )
    assert doc == {
        "title": "Title of bd-1",
        "status": "completed",
        "priority": "medium",
        "type": "task",
        "tags": ["a", "b"],
        "due": "2026-01-31T23:00:00Z",
        "estimate": "1h30m",
        "created_at": "2026-01-01T07:30:00Z",
        "context": "## Design\n\nUse a queue.\n\n## Notes\n\nFirst try failed.",
        "criteria": [{"text": "It works", "met": True}, {"text": "It is fast"}],
        "links": ["https://example.org/1"],
        "completed_at": "2026-01-02T00:00:00Z",
        "result": "Done\nat last",
        "fields": {"beads": {"metadata": {"score": "0.5"}}},
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"status": "deferred"}, {"status": "blocked"}),
        (
            {"status": "deferred", "defer_until": "2026-05-01T00:00:00Z"},
            {"wait_until": "2026-05-01T00:00:00Z"},
        ),
        ({"status": "pinned"}, {"status": "blocked"}),
        ({"status": "triage"}, {"status": "pending"}),
        ({"status": 7}, {"status": "pending"}),
        ({"priority": "P1"}, {"priority": "medium"}),
        ({"priority": 0}, {"priority": "critical"}),
        ({"issue_type": "Merge Request"}, {"type": "merge-request"}),
        ({"title": " \n"}, {"title": "(no title)"}),
        ({"title": "", "description": "\n First line\nSecond"}, {"title": "First line"}),
        ({"title": "One\nTwo "}, {"title": "One Two"}),
        ({"title": "x" * 501}, {"title": "x" * 499 + "…"}),
        ({"acceptance_criteria": "It works"}, {"context": "## Acceptance criteria\n\nIt works"}),
        ({"external_ref": "gh-9"}, {"fields": {"beads": {"external_ref": "gh-9"}}}),
        ({"closed_at": "2026-01-01T00:00:00Z"}, {"fields": {"beads": {"closed_at": "2026-01-01T00:00:00Z"}}}),
        ({"links": "its own"}, {"fields": {"beads": {"links": "its own"}}}),
        ({"created_at": "0001-01-01T00:00:00Z"}, {"title": "Title of bd-1"}),
        ({"created_at": "yesterday"}, {"fields": {"beads": {"created_at": "yesterday"}}}),
        ({"description": ["a"]}, {"fields": {"beads": {"description": ["a"]}}}),
        ({"labels": ["ok", 3, ""]}, {"tags": ["ok"], "fields": {"beads": {"labels": [3, ""]}}}),
        ({"comments": "no"}, {"fields": {"beads": {"comments": "no"}}}),
    ],
)
def test_odd_values_are_settled(given: Doc, expected: Doc) -> None:
    """What has no place here gets the nearest one, and the original is kept."""
    doc = one(**given)
    assert doc | expected == doc
    for key in ("status", "priority", "issue_type"):
        if key in given and given[key] != 0:
            assert doc.get("fields", {}).get("beads", {}).get(key) == given[key]


def test_comments_are_sorted_and_none_is_lost() -> None:
    """Comments come oldest first; without author by `unknown`, without time kept aside."""
    comments = [
        {"id": 2, "author": "bo", "text": "later", "created_at": "2026-01-02T00:00:00+02:00"},
        {"id": 1, "author": "", "text": "first", "created_at": "2026-01-01T00:00:00Z"},
        {"id": 3, "author": "bo", "text": "when?", "created_at": None},
        "what?",
    ]
    doc = one(comments=comments)
    assert [(e["at"], e["by"], e["text"]) for e in doc["journal"]] == [
        ("2026-01-01T00:00:00Z", "unknown", "first"),
        ("2026-01-01T22:00:00Z", "bo", "later"),
    ]
    assert doc["fields"]["beads"]["comments"] == comments[2:]


def test_ids_are_made_valid_and_clashes_told() -> None:
    """Capitals are lowered, a clash gets a number, a valid id is never taken away, and links follow."""
    result = convert(issue("BD-1", ("blocks", "Bd-1")), issue("Bd-1"), issue("bd-1"), issue("a b!"), issue("nul"))
    assert list(result.tasks) == ["bd-1-2", "bd-1-3", "bd-1", "a-b", "bd-nul"]
    assert result.tasks["bd-1-2"]["depends_on"] == ["bd-1-3"]
    assert result.tasks["bd-1-2"]["fields"] == {"beads": {"id": "BD-1"}}
    assert len(told(result, "id")) == 4


def test_links_without_a_place_are_kept() -> None:
    """Other kinds, missing and deleted targets and links to oneself stay in fields, and are told."""
    gone = issue("bd-x", ("blocks", "bd-2"), status="tombstone")
    links = [("supersedes", "bd-2"), ("blocks", "bd-x"), ("blocks", "nowhere"), ("blocks", "bd-1")]
    result = convert(issue("bd-1", *links, ("waits-for", "bd-2")), issue("bd-2"), gone)
    doc = result.tasks["bd-1"]
    assert doc["depends_on"] == ["bd-2"]
    assert [(k["type"], k["to"]) for k in doc["fields"]["beads"]["links"]] == [*links, ("waits-for", "bd-2")]
    assert len(told(result, "dangling")) == len(told(result, "link-kind")) == 2
    assert len(told(result, "loop")) == 1
    assert told(result, "deleted") == ["bd-x: deleted in beads, left out, with its links: blocks bd-2"]


def test_links_that_are_none_are_kept() -> None:
    """A link without a target or of the wrong shape is kept as it is and told."""
    odd: list[Any] = [3, {"type": "blocks"}, {"type": "", "depends_on_id": "bd-1"}]
    result = convert(issue("bd-1", dependencies=odd))
    assert result.tasks["bd-1"]["fields"]["beads"]["dependencies"] == odd
    assert len(told(result, "odd-value")) == 3


def test_a_loop_loses_its_newest_link() -> None:
    """Of a loop the newest link goes, whatever the order of the file; it stays in related and fields."""
    issues = [issue("a1", ("blocks", "b1")), issue("b1", ("related", "c1"), ("blocks", "c1"))]
    issues.append(issue("c1", ("related", "a1"), ("related", "b1"), ("blocks", "a1")))
    for order in (issues, issues[::-1]):
        result = convert(*order)
        assert [result.tasks[id].get("depends_on") for id in ("a1", "b1", "c1")] == [["b1"], ["c1"], None]
        assert result.tasks["c1"]["related"] == ["a1", "b1"]
        assert result.tasks["c1"]["fields"]["beads"]["links"][0]["to"] == "a1"
        assert "a1 → b1 → c1 → a1" in told(result, "loop")[0]


def test_a_loop_of_parents_is_opened() -> None:
    """Parents that hold each other lose the newest link."""
    result = convert(issue("a1", ("related", "b1"), ("parent-child", "b1")), issue("b1", ("parent-child", "a1")))
    assert "parent" not in result.tasks["a1"]
    assert result.tasks["b1"]["parent"] == "a1"
    assert len(told(result, "loop")) == 1


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        (b'{"id": "bd-2", "title": }', 25, "not JSON"),
        (b"[1]", 1, "not an object"),
        (b'{"id": "bd-2"}', 1, "has no title"),
        (b'{"title": "x"}', 1, "has no id"),
        (b'{"id": "bd-1", "title": "again"}', 1, "is in line 1 already"),
        (b'{"id": "bd-2", "title": "\xff"}', 26, "not UTF-8: byte 0xff"),
        (b'{"id": "bd-2", "title": "x", "title": "y"}', 1, "'title' is given twice"),
        (b'{"id": "bd-2", "title": "\\ud800"}', 1, "surrogate"),
        (b'{"id": "bd-2", "title": "x", "n": NaN}', 1, "NaN"),
        (b'{"id": "bd-2", "title": "x", "n": ' + b"9" * 5000 + b"}", 1, "too long"),
        (b"[" * 100_000, 1, "nested too deep"),
        (b'{"id": "bd-2", "title": "x", "n": ' + b"[" * 12 + b"1" + b"]" * 12 + b"}", 1, "nested too deep"),
        (b"<<<<<<< HEAD", 1, "unfinished merge"),
    ],
)
def test_one_broken_line_refuses_all(line: bytes, column: int, words: str) -> None:
    """A broken line is told with its place, and nothing is imported."""
    good = json.dumps(issue("bd-1")).encode()
    with pytest.raises(TmError, match="1 of 2 lines are broken; nothing was imported") as caught:
        beads.convert([good + b"\n", b"\n", line], "issues.jsonl")
    (problem,) = caught.value.problems
    assert (problem.path, problem.line, problem.column, problem.rule) == ("issues.jsonl", 3, column, "import")
    assert words in problem.message
    assert caught.value.code == "invalid"


def test_all_broken_lines_are_told_at_once() -> None:
    """Problems are collected over the whole file, in its order."""
    with pytest.raises(TmError) as caught:
        beads.convert([b'{"id": "bd-1"}', b"nonsense", b'{"title": "x"}'])
    assert [problem.line for problem in caught.value.problems] == [1, 2, 3]


@pytest.mark.parametrize("lines", [[], [b"\n"], [b'{"_type": "memory", "key": "k", "value": "v"}']])
def test_a_file_without_issues_is_refused(lines: list[bytes]) -> None:
    """Nothing to import is an error, not an empty success."""
    with pytest.raises(TmError, match="no issues found"):
        beads.convert(lines)


def test_records_that_are_no_issues_are_told() -> None:
    """The memories that newer exports carry are left out by name."""
    memory = {"_type": "memory", "key": "lesson", "value": "text"}
    result = convert(issue("bd-1", _type="issue"), memory)
    assert told(result, "not-an-issue") == ["line 2: memory 'lesson' is no issue, left out"]
    assert "fields" not in result.tasks["bd-1"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.sampled_from(["bd-1", "Bd-1", "blocks"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
keys = sorted({*beads.KNOWN, "status", "priority", "issue_type", "links", "new"})
link_dicts = st.fixed_dictionaries(
    {"depends_on_id": st.sampled_from(["bd-1", "Bd-1", "c", "x y"])},
    optional={
        "type": st.sampled_from(["blocks", "parent-child", "discovered-from", "related", "until"]),
        "created_at": json_values | st.just("2026-01-01T00:00:00Z"),
    },
)
wild_issues = st.fixed_dictionaries(
    {"id": st.sampled_from(["bd-1", "Bd-1", "c", "x y"]), "title": st.text()},
    optional={"dependencies": st.lists(link_dicts | json_values, max_size=4)} | dict.fromkeys(keys, json_values),
)


@settings(deadline=None, max_examples=150)
@given(data=st.binary(max_size=200))
def test_any_bytes_convert_or_are_refused(data: bytes) -> None:
    """Whatever a file holds, the outcome is an import or a TmError."""
    with suppress(TmError):
        assert beads.convert(data.splitlines(True)).tasks


@settings(deadline=None, max_examples=60)
@given(issues=st.lists(wild_issues, min_size=1, max_size=4, unique_by=lambda one: one["id"]))
def test_any_issues_give_sound_documents(issues: list[Doc]) -> None:
    """Whatever issues hold, documents are valid, acyclic and closed under links, in any order of lines."""
    result = convert(*issues)
    assert convert(*issues[::-1]).tasks == result.tasks
    for doc in result.tasks.values():
        linked = [*doc.get("depends_on", ()), *doc.get("related", ()), doc.get("parent"), doc.get("source")]
        assert all(to in result.tasks for to in linked if to)
    assert graph.cycles({id: doc.get("depends_on", []) for id, doc in result.tasks.items()}) == []
    assert graph.cycles({id: [d["parent"]] for id, d in result.tasks.items() if "parent" in d}) == []
    for id, doc in result.tasks.items():
        problems = rules.file_problems(doc, f"{id}.yaml", types=result.types)
        assert [p for p in problems if p.severity == "error"] == []
        assert codec.loads(codec.dumps(doc)) == doc


def test_what_was_changed_in_beads_wins_over_what_went_along() -> None:
    """A field that beads has no room for comes back; where the issue says otherwise since, the issue counts."""
    tasks = {"aa11": {"title": "T", "priority": "high", "type": "task", "phase": "one", "due": "2026-12-01"}}
    (line,) = beads.written(tasks).splitlines()
    assert beads.convert([line]).tasks == tasks
    out = json.loads(line)
    assert (out["priority"], out["due_at"]) == (1, "2026-12-01T23:59:59Z")
    changed = {**out, "due_at": "2027-01-01T00:00:00Z", "status": "closed"}
    doc = beads.convert([json.dumps(changed).encode()]).tasks["aa11"]
    assert (doc["due"], doc["status"], doc["phase"]) == ("2027-01-01T00:00:00Z", "completed", "one")


def test_what_goes_along_is_checked() -> None:
    """What no task file may hold refuses the import with its line, and a value that is not ours is kept aside."""
    with pytest.raises(TmError) as caught:
        convert(issue("bd-1"), issue("bd-2", tm={"due": "soon"}))
    (problem,) = caught.value.problems
    assert (problem.line, problem.message.partition(";")[0]) == (2, "tm: due 'soon' is not a date")
    assert one(tm="mine")["fields"] == {"beads": {"tm": "mine"}}
