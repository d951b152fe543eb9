"""A branch's counterpart in another repository: which it is, fetching it, pushing to it; merges nothing."""

from __future__ import annotations

import os
import re
import subprocess
from collections import namedtuple

from tmfiles.errors import TmError
from tmfiles.git import process
from tmfiles.git.repository import Repository, head
from tmfiles.git.settings import Settings, configure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Tell = Callable[[bytes], None]

_TRIES = 5
# What a push is answered with when somebody else's came first; all but the first two are a server's own words
# for two pushes at one moment.
_FASTER = (
    "(fetch first)",
    "(non-fast-forward)",
    "cannot lock ref",
    "failed to update ref",
    "incorrect old value",
    "reference already exists",
    "failed to lock",
)
# What git's words mean, and what to do; the first that is found counts.
_MEANINGS = (
    (("Could not resolve host", "Temporary failure in name resolution"), "the network is down, or the name is wrong"),
    (("Connection refused", "Connection timed out", "unable to connect", "unable to access"), "nothing answers there"),
    (
        ("Permission denied", "Authentication failed", "could not read Username", "403", "insufficient permission"),
        "you may not do that there: ask who keeps it, or set up your key",
    ),
    (("not appear to be a git repository", "does not exist", "not found"), "there is no repository, or none for you"),
)
# How git begins a line that says why it failed, and those that follow it.
_ERRORS = (b"fatal: ", b"error: ", b"hint: ", b"Please make sure", b"and the repository exists")
_UNTOUCHED = "nothing is lost: what you did is committed here; try again with tm sync"


class Upstream(namedtuple("Upstream", "remote ref branch configured")):
    """Where a branch goes: the remote's name, the ref there, our branch, and whether git's configuration says so."""

    __slots__ = ()

    remote: str
    ref: str
    branch: str
    configured: bool

    @property
    def name(self) -> str:
        """The short name, as `origin/main`."""
        return f"{self.remote}/{self.ref.removeprefix('refs/heads/')}"

    @property
    def tracking(self) -> str:
        """The ref that remembers here where it was."""
        return f"refs/remotes/{self.name}"


def upstream(repo: Repository, settings: Settings) -> Upstream:
    """Tell where the branch of HEAD goes: as configured, or to the same name at the only remote, or at `origin`.

    Raises TmError where there is no branch or no remote.
    """
    branch = head(repo).branch
    if branch is None:
        raise TmError("HEAD is detached: no branch is here to sync", "switch to a branch first: git switch NAME", "git")
    config = settings.config
    remotes = sorted({key[len("remote.") : -len(".url")] for key in config if _is_url(key)})
    named, ref = config.get(f"branch.{branch}.remote", ""), config.get(f"branch.{branch}.merge", "")
    if named == ".":
        hint = f"git branch --set-upstream-to=REMOTE/{branch}"
        raise TmError(f"the upstream of {branch} is {ref}, a branch of this very repository", hint, "git")
    if named and ref:
        if named not in remotes:
            raise TmError(f"{branch} is to go to {named}, which is no remote", f"git remote add {named} URL", "git")
        return Upstream(named, ref, branch, configured=True)
    if not remotes:
        raise TmError("there is no remote to sync with", "name one: git remote add origin URL", "git")
    if len(remotes) > 1 and "origin" not in remotes:
        known = ", ".join(remotes)
        raise TmError(
            f"{branch} has no upstream, and there are several remotes: {known}",
            f"choose one: git push --set-upstream {remotes[0]} {branch}",
            "git",
        )
    remote = remotes[0] if len(remotes) == 1 else "origin"
    return Upstream(remote, f"refs/heads/{branch}", branch, configured=False)


def _is_url(key: str) -> bool:
    return key.startswith("remote.") and key.endswith(".url")


def fetch(repo: Repository, up: Upstream, tell: Tell | None = None) -> str:
    """Bring what the remote's branch has, and give its commit; empty where it has none yet."""
    args = ("fetch", "--no-tags", "--no-recurse-submodules", up.remote, f"+{up.ref}:{up.tracking}")
    for _ in range(_TRIES):
        done = _transfer(repo, args, tell)
        # Of two fetches at one moment one finds the ref moved already; for a lock file git itself has waited.
        if "cannot lock ref" not in done.words or "File exists" in done.words:
            break
    if not done.code:
        out = process.run(repo.root, "rev-parse", "--verify", "--quiet", f"{up.tracking}^{{commit}}").out
        return out.decode("ascii").strip()
    if "couldn't find remote ref" in done.words:
        return ""
    raise _failed("fetch", up, done)


def push(repo: Repository, up: Upstream, commit: str, tell: Tell | None = None, *, hooks: bool = False) -> bool:
    """Put a commit on the remote's branch, never by force; False when somebody else's came first."""
    args = ("push", "--porcelain", "--no-follow-tags", up.remote, f"{commit}:{up.ref}")
    done = _transfer(repo, args, tell, hooks=hooks)
    if not done.code:
        if not up.configured:
            configure(repo, f"branch.{up.branch}.remote", up.remote)
            configure(repo, f"branch.{up.branch}.merge", up.ref)
        return True
    refused = [line for line in os.fsdecode(done.out).splitlines() if line.startswith("!")]
    if refused and any(word in line for line in refused for word in _FASTER):
        return False
    said = "\n".join(filter(None, (done.words, *(line.split("\t")[-1] for line in refused))))
    raise _failed("push", up, done._replace(words=said))


def _transfer(repo: Repository, args: Sequence[str], tell: Tell | None, *, hooks: bool = False) -> process.Result:
    """Run a git that talks to a remote; `tell` gets its progress as it comes."""
    if tell is None:
        return process.run(repo.root, *args, hooks=hooks, terminal=True, accept=process.ANY)
    # Who sits at a terminal can be asked for a password.
    asking = {"GIT_TERMINAL_PROMPT": os.environ.get("GIT_TERMINAL_PROMPT", "1")}
    words = process.command((args[0], "--progress", *args[1:]), hooks=hooks)
    try:
        child = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=repo.root,
            env=process.environment(asking),
        )
    except OSError as error:
        raise process.unusable(repo.root, error) from error
    said = bytearray()
    with child:
        assert child.stdout is not None  # noqa: S101 - both are pipes
        assert child.stderr is not None  # noqa: S101
        shown = 0
        while chunk := os.read(child.stderr.fileno(), 4096):
            said += chunk
            shown += _told(bytes(said[shown:]), tell)
        _told(bytes(said[shown:]) + b"\n", tell)
        # What it prints is a line a ref: it cannot fill the pipe while its words are read.
        out = child.stdout.read()
    lines = [line.rpartition(b"\r")[2] for line in bytes(said).split(b"\n")]
    return process.Result(child.returncode, out, process.words(b"\n".join(lines)))


def _told(said: bytes, tell: Tell) -> int:
    """Tell the whole lines of git's progress, and give how many bytes they are; how it failed is the error's to say."""
    end = max(said.rfind(b"\r"), said.rfind(b"\n")) + 1
    lines = [line for line in re.split(rb"(?<=[\r\n])", said[:end]) if not line.startswith(_ERRORS)]
    if told := b"".join(lines).lstrip(b"\n"):
        tell(told)
    return end


def _failed(what: str, up: Upstream, done: process.Result) -> TmError:
    error = process.failure((what,), done)
    if error.code == "locked":
        error.hint += f"\n{_UNTOUCHED}"
        return error
    meaning = next((meant for marks, meant in _MEANINGS if any(mark in done.words for mark in marks)), "")
    where = f"the remote is {up.remote}: git remote get-url {up.remote}"
    error.hint = "; ".join(filter(None, (meaning, where))) + f"\n{_UNTOUCHED}"
    return error
