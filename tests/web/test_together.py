"""Looks at the files are shared, and none of them misses what was there when it was asked for."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tmfiles.errors import TmError
from tmfiles.store import Scan, Store
from tmfiles.web.scanning import Scanner
from tmfiles.web.together import MANY, Looks


class Slow(Store):
    """A store that counts its looks, each of which ends when the test says so."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), str(folder))
        self.count = 0
        self.go = threading.Event()
        self.began = threading.Event()

    def scan(self) -> Scan:
        """Look, and wait."""
        found = super().scan()
        self.count += 1
        self.began.set()
        assert self.go.wait(20)
        return found


def waiting(count: Callable[[], int], wanted: int) -> None:
    """Wait until so many wait."""
    end = time.monotonic() + 20
    while count() < wanted:
        assert time.monotonic() < end
        time.sleep(0.001)


def test_who_asks_together_shares_a_look(tmp_path: Path) -> None:
    """Ten that ask while one looks wait for one look more, which began after all of them had asked."""
    store, looks, asked = Slow(tmp_path), Looks(), []

    def look() -> list[str]:
        asked.append(1)
        return looks.look(store).paths

    with ThreadPoolExecutor(11) as pool:
        first = pool.submit(look)
        assert store.began.wait(20)
        (tmp_path / "new.yaml").write_text("title: New\n", encoding="utf-8")
        others = [pool.submit(look) for _ in range(10)]
        waiting(lambda: len(asked), 11)
        time.sleep(0.05)  # the last of them has said that it asks, and asks now
        store.go.set()
        assert first.result() == []
        assert [one.result() for one in others] == [["new.yaml"]] * 10
    assert store.count <= 3


def test_nobody_sees_less_than_was_there(tmp_path: Path) -> None:
    """While files are written at random, each look has every file that was there when it was asked for."""
    looks, store = Looks(), Store(str(tmp_path), str(tmp_path))
    written: list[str] = []
    end = time.monotonic() + 1.5

    def write() -> None:
        while time.monotonic() < end:
            name = f"t{len(written)}.yaml"
            (tmp_path / name).write_text("title: One\n", encoding="utf-8")
            written.append(name)
            time.sleep(random.random() / 500)

    def read() -> int:
        count = 0
        while time.monotonic() < end:
            before = list(written)
            assert set(before) <= set(looks.look(store).paths)
            count += 1
        return count

    with ThreadPoolExecutor(9) as pool:
        writer = pool.submit(write)
        assert min(one.result() for one in [pool.submit(read) for _ in range(8)]) > 0
        writer.result()
    looks.close()


def test_a_look_that_fails_fails_for_one(tmp_path: Path) -> None:
    """Whoever waited for it looks alone; and what one writes into its own changes nobody else's."""
    looks = Looks()
    gone = Store(str(tmp_path / "gone"), str(tmp_path))
    with pytest.raises(TmError, match="cannot read"):
        looks.look(gone)
    (tmp_path / "one.yaml").write_text("title: One\n", encoding="utf-8")
    store = Store(str(tmp_path), str(tmp_path))
    first = looks.look(store)
    first.paths.clear()
    first.numbers[0] = 0
    assert looks.look(store).paths == ["one.yaml"]
    shared = looks.store(store)
    assert shared.scan().stats() == store.scan().stats()
    assert looks.store(gone) is gone


def test_another_process_looks_at_a_large_store(tmp_path: Path) -> None:
    """It sees what this one would see, oddities and refusals too, and is begun anew when it is gone."""
    for number in range(MANY + 5):
        (tmp_path / f"t{number}.yaml").write_text("title: One\n", encoding="utf-8")
    (tmp_path / "odd.yml").write_text("title: Odd\n", encoding="utf-8")
    looks, store = Looks(), Store(str(tmp_path), str(tmp_path))
    scanner = Scanner()
    try:
        for _ in range(3):
            for found in (looks.look(store), scanner.scan(store)):
                here = store.scan()
                assert (found.stats(), found.oddities) == (here.stats(), here.oddities)
            (tmp_path / "t0.yaml").write_text("title: Another\n", encoding="utf-8")
        running = scanner._running
        assert running is not None
        running.kill()
        running.wait(20)
        assert scanner.scan(store).stats() == store.scan().stats()
        with pytest.raises(TmError, match="cannot read"):
            scanner.scan(Store(str(tmp_path / "gone"), str(tmp_path)))
        assert scanner.scan(store).paths == store.scan().paths
    finally:
        looks.close()
        scanner.close()
