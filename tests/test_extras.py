"""What needs an extra says so where it is not installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store


@pytest.mark.parametrize(
    ("command", "module", "package", "extra"), [("mcp", "mcp", "mcp", "mcp"), ("serve", "serving", "fastapi", "web")]
)
def test_a_missing_extra_is_one_line_and_what_to_install(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch, command: str, module: str, package: str, extra: str
) -> None:
    """Without its library the command refuses, and says what brings it."""
    monkeypatch.setattr(f"tmfiles.cli.{module}.find_spec", lambda _name: None)
    done = Store(repo).do(command, code=2)
    assert done.err == (
        f"tm: tm {command} needs the package {package}, which is not installed\n"
        f"Install it: pip install 'tmfiles[{extra}]'\n"
    )


def test_groups_and_extras_bring_the_same() -> None:
    """What the tests install for an extra is what the extra brings; `all` brings every one."""
    tomllib = pytest.importorskip("tomllib", reason="of Python 3.11")
    text = (Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    said = tomllib.loads(text)
    extras = said["project"]["optional-dependencies"]
    assert said["dependency-groups"]["served"] == extras["web"]
    assert extras["mcp"][0] in said["dependency-groups"]["agents"]
    assert extras["all"] == [f"tmfiles[{','.join(name for name in extras if name != 'all')}]"]


def test_a_format_that_needs_an_extra_says_so(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its library a format is refused both ways, and what brings it is said."""
    monkeypatch.setattr("tmfiles.interop.formats.find_spec", lambda _name: None)
    store, file = Store(repo), repo.write("in.ics", "BEGIN:VCALENDAR\r\n")
    for words in (["export", "-f", "icalendar"], ["import", "icalendar", str(file)]):
        assert store.do(*words, code=2).err == (
            "tm: the format icalendar needs the package icalendar, which is not installed\n"
            "Install it: pip install 'tmfiles[ical]'\n"
        )
