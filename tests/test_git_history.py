"""The log tells what each commit did to which paths, whatever the names, messages and merges."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from conftest import NOW, GitRepo

from tmfiles.errors import TmError
from tmfiles.git.history import Commit, ancestor, log
from tmfiles.git.maintenance import maintain
from tmfiles.git.repository import Repository, discover


def found(repo: GitRepo) -> Repository:
    """Discover a repository that must be there."""
    here = discover(str(repo.path))
    assert here is not None
    return here


def test_log(repo: GitRepo) -> None:
    """Newest first, with time in UTC, author, subject, trailers and the changes under the prefix alone."""
    odd = '.tasks/ä "b"\tc\nd.yaml'
    first = repo.save({odd: "1\n", "code.py": "x\n"}, "tm: add\n\nAbout: nothing.\n\nTm-Id: 7\nTm-Op: add\n")
    repo.commit("code only", {"code.py": "y\n"})
    second = repo.save({odd: None, ".tasks/M": "m\n", ".tasks/é": "e\n"}, "tm: grün\n\nno trailers: here.\nat all.")
    told = list(log(found(repo), "HEAD", ".tasks"))
    assert [(c.id, c.parents, c.subject) for c in told] == [
        (second.commit, (repo.git("rev-parse", "HEAD^"),), "tm: grün"),
        (first.commit, (), "tm: add"),
    ]
    assert sorted(told[0].changes) == [("A", ".tasks/M"), ("A", ".tasks/é"), ("D", odd)]
    blob = repo.git("rev-parse", f"{first.commit}:{odd}")
    trailers, changed = {"Tm-Id": "7", "Tm-Op": "add"}, [("A", odd)]
    who = ("Maria", "maria@example.org")
    assert told[1] == Commit(first.commit, (), NOW, *who, "tm: add", trailers, changed, {odd: (("",), blob)})
    assert told[0].blobs[odd] == ((blob,), "")
    assert told[0].trailers == {}
    assert [c.id for c in log(found(repo), f"{first.commit}..HEAD", ".tasks")] == [second.commit]
    assert len(list(log(found(repo), "HEAD"))) == 3


def test_log_heeds_no_display_settings(repo: GitRepo) -> None:
    """What the user set for looking at logs changes nothing here."""
    for key, value in {
        "log.showSignature": "true",
        "log.follow": "true",
        "diff.renames": "copies",
        "color.ui": "always",
        "log.decorate": "full",
        "diff.noprefix": "true",
        "log.date": "relative",
        "diff.relative": "true",
        "log.showRoot": "false",
        "log.diffMerges": "on",
        "i18n.logOutputEncoding": "latin1",
    }.items():
        repo.git("config", key, value)
    repo.commit("grün", {".tasks/a.yaml": "same\ncontent\n"})
    repo.git("mv", ".tasks/a.yaml", ".tasks/b.yaml")
    repo.commit("moved")
    told = [(c.subject, sorted(c.changes)) for c in log(found(repo), "HEAD", ".tasks")]
    assert told == [("moved", [("A", ".tasks/b.yaml"), ("D", ".tasks/a.yaml")]), ("grün", [("A", ".tasks/a.yaml")])]


def test_log_of_merges(repo: GitRepo) -> None:
    """A merge lists only what it made unlike all parents; both sides are walked; dropped sides with `every`."""
    repo.commit("base", {".tasks/a": "base\n", ".tasks/b": "base\n"})
    repo.git("switch", "--quiet", "-c", "topic")
    repo.commit("theirs", {".tasks/a": "theirs\n", ".tasks/t": "t\n"})
    repo.git("switch", "--quiet", "main")
    repo.commit("ours", {".tasks/a": "ours\n", ".tasks/b": "ours\n"})
    repo.git("merge", "topic", check=False)
    repo.commit("merged", {".tasks/a": "both\n"})
    repo.git("switch", "--quiet", "-c", "dropped")
    repo.commit("in vain", {".tasks/v": "v\n"})
    repo.git("switch", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "--strategy=ours", "--message", "dropping", "dropped")
    told = {c.subject: c.changes for c in log(found(repo), "HEAD", ".tasks")}
    assert set(told) == {"base", "theirs", "ours", "merged"}
    assert told["merged"] == [("M", ".tasks/a")]
    merged = next(c for c in log(found(repo), "HEAD", ".tasks") if c.subject == "merged")
    sides = tuple(repo.git("rev-parse", f"{merged.id}^{side}:.tasks/a") for side in (1, 2))
    assert merged.blobs[".tasks/a"] == (sides, repo.git("rev-parse", f"{merged.id}:.tasks/a"))
    assert "in vain" in {c.subject for c in log(found(repo), "HEAD", ".tasks", every=True)}


def test_log_by_file_name(repo: GitRepo) -> None:
    """A file is found by its name in whatever folder; what else its commits did is told when asked for."""
    repo.commit("add", {".tasks/a.yaml": "1\n", ".tasks/ba.yaml": "1\n"})
    repo.git("mv", ".tasks/a.yaml", ".tasks/z.yaml")
    repo.commit("away", {".tasks/ba.yaml": "2\n"})
    repo.commit("deep", {".tasks/x/y/a.yaml": "3\n", "code": "x\n"})
    told = {c.subject: [path for _, path in c.changes] for c in log(found(repo), "HEAD", ".tasks", named="a.yaml")}
    assert told == {"add": [".tasks/a.yaml"], "away": [".tasks/a.yaml"], "deep": [".tasks/x/y/a.yaml"]}
    (away, *_) = log(found(repo), "HEAD~", ".tasks/a.yaml", whole=True)
    assert sorted(path for _, path in away.changes) == [".tasks/a.yaml", ".tasks/ba.yaml", ".tasks/z.yaml"]


def test_log_since(repo: GitRepo) -> None:
    """What was committed before a moment is left out."""
    for day in (1, 2, 3):
        date = f"2026-11-0{day}T00:00:00Z"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GIT_COMMITTER_DATE", date)
            repo.commit(f"day {day}")
    since = datetime(2026, 11, 2, tzinfo=timezone.utc)
    assert [c.subject for c in log(found(repo), "HEAD", since=since)] == ["day 3", "day 2"]


def test_log_without_messages_or_names(repo: GitRepo) -> None:
    """A commit without message or changes, with an odd author, still comes out as one commit."""
    repo.git("commit", "--quiet", "--allow-empty", "--allow-empty-message", "--message", "")
    repo.git("commit", "--quiet", "--allow-empty", "--author", "M <>", "--date", "1700000000 -0800", "--message", "AM")
    newest, oldest = log(found(repo), "HEAD")
    assert (newest.author, newest.email, newest.subject, newest.changes) == ("M", "", "AM", [])
    assert newest.at == datetime.fromtimestamp(1700000000, timezone.utc)
    assert (oldest.subject, oldest.trailers, oldest.changes) == ("", {}, [])


def test_log_left_early(repo: GitRepo) -> None:
    """Who has seen enough may stop, and no process or pipe stays behind."""
    for n in range(3):
        repo.commit(f"c{n}", {f"f{i}": f"{n}\n" for i in range(500)})
    walk = log(found(repo), "HEAD")
    assert next(walk).subject == "c2"
    walk.close()  # type: ignore[attr-defined]  # it is a generator


@pytest.mark.parametrize("revision", ["no-such-branch", "--output=x"])
def test_log_of_nothing(repo: GitRepo, revision: str) -> None:
    """A revision that does not exist is an error in git's words; one that looks like an option is no option."""
    repo.commit()
    with pytest.raises(TmError, match=revision) as e:
        list(log(found(repo), revision))
    assert e.value.code == "git"
    assert not (repo.path / "x").exists()


def test_ancestor(repo: GitRepo) -> None:
    """A commit is its own ancestor and that of what follows, not the other way; an unknown one is an error."""
    first, second = repo.commit(), repo.commit()
    here = found(repo)
    assert ancestor(here, first, first)
    assert ancestor(here, first, second)
    assert not ancestor(here, second, first)
    with pytest.raises(TmError):
        ancestor(here, "0" * 40, first)


def test_maintenance(repo: GitRepo) -> None:
    """What has piled up is packed in the foreground when git finds that due, and left alone before."""
    # Git guesses the number of loose objects from one of 256 folders, so there must be many.
    repo.commit(files={f"loose/{n}": f"{n}\n" for n in range(900)})
    maintain(found(repo))
    assert "in-pack: 0" in repo.git("count-objects", "-v")
    repo.git("config", "gc.auto", "1")
    maintain(found(repo))
    assert "in-pack: 0" not in repo.git("count-objects", "-v")


@pytest.mark.parametrize(
    "date", ["999999999999 +0000", "99999999999999999999999 +0000", "nonsense", "253402300799 +0000"]
)
def test_a_date_that_cannot_be(repo: GitRepo, date: str) -> None:
    """A commit whose date no calendar has is told like any other, at a time that every zone can show."""
    tree = repo.git("write-tree")
    person = f"Maria <maria@example.org> {date}"
    text = f"tree {tree}\nauthor {person}\ncommitter {person}\n\nodd\n"
    odd = repo.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=text.encode())
    (told,) = log(found(repo), odd)
    assert told.subject == "odd"
    assert told.at.astimezone(timezone(timedelta(hours=14))) == told.at
    assert told.at.astimezone(timezone(timedelta(hours=-12))) == told.at
