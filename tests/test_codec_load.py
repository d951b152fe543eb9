"""Reading: what a plain word means, and that every kind of bad file is told with its place and rule."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmfiles import codec
from tmfiles.codec import loads, locate
from tmfiles.errors import TmError


def problems(data):
    """Read bad bytes and return what was told of them as (rule, line, column)."""
    with pytest.raises(TmError) as caught:
        loads(data, "t.yaml")
    assert caught.value.code == "invalid"
    assert caught.value.hint
    assert all(problem.path == "t.yaml" and problem.message for problem in caught.value.problems)
    return [(problem.rule, problem.line, problem.column) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("title: no", "title", "no"),
        ("title: 1e3", "title", "1e3"),
        ("title: true", "title", "true"),
        ("title: 007", "title", "007"),
        ("due: 2026-12-01", "due", "2026-12-01"),
        ("tags: [2024, yes, 0x1f]", "tags", ["2024", "yes", "0x1f"]),
        ("depends_on:\n- 12345678", "depends_on", ["12345678"]),
        ("criteria: [{text: 1, met: true}]", "criteria", [{"text": "1", "met": True}]),
        ("criteria: [{text: a, met: yes}]", "criteria", [{"text": "a", "met": "yes"}]),
        ("feedback: {quality: 4, text: 5}", "feedback", {"quality": 4, "text": "5"}),
        ("feedback: {quality: '4'}", "feedback", {"quality": "4"}),
        ("fields: {a: 1, b: no, c: ~, d: -0, e: 1.5, f: 012, g: false, h: 'true'}", "fields",
         {"a": 1, "b": "no", "c": None, "d": 0, "e": "1.5", "f": "012", "g": False, "h": "true"}),
        ("x: {1: a, true: b, ~: c}", "x", {"1": "a", "true": "b", "~": "c"}),
        ("x: 2026-12-01", "x", "2026-12-01"),
        ("x: []", "x", []),
        ("x:", "x", None),
        ("x: " + "9" * 5000, "x", "9" * 5000),
        ("title: 'it''s'  # c", "title", "it's"),
        ("context: |\n  a\n\n  b\n", "context", "a\n\nb\n"),
        ("<<x: 1", "<<x", 1),
        ("'<<': 1", "<<", 1),
    ],
)  # fmt: skip
def test_a_word_means_what_the_person_meant(text, key, value):
    """Text is text wherever the field is text; elsewhere only YAML 1.2's truth, null and whole numbers count."""
    found = loads(text.encode())[key]
    assert found == value
    assert repr(found) == repr(value)


def test_known_keys_that_hold_nothing_are_left_out_and_unknown_ones_stay():
    """A key that a person emptied is as good as absent; what tm does not know is not judged."""
    assert loads(b"title: x\ntags: []\ndue:\ncontext: ''\nfields: {}\nmine: []\nyours:\n") == {
        "title": "x",
        "mine": [],
        "yours": None,
    }


def test_shapes_are_the_callers_to_choose():
    """Without shapes a file is read as plain YAML 1.2, empty keys and all."""
    assert loads(b"version: 1\ntitle: 5\ntags: []\n", shapes={}) == {"version": 1, "title": 5, "tags": []}


def test_line_ends_and_a_byte_order_mark_do_not_matter():
    """What editors on other systems write is read as the same document."""
    text = "title: é\ncontext: |\n  a\n  b\n"
    same = [text.encode(), text.encode("utf-8-sig"), text.replace("\n", "\r\n").encode()]
    assert [loads(data) for data in same] == [{"title": "é", "context": "a\nb\n"}] * 3


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", [("empty", 1, 1)]),
        (b"# only this\n\n", [("empty", 1, 1)]),
        (b"---\n", [("empty", 1, 1)]),
        (b"- a\n", [("not-a-mapping", 1, 1)]),
        (b"# c\nhello\n", [("not-a-mapping", 2, 1)]),
        (b"a: 1\nb: 2\n a: 3\n", [("yaml", 3, 3)]),
        (b"a: b: c\n", [("yaml", 1, 5)]),
        (b"a:\n\tb: 1\n", [("yaml", 2, 1)]),
        (b"a: [1, 2\nb: 3\n", [("yaml", 2, 2)]),
        (b'x: 1\na: "open\n', [("yaml", 2, 4)]),
        (b"a: **bold**\n", [("yaml", 1, 4)]),
        (b"a: @x\n", [("yaml", 1, 4)]),
        (b"%YAML 3.0\n---\na: 1\n", [("yaml", 1, 1)]),
        (b"? [a]\n: b\n", [("yaml", 1, 3)]),
        (b"a: 1\nb: 2\na: 3\n", [("duplicate-key", 3, 1)]),
        (b"x: {a: 1, a: 2}\n", [("duplicate-key", 1, 11)]),
        (b"1: a\n'1': b\n", [("duplicate-key", 2, 1)]),
        (b"a: &x 1\n", [("anchor", 1, 4)]),
        (b"a: &x [1]\nb: *x\n", [("anchor", 1, 4), ("anchor", 2, 4)]),
        (b"a: *x\n", [("anchor", 1, 4)]),
        (b"<<: {a: 1}\n", [("anchor", 1, 1)]),
        (b"a: !!str 1\n", [("tag", 1, 4)]),
        (b"a: ! 1\n", [("tag", 1, 4)]),
        (b"a: !x!y 1\n", [("tag", 1, 4)]),
        (b"a: 1\n---\nb: 2\n", [("several-documents", 2, 1)]),
        (b"a: \xe9\n", [("encoding", 1, 4)]),
        (b"a: 1\nb: \x00\n", [("encoding", 2, 4)]),
        (b"a: 1\nb: \x07\n", [("encoding", 2, 4)]),
        ("a: 1".encode("utf-16"), [("encoding", 1, 1)]),
        (b"a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> other\n", [("conflict-markers", 2, 1)]),
        (b"a: " + b"x" * 1024 * 1024, [("too-large", 0, 0)]),
        (b"a: 1\na: 2\nb: &x 1\nc: !t 1\n",
         [("anchor", 3, 4), ("tag", 4, 4), ("duplicate-key", 2, 1)]),
        (b"a: &x 1\nb: [\n", [("anchor", 1, 4), ("yaml", 3, 1)]),
    ],
)  # fmt: skip
def test_every_kind_of_bad_file_has_its_rule_and_place(data, told):
    """All that is wrong is told at once, each with a rule of its own and where it stands."""
    assert problems(data) == told


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"title: [WIP] fix\n", "1:14: text that begins with '[' must be quoted"),
        (b"title: {x} fix\n", "1:12: text that begins with '{' must be quoted"),
        (b"a:\n- [ ] fix\n", "2:7: text that begins with '[' must be quoted"),
        (b"a: [b, c]]\n", "1:10: there is a ']' too many here, or text that begins with '[' is not quoted"),
        (b"title: 'It's'\n", "1:12: the text goes on behind its closing quote: put other quotes around all of it"),
        (b'title: "a" b\n', "1:12: the text goes on behind its closing quote: put other quotes around all of it"),
        (b"title: *bold* words\n", "1:8: text that begins with '*' or '&' must be quoted"),
    ],
)
def test_text_that_begins_as_yaml_does_is_named(data, told):
    """Where a value is over before its line is, the sign it begins with is named."""
    with pytest.raises(TmError, match=re.escape(told)):
        loads(data, "t.yaml")


@pytest.mark.parametrize("piece", [b"[", b"{a: ", b"- ", b"? "])
def test_deep_nesting_is_refused_fast(piece):
    """A file that only nests neither exhausts the stack nor the patience."""
    start = time.process_time()  # not the clock on the wall: others may be at work
    assert [rule for rule, _, _ in problems(b"a:\n " + piece * (1_000_000 // len(piece)))] == ["too-deep"]
    assert time.process_time() - start < 2


def test_twenty_levels_are_read_and_one_more_is_not():
    """The limit of nesting counts the file's own mapping."""
    assert loads(b"a: " + b"[" * 19 + b"]" * 19)
    assert [rule for rule, _, _ in problems(b"a: " + b"[" * 20 + b"]" * 20)] == ["too-deep"]


def test_signs_of_a_conflict_inside_a_text_are_text():
    """A description may quote a conflict, and underline a heading with equals signs."""
    text = b"title: x\ncontext: |\n  Heading\n  =======\n  <<<<<<< HEAD\n  >>>>>>> x\n"
    assert loads(text)["context"] == "Heading\n=======\n<<<<<<< HEAD\n>>>>>>> x\n"


def test_messages_are_in_plain_words():
    """A person is told what to do, not what the parser expected."""
    with pytest.raises(TmError, match=r"t.yaml:1:9: text that holds ': ' must be quoted.* \(yaml\)"):
        loads(b"title: a: b\n", "t.yaml")
    with pytest.raises(TmError, match="indent with spaces, not with tabs"):
        loads(b"a:\n\t- b\n")


TEXT = b"title: x\ntags:\n  - a\n  -  b\nfeedback: {quality: 4, text: t}\ncriteria:\n- met: 1\n"


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ([], (1, 1)),
        (["title"], (1, 1)),
        (["tags"], (2, 1)),
        (["tags", 1], (4, 6)),
        (["tags", 7], (2, 1)),
        (["feedback", "text"], (5, 24)),
        (["feedback", "by"], (5, 1)),
        (["criteria", 0, "met"], (7, 3)),
        (["criteria", 0, "met", "deeper"], (7, 3)),
        (["absent", 3], (1, 1)),
    ],
)
def test_a_pointer_is_located_or_its_nearest_ancestor_is(pointer, place):
    """A problem of the schema can be shown where the person wrote it."""
    assert locate(TEXT, pointer) == place


def test_locating_in_an_unreadable_file_answers_its_beginning():
    """Even a file without a tree has a first line."""
    assert locate(b"a: [", ["a"]) == locate(b"\xff", []) == locate(b"", ["x"]) == (1, 1)


PIECES = st.sampled_from(
    ["title", ": ", "\n", "  ", "- ", "[", "]", "{", "}", ",", "#", "&a", "*a", "!t ", "|", ">", "'", '"', "\\x", "\\U",
     "ffffffff", "\t", "? ", "---\n", "...\n", "<<", "%YAML 1.2\n", "\r", "\u2028", "\ufeff", "1", "null", "@", "é"]
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.binary(max_size=60), st.lists(PIECES, max_size=25).map(lambda found: "".join(found).encode())))
def test_no_bytes_raise_anything_but_a_refusal(data):
    """Whatever a file holds, it is either a document or a list of problems with places."""
    told = ()
    try:
        read = loads(data)
    except TmError as error:
        read, told = None, error.problems
    assert isinstance(read, dict) or told
    assert all(problem.line >= 1 and problem.rule for problem in told)
    locate(data, ["title", 0])


def test_the_parser_in_python_reads_the_same():
    """Where PyYAML has no libyaml, documents, problems and edits are the same, only slower."""
    script = (
        "import sys; sys.modules['yaml._yaml'] = None\n"
        "from tmfiles.codec import loads, patch\n"
        "from tmfiles.errors import TmError\n"
        "data = b'\\xef\\xbb\\xbftitle: no  # c\\ntags: [2024]\\n\\ncontext: |\\n  a\\n\\n# end\\n'\n"
        "assert loads(data) == {'title': 'no', 'tags': ['2024'], 'context': 'a\\n'}\n"
        "new = data.replace(b'4]', b'4, b]').replace(b'  a', b'  b')\n"
        "assert patch(data, {'tags': ['2024', 'b'], 'context': 'b\\n'}) == new\n"
        "bad = [b'a: *x', b'a: [', b'a: !t 1', b'a: 1\\n---\\nb: 1', b'a: \"\\\\Uffffffff\"', b'a: b: c']\n"
        "bad += [b'a: \\x00']\n"
        "for data in bad:\n"
        "    try:\n"
        "        loads(data)\n"
        "    except TmError as error:\n"
        "        print(error.problems[0].rule)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.split() == ["anchor", "yaml", "tag", "several-documents", "yaml", "yaml", "encoding"]


def test_reading_loads_nothing_that_writes():
    """A reader that meets a changed file imports neither the writer nor what it needs."""
    script = "import sys, tmfiles.codec as c; c.loads(b'a: 1'); print(*(m for m in sys.modules if 'codec.' in m))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split()) == ["tmfiles.codec.load", "tmfiles.codec.tree", "tmfiles.codec.wording"]
    with pytest.raises(AttributeError, match="nothing"):
        codec.nothing  # noqa: B018
