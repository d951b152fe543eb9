"""Every command that writes, in a form that changes something: a new one gets a line in `COMMANDS`."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from conftest import GitRepo
from writing import Store

# What the command line says after `tm`, by the command's name, a second form behind a comma. The store is that
# of `filled`; {issues} is a file of another tracker's, {operations} one for batch.
COMMANDS = {
    "add": "add 'A new one' --depends-on one",
    "update": "update one two --priority high",
    "update, clear": "update one --clear tags -d Words",
    "edit": "edit one",
    "assign": "assign one two li",
    "place": "place two --before one --by priority --to high",
    "start": "start two",
    "complete": "complete two --summary Words --actual 3h",
    "cancel": "cancel one --reason No",
    "reopen": "reopen three",
    "delete": "delete one three",
    "delete, forced": "delete two --force",
    "dep add": "dep add one three",
    "dep remove": "dep remove one two",
    "comment": "comment one Words",
    "share": "share one Words",
    "discover": "discover one Words",
    "progress": "progress one Words",
    "checkpoint": "checkpoint one Words",
    "join": "join one",
    "feedback": "feedback three --quality 4 --timeliness 5",
    "criteria add": "criteria add one 'It holds'",
    "criteria met": "criteria met two 1",
    "criteria remove": "criteria remove two 1",
    "claim": "claim two",
    "release": "release old",
    "fmt": "fmt one",
    "config set": "config set layout flat",
    "config unset": "config unset commit",
    "archive": "archive three",
    "unarchive": "unarchive old",
    "reopen, archived": "reopen old",
    "import": "import beads {issues}",
    "batch": "batch {operations}",
    "wizard": "wizard --quick",
    "phase add": "phase add build --gate none --before alpha",
    "phase update": "phase update alpha --gate criteria",
    "phase approve": "phase approve alpha",
    "phase remove": "phase remove alpha",
    "agent register": "agent register li --capabilities web --at-once 2",
    "agent register, again": "agent register Bo Bob --type reviewer",
    "agent unregister": "agent unregister bo",
    "agent message": "agent message li 'Look here' -p high --about one",
    "agent redistribute": "agent redistribute --threshold 1",
    "template create": "template create pair one two",
    "template apply": "template apply feature --var feature=Dark --var owner=li",
    "migrate": "migrate --layout sharded",
    "migrate, ids": "migrate --ids one=first old two",
    "restore": "restore three --at HEAD~3",
}
# What takes back is told of by its own tests.
OTHERS = {"undo", "redo"}


def filled(repo: GitRepo) -> Store:
    """Make a store of three tasks, of which one is completed and one depends on another."""
    store = Store(repo)
    for task_id in ("one", "two", "three"):
        store.do("add", f"Task {task_id}", "--id", task_id, *(["--criterion", "It works"] if task_id == "two" else []))
    repo.write(
        ".tasks/one.yaml", "# a comment\ntitle: 'Task one'   # quoted\nextra: {kept: [1]}\n\ndepends_on:\n- two\n"
    )
    store.do("complete", "three", "--summary", "Done")
    claim = "{by: Maria, at: 2025-05-04T10:00:00Z, until: 2999-01-01T00:00:00Z}"
    old = f"title: Task long done\nstatus: completed\ncompleted_at: 2025-05-05\nclaim: {claim}\n"
    repo.write(".tasks/archive/2025/old.yaml", old)
    repo.write(".tasks/config.yaml", "version: 1\ncommit: auto\nphases:\n- name: alpha\n")
    repo.commit("an archived task")
    store.do("update", "one", "--tag", "web")
    return store


def peopled(store: Store, name: str) -> Store:
    """Register two who work on its tasks, where the command is about such."""
    if name.startswith("agent"):
        store.do("agent", "register", "Bo", "--capabilities", "web")
        store.do("agent", "register", "ann", "--at-once", "9")
        store.do("assign", "one", "two", "Bo")
    return store


def words(name: str, folder: Path) -> list[str]:
    """Give the words of a command; what it reads is written into `folder`."""
    path = folder / "issues.jsonl"
    if "{issues}" in COMMANDS[name]:
        # More than a hundred files take another way to the disk.
        issues = [{"id": f"bd-{n}", "title": f"Issue {n}", "status": "open", "issue_type": "spike"} for n in range(130)]
        path.write_text("\n".join(map(json.dumps, issues)), encoding="utf-8")
    operations = folder / "operations.jsonl"
    some = ({"op": "add", "title": "New", "as": "new"}, {"op": "start", "id": "two"}, {"op": "delete", "id": "one"})
    operations.write_text("\n".join(map(json.dumps, some)), encoding="utf-8")
    return shlex.split(COMMANDS[name].format(issues=path, operations=operations))
