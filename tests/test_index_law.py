"""The law of the cache: after any edits its answers are those of a full read without it."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from conftest import GitRepo
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import answers, cached, fresh, opened

PATHS = ("aa.yaml", "bb.yaml", "cc.yaml", "archive/2024/aa.yaml", "sub/dd.yaml", "ABC.yaml", "null.yaml")
CONTENTS = (
    b"title: one\n",
    b"title: two\n",
    b"title: three\ndepends_on: [aa, zz]\ntags: [web, api]\nassignee: maria\n",
    b"title: four\nstatus: completed\npriority: high\ndue: 2026-12-01\n",
    b"title: five\nstatus: blocked\nparent: aa\nrelated: [bb]\ntype: legal\ncreated_at: 2026-01-02T03:04:05Z\n",
    b"title: six\ndepends_on: [bb, cc]\nassignee: li\ntags: [web]\n",
    b"title: [broken\n",
    b"title: a\ntitle: b\n",
    b"<<<<<<< ours\ntitle: a\n=======\ntitle: b\n>>>>>>> theirs\n",
    b"\xff\xfe\n",
    b"",
    b"title: 'half \\ud83d'\nfields: {n: 99999999999999999999999}\n",
    b'title: "half \\ud83d"\n',
    b"status: gone\n",
    b"title: seven\nunknown_key: stays\ntagz: [x]\n",
    b"title: eight\nfiles: [src/a.py:3, docs]\nfields: {customer: ACME, of: {it: [1, true]}}\n",
    b"title: ten\nphase: one\n",
    b"title: eleven\nphase: two\ncriteria: [{text: It holds}]\n",
    b"title: nine\nclaim: {by: agent-7, at: 2026-01-01T00:00:00Z, until: 2026-01-02T00:00:00Z}\n",
)
CONFIGS = (
    b"version: 1\n",
    b"version: 1\ntypes: [legal]\n",
    b"version: [\n",
    b"types: [legal]\nwhat: 1\n",
    b"phases: [{name: one}, {name: two}]\n",
)

path = st.sampled_from(PATHS)
steps = st.one_of(
    st.tuples(st.just("write"), path, st.sampled_from(CONTENTS)),
    st.tuples(st.just("write"), path, st.sampled_from(CONTENTS)),
    st.tuples(st.just("write"), st.just("config.yaml"), st.sampled_from(CONFIGS)),
    st.tuples(st.just("remove"), st.sampled_from((*PATHS, "config.yaml"))),
    st.tuples(st.just("move"), path, path),
    st.tuples(st.just("folder"), path),
    st.tuples(st.just("link"), path),
    st.tuples(st.just("old times"), path),
    st.tuples(st.just("commit")),
    st.tuples(st.just("switch"), st.sampled_from(("main", "other"))),
    st.tuples(st.just("back")),
    st.tuples(st.just("wait")),
    st.tuples(st.just("damage"), st.integers(0, 1 << 16)),
    st.tuples(st.just("read")),
    st.tuples(st.just("read")),
)


class Hand:
    """A person, or a program other than ours, at work on the files of a store."""

    def __init__(self, repo: GitRepo) -> None:
        self.repo = repo
        self.folder = repo.path / ".tasks"

    def do(self, what: str, *how: Any) -> None:
        """Take one step; what cannot be done is left undone."""
        getattr(self, "_" + what.replace(" ", "_"))(*how)

    def _clear(self, path: Path) -> None:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    def _write(self, name: str, data: bytes) -> None:
        path = self.folder / name
        if not path.is_file() or path.is_symlink():
            self._clear(path)
        self.repo.write(f".tasks/{name}", data)

    def _remove(self, name: str) -> None:
        self._clear(self.folder / name)

    def _move(self, old: str, new: str) -> None:
        if (self.folder / old).is_file() and old != new:
            self._clear(self.folder / new)
            (self.folder / new).parent.mkdir(parents=True, exist_ok=True)
            os.replace(self.folder / old, self.folder / new)

    def _folder(self, name: str) -> None:
        self._clear(self.folder / name)
        (self.folder / name).mkdir(parents=True)

    def _link(self, name: str) -> None:
        if hasattr(os, "O_NOFOLLOW"):
            self._clear(self.folder / name)
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).symlink_to("nowhere")

    def _old_times(self, name: str) -> None:
        if (self.folder / name).is_file():
            os.utime(self.folder / name, (1_500_000_000, 1_500_000_000))

    def _commit(self) -> None:
        self.repo.commit()

    def _switch(self, branch: str) -> None:
        self.repo.commit()
        self.repo.git("switch", "--quiet", branch)
        self.folder.mkdir(exist_ok=True)

    def _back(self) -> None:
        self.repo.commit()
        self.repo.git("reset", "--quiet", "--hard", "HEAD~1")
        self.folder.mkdir(exist_ok=True)

    def _wait(self) -> None:
        time.sleep(0.025)

    def _damage(self, where: int) -> None:
        index = self.repo.path / ".git" / "tm" / "index.sqlite"
        if index.exists():
            data = index.read_bytes()
            kind = where % 3
            index.write_bytes(data[: where % (len(data) + 1)] if kind else os.urandom(2048) + data[2048:])

    def _read(self) -> None:
        assert cached(self.repo.path) == fresh(self.repo.path)


@settings(deadline=None, max_examples=40)
@given(st.lists(steps, min_size=3, max_size=14))
def test_the_cache_answers_as_a_full_read_does(work: list[tuple[Any, ...]]) -> None:
    """Rows, links, problems, twins, tags and changes are right after any edits, checkouts and damage."""
    with tempfile.TemporaryDirectory() as folder:
        repo = GitRepo(Path(folder))
        repo.git("init", "--quiet")
        repo.commit(files={".tasks/aa.yaml": "title: one\n"})
        repo.git("branch", "other")
        repo.commit(files={".tasks/bb.yaml": "title: two\ndepends_on: [aa]\n"})
        hand = Hand(repo)
        for step in work:
            hand.do(*step)
        hand.do("read")


@settings(deadline=None, max_examples=25)
@given(st.lists(steps.filter(lambda step: step[0] not in ("damage", "read")), min_size=2, max_size=10))
def test_one_workspace_that_lives_long_answers_so_too(work: list[tuple[Any, ...]]) -> None:
    """A workspace that is read again after each step, as a server's is, never falls behind."""
    with tempfile.TemporaryDirectory() as folder:
        repo = GitRepo(Path(folder))
        repo.git("init", "--quiet")
        repo.commit(files={".tasks/aa.yaml": "title: one\n"})
        repo.git("branch", "other")
        repo.commit(files={".tasks/bb.yaml": "title: two\ndepends_on: [aa]\n"})
        hand = Hand(repo)
        with opened(repo.path) as workspace:
            for step in work:
                hand.do(*step)
                assert answers(workspace.read()) == fresh(repo.path)
