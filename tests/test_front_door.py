"""The front door and Typer's are two ways into one room: same bytes, same exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import GitRepo

FORMS = [
    "list",
    "ls",
    "list --json",
    "list --plain",
    "list --limit 2",
    "list --limit 2 --plain",
    "list --json --limit 1",
    "list --limit 0",
    "ready",
    "ready --plain --limit 1",
    "ready --json",
    "next",
    "next --json",
    "next --plain",
    "show one",
    "show on --json",
    "show --plain one",
    "show t",
    "show nowhere",
    "show nowhere --json",
    "show bad",
    "check --staged",
    "check --staged --quiet",
    "check --staged --json",
    "check --staged one",
    # Not plain, or wrong: both doors must lead to the same refusal.
    "list --limit -1",
    "list --limit x",
    "list --limit",
    "list --json --plain",
    "list --json --json",
    "list word",
    "list --limit 1 --limit 2",
    "next --limit 1",
    "show",
    "show one two",
    "show ''",
    "list --frob",
]


def run(folder: Path, *words: str) -> tuple[int, bytes, bytes]:
    """Run a command and give all it says."""
    env = {**os.environ, "TM_NOW": "2026-11-22T10:00:00Z"}
    done = subprocess.run([sys.executable, "-m", "tmfiles", *words], cwd=folder, env=env, capture_output=True)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A store with tasks and a broken file, an empty store, and a folder without one."""
    folders = [tmp_path_factory.mktemp(name) for name in ("full", "empty", "none")]
    for folder in folders[:2]:
        GitRepo(folder).git("init", "--quiet")
        run(folder, "init")
    full = folders[0]
    for words in (["One", "--id", "one"], ["Two ünï", "--id", "two", "--depends-on", "one"], ["Three", "--id", "tree"]):
        assert run(full, "add", *words)[0] == 0
    (full / ".tasks" / "bad.yaml").write_text("title: [\n", encoding="utf-8")
    return folders


@pytest.mark.parametrize("form", FORMS)
def test_both_doors_say_the_same(stores: list[Path], form: str) -> None:
    """What is typed plainly prints the same bytes, to both streams, as the same behind an option of Typer's."""
    words = [word.strip("'") for word in form.split()]
    for folder in stores:
        assert run(folder, *words) == run(folder, "-C", ".", *words)


def test_the_front_door_is_free_of_typer(stores: list[Path]) -> None:
    """A plain form imports no parser, and one that is not plain does."""
    program = (
        "import sys; from tmfiles.cli.boundary import main; main(sys.argv[1:]);"
        "print(sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    for words, loaded in ((["list", "--limit", "1"], False), (["show", "one"], False), (["-q", "list"], True)):
        command = [sys.executable, "-c", program, *words]
        done = subprocess.run(command, cwd=stores[0], capture_output=True, text=True, check=True)
        assert ("'typer'" in done.stderr.splitlines()[-1]) is loaded


def test_the_front_door_is_one_small_file() -> None:
    """What is spared must not grow into a second parser."""
    source = Path(__file__).parent.parent / "tmfiles" / "cli" / "front.py"
    assert len(source.read_text(encoding="utf-8").splitlines()) < 80
