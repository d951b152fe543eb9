"""Closing a task with its criteria measured and its files looked at, and what is said of it afterwards."""

from __future__ import annotations

import json

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.actions.review import bare


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """An empty store."""
    return Store(repo)


def test_a_criterion_that_fails_keeps_the_task_open(store: Store) -> None:
    """--validate refuses with the reason, writes nothing, and --force closes the task all the same."""
    criteria = '[{"text": "Quick", "measurable": "actual <= estimate"}, {"text": "Sound", "measurable": "true"}]'
    docs = store.add("Docs", "--criteria", criteria, "--estimate", "2h")
    before = store.commits()
    refused = store.do("complete", docs, "--validate", "--actual", "3h", code=1)
    assert f"criteria unmet: 1 of 2; {docs} is not completed" in refused.err
    assert "actual is 3, estimate is 2" in refused.err
    assert store.commits() == before
    done = store.do("complete", docs, "--validate", "--actual", "3h", "--force")
    assert done.out.splitlines()[0] == "criteria: 1 of 2 hold"
    doc = store.doc(docs)
    assert [one.get("met", False) for one in doc["criteria"]] == [False, True]
    assert (doc["status"], doc["actual"]) == ("completed", "3h")


def test_what_cannot_be_measured_is_for_a_person(store: Store) -> None:
    """A criterion without a measure, or with one that names nothing known, does not hold the task up."""
    docs = store.add("Docs", "--criterion", "It reads well")
    store.do("criteria", "add", docs, "Fast", "--measurable", "speed > 9")
    found = json.loads(store.do("complete", docs, "--validate", "--json").out)["data"]["criteria"][docs]
    assert [one["verdict"] for one in found] == ["manual", "manual"]
    assert "'speed' is not known" in found[1]["why"]
    assert all("met" not in one for one in store.doc(docs)["criteria"])


def test_custom_fields_and_persons_decide(store: Store) -> None:
    """An expression may name a custom field, and what a person marked as met is met whatever it measures."""
    docs = store.add("Docs", "--criteria", '[{"text": "None lost", "measurable": "lost == 0"}]')
    path = store.file(docs)
    path.write_text(path.read_text(encoding="utf-8") + "\nfields: {lost: 2}\n", encoding="utf-8")
    assert "lost is 2" in store.do("complete", docs, "--validate", code=1).err
    store.do("criteria", "met", docs, "1")
    store.do("complete", docs, "--validate")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "invalid JSON in criteria"),
        ("{}", "must be a JSON list"),
        ("[1]", "must be a JSON object"),
        ('[{"measurable": "true"}]', "needs a text"),
        ('[{"text": "a", "measure": "true"}]', "unknown key 'measure'"),
    ],
)
def test_criteria_that_are_none_are_refused(store: Store, text: str, words: str) -> None:
    """What is wrong in the JSON is told, and no task is made."""
    before = store.commits()
    assert words in store.do("add", "Docs", "--criteria", text, code=2).err
    assert store.commits() == before


def test_impact_names_who_else_works_on_the_files(store: Store) -> None:
    """Open tasks about the same file are named, whatever lines are meant, and the journal keeps it."""
    docs = store.add("Docs", "--file", "src/a.py:10-50", "--file", "b.py")
    other = store.add("Other", "--file", "src/a.py")
    store.add("Far", "--file", "src/a.pyc")
    closed = store.add("Closed", "--file", "b.py")
    store.do("cancel", closed)
    told = store.do("complete", docs, "--impact-review").out
    assert told == f"impact: look at\n  {other}  src/a.py\n"
    (entry,) = store.doc(docs)["journal"]
    assert entry["kind"] == "discovery"
    assert entry["text"] == f"Impact review: {other} is about src/a.py too"
    before = store.commits()
    store.do("complete", docs, "--impact-review")
    assert store.commits() == before


def test_lines_are_no_part_of_a_files_name() -> None:
    """A range behind the last colon goes; any other colon stays."""
    assert list(bare(["a.py:10-50", "a.py:7", "c:/x.py", "a.py"])) == ["a.py", "a.py", "c:/x.py", "a.py"]


def test_feedback_is_given_once_on_completed_work(store: Store) -> None:
    """It is refused while the task is open, kept when it is given, and changed only on purpose."""
    docs = store.add("Docs")
    assert "is not completed" in store.do("feedback", docs, "--quality", "4", code=1).err
    store.do("complete", docs)
    store.do("feedback", docs, "--quality", "4", "--timeliness", "5", "--note", "Well tested")
    given = {"quality": 4, "timeliness": 5, "text": "Well tested", "by": "Maria"}
    assert store.doc(docs)["feedback"] == given
    assert "already has feedback" in store.do("feedback", docs, "--quality", "3", code=1).err
    store.do("feedback", docs, "--quality", "3", "--replace")
    assert store.doc(docs)["feedback"] == {"quality": 3, "by": "Maria"}
    store.do("check")


def test_feedback_that_says_nothing_or_too_much_is_refused(store: Store) -> None:
    """Marks are from 1 to 5, words have a limit, and one of them must be there."""
    docs = store.add("Docs")
    store.do("complete", docs)
    for words in (("--quality", "6"), ("--timeliness", "0")):
        assert "between 1 and 5" in store.do("feedback", docs, *words, code=2).err
    assert "501 characters" in store.do("feedback", docs, "--note", "x" * 501, code=2).err
    assert "no feedback" in store.do("feedback", docs, code=2).err
    assert "feedback" not in store.doc(docs)
