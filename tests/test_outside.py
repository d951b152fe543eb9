"""Programs called tm-NAME on PATH are commands, as Git's are; what lies about in a repository is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store

pytestmark = pytest.mark.skipif(os.name == "nt", reason="written for a shell")


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store."""
    return Store(repo)


def program(path: Path, text: str) -> None:
    """Write a shell script that can be run."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def test_words_folder_name_and_exit_code_go_through(store: Store, tmp_path: Path) -> None:
    """The program gets the words as they are and what the options before it say; its exit code is tm's."""
    program(tmp_path / "bin" / "tm-probe", 'printf "%s|" "$@" "$TM_AGENT_ID" "$(pwd -P)"; exit 3')
    env = {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    done = store.tm("-C", str(tmp_path), "--as", "maria", "probe", "--json", "a b", "-C", code=3, env=env)
    assert done.out == f"--json|a b|-C|maria|{tmp_path.resolve()}|"
    assert "not passed on to tm-probe" in store.tm("-q", "probe", code=2, env=env).err
    assert "takes a folder" in store.tm("-C", "nowhere", "probe", code=2, env=env).err


def test_ours_go_before_and_merge_is_no_command(store: Store, tmp_path: Path) -> None:
    """A program cannot stand in the place of a command of tm's, and what Git calls is not for people."""
    for name in ("list", "merge", "ls"):
        program(tmp_path / "bin" / f"tm-{name}", "echo outside")
    env = {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    assert "outside" not in store.tm("list", env=env).out + store.tm("ls", env=env).out
    assert "no command 'merge'" in store.tm("merge", code=2, env=env).err


def test_a_repository_adds_no_command(store: Store) -> None:
    """A program in the current folder is not run, even where PATH names that folder relatively."""
    program(store.path / "tm-probe", "echo outside")
    program(store.path / "bin" / "tm-probe", "echo outside")
    for more in (".", "bin", ""):
        env = {"PATH": f"{more}{os.pathsep}{os.environ['PATH']}"}
        assert "no command 'probe'" in store.tm("probe", code=2, env=env).err
        assert "no command './probe'" in store.tm("./probe", code=2, env=env).err


def test_what_cannot_be_started_is_told(store: Store, tmp_path: Path) -> None:
    """A program whose first line names nothing is a refusal with its path, no bug."""
    program(tmp_path / "bin" / "tm-probe", "")
    (tmp_path / "bin" / "tm-probe").write_text("#!/nowhere/at/all\n", encoding="utf-8")
    env = {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    assert "cannot be started" in store.tm("probe", code=1, env=env).err
