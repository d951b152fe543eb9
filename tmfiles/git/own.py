"""What git's configuration says to tm, `tm.*`: git is only asked where one of its files may say so."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from tmfiles.git.repository import Repository

# Variables that bring in configuration from elsewhere.
_ELSEWHERE = ("GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM")
_SYSTEM = ("/etc/gitconfig", "/usr/local/etc/gitconfig", "/opt/homebrew/etc/gitconfig")


def own(repo: Repository) -> dict[str, str]:
    """Read what git is configured to say to tm, keys in lower case; the last of several counts."""
    if not _may_say(repo):
        return {}
    from tmfiles.git import process

    out = process.run(repo.root, "config", "-z", "--get-regexp", r"^tm\.", accept=(0, 1)).out
    pairs = (item.partition("\n") for item in out.decode("utf-8", "replace").split("\0")[:-1])
    return {key: value if equals else "true" for key, equals, value in pairs}


def _may_say(repo: Repository) -> bool:
    """Tell whether any file of git's configuration has a section of tm's, or brings others in.

    To start git takes a list longer than everything else it does.
    """
    if os.name == "nt" or any(name in os.environ for name in _ELSEWHERE):
        return True
    for path in _files(repo):
        try:
            with open(path, "rb") as file:
                text = file.read().lower()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return True
        if b"[tm" in text or b"[include" in text:
            return True
    return False


def _files(repo: Repository) -> Iterator[str]:
    yield os.path.join(repo.commondir, "config")
    yield os.path.join(repo.gitdir, "config.worktree")
    home = os.path.expanduser("~")
    yield os.path.join(home, ".gitconfig")
    yield os.path.join(os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "git", "config")
    yield from _SYSTEM
