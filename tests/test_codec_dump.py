"""Writing: the canonical look, that it is read back as it was meant, and that git can merge it."""

from __future__ import annotations

import itertools
import subprocess

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tmfiles.codec import dumps, loads, normal, patch
from tmfiles.errors import TmError
from tmfiles.task import SHAPES

FULL = {
    "title": "Sessions expire while the user is typing",
    "status": "in_progress",
    "priority": "high",
    "type": "bug",
    "assignee": "maria",
    "tags": ["auth", "web"],
    "depends_on": ["a1b2c3d4"],
    "related": ["0badf00d"],
    "source": "7e57ab1e",
    "parent": "c0ffee12",
    "phase": "two",
    "order": "m",
    "specialty": "frontend",
    "due": "2026-12-01",
    "wait_until": "2026-11-25",
    "repeat": "weekly",
    "estimate": "3h",
    "actual": "4h",
    "created_at": "2026-11-22T10:00:00Z",
    "created_by": "maria",
    "context": "Users lose drafts.\n",
    "description": "Markdown.\n\n- one\n- two\n",
    "criteria": [{"text": "The draft survives: a reload", "measurable": "lost_drafts == 0", "met": True}],
    "files": ["src/auth.py:10-50", "src/b.py", "src/c.py", "src/d.py"],
    "links": ["https://example.org/spec"],
    "participants": ["agent-7"],
    "journal": [
        {"at": "2026-11-22T11:00:00Z", "by": "agent-7", "kind": "share", "text": "The cookie is set twice."},
        {"at": "2026-11-22T12:00:00Z", "by": "agent-7", "kind": "comment", "text": "Two\nlines\n"},
    ],
    "feedback": {"quality": 4, "timeliness": 5, "text": "fine", "by": "joe"},
    "claim": {"by": "agent-7", "at": "2026-11-22T11:00:00Z", "until": "2026-11-22T13:00:00Z"},
    "started_at": "2026-11-22T11:00:00Z",
    "completed_at": "2026-11-23T11:00:00Z",
    "result": "Done.\n",
    "reason": "none",
    "fields": {"customer": "ACME", "size": 5, "ok": False, "list": ["a", {"b": "c"}], "none": None},
    "mine": {"a": []},
}

LOOK = """\
title: Sessions expire while the user is typing

status: in_progress

priority: high

type: bug

assignee: maria

tags: [auth, web]

depends_on: [a1b2c3d4]

related: [0badf00d]

source: 7e57ab1e

parent: c0ffee12

phase: two

order: m

specialty: frontend

due: 2026-12-01

wait_until: 2026-11-25

repeat: weekly

estimate: 3h

actual: 4h

created_at: 2026-11-22T10:00:00Z
created_by: maria

context: |
  Users lose drafts.

description: |
  Markdown.

  - one
  - two

criteria:
- text: "The draft survives: a reload"
  measurable: lost_drafts == 0
  met: true

files:
- src/auth.py:10-50
- src/b.py
- src/c.py
- src/d.py

links: [https://example.org/spec]

participants: [agent-7]

journal:
- at: 2026-11-22T11:00:00Z
  by: agent-7
  kind: share
  text: The cookie is set twice.
- at: 2026-11-22T12:00:00Z
  by: agent-7
  kind: comment
  text: |
    Two
    lines

feedback:
  quality: 4
  timeliness: 5
  text: fine
  by: joe

claim: {by: agent-7, at: 2026-11-22T11:00:00Z, until: 2026-11-22T13:00:00Z}

started_at: 2026-11-22T11:00:00Z

completed_at: 2026-11-23T11:00:00Z

result: |
  Done.

reason: none

fields:
  customer: ACME
  size: 5
  ok: false
  list:
  - a
  - b: c
  none: null

mine:
  a: []
"""


def test_the_look_of_a_full_task():
    """Every field has its place and its form, and a blank line wherever two edits may meet."""
    assert set(FULL) >= set(SHAPES)
    assert dumps(dict(reversed(FULL.items()))).decode() == LOOK
    assert loads(LOOK.encode()) == FULL


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain words", "plain words"),
        ("no", '"no"'),
        ("Yes", '"Yes"'),
        ("null", '"null"'),
        ("~", '"~"'),
        ("n", '"n"'),
        ("2024", '"2024"'),
        ("1e3", '"1e3"'),
        ("0x1f", '"0x1f"'),
        ("1_000", '"1_000"'),
        ("12:30:45", '"12:30:45"'),
        (".inf", '".inf"'),
        ("2026-12-01", '"2026-12-01"'),
        ("<<", '"<<"'),
        ("=", '"="'),
        ("7e57ab1e", "7e57ab1e"),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("a:", '"a:"'),
        ("a:b#c", "a:b#c"),
        ("- a", '"- a"'),
        ("-a", "-a"),
        ("@you", '"@you"'),
        ('say "a: b"', "'say \"a: b\"'"),
        ('"it\'s"', "'\"it''s\"'"),
        (" lead", '" lead"'),
        ("tab\there", '"tab\\there"'),
        ("é 日本 🙂", "é 日本 🙂"),
        ("a\u2028b\x85\ufeff\x07", '"a\\u2028b\\u0085\\ufeff\\u0007"'),
        ("a\nb", "|-\n  a\n  b"),
        ("a\nb\n", "|\n  a\n  b"),
        ("a\nb\n\n", "|+\n  a\n  b\n"),
        (" a\nb", '" a\\nb"'),
        ("\na", '"\\na"'),
        ("a\r\nb", '"a\\r\\nb"'),
        ("x " * 200 + "y", "x " * 200 + "y"),
    ],
)
def test_how_a_text_is_written(text, written):
    """Plain where every reader agrees, quoted on one line where one would not, a block for lines."""
    assert dumps({"title": text}).decode() == f"title: {written}\n"


def test_lists_turn_into_lines_when_they_grow():
    """A short list stays on its line; a fourth item, or the eightieth column, gives each its own."""
    assert dumps({"tags": ["b", "a", "b"]}) == b"tags: [a, b]\n"
    assert dumps({"tags": list("dcba")}) == b"tags:\n- a\n- b\n- c\n- d\n"
    assert dumps({"links": ["x" * 40, "y" * 40]}).count(b"\n- ") == 2


def test_unknown_keys_come_last_in_their_own_order():
    """What tm does not know keeps its order, its type and its emptiness."""
    assert dumps({"zoo": None, "ant": [], "title": "x", "no": 3}) == b'title: x\n\nzoo: null\n\nant: []\n\n"no": 3\n'


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), {1, 2}, b"x", "half \ud83d", 10**2000, {1: "a"}, {"k" * 2000: 1}, object()],
    ids=lambda value: str(type(value)),
)
def test_what_would_not_read_back_is_refused(value):
    """A value without a form of its own raises instead of turning into something else."""
    with pytest.raises(TmError) as caught:
        dumps({"title": "x", "mine": value})
    assert caught.value.code == "invalid"
    assert caught.value.hint


def test_too_deep_and_too_large_are_refused_as_the_reader_would():
    """The writer's limits are the reader's: what it writes can be read."""
    deep: list = []
    for _ in range(18):
        deep = [deep]
    assert loads(dumps({"x": deep})) == {"x": deep}
    assert loads(dumps({"x": {"a": deep[0]}})) == {"x": {"a": deep[0]}}
    with pytest.raises(TmError, match="levels"):
        dumps({"x": [deep]})
    with pytest.raises(TmError, match="bytes"):
        dumps({"title": "x" * 1024 * 1024})


TEXTS = st.one_of(st.text(max_size=30), st.text("ab :#-\n'\"\\[]{},|>&*!%@`?~0123456789.exnoy\t\r\x85\u2028\ufeff🙂é"))
ANY = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=10,
)


def of_shape(shape):
    """Generate what a field of this shape may hold."""
    if shape == "str":
        return TEXTS
    if shape in ("int", "bool"):
        return st.integers() if shape == "int" else st.booleans()
    if isinstance(shape, list):
        return st.lists(of_shape(shape[0]), max_size=5)
    if isinstance(shape, dict) and shape:
        return st.fixed_dictionaries({}, optional={key: of_shape(inner) for key, inner in shape.items()})
    return st.dictionaries(TEXTS, ANY, max_size=4)


DOCS = st.builds(
    lambda known, unknown: {**unknown, **known},
    st.fixed_dictionaries({}, optional={key: of_shape(shape) for key, shape in SHAPES.items()}),
    st.dictionaries(TEXTS.filter(lambda key: key not in SHAPES), ANY, max_size=3),
)


@settings(deadline=None, max_examples=200)
@given(DOCS)
def test_what_is_written_is_read_back(doc):
    """Any document reads back as itself, is written the same again, and any YAML reader takes the file."""
    data = dumps(doc)
    read = loads(data)
    assert repr(read) == repr({key: normal(doc)[key] for key in read})
    assert len(read) == len(normal(doc))
    assert dumps(read) == data
    assert data.endswith(b"\n")
    assert b"\r" not in data
    assert patch(data, {key: value for key, value in read.items() if value is not None}) == data


@settings(deadline=None, max_examples=200)
@given(TEXTS, st.sampled_from(["title", "due", "mine"]))
def test_other_readers_take_a_text_for_the_same_text(text, key):
    """PyYAML's own loader, which reads YAML 1.1, agrees on every text but the dates of date fields."""
    read = yaml.safe_load(dumps({key: text, "x": {text[:99]: [text]}, "y": [{"k": text}]}).decode())
    assert read["x"] == {text[:99]: [text]}
    assert read["y"] == [{"k": text}]
    if text and key != "due":
        assert read[key] == text


OTHER = {
    "title": "Another title", "status": "blocked", "priority": "low", "type": "chore", "assignee": "joe",
    "tags": ["auth", "new", "web"], "depends_on": ["a1b2c3d4", "b1b2c3d4"], "related": ["1badf00d"],
    "source": "8e57ab1e",
    "parent": "d0ffee12", "due": "2027-01-01", "estimate": "5h", "context": "Users lose drafts.\nMore.\n",
    "description": "Markdown!\n\n- one\n- two\n", "criteria": [{**FULL["criteria"][0], "met": False}],
    "files": [*FULL["files"], "z.py"], "links": ["https://example.org/other"],
    "journal": [*FULL["journal"], {"at": "2026-11-23T11:00:00Z", "by": "joe", "kind": "comment", "text": "x"}],
    "claim": {**FULL["claim"], "by": "joe"}, "started_at": "2026-11-22T12:00:00Z", "result": "Done!\n",
    "feedback": {**FULL["feedback"], "by": "ann"}, "fields": {**FULL["fields"], "none": "some"}, "mine": "x",
    "completed_at": "2026-11-24T11:00:00Z", "wait_until": "2026-11-26", "phase": "three", "order": "n",
}  # fmt: skip


def test_git_merges_edits_of_any_two_fields(tmp_path):
    """With git's own text merge, all ordered pairs of edits of different fields merge clean and right."""
    base = dumps(FULL)
    (tmp_path / "base").write_bytes(base)
    for key, value in OTHER.items():
        (tmp_path / key).write_bytes(patch(base, {key: value}))
    for ours, theirs in itertools.combinations(OTHER, 2):
        for one, two in ((ours, theirs), (theirs, ours)):
            command = ["git", "merge-file", "-p", one, "base", two]
            done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
            assert done.returncode == 0, (one, two)
        assert loads(done.stdout) == {**FULL, ours: OTHER[ours], theirs: OTHER[theirs]}
