"""What a task's id may look like, how a new one is made and which one a prefix means; knows no files."""

from __future__ import annotations

from itertools import pairwise

from tmfiles.errors import TmError
from tmfiles.words import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

SHORTEST, LONGEST = 2, 64
# The pattern of the schemas; `invalid` checks it by hand, because a reading command must not import `re`.
PATTERN = "^[a-z0-9]+([._-][a-z0-9]+)*$"
SHOWN, LONGEST_TITLE = 10, 40  # candidates in a hint, and how much of each title

_JOINTS = frozenset("._-")
_ALL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
_WORDS = frozenset(("config", "null", "true", "false"))
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file: with any extension, too.
_DEVICES = frozenset(("con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))))
_TRIES = 1000
_LENGTH = 8


def invalid(id: str) -> str:
    """Say what is wrong with an id, naming it, or nothing if it may name a task."""
    fault = _fault(id)
    return f"id '{id if len(id) <= LONGEST else id[:LONGEST] + '...'}' {fault}" if fault else ""


def is_own(id: str) -> bool:
    """Tell whether an id has the form of those that the program makes."""
    return len(id) == _LENGTH and id[0] in "abcdef" and not id.strip("0123456789abcdef")


def is_device(name: str) -> bool:
    """Tell whether Windows takes a file name for a device, whatever its ending."""
    return name.partition(".")[0].lower() in _DEVICES


def _fault(id: str) -> str:
    if not SHORTEST <= len(id) <= LONGEST:
        return f"must have {SHORTEST} to {LONGEST} characters, not {len(id)}"
    if not _ALL.issuperset(id):
        return "has capital letters" if _ALL.issuperset(id.lower()) else "has more than a-z, 0-9 and . _ -"
    if id[0] in _JOINTS or id[-1] in _JOINTS:
        return "does not begin and end with a letter or digit"
    if any(a in _JOINTS and b in _JOINTS for a, b in pairwise(id)):
        return "has two of . _ - side by side"
    if id in _WORDS:
        return "is a reserved word"
    if id.endswith((".yaml", ".yml")):
        return "is the name of a file: leave the ending out"
    if is_device(id):
        return "is the name of a device on Windows"
    return ""


def new(random_bytes: Callable[[int], bytes], taken: Callable[[str], bool]) -> str:
    """Make an id that is not taken: 8 hexadecimal characters, the first a letter.

    `random_bytes(n)` gives n random bytes; `taken(id)` says whether the id is in use or was. Raises
    TmError when every draw was taken, which means that the source of randomness is broken.
    """
    for _ in range(_TRIES):
        raw = random_bytes(5)
        # A letter first, so that no reader of YAML takes an id for a number such as 1234e567. Its byte is
        # one of its own: remainders of a byte that is also printed would halve the ids there are.
        id = "abcdef"[raw[4] % 6] + raw[:4].hex()[:7]
        if not taken(id):
            return id
    raise TmError(f"no free id after {_TRIES} tries", hint="name the task yourself: tm add --id NAME", code="refused")


def resolve(prefix: str, ids: Iterable[str], titles: Mapping[str, str] | None = None) -> str:
    """Find the id that a word means: the id itself, or the only one that begins with the word.

    `titles` are shown beside the candidates of a refusal. Raises TmError, code `usage` for a blank word,
    `not_found` for one that names no task or several.
    """
    word = prefix.strip().lower()
    if not word:
        raise TmError("the id is blank", hint="all tasks: tm list --all", code="usage")
    known: Collection[str] = ids if hasattr(ids, "__len__") else list(ids)  # type: ignore[assignment]
    if word in known:
        return word
    found = [id for id in known if id.startswith(word)]
    if len(found) == 1:
        return found[0]
    if found:
        raise TmError(
            f"'{prefix}' begins {len(found)} ids",
            hint="which one? " + _candidates(sorted(found), titles),
            code="not_found",
        )
    near = _near(word, known)
    hint = f"did you mean {_candidates(near, titles)}? All" if near else "all"
    raise TmError(f"no task '{prefix}'", hint=f"{hint} tasks: tm list --all", code="not_found")


def _near(word: str, known: Collection[str]) -> list[str]:
    near = did_you_mean(word, known)
    if near or len(word) < 4:
        return near
    # A slip at the end of a prefix: what agrees with most of it.
    start = word[: max(3, len(word) - 2)]
    return sorted(id for id in known if id.startswith(start))[:3]


def _candidates(ids: list[str], titles: Mapping[str, str] | None) -> str:
    titles = titles or {}
    shown = [f'{id} "{_cut(titles[id])}"' if titles.get(id) else id for id in ids[:SHOWN]]
    more = len(ids) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _cut(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"
