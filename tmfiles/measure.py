"""Whether an expression of a criterion holds for given values: one comparison, and nothing is ever executed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt, ne

Value = bool | float | str
_COMPARISON = re.compile(r"(?P<left>\"[^\"]*\"|'[^']*'|[^<>=!\"']+?)\s*(?P<sign>==|!=|<=|>=|<|>)\s*(?P<right>.+)")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?%?")
_SIGNS: dict[str, Callable[[Value, Value], bool]] = {"==": eq, "!=": ne, "<": lt, ">": gt, "<=": le, ">=": ge}
_WORDS: dict[str, bool] = {"true": True, "false": False}


def holds(expression: str, values: Mapping[str, Value]) -> tuple[bool | None, str]:
    """Tell whether an expression holds, and why; None where a person has to look.

    An expression is `true`, `false`, a name, or two operands with `==`, `!=`, `<`, `>`, `<=` or `>=`
    between them; an operand is a number, a quoted text, `true`, `false` or a name of `values`. Numbers have
    an order, texts are only equal or not.
    """
    text = expression.strip()
    if not text:
        return None, "nothing to measure it by"
    found = _COMPARISON.fullmatch(text)
    operands = [found["left"], found["right"]] if found else [text]
    read = [_operand(operand.strip(), values) for operand in operands]
    told = ", ".join(f"{o.strip()} is {_shown(v)}" for o, v in zip(operands, read, strict=True) if o.strip() in values)
    if any(value is None for value in read):
        unknown = next(operand.strip() for operand, value in zip(operands, read, strict=True) if value is None)
        return None, f"{unknown!r} is not known here"
    left = read[0]
    if found is None:
        return (left, told or "as it says") if isinstance(left, bool) else (None, f"{text!r} is no comparison")
    right = read[1]
    if left is None or right is None or not _comparable(left, right, found["sign"]):
        return None, f"{_shown(left)} and {_shown(right)} cannot be compared so"
    return _SIGNS[found["sign"]](left, right), told or "as it says"


def _operand(text: str, values: Mapping[str, Value]) -> Value | None:
    if text in values:
        return values[text]
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _NUMBER.fullmatch(text):
        return float(text.rstrip("%"))
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'" and text[0] not in text[1:-1]:
        return text[1:-1]
    return None


def _comparable(left: Value, right: Value, sign: str) -> bool:
    kinds = {"bool" if isinstance(one, bool) else "text" if isinstance(one, str) else "number" for one in (left, right)}
    return kinds == {"number"} or (len(kinds) == 1 and sign in ("==", "!="))


def _shown(value: Value | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, (int, float)) else repr(value)
