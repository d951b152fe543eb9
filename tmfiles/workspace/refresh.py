"""Brings the cache up to date with the files: what changed is read, the rest is trusted."""

from __future__ import annotations

from array import array

from tmfiles.config import Config
from tmfiles.errors import Problem
from tmfiles.index import RACY, Entry
from tmfiles.store import CONFIG, FOLDER, Scan, id_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tmfiles.index import Index
    from tmfiles.store import Store

    Progress = Callable[[str, int, int], None] | None

# Of what is longer than any task may be, so much is read: enough to say what is wrong with it.
_MOST = 16 * 1024 * 1024


def refresh(index: Index, store: Store, scan: Scan, others: int, progress: Progress) -> Scan:
    """Read the files whose numbers differ from the cache's, and keep the scan; give the scan that counts.

    `others` is what `Index.others` said before the scan: where another process has changed the cache
    since, the scan may be older than what the cache holds, and the files are scanned again.
    """
    trusted_before = store.trusted_before()
    index.begin()
    try:
        if index.others() != others:
            scan = store.scan()
        known, stats = _by_path(*index.kept()), _by_path(scan.paths, scan.numbers)
        changed = [path for path, numbers in stats.items() if known.get(path) != numbers]
        if (CONFIG in changed or (CONFIG in known) != (CONFIG in stats)) and _read_config(index, store, stats):
            changed = list(stats)
        config = Config.from_text(index.meta("config"))
        index.forget([path for path in known if path not in stats])
        _read(index, store, scan, changed, config, progress)
        index.keep(scan.paths, scan.numbers, set(changed), trusted_before)
        index.commit()
    except BaseException:
        index.rollback()
        raise
    return scan


def _by_path(paths: Sequence[str], numbers: Sequence[int]) -> dict[str, tuple[int, ...]]:
    each = iter(numbers)
    return dict(zip(paths, zip(each, each, each, each, strict=True), strict=True))


def _read_config(index: Index, store: Store, stats: dict[str, tuple[int, ...]]) -> bool:
    """Read the settings again; True when they changed and every task must be judged anew."""
    from tmfiles import config as settings

    config, problems = Config(), list[Problem]()
    if CONFIG in stats:
        place = f"{FOLDER}/{CONFIG}"
        try:
            config, problems = settings.parse(store.read(CONFIG, _MOST), place)
        except OSError as error:
            problems = [_unreadable(place, error)]
    index.put_config_problems(CONFIG, problems)
    text = config.to_text()
    if text == index.meta("config"):
        return False
    index.set_meta("config", text)
    index.clear()
    return True


def _read(index: Index, store: Store, scan: Scan, paths: list[str], config: Config, progress: Progress) -> None:
    """Read these files into the cache; what could not be read is marked in the scan, to be tried again."""
    import gc

    failed: list[str] = []
    # Documents hold no circles: to look for them among thousands takes a fifth of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        index.put(_entries(index, store, [path for path in paths if path != CONFIG], config, failed, progress))
    finally:
        if collecting:
            gc.enable()
    if failed:
        at = {path: i for i, path in enumerate(scan.paths)}
        for path in failed:
            scan.numbers[4 * at[path]] = RACY


def _entries(
    index: Index, store: Store, paths: list[str], config: Config, failed: list[str], progress: Progress
) -> Iterator[Entry]:
    for done, path in enumerate(paths):
        if progress and done % 200 == 0:
            progress("reading tasks", done, len(paths))
        place = f"{FOLDER}/{path}"
        try:
            data = store.read(path, _MOST)
        except FileNotFoundError:
            index.forget([path])
            failed.append(path)
            continue
        except OSError as error:
            # Another user, who shares the cache, may be able to read it, and so may this one a moment later.
            failed.append(path)
            problem = _unreadable(place, error)
            digest = digest_of(str(problem).encode())
            if index.digest(path) != digest:
                yield Entry.unreadable(path, id_of(path), digest, [problem])
            continue
        digest = digest_of(data)
        if index.digest(path) != digest:
            from tmfiles.workspace.parse import entry  # YAML and schema cost more than most commands

            yield entry(path, data, digest, config)


def digest_of(data: bytes) -> bytes:
    """Give the digest by which the cache and the pending record know contents."""
    import hashlib

    return hashlib.blake2b(data, digest_size=20).digest()


def _unreadable(place: str, error: OSError) -> Problem:
    return Problem(place, 0, 0, "unreadable", f"cannot read this file: {error.strerror}")


def keep_written(index: Index, store: Store, files: Mapping[str, Entry | None]) -> None:
    """Bring the cache up to date with files that were written just now, as their writer knows them.

    None of it is trusted: somebody may have edited them since, so the next reading compares their bytes once.
    """
    if CONFIG in files:
        return  # every task is to be judged anew: the next read does it
    index.begin()
    try:
        scan = Scan()
        scan.paths, scan.numbers = index.kept()
        gone = _note_numbers(store, scan, list(files))
        index.forget([path for path, entry in files.items() if entry is None or path in gone])
        index.put(entry for path, entry in files.items() if entry is not None and path not in gone)
        index.keep(scan.paths, scan.numbers, set(files), 0)
        index.commit()
    except BaseException:
        index.rollback()
        raise


def _note_numbers(store: Store, scan: Scan, paths: Sequence[str]) -> set[str]:
    """Put the numbers these files have now into the scan; give those that are gone."""
    gone = set()
    at = {path: i for i, path in enumerate(scan.paths)}
    for path in paths:
        try:
            numbers = store.numbers(path)
        except OSError:
            numbers = (RACY, 0, 0, 0)  # the next scan is without it
            gone.add(path)
        if path in at:
            scan.numbers[4 * at[path] : 4 * at[path] + 4] = array("q", numbers)
        else:
            scan.paths.append(path)
            scan.numbers.extend(numbers)
    return gone
