"""What a view says where files are bad, and what history adds: every list tells, and nothing is hidden."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo
from reading import cached, command, fresh, opened, tm
from writing import Store

from tmfiles.errors import TmError
from tmfiles.git import commit as commits
from tmfiles.query import Query
from tmfiles.workspace import edit
from tmfiles.workspace.write import Order, write

BAD = {
    "broken.yaml": (b"title: [x\n", "yaml"),
    "twice.yaml": (b"title: a\ntitle: b\n", "duplicate-key"),
    "merged.yaml": (b"<<<<<<< ours\ntitle: a\n=======\ntitle: b\n>>>>>>> theirs\n", "conflict-markers"),
    "latin.yaml": (b"title: caf\xe9\n", "encoding"),
    "huge.yaml": (b"title: a\ndescription: " + b"x" * (2 << 20) + b"\n", "too-large"),
    "empty.yaml": (b"", "empty"),
    "ABC.yaml": (b"title: a\n", "id"),
    "null.yaml": (b"title: a\n", "id"),
    "ending.yml": (b"title: a\n", "file-name"),
    "sub/twin.yaml": (b"title: second\n", "duplicate-id"),
    "folder.yaml/inside.yaml": (b"title: a\n", "not-a-file"),
}


@pytest.fixture
def bad(repo: GitRepo) -> GitRepo:
    """Give a store with every kind of bad file, good tasks among them, and dependents of both."""
    repo.write(".tasks/good.yaml", "title: good\n")
    repo.write(".tasks/twin.yaml", "title: first\nstatus: completed\n")
    for name, (data, _) in BAD.items():
        repo.write(f".tasks/{name}", data)
    for name in ("broken", "twin", "missing", "good"):
        repo.write(f".tasks/on-{name}.yaml", f"title: on {name}\ndepends_on: [{name}]\n")
    repo.write(".tasks/done.yaml", "title: done\nstatus: completed\n")
    repo.write(".tasks/on-done.yaml", "title: on done\ndepends_on: [done]\n")
    if sys.platform != "win32":
        (repo.path / ".tasks/dangling.yaml").symlink_to("nowhere")
    repo.commit()
    return repo


def test_each_bad_file_has_its_rule(bad: GitRepo) -> None:
    """Every bad file is told with its place and rule, and the good ones are all there."""
    seen = cached(bad.path)
    said = {(problem.path.removeprefix(".tasks/"), problem.rule) for problem in seen["problems"]}
    wanted = {(name.removesuffix("/inside.yaml"), rule) for name, (_, rule) in BAD.items()}
    assert {name for name, _ in wanted} - {name for name, _ in said} == set()
    assert {"good", "on-good", "on-broken", "done"} <= {row.id for row in seen["sort id"]}
    by_name = dict(said)
    assert {name: by_name[name] for name, _ in wanted} == dict(wanted)


def test_a_bad_dependency_blocks(bad: GitRepo) -> None:
    """What depends on a broken, missing or doubtful task waits; what depends on a completed one does not."""
    seen = cached(bad.path)
    assert {row.id for row in seen["blocked"]} == {"on-broken", "on-missing", "on-twin", "on-good"}
    assert {row.id for row in seen["pending"]} == {"good", "on-done", "twin"}


@pytest.mark.parametrize("words", ["list", "ready", "blocked", "next", "list --all --plain", "ready --plain"])
def test_every_list_tells_of_bad_files(bad: GitRepo, words: str) -> None:
    """Lists exit 0, print the sound tasks, and name bad files on standard error."""
    done = tm(bad.path, *words.split())
    assert done.returncode == 0
    assert done.stdout
    assert ".tasks/ABC.yaml" in done.stderr
    assert "more problems: tm check" in done.stderr


@pytest.mark.parametrize("words", ["list", "ready", "blocked", "next"])
def test_json_carries_the_problems(bad: GitRepo, words: str) -> None:
    """A program that reads JSON learns of bad files beside the data."""
    done = tm(bad.path, *words.split(), "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 0
    paths = {problem["path"] for problem in document["problems"]}
    assert {".tasks/broken.yaml", ".tasks/ending.yml", ".tasks/sub/twin.yaml"} <= paths


def test_show_words_what_is_wrong_with_one_task(bad: GitRepo) -> None:
    """A bad task is shown as its problems, with where they are; a doubtful one by its two places."""
    for name, word in (("broken", "yaml:"), ("twice", "2:1"), ("twin", "sub/twin.yaml"), ("huge", "2,097,")):
        done = tm(bad.path, "show", name)
        assert done.returncode == 1
        assert word in done.stderr
    assert tm(bad.path, "show", "on-broken").stdout.count("blocked_by: broken") == 1
    assert "missing" in tm(bad.path, "show", "on-missing").stdout


def test_check_finds_them_all(bad: GitRepo) -> None:
    """`check` exits 1 and names every bad file once, in text and in JSON."""
    done = tm(bad.path, "check")
    assert done.returncode == 1
    for name in BAD:
        assert name.removesuffix("/inside.yaml") in done.stdout
    found = json.loads(tm(bad.path, "check", "--json").stdout)["data"]["problems"]
    assert len(found) == len({json.dumps(problem) for problem in found})


def test_control_characters_in_names_do_not_reach_the_terminal(repo: GitRepo) -> None:
    """A file's name is a stranger's text: its escape sequences are not passed on."""
    if sys.platform == "win32":
        pytest.skip("no such names here")
    repo.write(".tasks/a\x1b[31m\nred.yaml", "title: x\n")
    repo.write(".tasks/bb.yaml", "title: y\n")
    for words in (("list",), ("check",), ("list", "--json")):
        done = tm(repo.path, *words)
        assert "\x1b" not in done.stdout + done.stderr


def test_a_task_without_times_has_them_from_history(repo: GitRepo) -> None:
    """Who made and last changed a file that says nothing of it is known from the commits of HEAD."""
    repo.write(".tasks/aa.yaml", "title: one\n")
    assert cached(repo.path)["changes"] == {"aa": ("", "", "", "")}
    repo.commit()
    made = cached(repo.path)["changes"]["aa"]
    repo.write(".tasks/aa.yaml", "title: two\n")
    repo.git("add", "-A")
    repo.git("-c", "user.name=Jonas", "commit", "-qm", "x", "--date=2031-01-01T00:00:00Z")
    changed = cached(repo.path)["changes"]["aa"]
    assert changed == ("2031-01-01T00:00:00Z", "Jonas", *made[2:])
    shown = json.loads(tm(repo.path, "show", "aa", "--json").stdout)["data"]
    assert (shown["updated_at"], shown["updated_by"]) == changed[:2]
    assert (shown["created_at"], shown["created_by"]) == made[2:]


def test_history_follows_branches_and_resets(repo: GitRepo) -> None:
    """After a switch, a rebase, an amend and a reset the changes told are those of HEAD, of no other commit."""
    repo.commit(files={".tasks/aa.yaml": "title: one\n"})
    repo.git("branch", "side")
    repo.commit(files={".tasks/aa.yaml": "title: two\n", ".tasks/bb.yaml": "title: bee\n"})
    assert cached(repo.path) == fresh(repo.path)
    repo.git("switch", "--quiet", "side")
    assert cached(repo.path) == fresh(repo.path)
    repo.commit(files={".tasks/cc.yaml": "title: sea\n"})
    repo.git("rebase", "--quiet", "main")
    assert cached(repo.path) == fresh(repo.path)
    repo.git("-c", "user.name=Li", "commit", "--quiet", "--amend", "--reset-author", "--no-edit")
    assert cached(repo.path) == fresh(repo.path)
    repo.git("reset", "--quiet", "--hard", "HEAD~2")
    assert cached(repo.path) == fresh(repo.path)
    assert "bb" not in cached(repo.path)["changes"]


def test_our_own_commit_needs_no_walk(repo: GitRepo) -> None:
    """After a command of ours, history is known up to its commit: the next read runs no git at all."""
    tm(repo.path, "init")
    made = tm(repo.path, "add", "One").stdout.strip()
    tm(repo.path, "show", made)
    tm(repo.path, "update", made, "--priority", "high")
    with opened(repo.path) as workspace:
        workspace.read()
        assert workspace.index.meta("history") == repo.git("rev-parse", "HEAD")
    assert cached(repo.path) == fresh(repo.path)
    trace = repo.path / "trace"
    environment = {**os.environ, "GIT_TRACE2_EVENT": str(trace)}
    done = tm(repo.path, "show", made, env=environment)
    assert "updated_by: Maria" in done.stdout
    assert not trace.exists()


def test_after_our_own_edit_nothing_is_parsed_again(repo: GitRepo) -> None:
    """The read that follows an update finds in the cache what the update left there."""
    tm(repo.path, "init")
    made = tm(repo.path, "add", "One").stdout.strip()
    tm(repo.path, "update", made, "--priority", "high")
    probe = (
        "from tmfiles.workspace import Workspace; import sys; print(Workspace.find('.').read().row(sys.argv[1])[4],"
        " [name for name in ('yaml', 'fastjsonschema') if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", probe, made], cwd=repo.path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "high []\n"


def test_a_view_that_is_asked_late_is_no_crash(repo: GitRepo) -> None:
    """A task that goes between two questions is 'no task', not a fault of the program."""
    repo.write(".tasks/aa.yaml", "title: one\n")
    with opened(repo.path) as workspace, opened(repo.path) as other:
        view = workspace.read()
        (repo.path / ".tasks/aa.yaml").unlink()
        other.read()
        for ask in (view.task, view.row, view.resolve):
            with pytest.raises(TmError, match="no task"):
                ask("aa")
        assert view.rows(Query()) == []


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no terminals here")
def test_a_long_first_read_shows_progress(repo: GitRepo) -> None:
    """Reading many files for the first time says how far it is, on a terminal, and cleans up after."""
    folder = repo.path / ".tasks"
    folder.mkdir()
    entry = "- at: 2026-01-02T03:04:05Z\n  by: li\n  kind: comment\n  text: some words\n"
    text = "title: one\njournal:\n" + entry * 150
    for n in range(900):
        (folder / f"t{n}.yaml").write_text(text)
    master, slave = pty.openpty()
    with subprocess.Popen(command(["list", "--limit", "1"]), cwd=repo.path, stdout=slave, stderr=slave) as child:
        os.close(slave)
        said = _drained(master)
    os.close(master)
    assert child.returncode == 0
    assert "reading tasks: " in said
    assert " of 900" in said
    assert said.rindex("\x1b[K") > said.rindex("reading tasks")


def _drained(terminal: int) -> str:
    said = b""
    while select.select([terminal], [], [], 60)[0]:
        try:
            said += os.read(terminal, 1 << 16)
        except OSError:
            break
    return said.decode()


def test_the_store_may_be_reached_by_a_link(repo: GitRepo, tmp_path: Path) -> None:
    """A folder that is a link to the repository is as good as the repository."""
    if sys.platform == "win32":
        pytest.skip("links need rights here")
    repo.commit(files={".tasks/aa.yaml": "title: one\n"})
    (tmp_path / "link").symlink_to(repo.path)
    assert cached(tmp_path / "link") == fresh(repo.path)


def test_history_outlives_the_commit_it_was_read_up_to(repo: GitRepo) -> None:
    """After an amend, and after Git threw the old commit away, history is read anew."""
    repo.commit(files={".tasks/aa.yaml": "title: one\n"})
    cached(repo.path)
    repo.git("-c", "user.name=Li", "commit", "--quiet", "--amend", "--reset-author", "--message", "other")
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("gc", "--quiet", "--prune=now")
    assert cached(repo.path) == fresh(repo.path)
    assert cached(repo.path)["changes"]["aa"][1] == "Li"


@pytest.mark.parametrize("odd", ["date", ".mailmap", "mailmap.file", "mailmap.blob", "hook"])
def test_our_own_commit_is_known_as_git_tells_it(repo: GitRepo, odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A date of the environment's, a mailmap, a hook that adds to the commit: the cache says what a full read says."""
    repo.commit(files={".tasks/bb.yaml": "title: bee\n"})
    tm(repo.path, "init")
    line = "Maria Sibylla <maria@example.org>\n"
    if odd == "date":
        monkeypatch.setenv("GIT_AUTHOR_DATE", "@1000000000 +0000")
    elif odd == ".mailmap":
        repo.write(".mailmap", line)
    elif odd == "mailmap.file":
        repo.git("config", odd, str(repo.write("names", line)))
    elif odd == "mailmap.blob":
        repo.git("config", odd, repo.git("hash-object", "-w", "--stdin", stdin=line.encode()))
    else:
        repo.write(".tasks/config.yaml", "version: 1\nrun_hooks: true\n")
        repo.commit()
        repo.write(".git/hooks/pre-commit", "#!/bin/sh\ngit add .tasks/bb.yaml\n").chmod(0o755)
    cached(repo.path)
    if odd == "hook":
        repo.write(".tasks/bb.yaml", "title: bumble\n")
        monkeypatch.setenv("TM_NOW", "2031-01-01T00:00:00Z")
    assert tm(repo.path, "add", "One", "--id", "aa").returncode == 0
    assert cached(repo.path) == fresh(repo.path)


def test_a_commit_that_took_ours_along_is_read(repo: GitRepo) -> None:
    """Where the user's own commit took our change in, what else it changed is known too."""
    store = Store(repo)
    for name in ("aa", "bb"):
        store.do("add", name, "--id", name)
    cached(repo.path)
    repo.write(".tasks/bb.yaml", "title: bee\n")
    real, acts = commits.publish, [("-c", "user.name=Li", "commit", "--quiet", "--all", "--message", "both")]

    def late(*args: Any) -> bool:
        if acts:
            repo.git(*acts.pop())
        return real(*args)

    with opened(repo.path) as workspace, pytest.MonkeyPatch.context() as patch:
        patch.setattr(commits, "publish", late)
        write(workspace, Order("update"), lambda _view: [edit.change("aa", {"priority": "high"})])
    assert store.subjects()[0] == "both"
    assert cached(repo.path) == fresh(repo.path)
    assert {who for _, who, *_ in cached(repo.path)["changes"].values()} == {"Li"}


def test_the_folder_itself_may_be_a_link(repo: GitRepo, tmp_path: Path) -> None:
    """A `.tasks` that is a link into another repository is written, committed and told of there."""
    if sys.platform == "win32":
        pytest.skip("links need rights here")
    store = Store(repo)
    home = tmp_path / "elsewhere"
    home.mkdir()
    (home / ".tasks").symlink_to(repo.path / ".tasks")
    made = store.tm("add", "One", cwd=home).out.strip()
    store.tm("update", made, "--priority", "high", cwd=home)
    store.tm("undo", cwd=home)
    assert store.doc(made)["priority"] == "medium"
    assert "tm: add" in store.tm("log", cwd=home).out
    assert store.tm("show", made, cwd=home).out == store.tm("show", made).out
    assert cached(home) == fresh(repo.path)
    store.assert_sound()


def test_what_is_here_again_was_not_deleted(repo: GitRepo) -> None:
    """A task that was deleted and put back without a commit is here."""
    repo.commit(files={".tasks/aa.yaml": "title: one\n", ".tasks/bb.yaml": "title: two\n"})
    for name in ("aa", "bb"):
        (repo.path / f".tasks/{name}.yaml").unlink()
    repo.commit()
    repo.write(".tasks/aa.yaml", "title: one\n")
    with opened(repo.path) as workspace:
        assert workspace.read().was_deleted(["aa", "bb", "cc"]) == {"bb"}


def test_what_is_no_file_is_told_in_order(repo: GitRepo) -> None:
    """A folder lists its entries in no order; the problems of what lies beside the tasks have one all the same."""
    for name in ("k", "b", "z", "a", "m", "c"):
        repo.write(f".tasks/{name}.yml", "title: a\n")
    with opened(repo.path) as workspace:
        assert [one.path for one in workspace.read().problems()] == [f".tasks/{name}.yml" for name in "abckmz"]
