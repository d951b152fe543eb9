"""What a list asks for: filters, order and limit as one checked value; knows no store and no SQL."""

from __future__ import annotations

from collections import namedtuple

from tmfiles.errors import TmError
from tmfiles.task import CLOSED, PRIORITIES, STATUSES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

OPEN = ("pending", "in_progress", "blocked")
SORTS = ("priority", "created", "updated", "due", "title", "status", "order", "id")
# Filters by what a person calls them; those that take no value are only on or off.
NAMES = {
    "statuses": "status",
    "priorities": "priority",
    "types": "type",
    "tags": "tag",
    "assignees": "assignee",
    "parents": "parent",
    "phases": "phase",
    "due": "due",
    "due_before": "due-before",
    "due_after": "due-after",
    "depends_on": "depends-on",
    "files": "file",
    "fields": "field",
    "text": "text",
    "recent": "recent",
    "mine": "mine",
    "assigned": "has-assignee",
    "with_deps": "has-deps",
    "overdue": "overdue",
    "archived": "archived",
}
# Where the opposite has a name of its own.
_OPPOSITES = {"assigned": "unassigned", "with_deps": "no-deps"}
_LONGEST = 36_500


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


_Fields = namedtuple(
    "_Fields",
    "statuses priorities types tags assignees parents phases due due_before due_after depends_on files fields text"
    " recent mine assigned with_deps overdue archived unless sort limit awake now actor",
    defaults=(
        (), (), (), (), (), (), (), (), "", "", (), (), (), "",
        0, False, False, False, False, False, None, "", 0, "", "", "",
    ),
)  # fmt: skip


class Query(_Fields):
    """Which tasks, in which order, how many.

    All filters must hold. Of what a task has one of, any of the values will do; of what it has several
    of (`tags`, `depends_on`, `files`), all must be there. An empty filter lets everything pass.
    `statuses` are effective ones. `due` are days; `due_before` and `due_after` days or moments. `fields`
    are (name, value), and no value asks for any. `text` is what `terms.parse` reads. `recent` counts
    days. `unless` is a query too: of all that it names, nothing may hold.

    `sort` is one of `SORTS`, reversed by a leading hyphen; `limit` 0 means all; `awake` is a time, and
    leaves out what is put off until later; `now` and `actor` are what `overdue`, `recent` and `mine` go by.
    """

    __slots__ = ()

    statuses: tuple[str, ...]
    priorities: tuple[str, ...]
    types: tuple[str, ...]
    tags: tuple[str, ...]
    assignees: tuple[str, ...]
    parents: tuple[str, ...]
    phases: tuple[str, ...]
    due: tuple[str, ...]
    due_before: str
    due_after: str
    depends_on: tuple[str, ...]
    files: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    text: str
    recent: int
    mine: bool
    assigned: bool
    with_deps: bool
    overdue: bool
    archived: bool
    unless: Query | None
    sort: str
    limit: int
    awake: str
    now: str
    actor: str

    @property
    def barred(self) -> Query:
        """What must not hold, as a query."""
        return self.unless or _NONE

    @property
    def allowed(self) -> tuple[str, ...]:
        """The effective statuses that pass, opposites considered; nothing when all do."""
        barred = self.barred.statuses
        return tuple(name for name in self.statuses or STATUSES if name not in barred) if barred else self.statuses

    @property
    def asks_history(self) -> bool:
        """Whether the answer hangs on the commits, rather than on the files alone."""
        return self.sort.removeprefix("-") in ("created", "updated") or bool(self.recent or self.barred.recent)


_NONE = Query()


def checked(query: Query, types: Sequence[str]) -> Query:
    """Give the query back when every value in it can match; raise TmError (code `usage`) for the first not."""
    for part in (query, query.barred):
        _check_values(part, types)
    _check_contradictions(query)
    if query.sort.removeprefix("-") not in SORTS and query.sort:
        raise unknown("sort key", query.sort, SORTS)
    if query.limit < 0:
        raise TmError(f"limit {query.limit} is below 0", "0 means all tasks", "usage")
    return query


def _check_values(query: Query, types: Sequence[str]) -> None:
    for name, values, known in (
        ("status", query.statuses, STATUSES),
        ("priority", query.priorities, PRIORITIES),
        ("type", query.types, tuple(types)),
    ):
        for value in values:
            if value not in known:
                raise unknown(name, value, known)
    for name, values in (
        ("tag", query.tags),
        ("assignee", query.assignees),
        ("phase", query.phases),
        ("file", query.files),
    ):
        for value in values:
            if not value.strip():
                raise TmError(f"a blank {name} matches nothing", f"name the {name} to look for", "usage")
    if not 0 <= query.recent <= _LONGEST:
        raise TmError(f"{query.recent} days are too many", f"at most {_LONGEST}", "usage")


def _check_contradictions(query: Query) -> None:
    """Refuse what no task can fulfil, rather than answer it by an empty list."""
    barred = query.barred
    for key, name in NAMES.items():
        mine, others = getattr(query, key), getattr(barred, key)
        both = [value for value in mine if value in others] if isinstance(mine, tuple) else mine and mine == others
        if both:
            value = both[0] if isinstance(both, list) else "" if both is True else both
            shown = f" {'='.join(value) if isinstance(value, tuple) else value}" if value else ""
            _contradict(f"--{name}{shown}", f"--{_OPPOSITES.get(key, f'not-{name}')}{shown}")
    if barred.assigned and query.assignees:
        _contradict(f"--assignee {query.assignees[0]}", "--unassigned")
    if barred.with_deps and query.depends_on:
        _contradict(f"--depends-on {query.depends_on[0]}", "--no-deps")
    after, before = query.due_after, query.due_before
    if after and before and before <= after:
        _contradict(f"--due-after {after}", f"--due-before {before}")
    for day in query.due:
        if (before and day >= before) or (after and day <= after[:10]):
            _contradict(
                f"--due {day}", f"--due-before {before}" if before and day >= before else f"--due-after {after}"
            )
    if query.overdue and query.statuses and set(query.statuses) <= set(CLOSED):
        _contradict("--overdue", f"--status {query.statuses[0]}")
    if query.archived and query.statuses and not set(query.statuses) & set(CLOSED):
        _contradict("--archived", f"--status {query.statuses[0]}")
    if barred.statuses and not query.allowed:
        raise TmError(f"--not-status {','.join(barred.statuses)} leaves no status", "leave one out", "usage")


def _contradict(one: str, other: str) -> None:
    raise TmError(f"{one} and {other} contradict each other", "leave one of the two out", "usage")


def unknown(name: str, value: str, known: Sequence[str]) -> TmError:
    """Word the refusal of a value that is none of the known ones."""
    from tmfiles.words import ALIASES, did_you_mean

    near = did_you_mean(value, known, 1, ALIASES.get(name))
    hint = f"did you mean {near[0]!r}? One" if near else "one"
    return TmError(f"unknown {name} {value!r}", f"{hint} of: {', '.join(known)}", "usage")
