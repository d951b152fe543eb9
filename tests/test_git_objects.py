"""Bytes go through git's clean filters on their way in, and the ids told beforehand are the ones git gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import GitRepo
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from tmfiles.errors import TmError
from tmfiles.git.objects import blob_ids, read
from tmfiles.git.repository import Repository, discover
from tmfiles.git.settings import settings

TASK = ".tasks/a.yaml"
SETUPS = {
    "nothing": ({}, "", b"a\r\nb\n", b"a\r\nb\n"),
    "autocrlf": ({"core.autocrlf": "true"}, "", b"a\r\nb\r\n", b"a\nb\n"),
    "autocrlf, binary": ({"core.autocrlf": "true"}, "*.yaml -text\n", b"a\r\n", b"a\r\n"),
    "eol": ({}, "*.yaml text eol=lf\n", b"a\r\nb\r\n", b"a\nb\n"),
    "eol=crlf": ({}, "*.yaml text eol=crlf\n", b"a\r\n", b"a\n"),
    "filter": (
        {"filter.up.clean": "tr a-z A-Z", "filter.up.smudge": "tr A-Z a-z"},
        "*.yaml filter=up\n",
        b"abc\n",
        b"ABC\n",
    ),
    "filter that is not configured": ({}, "*.yaml filter=up\n", b"abc\n", b"abc\n"),
    "ident": ({}, "*.yaml ident\n", b"# $Id: 123 $\n", b"# $Id$\n"),
    "encoding": (
        {},
        "*.yaml working-tree-encoding=UTF-16LE-BOM\n",
        "\ufeffgrün\n".encode("utf-16-le"),
        "grün\n".encode(),
    ),
}


def found(repo: GitRepo) -> Repository:
    """Discover a repository that must be there."""
    here = discover(str(repo.path))
    assert here is not None
    return here


@pytest.mark.parametrize("setup", SETUPS)
def test_clean_filters(repo: GitRepo, setup: str) -> None:
    """A commit holds what `git add` would have made of the file, the id was told before, and status is clean."""
    config, attributes, data, stored = SETUPS[setup]
    for key, value in config.items():
        repo.git("config", key, value)
    repo.commit(files={".gitattributes": attributes})
    here = found(repo)
    told = blob_ids(here, settings(here), {TASK: data, "other.txt": b"plain\n"})
    made = repo.save({TASK: data, "other.txt": b"plain\n"})
    assert read(here, [f"HEAD:{TASK}"]) == [stored]
    assert told == {path: blob and blob.id for path, blob in made.blobs.items()}
    assert repo.git("status", "--porcelain") == repo.git("diff-files") == ""
    repo.git("add", "--renormalize", ".")
    assert repo.git("diff", "--cached", "--name-only") == ""


def test_filter_finds_the_locale_of_the_user(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter runs in the user's own locale, or it would make other bytes of a file than `git add`."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    repo.git("config", "filter.locale.clean", 'echo "$LC_ALL $GIT_LITERAL_PATHSPECS"')
    repo.commit(files={".gitattributes": "*.yaml filter=locale\n"})
    repo.save({TASK: "a\n"})
    assert repo.git("show", f"HEAD:{TASK}") == "en_US.UTF-8 "


def test_filter_that_fails(repo: GitRepo) -> None:
    """A required filter that fails stops the commit in git's words, and nothing is left behind."""
    repo.git("config", "filter.no.clean", "false")
    repo.git("config", "filter.no.required", "true")
    first = repo.commit(files={".gitattributes": "*.yaml filter=no\n"})
    with pytest.raises(TmError, match="filter 'no'"):
        repo.save({TASK: "a\n"})
    assert repo.git("for-each-ref", "--format=%(objectname) %(refname)") == f"{first} refs/heads/main"


def test_sha256(tmp_path: Path) -> None:
    """In a sha256 repository everything works with its longer ids."""
    repo = GitRepo(tmp_path)
    repo.git("init", "--quiet", "--object-format=sha256")
    here = found(repo)
    told = blob_ids(here, settings(here), {TASK: b"a\n"})
    assert told == {TASK: repo.git("hash-object", "--stdin", stdin=b"a\n")}
    first = repo.save({TASK: "a\n"})
    assert len(first.commit) == 64
    many = {f".tasks/{n}.yaml": "x\n" for n in range(120)}
    repo.save(many)
    repo.save({TASK: "b\n"} | dict.fromkeys(many))
    assert repo.git("ls-tree", "-r", "--name-only", "HEAD") == TASK
    assert repo.git("status", "--porcelain") == repo.git("diff-files") == ""


def test_read_many_at_once(repo: GitRepo) -> None:
    """Blobs are read by id and by revision and path, in the order asked for; what is not there is None."""
    repo.commit(files={'a b/ü\t"x".yaml': "one\n", "empty": b"", "binary": b"\0\n\xff\r\n"})
    here = found(repo)
    blob = repo.git("rev-parse", "HEAD:binary")
    asked = ['HEAD:a b/ü\t"x".yaml', "HEAD:none at all", blob, "HEAD:empty", "HEAD:a b", ":0:binary", "0" * 40]
    assert read(here, asked) == [b"one\n", None, b"\0\n\xff\r\n", b"", None, b"\0\n\xff\r\n", None]
    assert read(here, []) == []


def test_read_refuses_a_line_break(repo: GitRepo) -> None:
    """A path that no line of git's protocol can hold is refused, not cut in two."""
    repo.commit()
    with pytest.raises(TmError, match="line break"):
        read(found(repo), ["HEAD:a\nHEAD:b"])


@limits(deadline=None, max_examples=30)
@given(st.binary(max_size=60))
def test_ids_are_gits(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """The id of any bytes is the one `git hash-object` gives."""
    folder = tmp_path_factory.getbasetemp() / "ids"
    folder.mkdir(exist_ok=True)
    repo = GitRepo(folder)
    if not (folder / ".git").exists():
        repo.git("init", "--quiet")
    here = found(repo)
    assert blob_ids(here, settings(here), {"x": data}) == {"x": repo.git("hash-object", "--stdin", stdin=data)}
