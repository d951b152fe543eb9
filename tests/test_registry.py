"""Who is registered, what they have on hand, who is suggested; and messages that each reads once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store


def data(store: Store, *words: str) -> Any:
    """Run a command, and give the data of its document."""
    return json.loads(store.do(*words, "--json").out)["data"]


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """A store with three agents."""
    made = Store(repo)
    made.do("agent", "register", "Ann", "Ann Lee", "--type", "reviewer", "--capabilities", "web,docs", "--at-once", "2")
    made.do("agent", "register", "bo", "--type", "developer", "--capabilities", "python, web")
    made.do("agent", "register", "cy")
    return made


def test_a_registration_is_a_file_of_its_own(store: Store) -> None:
    """It is committed alone, changed in place with its comments, the same again is no commit, and it can go."""
    path = store.path / ".tasks/.agents/ann.yaml"
    assert store.subjects()[0] == "tm: register agent cy"
    assert path.read_text().startswith("id: Ann\n\nname: Ann Lee\n\ntype: reviewer\n\ncapabilities: [docs, web]\n")
    path.write_text(path.read_text() + "# on leave in May\n")
    store.git("commit", "-qam", "by hand")
    store.do("agent", "register", "ann", "--capabilities", "docs")
    assert "# on leave in May" in path.read_text()
    one = data(store, "agent", "show", "ANN")
    assert (one["id"], one["name"], one["type"], one["capabilities"], one["at_once"]) == (
        "Ann", "Ann Lee", "reviewer", ["docs"], 2
    )  # fmt: skip
    before = store.commits()
    store.do("agent", "register", "ann", "--capabilities", "docs")
    assert store.commits() == before
    store.do("agent", "unregister", "ann")
    assert not path.exists()
    assert [one["id"] for one in data(store, "agent", "list")] == ["bo", "cy"]
    store.do("undo")
    assert path.exists()
    store.assert_sound()


def test_it_is_no_task(store: Store) -> None:
    """Neither registrations nor messages are listed, logged or synced as tasks, and a task may bear such a name."""
    store.do("add", "Task bo", "--id", "bo")
    store.do("agent", "message", "bo", "Hello")
    assert [row["id"] for row in data(store, "list", "--all")] == ["bo"]
    assert "Hello" not in store.do("log", "bo").out
    store.assert_sound()


def test_two_clones_register_at_once(store: Store, repo: GitRepo) -> None:
    """Registrations and messages of two clones come together without a conflict, by sync and by a plain merge."""
    other = repo.path.parent / "other"
    repo.git("clone", "--quiet", str(repo.path), str(other))
    for name, place in (("dee", repo.path), ("eve", other)):
        for words in (("register", name), ("message", "broadcast", f"{name} is here")):
            store.do("-C", str(place), "--as", name, "agent", *words)
    repo.git("pull", "--quiet", "--no-rebase", "--no-edit", str(other), "HEAD")
    assert {one["id"] for one in data(store, "agent", "list")} == {"Ann", "bo", "cy", "dee", "eve"}
    assert {one["text"] for one in data(store, "--as", "bo", "agent", "inbox")} == {"dee is here", "eve is here"}
    store.do("check")


def test_what_is_on_hand_is_counted(store: Store) -> None:
    """Assigned and claimed tasks, what is begun, blocked and late, and the hours of the estimates."""
    for name, words in (
        ("a1", ("--assignee", "Ann", "--estimate", "3h")),
        ("a2", ("--assignee", "ann", "--due", "2020-01-01", "--depends-on", "a1")),
        ("b1", ("--assignee", "bo", "--estimate", "1d")),
        ("c1", ()),
        ("done", ("--assignee", "bo")),
    ):
        store.add(name, "--id", name, *words)
    store.do("start", "b1")
    store.do("complete", "done")
    store.do("--as", "cy", "claim", "c1")
    found = {one["id"]: one for one in data(store, "agent", "workload")}
    counts = ("open", "in_progress", "blocked", "overdue", "claimed", "hours", "state", "tasks")
    assert [found["Ann"][key] for key in counts] == [2, 0, 1, 1, 0, 3, "full", ["a2", "a1"]]
    assert [found["bo"][key] for key in counts] == [1, 1, 0, 0, 0, 8, "working", ["b1"]]
    assert [found["cy"][key] for key in counts] == [1, 0, 0, 0, 1, 0, "working", ["c1"]]
    assert list(found) == ["cy", "bo", "Ann"]
    assert store.do("agent", "list", "--status", "full").out.startswith("Ann  full  reviewer")
    assert data(store, "agent", "list", "--type", "developer")[0]["id"] == "bo"
    assert "unknown state 'busy'" in store.do("agent", "list", "--status", "busy", code=2).err


def test_who_fits_best_comes_first(store: Store) -> None:
    """Specialty before what matches of tags and type, then the least on hand; who has enough comes later."""
    store.add("Docs", "--id", "t1", "--tag", "web,docs")
    assert [one["agent"]["id"] for one in data(store, "agent", "suggest", "t1")] == ["Ann", "bo", "cy"]
    assert data(store, "agent", "suggest", "t1")[0]["matches"] == ["docs", "web"]
    store.file("t1").write_text(store.file("t1").read_text() + "specialty: Python\n")
    found = data(store, "agent", "suggest", "t1")
    assert [(one["agent"]["id"], one["specialty"]) for one in found] == [("bo", True), ("Ann", False), ("cy", False)]
    for n in range(2):
        store.add("More", "--id", f"m{n}", "--assignee", "Ann")
    assert [one["agent"]["id"] for one in data(store, "agent", "suggest", "t1")] == ["bo", "cy", "Ann"]
    ran = store.do("agent", "suggest", "t1", "--limit", "1")
    assert ran.out.split()[0] == "bo"
    assert "tm assign t1 bo" in ran.err


def test_too_much_goes_to_others(store: Store) -> None:
    """What is pending and unclaimed goes to who has room, a specialty only to who has it; begun work stays."""
    for n in range(5):
        store.add(f"Task {n}", "--id", f"t{n}", "--assignee", "Ann", "--priority", "high" if n < 2 else "low")
    store.do("start", "t4")
    store.do("--as", "Ann", "claim", "t3")
    store.file("t2").write_text(store.file("t2").read_text() + "specialty: chemistry\n")
    rehearsed = data(store, "agent", "redistribute", "--dry-run")
    assert rehearsed["commit"] is None
    assert store.doc("t0")["assignee"] == "Ann"
    moved = data(store, "agent", "redistribute")
    assert moved["moves"] == rehearsed["moves"]
    assert {one["id"]: one["to"] for one in moved["moves"]} == {"t1": "bo", "t0": "cy"}
    assert [store.doc(one)["assignee"] for one in ("t0", "t1", "t2", "t3", "t4")] == ["cy", "bo", "Ann", "Ann", "Ann"]
    assert "nothing to give" in store.do("agent", "redistribute").err


def test_each_reads_a_message_once(store: Store) -> None:
    """A message is read by whom it is for, once by each; who sent it does not get it; watch tells of it too."""
    store.add("Login", "--id", "login")
    store.do("--as", "bo", "watch")
    store.do("--as", "Ann", "agent", "message", "BO", "Please look", "at it", "-p", "high", "--about", "login")
    store.do("--as", "Ann", "agent", "message", "broadcast", "Release on friday")
    (first, second) = data(store, "--as", "bo", "agent", "inbox")
    assert (first["from"], first["priority"], first["task"], first["text"]) == (
        "Ann", "high", "login", "Please look at it"
    )  # fmt: skip
    assert (second["to"], second["task"]) == ("broadcast", None)
    assert data(store, "--as", "bo", "agent", "inbox") == []
    assert len(data(store, "--as", "bo", "agent", "inbox", "--all")) == 2
    assert [one["text"] for one in data(store, "--as", "cy", "agent", "inbox")] == ["Release on friday"]
    assert data(store, "--as", "Ann", "agent", "inbox") == []
    assert store.doc("login")["journal"][0]["text"] == "To BO: Please look at it"
    news = data(store, "--as", "bo", "watch")
    assert {(one["kind"], one["by"], one["id"]) for one in news} == {
        ("message", "Ann", "login"),
        ("message", "Ann", ""),
    }
    assert "nothing new" in store.do("--as", "bo", "agent", "inbox").err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("agent register 'a b'", "cannot be registered"),
        ("agent register ../x", "cannot be registered"),
        ("agent register x --at-once 0", "no number to work with"),
        ("agent register x --capabilities ,", "capabilities are blank"),
        ("agent show bob", "no agent 'bob'"),
        ("agent unregister bob", "no agent 'bob'"),
        ("agent message bo ' '", "TEXT is blank"),
        ("agent message bo x -p urgent", "unknown priority 'urgent'"),
        ("agent message bo x --about nowhere", "no task 'nowhere'"),
        ("--as bo agent message bo x", "is who sends it"),
        ("agent redistribute --threshold 0", "is below 1"),
        ("agent suggest nowhere", "no task 'nowhere'"),
    ],
)
def test_what_cannot_be_is_refused(store: Store, words: str, told: str) -> None:
    """Nothing is registered or sent that cannot be meant, and the message names it."""
    import shlex

    before = store.commits()
    ran = store.do(*shlex.split(words), code=None)
    assert ran.code in (1, 2)
    assert told in ran.err
    assert store.commits() == before


def test_odd_words_survive(store: Store) -> None:
    """Names that another reader takes for numbers, signs that YAML knows, several lines: all come back as typed."""
    store.do("agent", "register", "007", "null", "--type", "yes", "--capabilities", "c#, 12, a: b")
    one = data(store, "agent", "show", "007")
    assert (one["id"], one["name"], one["type"], one["capabilities"]) == ("007", "null", "yes", ["12", "a: b", "c#"])
    text = "- first: line\n# second\n\n'third' é ☕"
    store.do("--as", "it's: me #1", "agent", "message", "007", "--", text)
    (letter,) = data(store, "--as", "007", "agent", "inbox")
    assert (letter["from"], letter["text"]) == ("it's: me #1", text)
    store.do("check")


def test_a_broken_file_hides_no_other(store: Store) -> None:
    """Check names it by its place; every other registration and message is there."""
    store.do("agent", "message", "bo", "Hello")
    folder = store.path / ".tasks"
    (folder / ".agents/bad.yaml").write_text("id: bad\ncapabilty: [x]\nat_once: many\n")
    (folder / ".agents/odd.yaml").write_text("id: [\n")
    (folder / ".messages/x.yaml").write_text("from: ann\n")
    out = store.do("check", code=1).out
    for words in (".agents/bad.yaml", "no 'capabilty'", ".agents/odd.yaml", "(agent)", ".messages/x.yaml", "(message)"):
        assert words in out
    ran = store.do("agent", "list")
    assert [row.split()[0] for row in ran.out.splitlines()] == ["Ann", "bo", "cy"]
    assert "bad.yaml" in ran.err
    assert "Hello" in store.do("--as", "bo", "agent", "inbox").out
    (folder / ".agents/odd.yaml").write_text("id: odd\n")
    for name in (".agents/bad.yaml", ".messages/x.yaml"):
        (folder / name).unlink()
    store.do("commit")
    assert store.status() == ""
    assert store.do("agent", "show", "odd").out.startswith("id: odd")
