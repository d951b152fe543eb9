"""`tm batch`: many operations in one commit or none, the same as one by one, and every mistake told with its line."""

from __future__ import annotations

import io
import json
import random
import time
from typing import Any

import pytest
from conftest import GitRepo
from writing import Ran, Store


class Stdin(io.TextIOWrapper):
    """Standard input with some text in it."""

    def __init__(self, text: str) -> None:
        super().__init__(io.BytesIO(text.encode()), encoding="utf-8")


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store of two tasks."""
    made = Store(repo)
    made.add("One", "--id", "one", "--tag", "a")
    made.add("Two", "--id", "two", "--depends-on", "one")
    return made


def batch(
    store: Store, monkeypatch: pytest.MonkeyPatch, *lines: dict[str, Any] | str, options: str = "", code: int = 0
) -> Ran:
    """Pipe lines into `tm batch`."""
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    monkeypatch.setattr("sys.stdin", Stdin(text))
    return store.do("batch", *options.split(), code=code)


def test_operations_are_one_commit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Later lines see what earlier ones did, local names are told with their ids, and there is one commit."""
    before = store.commits()
    ran = batch(
        store,
        monkeypatch,
        {"op": "add", "title": "Three", "as": "three", "depends_on": ["two"], "tags": "x"},
        {"op": "add", "title": "Four", "as": "four", "parent": "$three", "criteria": ["Runs", {"text": "Sings"}]},
        {"op": "complete", "id": "one"},
        {"op": "complete", "id": ["two"], "summary": "Both"},
        {"op": "feedback", "id": "two", "quality": 4, "text": "Fine"},
        {"op": "claim", "id": ["$three"], "length": "30m"},
        {"op": "start", "id": "$three"},
        {"op": "criteria met", "id": "$four", "number": [2]},
        {"op": "update", "id": "$four", "due": "tomorrow", "tags": ["b", "c"]},
        {"op": "dep add", "id": "$four", "on": ["$three"]},
    )
    named = dict(line.split() for line in ran.out.splitlines())
    assert list(named) == ["three", "four"]
    three, four = store.doc(named["three"]), store.doc(named["four"])
    assert (three["status"], four["parent"], four["depends_on"]) == ("in_progress", named["three"], [named["three"]])
    assert four["criteria"] == [{"text": "Runs"}, {"text": "Sings", "met": True}]
    assert four["tags"] == ["b", "c"]
    assert (store.doc("two")["result"], store.doc("two")["feedback"]["quality"]) == ("Both", 4)
    assert "done: 2 add, 2 complete, 1 feedback, 1 claim, 1 start, 1 criteria met" in ran.err
    assert store.commits() == before + 1
    assert store.subjects("HEAD~1..") == ["tm: batch 2 tasks"]
    store.assert_sound()


WRONG: tuple[tuple[dict[str, Any] | str, str], ...] = (
    ("nonsense", "not JSON"),
    ("[1]", "object"),
    ({"title": "No op"}, "'op' is missing"),
    ({"op": "strat", "id": "one"}, "no operation 'strat'; did you mean 'start'?"),
    ({"op": "add"}, "'title' is missing"),
    ({"op": "add", "title": " "}, "title must be text"),
    ({"op": "add", "title": "T", "prority": "low"}, "add takes no 'prority'; did you mean 'priority'?"),
    ({"op": "add", "title": "T", "priority": "lo"}, "priority 'lo' is not one of"),
    ({"op": "add", "title": "T", "id": "one"}, "the id 'one' is taken"),
    ({"op": "add", "title": "T", "as": "a b"}, "the name 'a b' is no word"),
    ({"op": "add", "title": "T", "due": "someday"}, "someday"),
    ({"op": "start", "id": "nowhere"}, "no task 'nowhere'"),
    ({"op": "start", "id": "two"}, "it is blocked by one (pending)"),
    ({"op": "start", "id": "$who"}, "no line before this one names a task '$who'"),
    ({"op": "start", "id": 3}, "id must be a list of ids or $names"),
    ({"op": "start", "id": "one", "force": "yes"}, "force must be true or false"),
    ({"op": "update", "id": "one"}, "nothing to change"),
    ({"op": "update", "id": "one", "untag": "z"}, "one has not 'z' in its tags"),
    ({"op": "criteria met", "id": "one", "number": 1}, "no criterion 1"),
    ({"op": "feedback", "id": "one", "quality": 4}, "one is not completed"),
    ({"op": "feedback", "id": "one", "quality": "4"}, "quality must be a whole number"),
    ({"op": "dep add", "id": "one", "on": "one"}, "one cannot depend on itself"),
    ({"op": "dep add", "id": "one", "on": "two"}, "one would depend on itself: one → two → one"),
    ({"op": "delete", "id": "one"}, "cannot delete one: other tasks depend on it"),
)


@pytest.mark.parametrize(("line", "told"), WRONG, ids=lambda value: str(value)[:40])
def test_a_wrong_line_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch, line: dict[str, Any] | str, told: str
) -> None:
    """One wrong line among right ones: its number and what is wrong are told, and nothing at all is done."""
    before = store.files(), store.commits()
    ran = batch(
        store,
        monkeypatch,
        {"op": "add", "title": "Right"},
        "",
        line,
        {"op": "comment", "id": "two", "text": "x"},
        code=1,
    )
    assert "1 of 3 lines cannot be carried out" in ran.err
    (problem,) = [text for text in ran.err.splitlines() if text.startswith("  standard input:")]
    assert problem.startswith("  standard input:3:")
    assert told in problem
    assert (store.files(), store.commits(), ran.out) == (*before, "")


def test_all_mistakes_are_told_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line's own mistakes are told, but not those that only follow from another's."""
    ran = batch(
        store,
        monkeypatch,
        {"op": "add", "title": "T", "prio": "low", "as": "x"},
        {"op": "start", "id": "$x"},
        {"op": "dep add", "id": "one", "on": "$x"},
        {"op": "add", "title": "U", "as": "u"},
        {"op": "add", "title": "V", "as": "u"},
        {"op": "dep add", "id": "$u", "on": "$u"},
        {"op": "update", "id": "one", "priority": "lo", "type": "bgu"},
        code=1,
    )
    told = [text.strip() for text in ran.err.splitlines() if "(batch)" in text]
    assert [text.split(":")[1] for text in told] == ["1", "5", "6", "7", "7"]
    assert "$u cannot depend on itself" in told[2]  # not by an id that nobody has seen


def test_what_became_ready_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks that the batch itself does not touch, and that wait for nothing any more, are named."""
    store.add("Three", "--id", "three", "--depends-on", "two")
    ran = batch(store, monkeypatch, {"op": "complete", "id": "one"})
    assert ran.err.endswith("\nready now: two\n")
    ran = batch(store, monkeypatch, {"op": "complete", "id": "two"}, {"op": "start", "id": "three"}, options="--json")
    assert json.loads(ran.out)["data"]["unblocked"] == []


def test_deleted_and_made_again_in_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a batch makes and deletes was never there; an id it deletes is not used again; links may be cut."""
    batch(
        store,
        monkeypatch,
        {"op": "add", "title": "Short", "as": "x"},
        {"op": "delete", "id": "$x"},
        {"op": "dep remove", "id": "two", "on": "one"},
        {"op": "delete", "id": "one"},
    )
    assert [name for name in store.files() if name.endswith(".yaml")] == ["config.yaml", "two.yaml"]
    ran = batch(store, monkeypatch, {"op": "delete", "id": "two"}, {"op": "add", "title": "T", "id": "two"}, code=1)
    assert "was used by a task that was deleted" in ran.err
    store.assert_sound()


def test_a_dry_run_judges_and_writes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what would be done, and finds what the real one would refuse."""
    before = store.files(), store.commits()
    ran = batch(store, monkeypatch, {"op": "start", "id": "one"}, options="--dry-run")
    assert "would do: 1 start; nothing was written" in ran.err
    batch(store, monkeypatch, {"op": "dep add", "id": "one", "on": "two"}, options="--dry-run", code=1)
    assert (store.files(), store.commits()) == before


def test_nothing_to_do_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty batch is refused; one that changes nothing makes no commit and says so."""
    before = store.commits()
    assert "there are no operations" in batch(store, monkeypatch, "", code=2).err
    ran = batch(store, monkeypatch, {"op": "update", "id": "one", "tags": "a"}, {"op": "reopen", "id": "two"})
    assert "nothing to change" in ran.err
    assert store.commits() == before
    assert "cannot read nowhere.jsonl" in store.do("batch", "nowhere.jsonl", code=2).err


def test_two_that_say_the_same_are_two(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under one request's name, each line says what it says; the same batch again says nothing twice."""
    monkeypatch.setenv("TM_REQUEST_ID", "r1")
    line = {"op": "comment", "id": "one", "text": "Again"}
    for _ in range(2):
        batch(store, monkeypatch, line, line)
        assert [entry["text"] for entry in store.doc("one")["journal"]] == ["Again", "Again"]


OPERATIONS = ("start", "complete", "cancel", "reopen", "update", "dep add", "dep remove", "comment", "assign", "delete")


def _random(chance: random.Random) -> dict[str, Any]:
    ids = ["aa", "bb", "cc", "dd", "ee"]
    op = chance.choice(OPERATIONS)
    line: dict[str, Any] = {"op": op, "id": chance.choice(ids)}
    more: dict[str, dict[str, Any]] = {
        "complete": {"summary": chance.choice(["Done", "Well done"])},
        "update": {"priority": chance.choice(["high", "low"]), "tags": chance.choice("xyz")},
        "comment": {"text": chance.choice(["Yes", "No\n\nmaybe"])},
        "assign": {"assignee": chance.choice(["jo", "maria"])},
        "dep add": {"on": chance.choice(ids)},
        "dep remove": {"on": chance.choice(ids)},
        "delete": {"force": True},
    }
    return line | more.get(op, {})


@pytest.mark.parametrize("seed", range(3))
def test_a_batch_is_its_operations_one_by_one(seed: int, repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever can be done one by one gives the same tasks when it is done at once."""
    monkeypatch.setenv("TM_NOW", "2026-11-22T10:00:00Z")
    chance = random.Random(seed)
    store = Store(repo)
    begin = [{"op": "add", "title": one.upper(), "id": one} for one in ("aa", "bb", "cc", "dd", "ee")]
    batch(store, monkeypatch, *begin)
    start = store.git("rev-parse", "HEAD")
    did = []
    for _ in range(25):
        line = _random(chance)
        monkeypatch.setattr("sys.stdin", Stdin(json.dumps(line)))
        if store.do("batch", code=None).code == 0:
            did.append(line)
    one_by_one = {path.stem: store.doc(path.stem) for path in (store.path / ".tasks").glob("??.yaml")}
    store.git("reset", "--hard", "--quiet", start)
    batch(store, monkeypatch, *did)
    assert {path.stem: store.doc(path.stem) for path in (store.path / ".tasks").glob("??.yaml")} == one_by_one
    assert len(did) > 8
    store.assert_sound()


def test_cost_grows_with_the_lines_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times the lines take about four times as long, links, names and steps included."""

    def seconds(count: int) -> float:
        lines: list[dict[str, Any]] = []
        for at in range(count):
            after = {"depends_on": [f"$t{count}x{at // 2}"]} if at else {}
            lines.append({"op": "add", "title": f"Task {at}", "as": f"t{count}x{at}", **after})
        lines += [{"op": "complete", "id": f"$t{count}x{at}"} for at in range(count)]
        start = time.process_time()
        batch(store, monkeypatch, *lines, options="--dry-run")
        return time.process_time() - start

    seconds(50)
    assert seconds(800) < 10 * seconds(200)


def test_standard_input_gives_long_text(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a command takes a long text, `-` reads it from standard input."""
    for words in (
        "add Task --id new --context -",
        "add Task --id other -d -",
        "update one -d -",
        "update one --context -",
        "comment one -",
        "complete one --summary -",
        "cancel two --reason -",
    ):
        monkeypatch.setattr("sys.stdin", io.StringIO("From a pipe\n"))
        store.do(*words.split())
    assert [store.doc("new")["context"], store.doc("other")["description"]] == ["From a pipe\n"] * 2
    one = store.doc("one")
    assert (one["description"], one["context"], one["result"]) == ("From a pipe\n",) * 3
    assert (one["journal"][0]["text"], store.doc("two")["reason"]) == ("From a pipe", "From a pipe\n")
    monkeypatch.setattr("sys.stdin", io.StringIO(" \n"))
    assert "standard input is empty" in store.do("add", "Task", "-d", "-", code=2).err


def test_policies_judge_the_commit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy that the whole would break is told at a line that touched the task; `--force` goes against it."""
    policies = "{require: [{keys: [assignee], status: [in_progress]}]}"
    store.repo.write(".tasks/config.yaml", f"version: 1\npolicies: {policies}\n")
    lines = {"op": "start", "id": "one"}, {"op": "comment", "id": "two", "text": "x"}
    for options in ("", "--dry-run"):
        ran = batch(store, monkeypatch, *lines, options=options, code=1)
        assert "standard input:1:1: one: " in ran.err
        assert "assignee" in ran.err
    batch(store, monkeypatch, *lines, options="--force")
    batch(store, monkeypatch, {"op": "reopen", "id": "two"}, {"op": "assign", "id": "one", "assignee": "jo"})
    store.assert_sound()


def test_custom_fields_of_a_line(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `fields` says stands in the task, judged by what the store declares."""
    batch(store, monkeypatch, {"op": "add", "title": "T", "id": "tt", "fields": {"customer": "ACME"}})
    assert store.doc("tt")["fields"] == {"customer": "ACME"}


def test_custom_fields_are_put_in_beside_the_others(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An update sets the fields it names and leaves the rest; what breaks a declaration is refused with its line."""
    store.do("config", "set", "fields.size", "{type: integer}")
    batch(store, monkeypatch, {"op": "update", "id": "one", "fields": {"size": 3, "by": "x"}})
    batch(store, monkeypatch, {"op": "update", "id": "one", "fields": {"size": 4}, "clear": ["fields.by"]})
    assert store.doc("one")["fields"] == {"size": 4}
    ran = batch(store, monkeypatch, {"op": "update", "id": "one", "fields": {"size": "big"}}, code=1)
    assert "standard input:1:1: one: fields.size must be a whole number" in ran.err
