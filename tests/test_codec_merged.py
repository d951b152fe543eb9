"""The merge of texts: fields as `merge` says, and the comments, order and quotes that people wrote."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from merging import FIELDS
from test_codec_patch_law import files, text_of

from tmfiles import codec
from tmfiles.codec.page import Page
from tmfiles.codec.tree import tree
from tmfiles.errors import TmError
from tmfiles.merge import merge

EXAMPLES = int(os.environ.get("TM_TEST_EXAMPLES", "60"))
law = settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))

BASE = """\
# Ask Jo before touching this.
title: Login   # short

tags:
- web   # the site
- api

status: "pending"

x-team: red
description: |
  One.
  Two.
"""


def comments(data: bytes) -> Counter[str]:
    """Count the comments of a file."""
    text = data.decode("utf-8-sig")
    return Counter(Page(text).comments(tree(text)[0]))


def merged(base: str, ours: str, theirs: str) -> str:
    """Merge texts both ways, which must give the same bytes."""
    one, other = (codec.merged(base.encode(), *sides)[0] for sides in ((a, b) for a, b in _ways(ours, theirs)))
    assert one == other
    return one.decode()


def _ways(ours: str, theirs: str) -> list[tuple[bytes, bytes]]:
    return [(ours.encode(), theirs.encode()), (theirs.encode(), ours.encode())]


def test_comments_order_and_quotes_of_both_sides_stay() -> None:
    """Two people who each edit and remark: the result is the file that a careful person would have made."""
    ours = BASE.replace('"pending"', '"in_progress"   # since today').replace("- web ", "- auth\n- web ")
    theirs = BASE.replace("# short", "# shorter").replace("red\n", "blue\n").replace("  Two.\n", "  Two.\n  Three.\n")
    expected = ours.replace("# short", "# shorter").replace("red\n", "blue\n")
    assert merged(BASE, ours, theirs) == expected.replace("  Two.\n", "  Two.\n  Three.\n")


def test_one_field_changed_by_both_is_spliced_in() -> None:
    """Where both changed a line, it holds what the rule of the field says, and no marker."""
    ours = BASE.replace('"pending"', '"in_progress"  # mine')
    theirs = BASE.replace('"pending"', "blocked  # yours")
    text = merged(BASE, ours, theirs)
    assert 'status: "in_progress"  # mine\n' in text or "status: in_progress" in text
    assert {"# mine", "# yours"} <= set(comments(text.encode()))


def test_a_comment_without_a_place_goes_to_the_end() -> None:
    """A remark beside a field that lost is kept as a line of its own."""
    text = merged("title: A\n", "title: B  # because\n", "title: C  # therefore\n")
    assert text.startswith("title: C")
    assert set(comments(text.encode())) == {"# because", "# therefore"}


def test_a_removed_comment_stays_away() -> None:
    """A remark that one side took out does not come back."""
    text = merged(BASE, BASE.replace("# Ask Jo before touching this.\n", ""), BASE.replace("red\n", "blue\n"))
    assert "Ask Jo" not in text
    assert "x-team: blue" in text


def test_texts_that_git_merges_cleanly_and_wrongly() -> None:
    """Two due dates added in two places are one due date."""
    text = merged(
        "title: A\n\nx: 1\n", "due: 2026-12-05\n\ntitle: A\n\nx: 1\n", "title: A\n\nx: 1\n\ndue: 2026-12-01\n"
    )
    assert text.count("due:") == 1
    assert codec.loads(text.encode())["due"] == "2026-12-01"


def test_a_text_that_cannot_be_read_is_not_merged() -> None:
    """What is no task is left to others, with the place that is wrong."""
    with pytest.raises(TmError) as refused:
        codec.merged(b"title: A\n", b"title: [\n", b"title: B\n", "a.yaml")
    assert refused.value.code == "invalid"


@st.composite
def three_files(draw: Any) -> tuple[bytes, bytes, bytes]:
    """Make a file as people write them, and two edits of it, with remarks here and there."""
    base = text_of(draw(files()))
    sides = []
    for name in ("ours", "theirs"):
        text = base
        for key in draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=3, unique=True)):
            try:
                text = codec.patch(text, {key: None if draw(st.integers(0, 4)) == 0 else draw(FIELDS[key])})
            except TmError:
                continue
        lines = text.decode().split("\n")
        if draw(st.booleans()):
            lines.insert(draw(st.integers(0, len(lines))), f"# remark of {name}")
        sides.append("\n".join(lines).encode())
    return base, sides[0], sides[1]


@law
@given(three_files())
def test_the_law_of_merged_texts(texts: tuple[bytes, bytes, bytes]) -> None:
    """Either order gives the same bytes, which say what `merge` says, and hold each remark that is to stay."""
    base, ours, theirs = texts
    try:
        docs = [codec.loads(text) for text in texts]
    except TmError:
        assume(False)
    result, told = codec.merged(base, ours, theirs)
    assert (result, told) == codec.merged(base, theirs, ours)
    assert codec.normal(codec.loads(result)) == codec.normal(merge(*docs).doc)
    was, here, there = (comments(text) for text in texts)
    assert not ((here & there) | (here - was) | (there - was)) - comments(result)
    assert codec.merged(base, ours, base)[0] == codec.merged(base, ours, ours)[0] == ours
    assert codec.merged(base, result, result)[0] == result
