"""Brings the cache up to date with the files: what changed is read, the rest is trusted."""

from __future__ import annotations

import hashlib

from tmfiles import config as settings
from tmfiles.config import Config
from tmfiles.errors import Problem
from tmfiles.index import Entry
from tmfiles.store import CONFIG, FOLDER, id_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tmfiles.index import Index
    from tmfiles.store import Scan, Store

    Progress = Callable[[str, int, int], None] | None


def refresh(index: Index, store: Store, scan: Scan, progress: Progress) -> None:
    """Read the files whose numbers differ from the cache's, and keep the scan."""
    trusted_before = store.trusted_before()
    index.begin()
    try:
        known, stats = index.known(), scan.stats()
        changed = [path for path, numbers in stats.items() if known.get(path) != numbers]
        if (CONFIG in changed or (CONFIG in known) != (CONFIG in stats)) and _read_config(index, store, stats):
            changed = list(stats)
        config = Config.from_text(index.meta("config"))
        index.forget([path for path in known if path not in stats])
        index.put(_entries(index, store, [path for path in changed if path != CONFIG], config, progress))
        index.keep_scan(scan, set(changed), trusted_before)
        index.commit()
    except BaseException:
        index.rollback()
        raise


def _read_config(index: Index, store: Store, stats: dict[str, tuple[int, ...]]) -> bool:
    """Read the settings again; True when they changed and every task must be judged anew."""
    config, problems = Config(), list[Problem]()
    if CONFIG in stats:
        place = f"{FOLDER}/{CONFIG}"
        try:
            config, problems = settings.parse(store.read(CONFIG), place)
        except OSError as error:
            problems = [_unreadable(place, error)]
    index.put_config_problems(CONFIG, problems)
    text = config.to_text()
    if text == index.meta("config"):
        return False
    index.set_meta("config", text)
    index.clear()
    return True


def _entries(index: Index, store: Store, paths: list[str], config: Config, progress: Progress) -> Iterator[Entry]:
    for done, path in enumerate(paths):
        if progress and done % 200 == 0:
            progress("reading tasks", done, len(paths))
        place = f"{FOLDER}/{path}"
        try:
            data = store.read(path)
        except FileNotFoundError:
            index.forget([path])
            continue
        except OSError as error:
            yield Entry.unreadable(path, id_of(path), b"", [_unreadable(place, error)])
            continue
        digest = digest_of(data)
        if index.digest(path) != digest:
            from tmfiles.workspace.parse import entry  # YAML and schema cost more than most commands

            yield entry(path, data, digest, config)


def digest_of(data: bytes) -> bytes:
    """Give the digest by which the cache and the pending record know contents."""
    return hashlib.blake2b(data, digest_size=20).digest()


def _unreadable(place: str, error: OSError) -> Problem:
    return Problem(place, 0, 0, "unreadable", f"cannot read this file: {error.strerror}")


def keep_written(index: Index, store: Store, scan: Scan, paths: Sequence[str], config: Config) -> None:
    """Bring the cache and the scan it keeps up to date with files that were written since the scan."""
    written: dict[str, tuple[int, ...] | None] = {}
    for path in paths:
        try:
            written[path] = store.numbers(path)
        except OSError:
            written[path] = None
    scan.update(written)
    if CONFIG in paths:
        return  # every task is to be judged anew: the next read does it
    index.begin()
    try:
        present = [path for path, numbers in written.items() if numbers]
        index.forget([path for path in written if not written[path]])
        index.put(_entries(index, store, present, config, None))
        # Written just now, so racy by definition: the next read compares the bytes once.
        index.keep_scan(scan, set(present), 0)
        index.commit()
    except BaseException:
        index.rollback()
        raise
