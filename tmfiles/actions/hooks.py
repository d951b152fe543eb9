"""Git hooks put in and taken out again beside what is there; what the hooks do is in `hooked`.

A shell script that is there gets our lines between two markers, behind its first line, so that they are reached
whatever it does. Anything else (another language, a link, a hook that was switched off) is moved aside as it is,
and called from there.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections import namedtuple
from contextlib import suppress

from tmfiles import resources
from tmfiles.errors import TmError
from tmfiles.git.process import run
from tmfiles.git.repository import discover
from tmfiles.git.trailers import hooks_folder
from tmfiles.store import FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.workspace import Workspace

NAMES = ("pre-commit", "pre-merge-commit", "commit-msg", "post-commit", "post-merge", "post-checkout", "post-rewrite")
ASIDE = ".tm-kept"
"""The folder beside the hooks in which those that cannot be added to are kept."""

_BEGIN = b"# >>> tm hooks >>> put in by `tm hooks install`, taken out by `tm hooks uninstall`\n"
_END = b"# <<< tm hooks <<<\n"
_START = b"#!/bin/sh\n"
_SHELL = re.compile(rb"#! ?(?:\S*/)?(?:env +(?:-\S+ +)?)?(?:sh|bash|dash|ash|ksh)(?: [^\n]*)?\n")
_PLACES = "store=.tasks in='' tm=tm"
# Where the pre-commit framework puts a hook that it finds.
_LEGACY = ".legacy"


class Hook(namedtuple("Hook", "name path state")):
    """One hook: `state` is installed, outdated, off or missing, the last also beside another hook.

    One that is off is not executable, so that git passes over it.
    """

    __slots__ = ()

    name: str
    path: str
    state: str


def status(workspace: Workspace, program: str = "tm") -> list[Hook]:
    """Tell which hooks are in; changes nothing."""
    folder, program = _folder(workspace, program)
    found = []
    for name in NAMES:
        path, data = _ours(folder, name)
        state = "missing" if data is None else "installed" if _block(workspace, name, program) in data else "outdated"
        if state == "installed" and not _is_plain_program(path):
            state = "off"
        found.append(Hook(name, path, state))
    return found


def install(workspace: Workspace, program: str = "tm") -> list[Hook]:
    """Put every hook in, or bring it up to date; `program` is what runs tm. What is there keeps running.

    Raises TmError where the hooks belong to more than this repository, or git runs none.
    """
    folder, program = _folder(workspace, program)
    _refuse_foreign(workspace)
    before = status(workspace, program)
    os.makedirs(folder, exist_ok=True)
    for hook in before:
        if hook.state == "outdated":
            _renew(workspace, hook, program)
        elif hook.state == "off":
            mode = stat.S_IMODE(os.stat(hook.path).st_mode)
            os.chmod(hook.path, mode | (mode & 0o444) >> 2)
        elif hook.state == "missing":
            _put_in(folder, hook.name, _block(workspace, hook.name, program))
    return [after for was, after in zip(before, status(workspace, program), strict=True) if was != after]


def renew(workspace: Workspace, program: str = "tm") -> list[Hook]:
    """Bring the hooks that are in up to date, and put none in."""
    _, program = _folder(workspace, program)
    _refuse_foreign(workspace)
    old = [hook for hook in status(workspace, program) if hook.state == "outdated"]
    for hook in old:
        _renew(workspace, hook, program)
    return old


def uninstall(workspace: Workspace) -> list[Hook]:
    """Take every hook out again, so that the files are what they were."""
    folder, _ = _folder(workspace, "tm")
    taken = []
    for name in NAMES:
        path, data = _ours(folder, name)
        if data is None:
            continue
        _take_out(folder, name, path, data)
        taken.append(Hook(name, path, "missing"))
    for empty in (os.path.join(folder, ASIDE), folder):
        with suppress(OSError):
            os.rmdir(empty)
    return taken


def tracked(folder: str) -> bool:
    """Tell whether the index of the repository around a folder holds a store, were its files gone or not."""
    place = discover(folder)
    return place is not None and bool(run(place.root, "ls-files", "--", f":(top,glob)**/{FOLDER}/**").out)


def in_work_tree(workspace: Workspace) -> str:
    """Give the folder of the hooks, relative, where it lies in the work tree and may be committed; else ''."""
    place = workspace.home
    folder = os.path.realpath(hooks_folder(place))
    inside = _is_below(folder, place.root) and not _is_below(folder, place.commondir)
    return os.path.relpath(folder, place.root) if inside else ""


def _folder(workspace: Workspace, program: str) -> tuple[str, str]:
    """Give the folder of the hooks, and the program's name as it may stand there: no path of this machine's."""
    return hooks_folder(workspace.home), "tm" if in_work_tree(workspace) else program


def refusal(workspace: Workspace) -> TmError | None:
    """Give why no hooks can be put in: they belong to more than this repository, or git runs none."""
    place = workspace.home
    folder = hooks_folder(place)
    if os.path.exists(folder) and not os.path.isdir(folder):
        return TmError(f"git runs no hooks here: core.hooksPath is {folder}", "git config --show-origin core.hooksPath")
    real = os.path.realpath(folder)
    if _is_below(real, place.root) or _is_below(real, place.commondir):
        return None
    return TmError(
        f"the hooks of this repository lie in {folder}, outside it: other repositories may run them too",
        "add to its pre-commit yourself: tm check --staged --quiet || exit 1",
    )


def _refuse_foreign(workspace: Workspace) -> None:
    if refused := refusal(workspace):
        raise refused


def _is_below(path: str, folder: str) -> bool:
    folder = os.path.realpath(folder)
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _block(workspace: Workspace, name: str, program: str) -> bytes:
    """Give our lines of one hook: in a shell of their own, that leaves input and settings to what follows."""
    text = resources.find(f"hooks/{name}").read_text(encoding="utf-8")
    script = "".join(line + "\n" for line in text.splitlines() if not line.startswith("#"))
    store = workspace.repository_path("").rstrip("/")
    above = store.rpartition("/")[0] if store.endswith(FOLDER) else ""
    places = f"store={shlex.quote(store)} in={shlex.quote(above)} tm={shlex.quote(program)}"
    script = script.replace(f"{_PLACES} # tm hooks install writes here where these are", places, 1)
    return _BEGIN + b"(\n" + script.encode() + b") </dev/null || exit $?\n" + _END


def _ours(folder: str, name: str) -> tuple[str, bytes | None]:
    """Give the file that holds our lines, and its bytes; where none does, the hook's own place and None."""
    path = os.path.join(folder, name)
    for candidate in (path, path + _LEGACY):
        data = None if os.path.islink(candidate) else _read(candidate)
        if data is not None and _span(data) != (-1, -1):
            return candidate, data
    return path, None


def _span(data: bytes) -> tuple[int, int]:
    begin, end = data.find(_BEGIN), data.find(_END)
    return (begin, end + len(_END)) if 0 <= begin < end else (-1, -1)


def _renew(workspace: Workspace, hook: Hook, program: str) -> None:
    data = _read(hook.path) or b""
    begin, end = _span(data)
    _replace(hook.path, data[:begin] + _block(workspace, hook.name, program) + data[end:])


def _put_in(folder: str, name: str, block: bytes) -> None:
    path = os.path.join(folder, name)
    if not os.path.lexists(path):
        _replace(path, _START + block, 0o777)
        return
    data = _read(path)
    first = _SHELL.match(data) if data is not None and _is_plain_program(path) else None
    if first and data is not None:
        _replace(path, data[: first.end()] + block + data[first.end() :])
        return
    aside = os.path.join(folder, ASIDE)
    os.makedirs(aside, exist_ok=True)
    _move(path, os.path.join(aside, name), down=True)
    _replace(path, _START + block + _calling(name), 0o777)


def _calling(name: str) -> bytes:
    kept = f'"$(dirname "$0")/{ASIDE}/{name}"'
    return f'# the hook that was here before\n[ -x {kept} ] || exit 0\nexec {kept} "$@"\n'.encode()


def _take_out(folder: str, name: str, path: str, data: bytes) -> None:
    begin, end = _span(data)
    rest = data[:begin] + data[end:]
    kept = os.path.join(folder, ASIDE, name)
    if rest == _START:
        os.unlink(path)
    elif rest == _START + _calling(name) and os.path.lexists(kept):
        os.unlink(path)
        _move(kept, path, down=False)
    else:
        _replace(path, rest)


def _is_plain_program(path: str) -> bool:
    mode = os.lstat(path).st_mode
    return stat.S_ISREG(mode) and (os.name == "nt" or bool(mode & 0o111))


def _move(old: str, new: str, *, down: bool) -> None:
    """Move a file or a link; a relative link goes on to lead where it led, one folder further down or up."""
    target = os.readlink(old) if os.path.islink(old) else ""
    if not target or os.path.isabs(target):
        os.replace(old, new)
        return
    os.symlink(os.path.join(os.pardir, target) if down else target.removeprefix(os.pardir + os.sep), new)
    os.unlink(old)


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def _replace(path: str, data: bytes, mode: int = 0) -> None:
    """Swap a file whole, with the mode it had, or a new one with `mode`, less what the umask takes."""
    temporary = path + ".tm~"
    if os.path.lexists(path):
        mode = stat.S_IMODE(os.lstat(path).st_mode)
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode or 0o777), "wb") as file:
            file.write(data)
        if os.path.lexists(path):
            os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
