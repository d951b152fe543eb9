"""What an address asks for behind its question mark: filters as `tm list` has them, pages, and the keys wanted."""

from __future__ import annotations

import base64
import binascii
import hashlib
import inspect
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Path, Query, Request
from pydantic import BeforeValidator

from tmfiles.cli.filters import FILTERS, OF_STATUS, Filter, query
from tmfiles.errors import TmError
from tmfiles.query import SORTS, Row
from tmfiles.query import Query as Asked

# An id, or the beginning of one; more than this is never looked for.
ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_SAID = r"\S"
_TRUTH = {"true": True, "false": False}
# How many tasks a page has unless it says otherwise, and at most.
PAGE, MOST = 100, 1000


def _truth(text: Any) -> Any:
    """Read true and false, and nothing else, as JSON writes them."""
    if isinstance(text, str) and text in _TRUTH:
        return _TRUTH[text]
    if isinstance(text, bool):
        return text
    raise ValueError("must be true or false")


def _whole(text: Any) -> Any:
    """Read a whole number in plain digits."""
    if isinstance(text, str) and not (text.removeprefix("-").isascii() and text.removeprefix("-").isdecimal()):
        raise ValueError("must be a whole number")
    return text


Truth = BeforeValidator(_truth)
Whole = BeforeValidator(_whole)
Flag = Annotated[bool, Truth, Query()]
TaskId = Annotated[str, Path(pattern=ID, description="A task's id, or the beginning of one.", examples=["a1b2"])]
Force = Annotated[bool, Truth, Query(description="Although it is blocked, claimed by another or against a policy.")]
Text = Annotated[str, Query(pattern=_SAID, max_length=1000)]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most."), Whole]


def refuse_unknown(request: Request) -> None:
    """Refuse what the operation does not take, and one value too many, rather than leave it out."""
    taken = list(_taken(request.scope["route"].dependant))
    several = {one.alias for one in taken if "list" in str(one.field_info.annotation)}
    given = [key for key, _ in request.query_params.multi_items()]
    if unknown := sorted(set(given) - {one.alias for one in taken}):
        known = ", ".join(sorted(one.alias for one in taken)) or "nothing"
        raise TmError(f"{unknown[0]!r} is not asked here", f"what can be asked: {known}", "malformed")
    for key in given:
        if key not in several and given.count(key) > 1:
            raise TmError(f"{key!r} is there {given.count(key)} times", "say it once", "malformed")


def _taken(dependant: Any) -> Iterator[Any]:
    """Give the parameters behind the question mark that a handler has, and those it depends on have."""
    yield from dependant.query_params
    for one in dependant.dependencies:
        yield from _taken(one)


def filters(*without: str) -> Any:
    """Give the kind of a parameter that holds the query of the filters, but for those named."""
    names = [name for name in FILTERS if name not in without]

    def asked(**given: Any) -> Asked:
        return query(given)

    parameters = []
    for name in names:
        parameters += [_parameter(name, FILTERS[name]), _parameter(f"not_{name}", FILTERS[name])]
    asked.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return Annotated[Asked, Depends(asked)]


def _parameter(name: str, one: Filter) -> inspect.Parameter:
    """Give one filter as FastAPI reads it: named as the option is, with `_` for `-`."""
    own = one.names.split()[-1]
    opposite = name.startswith("not_")
    option = (one.opposite or f"--not-{own[2:]}") if opposite else own
    words = (one.told or f"The opposite of {own[2:].replace('-', '_')}.") if opposite else one.help
    about: dict[str, Any] = {"alias": option[2:].replace("-", "_"), "description": words}
    kind: Any
    default: Any
    if one.kind is bool:
        kind, default = Annotated[bool, Truth, Query(**about)], False
    elif one.kind is str:
        kind, default = Annotated[str, Query(**about, pattern=_SAID, max_length=1000)], ""
    elif one.kind == list[str]:
        item = Annotated[str, Query(pattern=_SAID, max_length=200)]
        kind, default = Annotated[list[item], Query(**about, max_length=50)], []  # type: ignore[valid-type]
    else:
        kind, default = Annotated[int, Query(**about, ge=1, le=36_500), Whole], None
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


Filtered = filters()
Unstatused = filters(*OF_STATUS)
Searched = filters("text")
_KEYS = "|".join(SORTS)
Sort = Annotated[str, Query(pattern=f"^-?({_KEYS})$", description="The order; with - in front reversed.")]


class Page(NamedTuple):
    """Which part of a list is wanted: so many behind where a cursor stands, with some keys of each, or all."""

    limit: int
    cursor: str
    fields: tuple[str, ...]

    def of(self, rows: Sequence[Row], asked: object) -> tuple[Sequence[Row], str]:
        """Give the rows of the page and the cursor behind them, "" behind the last; `asked` is what they answer."""
        question = hashlib.blake2b(repr(asked).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
        begin = _begin(self.cursor, question, rows) if self.cursor else 0
        page = rows[begin : begin + self.limit]
        end = begin + len(page)
        return page, _cursor(question, end, page[-1].id) if page and end < len(rows) else ""

    def cut(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give a task's document with the wanted keys only; the id is always there."""
        wanted = ("id", *self.fields)
        return {key: value for key, value in document.items() if key in wanted} if self.fields else document


def page(
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many tasks a page has."), Whole] = PAGE,
    cursor: Annotated[
        str, Query(pattern="^[A-Za-z0-9_-]+$", max_length=400, description="Where the page begins: `next` of the last.")
    ] = "",
    fields: Annotated[
        str,
        Query(
            pattern="^[a-z_]+(,[a-z_]+)*$",
            max_length=400,
            description="The keys wanted of each task, with commas between.",
            examples=["title,status"],
        ),
    ] = "",
) -> Page:
    """Read which part of a list is wanted."""
    return Page(limit, cursor, tuple(fields.split(",")) if fields else ())


Paged = Annotated[Page, Depends(page)]


def _cursor(question: str, position: int, last: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([question, position, last]).encode()).decode().rstrip("=")


def _begin(cursor: str, question: str, rows: Sequence[Row]) -> int:
    """Give where a page begins: behind the task that ended the last one, or where that was if it is gone."""
    try:
        said = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        said = None
    if not isinstance(said, list) or list(map(type, said)) != [str, int, str] or said[1] < 0:
        raise TmError("this cursor is none that was given out", "begin again without one", "usage")
    asked, position, last = said
    if asked != question:
        raise TmError("the cursor is that of another list", "ask for what was asked first, or without it", "usage")
    return next((at for at, row in enumerate(rows, 1) if row.id == last), min(position, len(rows)))
