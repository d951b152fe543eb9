"""Whether a repository is in the middle of something, by the files git leaves then; changes nothing."""

from __future__ import annotations

import os

from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from tmfiles.git.repository import Repository

# In the order that says most: a rebase also leaves CHERRY_PICK_HEAD or MERGE_HEAD, and detaches HEAD.
_MARKS = (
    ("rebase-merge", "rebase"),
    ("rebase-apply/applying", "am"),
    ("rebase-apply", "rebase"),
    ("CHERRY_PICK_HEAD", "cherry-pick"),
    ("REVERT_HEAD", "revert"),
    ("MERGE_HEAD", "merge"),
    ("BISECT_START", "bisect"),
    ("BISECT_LOG", "bisect"),
)

_HEADS = "GITHEAD_"


def state(repo: Repository) -> str:
    """Tell what git is in the middle of: '' for nothing, else one word.

    The words: 'merge', 'rebase', 'cherry-pick', 'revert', 'am', 'bisect', 'detached'.
    """
    for mark, word in _MARKS:
        if os.path.exists(os.path.join(repo.gitdir, mark)):
            return word
    word = _sequence(repo)
    if word:
        return word
    from tmfiles.git.repository import head

    return "" if head(repo).branch is not None else "detached"


def merging(repo: Repository, variables: Iterable[str] = ()) -> tuple[str, ...]:
    """Give the commits that the next commit merges into HEAD, by id.

    While git runs pre-merge-commit it has not noted them yet, but names each to the hook in a variable (GITHEAD_…).
    """
    named = [name[len(_HEADS) :] for name in variables if name.startswith(_HEADS)]
    try:
        with open(os.path.join(repo.gitdir, "MERGE_HEAD"), encoding="ascii") as file:
            named += file.read().split()
    except OSError:
        pass
    return tuple(dict.fromkeys(named))


def _sequence(repo: Repository) -> str:
    """Tell what a stopped series of picks is: between two of them only the list of what is left shows it."""
    try:
        with open(os.path.join(repo.gitdir, "sequencer", "todo"), "rb") as file:
            first = file.read(16)
    except OSError:
        first = b""
    if first:
        return "revert" if first.startswith(b"revert") else "cherry-pick"
    if os.path.isdir(os.path.join(repo.commondir, "reftable")):
        # There these two are refs and no files.
        from tmfiles.git import process

        for ref, word in (("CHERRY_PICK_HEAD", "cherry-pick"), ("REVERT_HEAD", "revert")):
            if process.run(repo.root, "rev-parse", "--verify", "--quiet", ref, accept=(0, 1)).out:
                return word
    return ""


def refuse_state(repo: Repository) -> None:
    """Refuse to commit where a commit would be lost or mislead: see design, state of the repository."""
    from tmfiles.git.repository import head

    found = state(repo)
    if found == "merge" and head(repo).branch is None:
        found = "detached"
    if found in ("", "merge"):
        return
    what = "HEAD is detached" if found == "detached" else f"a {found} is in progress"
    hint = "switch to a branch first (git switch NAME)" if found == "detached" else f"finish the {found} first"
    raise TmError(f"{what}: a commit made now could be lost", f"{hint}, or edit without a commit: --no-commit")
