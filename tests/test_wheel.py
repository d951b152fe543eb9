"""What is built from here works where nothing but its dependencies is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel installs, and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    wheel = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(wheel, check=True, capture_output=True)
    built = next(folder.glob("*.whl"))
    subprocess.run([*pip, "install", "--no-deps", "--target", str(folder / "site"), str(built)], check=True)
    return folder / "site"


def test_wheel_runs_the_main_job(site: Path, tmp_path: Path) -> None:
    """From the wheel alone a store is made, a bad edit is refused, and what was added is listed and committed."""
    env = {**os.environ, "PYTHONPATH": str(site)}

    def tm(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tmfiles", *words]
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)

    where = [sys.executable, "-c", "import tmfiles; print(tmfiles.__file__)"]
    assert subprocess.run(where, cwd=tmp_path, env=env, capture_output=True, text=True).stdout.startswith(str(site))
    assert tm("init").returncode == 0
    task_id = tm("add", "Write the docs", "-p", "high").stdout.strip()
    assert tm("list").stdout == f"{task_id}  pending  -  Write the docs\n"
    # Wording a schema's failure needs the schema itself, which the wheel must bring along.
    (tmp_path / ".tasks" / f"{task_id}.yaml").write_text("title: [a, b]\n", encoding="utf-8")
    refused = tm("start", task_id)
    assert refused.returncode == 1
    assert f".tasks/{task_id}.yaml:1:1" in refused.stderr
    assert "(schema)" in refused.stderr


def test_wheel_brings_schemas_and_hooks(site: Path) -> None:
    """The files that lie beside the package in a checkout lie inside it once installed."""
    data = site / "tmfiles" / "data"
    assert {path.name for path in (data / "schemas").iterdir()} == {path.name for path in (ROOT / "schemas").iterdir()}
    assert {path.name for path in (data / "hooks").iterdir()} == {path.name for path in (ROOT / "hooks").iterdir()}
    assert (site / "bin" / "tm").exists() or (site / "Scripts" / "tm.exe").exists()
