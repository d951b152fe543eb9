"""What other programs read of a check: every format says the same, in its own words and escapes."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.errors import Problem
from tmfiles.render import verdicts
from tmfiles.render.verdicts import Told
from tmfiles.rules import RULES

AWKWARD = Problem(".tasks/a b%,:é.yaml", 3, 14, "cycle", "a % b, <c> & \"d\":\r\ne\x01 ']]>'", "error")
WARNING = Problem(".tasks/two.yaml", 0, 0, "unknown-key", "unknown key 'x'", "warning")
TOLD = [Told(AWKWARD, "0123456789abcdef"), Told(WARNING)]


def test_github() -> None:
    """Each annotation is one line, whose parts cannot end early."""
    assert verdicts.github(TOLD).splitlines() == [
        "::error file=.tasks/a b%25%2C%3Aé.yaml,title=tm%3A cycle,line=3,col=14::"
        "a %25 b, <c> & \"d\":%0D%0Ae\x01 ']]>' [0123456789]",
        "::warning file=.tasks/two.yaml,title=tm%3A unknown-key::unknown key 'x'",
    ]


def test_sarif() -> None:
    """The log names its rules, points to each by number, and writes paths as addresses."""
    log = json.loads(verdicts.sarif(TOLD, RULES, "1.0"))
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert (log["version"], [rule["id"] for rule in rules]) == ("2.1.0", ["cycle", "unknown-key"])
    first, second = run["results"]
    assert [rules[one["ruleIndex"]]["id"] for one in run["results"]] == [first["ruleId"], second["ruleId"]]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == ".tasks/a%20b%25%2C%3A%C3%A9.yaml"
    assert place["region"] == {"startLine": 3, "startColumn": 14}
    assert "region" not in second["locations"][0]["physicalLocation"]
    assert (first["level"], second["level"]) == ("error", "warning")


def test_junit() -> None:
    """The report is XML whatever stands in a message; a warning fails nothing, and no problem is one passed case."""
    suite = ET.fromstring(verdicts.junit(TOLD))[0]  # noqa: S314 our own words
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    failed, passed = suite
    (failure,) = failed
    assert failure.get("message", "").startswith('a % b, <c> & "d":')
    assert [part.tag for part in passed] == ["system-out"]
    nothing = ET.fromstring(verdicts.junit([]))[0]  # noqa: S314 our own words
    assert (nothing.get("tests"), len(nothing)) == ("1", 1)


@pytest.mark.parametrize("form", ["github", "sarif", "junit"])
def test_paths_are_the_repositorys(form: str, repo: GitRepo) -> None:
    """A store below the root is named from the root, where those who show the report look."""
    store = Store(GitRepo(repo.path / "sub"), init=False)
    store.repo.write(".tasks/one.yaml", "title: [\n")
    assert "sub/.tasks/one.yaml" in store.do("check", "--format", form, code=1).out
    assert store.do("check", "--format", "text", code=1).out.startswith(".tasks/one.yaml:2:1: ")
