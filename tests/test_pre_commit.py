"""The pre-commit framework itself runs our hooks, installed from a local clone of this repository."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import ROOT, Store

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("pre_commit") is None, reason="pre-commit is not installed"),
]
ONE, TWO = ".tasks/one.yaml", ".tasks/two.yaml"
CONFIG = """\
repos:
- repo: {source}
  rev: {rev}
  hooks:
  - id: tm-check
  - id: tm-commit-msg
  - id: tm-check-all
    stages: [manual]
"""


def source(folder: Path) -> GitRepo:
    """Make a repository of what an installation of this project needs, as its files are now."""
    made = GitRepo(folder)
    folder.mkdir()
    made.git("init", "--quiet")
    for name in ("tmfiles", "schemas", "hooks"):
        shutil.copytree(Path(ROOT) / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(Path(ROOT) / name, folder / name)
    made.commit("as it is")
    return made


def test_the_framework_judges_each_commit(repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cycle, deletion, staged against work tree, both ways, partly staged, and a message: judged as committed."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "framework"))
    store = Store(repo)
    rev = source(tmp_path / "source").git("rev-parse", "HEAD")
    config = CONFIG.format(source=tmp_path / "source", rev=rev)
    repo.commit(
        "tasks", {ONE: "title: One\n", TWO: "title: Two\ndepends_on: [one]\n", ".pre-commit-config.yaml": config}
    )
    words = ["install", "--install-hooks", "-t", "pre-commit", "-t", "commit-msg"]
    subprocess.run([sys.executable, "-m", "pre_commit", *words], cwd=repo.path, check=True, stdout=subprocess.DEVNULL)

    def commit(*args: str, code: int = 0) -> str:
        done = subprocess.run(["git", "commit", *args], cwd=repo.path, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        return done.stderr

    repo.write("code.py", "pass\n")
    repo.git("add", "code.py")
    commit("-m", "code alone")
    repo.write(ONE, "title: One\ndepends_on: [three]\n")
    repo.write(".tasks/three.yaml", "title: Three\ndepends_on: [two]\n")
    repo.git("add", ".tasks")
    assert f"{ONE}:2:14: tasks wait for each other: one → three → two → one (cycle)" in commit("-m", "x", code=1)
    repo.git("reset", "--quiet", "--hard")
    repo.git("rm", "--quiet", ONE)
    assert f"{TWO}:2:14: depends on 'one', which does not exist" in commit("-m", "x", code=1)
    repo.git("reset", "--quiet", "--hard")
    repo.write(ONE, "title: [\n")
    repo.git("add", ONE)
    repo.write(ONE, "title: One\n")
    assert "(yaml)" in commit("-m", "staged is broken", code=1)
    repo.write(ONE, "title: First\n")
    repo.git("add", ONE)
    repo.write(ONE, "title: [\n")
    repo.write(TWO, "title: [\n")
    commit("-m", "only the work tree is broken")
    repo.git("checkout", "--quiet", ".")
    check_all = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--hook-stage", "manual"]
    assert subprocess.run(check_all, cwd=repo.path, capture_output=True, check=False).returncode == 0
    repo.write(TWO, "title: [\n")
    repo.git("commit", "--quiet", "--no-verify", "-am", "broken")
    assert b"(yaml)" in subprocess.run(check_all, cwd=repo.path, capture_output=True, check=False).stdout
    repo.git("revert", "--no-edit", "HEAD")
    assert "names 'gone', and there is no such task" in commit("--allow-empty", "-m", "x\n\nTm-Refs: gone", code=1)
    commit("--allow-empty", "-m", "x\n\nTm-Refs: two")
    repo.git("rm", "-r", "--quiet", ".tasks")
    commit("-m", "no tasks any more")
    assert store.subjects()[0] == "no tasks any more"
