"""A commit of ours holds its own paths and nothing else, and leaves everything of the user's as it was."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from conftest import NOW, GitRepo
from hypothesis import given, settings
from hypothesis import strategies as st

from tmfiles.errors import TmError
from tmfiles.git.commit import PENDING, discard, prepare, publish
from tmfiles.git.repository import Repository, discover, head
from tmfiles.git.settings import Person
from tmfiles.git.settings import settings as read_settings
from tmfiles.git.worktree import refresh_index

TASK = ".tasks/a1b2c3d4.yaml"


def found(repo: GitRepo) -> Repository:
    """Discover a repository that must be there."""
    here = discover(str(repo.path))
    assert here is not None
    return here


def changed(repo: GitRepo, commit: str = "HEAD") -> list[str]:
    """List what a commit changed, as git says it."""
    return repo.git("diff-tree", "-r", "--root", "--no-commit-id", "--name-status", "-z", commit).split("\0")[:-1]


def test_work_of_the_user_survives(repo: GitRepo) -> None:
    """Staged hunks, unstaged and untracked files are byte for byte what they were; only our path is committed."""
    repo.commit(files={"code.py": "1\n2\n3\n4\n5\n6\n7\n8\n", "old.py": "x\n", TASK: "title: a\n"})
    repo.write("code.py", "one\n2\n3\n4\n5\n6\n7\n8\n")
    repo.git("add", "code.py")
    repo.write("code.py", "one\n2\n3\n4\n5\n6\n7\neight\n")
    repo.git("rm", "--quiet", "--cached", "old.py")
    repo.write("new.py", "new\n")
    repo.git("add", "new.py")
    repo.git("add", "--intent-to-add", str(repo.write("later.py", "later\n")))
    repo.write("untracked", "?\n")
    before = [repo.git("diff", "--cached"), repo.git("diff"), repo.git("status", "--porcelain")]
    repo.save({TASK: "title: b\n"})
    after = [repo.git("diff", "--cached"), repo.git("diff"), repo.git("status", "--porcelain")]
    assert after == before
    assert changed(repo) == ["M", TASK]
    assert TASK not in repo.git("diff-files", "--name-only")
    repo.git("commit", "--quiet", "--message", "the user's own")
    assert repo.git("show", f"HEAD:{TASK}") == "title: b"


def test_unborn_branch(repo: GitRepo) -> None:
    """On an unborn branch a root commit of our paths only is made; what was staged stays staged."""
    repo.write("code.py", "1\n")
    repo.git("add", "code.py")
    made = repo.save({TASK: "title: a\n"})
    assert repo.git("rev-list", "--parents", "HEAD") == made.commit
    assert changed(repo) == ["A", TASK]
    assert repo.git("status", "--porcelain") == "A  code.py"
    assert repo.git("log", "-1", "--format=%gs", "-g") == "tm: edit"


def test_unborn_after_a_pending_commit_was_left(repo: GitRepo) -> None:
    """A commit that a killed process left pending gets into nothing."""
    here = found(repo)
    prepare(here, read_settings(here), None, {"left": b"over"}, "left over", NOW)
    repo.save({TASK: "title: a\n"})
    assert changed(repo) == ["A", TASK]
    assert repo.git("for-each-ref", "--format=%(refname)") == "refs/heads/main"


def test_during_a_merge(repo: GitRepo) -> None:
    """During a merge a commit is made on HEAD; the merge can go on, or be aborted, and the commit stays."""
    repo.commit(files={"x": "base\n", TASK: "title: a\n"})
    repo.git("switch", "--quiet", "-c", "topic")
    repo.commit("theirs", {"x": "theirs\n"})
    repo.git("switch", "--quiet", "main")
    repo.commit("ours", {"x": "ours\n"})
    for finish in ("abort", "commit"):
        repo.git("merge", "topic", check=False)
        unmerged = repo.git("ls-files", "--unmerged")
        assert unmerged
        made = repo.save({TASK: f"title: {finish}\n"})
        assert repo.git("ls-files", "--unmerged") == unmerged
        assert repo.git("rev-parse", "HEAD", "MERGE_HEAD").split()[0] == made.commit
        if finish == "abort":
            repo.git("merge", "--abort")
            assert repo.git("status", "--porcelain") == ""
        else:
            repo.commit("merged", {"x": "both\n"})
            assert repo.git("rev-parse", "HEAD^1", "HEAD^2").split() == [made.commit, repo.git("rev-parse", "topic")]
        assert repo.git("show", f"HEAD:{TASK}") == f"title: {finish}"


def test_linked_work_tree(repo: GitRepo, tmp_path: Path) -> None:
    """In a linked work tree its own branch, index and pending ref are used, and no other's."""
    first = repo.commit(files={TASK: "title: a\n"})
    repo.git("worktree", "add", "--quiet", str(tmp_path / "other"))
    other = GitRepo(tmp_path / "other")
    here = found(other)
    made = prepare(here, read_settings(here), first, {TASK: b"title: b\n"}, "pending", NOW)
    assert other.git("rev-parse", PENDING) == made.commit
    assert repo.git("rev-parse", "--verify", "--quiet", PENDING, check=False) == ""
    made = other.save({TASK: "title: b\n"})
    assert head(here) == (made.commit, "other")
    assert head(found(repo)) == (first, "main")
    assert repo.git("status", "--porcelain") == other.git("status", "--porcelain") == ""
    assert other.git("diff-files") == ""


def test_head_moved_by_another(repo: GitRepo) -> None:
    """If HEAD moved since, publishing says so and changes nothing, on a born and on an unborn branch."""
    here = found(repo)
    options = read_settings(here)
    late = prepare(here, options, None, {TASK: b"late\n"}, "late", NOW)
    first = repo.commit(files={"x": "1\n"})
    assert not publish(here, late.commit, None, "tm: late")
    late = prepare(here, options, first, {TASK: b"late\n"}, "late", NOW)
    second = repo.commit(files={"x": "2\n"})
    assert not publish(here, late.commit, first, "tm: late")
    assert repo.git("rev-parse", "HEAD") == second
    assert repo.git("status", "--porcelain") == ""
    discard(here)
    assert repo.git("for-each-ref", "--format=%(refname)") == "refs/heads/main"


def test_branch_locked_for_good(repo: GitRepo) -> None:
    """A branch whose lock file never goes away is named, and HEAD stays."""
    first = repo.commit()
    here = found(repo)
    made = prepare(here, read_settings(here), first, {TASK: b"a\n"}, "a", NOW)
    (repo.path / ".git/refs/heads/main.lock").touch()
    with pytest.raises(TmError, match=r"main\.lock") as e:
        publish(here, made.commit, first, "tm: a")
    assert e.value.code == "locked"
    assert head(here).commit == first


def test_packed_refs(repo: GitRepo) -> None:
    """A branch that is packed is moved all the same."""
    repo.commit()
    repo.git("pack-refs", "--all")
    made = repo.save({TASK: "title: a\n"})
    assert repo.git("rev-parse", "main") == made.commit


def test_deletion_and_mode(repo: GitRepo) -> None:
    """A deletion empties its folder, an executable bit stays, a symbolic link becomes a file."""
    repo.commit(files={TASK: "a\n", ".tasks/run.yaml": "b\n", "keep": ""})
    repo.git("update-index", "--chmod=+x", ".tasks/run.yaml")
    (repo.path / ".tasks/run.yaml").chmod(0o755)
    os.symlink("run.yaml", repo.path / ".tasks/link.yaml")
    repo.commit("modes")
    (repo.path / ".tasks/link.yaml").unlink()
    repo.save({TASK: None, ".tasks/run.yaml": "c\n", ".tasks/link.yaml": "d\n"})
    modes = [line.split()[0] for line in repo.git("ls-tree", "-r", "HEAD").splitlines()]
    assert modes == ["100644", "100755", "100644"]
    repo.save({".tasks/run.yaml": None, ".tasks/link.yaml": None})
    assert repo.git("ls-tree", "-r", "--name-only", "HEAD") == "keep"
    assert repo.git("ls-tree", "--name-only", "HEAD") == "keep"
    assert repo.git("status", "--porcelain") == ""


def test_hooks_are_not_run(repo: GitRepo) -> None:
    """No hook of the project runs for a commit of ours, wherever core.hooksPath says they are."""
    repo.commit()
    hooks = repo.path / ".git" / "own-hooks"
    hooks.mkdir()
    for name in (
        "pre-commit",
        "prepare-commit-msg",
        "commit-msg",
        "post-commit",
        "reference-transaction",
        "post-index-change",
    ):
        hook = hooks / name
        hook.write_text(f"#!/bin/sh\necho {name} >>{repo.path / 'ran'}\nexit 1\n")
        hook.chmod(0o755)
    repo.git("config", "core.hooksPath", str(hooks))
    repo.save({TASK: "title: a\n"})
    assert not (repo.path / "ran").exists()


def test_dates_and_message(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message is kept whole as UTF-8; the date is ours in local time, unless the environment fixes it."""
    repo.git("config", "i18n.commitEncoding", "ISO-8859-1")
    repo.save({TASK: "1"}, "tm: größer\n\n# no comment\n\nTm-Id: 7\n")
    raw = repo.git("cat-file", "commit", "HEAD")
    assert raw.endswith("\n\ntm: größer\n\n# no comment\n\nTm-Id: 7")
    assert "encoding" not in raw
    assert repo.git("log", "-1", "--format=%ad|%cd|%an <%ae>|%cn", "--date=iso") == (
        "2026-11-22 11:00:00 +0100|2026-11-22 11:00:00 +0100|Maria <maria@example.org>|Maria"
    )
    monkeypatch.setenv("GIT_AUTHOR_DATE", "1700000000 -0500")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Robot")
    repo.save({TASK: "2"})
    assert repo.git("log", "-1", "--format=%at|%ct|%an|%cn") == f"1700000000|{int(NOW.timestamp())}|Maria|Robot"


def test_no_identity(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody is configured the actor stands in, for both roles; without an actor it is refused."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    here = found(repo)
    options = read_settings(here)
    assert options.author is None
    assert options.committer is None
    with pytest.raises(TmError, match="who you are"):
        prepare(here, options, None, {TASK: b"a"}, "m", NOW)
    made = prepare(here, options, None, {TASK: b"a"}, "m", NOW, Person("age<nt>-7\n", "agent-7@localhost"))
    assert publish(here, made.commit, None, "tm: m")
    form = "--format=%an <%ae>|%cn <%ce>"
    assert repo.git("log", "-1", form) == "agent-7 <agent-7@localhost>|agent-7 <agent-7@localhost>"
    monkeypatch.setenv("EMAIL", "maria@example.org")
    repo.git("config", "user.name", "Maria")
    assert read_settings(here).author == ("Maria", "maria@example.org")


def test_signed(repo: GitRepo, tmp_path: Path) -> None:
    """With commit.gpgsign the commit carries a good signature, and is otherwise the same."""
    key = tmp_path / "key"
    try:
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no ssh-keygen")
    (tmp_path / "signers").write_text(f"maria@example.org {key.with_suffix('.pub').read_text()}")
    first = repo.save({TASK: "title: a\n"})
    for setting in (
        "commit.gpgSign=yes",
        "gpg.format=ssh",
        f"user.signingKey={key}",
        f"gpg.ssh.allowedSignersFile={tmp_path / 'signers'}",
    ):
        repo.git("config", *setting.split("=", 1))
    made = repo.save({TASK: "title: b\n"}, "tm: größer\n\nTm-Id: 7")
    repo.git("verify-commit", "HEAD")
    assert repo.git("log", "-1", "--format=%G?|%P|%B|%ae|%at") == (
        f"G|{first.commit}|tm: größer\n\nTm-Id: 7\n|maria@example.org|{int(NOW.timestamp())}"
    )
    assert repo.git("rev-parse", "HEAD") == made.commit
    assert repo.git("for-each-ref", "--format=%(refname)") == "refs/heads/main"
    assert repo.git("status", "--porcelain") == ""


def test_ten_thousand_files(repo: GitRepo) -> None:
    """Ten thousand files, twice over, are two packs and no loose object, and git finds nothing wrong."""
    for version in ("one", "two"):
        repo.save({f".tasks/{n % 50:02x}/t{n:05d}.yaml": f"title: {version} {n}\n" for n in range(10_000)})
    objects = dict(line.split(": ") for line in repo.git("count-objects", "-v").splitlines())
    assert (objects["count"], objects["packs"]) == ("0", "2")
    assert len(repo.git("ls-tree", "-r", "--name-only", "HEAD").splitlines()) == 10_000
    assert repo.git("status", "--porcelain") == repo.git("diff-files") == ""
    repo.git("fsck", "--strict")


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0\n\r"), min_size=1, max_size=6).filter(
    lambda name: name.lower().rstrip(" .") not in ("", "git~1") and ".git" not in name.lower()
)
FILES = st.dictionaries(
    st.tuples(st.sampled_from(["", "d/", "d/e/", "f f/"]), NAMES)
    .map("".join)
    .filter(lambda p: p not in ("d", "f f", "d/e")),
    st.none() | st.binary(max_size=8),
    max_size=5,
)


@settings(deadline=None, max_examples=25)
@given(st.lists(FILES, min_size=1, max_size=3))
def test_any_names_and_contents(steps: list[dict[str, bytes | None]]) -> None:
    """Whatever the names and bytes, HEAD holds exactly what was saved, and git sees no difference anywhere."""
    with tempfile.TemporaryDirectory() as folder:
        repo = GitRepo(Path(folder) / "r")
        repo.path.mkdir()
        repo.git("init", "--quiet")
        model: dict[str, bytes] = {}
        for step in steps:
            files = {p: d for p, d in step.items() if d is not None or p in model}
            if not files:
                continue
            repo.save(files)
            model = {p: d for p, d in (model | files).items() if d is not None}
            listed = repo.git("ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0")[:-1]
            assert sorted(listed) == sorted(model)
            assert repo.git("status", "--porcelain") == repo.git("diff-files") == ""
            for path, data in model.items():
                assert repo.git("show", f"HEAD:{path}").encode("utf-8", "surrogateescape") == data.removesuffix(b"\n")


def test_index_is_refreshed_for_a_commit_made_before_the_files(repo: GitRepo) -> None:
    """A commit published before its files are written leaves an index that agrees with HEAD, not with the disk."""
    first = repo.commit(files={TASK: "title: a\n"})
    here = found(repo)
    files = {TASK: b"title: b\n", ".tasks/new.yaml": b"title: new\n"}
    made = prepare(here, read_settings(here), first, files, "m", NOW)
    assert publish(here, made.commit, first, "tm: m")
    (repo.path / TASK).unlink()
    refresh_index(here, made.blobs)
    assert repo.git("diff", "--cached") == ""
    assert repo.git("status", "--porcelain").split("\n") == [" D .tasks/a1b2c3d4.yaml", " D .tasks/new.yaml"]
