"""What each reader is told of what is new, and that nobody's reading takes anything from another."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store, command, environment


class Watched(Store):
    """A store in which several people work."""

    def by(self, name: str, *words: str) -> str:
        """Run a command as somebody, and give what it printed."""
        return self.do("--as", name, *words).out

    def news(self, name: str, *words: str) -> list[tuple[str, str]]:
        """Look as somebody; give kind and task of each notification."""
        return [(one["kind"], one["id"]) for one in self.told(name, *words)["data"]]

    def told(self, name: str, *words: str) -> dict[str, Any]:
        """Look as somebody; give the whole document."""
        document: dict[str, Any] = json.loads(self.by(name, "watch", "--json", *words))
        return document


@pytest.fixture
def store(repo: GitRepo) -> Watched:
    """A store with nobody in it yet."""
    return Watched(repo)


def test_each_reader_has_a_place(store: Watched) -> None:
    """Everybody but the finder hears of a discovery, once, however many have looked before; nothing is committed."""
    docs = store.add("Docs")
    store.by("li", "discover", docs, "The cookie is set twice")
    before = store.commits()
    for name in ("maria", "bo", "Bo"):
        assert store.news(name) == [("discovery", docs)]
        assert store.news(name) == []
    assert store.news("li") == []
    store.by("bo", "discover", docs, "And a third time")
    assert store.news("maria") == [("discovery", docs)]
    assert store.news("li") == [("discovery", docs)]
    assert store.news("bo", "--mine") == [("discovery", docs)]
    assert (store.commits(), store.status()) == (before + 1, "")


def test_a_discovery_in_the_other_work_tree_is_told_once(store: Watched) -> None:
    """The place is the clone's: a reader in a linked work tree has looked in all of them."""
    docs = store.add("Docs")
    store.git("worktree", "add", "--quiet", str(store.path.parent / "other"))
    store.by("li", "discover", docs, "Words")
    assert store.news("bo") == [("discovery", docs)]
    there = store.tm("--as", "bo", "watch", "--json", cwd=store.path.parent / "other")
    assert json.loads(there.out)["data"] == []


def test_what_is_set_free_is_told_to_whom_it_concerns(store: Watched) -> None:
    """The assignee, or everybody where there is none; not who set it free, unless asked."""
    first = store.add("First")
    own, free = store.add("Own", "--depends-on", first, "--assignee", "bo"), store.add("Free", "--depends-on", first)
    for name in ("bo", "li", "maria"):
        store.news(name)
    store.by("li", "complete", first)
    assert sorted(store.news("bo")) == sorted([("unblocked", own), ("unblocked", free)])
    assert store.news("maria") == [("unblocked", free)]
    assert store.news("li") == []


def test_a_gate_that_opens_is_told(store: Watched) -> None:
    """What waited for the gate of a phase is set free by its last task, and by the word of somebody, alike."""
    store.do("phase", "add", "design", "--gate", "completed,approved")
    store.do("phase", "add", "build")
    draw = store.add("Draw", "--phase", "design")
    own, free = store.add("Own", "--phase", "build", "--assignee", "bo"), store.add("Saw", "--phase", "build")
    for name in ("bo", "li", "maria"):
        store.news(name)
    store.by("li", "complete", draw)
    assert store.news("bo") == []
    store.by("li", "phase", "approve", "design")
    assert sorted(store.news("bo")) == sorted([("unblocked", own), ("unblocked", free)])
    assert store.news("bo") == []
    store.by("li", "reopen", draw)
    assert (store.news("bo"), store.news("maria")) == ([], [])
    store.by("li", "complete", draw)
    assert store.news("maria") == [("unblocked", free)]
    assert store.news("li") == []


def test_what_was_free_long_before_is_no_news(store: Watched) -> None:
    """Tasks that come in by an import, or a pull, are not told as set free by what ended before the reader looked."""
    one = "title: One\nstatus: completed\ncreated_at: 2020-01-01T00:00:00Z\ncompleted_at: 2020-01-03T00:00:00Z\n"
    two = "title: Two\ndepends_on: [one]\ncreated_at: 2020-01-02T00:00:00Z\n"
    store.repo.commit("brought in", {".tasks/one.yaml": one, ".tasks/two.yaml": two})
    assert store.news("bo") == []


def test_what_is_set_free_in_the_second_of_a_look_is_news(store: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Times have whole seconds: what came behind a look within one is told by the next."""
    monkeypatch.setenv("TM_NOW", "2026-11-22T10:00:00Z")
    assert store.news("bo") == []
    first = store.add("First")
    free = store.add("Free", "--depends-on", first)
    store.by("li", "complete", first)
    assert store.news("bo") == [("unblocked", free)]
    assert store.news("bo") == []


def test_a_dependency_that_is_taken_away_sets_free(store: Watched) -> None:
    """It is the state that counts, not how it came about; reopening blocks again, and tells nothing."""
    first = store.add("First")
    own = store.add("Own", "--depends-on", first)
    store.news("bo")
    store.by("li", "dep", "remove", own, first)
    assert store.news("bo") == [("unblocked", own)]
    store.by("li", "dep", "add", own, first)
    assert store.news("bo") == []


def test_work_that_is_given_is_told_to_its_new_owner(store: Watched) -> None:
    """Assigned by somebody else, and still open."""
    docs = store.add("Docs")
    store.by("bo", "assign", docs, "bo")
    assert store.news("bo") == []
    store.by("li", "assign", docs, "maria")
    assert store.news("maria") == [("assigned", docs)]
    assert store.news("bo") == []


def test_those_who_take_part_hear_what_is_said(store: Watched) -> None:
    """Shares reach assignee, participants and maker; others hear only discoveries."""
    docs = store.by("maria", "add", "Docs", "--assignee", "bo").strip()
    store.by("li", "join", docs)
    for name in ("maria", "bo", "li", "eve"):
        store.news(name)
    store.by("li", "share", docs, "Words")
    assert [store.news(name) for name in ("maria", "bo", "li", "eve")] == [[("said", docs)], [("said", docs)], [], []]


def test_work_on_the_same_files_is_told(store: Watched) -> None:
    """Started or completed by somebody else, on a file that an open task of the reader is about."""
    mine = store.add("Mine", "--file", "a.py:1-9", "--assignee", "bo")
    other = store.add("Other", "--file", "a.py", "--file", "b.py")
    store.news("bo")
    store.by("li", "start", other)
    (one,) = store.told("bo")["data"]
    assert (one["kind"], one["id"], one["by"]) == ("impacted", mine, "li")
    assert one["text"] == f"{other} was started, and is about a.py too"
    store.by("li", "complete", other, "--impact-review")
    assert sorted(store.news("bo")) == sorted([("impacted", mine), ("impact_review", other)])
    store.by("bo", "complete", mine)
    assert store.news("bo") == []


def test_claims_that_are_lost_are_told(store: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run out by the clock, or taken over by another, each once and to who held it alone."""
    monkeypatch.setenv("TM_NOW", "2026-11-22T10:00:00Z")
    docs = store.add("Docs")
    store.by("bo", "claim", docs, "--for", "3h")
    for hour, wanted in (("12", []), ("13", [("claim", docs)]), ("14", [])):
        monkeypatch.setenv("TM_NOW", f"2026-11-22T{hour}:00:00Z")
        assert store.news("bo") == wanted
    store.by("bo", "claim", docs)
    store.by("li", "claim", docs, "--force")
    (one,) = (one for one in store.told("bo")["data"] if one["kind"] == "claim")
    assert one["text"] == "li has taken over Docs"
    monkeypatch.setenv("TM_NOW", "2026-11-23T10:00:00Z")
    assert store.news("bo") == []
    assert ("claim", docs) in store.news("li")


def test_deadlines_are_told_twice(store: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day before the end of the day, and when it has passed; to the assignee alone, and not once it is done."""
    monkeypatch.setenv("TM_NOW", "2026-11-22T10:00:00Z")
    docs = store.add("Docs", "--due", "2026-12-01", "--assignee", "bo")
    days = {"2026-11-29": 0, "2026-12-01": 1, "2026-12-02": 1, "2026-12-03": 0}
    for day, count in days.items():
        monkeypatch.setenv("TM_NOW", f"{day}T10:00:00Z")
        found = [one for one in store.news("bo") if one[0] == "deadline"]
        assert found == [("deadline", docs)] * count, day
    assert store.news("li") == []


def test_what_is_left_is_told_next_time(store: Watched) -> None:
    """A limit loses nothing, and says how much is left; the oldest comes first."""
    docs = store.add("Docs")
    for number in range(5):
        store.by("li", "discover", docs, f"finding {number}")
    first = store.told("bo", "--limit", "2")
    assert first["left"] == 3
    store.by("li", "discover", docs, "finding 5")
    second = store.told("bo")
    texts = [one["text"] for one in [*first["data"], *second["data"]]]
    assert texts == [f"finding {number}" for number in range(6)]
    assert "below 0" in store.do("watch", "--limit", "-1", code=2).err


def test_a_first_look_goes_a_week_back(store: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is older is no news to a newcomer."""
    monkeypatch.setenv("TM_NOW", "2026-11-01T10:00:00Z")
    docs = store.add("Docs")
    store.by("li", "discover", docs, "old")
    monkeypatch.setenv("TM_NOW", "2026-11-20T10:00:00Z")
    store.by("li", "discover", docs, "new")
    assert [one["text"] for one in store.told("bo")["data"]] == ["new"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"at": "never", "commit": "", "waiting": []}'])
def test_a_damaged_place_is_a_first_look(store: Watched, text: str) -> None:
    """Whatever the file says, the reader is told, and the place is whole again."""
    docs = store.add("Docs")
    store.news("bo")
    store.by("li", "discover", docs, "Words")
    (place,) = (store.path / ".git/tm/readers").glob("bo-*/place.json")
    place.write_text(text, encoding="utf-8")
    assert store.news("bo") == [("discovery", docs)]
    assert store.news("bo") == []


def test_history_that_was_rewritten_is_no_bug(store: Watched) -> None:
    """A place whose commit is gone is a first look; one that is merely left behind is compared with."""
    docs = store.add("Docs")
    store.by("li", "discover", docs, "Words")
    store.news("bo")
    store.git("commit", "--quiet", "--amend", "--message", "another")
    assert store.news("bo") == []
    (place,) = (store.path / ".git/tm/readers").glob("bo-*/place.json")
    gone = json.loads(place.read_text(encoding="utf-8")) | {"commit": "0" * 40}
    place.write_text(json.dumps(gone), encoding="utf-8")
    assert store.news("bo") == [("discovery", docs)]


def test_an_unborn_branch_has_no_news(repo: GitRepo) -> None:
    """Tasks that no commit has yet are nobody's news, and no bug."""
    repo.write(".tasks/docs.yaml", "title: Docs\n")
    store = Watched(repo, init=False)
    assert store.news("bo") == []


def test_a_terminal_reads_lines(store: Watched) -> None:
    """When, what kind, which task, who, and the words on one line; or that nothing is new."""
    docs = store.add("Docs")
    store.by("li", "discover", docs, "Two\nlines")
    assert store.by("bo", "watch").split("  ", 1)[1] == f"discovery  {docs}  li  Two lines\n"
    assert store.do("--as", "bo", "watch").err == "nothing is new\n"


@pytest.mark.timeout(120)
def test_following_tells_as_it_happens(store: Watched) -> None:
    """A line for each, as soon as a commit is there; an interrupt is its end, and what was told is read."""
    docs = store.add("Docs")
    words = command("--as", "bo", "watch", "--follow", "--json")
    with subprocess.Popen(words, cwd=store.path, env=environment(), stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None
        for text in ("first", "second"):
            store.by("li", "discover", docs, text)
            one = json.loads(following.stdout.readline())
            assert (one["kind"], one["id"], one["text"]) == ("discovery", docs, text)
        following.send_signal(signal.SIGINT)
        assert following.wait(timeout=60) == 0
    assert store.news("bo") == []


def test_a_program_is_told(store: Watched) -> None:
    """It gets each as JSON; that it fails is told, and the next is passed on all the same."""
    docs = store.add("Docs")
    for text in ("first", "second"):
        store.by("li", "discover", docs, text)
    keep = store.path.parent / "kept"
    program = store.path.parent / "program"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nopen({str(keep)!r}, 'a').write(sys.stdin.read())\nsys.exit(3)\n"
    )
    program.chmod(0o755)
    ran = store.do("--as", "bo", "watch", "--exec", str(program))
    assert ran.err.count("failed with 3") == 2
    assert [json.loads(row)["text"] for row in keep.read_text().splitlines()] == ["first", "second"]
    assert store.news("bo") == []


def test_a_program_that_is_not_there_reads_nothing(store: Watched) -> None:
    """It is refused, and all is told again."""
    docs = store.add("Docs")
    store.by("li", "discover", docs, "Words")
    assert "cannot run" in store.do("--as", "bo", "watch", "--exec", "/nowhere/program", code=2).err
    assert "cannot be read" in store.do("--as", "bo", "watch", "--exec", "a 'b", code=2).err
    assert "contradict" in store.do("watch", "--follow", "--limit", "3", code=2).err
    assert store.news("bo") == [("discovery", docs)]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_hundred_speak_at_once_and_five_hear_them_all(store: Watched) -> None:
    """Each entry is in the journal once, and each of five watchers is told of every one that is not its own."""
    docs = store.add("Docs")
    for name in ("w0", "w1", "w2", "w3", "w4"):
        store.by(name, "join", docs)
        store.news(name)
    running = [
        subprocess.Popen(
            command("--as", f"a{n}", ("share", "discover")[n % 2], docs, f"entry {n}"),
            cwd=store.path,
            env=environment({"TM_LOCK_TIMEOUT": "500"}),
            stderr=subprocess.DEVNULL,
        )
        for n in range(200)
    ]
    assert {process.wait(timeout=500) for process in running} == {0}
    wanted = sorted(f"entry {n}" for n in range(200))
    assert sorted(one["text"] for one in store.doc(docs)["journal"]) == wanted
    for name in ("w0", "w1", "w2", "w3", "w4"):
        assert sorted(one["text"] for one in store.told(name)["data"]) == wanted
    store.assert_sound()
