"""Templates: those that come along, those of the store, and the tasks that are made of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles import resources

BUNDLED = ("bug-fix", "feature", "incident", "release", "research")
GIVEN = {
    "bug-fix": "bug=It breaks",
    "feature": "feature=Dark mode",
    "incident": "incident=The site is down",
    "release": "version=1.4.0",
    "research": "question=Which parser",
}


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """An empty store."""
    return Store(repo)


def tasks(store: Store) -> dict[str, dict[str, Any]]:
    """Every task by its title."""
    found = json.loads(store.do("list", "--all", "--json").out)["data"]
    return {task["title"]: task for task in found}


def own(store: Store, text: str, name: str = "own") -> None:
    """Write a template by hand."""
    store.repo.write(f".tasks/templates/{name}.yaml", text)


def test_five_come_along(store: Store) -> None:
    """They are listed with what they are for, in a store that has none of its own."""
    assert tuple(resources.bundled("templates")) == BUNDLED
    rows = store.do("template", "list").out.splitlines()
    assert [row.split()[:2] for row in rows] == [[name, "bundled"] for name in BUNDLED]


@pytest.mark.parametrize("name", BUNDLED)
def test_each_makes_a_plan_that_can_be_worked(store: Store, name: str) -> None:
    """With nothing but what it must have, one commit makes all its tasks, in an order that ends, and sound."""
    before = store.commits()
    store.do("template", "apply", name, "--var", GIVEN[name])
    assert store.commits() == before + 1
    found = tasks(store)
    assert len(found) >= 4
    assert all(GIVEN[name].split("=")[1] in title for title in found)
    assert all("{{" not in json.dumps(task) for task in found.values())
    store.do("check")
    for _ in found:
        store.do("complete", json.loads(store.do("next", "--json").out)["data"]["id"])
    assert json.loads(store.do("list", "--json").out)["data"] == []


def test_gaps_are_filled(store: Store) -> None:
    """A value stands wherever its name does, whatever signs are in it; where it is empty, the key is left out."""
    odd = '#1: "quoted" \\ {{owner}} ümläut'
    store.do("template", "apply", "feature", "--var", f"feature={odd}", "--var", "estimate=3h")
    found = tasks(store)
    assert f"Design {odd}" in found
    build = found[f"Build {odd}"]
    assert (build["estimate"], build["tags"], build["type"]) == ("3h", ["feature"], "feature")
    assert "assignee" not in build
    assert build["depends_on"] == [found[f"Design {odd}"]["id"]]
    release = found[f"Release {odd}"]
    assert set(release["depends_on"]) == {found[f"{verb} {odd}"]["id"] for verb in ("Test", "Document")}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("feature", "feature is missing: What it is called"),
        ("feature --var feature=", "feature is missing"),
        ("feature --var feature=x --var ower=y", "no variable 'ower'; did you mean 'owner'?"),
        ("feature --var feature", "is not NAME=VALUE"),
        ("feature --var feature=x --var feature=y", "given twice"),
        ("bug-fix --var bug=x --var priority=urgent", "must be one of critical, high, medium, low"),
        ("feature --var feature=x --var estimate=long", "mistake"),
    ],
)
def test_values_that_are_wrong_are_refused(store: Store, words: str, told: str) -> None:
    """With all that is wrong at once; no task is made."""
    before = store.commits()
    assert told in store.do("template", "apply", *words.split(), code=None).err
    assert store.commits() == before


def test_a_dry_run_makes_nothing(store: Store) -> None:
    """It says what would be made."""
    before = store.commits()
    store.do("template", "apply", "feature", "--var", "feature=x", "--dry-run")
    assert (store.commits(), store.status()) == (before, "")


def test_a_template_of_the_store_goes_first(store: Store) -> None:
    """A file of one's own replaces the one that comes along; it is no task."""
    own(store, "description: Ours\ntasks:\n- title: Only one\n", "feature")
    assert "feature       store    1 task    Ours\n" in store.do("template", "list").out
    store.do("template", "apply", "feature")
    assert list(tasks(store)) == ["Only one"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tasks: []\n", "must be a list of tasks"),
        ("task:\n- title: x\n", "no 'task'; did you mean 'tasks'?"),
        ("tasks:\n- title: x {{y}}\n", "{{y}} is no variable"),
        ("variables: [x]\ntasks:\n- title: x\n", "must be a mapping"),
        ("variables:\n  x: {defalt: 1}\ntasks:\n- title: x\n", "no 'defalt'; did you mean 'default'?"),
        ("variables:\n  x: {default: c, choices: [a, b]}\ntasks:\n- title: x\n", "none of its choices"),
        ("tasks:\n- title: [\n", "own.yaml:"),
    ],
)
def test_a_broken_template_hides_no_other(store: Store, text: str, told: str) -> None:
    """It is told where templates are listed and used, and the others are there."""
    own(store, text)
    listed = store.do("template", "list", code=1)
    assert len(listed.out.splitlines()) == 5
    refused = store.do("template", "apply", "own", code=1)
    assert told in refused.err or told in listed.err


def test_tasks_become_a_template(store: Store) -> None:
    """What somebody wrote comes again with its dependencies; who did it and when does not."""
    one = store.add("Buy {{what}}", "-d", "With care", "--criterion", "It is paid", "--assignee", "li")
    two = store.add("Unpack", "--depends-on", one, "--parent", one, "--estimate", "1h")
    store.do("criteria", "met", one, "1")
    store.do("complete", one)
    before = store.commits()
    store.do("template", "create", "shopping", one, two)
    assert store.commits() == before + 1
    assert store.subjects()[0] == "tm: template create shopping"
    assert "what is missing" in store.do("template", "apply", "shopping", code=2).err
    store.do("template", "apply", "shopping", "--var", "what=milk")
    store.do("delete", two)
    found = tasks(store)
    buy, unpack = found["Buy milk"], found["Unpack"]
    assert (unpack["depends_on"], unpack["parent"]) == ([buy["id"]], buy["id"])
    assert buy["criteria"] == [{"text": "It is paid"}]
    assert "assignee" not in buy
    store.do("check")


def test_a_name_that_is_taken_or_none_is_refused(store: Store) -> None:
    """A template is never replaced, and its name is no path."""
    one = store.add("One")
    store.do("template", "create", "own", one)
    assert "there is a template 'own'" in store.do("template", "create", "own", one, code=1).err
    for name in ("../x", "A b", "x" * 65):
        store.do("template", "create", name, one, code=2)
    assert "did you mean 'own'?" in store.do("template", "show", "owm", code=1).err


def test_show_says_what_is_asked_for(store: Store) -> None:
    """The gaps with what they are, then the file."""
    told = store.do("template", "show", "bug-fix").out
    assert told.startswith("# --var bug=…  What is wrong\n# --var priority=high  How much it matters (critical, ")
    assert "- name: reproduce\n" in told
