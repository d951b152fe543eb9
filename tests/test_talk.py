"""What those who work together say on a task, who takes part, and what each keeps to themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import GitRepo
from hypothesis import given
from hypothesis import strategies as st
from writing import Store, environment

from tmfiles.actions.talk import KINDS
from tmfiles.config import Environment
from tmfiles.workspace import Workspace, own


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """A store with one task."""
    made = Store(repo)
    made.add("Write the docs", "--id", "docs")
    return made


@pytest.mark.parametrize(("verb", "kind"), KINDS.items())
def test_each_verb_adds_an_entry_of_its_kind(store: Store, verb: str, kind: str) -> None:
    """The journal says who said what, and the commit says by which command."""
    store.do("--as", "li", verb, "doc", "Words")
    (entry,) = store.doc("docs")["journal"]
    assert (entry["by"], entry["kind"], entry["text"]) == ("li", kind, "Words")
    assert store.subjects()[0] == f"tm: {verb} docs Write the docs"
    assert "is blank" in store.do(verb, "docs", " ", code=2).err
    assert "no task" in store.do(verb, "nowhere", "Words", code=1).err


def test_a_request_is_answered_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under one TM_REQUEST_ID an actor writes one entry on a task, and is told when it was there already."""
    monkeypatch.setenv("TM_REQUEST_ID", "7f3a")
    store.do("--as", "li", "share", "docs", "Words")
    before = store.commits()
    again = store.do("--as", "li", "share", "docs", "Words")
    assert "request 7f3a of li was done before" in again.err
    assert store.commits() == before
    store.do("--as", "maria", "share", "docs", "Words")
    monkeypatch.setenv("TM_REQUEST_ID", "7f3b")
    store.do("--as", "li", "share", "docs", "Words")
    requests = [(one["by"], one["request"]) for one in store.doc("docs")["journal"]]
    assert requests == [("li", "7f3a"), ("maria", "7f3a"), ("li", "7f3b")]
    store.do("check")


def test_a_participant_joins_once(store: Store) -> None:
    """Joining adds the actor's name, in order, and a second time changes nothing."""
    for name in ("maria", "li", "li"):
        store.do("--as", name, "join", "docs")
    assert store.doc("docs")["participants"] == ["li", "maria"]
    assert "nothing to change" in store.do("--as", "li", "join", "docs").err


def test_a_note_is_its_actors_own(store: Store) -> None:
    """Nobody reads another's note by command, and no commit and no status of Git knows of it."""
    before = store.commits()
    store.do("--as", "li", "note", "docs", "Ask about the cookie")
    store.do("--as", "li", "note", "doc", "Asked")
    told = store.do("--as", "li", "note", "docs").out
    assert told.index("Ask about the cookie") < told.index("Asked")
    assert "has no note" in store.do("--as", "Li", "note", "docs", code=1).err
    assert (store.commits(), store.status()) == (before, "")


def test_a_note_is_one_in_every_work_tree_of_the_clone(store: Store) -> None:
    """A linked work tree reads and writes the same notes."""
    store.do("--as", "li", "note", "docs", "Ask about the cookie")
    other = store.path.parent / "other"
    store.git("worktree", "add", "--quiet", str(other))
    told = store.tm("--as", "li", "note", "docs", "--json", cwd=other)
    assert "Ask about the cookie" in json.loads(told.out)["data"]["text"]


def test_notes_for_unknown_tasks_are_refused(store: Store) -> None:
    """A note on a task that does not exist, or with nothing in it, leaves no file."""
    store.do("note", "nowhere", "Words", code=1)
    store.do("note", "docs", " ", code=2)
    assert not (store.path / ".git/tm/notes").exists()


@given(st.text(min_size=1, max_size=200))
def test_a_name_is_no_path(name: str) -> None:
    """Whatever an actor is called, its files lie in one folder below the clone's own, which every system can make."""
    path = Path(own.place(_here(), "notes", name, "docs.md"))
    folder = path.parent.name
    assert path.parent.parent.name == "notes"
    assert folder.isascii()
    assert len(folder) < 60
    assert set(folder) <= set("-abcdefghijklmnopqrstuvwxyz0123456789")


def _here() -> Workspace:
    return Workspace(str(Path(__file__).parent.parent), Environment())


def test_names_that_differ_in_case_have_notes_of_their_own() -> None:
    """The digest keeps apart what a file system may take for one."""
    assert own.place(_here(), "notes", "Li").lower() != own.place(_here(), "notes", "li").lower()


def test_many_share_at_once_and_none_is_lost(store: Store) -> None:
    """Twelve processes at once: each entry is in the journal once."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tmfiles", "--as", f"agent-{n}", "share", "docs", f"finding {n}"],
            cwd=store.path,
            env=environment({"TM_REQUEST_ID": "one"}),
            stderr=subprocess.DEVNULL,
        )
        for n in (*range(6), *range(6))
    ]
    assert [process.wait(timeout=120) for process in running] == [0] * 12
    texts = sorted(one["text"] for one in store.doc("docs")["journal"])
    assert texts == [f"finding {n}" for n in range(6)]


def test_a_note_that_cannot_be_kept_is_told_in_the_systems_words(store: Store) -> None:
    """A file in the place of the folder is no bug of ours, and stays."""
    (store.path / ".git/tm/notes").write_bytes(b"")
    assert "Not a directory" in store.do("note", "docs", "Words", code=1).err
    assert (store.path / ".git/tm/notes").is_file()
