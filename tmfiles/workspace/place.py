"""Where a store is and how it is read: files, cache, repository, clock and chance under one roof."""

from __future__ import annotations

import os
from time import perf_counter

from tmfiles import store
from tmfiles.config import Config, Environment
from tmfiles.errors import TmError
from tmfiles.index import Damaged, Entry, Index
from tmfiles.store import CONFIG, FOLDER, Store
from tmfiles.workspace.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from tmfiles.errors import Problem
    from tmfiles.git.repository import Repository
    from tmfiles.git.settings import Settings
    from tmfiles.workspace.draft import Draft
    from tmfiles.workspace.settled import Sources

    Progress = Callable[[str, int, int], None]


class Workspace:
    """A store with its repository.

    `root` is the folder that contains `.tasks/`; `repository` holds it, or is None where files are only
    read. `progress(what, done, total)` is told of work that may take long.
    """

    # The commit whose files these are; empty where they are those of the work tree.
    commit = ""
    # Told of each write: seconds waited for the lock, and seconds it was held.
    timed: Callable[[float, float], None] | None = None

    def __init__(self, root: str, environment: Environment, progress: Progress | None = None) -> None:
        from tmfiles.git.repository import discover

        self.root = root
        self.environment = environment
        self.progress = progress
        self.repository: Repository | None = discover(os.path.join(root, FOLDER))
        self.config = Config()
        self.private = self._private_folder()
        self.store = Store(os.path.join(root, FOLDER), self.private)
        self._index: Index | None = None
        self._last: tuple[tuple[object, ...], View] | None = None
        self._oddities: Sequence[Problem] | None = None
        self._history_read = False
        self._below: str | None = None
        self._git_settings: Settings | None = None
        self._sources: Sources | None = None
        self._chance: Callable[[int], bytes] | None = None
        # Set while several writes are put together: what they come to so far.
        self.draft: Draft | None = None
        # Seconds by what took them, and what was written: (operation, tasks, commit).
        self.spent: dict[str, float] = {}
        self.did: list[tuple[str, Sequence[str], str]] = []

    @classmethod
    def find(cls, start: str, environment: Environment | None = None, progress: Progress | None = None) -> Workspace:
        """Find the store that `start` lies in; raises TmError when there is none."""
        environment = environment or Environment()
        if environment.store:
            start = os.path.join(start, environment.store)
            if os.path.basename(os.path.normpath(start)) == FOLDER:
                start = os.path.dirname(os.path.normpath(start))
        root = store.find(start)
        if not environment.store and (kept := _apart(start, root)):
            return cls(kept, environment, progress)
        if root is None and not environment.store and (named := _named_by_git(start)):
            start, root = named, store.find(named)
            if root != named:
                raise _no_store(start, "git config tm.store")
        if root is None or (environment.store and root != os.path.realpath(start)):
            raise _no_store(start, "TM_STORE" if environment.store else "")
        return cls(root, environment, progress)

    def _private_folder(self) -> str:
        """Give `tm/` in this work tree's git directory; where there is none, a folder that is never made."""
        if self.repository is None:
            return os.path.join(self.root, FOLDER, ".none")
        folder = os.path.join(self.repository.gitdir, "tm")
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError:
            return folder  # a reader goes on in memory; a writer is told by the lock
        return folder

    def spend(self, what: str, seconds: float) -> None:
        """Note how long something took, for those who ask."""
        self.spent[what] = self.spent.get(what, 0.0) + seconds

    def now(self) -> datetime:
        """Give the time, in whole seconds of UTC; `TM_NOW` fixes it."""
        from datetime import datetime, timezone

        if self.environment.now:
            from tmfiles import dates

            return dates.instant(self.environment.now)
        return datetime.now(timezone.utc).replace(microsecond=0)

    @property
    def home(self) -> Repository:
        """The repository that holds the store; raises TmError where there is none."""
        if self.repository is None:
            raise TmError(f"{self.root} is in no Git repository", "make one: git init, then tm init", "git")
        return self.repository

    @property
    def git_settings(self) -> Settings:
        """What Git is configured to do with a commit; asked once."""
        from tmfiles.git.settings import settings

        if self._git_settings is None:
            self._git_settings = settings(self.home)
        return self._git_settings

    @property
    def sources(self) -> Sources:
        """What the settings are, and who says so."""
        from tmfiles.workspace.settled import Sources

        if self._sources is None:
            self._sources = Sources(self.environment, self._git_config, self._said)
        return self._sources

    def _git_config(self) -> Mapping[str, str]:
        if self._git_settings is None and self.repository is not None:
            from tmfiles.git.own import own

            return own(self.repository)
        return self.git_settings.config if self.repository is not None else {}

    def _said(self, key: str) -> Mapping[str, Any]:
        """Give what config.yaml says; before the store is read, its file is only parsed where it has the word."""
        from tmfiles.workspace.settled import said_by

        if self._oddities is not None:
            return said_by(self.config)
        try:
            data = self.store.read(CONFIG)
        except OSError:
            return {}
        if key.encode() not in data:
            return {}
        from tmfiles.config import parse

        return said_by(parse(data, f"{FOLDER}/{CONFIG}")[0])

    def actor(self, named: str = "") -> str:
        """Give who acts: as named, as the settings say, as Git's identity says, as the system says."""
        if name := named.strip() or self.environment.actor or self.sources.say("actor").value:
            return " ".join(name.split())
        if self.repository is not None and (author := self.git_settings.author) is not None:
            return author.name
        import getpass

        try:
            return getpass.getuser()
        except (OSError, KeyError, ImportError):
            return "tm"

    def first_time(self, what: str) -> bool:
        """Tell whether something is said here for the first time, and remember that it was."""
        try:
            with open(os.path.join(self.private, f"told-{what}"), "x"):
                return True
        except OSError:
            return False

    def random_bytes(self, count: int) -> bytes:
        """Give random bytes; `TM_SEED` makes them repeatable."""
        if not self.environment.seed:
            return os.urandom(count)
        if self._chance is None:
            import random

            self._chance = random.Random(self.environment.seed).randbytes  # noqa: S311 for tests only
        return self._chance(count)

    @property
    def index(self) -> Index:
        """The cache, opened when first needed."""
        if self._index is None:
            self._index = Index(os.path.join(self.private, "index.sqlite"), self._refill)
        return self._index

    def read(self) -> View:
        """Give the store as it is now. Takes no lock; a hand edit is always seen."""
        if self.draft is not None:
            return self.draft
        self._refresh()
        return self._seen()

    def view(self) -> View:
        """Give the store as this process last read or wrote it, for a command that has more to ask."""
        return self._seen() if self._oddities is not None and self.draft is None else self.read()

    def _seen(self) -> View:
        self.config = Config.from_text(self.index.meta("config"))
        view = View(self.index, self.config, self._oddities or (), self._read_history, self.store.read)
        state = self.index.state()
        if self._last is not None and self._last[0] == state:
            view.follow(self._last[1])
        self._last = state, view
        return view

    def _refresh(self) -> None:
        for _ in range(2):  # from the file; from a new file in the place of a damaged one; then in memory
            try:
                self._compare()
            except Damaged as error:
                self.index.give_up(error)
            else:
                return
        self._compare()

    def _compare(self) -> None:
        index = self.index
        others = index.others()
        began = perf_counter()
        scan = self.store.scan()
        if not index.same(scan.paths, scan.numbers):
            from tmfiles.workspace.refresh import refresh

            scan = refresh(index, self.store, scan, others, self.progress)
        self._oddities = scan.oddities
        self.spend("scan", perf_counter() - began)

    def _refill(self) -> None:
        """Fill a cache that proved damaged while it was asked."""
        self._refresh()
        if self._history_read:
            self._read_history()

    def _read_history(self) -> None:
        if self.repository is None:
            return
        for _ in range(2):  # as in _refresh
            try:
                self._walk(self.repository)
            except Damaged as error:
                self.index.give_up(error)
                self._refresh()
            else:
                return
        self._walk(self.repository)

    def _walk(self, repository: Repository) -> None:
        from tmfiles.workspace.past import refresh_history

        refresh_history(self.index, repository, self.repository_path(""), self.progress)
        self._history_read = True

    def wrote(self, files: Mapping[str, Entry | None]) -> None:
        """Tell the cache what was written just now, None for no task; that it cannot be told is no error."""
        from tmfiles.workspace.refresh import keep_written

        try:
            keep_written(self.index, self.store, files)
        except Damaged as error:
            self.index.give_up(error)
            self._oddities = None
        if CONFIG in files:
            self._oddities = None

    def committed(self, before: str, commit: str, now: datetime, by: str, gone: Mapping[str, bool]) -> None:
        """Tell the cache of a commit of our own on `before`, and which of its tasks it deleted.

        What Git will tell otherwise than it was made, the next read asks Git for.
        """
        from tmfiles.dates import stamp
        from tmfiles.workspace.past import as_told, keep_commit

        if self.repository is None or not as_told(self.repository, self.git_settings):
            return
        try:
            keep_commit(self.index, before, commit, stamp(now), by, gone)
        except Damaged as error:
            # What was written is safe without it: a cache is only ever begun anew.
            self.index.give_up(error)
            self._oddities = None

    def repository_path(self, path: str) -> str:
        """Turn a path below the store folder into one relative to the repository's root."""
        if self._below is None:
            # The folder may be a link into another repository, whose root is told without links.
            below = os.path.relpath(os.path.realpath(self.store.folder), self.home.root).replace(os.sep, "/")
            self._below = "" if below == "." else f"{below}/"
        return self._below + path

    def config_problems(self) -> list[str]:
        """Give the words of what is wrong in `config.yaml`, for a write to refuse."""
        place = f"{FOLDER}/{CONFIG}"
        return [str(p) for p in self.index.problems() if p.path == place and p.severity == "error"]

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the cache."""
        if self._index is not None:
            self._index.close()
            self._index = None


def _apart(start: str, found: str | None) -> str:
    """Give the folder of the store that the clone keeps on a branch of its own; "" where it keeps none.

    It goes before the files of a branch that has tasks too, and gives way to a store with a repository of its own.
    """
    from tmfiles.git.apart import apart
    from tmfiles.git.repository import discover

    try:
        place = discover(start)
    except TmError:
        return ""  # whoever opens the store says what is wrong
    kept = apart(place) if place else None
    if not place or not kept:
        return ""
    own = found is not None and os.path.lexists(os.path.join(found, FOLDER, ".git"))
    if own and found != kept.root and f"{found}{os.sep}".startswith(f"{place.root}{os.sep}"):
        return found or ""
    folder = os.path.join(kept.root, FOLDER)
    if not os.path.isdir(folder):
        said = f"{folder} is gone; its tasks are on the branch {kept.branch!r}"
        raise TmError(said, "bring it back: tm init", "not_found")
    try:
        discover(folder)
    except TmError as error:
        error.hint = "if the repository was moved or copied: tm init, in its main work tree"
        raise
    return kept.root


def _named_by_git(start: str) -> str:
    """Give the folder that git's `tm.store` names, relative to the top of its work tree; empty where it does not."""
    from tmfiles.git.own import own
    from tmfiles.git.repository import discover

    place = discover(start)
    said = own(place).get("tm.store", "") if place else ""
    if not place or not said:
        return ""
    folder = os.path.realpath(os.path.join(place.root, os.path.expanduser(said)))
    return os.path.dirname(folder) if os.path.basename(folder) == FOLDER else folder


def _no_store(start: str, named: str) -> TmError:
    where = os.path.abspath(start)
    if named:
        hint = "correct that, or make a store there: tm init"
        return TmError(f"no {FOLDER}/ in {where}, which {named} names", hint, "not_found")
    hint = "it was removed, and HEAD has it: git restore .tasks" if _had_one(start) else "make a store here: tm init"
    return TmError(f"no {FOLDER}/ in {where} or any folder above it", hint, "not_found")


def _had_one(start: str) -> bool:
    """Tell whether the commit of HEAD has a store at the top of the repository."""
    from tmfiles.git.repository import discover, head
    from tmfiles.git.worktree import listed

    try:
        found = discover(start)
        commit = head(found).commit if found else None
        return bool(found and commit and listed(found, commit, FOLDER))
    except TmError:
        return False
