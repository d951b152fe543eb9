"""What keeps git from working is told in git's own words, and what points git elsewhere is ignored."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import NOW, GitRepo

from tmfiles.errors import TmError
from tmfiles.git import process
from tmfiles.git.commit import prepare
from tmfiles.git.repository import Repository, discover
from tmfiles.git.settings import settings
from tmfiles.git.worktree import entries, listed, refresh_index

TASK = ".tasks/a.yaml"


def found(repo: GitRepo) -> Repository:
    """Discover a repository that must be there."""
    here = discover(str(repo.path))
    assert here is not None
    return here


def test_git_is_missing(repo: GitRepo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without git the error says so and what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for attempt in (process.require, lambda: settings(found(repo))):
        with pytest.raises(TmError, match="git was not found") as e:
            attempt()
        assert "2.25" in e.value.hint
        assert e.value.code == "git"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for an old git")
def test_git_is_too_old(repo: GitRepo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A git that is too old is named as the reason when one of its commands fails."""
    old = tmp_path / "git"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "git version 2.20.1 (Old)" || exit 129\n')
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    for attempt in (process.require, lambda: settings(found(repo))):
        with pytest.raises(TmError, match=r"git 2\.20\.1 is too old"):
            attempt()


def test_this_git_will_do() -> None:
    """The git these tests run with is new enough, and its version is read as numbers."""
    assert process.require() >= process.OLDEST


def test_folder_is_gone(repo: GitRepo) -> None:
    """A work tree that vanished is not mistaken for a missing git."""
    here = found(repo)
    shutil.rmtree(repo.path)
    with pytest.raises(TmError, match="no folder"):
        settings(here)


def test_owned_by_another(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository of somebody else's is refused by git, and its way out is passed on."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(TmError, match="dubious ownership") as e:
        entries(found(repo), None, [TASK])
    assert "safe.directory" in e.value.message


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """Give a folder to an ordinary user, and be that user for the test's time."""
    if sys.platform == "win32":
        pytest.skip("permissions work otherwise there")
    folder = Path(tempfile.mkdtemp())
    root = os.geteuid() == 0
    config = Path(os.environ["GIT_CONFIG_GLOBAL"])
    try:
        (folder / "config").write_bytes(config.read_bytes())
        os.environ["GIT_CONFIG_GLOBAL"] = str(folder / "config")  # put back with all of the environment
        os.environ["HOME"] = str(folder)
        if root:
            for path in (folder, folder / "config"):
                os.chown(path, 65534, 65534)
            os.setegid(65534)
            os.seteuid(65534)
        yield folder
    finally:
        if root:
            os.seteuid(0)
            os.setegid(0)
        shutil.rmtree(folder, ignore_errors=True)


def test_read_only_repository(unprivileged: Path) -> None:
    """In a repository that can't be written, reading works and a commit fails in git's words, without a trace."""
    repo = GitRepo(unprivileged / "repo")
    repo.path.mkdir()
    repo.git("init", "--quiet")
    first = repo.commit(files={TASK: "a\n"})
    here = found(repo)
    folders = [Path(path) for path, _, _ in os.walk(here.gitdir)]
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert entries(here, first, [TASK])[TASK].head
        with pytest.raises(TmError, match=r"git fast-import: .*[Pp]ermission") as e:
            prepare(here, settings(here), first, {TASK: b"b\n"}, "m", NOW)
        assert "crash report" not in e.value.message
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert not list(Path(here.gitdir).glob("fast_import_crash*"))


def test_no_permission_is_not_taken_for_a_lock(unprivileged: Path) -> None:
    """Where git may not write its index it says so at once: nobody holds a lock that is waited for."""
    repo = GitRepo(unprivileged / "repo")
    repo.path.mkdir()
    repo.git("init", "--quiet")
    repo.commit(files={TASK: "a\n"})
    here = found(repo)
    Path(here.gitdir).chmod(0o555)
    began = time.monotonic()
    try:
        with pytest.raises(TmError, match=r"[Pp]ermission denied") as e:
            refresh_index(here, dict(listed(here, "HEAD")))
    finally:
        Path(here.gitdir).chmod(0o755)
    assert e.value.code == "git"
    assert time.monotonic() - began < 5


def test_crash_report_is_cleared_away(repo: GitRepo) -> None:
    """When fast-import fails, its words are kept and its crash report is not."""
    here = found(repo)
    with pytest.raises(TmError, match="git fast-import: ") as e:
        prepare(here, settings(here), "1" * 40, {TASK: b"b\n"}, "m", NOW)
    assert "crash report" not in e.value.message
    assert not list(Path(here.gitdir).glob("fast_import_crash*"))


def test_inside_a_hook_or_alias(repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What git sets for hooks and aliases leads no command astray; `git -c` is heeded."""
    other = GitRepo(tmp_path / "other")
    other.path.mkdir()
    other.git("init", "--quiet")
    for name, value in {
        "GIT_DIR": ".git",
        "GIT_WORK_TREE": ".",
        "GIT_INDEX_FILE": ".git/odd",
        "GIT_PREFIX": "x/",
    }.items():
        monkeypatch.setenv(name, str(other.path / value))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'user.name=Robot'")
    here = found(repo)
    made = prepare(here, settings(here), None, {TASK: b"a\n"}, "m", NOW)
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_WORK_TREE")
    assert repo.git("log", "-1", "--format=%an", made.commit) == "Robot"
    assert not (repo.path / ".git/odd").exists()
