"""Custom fields: declared once, checked in every file, typed from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
from conftest import GitRepo
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from writing import Store

from tmfiles import config, schema

FILES = Path(__file__).parent / "files"
FIELDS = {
    "customer": {"type": "text", "pattern": "^[A-Z]+$"},
    "severity": {"type": "enum", "choices": ["s1", "s2", 3], "required": True},
    "points": {"type": "integer"},
    "reviewed": {"type": "boolean"},
    "ship": {"type": "date"},
    "platforms": {"type": "list", "choices": ["linux", "mac"]},
    "notes": {"type": "list", "description": "Whatever was said"},
}
DECLARING = """version: 1
fields:
  customer: {type: text, pattern: "^[A-Z]+$"}
  points: {type: integer}
  ship: {type: date}
  platforms: {type: list}
"""

anything = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 4) | st.sampled_from(["", "A", "s1", "3", "linux", "2026-12-01", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=4,
)


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store that declares four fields."""
    made = Store(repo)
    declare(made, DECLARING)
    return made


def declare(store: Store, text: str) -> None:
    """Write the settings, as a person would."""
    (store.path / ".tasks" / "config.yaml").write_text(text, encoding="utf-8")
    store.git("commit", "--quiet", "-m", "settings", "--", ".tasks/config.yaml")


@given(st.dictionaries(st.sampled_from([*FIELDS, "other"]), anything, max_size=5))
@settings(deadline=None, max_examples=200)
def test_verdicts_agree(values: dict[str, Any]) -> None:
    """Whatever a task holds, the quick check and the wording one agree, each failure in a line of its own."""
    for declared in (FIELDS, {"customer": {"type": "text"}}):
        wrong = schema.Custom(declared).failures(values)
        text = {name: custom_text(declared.get(name, {}).get("type"), value) for name, value in values.items()}
        assert bool(wrong) is not Draft7Validator(schema.custom(declared)).is_valid(text)
        for _, message in wrong:
            assert message.startswith("fields")
            assert "as the format" not in message
            assert "\n" not in message


def custom_text(kind: object, value: Any) -> Any:
    """Read what YAML took for a number as the text that was declared."""
    if kind == "list" and isinstance(value, list):
        return [custom_text("text", item) for item in value]
    if kind in ("text", "enum", "date") and isinstance(value, (bool, int)):
        return json.dumps(value)
    return value


def test_the_translation_is_a_schema() -> None:
    """What is declared becomes a valid JSON Schema that says what a field is for."""
    made = schema.custom(FIELDS)
    Draft7Validator.check_schema(made)
    fastjsonschema.compile(made)
    assert made["required"] == ["severity"]
    assert made["properties"]["notes"]["description"] == "Whatever was said"
    assert made["properties"]["platforms"]["items"]["enum"] == ["linux", "mac"]


def test_settings_survive_the_cache() -> None:
    """What the cache keeps of the settings is what the file said."""
    for path in sorted((FILES / "good").glob("config-*.yaml")):
        read, problems = config.parse(path.read_bytes(), path.name)
        assert problems == []
        assert config.Config.from_text(read.to_text()) == read
        assert json.loads(read.declared or "{}").keys() <= {"fields", "types", "policies", "phases"}


def test_add_and_update_type_what_is_given(store: Store) -> None:
    """`--field` gives a number, a date and a list as declared; `--clear fields.NAME` takes one away again."""
    one = store.add("One", "--field", "points=5", "--field", "ship=2026-12-01", "--field", "platforms=linux, mac")
    assert store.doc(one)["fields"] == {"points": 5, "ship": "2026-12-01", "platforms": ["linux", "mac"]}
    store.do("update", one, "--field", "fields.customer=ACME", "--clear", "fields.ship")
    assert store.doc(one)["fields"] == {"points": 5, "platforms": ["linux", "mac"], "customer": "ACME"}
    for name in ("points", "platforms", "customer"):
        store.do("update", one, "--clear", f"fields.{name}")
    assert "fields" not in store.doc(one)
    store.assert_sound()


def test_an_edit_of_one_field_leaves_the_others_bytes(store: Store) -> None:
    """Comments and quoting of the other fields stay, and what YAML reads as a number stays unquoted."""
    one = store.add("One")
    with store.file(one).open("a", encoding="utf-8") as file:
        file.write("fields:\n  # from the contract\n  customer: 'ACME'   # not changed\n  points: 3\n")
    before = store.file(one).read_text(encoding="utf-8")
    store.do("update", one, "--field", "points=4")
    assert store.file(one).read_text(encoding="utf-8") == before.replace("points: 3", "points: 4")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["custmer=ACME"], "no custom field 'custmer'\nDid you mean customer?"),
        (["points=many"], "the field points wants a whole number, not 'many'"),
        (["customer=acme"], "customer 'acme' is not of the form ^[A-Z]+$"),
        (["ship=never"], "'never'"),
        (["points"], "--field 'points' says no value"),
        (["points="], "--field 'points=' says no value"),
        (["points=1", "points=2"], "the field points is given twice"),
    ],
)
def test_words_that_cannot_be_are_refused(store: Store, words: list[str], said: str) -> None:
    """Each mistake is told with what to type instead, and nothing is made."""
    given = [word for pair in words for word in ("--field", pair)]
    before = store.commits()
    assert said in store.do("add", "One", *given, code=2).err
    assert store.commits() == before


def test_set_and_cleared_is_refused(store: Store) -> None:
    """A field cannot be set and taken away by one command, and one that is nowhere cannot be cleared."""
    one = store.add("One")
    assert "both set" in store.do("update", one, "--field", "points=1", "--clear", "fields.points", code=2).err
    assert "no custom field 'point'" in store.do("update", one, "--clear", "fields.point", code=2).err


def test_without_declarations_there_is_nothing_to_set(repo: GitRepo) -> None:
    """Undeclared fields stay a person's own: kept, not warned of, not settable."""
    store = Store(repo)
    one = store.add("One")
    with store.file(one).open("a", encoding="utf-8") as file:
        file.write("fields: {colour: blue}\n")
    assert store.do("check").err == "no problems\n"
    assert "None are declared" in store.do("update", one, "--field", "colour=red", code=2).err


def test_a_younger_declaration_hides_no_task(store: Store) -> None:
    """A task that breaks what was declared later is listed, told by check, and can be edited; a new one cannot."""
    old = store.add("Old", "--field", "points=5")
    declare(store, DECLARING + "  severity: {type: enum, choices: [s1, s2], required: true}\n")
    assert old in store.do("list").out
    assert "fields.severity is missing (field)" in store.do("check", code=1).out
    store.do("update", old, "--priority", "high")
    said = store.do("add", "New", code=1).err
    assert "fields.severity is missing" in said
    assert "to set one: --field NAME=VALUE" in said
    store.do("update", old, "--field", "severity=s1")
    store.assert_sound()


def test_a_hand_edit_is_held_to_it(store: Store) -> None:
    """A value put in by hand is told by check and list, and not committed along with the next edit."""
    one = store.add("One")
    with store.file(one).open("a", encoding="utf-8") as file:
        file.write("fields:\n  points: many\n")
    assert "fields.points must be a whole number" in store.do("list").err
    said = store.do("start", one, code=1).err
    assert "holds an edit (by hand) that is not valid: fields.points must be" in said
    assert store.doc(one)["status"] == "pending"
    with store.file(one).open("a", encoding="utf-8") as file:
        file.write("  colour: blue\n")
    store.file(one).write_text(store.file(one).read_text(encoding="utf-8").replace("many", "3"), encoding="utf-8")
    assert "warning: .tasks/" in store.do("start", one).err
