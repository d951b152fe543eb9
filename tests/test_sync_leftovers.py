"""`tm sync` and `tm commit` where an earlier command or git was killed: what it left is finished, or told."""

from __future__ import annotations

from pathlib import Path

import pytest
from syncing import Own, assert_equal, team
from test_write_record import STEPS, kill_at

from tmfiles.workspace import edit


@pytest.fixture
def pair(tmp_path: Path) -> list[Own]:
    """Give two clones of one store."""
    return team(tmp_path, "ann ben")


@pytest.mark.parametrize("lock", ["refs/remotes/origin/main.lock", "refs/heads/main.lock"])
def test_a_lock_that_a_dead_git_left(pair: list[Own], lock: str) -> None:
    """A lock file that stays is named, with what to do and no advice to delete; without it sync goes on."""
    ann, ben = pair
    ben.as_("start", "task-1")
    ben.as_("sync")
    ann.as_("comment", "task-0", "mine")
    file = ann.path / ".tasks/.git" / lock
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    said = ann.as_("sync", code=6).err
    assert lock in said
    assert "move the file out of the way" in said
    assert "remove" not in said
    file.unlink()
    ann.as_("sync")
    assert ann.doc("task-1")["status"] == "in_progress"


@pytest.mark.parametrize(("command", "step"), [*(("sync", step) for step in STEPS), ("commit", "publish")])
def test_after_a_killed_write(pair: list[Own], command: str, step: str) -> None:
    """What a killed command left is finished first, and not taken for an edit by hand that somebody made just now."""
    ann, ben = pair
    kill_at(ann, step, [edit.change("task-0", {"priority": "high"}), edit.remove("task-1")])
    said = ann.as_(command)
    assert "finished an interrupted tm update task-0, task-1" in said.out + said.err
    assert ann.subjects()[0].startswith("tm: update")
    assert ann.status() == ""
    ann.as_("sync")
    ben.as_("sync")
    assert_equal(pair)
