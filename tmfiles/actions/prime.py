"""What an agent needs to know at the start of its work: who it is, how the store stands, what it could take."""

from __future__ import annotations

from collections import namedtuple

from tmfiles import dates
from tmfiles.query import OPEN, Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmfiles.query import Row
    from tmfiles.workspace import Workspace

# A session begins with these; the whole lists are one command away.
_SHOWN = 5


class Prime(namedtuple("Prime", "actor ready working blocked later mine first broken")):
    """The state of a store for one actor.

    Counted: `ready` what can be started and no one else holds, `working` what is in progress, `blocked`, `later` what
    is put off. `mine` are the open tasks that the actor holds or is assigned and has begun, `first` the most urgent
    ready ones, of both at most a few. `broken` counts the problems that hide tasks.
    """

    __slots__ = ()

    actor: str
    ready: int
    working: int
    blocked: int
    later: int
    mine: Sequence[Row]
    first: Sequence[Row]
    broken: int


def prime(workspace: Workspace, actor: str = "") -> Prime:
    """Tell how the store stands for `actor`, or for whom the settings name."""
    view = workspace.read()
    actor, now = workspace.actor(actor), dates.stamp(workspace.now())
    rows = view.rows(Query(statuses=OPEN))
    holders = {task_id: by for task_id, (by, _) in view.index.claims(now).items()}
    awake = {row.id for row in view.rows(Query(statuses=("pending",), awake=now))}
    pending = [row for row in rows if row.status == "pending"]
    free = [row for row in pending if row.id in awake and row.id not in holders]
    working = [row for row in rows if row.status == "in_progress"]
    mine = [row for row in rows if holders.get(row.id) == actor or (row in working and row.assignee == actor)]
    return Prime(
        actor,
        len(free),
        len(working),
        sum(row.status == "blocked" for row in rows),
        sum(row.id not in awake for row in pending),
        mine[:_SHOWN],
        free[:_SHOWN],
        len(view.errors()),
    )
