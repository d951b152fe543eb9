"""Claims: one winner however many try, leases that run out, and what others may do meanwhile."""

from __future__ import annotations

import pytest
from conftest import GitRepo
from writing import Store

NOON = "2026-11-22T12:00:00Z"


@pytest.fixture
def store(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Give a store with one task, at noon."""
    monkeypatch.setenv("TM_NOW", NOON)
    store = Store(repo)
    store.add("One", "--id", "one")
    return store


def later(monkeypatch: pytest.MonkeyPatch, time: str) -> None:
    """Let the clock show a time of the same day."""
    monkeypatch.setenv("TM_NOW", f"2026-11-22T{time}:00Z")


def test_a_claim_has_an_end_and_is_one_commit(store: Store) -> None:
    """Who, since when and until when stand in the file, on one line."""
    before = store.commits()
    store.do("--as", "jo", "claim", "one", "--for", "90m")
    assert "claim: {by: jo, at: 2026-11-22T12:00:00Z, until: 2026-11-22T13:30:00Z}" in store.file("one").read_text()
    assert store.commits() == before + 1
    store.assert_sound()


def test_the_second_is_told_whose_it_is(store: Store) -> None:
    """Another's claim is refused with exit code 5, the name and the end; nothing changes."""
    store.do("--as", "jo", "claim", "one")
    before = store.files()
    said = store.do("--as", "kim", "claim", "one", code=5).err
    assert "one is claimed by jo until 2026-11-22T14:00:00Z" in said
    assert store.files() == before


def test_claiming_again_renews(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One's own claim keeps its beginning and gets a new end."""
    store.do("--as", "jo", "claim", "one")
    later(monkeypatch, "13:00")
    store.do("--as", "jo", "claim", "one")
    assert store.doc("one")["claim"] == {"by": "jo", "at": NOON, "until": "2026-11-22T15:00:00Z"}


def test_one_that_ran_out_is_anybodys(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """At its end a claim holds nobody up any more, neither from claiming nor from working."""
    store.do("--as", "jo", "claim", "one")
    later(monkeypatch, "14:00")
    store.do("--as", "kim", "claim", "one")
    assert store.doc("one")["claim"]["by"] == "kim"
    later(monkeypatch, "17:00")
    store.do("--as", "jo", "start", "one")


def test_force_takes_over_and_says_so(store: Store) -> None:
    """With --force a claim changes hands, and the journal tells."""
    store.do("--as", "jo", "claim", "one")
    store.do("--as", "kim", "claim", "one", "--force")
    doc = store.doc("one")
    assert doc["claim"]["by"] == "kim"
    assert doc["journal"][0]["by"] == "kim"
    assert "Took over the claim of jo" in doc["journal"][0]["text"]


EDITS = [
    ("start", "one"),
    ("update", "one", "--priority", "high"),
    ("complete", "one"),
    ("cancel", "one"),
    ("assign", "one", "kim"),
    ("delete", "one"),
    ("release", "one"),
]


@pytest.mark.parametrize("words", EDITS, ids=lambda words: words[0])
def test_what_others_may_not_do(store: Store, words: tuple[str, ...]) -> None:
    """Each edit of a claimed task is refused to others with exit code 5, and --force does it and is in the commit."""
    store.do("--as", "jo", "claim", "one")
    before = store.files()
    assert "claimed by jo" in store.do("--as", "kim", *words, code=5).err
    assert store.files() == before
    store.do("--as", "kim", *words, "--force")
    assert "Tm-Forced: claim of one" in store.git("log", "-1", "--format=%B")


@pytest.mark.parametrize("words", EDITS, ids=lambda words: words[0])
def test_the_holder_may(store: Store, words: tuple[str, ...]) -> None:
    """Whoever holds it works on it as ever."""
    store.do("--as", "jo", "claim", "one")
    store.do("--as", "jo", *words)


def test_criteria_and_dependencies_are_edits_too(store: Store) -> None:
    """Commands that have no --force of their own name the one that has."""
    store.add("Two", "--id", "two")
    store.do("--as", "jo", "claim", "one")
    for words in (("criteria", "add", "one", "It works"), ("dep", "add", "one", "two")):
        assert "tm claim one --force" in store.do("--as", "kim", *words, code=5).err
    store.do("--as", "kim", "dep", "add", "two", "one")


def test_words_are_open_to_all(store: Store) -> None:
    """Comments, shares and taking part are nobody's to refuse."""
    store.do("--as", "jo", "claim", "one")
    store.do("--as", "kim", "comment", "one", "Look at the cookie")
    store.do("--as", "kim", "share", "one", "It is set twice")
    store.do("--as", "kim", "join", "one")
    assert store.doc("one")["claim"]["by"] == "jo"


def test_closing_and_releasing_give_it_back(store: Store) -> None:
    """A completed task is claimed by nobody, and a closed one cannot be claimed."""
    store.do("--as", "jo", "claim", "one")
    store.do("--as", "jo", "release", "one")
    assert "claim" not in store.doc("one")
    assert "nothing to change" in store.do("--as", "jo", "release", "one").err
    store.do("--as", "jo", "claim", "one")
    store.do("--as", "jo", "complete", "one")
    assert "claim" not in store.doc("one")
    assert "Reopen it first" in store.do("--as", "jo", "claim", "one", code=1).err


def test_next_passes_over_what_others_hold(store: Store) -> None:
    """With or without --claim; when others hold all that is ready, that is said, with exit code 5."""
    store.add("Two", "--id", "two", "--priority", "low")
    assert store.do("--as", "jo", "next", "--claim").out.startswith("one  ")
    assert store.do("--as", "kim", "next").out.startswith("two  ")
    assert store.do("--as", "kim", "next", "--claim", "--for", "1h").out.startswith("two  ")
    assert store.doc("two")["claim"]["until"] == "2026-11-22T13:00:00Z"
    assert "claimed by others: jo, kim" in store.do("--as", "li", "next", "--claim", code=5).err
    assert "claimed by others: jo, kim" in store.do("--as", "li", "next", code=5).err
    assert store.do("--as", "jo", "next").out.startswith("one  ")


def test_several_at_once_are_all_or_none(store: Store) -> None:
    """Where one of them is taken, none is claimed."""
    store.add("Two", "--id", "two")
    store.do("--as", "jo", "claim", "two")
    store.do("--as", "kim", "claim", "one", "two", code=5)
    assert "claim" not in store.doc("one")


@pytest.mark.parametrize("length", ["1d", "10s", "never", "0h", "200h", "-1h"])
def test_lengths_that_are_none(store: Store, length: str) -> None:
    """Days of work, seconds, weeks and nonsense are refused with a hint."""
    assert "30m, 2h" in store.do("claim", "one", "--for", length, code=2).err
    assert "claim" not in store.doc("one")


def test_undo_asks_no_claim(store: Store) -> None:
    """What one did oneself can be taken back though another has claimed the task since."""
    store.do("--as", "kim", "update", "one", "--priority", "high")
    store.do("--as", "kim", "claim", "one")
    store.do("--as", "kim", "undo")
    assert "claim" not in store.doc("one")


def test_what_the_dead_had_begun_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A started task whose claim ran out is not ready; where nothing is, it is named with the command that takes it."""
    store.do("--as", "jo", "claim", "one")
    store.do("--as", "jo", "start", "one")
    assert "run out" not in store.do("--as", "kim", "next", "--claim", code=1).err
    later(monkeypatch, "14:00")
    told = "begun by jo, whose claim has run out: tm claim one"
    assert told in store.do("--as", "kim", "next", "--claim", code=1).err
    assert told in store.do("--as", "kim", "next", code=1).err.lower()
    store.do("--as", "kim", "claim", "one")
