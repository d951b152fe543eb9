"""The example in the help of every command is run, in a store that has what it speaks of."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import pytest
from conftest import GitRepo
from test_cli_help import commands
from writing import Store, run

EXAMPLES = [
    pytest.param(words, line, id=line)
    for words, command in commands().items()
    for line in (command.help or "").strip().split("\n\n")[-1].splitlines()
]
# What must have happened before, where an example speaks of something done.
BEFORE = {
    "reopen": ["complete a1b2"],
    "feedback": ["complete a1b2"],
    "undo": ["comment a1b2 Words"],
    "redo": ["comment a1b2 Words", "undo"],
    "unarchive": ["complete a1b2", "archive a1b2"],
    "restore": ["add Lost --id a1b2c3d4", "delete a1b2c3d4"],
    "dep remove": ["dep add a1b2 c3d4"],
    "config unset": ["config set limit 20 --person"],
}
BEFORE |= {words: ["phase add design"] for words in ("phase show", "phase update", "phase approve", "phase remove")}
BEFORE |= {f"agent {verb}": ["agent register agent-7"] for verb in ("unregister", "show", "suggest")}
BEFORE["phase approve"] = ["phase add design --gate approved"]
BEFORE["triggers untrust"] = ["triggers trust pre-complete"]
BEFORE |= {f"user {name}": ["user add maria"] for name in ("update", "token", "revoke", "remove")}
# What runs until it is stopped, or is long: run by tests of its own.
ELSEWHERE = {
    "demo": "test_demo.py",
    "mcp": "test_mcp.py",
    "serve": "web/test_serve.py",
    "user passwd": "web/test_users.py",
    "wizard": "test_wizard.py",
}
_BUNDLE = "backup create --to ~/backups/project-20261122T100000Z.bundle"
BEFORE |= {words: [_BUNDLE] for words in ("backup verify", "backup restore", "backup prune")}
OPERATION = '{"op": "comment", "id": "a1b2", "text": "Words"}\n'
ISSUE = '{"id":"bd-1","title":"Old","status":"open","issue_type":"task","created_at":"2026-01-02T03:04:05Z"}\n'


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a repository with a store to copy: two tasks, and the files that examples read."""
    return tmp_path_factory.mktemp("template")


@pytest.fixture
def store(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Give a copy of the store of all examples."""
    if not (template / ".git").exists():
        repo = GitRepo(template)
        repo.git("init", "--quiet")
        made = Store(repo)
        criteria = ("--criterion", "One", "--criterion", "Two", "--criterion", "Three")
        both = ("--tag", "auth", "--due", "2030-01-01")
        with pytest.MonkeyPatch.context() as patch:  # some time ago, for those who ask what was then
            for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
                patch.setenv(name, "2025-01-01T00:00:00Z")
            made.do("add", "Sessions expire", "--id", "a1b2", "--assignee", "Maria", *both, *criteria)
            repo.write(".tasks/triggers/pre-complete", "#!/bin/sh\n").chmod(0o755)
            repo.commit("a trigger")
            made.do("add", "The login is cooked", "--id", "c3d4", *both)
        repo.write("operations.jsonl", OPERATION)
        repo.write(".beads/issues.jsonl", ISSUE)
    shutil.copytree(template, tmp_path / "repo")
    monkeypatch.chdir(tmp_path / "repo")
    monkeypatch.setenv("EDITOR", "true")
    (Path.home() / "backups").mkdir(exist_ok=True)
    return Store(GitRepo(tmp_path / "repo"), init=False)


def typed(line: str) -> list[str]:
    """Give the words of a line as a shell passes them on."""
    return [os.path.expanduser(word) for word in shlex.split(line)]


@pytest.mark.parametrize(("words", "example"), EXAMPLES)
def test_an_example_works(store: Store, words: str, example: str) -> None:
    """What a person copies from the help does what it says, and is refused nothing."""
    if words in ELSEWHERE:
        pytest.skip(f"tests/{ELSEWHERE[words]} runs it")
    for before in BEFORE.get(words, ()):
        store.do(*typed(before))
    if words == "commit":
        store.file("a1b2").write_text(f"# by hand\n{store.file('a1b2').read_text(encoding='utf-8')}", encoding="utf-8")
    if words == "sync":
        store.git("init", "--quiet", "--bare", "../origin.git")
        store.git("remote", "add", "origin", "../origin.git")
        store.git("push", "--quiet", "--set-upstream", "origin", "main")
    done = run(*typed(example)[1:])
    assert done.code == 0, done
