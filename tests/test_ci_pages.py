"""The CI files of docs/how-to/ci.md do what the page says: their lines are run, on a good branch and a bad one."""

from __future__ import annotations

import os
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import GitRepo
from writing import ROOT, Store, program

PAGE = Path(ROOT) / "docs" / "how-to" / "ci.md"
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the runners of the page are Linux")


def block(name: str) -> Any:
    """Give the file that a block of the page is."""
    return next(yaml.safe_load(text) for text in BLOCKS if text.startswith(f"# {name}\n"))


@pytest.fixture
def runner(repo: GitRepo, tmp_path: Path) -> Any:
    """Give what runs a line as a runner does, in a clone with a branch; only installing is left out."""
    Store(repo)
    repo.commit("one", {".tasks/one.yaml": "title: One\n"})
    clone = GitRepo(tmp_path / "clone")
    repo.git("clone", "--quiet", str(repo.path), str(clone.path))
    base = clone.git("rev-parse", "HEAD")
    clone.git("switch", "--quiet", "-c", "branch")
    tm = program(tmp_path)
    env = {**os.environ, "PATH": f"{tm.parent}{os.pathsep}{os.environ['PATH']}", "GITHUB_BASE_REF": "main"}
    env |= {"CI": "true", "CI_MERGE_REQUEST_DIFF_BASE_SHA": base}

    def run(line: str) -> subprocess.CompletedProcess[str]:
        words = ["bash", "-eo", "pipefail", "-c", line]
        return subprocess.run(words, cwd=clone.path, env=env, capture_output=True, text=True, check=False)

    run.clone = clone  # type: ignore[attr-defined]
    return run


def broken_and_mended(clone: GitRepo) -> None:
    """Commit a mistake and its mending: the store is sound, and one commit of the branch was not."""
    clone.commit("break", {".tasks/two.yaml": "title: Two\ndepends_on: [gone]\n"})
    clone.commit("mend", {".tasks/two.yaml": "title: Two\ndepends_on: [one]\n"})


def test_github_actions(runner: Any) -> None:
    """A sound branch passes; the commit that was not sound is an annotation."""
    steps = block(".github/workflows/tasks.yml")["jobs"]["check"]["steps"]
    check, judge = [step["run"] for step in steps if step.get("run", "").startswith("tm ")]
    runner.clone.commit("two", {".tasks/two.yaml": "title: Two\ndepends_on: [one]\n"})
    assert [runner(line).returncode for line in (check, judge)] == [0, 0]
    broken_and_mended(runner.clone)
    assert runner(check).returncode == 0
    judged = runner(judge)
    assert judged.returncode == 1
    assert judged.stdout.startswith("::error file=.tasks/two.yaml,title=tm%3A missing-dependency,line=2,col=14::")


def test_sarif_for_code_scanning(runner: Any) -> None:
    """The line writes the file that is uploaded."""
    (line,) = re.findall(r"run: (tm check --format sarif .*)", PAGE.read_text(encoding="utf-8"))
    assert runner(line).returncode == 0
    assert (runner.clone.path / "tm.sarif").read_text().startswith("{")


def test_gitlab(runner: Any) -> None:
    """The job writes the report that it hands on, also when it fails."""
    job = block(".gitlab-ci.yml")["tasks"]
    lines = [line for line in job["script"] if not line.startswith("pip ")]
    report = runner.clone.path / job["artifacts"]["reports"]["junit"]
    assert [runner(line).returncode for line in lines] == [0, 0]
    broken_and_mended(runner.clone)
    assert [runner(line).returncode for line in lines] == [0, 1]
    runner.clone.commit("break", {".tasks/two.yaml": "title: [\n"})
    assert runner(lines[0]).returncode == 1
    assert ET.parse(report).getroot()[0].get("failures") == "1"  # noqa: S314 our own words


def test_pre_commit_names_hooks_that_are_there() -> None:
    """The ids of the page are those of .pre-commit-hooks.yaml, which another test runs with the real program."""
    known = {hook["id"] for hook in yaml.safe_load((Path(ROOT) / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    assert {hook["id"] for hook in block(".pre-commit-config.yaml")["repos"][0]["hooks"]} <= known
