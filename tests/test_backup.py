"""A backup is one file, checked to the last byte, that comes back with nothing but Git."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from conftest import GitRepo
from each_command import filled
from writing import Store, command, environment

from tmfiles.errors import TmError
from tmfiles.git import bundle


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store with a few tasks and commits."""
    return filled(repo)


def created(store: Store, folder: Path) -> Path:
    """Make a backup and give its file."""
    return Path(store.do("backup", "create", "--to", str(folder)).out.strip())


def test_it_comes_back_with_git_alone(store: Store, tmp_path: Path) -> None:
    """`git clone` of the file gives every file and every commit; so does restore into a new folder."""
    file = created(store, tmp_path / "backups")
    assert file.name.startswith("repo-")
    store.git("clone", "--quiet", str(file), str(tmp_path / "by-git"))
    store.do("backup", "restore", str(file), str(tmp_path / "by-tm"))
    for name in ("by-git", "by-tm"):
        there = Store(GitRepo(tmp_path / name), init=False)
        assert there.files() == store.files()
        assert there.git("log", "--format=%H %s") == store.git("log", "--format=%H %s")
        assert there.do("list").out == store.do("list").out
        assert there.status() == ""
    assert there.git("remote") == ""


def test_into_a_repository_that_is_there(store: Store, tmp_path: Path) -> None:
    """There it becomes a branch: nothing that is there changes, and a lost task can be taken from it."""
    file = created(store, tmp_path / "backups")
    store.do("delete", "three")
    before, head = store.files(), store.git("rev-parse", "HEAD")
    branch = json.loads(store.do("backup", "restore", str(file), str(store.path), "--json").out)["data"]["as_branch"]
    assert (store.files(), store.git("rev-parse", "HEAD"), store.status()) == (before, head, "")
    store.do("restore", "three", "--at", branch)
    assert store.doc("three")["status"] == "completed"


def test_a_damaged_byte_is_seen(store: Store, tmp_path: Path) -> None:
    """A byte that differs anywhere, a byte more or less: the file is refused, and nothing is restored from it."""
    file = created(store, tmp_path / "backups")
    assert "whole: main with" in store.do("backup", "verify", str(file)).out
    data = file.read_bytes()
    header = data.index(b"\n\n") + 2
    damaged = [
        data[:-1],
        data + b"\0",
        data[: len(data) // 2],
        b"",
        data[header:],
        data.replace(b"/main\n", b"/mian\n"),
    ]
    for at in (*range(0, header, 9), *range(header, len(data), max(1, (len(data) - header) // 30))):
        damaged.append(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
    for number, each in enumerate(damaged):
        file.write_bytes(each)
        with pytest.raises(TmError) as refused:
            bundle.verify(str(file))
        assert refused.value.code == "invalid", number
    assert "is damaged" in store.do("backup", "restore", str(file), str(tmp_path / "new"), code=1).err
    assert not (tmp_path / "new").exists()


def test_what_is_not_committed_is_told(store: Store, tmp_path: Path) -> None:
    """An edit by hand is in no commit, so it is in no backup; that is said."""
    with store.file("two").open("a", encoding="utf-8") as file:
        file.write("assignee: li\n")
    ran = store.do("backup", "create", "--to", str(tmp_path / "backups"))
    assert "not committed, and so not in it: .tasks/two.yaml" in ran.err


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
def test_made_while_others_write(store: Store, tmp_path: Path) -> None:
    """Eight writers are at work: each backup is whole, holds what was committed by then, and stops none of them."""
    writers = [
        subprocess.Popen(
            ["sh", "-c", " && ".join(f"{' '.join(command())} add 'W{n} {i}'" for i in range(3))],
            cwd=store.path,
            env=environment(),
            stdout=subprocess.DEVNULL,
        )
        for n in range(8)
    ]
    found = []
    for number in range(4):
        found.append(bundle.verify(str(created(store, tmp_path / str(number)))))
    assert [writer.wait() for writer in writers] == [0] * 8
    counts = [one.commits for one in found]
    assert counts == sorted(counts)
    last = bundle.verify(str(created(store, tmp_path / "last")))
    assert last.commits == store.commits() >= 24
    store.assert_sound()


def test_prune(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest stay, other files are left alone, and nothing goes while the newest is damaged."""
    folder = tmp_path / "backups"
    made = []
    for hour in range(5):
        monkeypatch.setenv("TM_NOW", f"2026-11-22T{hour:02}:00:00Z")
        made.append(created(store, folder))
    (folder / "notes.bundle").write_text("mine", encoding="utf-8")
    data = made[-1].read_bytes()
    made[-1].write_bytes(data[:-1])
    assert "is damaged" in store.do("backup", "prune", str(folder), "--keep", "2", code=1).err
    assert len(list(folder.iterdir())) == 6
    made[-1].write_bytes(data)
    assert store.do("backup", "prune", str(folder), "--keep", "2").out.split() == [str(path) for path in made[:3]]
    assert sorted(path.name for path in folder.iterdir()) == ["notes.bundle", made[3].name, made[4].name]


@pytest.fixture
def grown(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Make a whole backup and three that go on from each other, and a whole one after them."""
    made = []
    for hour in range(5):
        monkeypatch.setenv("TM_NOW", f"2026-11-22T{hour:02}:00:00Z")
        store.add(f"Number {hour}")
        more = [] if hour == 4 else ["--since", "last"]
        made.append(Path(store.do("backup", "create", "--to", str(tmp_path / "backups"), *more).out.strip()))
    monkeypatch.setenv("TM_NOW", "2026-11-22T09:00:00Z")
    return made


def test_one_goes_on_from_another(store: Store, grown: list[Path], tmp_path: Path) -> None:
    """Each holds what is new, and together they bring back every commit; git alone reads them one after the other."""
    whole = json.loads(store.do("backup", "verify", str(grown[3]), "--json").out)["data"]
    assert whole["commits"] == store.commits() - 1
    assert whole["since"] == json.loads(store.do("backup", "verify", str(grown[2]), "--json").out)["data"]["commit"]
    assert json.loads(store.do("backup", "verify", str(grown[0]), "--json").out)["data"]["since"] is None
    assert max(path.stat().st_size for path in grown[1:4]) < grown[0].stat().st_size / 2
    store.do("backup", "restore", str(grown[3]), str(tmp_path / "by-tm"))
    store.git("clone", "--quiet", str(grown[0]), str(tmp_path / "by-git"))
    for path in grown[1:4]:
        GitRepo(tmp_path / "by-git").git("pull", "--quiet", str(path), "main")
    for name in ("by-git", "by-tm"):
        there = Store(GitRepo(tmp_path / name), init=False)
        assert there.git("log", "--format=%H %s") == store.git("log", "--format=%H %s", "HEAD~1")
        assert there.status() == ""
        there.do("check")
    assert there.git("for-each-ref", "--format=%(refname)") == "refs/heads/main"


def test_a_chain_becomes_a_branch(store: Store, grown: list[Path], repo: GitRepo, tmp_path: Path) -> None:
    """In a repository that knows nothing of it, all of a chain comes in as one branch."""
    other = GitRepo(tmp_path / "other")
    other.path.mkdir()
    other.git("init", "--quiet")
    store.do("backup", "restore", str(grown[3]), str(other.path))
    branch = f"backup/{grown[3].name.removesuffix('.bundle')}"
    assert other.git("rev-parse", branch) == repo.git("rev-parse", "HEAD~1")
    assert other.git("for-each-ref", "--format=%(refname)") == f"refs/heads/{branch}"
    assert "is there already" in store.do("backup", "restore", str(grown[3]), str(other.path), code=1).err


def test_a_chain_is_as_whole_as_its_links(store: Store, grown: list[Path], tmp_path: Path) -> None:
    """A damaged or missing backup that another goes on from is told, and nothing is restored."""
    data = grown[1].read_bytes()
    for at in (10, 60, len(data) // 2, len(data) - 3):
        grown[1].write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
        assert store.do("backup", "verify", str(grown[3]), code=1).err
    grown[1].unlink()
    told = store.do("backup", "restore", str(grown[3]), str(tmp_path / "new"), code=1).err
    assert "no backup beside it ends there" in told
    assert not (tmp_path / "new").exists()
    assert "whole" in store.do("backup", "verify", str(grown[4])).out


def test_prune_breaks_no_chain(store: Store, grown: list[Path]) -> None:
    """What a kept one goes on from stays; once a whole one is the newest, the chain before it may go."""
    grown[4].unlink()
    folder = str(grown[0].parent)
    assert store.do("backup", "prune", folder, "--keep", "1").out == ""
    store.do("backup", "verify", str(grown[3]))
    last = created(store, grown[0].parent)
    assert store.do("backup", "prune", folder, "--keep", "2").out == ""
    assert len(store.do("backup", "prune", folder, "--keep", "1").out.splitlines()) == 4
    assert "whole" in store.do("backup", "verify", str(last)).out


def test_since_the_last(store: Store, grown: list[Path], repo: GitRepo, tmp_path: Path) -> None:
    """Nothing new writes nothing; a damaged one and one of another history are not gone on from."""
    folder = grown[4].parent
    ran = store.do("backup", "create", "--to", str(folder), "--since", "last")
    assert ran.out == f"{grown[4]}\n"
    assert "nothing is new" in ran.err
    assert len(list(folder.iterdir())) == 5
    store.add("After")
    grown[4].write_bytes(grown[4].read_bytes()[:-1])
    ran = store.do("backup", "create", "--to", str(folder), "--since", "last", "--json")
    assert json.loads(ran.out)["data"]["since"] == bundle.ends(str(grown[3]))[0]
    assert "is damaged" in store.do("backup", "create", "--to", str(folder), "--since", str(grown[4]), code=1).err
    assert "is not in" in store.do("backup", "create", "--to", str(tmp_path), "--since", str(grown[3]), code=2).err
    repo.git("reset", "--quiet", "--hard", "HEAD~4")
    repo.commit("another history")
    refused = store.do("backup", "create", "--to", str(folder / "x.bundle"), "--since", str(grown[3]), code=1).err
    assert "does not go on from" in refused


def test_to_a_remote(store: Store, repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A remote gets a branch of its own name, which `git clone` brings; others' branches and commits stay theirs."""
    there = GitRepo(tmp_path / "mirror.git")
    repo.git("init", "--quiet", "--bare", str(there.path))
    repo.git("push", "--quiet", str(there.path), "HEAD~1:refs/heads/main")
    hook = repo.path / ".git/hooks/pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    refs = repo.git("for-each-ref")

    def told(*words: str) -> str:
        return store.do("backup", "create", "--to", f"file://{there.path}", *words).out.strip()

    assert told() == "backup/repo/main"
    assert "nothing is new there" in store.do("backup", "create", "--to", str(there.path)).err
    store.add("More")
    assert told() == "backup/repo/main"
    assert there.git("rev-parse", "backup/repo/main", "main").split() == repo.git("rev-parse", "HEAD", "HEAD~2").split()
    assert repo.git("for-each-ref").split()[1:] == refs.split()[1:]
    repo.git("clone", "--quiet", "--branch", "backup/repo/main", str(there.path), str(tmp_path / "back"))
    assert Store(GitRepo(tmp_path / "back"), init=False).files() == store.files()
    before = there.git("rev-parse", "backup/repo/main")
    repo.git("reset", "--quiet", "--hard", "HEAD~1")
    store.add("Another history")
    monkeypatch.setenv("TM_NOW", "2026-11-22T10:00:00Z")
    assert told() == "backup/repo/main-20261122T100000Z"
    assert there.git("rev-parse", "backup/repo/main") == before
    monkeypatch.setenv("TM_NOW", "2026-11-23T10:00:00Z")
    store.add("More of it")
    assert told() == "backup/repo/main-20261122T100000Z"  # it goes on there
    assert there.git("rev-parse", "backup/repo/main-20261122T100000Z") == repo.git("rev-parse", "HEAD")
    assert (
        "--since is for files" in store.do("backup", "create", "--to", str(there.path), "--since", "last", code=2).err
    )
    assert store.do("backup", "create", "--to", f"file://{tmp_path}/nowhere.git", code=7).out == ""


def test_what_backup_refuses(store: Store, repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No place, no number, a folder that holds other things, the same second twice: each is told, and nothing done."""
    monkeypatch.setenv("TM_NOW", "2026-11-22T10:00:00Z")
    file = created(store, tmp_path / "backups")
    assert "is there already" in store.do("backup", "create", "--to", str(file.parent), code=1).err
    named = tmp_path / "deep" / "mine.bundle"
    assert created(store, named) == named
    assert "say where to" in store.do("backup", "create", code=2).err
    assert "say how many" in store.do("backup", "prune", str(file.parent), code=2).err
    assert "neither empty nor a repository" in store.do("backup", "restore", str(file), str(file.parent), code=2).err
    assert "cannot read" in store.do("backup", "verify", str(tmp_path / "nowhere"), code=1).err
    assert "no backup that tm made" in store.do("backup", "verify", str(store.file("one")), code=1).err
    assert os.listdir(file.parent) == [file.name]
    shallow = GitRepo(tmp_path / "shallow")
    repo.git("clone", "--quiet", "--depth", "1", f"file://{repo.path}", str(shallow.path))
    there = Store(shallow, init=False)
    assert "shallow" in there.do("backup", "create", "--to", str(tmp_path / "other"), code=7).err


def test_before_the_first_commit(repo: GitRepo, tmp_path: Path) -> None:
    """Where nothing is committed there is nothing to keep."""
    repo.write(".tasks/one.yaml", "title: One\n")
    ran = Store(repo, init=False).do("backup", "create", "--to", str(tmp_path / "backups"), code=7)
    assert "nothing is committed yet" in ran.err
