"""The documents say what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs_pages import PAGES, REFERENCE

from tmfiles.actions.operations import ADDED, OPERATIONS
from tmfiles.cli.boundary import BUG, EXITS
from tmfiles.rules import RULES
from tmfiles.task import SHAPES

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_up_to_date(name: str) -> None:
    """A page made from the program is what the program says now."""
    page = (REFERENCE / name).read_text(encoding="utf-8")
    assert page == PAGES[name](), "run: python tests/docs_pages.py"


def test_every_exit_code_is_documented() -> None:
    """The page of exit codes has exactly the codes that the program gives."""
    page = (REFERENCE / "exit-codes.md").read_text(encoding="utf-8")
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} == {0, BUG, *EXITS.values()}


def test_every_field_is_documented() -> None:
    """The page of the format names every key of a task."""
    page = (REFERENCE / "format.md").read_text(encoding="utf-8")
    assert [key for key in SHAPES if f"`{key}`" not in page] == []


def test_every_setting_is_documented() -> None:
    """The page of settings names every key of config.yaml and every variable that is read."""
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tmfiles").rglob("*.py"))
    assert set(re.findall(r"TM_[A-Z_]+", source)) <= set(re.findall(r"TM_[A-Z_]+", page))
    schema = (ROOT / "schemas" / "config.schema.json").read_text(encoding="utf-8")
    import json

    assert [key for key in json.loads(schema)["properties"] if f"`{key}`" not in page] == []


def test_every_reported_rule_is_in_the_table() -> None:
    """No problem of a task bears the name of a rule that the reference does not have; other texts have their own."""
    names = set()
    for path in [*(ROOT / "tmfiles").rglob("*.py")]:
        names |= set(re.findall(r'Problem\([^"]*?"([a-z-]+)"', path.read_text(encoding="utf-8")))
    assert names - set(RULES) - {"import", "edit", "batch", "plan"} == set()


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/**/*.md")) + sorted(ROOT.glob("*.md")), ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    """A link from one document to another names a file that is there."""
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_index_leads_to_every_page() -> None:
    """Each page is one step from the index, and the index one step from the README."""
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/**/*.md")} - {"README.md"}
    assert pages - set(re.findall(r"\]\(([^)#]+)", index)) == set()
    assert "(docs/README.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_told_messages_are_those_of_the_program() -> None:
    """What the page of symptoms says that tm says, stands in its source: the first letter is a capital in a hint."""
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([^`]+)`", page.partition("| it says |")[2].partition("| it does |")[0], re.MULTILINE)
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tmfiles").rglob("*.py"))
    assert told
    assert [said for said in told if said.partition(" …")[0][1:] not in source] == []


def test_every_code_has_its_entry() -> None:
    """The page of symptoms has each code of a refusal, with the exit code that the program gives."""
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(\w+)` \| (\d+) \|", page.partition("## By code")[2].partition("\n## ")[0], re.MULTILINE)
    assert {code: int(number) for code, number in told} == EXITS


def test_every_refusal_has_a_code_of_the_page() -> None:
    """No refusal in the source has a code that the command line does not know."""
    pages = [path for path in (ROOT / "tmfiles").rglob("*.py") if "web" not in path.parts]
    named = {code for path in pages for code in re.findall(r'code="(\w+)"', path.read_text(encoding="utf-8"))}
    assert named - set(EXITS) == set()


def test_the_review_names_tests_and_commands_that_are_there() -> None:
    """Each finding of the review is answered by a command there is and held by a test there is."""
    from tmfiles.cli.app import COMMANDS

    page = (ROOT / "docs" / "explanation" / "readiness-review.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page)
    assert len(named) > 30
    for path, function in named:
        source = (ROOT / path).read_text(encoding="utf-8")
        assert not function or f"def {function}(" in source, f"{path}::{function}"
    assert set(re.findall(r"`tm ([a-z]+)", page)) - set(COMMANDS) == set()
    rows = [line for line in page.splitlines() if line.startswith("| ") and "finding |" not in line]
    assert [row for row in rows if "`tests/" not in row] == []


def test_anchors_lead_somewhere() -> None:
    """A link to a heading of another page names one that is there."""
    for page in sorted(ROOT.glob("docs/**/*.md")) + sorted(ROOT.glob("*.md")):
        for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text(encoding="utf-8")):
            text = (page.parent / target if target else page).read_text(encoding="utf-8")
            heads = [
                re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-")
                for head in re.findall(r"^#+ (.+)$", text, re.M)
            ]
            assert anchor in heads, f"{page.name}: {target}#{anchor}"


def test_every_operation_is_documented() -> None:
    """The page of batches has each operation with its keys, and no other operation."""
    page = (ROOT / "docs" / "how-to" / "many-tasks-at-once.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `") and "`op`" not in line]
    told = {op: row for row in rows for op in re.findall(r"`([a-z ]+)`", row.split("|")[1])}
    assert list(told) == list(OPERATIONS)
    fields = set(re.findall(r"`([a-z_]+)`", page.partition("that `tm add` takes:")[2].partition(". Links")[0]))
    assert fields == set(ADDED) - {"title"}
    for op, operation in OPERATIONS.items():
        named = set(re.findall(r"`([a-z_]+)`", told[op].split("|", 2)[2]))
        assert named - {"false"} - set(operation.keys) <= {"depends_on", "criteria", "fields"}, op
        assert set(operation.keys) <= named | (fields if op in ("add", "update") else set()), op


def test_what_became_of_the_predecessor_names_commands_there_are() -> None:
    """Every command that its page offers exists, and every old command has a row."""
    from tmfiles.cli.app import COMMANDS
    from tmfiles.compat.forms import FORMS

    page = (REFERENCE / "task-orchestrator.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`tm ([a-z]+)", page)) - set(COMMANDS) == set()
    assert [name for name in FORMS if name != "participants" and f"`{name}" not in page] == []
