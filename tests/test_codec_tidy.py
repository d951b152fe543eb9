"""The canonical form: what `tm fmt` writes means the same, holds the same comments, and is written only one way."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from test_codec_patch_law import EXAMPLES, files, text_of

from tmfiles import rules
from tmfiles.codec import dumps, loads, normal, tidied
from tmfiles.codec.page import Page
from tmfiles.codec.tree import tree
from tmfiles.errors import TmError
from tmfiles.task import SHAPES


def comments(data: bytes) -> list[str]:
    """Give every comment of a file, sorted."""
    text = data.decode("utf-8-sig")
    return sorted(Page(text).comments(tree(text)[0]))


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(files())
def test_form_changes_no_meaning(file) -> None:
    """The document is the same, no comment is lost, and to do it again changes nothing."""
    data = text_of(file)
    try:
        doc = loads(data)
    except TmError:
        assume(False)
    try:
        result = tidied(data)
    except TmError as error:
        event(f"{error.code}: {error.message.rpartition(': ')[2]}")
        result = data if error.code == "refused" else b""
    assert normal(loads(result)) == normal(doc)
    assert comments(result) == comments(data)
    if result == data:
        return
    assert tidied(result) == result
    before, after = (Counter(one.rule for one in rules.file_problems(one, "")) for one in (doc, loads(result)))
    assert after <= before
    if not comments(data) and doc.keys() <= SHAPES.keys() - {"fields"}:
        assert result == dumps(doc)


CASES = {
    "order and blank lines": (
        "tags: [b,  a]\nstatus:   'pending'\ntitle: One\n",
        "title: One\n\nstatus: pending\n\ntags: [a, b]\n",
    ),
    "comments go along": (
        "# The file.\n\n# Why so many?\ntags:\n- b  # second\n- a\n# The name.\n\ntitle: One   # beside\n"
        "status: pending\n# end\n",
        "# The file.\n\n# The name.\ntitle: One  # beside\n\nstatus: pending\n\n"
        "# Why so many?\ntags:\n- b  # second\n- a\n\n# end\n",
    ),
    "what holds nothing goes": ("title: One\nassignee:\ntags: []\n", "title: One\n"),
    "but not what was said of it": (
        "title: One\nassignee:  # who?\n# soon\ndue:\n",
        "title: One\n\nassignee:  # who?\n\n# soon\ndue:\n",
    ),
    "text": (
        'title: "One"\ndescription: "a\\nb\\n"\ncontext: >-\n  folded\n  text\n',
        "title: One\n\ncontext: folded text\n\ndescription: |\n  a\n  b\n",
    ),
    "unknown values are their readers'": (
        "x-size:   1.50\ntitle: One\nfields: {n: 1_000}\n",
        "title: One\n\nfields: {n: 1_000}\n\nx-size:   1.50\n",
    ),
    "line ends, marks and beginnings": (
        "\ufeff---\r\ntitle: One\r\ncontext: |\r\n  a\r\n  b\r\n...\r\n",
        "title: One\n\ncontext: |\n  a\n  b\n",
    ),
    "braces": ("{title: One, tags: [b, a]}\n", "title: One\n\ntags: [a, b]\n"),
    "a block and its note": (
        "title: One\ndescription: |  # as he said it\n  a\n  b\n",
        "title: One\n\ndescription: |  # as he said it\n  a\n  b\n",
    ),
    "a note under a list": (
        "title: One\ntags:\n  - a\n  # no more\nstatus: pending\n",
        "title: One\n\nstatus: pending\n\ntags:\n  - a\n  # no more\n",
    ),
    "a claim": (
        "title: One\nclaim:\n  by: maria\n  at: 2026-11-22T11:00:00Z\n",
        "title: One\n\nclaim: {by: maria, at: 2026-11-22T11:00:00Z}\n",
    ),
}


@pytest.mark.parametrize(("text", "want"), CASES.values(), ids=CASES)
def test_the_form(text: str, want: str) -> None:
    """What people write becomes what tm writes, with their words where they belong."""
    assert tidied(text.encode()).decode() == want
    assert tidied(want.encode()).decode() == want


@pytest.mark.parametrize("text", ["title: [\n", "title: One\ntitle: Two\n", "- a\n", "", "title: \xe9\n"])
def test_what_cannot_be_read_has_no_form(text: str) -> None:
    """A broken file is told as everywhere, and is not touched."""
    with pytest.raises(TmError) as told:
        tidied(text.encode("latin-1"), "x.yaml")
    assert told.value.code == "invalid"


def test_what_would_lose_a_word_is_left() -> None:
    """A comment inside braces has no place of its own in lines."""
    with pytest.raises(TmError, match=r"x\.yaml: this file cannot be put into form"):
        tidied(b"{title: One, # why\n tags: [a]}\n", "x.yaml")
