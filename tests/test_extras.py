"""What needs an extra says so where it is not installed."""

from __future__ import annotations

import pytest
from conftest import GitRepo
from writing import Store


def test_a_missing_extra_is_one_line_and_what_to_install(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its library the command refuses, and says what brings it."""
    monkeypatch.setattr("tmfiles.cli.mcp.find_spec", lambda _name: None)
    done = Store(repo).do("mcp", code=2)
    assert done.err == (
        "tm: tm mcp needs the package mcp, which is not installed\nInstall it: pip install 'tmfiles[mcp]'\n"
    )
