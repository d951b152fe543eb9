"""The rules beyond the schema, on files and between tasks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmfiles import codec, config, policies, rules
from tmfiles.errors import Problem, TmError
from tmfiles.task import SHAPES, STATUSES

FILES = Path(__file__).parent / "files"
TYPES = ("spike",)
# What the store of the files `declared-*` declares.
DECLARED = config.parse((FILES / "good" / "config-declared.yaml").read_bytes(), "config.yaml")[0].declared
EXPECTED = re.compile(r"# expect (\d+):(\d+) (\S+) ?(.*)")


def problems(path: Path) -> list[Problem]:
    """Read a file as tm does; `config-*` are configurations, the rest tasks, `declared-*` in a store that declares."""
    data = path.read_bytes()
    if path.name.startswith("config-"):
        return config.parse(data, path.name)[1]
    try:
        doc = codec.loads(data, path.name, shapes=SHAPES)
    except TmError as error:
        return list(error.problems)
    found = rules.file_problems(doc, path.name, data, types=TYPES, task_id=path.stem)
    if path.name.startswith("declared-"):
        found = policies.all_problems(found, doc, path.name, data, DECLARED)
    return found


@pytest.mark.parametrize("path", sorted((FILES / "good").glob("*.yaml")), ids=lambda path: path.stem)
def test_good_files(path: Path) -> None:
    """A file in tests/files/good has neither errors nor warnings."""
    assert problems(path) == []


@pytest.mark.parametrize("path", sorted((FILES / "bad").glob("*.yaml")), ids=lambda path: path.stem)
def test_bad_files(path: Path) -> None:
    """A file in tests/files/bad has exactly the problems its first lines expect: place, rule, words."""
    expected = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not (found := EXPECTED.fullmatch(line)):
            break
        expected.append(found.groups())
    assert expected
    told = problems(path)
    assert [(str(p.line), str(p.column), p.rule) for p in told] == [group[:3] for group in expected]
    for problem, (_, _, rule, words) in zip(told, expected, strict=True):
        assert words in problem.message
        if rule in rules.RULES and not rule.startswith("policy-"):  # those have the level of their policy
            assert problem.severity == rules.RULES[rule][0]


def test_the_table_of_rules() -> None:
    """Every rule has a severity and one line, for the documents made from the table."""
    for severity, line in rules.RULES.values():
        assert severity in ("error", "warning")
        assert line
        assert "\n" not in line


@pytest.mark.parametrize(
    "key",
    ["owner", "time", "updated_at", "updated_by", "severity", "milestone", "version", "sprint", "points", "x-files"],
)
def test_plausible_own_keys_are_only_warned_of(key: str) -> None:
    """Keys that people add of their own are kept with a warning, though some are near a known one."""
    assert [p.rule for p in rules.file_problems({"title": "x", key: "y"}, "x")] == ["unknown-key"]


@pytest.mark.parametrize("known", [key for key in SHAPES if key != "title"])
def test_every_key_is_guarded_against_slips(known: str) -> None:
    """Dropping, doubling or swapping a letter of any key is an error that names the key."""
    for slip in (known[:-1], known[0] + known, known[1] + known[0] + known[2:]):
        if slip not in SHAPES:
            (problem,) = rules.file_problems({"title": "x", slip: "y"}, "x")
            assert problem.rule == "near-miss-key"
            assert "did you mean" in problem.message


def test_self_needs_the_id() -> None:
    """Without the file's id, what names itself cannot be told; with it, it is."""
    doc = {"title": "x", "parent": "aa", "related": ["bb", "aa"]}
    assert rules.file_problems(doc, "x") == []
    assert [p.rule for p in rules.file_problems(doc, "x", task_id="aa")] == ["self", "self"]


any_value = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=5) | st.just("two\nlines" * 60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*SHAPES, "x", "two\nlines" * 60]), any_value, max_size=6))
@settings(deadline=None)
def test_any_document_is_judged(doc: dict[str, Any]) -> None:
    """No document, however odd, makes the rules fail; whatever is told is a rule of the table."""
    for judge in (rules.file_problems, rules.config_problems):
        for problem in judge(doc, "x"):
            assert problem.rule in rules.RULES
            assert problem.message.isprintable()
            assert len(problem.message) < 300


def test_dependencies_that_lead_nowhere() -> None:
    """A dependency or parent that does not exist is an error, another link a warning, each with its place."""
    found = rules.graph_problems(
        {"aa": "pending", "bb": "completed", "cc": None},
        {"aa": ["bb", "zz"], "bb": ["cc"]},
        {"bb": "yy"},
        {"aa": [("related", "bb"), ("related", "xx"), ("source", "ww")]},
    )
    assert [(f.id, f.pointer, f.rule, f.severity) for f in found] == [
        ("aa", ("depends_on", 1), "missing-dependency", "error"),
        ("bb", ("parent",), "missing-parent", "error"),
        ("aa", ("related", 1), "missing-link", "warning"),
        ("aa", ("source",), "missing-link", "warning"),
    ]
    assert found[0].message == "depends on 'zz', which does not exist"


def test_cycles_are_told_with_their_path() -> None:
    """A circle of dependencies or of parents is told once, whole, at the link that it begins with."""
    found = rules.graph_problems(
        dict.fromkeys(("aa", "bb", "cc", "dd"), "pending"),
        {"bb": ["dd", "cc"], "cc": ["aa"], "aa": ["bb"]},
        {"aa": "bb", "bb": "aa"},
    )
    assert [(f.id, f.pointer, f.rule, f.message) for f in found] == [
        ("aa", ("depends_on", 0), "cycle", "tasks wait for each other: aa → bb → cc → aa"),
        ("aa", ("parent",), "parent-cycle", "tasks are each other's parents: aa → bb → aa"),
    ]


@pytest.mark.parametrize("own", [*STATUSES, None])
@pytest.mark.parametrize("other", [*STATUSES, None])
def test_statuses_that_do_not_go_together(own: str | None, other: str | None) -> None:
    """Completed before its dependency, or waiting for what was cancelled, is warned of; all else is fine."""
    found = rules.graph_problems({"aa": own, "bb": other}, {"aa": ["bb"]}, {})
    expected = []
    if own == "completed" and other in ("pending", "in_progress", "blocked"):
        expected = ["closed-open"]
    elif own in ("pending", "in_progress", "blocked") and other == "cancelled":
        expected = ["cancelled-dependency"]
    assert [f.rule for f in found] == expected
    assert all(f.severity == "warning" for f in found)
