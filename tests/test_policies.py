"""Policies: judged on every write and by check, told or refused by their level, gone against by --force."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import GitRepo
from hypothesis import given, settings
from hypothesis import strategies as st
from writing import Store

from tmfiles import config, policies, rules
from tmfiles.task import STATUSES

TRANSITIONS = "transitions: {allowed: {pending: [in_progress, cancelled], completed: []}%s}"
REQUIRE = "require: [{keys: [assignee], status: [in_progress]%s}]"
WIP = "wip: {per_assignee: 2, total: 3%s}"
CRITERIA = "criteria: {need: met%s}"


def declared(*lines: str) -> str:
    """Give what the cache keeps of these policies."""
    text = "version: 1\npolicies:\n" + "".join(f"  {line}\n" for line in lines)
    found, problems = config.parse(text.encode(), "config.yaml")
    assert problems == []
    return found.declared


def store_with(repo: GitRepo, *lines: str, level: str = "") -> Store:
    """Make a store whose settings hold these policies, at one level."""
    store = Store(repo)
    change(store, *lines, level=level)
    return store


def change(store: Store, *lines: str, level: str = "") -> None:
    """Write policies into the settings, as a person would."""
    more = f", level: {level}" if level else ""
    text = "version: 1\npolicies:\n" + "".join(f"  {line % more}\n" for line in lines)
    (store.path / ".tasks" / "config.yaml").write_text(text, encoding="utf-8")
    store.git("commit", "--quiet", "-m", "settings", "--", ".tasks/config.yaml")


def trailers(store: Store) -> str:
    """Give the trailers of the last commit."""
    return store.git("log", "-1", "--format=%(trailers)")


@pytest.mark.parametrize("old", STATUSES)
@pytest.mark.parametrize("new", STATUSES)
def test_transitions(old: str, new: str) -> None:
    """A status that is named lets only those follow it; others anything; a new task begins anywhere."""
    text = declared(TRANSITIONS % "")
    allowed: dict[str, tuple[str, ...]] = {"pending": ("in_progress", "cancelled"), "completed": ()}
    found = policies.transition({"title": "x", "status": old}, {"title": "x", "status": new}, text)
    broken = old != new and new not in allowed.get(old, STATUSES)
    assert [(one.rule, one.pointer, one.severity) for one in found] == [
        ("policy-transition", ("status",), "error")
    ] * broken
    assert policies.transition({}, {"status": new}, text) == []


def test_transitions_know_the_default() -> None:
    """No status is a pending one."""
    (found,) = policies.transition({"title": "x"}, {"status": "completed"}, declared(TRANSITIONS % ""))
    assert (
        found.message == "status pending → completed is not allowed: from pending it may become in_progress, cancelled"
    )
    (found,) = policies.transition({"status": "completed"}, {"title": "x"}, declared(TRANSITIONS % ""))
    assert found.message.endswith("from completed nothing may follow it")


def test_work_in_progress_is_counted() -> None:
    """The limits are of each assignee and of all; of a state before, only what grew since is told."""
    text = declared(WIP % ", level: warning")
    three = [("aa", "maria"), ("bb", "maria"), ("cc", "maria")]
    (found,) = policies.crowded(three, text)
    assert (found.id, found.rule, found.severity) == ("cc", "policy-wip", "warning")
    assert found.message == "'maria' has 3 tasks in progress, and 2 may be: aa, bb, cc"
    assert policies.crowded([("aa", ""), ("bb", ""), ("cc", "")], text) == []
    found_of_all = policies.crowded([*three, ("dd", "")], text, three)
    assert [(one.id, one.message) for one in found_of_all] == [
        ("dd", "4 tasks are in progress, and 3 may be: aa, bb, cc, dd")
    ]
    assert policies.crowded(three, text, three) == []


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["", "m", "n"])), unique_by=lambda t: t[0]))
def test_nothing_grows_by_itself(working: list[tuple[str, str]]) -> None:
    """Whatever is in progress, a state compared with itself breaks nothing, and a subset of it neither."""
    text = declared(WIP % "")
    assert policies.crowded(working, text, working) == []
    assert policies.crowded(working[1:], text, working) == []


def test_each_is_refused_and_forced(repo: GitRepo) -> None:
    """Require, transitions, limits and criteria stop the commands that would break them."""
    store = Store(repo)
    one = store.add("One", "--criterion", "It works")
    others = [store.add(title, "-a", "maria") for title in ("Two", "Three", "Four")]

    change(store, REQUIRE)
    forced(store, "policy-require", "start", one)
    change(store, CRITERIA)
    forced(store, "policy-criteria", "complete", one)
    change(store, TRANSITIONS)
    forced(store, "policy-transition", "reopen", one)
    forced(store, "policy-transition", "update", one, "--status", "completed")
    change(store, WIP)
    store.do("start", *others[:2])
    forced(store, "policy-wip", "start", others[2])


def forced(store: Store, rule: str, *words: str) -> None:
    """The command is refused with how to go against the policy; forced, it is done, and its commit says so."""
    before = store.files()
    said = store.do(*words, code=1).err
    assert f"({rule})" in said
    assert "A policy of this store asks for it; to do it all the same: --force" in said
    assert store.files() == before
    assert "forced: .tasks/" in store.do(*words, "--force").err
    assert f"Tm-Forced: {rule}\n" in trailers(store)


def test_a_warning_is_told_and_done(repo: GitRepo) -> None:
    """At level warning the command goes through, says what it broke, and the commit has no such trailer."""
    store = store_with(repo, REQUIRE, WIP, CRITERIA, TRANSITIONS, level="warning")
    one = store.add("One", "--criterion", "It works")
    assert "warning: .tasks/" in store.do("start", one).err
    assert "policy-criteria" in store.do("complete", one).err
    assert "Tm-Forced" not in trailers(store)
    assert "1 warning" in store.do("check").err


def test_what_was_so_before_is_not_in_the_way(repo: GitRepo) -> None:
    """A task that breaks a policy made later can be edited, closed, listed; check tells of it."""
    store = Store(repo)
    one = store.add("One")
    store.do("start", one)
    change(store, REQUIRE)
    assert "assignee is missing: a task that is in_progress must have it" in store.do("check", code=1).out
    store.do("comment", one, "still at it")
    store.do("update", one, "--priority", "high")
    assert one in store.do("list").out
    store.do("complete", one)
    store.assert_sound()


def test_several_tasks_are_judged_together(repo: GitRepo) -> None:
    """Started by one command or one after the other, no more tasks are in progress than may be."""
    store = store_with(repo, WIP)
    tasks = [store.add(f"Task {n}", "-a", "maria") for n in range(4)]
    said = store.do("start", *tasks, code=1).err
    assert "'maria' has 4 tasks in progress, and 2 may be" in said
    store.do("start", *tasks[:2])
    said = json.loads(store.do("start", tasks[2], "--json", code=1).out)["error"]
    assert [problem["rule"] for problem in said["problems"]] == ["policy-wip"]
    store.do("assign", tasks[2], "joe")
    store.do("start", tasks[2])
    assert "policy-wip" in store.do("assign", tasks[2], "maria", code=1).err
    store.do("complete", tasks[0])
    store.do("assign", tasks[2], "maria")
    store.assert_sound()


def test_a_step_by_hand_is_judged(repo: GitRepo) -> None:
    """A transition made in an editor is not committed along with the next edit; undo is not judged."""
    store = store_with(repo, TRANSITIONS)
    one = store.add("One")
    text = store.file(one).read_text(encoding="utf-8")
    store.file(one).write_text(text.replace("status: pending", "status: completed"), encoding="utf-8")
    said = store.do("update", one, "--priority", "low", code=1).err
    assert "holds an edit (by hand) that is not valid: status pending → completed is not allowed" in said
    store.file(one).write_text(text, encoding="utf-8")
    store.do("start", one)
    store.do("complete", one)
    store.do("undo")
    assert store.doc(one)["status"] == "in_progress"


def test_check_counts_work_in_progress(repo: GitRepo) -> None:
    """Check tells of too much in progress that came by hand or by a merge, at the task's status."""
    store = Store(repo)
    for title in ("One", "Two", "Three"):
        store.do("start", store.add(title, "-a", "maria"))
    change(store, WIP)
    (line,) = store.do("check", code=1).out.splitlines()
    assert line.endswith("(policy-wip)")
    assert ":3:1: 'maria' has 3 tasks in progress, and 2 may be: " in line


def test_types_may_ask_for_keys(repo: GitRepo) -> None:
    """A type declared with `require` holds its tasks to it, and its description is no rule."""
    store = Store(repo)
    text = "version: 1\ntypes:\n  spike: {description: Try it, require: [estimate]}\n"
    (store.path / ".tasks" / "config.yaml").write_text(text, encoding="utf-8")
    assert "estimate is missing: a spike must have it" in store.do("add", "One", "--type", "spike", code=1).err
    store.add("One", "--type", "spike", "--estimate", "3h")
    store.assert_sound()


any_value = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "pending", "bug", "x"]) | st.just([])
documents = st.dictionaries(st.sampled_from(["status", "type", "criteria", "fields", "assignee"]), any_value)


@given(documents, documents)
def test_any_document_is_judged(before: dict[str, Any], after: dict[str, Any]) -> None:
    """No document makes the policies fail; whatever they tell is a rule of the table."""
    text = declared(REQUIRE % "", CRITERIA % "", TRANSITIONS % "", WIP % "")
    for finding in [*policies.of(text).findings(after), *policies.transition(before, after, text)]:
        assert finding.rule in rules.RULES
        assert finding.message.isprintable()


def test_a_move_breaks_nothing(repo: GitRepo) -> None:
    """A task that broke a policy before it was made is archived and brought back like any other."""
    store = Store(repo)
    one = store.add("One", "--criterion", "It works")
    store.do("complete", one)
    change(store, CRITERIA, "require: [{keys: [due]%s}]")
    store.do("archive", one)
    store.do("unarchive", one)
    (store.path / ".tasks/later").mkdir()
    store.file(one).rename(store.path / ".tasks/later" / f"{one}.yaml")
    store.do("update", one, "--priority", "low")
    assert store.status() == ""


def test_an_import_can_be_forced(repo: GitRepo) -> None:
    """Another tracker's tasks need not keep to this store's policies, when a person says so."""
    store = store_with(repo, "require: [{keys: [due]%s}]")
    file = store.path / "tasks.csv"
    file.write_text("title\nOne\nTwo\n", encoding="utf-8")
    assert "due is missing: a task must have it" in store.do("import", "csv", str(file), code=1).err
    done = store.do("import", "csv", str(file), "--force")
    assert "forced: " in done.err
    assert "Tm-Forced: policy-require" in trailers(store)


WORDS = ["type", "choices", "require", "keys", "status", "level", "allowed", "wip", "need", "Odd\nname", "x"]
odd = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 5) | st.sampled_from(["", "text", "enum", "bug", "met", "x y"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=8,
)
fields = st.dictionaries(
    st.sampled_from(["x", "other", "Odd name"]),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["text", "integer", "boolean", "date", "enum", "list"])},
        optional={
            "choices": st.lists(st.sampled_from(["s1", 3]), max_size=2),
            "pattern": st.sampled_from(["^a", "[", "(a+)+"]),
            "required": st.booleans(),
        },
    ),
)
level = st.sampled_from(["warning", "error"])
asked = st.fixed_dictionaries(
    {},
    optional={
        "require": st.lists(
            st.fixed_dictionaries(
                {"keys": st.lists(st.sampled_from(["due", "fields.x", "nothing"]))},
                optional={"status": st.lists(st.sampled_from(STATUSES)), "type": st.just(["bug"]), "level": level},
            ),
            max_size=2,
        ),
        "criteria": st.fixed_dictionaries({"need": st.just("met")}, optional={"level": level}),
        "wip": st.fixed_dictionaries({}, optional={"total": st.integers(0, 2), "level": level}),
    },
)


@given(
    st.fixed_dictionaries({}, optional={"fields": odd | fields, "types": odd, "policies": odd | asked, "limit": odd}),
    documents,
)
@settings(deadline=None, max_examples=300)
def test_any_settings_are_judged(declared: dict[str, Any], doc: dict[str, Any]) -> None:
    """No configuration makes reading it fail; one without errors judges any document, and survives the cache."""
    found, problems = config.parse(json.dumps({"version": 1, **declared}).encode(), "config.yaml")
    for problem in problems:
        assert problem.rule in rules.RULES
        assert problem.message.isprintable()
    assert config.Config.from_text(found.to_text()) == found
    for problem in policies.problems(doc, "x", None, found.declared):
        assert problem.rule in rules.RULES


@pytest.mark.parametrize(
    ("enforcement", "own", "severity"),
    [
        ("advisory", "error", "warning"),
        ("advisory", "warning", "warning"),
        ("standard", "error", "error"),
        ("standard", "warning", "warning"),
        ("strict", "error", "error"),
        ("strict", "warning", "error"),
    ],
)
def test_one_level_for_all_of_them(enforcement: str, own: str, severity: str) -> None:
    """Advisory lets every policy warn, strict every one refuse, standard leaves each its own level."""
    level = f", level: {own}"
    lines = [line % level for line in ("require: [{keys: [due]%s}]", "criteria: {need: met%s}", "wip: {total: 1%s}")]
    head = f"version: 1\npolicies:\n  enforcement: {enforcement}\n"
    more = f"  transitions: {{allowed: {{pending: []}}{level}}}\n"
    text = head + "".join(f"  {line}\n" for line in lines) + more
    found, problems = config.parse(text.encode(), "config.yaml")
    assert problems == []
    task = {"title": "x", "status": "completed", "criteria": [{"text": "y"}]}
    told = policies.of(found.declared).findings(task)
    told += policies.crowded([("aa", ""), ("bb", "")], found.declared)
    told += policies.transition({"title": "x"}, task, found.declared)
    assert {one.rule for one in told} == {"policy-require", "policy-criteria", "policy-wip", "policy-transition"}
    assert {one.severity for one in told} == {severity}


def test_a_level_alone_asks_nothing() -> None:
    """Where no policy stands, a level makes none."""
    found, problems = config.parse(b"version: 1\npolicies: {enforcement: strict}\n", "config.yaml")
    assert problems == []
    assert (
        policies.of(found.declared).findings({"title": "x", "status": "completed", "criteria": [{"text": "y"}]}) == []
    )
    assert config.parse(b"version: 1\npolicies: {enforcement: loud}\n", "config.yaml")[1]
