"""What `tm sync` meets more rarely: merges crosswise, ids renamed on both sides, a transfer that fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from syncing import Own, meet, team

from tmfiles.errors import TmError
from tmfiles.git import remote
from tmfiles.git.repository import discover


@pytest.fixture
def pair(tmp_path: Path) -> list[Own]:
    """Give two clones of one store."""
    return team(tmp_path, "ann ben")


def test_new_names_of_both_sides_stay(pair: list[Own]) -> None:
    """Where both renamed tasks, the file that remembers it has the lines of both, in order."""
    for number, store in enumerate(pair):
        store.as_("migrate", "--ids", f"task-{number}=new-{number}")
    meet(pair[0])
    meet(pair[1])
    meet(pair[0])
    lines = pair[0].files()[".renamed"].decode().splitlines()[1:]
    assert lines == ["task-0 new-0", "task-1 new-1"]
    assert pair[0].files() == pair[1].files()


def test_merges_crosswise(pair: list[Own]) -> None:
    """Two who have merged each other's have two last common commits: whichever is taken, no edit of either is lost."""
    ann, ben = pair
    for store in pair:
        store.as_("comment", "task-0", f"First of {store.name}")
        store.as_("update", "task-0", "--tag", store.name, "--title", f"By {store.name}")
    firsts = [store.head() for store in pair]
    for store, other, first in ((ann, ben, firsts[1]), (ben, ann, firsts[0])):
        store.git("fetch", "--quiet", f"{other.path}/.tasks", "main")
        store.git("merge", "--quiet", "--no-edit", first)
    assert ann.files() == ben.files()
    for store in pair:
        store.as_("comment", "task-0", f"Second of {store.name}")
        store.as_("update", "task-0", "--untag", store.name)
    meet(ann)
    meet(ben)
    meet(ann)
    assert len(ben.git("merge-base", "--all", "HEAD^1", "HEAD^2").splitlines()) == 2
    assert ann.files() == ben.files()
    doc = ann.doc("task-0")
    said = [entry["text"] for entry in doc["journal"] if entry["by"] != "tm"]
    assert sorted(said) == [f"{which} of {name}" for which in ("First", "Second") for name in ("ann", "ben")]
    assert (doc.get("tags", []), doc["title"]) == ([], "By ben")


def test_why_a_transfer_failed_is_told_once(pair: list[Own], tmp_path: Path) -> None:
    """What shows git's progress gets none of the lines that the error says again."""
    ann, _ = pair
    place = discover(str(ann.path / ".tasks"))
    assert place
    up = remote.Upstream("origin", "refs/heads/main", "main", configured=True)
    shown: list[bytes] = []
    ann.as_("start", "task-0")
    assert remote.push(place, up, ann.head(), shown.append)
    assert b"Writing objects" in b"".join(shown)
    shown.clear()
    ann.git("remote", "set-url", "origin", str(tmp_path / "nowhere.git"))
    with pytest.raises(TmError, match="does not appear to be a git repository"):
        remote.fetch(place, up, shown.append)
    assert shown == []


def test_a_claim_that_ran_out_before_it_was_pushed(pair: list[Own], monkeypatch: pytest.MonkeyPatch) -> None:
    """It was earlier by the clock, and still does not take the task from who has claimed it since."""
    ann, ben = pair
    monkeypatch.setenv("TM_NOW", "2026-11-22T12:00:00Z")
    ben.as_("claim", "task-0")
    monkeypatch.setenv("TM_NOW", "2026-11-22T15:00:00Z")
    ann.as_("claim", "task-0", "--push")
    meet(ben)
    meet(ann)
    assert ann.doc("task-0")["claim"]["by"] == ben.doc("task-0")["claim"]["by"] == "ann"
