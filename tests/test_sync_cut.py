"""`tm sync` cut short: killed at any step, without a network half way, on a full disk; it can be typed again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from bench.racing import has_daemon, serving
from conftest import GitRepo
from syncing import Clone, Own, assert_equal, ending, meet, team
from test_write_fails import linux_root, mounted
from writing import Store

from tmfiles.git import joining, remote
from tmfiles.sync import branch
from tmfiles.workspace import merging

pytestmark = pytest.mark.slow


def project(folder: Path) -> list[Clone]:
    """Make a project with a store in its branch, and two clones."""
    first = Store(GitRepo(folder / "first"), init=False)
    first.path.mkdir()
    first.git("init", "--quiet")
    first.repo.commit("code", {"main.py": "one\n"})
    first.do("init")
    for number in range(2):
        first.add(f"Task {number}", "--id", f"task-{number}")
    first.git("clone", "--quiet", "--bare", str(first.path), str(folder / "origin.git"))
    clones = []
    for name in ("ann", "ben"):
        subprocess.run(["git", "clone", "--quiet", str(folder / "origin.git"), str(folder / name)], check=True)
        clones.append(Clone(folder / name))
        clones[-1].do("init")
    return clones


def apart(folder: Path) -> list[Clone]:
    """Make two clones of a store in a repository of its own."""
    return [*team(folder, "ann ben")]


MODES = {"branch": project, "own": apart}


@pytest.fixture(params=MODES)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> list[Clone]:
    """Give two clones, with the store in a project's branch or in a repository of its own."""
    return MODES[request.param](tmp_path)


def both_edit(pair: list[Clone], number: int) -> None:
    """Let both change one task, one delete what the other changes; the first pushes."""
    for clone in pair:
        clone.as_("comment", "task-0", f"{clone.name} {number}")
        clone.as_("add", f"Task of {clone.name}", "--id", f"{clone.name}-{number}")
    meet(pair[0])


def assert_whole(pair: list[Clone], number: int) -> None:
    """Typed again it comes to its end, and both have what both wrote, once."""
    ann, ben = pair
    ben.as_("sync")
    ann.as_("sync")
    assert_equal(pair)
    said = [entry["text"] for entry in ann.doc("task-0")["journal"] if entry["text"].endswith(f" {number}")]
    assert sorted(said) == [f"ann {number}", f"ben {number}"]


STEPS: dict[str, tuple[Any, str]] = {
    "fetched": (remote, "fetch"),
    "merged": (joining, "start"),
    "settled": (branch, "resolve"),
    "committed": (joining, "conclude"),
    "pushed": (remote, "push"),
}


def test_in_a_branch_killed_at_each_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped after the fetch, git's merge, the settling, the commit or the push, the next sync finishes it."""
    ann, ben = pair = project(tmp_path)
    ben.git("config", "--remove-section", "merge.tm")
    for number, (owner, attribute) in enumerate(STEPS.values()):
        ann.as_("add", "To be deleted", "--id", f"gone-{number}")
        meet(ann)
        meet(ben)
        both_edit(pair, number)
        ann.as_("delete", f"gone-{number}")
        meet(ann)
        ben.as_("comment", f"gone-{number}", "Needed")
        ben.repo.write("loose.txt", "not committed\n")
        with monkeypatch.context() as patch:
            patch.setattr(owner, attribute, ending(getattr(owner, attribute)))
            with pytest.raises(SystemExit):
                ben.as_("sync")
        told = ben.as_("sync").err
        assert ("cut short" in told) == (attribute in ("start", "resolve")), (attribute, told)
        (ben.path / "loose.txt").unlink()
        assert_whole(pair, number)
        assert ann.doc(f"gone-{number}")["journal"][0]["text"] == "Needed"


def test_a_merge_that_the_user_went_on_with_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut short, and then something was staged: that is the user's commit to make, and sync says so."""
    _, ben = pair = project(tmp_path)
    both_edit(pair, 0)
    with monkeypatch.context() as patch:
        patch.setattr(joining, "start", ending(joining.start))
        with pytest.raises(SystemExit):
            ben.as_("sync")
    ben.repo.write("mine.py", "mine\n")
    ben.git("add", "mine.py")
    assert "a merge is in progress" in ben.as_("sync", code=7).err
    ben.git("reset", "--quiet", "mine.py")
    (ben.path / "mine.py").unlink()
    assert_whole(pair, 0)


class Wire:
    """A port that leads to git's daemon, and goes dead after so many bytes."""

    def __init__(self, folder: Path) -> None:
        self.daemon, self.daemon_port = serving(folder)
        self.limit: int | None = None
        self.passed = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"git://127.0.0.1:{self.server.getsockname()[1]}/origin.git"
        self.carriers: list[threading.Thread] = []
        self.serving = threading.Thread(target=self._serve, daemon=True)
        self.serving.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                one = self.server.accept()[0]
                if self.dead():
                    one.close()
                    continue
                carrier = threading.Thread(target=self._carry, args=(one,), daemon=True)
                self.carriers.append(carrier)
                carrier.start()

    def dead(self) -> bool:
        """Tell whether all has passed that is to pass."""
        return self.limit is not None and self.passed >= self.limit

    def _carry(self, one: socket.socket) -> None:
        with one, socket.create_connection(("127.0.0.1", self.daemon_port), 10) as other:
            back = threading.Thread(target=self._pass, args=(other, one), daemon=True)
            back.start()
            self._pass(one, other)
            back.join(timeout=20)

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while (data := source.recv(256)) and not self.dead():
                self.passed += len(data)
                target.sendall(data)
            if not self.dead():
                target.shutdown(socket.SHUT_WR)
                return
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)
        self.serving.join(timeout=20)
        self.server.close()
        for carrier in self.carriers:
            carrier.join(timeout=20)
        self.daemon.terminate()
        self.daemon.wait(timeout=20)


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    """Give a way to the folder's repositories that can be cut."""
    if not has_daemon():
        pytest.skip("this git has no daemon")
    made = Wire(tmp_path)
    yield made
    made.close()


def test_the_network_goes_anywhere(pair: list[Clone], wire: Wire) -> None:
    """Cut after so many bytes of fetch or push, sync says what happened, nothing is half, and the next one finishes."""
    _, ben = pair
    origin = ben.git("remote", "get-url", "origin")
    ben.git("remote", "set-url", "origin", wire.url)
    cuts = 0
    for number, limit in enumerate((0, 150, 400, 900, 1500, 2200, 3000)):
        both_edit(pair, number)
        wire.passed, wire.limit = 0, limit
        done = ben.as_("sync", code=None)
        wire.limit = None
        if done.code:
            cuts += 1
            assert done.code == 7, done
            assert "tm sync" in done.err
        assert ben.leftovers() == []
        assert ben.git("status", "--porcelain") == ""
        assert_whole(pair, number)
    assert cuts >= 4
    ben.git("remote", "set-url", "origin", origin)


def test_what_git_left_half_written_is_put_back(tmp_path: Path) -> None:
    """Files that git had begun when it ran out of room are no edits by hand; what somebody made there is."""
    pair = project(tmp_path)
    ann, ben = pair
    both_edit(pair, 0)
    ann.as_("update", "task-1", "--priority", "high")
    ann.as_("sync")
    ben.git("fetch", "--quiet")
    ours, theirs = ben.git("rev-parse", "HEAD"), ben.git("rev-parse", "origin/main")
    merging.keep(str(ben.private), ours, theirs)
    ben.file("ann-0").write_bytes(b"")
    ben.file("task-1").unlink()
    ben.file("ben-1").write_text("title: By hand\n", encoding="utf-8")
    assert_whole(pair, 0)
    assert (ben.doc("task-1")["priority"], ben.doc("ben-1")["title"]) == ("high", "By hand")
    assert ann.doc("ann-0")["title"] == "Task of ann"


@linux_root
@pytest.mark.parametrize("mode", MODES)
def test_a_full_disk(tmp_path: Path, mode: str) -> None:
    """On a disk that fills up sync does all or nothing, and with room again the next one finishes."""
    place = tmp_path / "mount"
    place.mkdir()
    mounted("-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place))
    try:
        pair = MODES[mode](tmp_path)
        ben = Clone(place / "ben")
        shutil.copytree(pair[1].path, ben.path, symlinks=True)
        ben = Own(ben.path) if mode == "own" else ben
        ben.git("remote", "set-url", "origin", str(tmp_path / "origin.git"))
        pair[1] = ben
        failed = 0
        for number, room in enumerate((150, 100, 70, 50, 40, 30, 20, 10, 0)):  # KiB
            both_edit(pair, number)
            filler = place / "filler"
            free = os.statvfs(place)
            filler.write_bytes(b"x" * max(0, free.f_bavail * free.f_frsize - room * 1024))
            done = ben.tm("--as", "ben", "sync", code=None)
            assert "this is a bug" not in done.err, done
            failed += done.code != 0
            filler.unlink()
            assert_whole(pair, number)
        assert failed
    finally:
        subprocess.run(["umount", str(place)], check=False)
