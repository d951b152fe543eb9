"""The front door: the plain forms of commands that only look, recognised before Typer is imported.

It spares them what takes longer than they do. What it does not know to the letter goes to Typer.
"""

from __future__ import annotations

from tmfiles.cli import screens
from tmfiles.cli.session import Session
from tmfiles.query import Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# Command → how many ids it takes, whether it takes a limit.
_FORMS = {"list": (0, True), "ls": (0, True), "ready": (0, True), "next": (0, False), "show": (1, False)}
# What may follow `check --staged`, which hooks run at every commit.
_STAGED: tuple[list[str], ...] = ([], ["--quiet"], ["--json"])


def run(words: Sequence[str]) -> int | None:
    """Run the command if the words are one of the plain forms, and give its exit code; raises as its action does."""
    if list(words[:2]) == ["check", "--staged"] and list(words[2:]) in _STAGED:
        return _check(words[2:])
    form = _FORMS.get(words[0]) if words else None
    if form is None:
        return None
    takes, limitable = form
    ids: list[str] = []
    flags: set[str] = set()
    limit: int | None = None
    rest = iter(words[1:])
    for word in rest:
        if word in ("--json", "--plain") and not flags:
            flags.add(word)
        elif word == "--limit" and limitable and limit is None:
            number = next(rest, "")
            if not (number.isascii() and number.isdigit() and len(number) < 10):
                return None
            limit = int(number)
        elif not word.startswith("-") and word.strip() and word.isprintable():
            ids.append(word)
        else:
            return None
    if len(ids) != takes:
        return None
    _show(words[0], ids, limit, plain="--plain" in flags, json="--json" in flags)
    return 0


def _check(more: Sequence[str]) -> int:
    from tmfiles.cli.verdicts import staged

    session = Session(quiet="--quiet" in more)
    try:
        return staged(session, "json" if "--json" in more else "text")
    finally:
        session.close()


def _show(name: str, ids: Sequence[str], limit: int | None, *, plain: bool, json: bool) -> None:
    session, shape = Session(), screens.shaped(plain, json)
    query = Query(limit=screens.limited(session, limit, bool(shape.form)))
    try:
        if name == "show":
            screens.shown(session, ids, plain, json)
        elif name == "next":
            screens.following(session, plain, json)
        elif name == "ready":
            screens.ready(session, query, shape)
        else:
            screens.listed(session, query, shape)
    finally:
        session.close()
