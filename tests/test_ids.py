"""Ids: which are allowed, how they are made, and which one is meant."""

from __future__ import annotations

import os
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmfiles import ids
from tmfiles.errors import TmError


@pytest.mark.parametrize("id", ["a1b2c3d4", "fix-login", "bd-0088.1", "ab", "x" * 64, "12345678", "v1.2_x", "con1"])
def test_allows_ids(id: str) -> None:
    """Ids made by the program, by hand and by other trackers are allowed."""
    assert ids.invalid(id) == ""


@pytest.mark.parametrize(
    ("id", "fragment"),
    [
        ("", "not 0"),
        ("a", "2 to 64 characters, not 1"),
        ("x" * 65, "not 65"),
        ("Fix", "capital letters"),
        ("fix login", "has more than a-z"),
        ("fix/login", "has more than a-z"),
        ("..", "begin and end"),
        ("-fix", "begin and end"),
        ("fix.", "begin and end"),
        ("fix--login", "side by side"),
        ("fix._login", "side by side"),
        ("grün", "has more than a-z"),
        ("fix\n", "has more than a-z"),
        ("config", "reserved"),
        ("null", "reserved"),
        ("con", "device"),
        ("nul.txt", "device"),
        ("com1", "device"),
        ("lpt9.a.b", "device"),
    ],
)
def test_refuses_ids(id: str, fragment: str) -> None:
    """What may not name a task is refused with the reason, naming the id."""
    assert fragment in ids.invalid(id)


@given(st.text("aZ0._- é\n", max_size=70))
@settings(deadline=None)
def test_agrees_with_the_pattern(id: str) -> None:
    """The check by hand and the pattern that the schema shows say the same."""
    shaped = bool(re.fullmatch(ids.PATTERN.replace("$", r"\Z"), id)) and 2 <= len(id) <= 64
    assert (ids.invalid(id) == "") == shaped


def test_new_ids_are_hexadecimal_and_begin_with_a_letter() -> None:
    """A new id has 8 hexadecimal characters, a letter first, and every first letter occurs."""
    made = {ids.new(os.urandom, lambda _: False) for _ in range(500)}
    assert len(made) == 500
    assert all(re.fullmatch("[a-f][0-9a-f]{7}", id) for id in made)
    assert {id[0] for id in made} == set("abcdef")
    assert all(ids.invalid(id) == "" for id in made)


def test_every_hexadecimal_ending_is_possible() -> None:
    """The first letter and the second character are independent: no part of the ids is left out."""
    draw = random.Random(1).randbytes
    assert len({ids.new(draw, lambda _: False)[:2] for _ in range(5000)}) == 6 * 16


def test_a_taken_id_is_drawn_again() -> None:
    """An id in use is not given again; a source that only repeats is told, not waited for."""
    draw = random.Random(1).randbytes
    first = ids.new(random.Random(1).randbytes, lambda _: False)
    assert ids.new(draw, lambda id: id == first) != first
    with pytest.raises(TmError, match="no free id"):
        ids.new(lambda count: bytes(count), lambda _: True)


KNOWN = ["a1b2c3d4", "a1b2ffff", "fix-login", "fix-login-again", "c0ffee12"]


@pytest.mark.parametrize(
    ("prefix", "id"),
    [
        ("c0ffee12", "c0ffee12"),
        ("c", "c0ffee12"),
        ("C0FFEE", "c0ffee12"),
        (" a1b2c ", "a1b2c3d4"),
        ("fix-login", "fix-login"),
        ("fix-login-", "fix-login-again"),
    ],
)
def test_resolves_prefixes(prefix: str, id: str) -> None:
    """An exact id wins, then the only id that begins with the word; letter case does not count."""
    assert ids.resolve(prefix, KNOWN) == id
    assert ids.resolve(prefix, iter(KNOWN)) == id
    assert ids.resolve(prefix, dict.fromkeys(KNOWN)) == id


def test_an_ambiguous_prefix_lists_its_candidates() -> None:
    """Several ids are listed with their titles, at most ten of them."""
    with pytest.raises(TmError, match="'a1' begins 2 ids") as caught:
        ids.resolve("a1", KNOWN, {"a1b2c3d4": "Write the docs"})
    assert caught.value.hint == 'which one? a1b2c3d4 "Write the docs", a1b2ffff'
    with pytest.raises(TmError) as caught:
        ids.resolve("a", [f"a{n:03}" for n in range(25)])
    assert "a009 and 15 more" in caught.value.hint


def test_an_unknown_id_is_told_with_what_was_meant() -> None:
    """A slip in an id leads to the id, with its title."""
    for slip in ("a1b2c3d5", "a1b2d3c4", "a1b2c3x", "a1b2c34d"):
        with pytest.raises(TmError, match=f"no task '{slip}'") as caught:
            ids.resolve(slip, KNOWN, {"a1b2c3d4": "Write the docs"})
        assert caught.value.code == "not_found"
        assert 'a1b2c3d4 "Write the docs"' in caught.value.hint
    with pytest.raises(TmError) as caught:
        ids.resolve("zzzzzzzz", KNOWN)
    assert caught.value.hint == "all tasks: tm list --all"


def test_a_blank_id_is_wrong_usage() -> None:
    """A blank word never means the only task there is."""
    with pytest.raises(TmError, match="blank") as caught:
        ids.resolve(" ", ["a1b2c3d4"])
    assert caught.value.code == "usage"
