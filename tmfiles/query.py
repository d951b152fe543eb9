"""What a list asks for: filters, order and limit as one checked value; knows no store and no SQL."""

from __future__ import annotations

from collections import namedtuple

from tmfiles.errors import TmError
from tmfiles.task import PRIORITIES, STATUSES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

OPEN = ("pending", "in_progress", "blocked")
SORTS = ("priority", "created", "updated", "due", "title", "status", "id")


class Row(namedtuple("Row", "id path title status priority type assignee due")):
    """One task as lists show it; `status` is the stored one until `Graph.status` has its say."""

    __slots__ = ()

    id: str
    path: str
    title: str
    status: str
    priority: str
    type: str
    assignee: str
    due: str


class Query(
    namedtuple(
        "Query",
        "statuses priorities types tags assignees parent sort limit awake",
        defaults=((), (), (), (), (), "", "", 0, ""),
    )
):
    """Which tasks, in which order, how many.

    Within one filter any value will do; all filters must hold; `tags` must all be there. `statuses` are
    effective ones. An empty filter lets everything pass. `sort` is one of `SORTS`, reversed by a leading
    hyphen; `limit` 0 means all; `awake` is a time, and leaves out what is put off until later.
    """

    __slots__ = ()

    statuses: tuple[str, ...]
    priorities: tuple[str, ...]
    types: tuple[str, ...]
    tags: tuple[str, ...]
    assignees: tuple[str, ...]
    parent: str
    sort: str
    limit: int
    awake: str


def checked(query: Query, types: Sequence[str]) -> Query:
    """Give the query back when every value in it can match; raise TmError (code `usage`) for the first not."""
    for name, values, known in (
        ("status", query.statuses, STATUSES),
        ("priority", query.priorities, PRIORITIES),
        ("type", query.types, tuple(types)),
    ):
        for value in values:
            if value not in known:
                raise unknown(name, value, known)
    for name, values in (("tag", query.tags), ("assignee", query.assignees)):
        for value in values:
            if not value.strip():
                raise TmError(f"a blank {name} matches nothing", f"name the {name} to look for", "usage")
    if query.sort.removeprefix("-") not in SORTS and query.sort:
        raise unknown("sort key", query.sort, SORTS)
    if query.limit < 0:
        raise TmError(f"limit {query.limit} is below 0", "0 means all tasks", "usage")
    return query


def unknown(name: str, value: str, known: Sequence[str]) -> TmError:
    """Word the refusal of a value that is none of the known ones."""
    from tmfiles.words import ALIASES, did_you_mean

    near = did_you_mean(value, known, 1, ALIASES.get(name))
    hint = f"did you mean {near[0]!r}? One" if near else "one"
    return TmError(f"unknown {name} {value!r}", f"{hint} of: {', '.join(known)}", "usage")
