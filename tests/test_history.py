"""What the past says: by task and field, who and when, through folders and merges, and never as lines of YAML."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store


@pytest.fixture
def store(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Give a store with a short history of two tasks, an hour between its commits."""
    made = Store(repo)
    for hour, words in enumerate(
        (
            "add One --id one --tag web",
            "--as agent-7 add Two --id two --depends-on one",
            "start one",
            "--as agent-7 update one --tag auth --priority high",
            "complete one --summary Done",
        ),
        11,
    ):
        at(monkeypatch, f"2026-11-22T{hour}:00:00Z")
        made.do(*words.split())
    at(monkeypatch, "2026-11-22T16:00:00Z")
    return made


def at(patch: pytest.MonkeyPatch, moment: str) -> None:
    """Fix the time of what follows."""
    for name in ("TM_NOW", "GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        patch.setenv(name, moment)


def log(store: Store, *words: str) -> list[Any]:
    """Give what `tm log --json` says."""
    data: list[Any] = json.loads(store.do("log", *words, "--json").out)["data"]
    return data


def told(store: Store, *words: str) -> list[tuple[str, list[str]]]:
    """Give who did it, and the words of the fields of the one task of each commit."""
    return [(one["by"], [f["words"] for f in task["fields"]]) for one in log(store, *words) for task in one["tasks"]]


def test_log_of_a_task(store: Store) -> None:
    """Each commit of the task, newest first: who, and the fields it changed."""
    assert told(store, "one")[:-1] == [
        (
            "Maria",
            ["status in_progress → completed", "completed_at set to 2026-11-22T15:00:00Z", "result set to Done"],
        ),
        ("agent-7", ["priority medium → high", "tags +auth"]),
        ("Maria", ["status pending → in_progress", "started_at set to 2026-11-22T13:00:00Z"]),
    ]
    lines = store.do("log", "one", "-n", "2").out.splitlines()
    assert lines[0][10:] == "  2026-11-22 15:00Z  1 hour ago  Maria  tm: complete one One"
    # The times that go with a status are not told twice.
    assert lines[1:3] == ["    status in_progress → completed", "    result set to Done"]
    assert lines[4:] == ["    priority medium → high", "    tags +auth"]


def test_log_of_the_store(store: Store) -> None:
    """Every commit of the store; by a person, since a moment, and at most so many."""
    assert [one["subject"] for one in log(store)] == store.subjects()
    assert [one["tasks"][0]["what"] for one in log(store, "--by", "agent-7")] == ["changed", "added"]
    assert len(log(store, "--since", "2026-11-22T13:00:00Z")) == 3
    assert len(log(store, "--since", "2026-11-22T13:00:00Z", "--by", "Maria", "--limit", "1")) == 1
    assert store.do("log", "--since", "2026-12-01").err == "no commits since then\n"
    assert "    two  added: Two\n" in store.do("log").out
    assert store.do("log", "-n", "2").err == "showing 2; all: --limit 0\n"


def test_log_refuses(store: Store) -> None:
    """A name nobody bears, a date that is none and contradictions are refused with a hint."""
    assert "did you mean 'agent-7'" in store.do("log", "--by", "agent7", code=1).err.replace("Did", "did")
    assert "90d" in store.do("log", "--since", "ninety days", code=2).err
    assert "contradict" in store.do("log", "one", "--deleted", code=2).err
    assert "no task 'none'" in store.do("log", "none", code=1).err


def test_log_through_folders(store: Store, repo: GitRepo) -> None:
    """A task's past is whole wherever its file lay, and a move is told as one."""
    for number, (old, new) in enumerate((("one.yaml", "sub/one.yaml"), ("sub/one.yaml", "deep/er/one.yaml"))):
        (repo.path / ".tasks" / new).parent.mkdir(parents=True)
        repo.git("mv", f".tasks/{old}", f".tasks/{new}")
        repo.commit(f"move {number}", {"code.py": str(number)})
        store.do("update", "one", "--tag", f"t{number}")
    found = log(store, "one")
    assert [one["tasks"][0]["what"] for one in found] == ["changed", "moved"] * 2 + ["changed"] * 3 + ["added"]
    assert (found[1]["tasks"][0]["earlier"], found[1]["tasks"][0]["path"]) == (
        ".tasks/sub/one.yaml",
        ".tasks/deep/er/one.yaml",
    )
    assert "    moved to deep/er/one.yaml\n" in store.do("log", "one").out
    before = found
    store.do("delete", "one", "--force")
    assert [one["commit"] for one in log(store, "one")[1:]] == [one["commit"] for one in before]


def test_log_of_the_deleted(store: Store) -> None:
    """A deleted task is found by its full id and among the deleted ones, until it is back."""
    store.do("delete", "two")
    assert [task["id"] for one in log(store, "--deleted") for task in one["tasks"]] == ["two"]
    assert "two  Two  deleted just now (2026-11-22 16:00Z) by Maria" in store.do("log", "--deleted").out
    assert [one["tasks"][0]["what"] for one in log(store, "two")] == ["deleted", "added"]
    store.do("undo")
    assert log(store, "--deleted") == []
    assert store.do("log", "--deleted").err == "no task was deleted\n"


def test_log_of_what_cannot_be_read(store: Store, repo: GitRepo) -> None:
    """A version that is no task is told as such, and hides none of the others."""
    good = store.file("one").read_bytes()
    repo.commit("broken", {".tasks/one.yaml": "title: [\n"})
    repo.commit("mended", {".tasks/one.yaml": good})
    found = [one["tasks"][0] for one in log(store, "one")]
    assert [task["readable"] for task in found[:3]] == [False, False, True]
    assert "cannot be read as a task" in store.do("log", "one").out


def test_log_of_a_merge(store: Store, repo: GitRepo) -> None:
    """A merge tells what is in none of its parents; what one of them brought is told by its own commit."""
    repo.git("switch", "--quiet", "--create", "side")
    store.do("update", "one", "--assignee", "li")
    repo.git("switch", "--quiet", "main")
    store.do("update", "one", "--priority", "low")
    repo.git("merge", "--quiet", "--no-commit", "side", check=False)
    text = store.file("one").read_text(encoding="utf-8")
    repo.commit("merged", {".tasks/one.yaml": text.replace("title: One", "title: Both")})
    assert told(store, "one")[0] == ("Maria", ["title One → Both"])
    assert blamed(store, "one")["assignee"] == repo.git("log", "--format=%H", "-1", "side")
    assert blamed(store, "one")["priority"] == repo.git("rev-parse", "HEAD^1")


def test_patch(store: Store) -> None:
    """With --patch the lines of the file come too, in text and in JSON."""
    (one,) = log(store, "one", "--patch", "-n", "1")
    assert "+status: completed\n" in one["tasks"][0]["patch"]
    assert "    +status: completed\n" in store.do("log", "one", "--patch", "-n", "1").out


def blamed(store: Store, task_id: str) -> dict[str, str | None]:
    """Give the commit of each field."""
    return {row["field"]: row["commit"] for row in json.loads(store.do("blame", task_id, "--json").out)["data"]}


def test_blame(store: Store, repo: GitRepo) -> None:
    """Each field names the commit that gave it its value; what no commit has names none."""
    subjects = dict(line.split(" ", 1) for line in repo.git("log", "--format=%H %s").splitlines())
    with store.file("one").open("a", encoding="utf-8") as file:
        file.write("assignee: li\nfields: {customer: ACME}\n")
    found = {field: subjects.get(commit or "", "") for field, commit in blamed(store, "one").items()}
    added, started = "tm: add one One", "tm: start one One"
    updated, completed = "tm: update one One", "tm: complete one One"
    assert found == {
        **dict.fromkeys(("title", "created_at", "created_by"), added),
        **dict.fromkeys(("priority", "tags"), updated),
        **dict.fromkeys(("status", "completed_at", "result"), completed),
        **dict.fromkeys(("assignee", "fields"), ""),
        "started_at": started,
    }
    rows = store.do("blame", "one").out.splitlines()
    assert rows[2].split() == [repo.git("rev-parse", "--short=10", "HEAD~1"), "2", "hours", "ago", "agent-7",
                               "priority:", "high"]  # fmt: skip
    assert "not committed" in rows[3]
    assert "assignee: li" in rows[3]


def test_blame_of_a_value_that_came_back(store: Store) -> None:
    """A value that was set, changed and set again belongs to whoever set it last."""
    store.do("update", "two", "--priority", "low")
    store.do("update", "two", "--priority", "high")
    store.do("--as", "zoe", "update", "two", "--priority", "low")
    (row,) = [r for r in json.loads(store.do("blame", "two", "--json").out)["data"] if r["field"] == "priority"]
    assert (row["by"], row["at"]) == ("zoe", "2026-11-22T16:00:00Z")


def differing(store: Store, *words: str) -> dict[str, list[str]]:
    """Give the words of each task that differs."""
    found = json.loads(store.do("diff", *words, "--json").out)["data"]
    return {
        task["id"]: [task["what"], *(f["words"] for f in task["fields"] if task["what"] != "added")] for task in found
    }


def test_diff(store: Store, repo: GitRepo) -> None:
    """Between HEAD and the files, a commit and the files, two commits, two dates; staged or not, new ones too."""
    assert differing(store) == {}
    assert store.do("diff").err == "no task differs\n"
    with store.file("two").open("a", encoding="utf-8") as file:
        file.write("assignee: li\n")
    repo.git("add", ".tasks/two.yaml")
    repo.write(".tasks/new.yaml", "title: New\n")
    repo.write(".tasks/sub/one.yaml", store.file("one").read_bytes())
    store.file("one").unlink()
    assert differing(store) == {"new": ["added"], "one": ["moved"], "two": ["changed", "assignee set to li"]}
    assert differing(store, "HEAD~1..") == differing(store, "HEAD~1..HEAD")
    assert differing(store, "HEAD~2..HEAD~1") == {"one": ["changed", "priority medium → high", "tags +auth"]}
    assert differing(store, "HEAD~1..HEAD~2") == {"one": ["changed", "priority high → medium", "tags -auth"]}
    by_date = "2026-11-22T13:30:00Z..2026-11-22T14:30:00Z"
    assert differing(store, by_date) == differing(store, "HEAD~2..HEAD~1")
    assert differing(store, "HEAD~4")["two"] == ["added"]
    out = store.do("diff").out.splitlines()
    assert out == ["new  added: New", "one  One", "    moved to sub/one.yaml", "two  Two", "    assignee set to li"]
    store.file("two").unlink()
    assert differing(store)["two"] == ["deleted"]


def test_diff_before_the_first_commit(repo: GitRepo) -> None:
    """Where nothing is committed yet, every task is new."""
    repo.write(".tasks/one.yaml", "title: One\n")
    store = Store(repo, init=False)
    assert differing(store) == {"one": ["added"]}


def test_diff_refuses(store: Store) -> None:
    """What names no state is refused, and says what does."""
    assert "neither a commit nor a date" in store.do("diff", "nowhere", code=1).err
    assert "before" in store.do("diff", "1999-01-01", code=1).err
    assert "tm diff a..b" in store.do("diff", "a...b", code=2).err
