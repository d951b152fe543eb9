"""Editing in place: what each kind of edit does to files that people wrote, shown as whole texts."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from tmfiles.codec import dumps, loads, patch
from tmfiles.errors import TmError

AWKWARD = {
    "comments": b"# head\n\ntitle: x   # the name\n# about status\nstatus: pending    # soon\n\n# end\n",
    "crlf": b"title: x\r\nstatus: pending\r\ncontext: |\r\n  a\r\n\r\n  b\r\n\r\n# end\r\n",
    "bom": b"\xef\xbb\xbftitle: x\nstatus: pending\n",
    "no end": b"title: x\nstatus: pending",
    "document marks": b"%YAML 1.2\n---\n# c\ntitle: x\nstatus: pending\n...\n",
    "quoted keys": b"\"title\"  :   'x'\n'status':pending\n".replace(b":pending", b": 'pending'"),
    "flow root": b"{title: x, status: pending, tags: [a, 'b']}  # all of it\n",
    "flow lines": b"{\n  title: x,  # name\n  status: pending,\n  tags: [a]  # some\n}\n",
    "json": b'{"title":"x","status":"pending","tags":["a"]}\n',
    "odd indent": b"  title: x\n  tags:\n       - a\n       -    b\n  status:   pending\n",
    "keep block": b"title: x\ncontext: |+\n  a\n\n\nstatus: pending\nmine: >-\n    folded\n    text\n\n\n# c\n",
    "next line": b"title:\n  x\nstatus:\n    pending  # c\n",
    "long key form": b"? title\n: x\nstatus: pending\n",
    "continued": b"title: x\n  and more\nstatus: \"pen\\\n  ding\"  # c\n",
    "line separators": "title: x # a\u2028status: pending\nmine: 'a\x85  b'\n".encode(),
}  # fmt: skip


def changed_lines(old, new):
    """Return the lines only one of two texts holds."""
    pairs = difflib.ndiff(old.splitlines(keepends=True), new.splitlines(keepends=True))
    return [line for line in (str(pair) for pair in pairs) if line[0] in "+-"]


@pytest.mark.parametrize("name", AWKWARD)
def test_a_status_is_changed_in_one_line_of_any_awkward_file(name):
    """However a file is written, changing one word changes that word alone."""
    data = AWKWARD[name]
    result = patch(data, {"status": "completed"})
    assert loads(result) == {**loads(data), "status": "completed"}
    if name != "continued":
        assert result == data.replace(b"pending", b"completed")
    else:
        assert result == data.replace(b'"pen\\\n  ding"', b'"completed"')


@pytest.mark.parametrize("name", AWKWARD)
@pytest.mark.parametrize("changes", [{}, {"status": "pending"}, {"due": None, "tags!": None, "links": []}])
def test_a_change_of_nothing_returns_the_same_bytes(name, changes):
    """What is so already is not written again, however it is written."""
    assert patch(AWKWARD[name], changes) == AWKWARD[name]


@pytest.mark.parametrize("name", AWKWARD)
def test_other_edits_of_awkward_files_are_right_or_refused(name):
    """Adding, replacing by lines and removing read back as they should, and remove only the key's own lines."""
    data = AWKWARD[name]
    for changes in (
        {"status": None},
        {"due": "2026-12-01"},
        {"priority": "high", "description": "a\nb\n", "tags": ["a", "b", "c"]},
        {"status": "a\nb\n"},
        {"context": "new\n\n", "mine": None, "title": "no"},
    ):
        try:
            result = patch(data, changes)
        except TmError as error:
            assert name == "long key form", error.message  # noqa: PT017
            continue
        want = {**loads(data), **changes}
        assert loads(result) == {key: value for key, value in want.items() if value is not None}
        if b"\r\n" in data:
            assert result.count(b"\n") == result.count(b"\r\n")
        assert result.startswith(b"\xef\xbb\xbf") == data.startswith(b"\xef\xbb\xbf")
        # A block of lines at the very end cannot do without the last line's end.
        assert result.endswith(b"\n") == (data.endswith(b"\n") or b"|" in result)


CASES = [
    # a scalar
    ("title: x  # c\n", {"title": "no"}, 'title: "no"  # c\n'),
    ("title: 'x'  # c\n", {"title": "y z"}, "title: 'y z'  # c\n"),
    ("title: 'x'\n", {"title": "it's"}, "title: 'it''s'\n"),
    ('title: "x"\n', {"title": "y"}, 'title: "y"\n'),
    ("title: 'x'\n", {"title": "a\tb"}, 'title: "a\\tb"\n'),
    ("title: x  # c\n", {"title": "a\nb\n"}, "title: |  # c\n  a\n  b\n"),
    ("context: |  # c\n    a\n    b\n\n# d\n", {"context": "z"}, "context: |-  # c\n  z\n\n# d\n"),
    ("context: |\n  a\n\n# d\n", {"context": "a\nb\n"}, "context: |\n  a\n  b\n\n# d\n"),
    ("context: |\n  a\n\ntitle: x\n", {"context": "a\n\n"}, 'context: "a\\n\\n"\n\ntitle: x\n'),
    ("context: |\n  a\n", {"context": " a\n"}, 'context: " a\\n"\n'),
    ("mine: 5\n", {"mine": "5"}, 'mine: "5"\n'),
    ("mine: '5'\n", {"mine": 5}, "mine: 5\n"),
    ("title: x\n", {"title": "a\r\nb"}, 'title: "a\\r\\nb"\n'),
    ("title:  # c\nstatus: x\n", {"title": "z"}, "title: z  # c\nstatus: x\n"),
    # adding a key
    ("title: x\n", {"due": "2026-12-01"}, "title: x\n\ndue: 2026-12-01\n"),
    ("title: x\n\ntags: [a]\n", {"status": "blocked"}, "title: x\n\nstatus: blocked\n\ntags: [a]\n"),
    ("title: x\ntags: [a]\n", {"status": "blocked"}, "title: x\n\nstatus: blocked\n\ntags: [a]\n"),
    ("tags: [a]\nmine: 1\n", {"title": "x", "yours": 2}, "title: x\n\ntags: [a]\nmine: 1\n\nyours: 2\n"),
    ("title: x\n# about tags\ntags: [a]\n", {"due": "d"}, "title: x\n# about tags\ntags: [a]\n\ndue: d\n"),
    ("title: x\n\n# end\n", {"due": "d"}, "title: x\n\ndue: d\n\n# end\n"),
    ("title: x", {"due": "d"}, "title: x\n\ndue: d"),
    ("title: x\ncreated_by: m\n", {"created_at": "t"}, "title: x\n\ncreated_at: t\ncreated_by: m\n"),
    ("title: x\ntags:\n  - a\n  # - b\n", {"due": "d"}, "title: x\ntags:\n  - a\n  # - b\n\ndue: d\n"),
    ("context: |\n  a", {"files": ["b"]}, "files: [b]\n\ncontext: |\n  a"),
    ("{}\n", {"title": "x"}, "{title: x}\n"),
    ("{title: x}\n", {"due": "d", "context": "a\nb\n"}, '{title: x, due: d, context: "a\\nb\\n"}\n'),
    ('{"title": "x"}\n', {"tags": ["a"]}, '{"title": "x", "tags": ["a"]}\n'),
    # removing a key
    ("title: x\n\ndue: d  # c\n\ntags: [a]\n", {"due": None}, "title: x\n\ntags: [a]\n"),
    ("title: x\n# why\ndue: d\ntags: [a]\n", {"due": None}, "title: x\n# why\ntags: [a]\n"),
    ("due: d\n\ntitle: x\n", {"due": None}, "title: x\n"),
    ("title: x\n\ncontext: |\n  a\n\n# end\n", {"context": ""}, "title: x\n\n# end\n"),
    ("title: x\nnote: |+\n  a\n\ntags: [a]\n", {"note": None}, "title: x\n\ntags: [a]\n"),
    ("title: x\n", {"title": None}, "{}\n"),
    ("{title: x, due: d, tags: [a]}\n", {"due": None}, "{title: x, tags: [a]}\n"),
    ("{title: x, due: d}\n", {"due": None}, "{title: x}\n"),
    ("{\n  title: x,  # c\n  due: d,  # e\n}\n", {"due": None}, "{\n  title: x,  # c\n}\n"),
    ("{  # why?\n  title: x,\n  due: d,\n}\n", {"due": None}, "{  # why?\n  title: x,\n}\n"),
    # lists
    ("tags: [a, 'b']  # c\n", {"tags": ["a", "b", "x"]}, "tags: [a, 'b', x]  # c\n"),
    ("tags: [ a, b ]\n", {"tags": ["b"]}, "tags: [ b ]\n"),
    ("tags: [a, b, c]  # d\n", {"tags": list("abcd")}, "tags:  # d\n- a\n- b\n- c\n- d\n"),
    ("tags: [a, b, c, d]\n", {"tags": list("abcde")}, "tags: [a, b, c, d, e]\n"),
    ("tags: [\n  a,  # 1\n  c,  # 2\n]\n", {"tags": list("abc")}, "tags: [\n  a, b,  # 1\n  c,  # 2\n]\n"),
    ("tags:\n  - a  # 1\n  # 2\n  - c\n", {"tags": list("abc")}, "tags:\n  - a  # 1\n  - b\n  # 2\n  - c\n"),
    ("tags:\n- b  # 1\n- a  # 2\n", {"tags": ["a", "b"]}, "tags:\n- a  # 2\n- b  # 1\n"),
    ("tags:\n- a\n- b  # 1\n- c\n", {"tags": ["a", "c"]}, "tags:\n- a\n- c\n"),
    ("tags: a\n", {"tags": ["b"]}, "tags: [b]\n"),
    ("tags:  # c\n", {"tags": ["b"]}, "tags: [b]  # c\n"),
    ("tags:\n- a\n- b\ntitle: x\n", {"tags": "c"}, "tags: c\ntitle: x\n"),
    # mappings
    ("criteria:\n- text: a\n\n  met: false  # c\n- text: b\n",
     {"criteria": [{"text": "a", "met": True}, {"text": "b", "met": True}]},
     "criteria:\n- text: a\n\n  met: true  # c\n- text: b\n  met: true\n"),
    ("criteria:\n  -   text: a\n      met: true\n", {"criteria": [{"text": "a", "measurable": "m", "met": True}]},
     "criteria:\n  -   text: a\n      measurable: m\n      met: true\n"),
    ("criteria:\n- text: a  # c\n  met: true\n", {"criteria": [{"met": True}]}, "criteria:\n- met: true\n"),
    ("fields:\n    a: 1  # one\n", {"fields": {"a": 1, "b": [1]}}, "fields:\n    a: 1  # one\n    b: [1]\n"),
    ("fields: {a: 1}\n", {"fields": {"a": 2, "b": "x"}}, "fields: {a: 2, b: x}\n"),
    ("claim: {by: a,  at: 2026-11-22}\n", {"claim": {"by": "b", "at": "2026-11-22"}},
     "claim: {by: b,  at: 2026-11-22}\n"),
    ("fields:\n  a:\n    b: 1  # c\n  d: 2\n", {"fields": {"d": 2}}, "fields:\n  d: 2\n"),
    ("x: {a: {b: }}\n", {"x": {"a": {"b": 1}}}, "x: {a: {b: 1 }}\n"),
    ("x:\n- - a\n  - b\n", {"x": [["a", "c"]]}, "x:\n- - a\n  - c\n"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "changes", "want"), CASES)
def test_an_edit_gives_this_very_text(text, changes, want):
    """The text after an edit is the one a careful person would have left."""
    assert patch(text.encode(), changes).decode() == want


def test_an_entry_added_to_the_journal_only_adds_lines():
    """Appending to a shared log touches none of what stands in it."""
    text = "title: x\n\njournal:\n- at: 1\n  text: |\n    a\n\n# end of log\n\nstarted_at: t\n"
    entries = loads(text.encode())["journal"]
    result = patch(text.encode(), {"journal": [*entries, {"at": "2026-11-22T11:00:00Z", "text": "b: c"}]}).decode()
    assert result == text.replace("    a\n", '    a\n- at: 2026-11-22T11:00:00Z\n  text: "b: c"\n')


def test_a_key_added_and_removed_leaves_no_trace():
    """Each known key can come and go in a canonical file without a byte to show for it."""
    data = dumps({"title": "x", "tags": ["a"], "context": "a\nb\n", "claim": {"by": "a"}, "mine": 1})
    for key, value in {
        "status": "blocked",
        "due": "2026-12-01",
        "files": list("abcd"),
        "reason": "r",
        "new": "v",
    }.items():
        added = patch(data, {key: value})
        assert added == dumps(loads(data) | {key: value}) or key == "new"
        assert patch(added, {key: None}) == data


@pytest.mark.parametrize(
    ("text", "changes", "reason"),
    [
        ("tags:\n# why\n- a\n- b  # c\n", {"tags": "x"}, "comment"),
        ("tags: [\n  a,  # c\n]\n", {"tags": "x"}, "comment"),
        ("x:\n  # c\n  a: 1\n", {"x": {"b": 1}}, "comment"),
        ("? title\n: x\ntags: [a]\n", {"title": None}, r"'\?'"),
        ("{title: x,  # c\n}", {"title": None}, "comment"),
    ],
)
def test_what_would_lose_a_comment_is_refused(text, changes, reason):
    """No comment inside a value goes without a word: the edit is left to the person."""
    with pytest.raises(
        TmError, match=f"t.yaml: '{next(iter(changes))}' cannot be changed in place: .*{reason}"
    ) as caught:
        patch(text.encode(), changes, "t.yaml")
    assert caught.value.code == "refused"
    assert caught.value.hint == "edit the file by hand"


@pytest.mark.parametrize("changes", [{"title": 5}, {"x": 1.5}, {"x": "\ud800"}, {"tags": [None]}, {"x": {1: 2}}])
def test_a_value_that_would_not_read_back_is_never_written(changes):
    """What the reader would not give back raises, or is written so that it does."""
    try:
        result = patch(b"title: x\n", changes)
    except TmError as error:
        assert error.code in ("invalid", "refused")  # noqa: PT017
    else:
        assert loads(result) == {"title": "x", **changes}


def test_an_unreadable_file_is_not_edited():
    """A file with problems is told, not guessed at."""
    with pytest.raises(TmError) as caught:
        patch(b"title: x\ntitle: y\n", {"status": "completed"}, "t.yaml")
    assert [problem.rule for problem in caught.value.problems] == ["duplicate-key"]


def test_the_example_of_the_design_takes_one_line_edits():
    """The annotated example file keeps every comment through an edit of every kind of field."""
    design = Path(__file__).parent.parent.parent / "shared" / "design.md"
    if not design.exists():
        pytest.skip("the design is not here")
    data = design.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0].encode()
    doc = loads(data)
    for changes in (
        {"status": "completed"},
        {"tags": [*doc["tags"], "x"]},
        {"related": None},
        {"criteria": [{**doc["criteria"][0], "met": False}]},
        {"claim": {**doc["claim"], "by": "joe"}},
        {"fields": {"customer": "B"}},
    ):
        result = patch(data, changes)
        assert loads(result) == {key: value for key, value in (doc | changes).items() if value}
        assert len(changed_lines(data.decode(), result.decode())) <= 2
