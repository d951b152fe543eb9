"""What the shells ask while somebody types: `tm __complete SHELL WORD...`, answered without the parser where it can be.

The last word is the one being typed. An answer is a line a word; `:files` asks the shell for file names. Whatever
goes wrong, nothing is said: there is a prompt on the screen.
"""

from __future__ import annotations

from collections import namedtuple

from tmfiles.actions import completion as actions
from tmfiles.cli import streams
from tmfiles.cli.session import Session
from tmfiles.errors import TmError
from tmfiles.render.text import line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmfiles.actions.completion import Words


FILES = ":files"
# Options before the command → what their values are.
GLOBAL = {"-C": FILES, "--as": "person", "--color": "color"}
# Options of commands whose values are the same everywhere; the contrary of a filter takes the same.
VALUES = {
    **dict.fromkeys(("-p", "--priority"), "priority"),
    **dict.fromkeys(("-t", "--tag", "--untag"), "tag"),
    **dict.fromkeys(("-a", "--assignee"), "person"),
    **dict.fromkeys(("--depends-on", "--parent", "--related", "--source"), "id"),
    **dict.fromkeys(("--file", "--output"), FILES),
    "--status": "status",
    "--type": "type",
    "--sort": "sort",
}
# Options that mean something else behind a command.
OWN = (("agent", "--status"),)
# What bash takes as it stands.
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,=:")
# How many words behind a command are ids. Other commands are asked of the parser, which takes longer.
_ALL = 1 << 30
IDS = {
    **dict.fromkeys(("show", "graph", "check", "edit", "update", "start", "complete", "done"), _ALL),
    **dict.fromkeys(("cancel", "reopen", "delete", "rm", "commit", "dep add", "dep remove"), _ALL),
    **dict.fromkeys(("archive", "unarchive", "claim", "release", "fmt", "resolve"), _ALL),
    **dict.fromkeys(("context", "log", "blame", "comment", "share", "discover", "progress", "checkpoint"), 1),
    **dict.fromkeys(("join", "note", "feedback", "dep tree", "criteria list", "criteria add", "criteria met"), 1),
    "criteria remove": 1,
}


class Typed(namedtuple("Typed", "folder command behind option current lead")):
    """A command line up to the cursor.

    `command` are its one or two words; `behind` the words that follow and are no options; `option` is the one
    whose value is being typed, or nothing; `lead` is what of the word stays as it is, such as `--tag=web,`.
    """

    __slots__ = ()

    folder: str
    command: tuple[str, ...]
    behind: tuple[str, ...]
    option: str
    current: str
    lead: str


def answer(arguments: Sequence[str]) -> int:
    """Print what may stand in the place of the last word."""
    shell, *words = arguments or ("",)
    try:
        typed = read(words or [""])
        found, lead = _found(typed), "" if shell == "bash" and "=" in words[-2:-1] else typed.lead
    except (TmError, OSError):
        return 0
    streams.put("".join(_said(shell, lead + word, about) for word, about in found))
    return 0


def read(words: Sequence[str]) -> Typed:
    """Tell what is being typed. `--tag = web`, as bash cuts it, is taken as `--tag=web`."""
    *before, current = _joined(words)
    folder, option, plain = ".", "", list[str]()
    for word in before:
        if option:
            folder = word if option == "-C" else folder
            option = ""
        elif word.startswith("-") and word != "-":
            option = word if "=" not in word and _kind(word, plain) else ""
        else:
            plain.append(word)
    lead = ""
    if not option and current.startswith("--") and "=" in current:
        option, _, current = current.partition("=")
        lead = f"{option}="
    if option and "," in current and _kind(option, plain) not in (FILES, "person"):
        head, _, current = current.rpartition(",")
        lead += f"{head},"
    command = tuple(plain[:1])
    if f"{' '.join(plain[:2])}" in IDS or plain[:1] in (["dep"], ["criteria"]):
        command = tuple(plain[:2])
    return Typed(folder, command, tuple(plain[len(command) :]), option, current, lead)


def _joined(words: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for word in words:
        if word == "=" and joined and joined[-1].startswith("--"):
            joined[-1] += "="
        elif joined and joined[-1].startswith("--") and joined[-1].endswith("="):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _kind(option: str, plain: Sequence[str]) -> str:
    """Tell what an option's values are, "" where it has none; before a command there are fewer."""
    if option in GLOBAL:
        return GLOBAL[option]
    if (*plain[:1], option) in OWN:
        return _asked_kind(option, plain)
    return VALUES.get(option.replace("--not-", "--", 1), "") or _asked_kind(option, plain)


def _asked_kind(option: str, plain: Sequence[str]) -> str:
    from tmfiles.cli import grammar

    return grammar.value(plain, option)


def _found(typed: Typed) -> Words:
    current = typed.current
    if typed.option:
        kind = _kind(typed.option, [*typed.command, *typed.behind])
    elif not current.startswith("-") and len(typed.behind) < IDS.get(" ".join(typed.command), 0):
        kind = "id"
    else:
        from tmfiles.cli import grammar

        kind, words = grammar.following(typed.command, typed.behind, current)
        if words:
            return words
    if kind == FILES:
        return [(FILES, "")]
    if kind in actions.STORED:
        session = Session(typed.folder)
        try:
            return actions.words(session.workspace(), kind, current)
        finally:
            session.close()
    known = actions.FIXED.get(kind) or kind.split()
    return actions.beginning(known, current)


def _said(shell: str, word: str, about: str) -> str:
    """Give a word in the shell's form, and what is said of it where the shell shows that."""
    if word == FILES:
        return f"{FILES}\n"
    word, about = line(word), line(about)
    if shell == "zsh":
        plain = word.replace("\\", "\\\\").replace(":", "\\:")
        return f"{plain}:{about}\n" if about else f"{plain}\n"
    if shell == "fish":
        return f"{word}\t{about}\n" if about else f"{word}\n"
    return f"{word}\n" if _BARE.issuperset(word) else "'" + word.replace("'", "'\\''") + "'\n"
