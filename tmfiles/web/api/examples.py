"""Examples of answers, kept in a file that the tests make of a store of their own."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("examples.json")


def of(name: str) -> Any:
    """Give an example of the document `name`."""
    return _all()[name]


def refusal(number: int) -> dict[str, Any]:
    """Give what OpenAPI wants of an example of a refusal with this status; nothing of one that cannot be shown."""
    return {"example": _all()[str(number)]} if str(number) in _all() else {}


@cache
def _all() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found
