"""Clones that sync and claim at once, are killed in the middle, and end with the same tasks."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from syncing import Own, assert_equal, ending, meet, team
from writing import command, environment


def process(store: Own, *args: str) -> subprocess.Popen[str]:
    """Start tm as a process under the clone's name."""
    return subprocess.Popen(
        command("--as", store.name, *args),
        cwd=store.path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_eight_clones_sync_at_once(tmp_path: Path) -> None:
    """Each finds others faster and begins anew; in the end all have all that each did."""
    clones = team(tmp_path, "a b c d e f g h", tasks=3)
    for clone in clones:
        clone.as_("comment", "task-0", f"Said by {clone.name}")
        clone.as_("update", "task-1", "--title", f"Title of {clone.name}")
    running = [process(clone, "sync", "--json") for clone in clones]
    told = [json.loads(one.communicate(timeout=120)[0])["data"] for one in running]
    assert [one.returncode for one in running] == [0] * 8
    assert max(one["tries"] for one in told) > 1
    for clone in clones:
        meet(clone)
    assert_equal(clones)
    doc = clones[0].doc("task-0")
    assert sorted(entry["text"] for entry in doc["journal"]) == [f"Said by {clone.name}" for clone in clones]


def killed_after(store: Own, seconds: float) -> bool:
    """Start a sync and kill it and its git after a time; tell whether it was still at work."""
    with process(store, "sync") as child:
        try:
            child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.communicate()
            return True
    return False


@pytest.mark.slow
def test_a_sync_that_is_killed_is_mended_by_the_next(tmp_path: Path) -> None:
    """Killed at any moment of a merge of many tasks, nothing is lost and the next sync finishes it."""
    ann, ben = team(tmp_path, "ann ben", tasks=1)
    chance = random.Random(4)
    lines = "".join(
        json.dumps({"op": "add", "id": f"many-{number}", "title": f"Many {number}"}) + "\n" for number in range(150)
    )
    (ann.path / "lines.jsonl").write_text(lines, encoding="utf-8")
    ann.as_("batch", str(ann.path / "lines.jsonl"))
    meet(ann)
    meet(ben)
    started = time.monotonic()
    with process(ben, "sync") as child:
        child.communicate(timeout=120)
    usual = time.monotonic() - started
    kills = 0
    for turn in range(5):
        for store in (ann, ben):
            texts = [
                json.dumps({"op": "update", "id": f"many-{number}", "tags": [f"{store.name}-{turn}"]}) + "\n"
                for number in range(150)
            ]
            (store.path / "lines.jsonl").write_text("".join(texts), encoding="utf-8")
            store.as_("batch", str(store.path / "lines.jsonl"))
        ann.as_("sync")
        kills += killed_after(ben, chance.uniform(0.5, 2.0) * usual)
        ben.as_("sync")
        ann.as_("sync")
        assert_equal([ann, ben])
        assert {f"ann-{turn}", f"ben-{turn}"} <= set(ann.doc("many-7")["tags"])
    assert kills


@pytest.mark.slow
@pytest.mark.parametrize("ahead", [True, False])
def test_a_sync_killed_at_each_step_is_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, ahead: bool) -> None:
    """Stopped after the record, the files, the index or the branch, the next command finishes it: nothing is half."""
    from tmfiles.workspace import join

    steps: dict[str, Any] = {
        "_keep": (join._Join, "_keep"),
        "_replace": (join._Join, "_replace"),
        "refresh_index": (join.worktree, "refresh_index"),
        "publish": (join.commits, "publish"),
    }
    ann, ben = team(tmp_path, "ann ben", tasks=2)
    for number, (name, (owner, attribute)) in enumerate(steps.items()):
        ann.as_("comment", "task-0", f"Ann {number}")
        meet(ann)
        if ahead:
            ben.as_("comment", "task-0", f"Ben {number}")

        with monkeypatch.context() as patch:
            patch.setattr(owner, attribute, ending(getattr(owner, attribute)))
            patch.setattr(join._Join, "_put_back", lambda _run: None)
            with pytest.raises(SystemExit):
                ben.as_("sync")
        # Any command that writes mends it, not only sync.
        done = ben.as_("comment", "task-1", f"After {name}")
        assert "interrupted tm sync" in done.err
        assert f"Ann {number}" in str(ben.doc("task-0"))
        meet(ben)
        meet(ann)
        assert_equal([ann, ben])
