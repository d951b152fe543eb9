"""What every command prints with --json is what schemas/output.schema.json describes, and no more."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import GitRepo
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7
from writing import run

from tmfiles.cli.app import COMMANDS

FOLDER = Path(__file__).parent.parent / "schemas"
SCHEMA = json.loads((FOLDER / "output.schema.json").read_text(encoding="utf-8"))
TASK = json.loads((FOLDER / "task.schema.json").read_text(encoding="utf-8"))
ISSUE = (
    '{"id":"bd-1","title":"Old","status":"open","priority":4,"issue_type":"spike","created_at":"2026-01-02T03:04:05Z"}'
)

# What stands beside the data.
BESIDE = {
    "list": {"total", "problems"},
    "search": {"total", "problems"},
    "groups": {"total", "problems", "grouped_by"},
    "next": {"problems"},
    "board": {"problems"},
    **{key: {"problems"} for key in ("metrics", "report", "velocity")},
    "watch": {"left"},
}

# What each command answers, in order; every command that has --json is here at least once.
SESSION: tuple[tuple[str, str, int], ...] = (
    ("init", "init", 0),
    ("init", "init", 0),
    ("changed", "add One --id one --priority high --tag a,b --due 2026-12-01 --criterion Done --file a.py", 0),
    ("changed", "add Two --id two --depends-on one --parent one --description Words", 0),
    ("changed", "update two --tag x --estimate 3h", 0),
    ("changed", "update two --tag x", 0),
    ("changed", "assign one maria", 0),
    ("changed", "place one --after two --by assignee --to maria", 0),
    ("changed", "edit one", 0),
    ("list", "list", 0),
    ("list", "list --limit 1 --all", 0),
    ("list", "ready", 0),
    ("list", "blocked", 0),
    ("groups", "list --group-by tag", 0),
    ("search", "search one", 0),
    ("search", "search w* --limit 1", 0),
    ("search", "search nothing", 0),
    ("groups", "search one --group-by status", 0),
    ("groups", "ready --group-by fields.customer", 0),
    ("next", "next", 0),
    ("show", "show one", 0),
    ("show", "show one two", 0),
    ("tree", "dep tree two", 0),
    ("cycles", "dep cycles", 0),
    ("graph", "graph", 0),
    ("board", "board", 0),
    ("board", "board --by assignee --all --limit 1", 0),
    ("context", "context one", 0),
    ("context", "context two", 0),
    ("completion", "completion zsh", 0),
    ("graph", "graph two --up --critical-path", 0),
    ("changed", "dep remove two one", 0),
    ("changed", "dep add two one", 0),
    ("changed", "comment one Words", 0),
    ("changed", "share one Words", 0),
    ("changed", "discover one Words", 0),
    ("changed", "progress one Words", 0),
    ("changed", "checkpoint one Words", 0),
    ("changed", "join one", 0),
    ("note", "note one", 0),
    ("note", "note one Words", 0),
    ("changed", "criteria add one More", 0),
    ("changed", "criteria met one 1", 0),
    ("criteria", "criteria list one", 0),
    ("changed", "criteria remove one 2", 0),
    ("changed", "claim one", 0),
    ("changed", "release one", 0),
    ("next", "next --claim", 0),
    ("changed", "start one", 0),
    ("changed", "complete one --summary Done --validate --impact-review --actual 1h", 0),
    ("changed", "feedback one --quality 4 --timeliness 5 --note Good", 0),
    ("watch", "watch --mine --limit 1", 0),
    ("templates", "template list", 0),
    ("template", "template show feature", 0),
    ("template", "template create own one two", 0),
    ("batch", "template apply own --dry-run", 0),
    ("phases", "phase add design --gate approved", 0),
    ("phases", "phase add build", 0),
    ("changed", "update two --phase build", 0),
    ("phase", "phase show build", 0),
    ("list", "blocked", 0),
    ("graph", "graph --all", 0),
    ("phases", "phase update design --gate none", 0),
    ("phases", "phase approve design", 0),
    ("phases", "phase remove design", 0),
    ("phases", "phase list", 0),
    ("agent", "agent register li --capabilities web,x --type developer", 0),
    ("agent", "agent register bo Bo --at-once 1", 0),
    ("suggestions", "agent suggest two", 0),
    ("sent", "agent message li Words -p high --about two", 0),
    ("inbox", "agent inbox --all", 0),
    ("agents", "agent list", 0),
    ("agent", "agent show li", 0),
    ("agents", "agent workload", 0),
    ("redistributed", "agent redistribute --threshold 1 --dry-run", 0),
    ("agents", "agent unregister bo", 0),
    ("metrics", "metrics", 0),
    ("report", "report", 0),
    ("velocity", "report --velocity --weeks 3", 0),
    ("metrics", "metrics --period week --feedback", 0),
    ("changed", "reopen one", 0),
    ("changed", "cancel one --reason Not", 0),
    ("changed", "undo", 0),
    ("changed", "redo", 0),
    ("undoable", "undo --list", 0),
    ("changed", "undo 2", 0),
    ("changed", "redo", 0),
    ("changed", "delete one --force", 0),
    ("changed", "restore one --at HEAD~1", 0),
    ("restored", "restore --all", 0),
    ("changed", "delete one", 0),
    ("changed", "cancel two", 0),
    ("archivable", "archive --older-than 0d --dry-run", 0),
    ("changed", "archive two", 0),
    ("changed", "unarchive two", 0),
    ("changed", "reopen two", 0),
    ("backup_create", "backup create --to backups/one.bundle", 0),
    ("backup", "backup verify backups/one.bundle", 0),
    ("backup_create", "backup create --to backups --since backups/one.bundle", 0),
    ("backup_mirror", "backup create --to mirror.git", 0),
    ("backup_restore", "backup restore backups/one.bundle elsewhere", 0),
    ("backup_prune", "backup prune backups --keep 1", 0),
    ("migration_state", "migrate --status", 0),
    ("migration", "migrate --dry-run", 0),
    ("migration", "migrate --layout sharded", 0),
    ("migration", "migrate --ids --dry-run", 0),
    ("changed", "undo", 0),
    ("moved", "migrate --to-branch tasks", 0),
    ("moved", "migrate --to-tree", 0),
    ("log", "log --limit 3 --patch", 0),
    ("log", "log two", 0),
    ("log", "log --deleted", 0),
    ("blame", "blame two", 0),
    ("diff", "diff HEAD~6", 0),
    ("batch", "batch lines.jsonl --dry-run", 0),
    ("batch", "batch lines.jsonl", 0),
    ("batch", "add --plan plan.yaml --dry-run", 0),
    ("batch", "add --plan plan.yaml", 0),
    ("import", "import beads issues.jsonl --dry-run", 0),
    ("import", "import beads issues.jsonl", 0),
    ("import", "import beads issues.jsonl", 0),
    ("resolve", "resolve", 0),
    ("check", "check", 0),
    ("check", "check --staged", 0),
    ("check", "check --fix", 0),
    ("fmt", "fmt --diff", 0),
    ("fmt", "fmt", 0),
    ("check", "check --range HEAD", 0),
    ("doctor", "doctor", 0),
    ("editor", "config editor vscode", 0),
    ("editor", "config editor neovim --write", 0),
    ("plugins", "plugins", 0),
    ("prime", "prime", 0),
    ("setup", "setup claude --mcp --dry-run", 0),
    ("setup", "setup claude --mcp --yes", 0),
    ("setup", "setup claude --remove --yes", 0),
    ("hooks", "hooks install", 0),
    ("hooks", "hooks status", 0),
    ("hooks", "hooks uninstall", 0),
    ("triggers", "triggers list", 0),
    ("trigger", "triggers trust pre-delete", 0),
    ("triggers", "triggers list", 0),
    ("trigger", "triggers untrust pre-delete", 0),
    ("user", "user add maria --role admin", 0),
    ("user_token_made", "user token maria --label laptop --days 30", 0),
    ("users", "user list", 0),
    ("user", "user update maria --role editor", 0),
    ("user", "user revoke maria", 0),
    ("user", "user remove maria", 0),
    ("config", "config", 0),
    ("said", "config get limit", 0),
    ("put", "config set limit 20", 0),
    ("put", "config set limit 20 --person", 0),
    ("put", "config unset limit", 0),
    ("schema", "schema", 0),
    ("schema", "schema custom", 0),
    ("gathered", "commit --dry-run", 0),
    ("gathered", "commit", 0),
    ("gathered", "commit", 0),
    ("sync", "sync --dry-run", 0),
    ("sync", "sync", 0),
    ("error", "show nowhere", 1),
    ("error", "list --status done", 2),
    ("error", "list --frob", 2),
    ("error", "frob", 2),
    ("error", "add", 2),
    ("error", "dep frob", 2),
    ("error", "import beads nowhere", 2),
    ("error", "-C nowhere list", 2),
)


@pytest.fixture
def tm(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run `tm` with --json; the document must be all of standard output, and nothing may stand beside it."""
    monkeypatch.chdir(repo.path)
    monkeypatch.setenv("TM_EDITOR", "sed -i s/One/First/")

    def answer(words: str, code: int) -> dict[str, Any]:
        done = run(*words.split(), "--json")
        assert (done.code, done.err) == (code, ""), f"{words}: {done}"
        assert done.out.count("\n") == 1
        document: dict[str, Any] = json.loads(done.out)
        return document

    return answer


def valid(document: dict[str, Any], answer: str) -> None:
    """Hold a document against the whole schema, and its data against the answer's own part, strictly."""
    registry: Registry[Any] = Registry().with_resource("task.schema.json", Resource(TASK, DRAFT7))
    jsonschema.Draft202012Validator(SCHEMA, registry=registry).validate(document)
    part = {"$defs": _closed(SCHEMA["$defs"]), "$ref": f"#/$defs/{answer}"}
    jsonschema.Draft202012Validator(part, registry=registry).validate(document.get("data", document.get("error")))


def _closed(schema: Any) -> Any:
    """Give the schema with every object closed to keys that it does not describe, but for tasks."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items() if key != "allOf"}
    if schema.get("type") == "object" and "properties" in schema and "allOf" not in schema:
        closed.setdefault("additionalProperties", False)
    return {**closed, **({"allOf": schema["allOf"]} if "allOf" in schema else {})}


def test_every_command_answers_by_the_schema(tm: Any, repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session with every command: each document is valid, and what it says is described."""
    repo.write(".tasks/triggers/pre-delete", "#!/bin/sh\n")
    repo.commit("a trigger")
    repo.git("init", "--quiet", "--bare", "../origin.git")
    repo.git("config", "remote.origin.url", "../origin.git")
    repo.git("config", "branch.main.remote", "origin")
    repo.git("config", "branch.main.merge", "refs/heads/main")
    repo.write("issues.jsonl", ISSUE)
    repo.git("init", "--quiet", "--bare", "mirror.git")
    repo.write("lines.jsonl", '{"op": "add", "title": "Three", "as": "x"}\n{"op": "start", "id": "$x"}\n')
    repo.write("plan.yaml", "tasks: [{name: x, title: X}, {title: Y, depends_on: x, children: [{title: Z}]}]\n")
    for answer, words, code in SESSION:
        document = tm(words, code)
        valid(document, answer)
        beside = BESIDE.get(answer, set())
        assert document.keys() == {"version", "error" if answer == "error" else "data", *beside}
    assert {words.split()[0] for _, words, _ in SESSION} >= set(COMMANDS) - {"demo", "export", "mcp", "serve", "wizard"}
    monkeypatch.setattr(sys, "stdin", io.StringIO("Write #docs !high"))
    valid(tm("wizard --quick", 0), "batch")


def test_lists_carry_what_cannot_be_read(tm: Any, repo: GitRepo) -> None:
    """An unreadable file stands beside the tasks of every list, and in the refusal when nothing is ready."""
    tm("init", 0)
    tm("add Fine --id fine", 0)
    repo.write(".tasks/bad.yaml", "title: [\n")
    for words in ("list", "ready", "blocked", "next"):
        document = tm(words, 0)
        valid(document, "next" if words == "next" else "list")
        assert [problem["path"] for problem in document["problems"]] == [".tasks/bad.yaml"]
    tm("complete fine", 0)
    refused = tm("next", 1)
    valid(refused, "error")
    assert [problem["path"] for problem in refused["error"]["problems"]] == [".tasks/bad.yaml"]
    checked = tm("check", 1)
    valid(checked, "check")
    assert checked["data"]["errors"] == 1
    valid(tm("delete bad", 1), "error")  # its text is in no commit yet
    repo.commit("a broken file")
    deleted = tm("delete bad", 0)
    valid(deleted, "changed")
    assert (deleted["data"]["tasks"], deleted["data"]["changed"]) == ([], ["bad"])


def test_keys_of_a_persons_own_hide_nothing(tm: Any, repo: GitRepo) -> None:
    """A file that holds keys named like computed ones is shown with the computed ones."""
    tm("init", 0)
    repo.write(".tasks/odd.yaml", "title: Odd\nid: other\npath: elsewhere\nblocked_by: nobody\nupdated_by: me\n")
    shown = tm("show odd", 0)["data"]
    assert (shown["id"], shown["path"], shown["blocked_by"]) == ("odd", ".tasks/odd.yaml", [])
