"""What Task Orchestrator did wrong, one by one: none of it is so here, in its words or in ours."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from conftest import GitRepo
from writing import Store


@pytest.fixture(params=["0", "1"], ids=["ours", "old words"])
def store(request: pytest.FixtureRequest, repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store, spoken to in either way, by an agent called ann."""
    monkeypatch.setenv("TM_COMPAT", request.param)
    monkeypatch.setenv("TM_AGENT_ID", "ann")
    made = Store(repo, init=False)
    made.do("init")
    return made


def status(store: Store, task_id: str) -> str:
    """The status that is shown."""
    (row,) = (row for row in store.do("show", task_id).out.splitlines() if row.startswith("status: "))
    return row.removeprefix("status: ")


def test_the_store_is_the_repositorys(store: Store) -> None:
    """A folder below sees the same tasks, and gets no store of its own; a linked work tree what is committed."""
    task = store.add("x")
    below = store.path / "src" / "deep"
    below.mkdir(parents=True)
    assert task in store.tm("list", cwd=below).out
    assert list(below.iterdir()) == []
    store.git("worktree", "add", "--quiet", str(store.path.parent / "other"))
    assert task in store.tm("list", cwd=store.path.parent / "other").out


@pytest.mark.parametrize("verb", ["complete", "progress", "note", "feedback", "context", "join", "share", "discover"])
def test_an_unknown_task_is_refused_everywhere(store: Store, verb: str) -> None:
    """Nothing is completed, archived or noted that does not exist."""
    words = {"complete": (), "context": (), "join": (), "feedback": ("--quality", "4")}.get(verb, ("text",))
    before = store.commits()
    assert store.do(verb, "nope", *words, code=None).code != 0
    assert store.commits() == before


def test_a_status_by_update_is_a_status(store: Store) -> None:
    """Completed by update: with its time, and dependents are free; reopened: they are blocked again."""
    one = store.add("One")
    two = store.add("Two", "--depends-on", one)
    assert status(store, two) == "blocked"
    store.do("update", one, "--status", "completed")
    assert "completed_at" in store.doc(one)
    assert status(store, two) == "pending"
    store.do("update", one, "--status", "pending")
    assert status(store, two) == "blocked"
    assert "blocked by" in store.do("complete", two, code=1).err


def test_dependencies_can_be_edited_and_never_form_a_circle(store: Store) -> None:
    """Added and taken away by command; a circle is refused with its way round."""
    one = store.add("One")
    two = store.add("Two", "--depends-on", one)
    assert two in store.do("dep", "add", one, two, code=1).err
    store.do("dep", "remove", two, one)
    store.do("dep", "add", one, two)
    assert status(store, one) == "blocked"


def test_options_that_were_lost_work(store: Store) -> None:
    """--priority, --description and --tag are kept, the default priority is medium, critical is one."""
    plain = store.add("x")
    rich = store.add("y", "--priority", "critical", "--description", "words", "--tag", "web")
    assert "priority: medium" in store.do("show", plain).out
    doc = store.doc(rich)
    assert (doc["priority"], doc["description"].strip(), doc["tags"]) == ("critical", "words", ["web"])
    before = store.commits()
    assert "Usage: tm add" in store.do("add", "--help").out
    assert store.commits() == before


@pytest.mark.parametrize(
    "words",
    [
        ("add", " "),
        ("add", "x", "--criteria", "{"),
        ("add", "x", "--due", "whenever"),
        ("add", "x", "--estimate", "much"),
        ("feedback", "TASK", "--quality", "9"),
        ("feedback", "TASK", "--quality", "good"),
    ],
    ids=" ".join,
)
def test_what_is_wrong_is_refused_in_words(store: Store, words: tuple[str, ...]) -> None:
    """No traceback, no report of a bug, nothing done."""
    task = store.add("x")
    before = store.commits()
    ran = store.do(*(task if word == "TASK" else word for word in words), code=None)
    assert ran.code in (1, 2)
    assert "Traceback" not in ran.err + ran.out
    assert store.commits() == before


def test_an_export_comes_back_whole(store: Store, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Dependencies, journal and criteria are in it, and an import makes the same files of it."""
    one = store.add("One", "--criteria", '[{"text": "Done", "measurable": "true"}]')
    two = store.add("Two", "--depends-on", one)
    store.do("share", two, "words")
    there = tmp_path_factory.mktemp("there")
    target = there / "tasks.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TM_COMPAT", "0")
        target.write_text(store.do("export", "--format", "jsonl").out, encoding="utf-8")
        before = {name: data for name, data in store.files().items() if name.startswith((one, two))}
        other = GitRepo(there / "repo")
        other.path.mkdir()
        other.git("init", "--quiet")
        fresh = Store(other)
        fresh.do("import", "tasks", str(target))
        assert {name: data for name, data in fresh.files().items() if name.startswith((one, two))} == before


def test_all_that_was_said_is_shown(store: Store) -> None:
    """Not the last twenty."""
    task = store.add("x")
    for number in range(25):
        store.do("share", task, f"entry {number:02}")
    told = store.do("context", task).out
    assert all(f"entry {number:02}" in told for number in range(25))


def test_a_task_that_is_deleted_leaves_nothing_behind(store: Store) -> None:
    """Its journal goes with it, and comes back with it; other tasks are as they were."""
    task = store.add("x")
    store.do("share", task, "words")
    data = store.file(task).read_bytes()
    store.do("delete", task)
    assert not store.file(task).exists()
    store.do("undo")
    assert store.file(task).read_bytes() == data


def test_nobody_is_asked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name, without a terminal, in a pipeline: every command goes on."""
    monkeypatch.delenv("TM_AGENT_ID")
    monkeypatch.setenv("CI", "true")
    task = store.add("x")
    for words in (("join", task), ("share", task, "words"), ("assign", task, "bob"), ("context", task)):
        store.do(*words)


def test_the_critical_path_sees_dependencies(store: Store) -> None:
    """Also where a task has no estimate."""
    one = store.add("One", "--estimate", "1h")
    two = store.add("Two", "--depends-on", one)
    store.add("Three")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TM_COMPAT", "0")
        found = json.loads(store.do("graph", "--critical-path", "--json").out)["data"]
    assert [one, two] == [task for task in json.dumps(found).replace('"', " ").split() if task in (one, two)][:2]


def test_a_blocked_task_is_not_completed(store: Store) -> None:
    """Completing it is refused with what blocks it, and `--force` does it all the same."""
    one = store.add("One")
    two = store.add("Two", "--depends-on", one)
    assert one in store.do("complete", two, code=1).err
    assert status(store, two) == "blocked"
    store.do("complete", two, "--force")
    assert status(store, two) == "completed"


def test_news_are_not_taken_from_others(store: Store) -> None:
    """What one reader has seen, every other one still hears of, once."""
    task = store.add("Dig")
    store.do("discover", task, "A cave")
    for reader in ("bob", "cy", "dee"):
        assert "A cave" in store.do("--as", reader, "watch").out
        assert "A cave" not in store.do("--as", reader, "watch").out


def test_phases_templates_and_triggers_work(store: Store) -> None:
    """A gate holds later phases up, a template keeps its dependencies, and a trigger that says no stops a command."""
    store.do("phase", "add", "design")
    store.do("phase", "add", "build")
    first, second = store.add("Plan", "--phase", "design"), store.add("Make", "--phase", "build")
    assert status(store, second) == "blocked"
    store.do("complete", first)
    assert status(store, second) == "pending"
    before = set(store.files())
    store.do("template", "apply", "feature", "--var", "feature=Dark", "--var", "owner=li")
    made = [name.removesuffix(".yaml") for name in set(store.files()) - before]
    assert any("depends_on" in store.doc(one) for one in made)
    folder = store.path / ".git/tm/triggers"
    folder.mkdir()
    (folder / "pre-complete").write_text("#!/bin/sh\necho not today >&2\nexit 1\n", encoding="utf-8")
    (folder / "pre-complete").chmod(0o755)
    assert "not today" in store.do("complete", second, code=1).err
    assert status(store, second) == "pending"


def test_a_dependency_named_twice_is_told_or_one(store: Store) -> None:
    """In the old words it is refused, in ours it is one dependency; never an error of a database."""
    one = store.add("One")
    ran = store.do("add", "Two", "--depends-on", f"{one},{one}", code=None)
    assert "integrity" not in ran.err.lower()
    if ran.code == 0:
        assert store.doc(ran.out.strip())["depends_on"] == [one]
    else:
        assert "Error" in ran.err
