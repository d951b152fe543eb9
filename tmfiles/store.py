"""The files under `.tasks/`: finds, reads and replaces them; knows neither YAML nor Git nor the index."""

from __future__ import annotations

import os
import stat
from array import array

from tmfiles.errors import Problem, TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Ready = Callable[[str], bool]

FOLDER = ".tasks"
CONFIG = "config.yaml"
SUFFIX = ".yaml"
SHARD_FROM = 1000
# From so many files on, they are flushed to the disk together.
BULK = 100
# By handle the kernel need not walk the whole path for every file, and no link is followed on the way.
_BY_HANDLE = os.scandir in os.supports_fd and os.open in os.supports_dir_fd
_LIST = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)


class Scan:
    """What lies under the store folder: paths relative to it, four numbers each, and what is no task.

    `numbers` holds size in bytes, mtime and ctime in nanoseconds, and inode for `paths[i]` at `4 * i`.
    `config.yaml` is among the paths, since what is valid hangs on it.
    """

    __slots__ = ("numbers", "oddities", "paths")

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.numbers: array[int] = array("q")
        self.oddities: list[Problem] = []

    def stats(self) -> dict[str, tuple[int, ...]]:
        """Give the four numbers by path."""
        n = self.numbers
        return {path: tuple(n[4 * i : 4 * i + 4]) for i, path in enumerate(self.paths)}


def find(start: str) -> str | None:
    """Walk up from `start` to the folder that contains `.tasks/`; None when there is none."""
    here = os.path.realpath(start)
    while True:
        if os.path.isdir(os.path.join(here, FOLDER)):
            return here
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above


class Store:
    """The task files of one `.tasks/` folder.

    `folder` is absolute; `scratch` is a folder for temporary files, used when it lies on the same file
    system, so that a killed write leaves nothing in the work tree.
    """

    def __init__(self, folder: str, scratch: str) -> None:
        self.folder = folder
        self.scratch = scratch

    def scan(self) -> Scan:
        """List every task file with its numbers, in the order the file system gives."""
        found = Scan()
        pending = [""]
        while pending:
            self._scan_folder(pending.pop(), found, pending)
        return found

    def _scan_folder(self, prefix: str, found: Scan, pending: list[str]) -> None:
        place = f"{self.folder}/{prefix}".rstrip("/")
        try:
            if not _BY_HANDLE:
                with os.scandir(place) as entries:
                    _note(entries, prefix, found, pending)
                return
            handle = os.open(place, _LIST | (os.O_NOFOLLOW if prefix else 0))
            try:
                with os.scandir(handle) as entries:
                    _note(entries, prefix, found, pending)
            finally:
                os.close(handle)
        except OSError as error:
            self._unlisted(prefix, error, found)

    def _unlisted(self, prefix: str, error: OSError, found: Scan) -> None:
        if not prefix:
            raise TmError(f"cannot read {self.folder}: {error.strerror}", code="invalid") from error
        if not isinstance(error, FileNotFoundError):
            found.oddities.append(
                Problem(f"{FOLDER}/{prefix}", 0, 0, "unreadable", f"cannot list this folder: {error.strerror}")
            )

    def read(self, path: str, most: int = -1) -> bytes:
        """Give the bytes of one file, or the first `most`; raises OSError. A link is never followed."""
        fd = os.open(os.path.join(self.folder, path), _READ)
        try:
            file = open(fd, "rb", buffering=0)  # noqa: SIM115 closed below; a folder is not opened
        except OSError:
            os.close(fd)
            raise
        with file:
            # To ask for a number of bytes is to have room made for all of them.
            return file.read(most if 0 <= most < os.fstat(fd).st_size else -1) or b""

    def numbers(self, path: str) -> tuple[int, ...]:
        """Give size, mtime, ctime and inode of one file as `scan` does; raises OSError."""
        info = os.lstat(os.path.join(self.folder, path))
        return (info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino & _INODE)

    def trusted_before(self) -> int:
        """Give the time, in nanoseconds of the file system's clock, before which a timestamp is settled.

        A file whose times are later may change once more without its numbers changing, so it is read
        again next time (Git's racily-clean rule). Call it before reading the files.
        """
        clock = os.path.join(self.scratch, "clock")
        try:
            fd = os.open(clock, os.O_WRONLY | os.O_CREAT, 0o666)
            try:
                os.utime(clock)
                info = os.fstat(fd)
                same_place = info.st_dev == os.stat(self.folder).st_dev
            finally:
                os.close(fd)
        except OSError:
            same_place = False
        if not same_place:
            import time

            return time.time_ns() - 2_000_000_000
        coarse = info.st_mtime_ns % 1_000_000_000 == 0
        return info.st_mtime_ns - (2_000_000_000 if coarse else 10_000_000)

    def replace(self, files: Mapping[str, bytes | None], ready_for: Ready | None = None) -> None:
        """Put new contents in place, or remove files (None): all are written and synced before any moves.

        Each file is swapped whole; raises OSError before the first swap when the disk is full. Writing takes
        long enough for an editor to save: `ready_for(path)` is asked in the last moment, and may refuse by
        an error, or leave that file as it is by False.
        """
        from contextlib import suppress

        # One flush of all there is costs less than a thousand of one file each.
        at_once = len(files) > BULK and hasattr(os, "sync")
        ready: list[tuple[str, str, str]] = []
        folders: dict[str, str] = {}
        try:
            for path, data in files.items():
                target = self._target(path, folders)
                if data is not None:
                    ready.append((self._temporary(path, target, data, sync=not at_once), target, path))
            if at_once:
                os.sync()
            for temporary, target, path in ready:
                self._swap(temporary, target, path, files[path] or b"", ready_for)
        except BaseException:
            for temporary, _, _ in ready:
                with suppress(OSError):
                    os.unlink(temporary)
            raise
        for path, data in files.items():
            if data is None and (ready_for is None or ready_for(path)):
                self._remove(path)
        for folder in folders.values():
            _sync_folder(folder)

    def _swap(self, temporary: str, target: str, path: str, data: bytes, ready_for: Ready | None) -> None:
        import errno
        from contextlib import suppress

        try:
            while ready_for is None or ready_for(path):
                try:
                    os.replace(temporary, target)
                except OSError as error:
                    if error.errno != errno.EXDEV or os.path.dirname(temporary) == os.path.dirname(target):
                        raise
                else:
                    return
                # A file system mounted twice has one number, and yet no way across.
                os.unlink(temporary)
                temporary = self._temporary(path, target, data, sync=True, beside=True)
        finally:
            with suppress(OSError):
                os.unlink(temporary)

    def _target(self, path: str, folders: dict[str, str]) -> str:
        """Turn a relative path into an absolute one whose folder exists and lies inside the store.

        `folders` holds those that were looked at before, by their relative path.
        """
        below, _, name = path.rpartition("/")
        parts = path.split("/")
        if not all(part and not part.startswith("..") and "\\" not in part for part in parts):
            raise TmError(f"{path!r} is no path of a task file", code="invalid")
        if below not in folders:
            parent = os.path.join(self.folder, *parts[:-1])
            os.makedirs(parent, exist_ok=True)
            inside = os.path.realpath(self.folder)
            if os.path.commonpath((os.path.realpath(parent), inside)) != inside:
                raise TmError(f"{FOLDER}/{path} would leave the store through a symbolic link", code="invalid")
            folders[below] = parent
        return os.path.join(folders[below], name)

    def _temporary(self, path: str, target: str, data: bytes, *, sync: bool, beside: bool = False) -> str:
        from contextlib import suppress

        folder = os.path.dirname(target)
        name = "." + os.path.basename(target) + ".tm~"
        if not beside and os.path.isdir(self.scratch) and os.stat(self.scratch).st_dev == os.stat(folder).st_dev:
            folder, name = self.scratch, path.replace("/", "+") + "~"
        temporary = os.path.join(folder, name)
        try:
            mode = stat.S_IMODE(os.lstat(target).st_mode)
        except OSError:
            mode = 0
        try:
            with open(temporary, "wb") as file:
                if mode:
                    os.chmod(temporary, mode)
                file.write(data)
                if sync:
                    file.flush()
                    os.fsync(file.fileno())
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
        return temporary

    def _remove(self, path: str) -> None:
        from contextlib import suppress

        with suppress(FileNotFoundError):
            os.unlink(os.path.join(self.folder, path))
        folder = os.path.dirname(path)
        with suppress(OSError):
            while folder:  # as Git does, an emptied folder goes with its last file
                os.rmdir(os.path.join(self.folder, folder))
                folder = os.path.dirname(folder)

    def clear_temporaries(self, paths: Iterable[str]) -> None:
        """Remove what a killed `replace` of these paths may have left beside them or in the scratch folder."""
        from contextlib import suppress

        for path in paths:
            target = os.path.join(self.folder, path)
            beside = os.path.join(os.path.dirname(target), "." + os.path.basename(target) + ".tm~")
            for left in (beside, os.path.join(self.scratch, path.replace("/", "+") + "~")):
                with suppress(OSError):
                    os.unlink(left)


# On Windows a listing of a folder tells no inode, and a question after one file does.
_INODE = 0 if os.name == "nt" else (1 << 63) - 1
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


def _note(entries: Iterable[os.DirEntry[str]], prefix: str, found: Scan, pending: list[str]) -> None:
    """Sort the entries of one folder into task files, folders still to be listed, and oddities."""
    add_path, add_numbers = found.paths.append, found.numbers.extend
    is_reg = stat.S_ISREG
    for entry in entries:
        name = entry.name
        if name[0] == "." or (not prefix and name == "templates"):
            continue
        try:
            info = entry.stat(follow_symlinks=False)
        except OSError:
            continue  # gone since the folder was listed
        mode, text = info.st_mode, name.isprintable()
        if is_reg(mode) and name.endswith(SUFFIX) and text:
            add_path(prefix + name)
            add_numbers((info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino & _INODE))
        elif stat.S_ISDIR(mode) and not name.endswith(SUFFIX) and text:
            pending.append(prefix + name + "/")
        elif (odd := _oddity(prefix + name, mode)) is not None:
            found.oddities.append(odd)


def sorted_out(modes: Mapping[str, str]) -> tuple[list[str], list[Problem]]:
    """Tell task files, `config.yaml` among them, from oddities, as a scan of files that lie so would.

    `modes` gives Git's mode of a file, as octal text, by path relative to the store.
    """
    tasks: list[str] = []
    odd: dict[str, Problem] = {}
    for path, mode in modes.items():
        if mode.startswith("100") and path.endswith(SUFFIX) and "." not in path[: -len(SUFFIX)] and path.isprintable():
            if not path.startswith("templates/"):
                tasks.append(path)
            continue
        *folders, name = path.split("/")
        if name[0] == "." or (folders and (folders[0] == "templates" or any(part[0] == "." for part in folders))):
            continue
        above = next((at for at, part in enumerate(folders, 1) if _is_odd_folder(part)), 0)
        kind = stat.S_IFDIR if above else int(mode, 8)
        path = "/".join(folders[:above]) if above else path
        if stat.S_ISREG(kind) and name.endswith(SUFFIX) and name.isprintable():
            tasks.append(path)
        elif (problem := _oddity(path, kind)) is not None:
            odd[path] = problem
    return tasks, list(odd.values())


def _is_odd_folder(name: str) -> bool:
    return name.endswith(SUFFIX) or not name.isprintable()


def _oddity(path: str, mode: int) -> Problem | None:
    """Name what is in the place of a task file, or would be taken for one, and is none."""
    stem, dot, ending = path.rpartition("/")[2].rpartition(".")
    like_task = bool(dot) and ending.lower() in ("yaml", "yml")
    place = f"{FOLDER}/{path}"
    if not path.isprintable() and (like_task or stat.S_ISDIR(mode)):  # nor is what is no UTF-8
        shown = ascii(place)[1:-1]
        return Problem(shown, 0, 0, "file-name", "this name cannot be shown as it is: rename it")
    if stat.S_ISLNK(mode):
        return Problem(place, 0, 0, "symbolic-link", "a symbolic link is not followed: put the file itself here")
    if like_task and stat.S_ISREG(mode):
        return Problem(place, 0, 0, "file-name", f"task files end in {SUFFIX}: rename it to {stem}{SUFFIX}")
    if dot and f".{ending}" == SUFFIX:
        what = "a folder" if stat.S_ISDIR(mode) else "no regular file"
        return Problem(place, 0, 0, "not-a-file", f"this is {what} with the name of a task: rename it")
    return None


def _sync_folder(folder: str) -> None:
    """Make renames in `folder` last; Windows has no such call and needs none."""
    from contextlib import suppress

    with suppress(OSError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def names(folder: str, below: str) -> list[str]:
    """Give the stems of the YAML files right in a folder below the store's; links are left out."""
    try:
        with os.scandir(os.path.join(folder, below)) as entries:
            found = [one.name for one in entries if one.name.endswith(SUFFIX) and one.is_file(follow_symlinks=False)]
    except OSError:
        return []
    return sorted(name[: -len(SUFFIX)] for name in found if name[0] != ".")


def id_of(path: str) -> str:
    """Give the id that a task file's path stands for: its stem."""
    return path.rpartition("/")[2][: -len(SUFFIX)]


def is_task(path: str) -> bool:
    """Tell whether a path below the store folder is that of a task's file; what begins with a dot is none."""
    return path.endswith(SUFFIX) and path != CONFIG and not path.startswith(("templates/", ".")) and "/." not in path


def place(task_id: str, layout: str, count: int) -> str:
    """Give the path of a new task file.

    `layout` is flat, sharded or auto; auto shards once the store holds `SHARD_FROM` tasks. The folder is
    named by the first two characters of the id. Ids that another tool gave share their beginning (`bd-0088`,
    `task-12`): theirs is named by the one character behind the last hyphen, or all would lie in one folder.
    """
    if layout == "flat" or (layout == "auto" and count < SHARD_FROM):
        return task_id + SUFFIX
    _, hyphen, rest = task_id.rpartition("-")
    shard = rest[0] if hyphen else task_id[:2].rstrip("._")
    return f"{shard}/{task_id}{SUFFIX}"
