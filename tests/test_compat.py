"""The room for Task Orchestrator's users: every command and option they had, and what their scripts look for.

Each test runs `tm` in this process with TM_COMPAT=1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from conftest import GitRepo
from writing import Ran, Store

from tmfiles.compat import wordings

ID = re.compile(r"[0-9a-f]{8}")


@pytest.fixture
def store(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store spoken to in the old way, by an agent called ann."""
    monkeypatch.setenv("TM_COMPAT", "1")
    monkeypatch.setenv("TM_AGENT_ID", "ann")
    monkeypatch.chdir(repo.path)
    made = Store(repo, init=False)
    made.do("init")
    return made


def both(ran: Ran) -> str:
    """What a script sees that reads both streams."""
    return ran.out + ran.err


def test_init_is_repeatable(store: Store) -> None:
    """It says that the database is initialized, each time, and writes no file of the old kind."""
    assert store.do("init").out == "Task database initialized\n"
    assert {path.name for path in store.path.iterdir()} == {".git", ".tasks"}


def test_add_prints_the_id_once(store: Store) -> None:
    """Standard output is the bare id; both streams together hold no second word like one."""
    assert store.doc(store.add("- 5 degrees"))["title"] == "- 5 degrees"
    assert store.do("--quiet", "add", "Silent").err == ""
    ran = store.do("add", "Something", "--frob", "surplus")
    assert ID.fullmatch(ran.out.strip())
    assert "Task created" in ran.err
    assert len(ID.findall(both(ran))) == 1


def test_add_takes_every_option(store: Store) -> None:
    """Several words behind one option, an agent named anywhere, and all of it shown under the old keys."""
    one, two = store.add("One"), store.add("Two")
    criteria = '[{"criterion": "All tests pass", "measurable": "true"}, {"criterion": "It reads well"}]'
    words = (
        *("-d", "- words", "-p", "HIGH", "--depends-on", one, two, "--file", "a.py:1:20", "b.py:7", "--file", "c.py"),
        *("--meta", "k:v", "m:n", "--criteria", criteria, "--deadline", "2026-12-31T10:00:00"),
        *("--estimated-hours", "2.5", "--agent-id", "zoe", "--assignee", "bob", "--phase", "p1"),
        *("--context", "WHY: it must", "--tag", "x", "y", "--with-context"),
    )
    made = store.do("add", "Three", *words).out.strip()
    shown = dict(row.split(": ", 1) for row in store.do("show", made).out.splitlines() if re.match(r"[a-z_]+: ", row))
    assert list(shown) == list(wordings.fields({"id": "", "title": ""}))
    assert shown["status"] == "blocked"
    assert (shown["priority"], shown["assignee"], shown["created_by"]) == ("high", "bob", "zoe")
    assert (shown["deadline"], shown["estimated_hours"]) == ("2026-12-31T10:00:00Z", "2.5")
    assert (shown["context"], shown["phase_id"]) == ("WHY: it must", "p1")
    assert shown["dependencies"] == str(sorted([one, two]))
    assert "All tests pass" in shown["success_criteria"]
    assert shown["description"] == "- words"
    assert shown["completed_at"] == "None"
    doc = store.doc(made)
    assert doc["files"] == ["a.py:1-20", "b.py:7", "c.py"]
    assert doc["tags"] == ["x", "y"]
    assert "Meta: k:v, m:n" in doc["description"]
    found = json.loads(store.do("show", made, "--json").out)
    assert list(found) == list(shown)
    (row,) = (row for row in store.do("show", made, "--json").out.splitlines() if '"success_criteria"' in row)
    assert "All tests pass" in row


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "Usage: tm add <title>"),
        ("|", "empty"),
        ("x|-p|urgent", "Invalid priority"),
        ("x" * 501, "too long"),
        ("x|--depends-on|nope", "Invalid dependency ID: nope"),
        ("x|--depends-on|a,a", "Error"),
        ("x|--criteria|{", "Invalid JSON in success criteria"),
        ("x|--criteria|{}", "Success criteria must be a JSON array"),
        ("x|--criteria|[1]", "Each criterion must be a JSON object"),
        ('x|--criteria|[{"measurable": "true"}]', "Each criterion must have a 'criterion' field"),
        ("x|--estimated-hours|many", "not a number"),
        ("x|--agent-id", "Error: --agent-id requires a value"),
    ],
)
def test_what_add_refuses(store: Store, words: str, told: str) -> None:
    """Each refusal exits 1 with the words that scripts look for, and makes nothing."""
    before = store.commits()
    assert told in store.do("add", *([] if not words else words.split("|")), code=1).err
    assert store.commits() == before


def test_add_help_is_help(store: Store) -> None:
    """It makes no task called --help, as it once did."""
    assert "Usage: tm add" in store.do("add", "--help").out
    assert store.do("list").out == "No tasks found\n"


def test_a_hundred_criteria_are_many(store: Store) -> None:
    """They are accepted, and advised against."""
    ran = store.do("add", "x", "--criteria", json.dumps([{"criterion": f"c{n}"} for n in range(100)]))
    assert "Maximum" in ran.err
    assert len(store.doc(ran.out.strip())["criteria"]) == 100


def test_list_is_one_line_a_task(store: Store) -> None:
    """Newest first, closed ones too, with id, title, status and assignee; the filters choose."""
    assert store.do("list").out == "No tasks found\n"
    one = store.add("One", "-p", "high", "--meta", "k:v")
    two = store.add("Two", "--assignee", "bob", "--depends-on", one)
    three = store.add("Three")
    store.do("complete", three)
    rows = store.do("list").out.splitlines()
    assert sorted(rows) == sorted(
        [f"[{one}] One - pending", f"[{two}] Two - blocked (bob)", f"[{three}] Three - completed"]
    )
    ids = {
        "--status completed": [three],
        "--assignee bob": [two],
        "--has-deps": [two],
        "-p high": [one],
        "--meta k:v": [one],
        "--meta k:w": [],
        "--assignee nobody": [],
        "--limit 0 --status pending": [one],
    }
    for words, wanted in ids.items():
        listed = store.do("list", *words.split()).out
        assert [row[1:9] for row in listed.splitlines() if row[0] == "["] == wanted, words
        assert bool(wanted) != (listed == "No tasks found\n"), words
    assert len(store.do("list", "--limit", "2").out.splitlines()) == 2
    assert len(store.do("list", "--limit", "-3").out.splitlines()) == 3
    assert store.do("list", "--status", "blocked", "--format", "id").out == f"{two}\n"
    assert [one["id"] for one in json.loads(store.do("list", "--json", "-p", "high").out)] == [one]
    store.do("list", "--limit", "many", code=1)


def test_show_refuses_what_is_not_there(store: Store) -> None:
    """Not found, or how it is used."""
    assert "Task nope not found" in store.do("show", "nope", code=1).err
    assert "Usage: tm show <task_id>" in store.do("show", code=1).err


def test_update_reaches_every_status(store: Store) -> None:
    """From each to each, blocked or not; other fields too; and it says what it refuses."""
    first = store.add("First")
    task = store.add("Task", "--depends-on", first)
    statuses = ("pending", "in_progress", "completed", "blocked", "cancelled")
    for start in statuses:
        for end in statuses:
            store.do("update", task, "--status", start)
            assert "updated" in store.do("update", task, "--status", end).err
            assert store.doc(task).get("status", "pending") == end
    store.do("update", task, "--assignee", "bob", "--meta", "k:v", "--impact", "none at all")
    doc = store.doc(task)
    assert (doc["assignee"], doc["journal"][-1]["text"]) == ("bob", "Impact: none at all")
    assert "Invalid status: bogus" in store.do("update", task, "--status", "bogus", code=1).err
    assert "Invalid task ID: nope" in store.do("update", "nope", "--status", "pending", code=1).err
    for words in ((), (task,), (task, "--status")):
        assert "Usage: tm update <task_id>" in store.do("update", *words, code=1).err


def test_complete_is_silent_on_standard_output(store: Store) -> None:
    """Words of the summary need no quotes; completing twice is no failure; a task that is not there is one."""
    one = store.add("One")
    two = store.add("Two", "--depends-on", one)
    assert store.do("complete", two, code=1).out == ""
    ran = store.do("complete", one, "--summary", "all", "went", "well", "--actual-hours", "1.5")
    assert (ran.out, ran.err) == ("", f"Task {one} completed\n")
    assert (store.doc(one)["result"].strip(), store.doc(one)["actual"]) == ("all went well", "1.5h")
    store.do("complete", one)
    assert "status: pending" in store.do("show", two).out
    assert "not found" in store.do("complete", "nope", code=1).err
    assert "Usage" in store.do("complete", code=1).err


def test_complete_validates(store: Store) -> None:
    """A false criterion keeps the task open, unless forced; what cannot be measured is told as manual."""
    task = store.add("x", "--criteria", '[{"criterion": "No", "measurable": "false"}, {"criterion": "Yes"}]')
    ran = store.do("complete", task, "--validate", code=1)
    assert "criteria unmet" in both(ran)
    assert "not completed" in both(ran)
    ran = store.do("complete", task, "--validate", "--force")
    assert "=== Success Criteria Validation Report ===\nOverall: 1/2 criteria passed\n✗ Criterion 1: No\n" in ran.out
    odd = store.add("y", "--criteria", '[{"criterion": "Odd", "measurable": "what is it"}]')
    assert "manual" in store.do("complete", odd, "--validate").out
    assert "status: completed" in store.do("show", odd).out


def test_an_impact_review_is_told(store: Store) -> None:
    """By the command, and to whoever watches."""
    one, two = store.add("One", "--file", "a.py"), store.add("Two", "--file", "a.py")
    ran = store.do("complete", one, "--impact-review")
    assert ran.out.startswith("\n=== Impact Review ===\n")
    assert two in ran.out
    for agent in ("ann", "bob"):
        assert "impact review" in store.do("--agent-id", agent, "watch").out


def test_delete_minds_who_depends(store: Store) -> None:
    """A task that another depends on stays; a completed one goes; an unknown one is not found."""
    one = store.add("One")
    two = store.add("Two", "--depends-on", one)
    assert "depend" in store.do("delete", one, code=1).err
    store.do("complete", one)
    assert "deleted" in store.do("delete", two).err
    assert "deleted" in store.do("delete", one).err
    assert "not found" in store.do("delete", "nope", code=1).err
    assert "Usage" in store.do("delete", code=1).err


def test_assign_warns_of_another_specialty(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The description says who is asked for; TM_AGENT_SPECIALTY says who this is."""
    task = store.add("x", "-d", "wants specialist:frontend work")
    monkeypatch.setenv("TM_AGENT_SPECIALTY", "backend")
    ran = store.do("assign", task, "bob")
    assert "assigned" in ran.err
    assert "warning: specialist mismatch (required=frontend, agent=bob)" in both(ran)
    monkeypatch.setenv("TM_AGENT_SPECIALTY", "frontend")
    assert "mismatch" not in both(store.do("assign", task, "bob"))
    assert "Failed to assign task nope" in store.do("assign", "nope", "bob", code=1).err
    assert "Usage: tm assign" in store.do("assign", task, code=1).err


def test_export_loses_nothing(store: Store) -> None:
    """JSON is a list with each id once and all dependencies; Markdown has its headings; anything else has tabs."""
    one = store.add("One", "-d", "words")
    two = store.add("Two", "--depends-on", one, "--assignee", "bob")
    store.do("complete", one)
    store.do("share", two, "said")
    text = store.do("export", "--format", "json").out
    found = {task["id"]: task for task in json.loads(text)}
    assert found[two]["dependencies"] == [one]
    assert found[two]["journal"][0]["text"] == "said"
    assert text.count('"id":') == 2
    told = store.do("export", "--format", "markdown").out
    assert told.startswith("# Task Orchestrator Export\n\nGenerated: ")
    assert "## Pending Tasks\n" in told
    assert f"## Completed Tasks\n\n- **[{one}]** One\n  - Description: words\n" in told
    assert f"{two}\tTwo\tpending\tbob\n" in store.do("export", "--format", "tsv").out
    store.do("export", "--format", "json", "--output", "out.json")
    assert (store.path / "out.json").read_text(encoding="utf-8") == text
    store.do("export", "--output", "out.json", code=1)
    assert "lies among the tasks" in store.do("export", "--output", ".tasks/out.json", code=1).err
    assert not (store.path / ".tasks/out.json").exists()


def test_the_journal_in_old_words(store: Store) -> None:
    """Each verb confirms as it did; the context shows each kind, without having joined and without others' notes."""
    task = store.add("x")
    assert store.do("join", task).out == f"Joined task: {task}\n"
    assert "Shared update" in store.do("share", task, "words", "of", "mine").err
    assert "Discovery shared" in store.do("discover", task, "a", "bug").err
    assert "Progress update added" in store.do("progress", task, "half").err
    assert f"Sync: Created sync point for task {task}" in store.do("sync", task, "point").err
    assert f"Note added: Added private note for task {task}" in store.do("note", task, "mine", "alone").err
    told = store.do("context", task).out
    assert told.startswith(f"Task: {task}\n")
    assert "\nCreated: " in told
    for row in ("[update] ann: words of mine", "[discovery] ann: a bug", "[progress] ann: half", "[sync] ann: point"):
        assert f"  {row}\n" in told
    assert "mine alone" in told
    assert "mine alone" not in store.do("--agent-id", "bob", "context", task).out
    assert "mine alone" not in store.do("context", "read", task, "--type", "shared").out
    assert "No shared context" in store.do("context", store.add("y")).out


def test_context_has_verbs_of_its_own(store: Store) -> None:
    """`context VERB ID` does what the verb's own command does, and its options become words."""
    task = store.add("x")
    assert "Joined task" in store.do("context", "join", task, "--role", "reviewer").out
    store.do("context", "update", task, "--content", "more words", "--section", "api")
    store.do("context", "discover", task, "--content", "a bug", "--impact", "high", "--tags", "a,b")
    store.do("context", "sync", task, "--content", "ready", "--ready-for", "bob")
    store.do("context", "sync", task, "--ready-for", "testing")
    assert "Failed to create sync point" in store.do("context", "sync", task, "--section", "api", code=1).err
    store.do("context", task, "--shared", "and", "this")
    texts = [one["text"] for one in store.doc(task)["journal"]]
    assert texts == [
        "Joined as reviewer",
        "more words (section: api)",
        "a bug (impact: high; tags: a,b)",
        "ready (ready-for: bob)",
        "Ready for testing",
        "and this",
    ]
    assert store.do("context", "participants", task).out == "ann\n"


@pytest.mark.parametrize("verb", ["join", "share", "discover", "sync", "progress", "note", "context", "feedback"])
def test_the_journal_refuses_what_is_not_there(store: Store, verb: str) -> None:
    """An unknown task, nothing said, and no task at all exit 1."""
    task = store.add("x")
    store.do(verb, "nope", *(["text"] if verb not in ("join", "context") else []), code=1)
    assert verb == "sync" or "Usage: tm " in store.do(verb, code=1).err
    if verb not in ("join", "context", "feedback"):
        store.do(verb, task, "", code=1)
    assert "journal" not in store.doc(task)


def test_who_speaks_without_a_name_is_warned(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The update is shared all the same: a script never waits for a terminal."""
    task = store.add("x")
    monkeypatch.delenv("TM_AGENT_ID")
    ran = store.do("share", task, "words")
    assert "TM_AGENT_ID not set" in both(ran)
    assert len(store.doc(task)["journal"]) == 1


def test_watch_tells_each_reader(store: Store) -> None:
    """What was found out and set free, once to each; then there is nothing new."""
    assert store.do("watch").out == "No new notifications\n"
    one = store.add("One")
    two = store.add("Two", "--depends-on", one)
    store.do("discover", one, "the cookie is set twice")
    store.do("complete", one)
    for agent in ("ann", "bob"):
        told = store.do("watch", "--agent-id", agent).out
        assert f"[UNBLOCKED] Task {two} unblocked - dependencies completed" in told
        assert f"[DISCOVERY] DISCOVERY in {one}: the cookie is set twice" in told
        assert re.match(r"=== \d+ New Notification\(s\) ===\n", told)
        assert "No new notifications" in store.do("watch", "--agent-id", agent).out


def test_feedback_and_its_figures(store: Store) -> None:
    """It is given once, on completed work, in marks from 1 to 5; the averages follow, also of nothing."""
    assert "Average Quality: N/A" in store.do("metrics", "--feedback").out
    task = store.add("x")
    assert "not completed" in store.do("feedback", task, "--quality", "4", code=1).err
    store.do("complete", task)
    assert "between 1 and 5" in store.do("feedback", task, "--quality", "6", code=1).err
    store.do("feedback", task, "--note", "x" * 501, code=1)
    ran = store.do("feedback", task, "--quality", "4", "--timeliness", "5", "--note", "good", "work")
    assert (ran.out, ran.err) == ("", "Feedback recorded\n")
    assert store.doc(task)["feedback"]["text"] == "good work"
    assert "already has feedback" in store.do("feedback", task, "--quality", "4", code=1).err
    told = store.do("metrics", "--feedback", "--period", "week").out
    assert "week" in told
    assert "Average Quality: 4.0/5\n  Average Timeliness: 5.0/5\n  Tasks with feedback: 1\n" in told


def test_what_it_had_not_is_there_as_ever(store: Store) -> None:
    """Commands of `tm` pass as they are, but for the exit code: 1 for every failure."""
    assert store.do("--version").out.startswith("tm ")
    assert store.do("ready").err == "nothing is ready\n"
    assert "no command" in store.do("frob", code=1).err
    assert "no option" in store.do("ready", "--frob", code=1).err
    assert json.loads(store.do("ready", "--frob", "--json", code=1).out)["error"]["code"] == "usage"
    assert store.do("add", "x", "--link", "https://example.org").code == 0
    for words in (("help",), ("--help",), ("help", "add")):
        assert "Usage: tm" in store.do(*words).out
    store.do(code=1)


def test_agents_register_and_hear_of_each_other(store: Store) -> None:
    """Every agent command works as it was typed, and what was sent can be read."""
    store.do("agent-register", "ann", "Ann Lee", "--type", "developer", "--capabilities", "python,web")
    store.do("agent-register", "bob", "Bob", "--type", "reviewer")
    assert [row.split()[0] for row in store.do("agent-list").out.splitlines()] == ["ann", "bob"]
    assert store.do("agent-list", "--type", "reviewer", "--status", "idle").out.startswith("bob")
    for n in range(3):
        store.add(f"Task {n}", "--assignee", "bob")
    assert "name: Ann Lee" in store.do("agent-status", "ann").out
    assert "3 of 5 open" in store.do("agent-workload").out
    assert "bob: 3 open" in store.do("agent-metrics", "bob", "--range", "weekly").out
    store.do("agent-message", "ann", "bob", "Look", "at this", "--priority", "high")
    store.do("agent-message", "bob", "broadcast", "Release on friday")
    assert "Look at this" in store.do("agent", "inbox", "--agent-id", "bob").out
    assert "Release on friday" in store.do("agent", "inbox").out
    assert "bob -> ann" in store.do("agent-redistribute", "--threshold", "2").out
    assert store.do("agent-status", "nobody", code=1).out == ""
