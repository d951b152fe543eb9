"""The verbs for programs in Python: the very functions that the command line calls; adds no rule of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tmfiles.actions.batch import Batch, batch
from tmfiles.actions.claims import claim, claim_next, release
from tmfiles.actions.context import Context, context
from tmfiles.actions.links import depend, undepend
from tmfiles.actions.lists import Details, Listing, blocked, details, following, listing, ready, whole
from tmfiles.actions.notes import add_criteria, meet
from tmfiles.actions.search import places, search
from tmfiles.actions.status import assign, cancel, complete, reopen, start
from tmfiles.actions.stores import Made, make
from tmfiles.actions.talk import join, say
from tmfiles.actions.tasks import Done, add, delete, update
from tmfiles.check import check
from tmfiles.config import Environment
from tmfiles.errors import TmError
from tmfiles.history.undoing import redo, undo
from tmfiles.render import batches, documents
from tmfiles.render import context as surroundings

if TYPE_CHECKING:
    from tmfiles.workspace import Workspace

__all__ = [
    "Batch",
    "Context",
    "Details",
    "Done",
    "Environment",
    "Listing",
    "Made",
    "add",
    "add_criteria",
    "assign",
    "batch",
    "blocked",
    "cancel",
    "check",
    "claim",
    "claim_next",
    "complete",
    "context",
    "delete",
    "depend",
    "details",
    "document",
    "following",
    "join",
    "listing",
    "make",
    "meet",
    "ready",
    "redo",
    "release",
    "reopen",
    "say",
    "search",
    "start",
    "undepend",
    "undo",
    "update",
]


def document(workspace: Workspace, result: Any, searched: str = "") -> dict[str, Any]:
    """Give what `--json` prints of a result of these functions, or of the TmError one of them raised.

    `searched` are the words of a search, for where each task has them. Raises TypeError for anything else.
    """
    if isinstance(result, TmError):
        return documents.refusal(result)
    if isinstance(result, Done):
        return documents.outermost(documents.done(result))
    if isinstance(result, Listing):
        found = places(workspace, searched, result.rows) if searched else None
        tasks = documents.listed(whole(workspace, result.rows), found)
        problems = documents.problems(result.problems)
        return documents.outermost(list(tasks.values()), total=result.total, problems=problems)
    if isinstance(result, Context):
        return documents.outermost(surroundings.document(result))
    if isinstance(result, Batch):
        return documents.outermost(batches.document(result))
    if isinstance(result, list) and result and all(isinstance(one, Details) for one in result):
        each = [documents.details(one) for one in result]
        return documents.outermost(each[0] if len(each) == 1 else each)
    if isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], Done):
        return documents.outermost(documents.taken_back(*result))
    raise TypeError(f"no document is made of {type(result).__name__}")
