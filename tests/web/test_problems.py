"""Every kind of refusal has its number, and the page of the reference says which."""

from __future__ import annotations

import re
from pathlib import Path

from tmfiles.cli.boundary import EXITS
from tmfiles.errors import TmError
from tmfiles.web.problems import STATUS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"


def test_every_code_has_a_number_and_is_documented() -> None:
    """The codes of the command line are all there, and the table of the reference is the program's."""
    assert set(EXITS) | set(TmError.CODES) <= set(STATUS)
    rows = re.findall(r"^\| (\d{3}) \| (.+?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told = {code: int(status) for status, codes in rows for code in re.findall(r"`(\w+)`", codes)}
    assert told == STATUS
