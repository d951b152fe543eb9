"""How a git process is run: environment, lifetime, words on failure; not what any command means."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from tmfiles.errors import TmError

OLDEST = (2, 25)

ANY = range(-64, 256)
"""Every exit code, for a caller that judges it itself; negative where a signal ended git."""

# Set by git for its hooks and aliases, they would turn every command here to another repository or index.
# GIT_CONFIG_PARAMETERS and GIT_CONFIG_COUNT stay: `git -c user.name=... tm add` is the user's explicit word.
_REDIRECTIONS = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REFLOG_ACTION",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
    "GIT_GLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
)
# Git's own words here go on for lines, and end with the advice to remove the file.
_LEFT = re.compile(r"Unable to create '([^'\n]+\.lock)': File exists")
_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class Result(namedtuple("Result", "code out words")):
    """What a git process left: exit code, standard output, and its words (standard error) as text."""

    __slots__ = ()

    code: int
    out: bytes
    words: str


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the environment git runs in: the user's, without what points elsewhere, and in plain English."""
    env = {k: v for k, v in os.environ.items() if k not in _REDIRECTIONS}
    # LANGUAGE and not LC_ALL: a clean filter or hook must find the locale it finds under the user's own git.
    env.update(LANGUAGE="C", GIT_TERMINAL_PROMPT="0")
    env.update(more or {})
    return env


def command(args: Sequence[str], *, hooks: bool = False) -> list[str]:
    """Give the argument list of a git command; without `hooks`, none of the project's hooks is run by it."""
    # A ref that another git process is just writing is waited for by git itself, up to these limits (ms).
    waits = ["-c", "core.filesRefLockTimeout=3000", "-c", "core.packedRefsTimeout=3000"]
    return ["git", *([] if hooks else ["-c", f"core.hooksPath={os.devnull}"]), *waits, *args]


def run(
    root: str,
    *args: str,
    stdin: bytes = b"",
    hooks: bool = False,
    terminal: bool = False,
    env: Mapping[str, str] | None = None,
    accept: Sequence[int] = (0,),
) -> Result:
    """Run one git command in `root` to its end; an exit code that is not in `accept` raises a TmError.

    It runs in a session of its own, where no Ctrl-C can stop it half way with a lock file left behind. What
    may ask the user something (hooks, `terminal`) stays in ours, since only there it reaches the terminal.
    """
    try:
        done = subprocess.run(
            command(args, hooks=hooks),
            input=stdin,
            capture_output=True,
            cwd=root,
            env=environment(env),
            creationflags=_NO_WINDOW,
            start_new_session=not (hooks or terminal),
            check=False,
        )
    except OSError as e:
        raise unusable(root, e) from e
    result = Result(done.returncode, done.stdout, words(done.stderr))
    if result.code not in accept:
        raise failure(args, result)
    return result


def run_when_unlocked(root: str, *args: str, lock: str, limit: float, stdin: bytes = b"") -> Result:
    """Run a git command that takes the lock file `lock`, waiting up to `limit` seconds for who holds it."""
    for last in _pauses(limit):
        result = run(root, *args, stdin=stdin, accept=ANY)
        if not result.code:
            return result
        held = "File exists" in result.words or os.path.exists(lock)
        if os.path.basename(lock) not in result.words or not held:
            raise failure(args, result)  # no permission or no room is no lock of anybody's
        if last:
            break
    raise _locked(lock, limit)


def wait_until_free(lock: str, limit: float) -> None:
    """Wait up to `limit` seconds for a lock file of git's to go."""
    for _ in _pauses(limit):
        if not os.path.exists(lock):
            return
    raise _locked(lock, limit)


def _pauses(limit: float) -> Iterator[bool]:
    """Yield at once and then after growing pauses, with True when the limit allows no further one."""
    end = time.monotonic() + limit
    pause = 0.01
    while time.monotonic() + pause < end:
        yield False
        time.sleep(pause)
        pause = min(pause * 1.6, 0.5)
    yield True


def _locked(lock: str, limit: float) -> TmError:
    return lock_left(f"git's index is locked: {lock} exists, and still did after {limit:g} s of waiting")


def lock_left(message: str) -> TmError:
    """Give the error for a lock file of git's that stays."""
    return TmError(
        message,
        "another git is at work there, or one died and left the file; once no git runs in this work tree,"
        " move the file out of the way and repeat",
        code="locked",
    )


@contextmanager
def running(root: str, *args: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a git command with open pipes; leaving early ends it, a failure of its own raises a TmError."""
    # Standard error goes to a file: a third pipe that nobody empties could block both sides.
    with tempfile.TemporaryFile() as err:
        try:
            child = subprocess.Popen(
                command(args),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=err,
                cwd=root,
                env=environment(),
                creationflags=_NO_WINDOW,
                start_new_session=True,
            )
        except OSError as e:
            raise unusable(root, e) from e
        finished = broken = False
        try:
            try:
                yield child
                finished = True
            except BrokenPipeError:
                broken = True
        finally:
            if not (finished or broken):
                child.kill()
            _close(child)
        if child.returncode or broken:
            err.seek(0)
            raise failure(args, Result(child.returncode, b"", words(err.read())))


def _close(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout):
        try:
            if pipe is not None:
                pipe.close()
        except BrokenPipeError:
            pass
    child.wait()


def words(stderr: bytes) -> str:
    """Give what git said on standard error, without the lines that only announce a crash report."""
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return "\n".join(line for line in lines if not line.startswith("fast-import: dumping crash report"))


def failure(args: Sequence[str], result: Result) -> TmError:
    """Give the error for a git command that failed, in git's own words."""
    name = next((a for a in args if not a.startswith("-") and "=" not in a), "")
    version = installed()
    if version and version < OLDEST:
        return _too_old(version)
    if left := _LEFT.search(result.words):
        return lock_left(f"git {name}: {left[1]} exists, so git will not go on")
    said = result.words.removeprefix("fatal: ").removeprefix("error: ")
    return TmError(f"git {name}: {said or f'exit code {result.code}'}", code="git")


def unusable(root: str, error: OSError) -> TmError:
    """Give the error for a git that could not even be started."""
    if not os.path.isdir(root):
        return TmError(f"no folder {root}", code="git")
    if isinstance(error, FileNotFoundError):
        return TmError("git was not found", f"install git {_dotted(OLDEST)} or later, and have it on PATH", code="git")
    return TmError(f"git could not be started: {error.strerror or error}", code="git")


def installed() -> tuple[int, ...]:
    """Give the version of git as numbers, empty where it can't be told."""
    try:
        done = subprocess.run(
            ["git", "--version"],
            capture_output=True,
            env=environment(),
            creationflags=_NO_WINDOW,
            check=False,
        )
    except OSError:
        return ()
    found = re.match(rb"git version (\d+)\.(\d+)(?:\.(\d+))?", done.stdout)
    return tuple(int(n) for n in found.groups() if n) if found else ()


def require() -> tuple[int, ...]:
    """Give the version of git, or refuse one that is missing or too old."""
    version = installed()
    if not version:
        raise unusable(os.curdir, FileNotFoundError())
    if version < OLDEST:
        raise _too_old(version)
    return version


def _too_old(version: tuple[int, ...]) -> TmError:
    return TmError(f"git {_dotted(version)} is too old", f"install git {_dotted(OLDEST)} or later", code="git")


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
