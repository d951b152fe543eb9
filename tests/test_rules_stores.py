"""The rules between tasks and about files as such: each folder of tests/files/stores is a store."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles import rules
from tmfiles.check import check
from tmfiles.errors import Problem
from tmfiles.workspace import Workspace

STORES = Path(__file__).parent / "files" / "stores"
EXPECTED = re.compile(r"# expect (\d+):(\d+) (\S+) (.*)")
# Broken where they are made: by links, devices, size, permission and history, which no folder here can hold.
ELSEWHERE = {"symbolic-link", "unreadable", "too-large", "used-id", "policy-transition"}


def problems(folder: Path, tmp_path: Path) -> list[Problem]:
    """Check a copy of a store."""
    shutil.copytree(folder, tmp_path / ".tasks")
    workspace = Workspace.find(str(tmp_path))
    try:
        return check(workspace)
    finally:
        workspace.close()


def expected(folder: Path) -> list[tuple[str, int, int, str, str]]:
    """Give what the first lines of a store's files say is wrong with them."""
    found = []
    for path in filter(Path.is_file, folder.rglob("*.y*ml")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := EXPECTED.fullmatch(line):
                at = folder / "folder.yaml" if match[3] == "not-a-file" else path
                place = (int(match[1]), int(match[2]))
                found.append((f".tasks/{at.relative_to(folder).as_posix()}", *place, match[3], match[4]))
    return sorted(found)


@pytest.mark.parametrize("folder", sorted((STORES / "good").iterdir()), ids=lambda path: path.name)
def test_good_stores(folder: Path, tmp_path: Path) -> None:
    """A store in good has neither errors nor warnings."""
    assert problems(folder, tmp_path) == []


@pytest.mark.parametrize("folder", sorted((STORES / "bad").iterdir()), ids=lambda path: path.name)
def test_bad_stores(folder: Path, tmp_path: Path) -> None:
    """A store in bad breaks the rule it is named after, and no other, where its files expect it."""
    wanted = expected(folder)
    told = sorted(problems(folder, tmp_path))
    assert {problem.rule for problem in told} == {folder.name}
    assert [tuple(problem[:4]) for problem in told] == [want[:4] for want in wanted]
    for problem, want in zip(told, wanted, strict=True):
        assert want[4] in problem.message
        if folder.name in rules.RULES and not folder.name.startswith("policy-"):
            assert problem.severity == rules.RULES[folder.name][0]


def test_every_rule_has_a_bad_example() -> None:
    """No rule is without a file or a store that breaks it."""
    files = (STORES.parent / "bad").glob("*.yaml")
    named = {
        match for path in files for match in re.findall(r"# expect \d+:\d+ (\S+)", path.read_text("utf-8", "replace"))
    }
    assert rules.RULES.keys() - ELSEWHERE - named == {path.name for path in (STORES / "bad").iterdir()} - named


def test_too_large_and_links(repo: GitRepo) -> None:
    """What no folder of this repository can hold is told too."""
    store = Store(repo)
    store.repo.write(".tasks/huge.yaml", "#" * (1024 * 1024 + 1))
    (store.path / ".tasks/link.yaml").symlink_to("nowhere")
    out = store.do("check", code=1).out
    assert ".tasks/huge.yaml: 1,048,577 bytes; a task file may have 1,048,576 (too-large)\n" in out
    assert ".tasks/link.yaml: a symbolic link is not followed: put the file itself here (symbolic-link)\n" in out
