"""Expressions of criteria: what they say, and that nothing of them is executed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmfiles.measure import holds

VALUES = {"lost": 0.0, "covered": 91, "estimate": 3.0, "status": "pending", "reviewed": True}


@pytest.mark.parametrize(
    ("expression", "verdict"),
    [
        *(("true", True), ("false", False), ("TRUE", True), ("reviewed", True)),
        *(("lost == 0", True), ("lost==1", False), ("lost != 0", False), ("covered >= 90", True)),
        *(("covered > 91", False), ("covered <= 91", True), ("lost < estimate", True), ("10 > 9", True)),
        *(("status == 'pending'", True), ('status != "pending"', False), ("reviewed == true", True)),
        *(("covered >= 90%", True), ("-1 < 0", True), ("2.5 == 2.5", True), (" lost  ==  0 ", True)),
        *(("", None), ("lost", None), ("covered", None), ("unknown == 1", None), ("lost = 0", None)),
        *(("status < 'q'", None), ("status == 1", None), ("lost == 0 == 0", None), ("a == b", None)),
        *(("covered > high", None), ("reviewed < 1", None), ("'a' == 'b' + 'c'", None), ("lost ==", None)),
        *(("__import__('os').system('true') == 0", None), ("lost == lost()", None), ("== 0", None)),
    ],
)
def test_what_an_expression_says(expression: str, verdict: bool | None) -> None:
    """A comparison of known things is true or false; everything else is for a person to see."""
    found, why = holds(expression, VALUES)
    assert found is verdict
    assert why


@given(st.text(max_size=60))
def test_no_text_is_too_odd(expression: str) -> None:
    """Every text gets one of three answers, with a reason."""
    verdict, why = holds(expression, VALUES)
    assert verdict in (True, False, None)
    assert why


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_numbers_compare_as_numbers(left: int, right: int) -> None:
    """The six signs mean what Python means by them."""
    for sign in ("==", "!=", "<", ">", "<=", ">="):
        said, _ = holds(f"{left} {sign} {right}", {})
        assert said is eval(f"{left} {sign} {right}")  # noqa: S307 numbers and a sign
