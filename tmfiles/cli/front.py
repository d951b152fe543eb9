"""The front door: the plain forms of the commands that only look, recognised before Typer is imported.

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


def run(words: Sequence[str]) -> bool:
    """Run the command if the words are one of the plain forms; raises what its action raises."""
    form = _FORMS.get(words[0]) if words else None
    if form is None:
        return False
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
                return False
            limit = int(number)
        elif not word.startswith("-") and word.strip() and word.isprintable():
            ids.append(word)
        else:
            return False
    if len(ids) != takes:
        return False
    _show(words[0], ids, limit, plain="--plain" in flags, json="--json" in flags)
    return True


def _show(name: str, ids: Sequence[str], limit: int | None, *, plain: bool, json: bool) -> None:
    session = Session()
    query = Query(limit=screens.limited(limit, plain, json))
    try:
        if name == "show":
            screens.shown(session, ids, plain, json)
        elif name == "next":
            screens.following(session, plain, json)
        elif name == "ready":
            screens.ready(session, query, plain, json)
        else:
            screens.listed(session, query, plain, json)
    finally:
        session.close()
