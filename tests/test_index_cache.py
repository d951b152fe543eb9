"""The cache is only a cache: whatever happens to its file, there is no error and no wrong answer."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from bench.generate import docs
from conftest import GitRepo
from reading import answers, cached, fresh, open_to_all, opened, titles, tm

from tmfiles import codec
from tmfiles.query import Query

SOURCE = str(Path(__file__).parent.parent)


@pytest.fixture
def filled(repo: GitRepo) -> GitRepo:
    """Give a repository with 120 tasks, committed, and a cache that knows them."""
    for task_id, doc in docs(120):
        repo.write(f".tasks/{task_id}.yaml", codec.dumps(doc))
    repo.commit()
    time.sleep(0.03)
    cached(repo.path)
    return repo


def _index(repo: GitRepo) -> Path:
    return repo.path / ".git" / "tm" / "index.sqlite"


def test_a_settled_store_is_read_once(filled: GitRepo) -> None:
    """When nothing changed, a read changes no byte of the cache, and loads no parser."""
    titles(filled.path)
    before = _index(filled).read_bytes()
    probe = (
        f"import sys; sys.path.insert(0, {SOURCE!r}); from tmfiles.workspace import Workspace;"
        " from tmfiles.query import Query; print(len(Workspace.find('.').read().rows(Query())));"
        " print([m for m in ('yaml', 'fastjsonschema', 'hashlib', 'tmfiles.workspace.refresh') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], cwd=filled.path, capture_output=True, text=True, check=True)
    assert done.stdout == "120\n[]\n"
    assert _index(filled).read_bytes() == before


def test_a_cache_that_is_gone_is_made_again(filled: GitRepo) -> None:
    """Deleted between two reads, and under an open workspace: the answers stay right."""
    right = fresh(filled.path)
    _index(filled).unlink()
    assert cached(filled.path) == right
    with opened(filled.path) as workspace:
        workspace.read()
        shutil.rmtree(_index(filled).parent)
        filled.write(".tasks/new.yaml", "title: new\n")
        assert answers(workspace.read()) == fresh(filled.path)
    assert cached(filled.path) == fresh(filled.path)


@pytest.mark.parametrize("kind", ["empty", "text", "head", "tail", "cut", "middle", "other version", "no table"])
def test_a_damaged_cache_is_made_again(filled: GitRepo, kind: str) -> None:
    """Damage of any kind that SQLite can notice means a new cache, in its place, and no word about it."""
    right, index = fresh(filled.path), _index(filled)
    data, rng = index.read_bytes(), random.Random(1)
    noise = rng.randbytes(len(data))
    if kind in ("other version", "no table"):
        with sqlite3.connect(index) as db:
            db.execute("UPDATE meta SET value = '0' WHERE key = 'version'" if kind[0] == "o" else "DROP TABLE link")
        db.close()
    else:
        index.write_bytes(
            {
                "empty": b"",
                "text": b"this is no database\n" * 400,
                "head": noise[:4096] + data[4096:],
                "tail": data[:-4096] + noise[:4096],
                "cut": data[: len(data) // 2 + 77],
                "middle": data[:4096] + noise[4096:],
            }[kind]
        )
    assert cached(filled.path) == right
    assert tm(filled.path, "list").returncode == 0
    assert cached(filled.path) == right
    with sqlite3.connect(index) as db:
        assert db.execute("SELECT COUNT(*) FROM task").fetchone() == (120,)
    db.close()


def test_damage_anywhere_is_no_crash(filled: GitRepo) -> None:
    """With any page overwritten, every list still answers; where SQLite notices, it answers right."""
    data, rng = _index(filled).read_bytes(), random.Random(2)
    count = len(fresh(filled.path)["sort id"])
    for page in range(1, len(data) // 4096, 3):
        _index(filled).write_bytes(data[: page * 4096] + rng.randbytes(4096) + data[(page + 1) * 4096 :])
        with opened(filled.path) as workspace:
            assert len(workspace.read().rows(Query())) == count
            assert len(list(workspace.view().tasks())) == count


def test_a_folder_in_the_caches_place(filled: GitRepo) -> None:
    """What cannot be a file is left alone, and the work is done in memory."""
    right = fresh(filled.path)
    _index(filled).unlink()
    _index(filled).mkdir()
    (_index(filled) / "mine").write_text("x")
    assert cached(filled.path) == right
    assert (_index(filled) / "mine").read_text() == "x"


def test_a_place_that_cannot_be_written(filled: GitRepo) -> None:
    """Another user, who may only read, gets the same answers, before and after an edit."""
    if sys.platform == "win32" or os.geteuid() != 0:
        pytest.skip("needs two users")
    open_to_all(filled.path)
    before = _index(filled).read_bytes()
    for _ in range(2):
        os.seteuid(65534)
        try:
            seen = titles(filled.path)
        finally:
            os.seteuid(0)
        assert seen == {row.id: row.title for row in fresh(filled.path)["sort id"]}
        filled.write(".tasks/new.yaml", "title: new\n")
    assert _index(filled).read_bytes() == before


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="no limit of file sizes here")
@pytest.mark.parametrize("limit", [0, 40_000, 200_000])
def test_a_disk_that_is_full(filled: GitRepo, limit: int) -> None:
    """Where the cache cannot grow, the answers come from memory: for a new cache and for one to be changed."""
    import resource

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    # What Python compiles would be cut off at the limit as well, and be found so by the next.
    variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    for task_id, doc in docs(300, seed=5):
        filled.write(f".tasks/{task_id}.yaml", codec.dumps(doc))
    for _ in range(2):
        done = tm(filled.path, "list", "--all", "--plain", preexec_fn=limited, env=variables)
        assert (done.returncode, done.stderr) == (0, "")
        assert len(done.stdout.splitlines()) == 420
        _index(filled).unlink(missing_ok=True)
    assert cached(filled.path) == fresh(filled.path)


def test_a_cache_that_grows_full_while_it_is_open(filled: GitRepo) -> None:
    """SQLite's own 'disk is full', in the middle of a refresh, costs no answer."""
    with opened(filled.path) as workspace:
        workspace.read()
        workspace.index._db.execute("PRAGMA max_page_count = 1")
        for n in range(200):
            filled.write(f".tasks/n{n}.yaml", f"title: new {n}\ndescription: {'x' * 500}\n")
        assert answers(workspace.read()) == fresh(filled.path)


@pytest.mark.parametrize("lock", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_cache_that_another_holds(filled: GitRepo, lock: str) -> None:
    """A process that holds the cache for long is not waited for: seconds, and the answers are right."""
    db = sqlite3.connect(_index(filled), isolation_level=None)
    db.execute(f"BEGIN {lock}")
    try:
        filled.write(".tasks/new.yaml", "title: new\n")
        begin = time.monotonic()
        seen = cached(filled.path)
        assert time.monotonic() - begin < 10
        assert seen == fresh(filled.path)
    finally:
        db.close()
    assert cached(filled.path) == fresh(filled.path)


def test_a_reader_that_is_in_the_way(filled: GitRepo) -> None:
    """While another reads the cache and does not end, an edit is seen all the same."""
    db = sqlite3.connect(_index(filled), isolation_level=None)
    db.execute("BEGIN")
    db.execute("SELECT COUNT(*) FROM task").fetchone()
    try:
        filled.write(".tasks/new.yaml", "title: new\n")
        assert cached(filled.path) == fresh(filled.path)
    finally:
        db.close()


def test_a_reader_that_is_in_the_way_of_history(filled: GitRepo) -> None:
    """While another reads the cache and does not end, a new commit is told of all the same."""
    db = sqlite3.connect(_index(filled), isolation_level=None)
    with opened(filled.path) as workspace:
        view = workspace.read()
        task_id = view.index.ids()[0]
        filled.git("-c", "user.name=Li", "rm", "--quiet", f".tasks/{view.index.ids()[1]}.yaml")
        filled.write(f".tasks/{task_id}.yaml", "title: new\n")
        filled.git("-c", "user.name=Li", "commit", "--quiet", "--all", "--message", "new")
    time.sleep(0.03)
    titles(filled.path)
    db.execute("BEGIN")
    db.execute("SELECT COUNT(*) FROM task").fetchone()
    try:
        seen = cached(filled.path)
        assert seen["changes"][task_id][1] == "Li"
        assert seen == fresh(filled.path)
    finally:
        db.close()


WORKER = """
import sys
sys.path.insert(0, sys.argv[1])
from tmfiles.workspace import Workspace
from tmfiles.query import Query
me, mine = sys.argv[2], {}
for n in range(int(sys.argv[3])):
    name = f"w{me}-{n % 9}"
    if n % 9 == 8:
        import os
        os.unlink(f".tasks/w{me}-0.yaml"); mine.pop(f"w{me}-0")
    mine[name] = f"round {n:04}"
    open(f".tasks/{name}.yaml", "w").write(f"title: {mine[name]}\\n")
    workspace = Workspace.find(".")
    rows = {row.id: row.title for row in workspace.read().rows(Query())}
    wrong = {id: rows.get(id) for id in mine if rows.get(id) != mine[id]}
    gone = [id for id in rows if id.startswith(f"w{me}-") and id not in mine]
    if wrong or gone:
        sys.exit(f"round {n}: {wrong} instead of {mine}, still there {gone}")
    if n % 9 == 8:
        mine.setdefault(f"w{me}-0", "again"); open(f".tasks/w{me}-0.yaml", "w").write("title: again\\n")
    workspace.close()
"""


def test_readers_at_once_hide_nothing_from_each_other(filled: GitRepo) -> None:
    """Processes that edit and refresh at the same time each see all of their own edits, at once."""
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, SOURCE, str(n), "70"], cwd=filled.path, stderr=subprocess.PIPE, text=True
        )
        for n in range(4)
    ]
    said = [(worker.communicate()[1], worker.returncode) for worker in workers]
    assert said == [("", 0)] * 4
    assert cached(filled.path) == fresh(filled.path)


def test_a_refresh_that_is_killed(filled: GitRepo) -> None:
    """Killed at any moment of a refresh, a reader leaves a cache that the next one can use or mend."""
    rng = random.Random(3)
    for n in range(12):
        for task_id, doc in docs(60, seed=100 + n):
            filled.write(f".tasks/{task_id}.yaml", codec.dumps(doc))
        with subprocess.Popen(
            [sys.executable, "-c", WORKER, SOURCE, "9", "50"], cwd=filled.path, stderr=subprocess.DEVNULL
        ) as child:
            time.sleep(0.05 + rng.random() * 0.25)
            child.kill()
        for left in (filled.path / ".tasks").glob("w9-*.yaml"):
            left.unlink()
        assert cached(filled.path) == fresh(filled.path)


def test_many_threads_of_one_repository(filled: GitRepo) -> None:
    """Workspaces of several threads, as a server has them, do not disturb each other."""
    right, wrong = fresh(filled.path), list[object]()

    def look() -> None:
        for _ in range(5):
            seen = cached(filled.path)
            if seen != right:
                wrong.append(seen)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
