"""The commands that look: list, show, ready, blocked, next."""

from __future__ import annotations

import shutil
import sys
from typing import Annotated

import typer

from tmfiles.actions import lists as actions
from tmfiles.cli import options as o
from tmfiles.cli.session import Session, words
from tmfiles.query import Query
from tmfiles.render import documents, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.actions.lists import Listing
    from tmfiles.workspace import Workspace

# How many tasks a terminal gets unless asked otherwise; a pipe gets all.
_SCREENFUL = 50


def list_(
    context: typer.Context,
    status: Annotated[
        list[str], typer.Option("-s", "--status", metavar="STATUS", help="In this status; repeatable.")
    ] = [],  # noqa: B006 Typer wants the empty list itself
    priority: o.Priorities = [],  # noqa: B006
    type_: o.Types = [],  # noqa: B006
    tag: o.Tags = [],  # noqa: B006
    assignee: o.Assignees = [],  # noqa: B006
    parent: Annotated[str, typer.Option("--parent", metavar="ID", help="Parts of this task.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Closed tasks too.")] = False,
    sort: o.Sort = "",
    limit: o.Limit = None,
    plain: o.Plain = False,
    json: o.Json = False,
) -> None:
    """List the open tasks, or those the options describe.

    tm list --status blocked --tag auth --sort -updated
    """
    session: Session = context.obj
    workspace = session.workspace()
    query = Query(
        tuple(words(status)),
        tuple(words(priority)),
        tuple(words(type_)),
        tuple(words(tag)),
        tuple(assignee),
        parent,
        sort,
        _limit(limit, plain, json),
    )
    found = actions.listing(workspace, query, everything=everything)
    _show(session, workspace, found, plain, json, "no tasks match" if query != Query() else "no tasks")


def ready(
    context: typer.Context,
    priority: o.Priorities = [],  # noqa: B006 Typer wants the empty list itself
    type_: o.Types = [],  # noqa: B006
    tag: o.Tags = [],  # noqa: B006
    assignee: o.Assignees = [],  # noqa: B006
    sort: o.Sort = "",
    limit: o.Limit = None,
    plain: o.Plain = False,
    json: o.Json = False,
) -> None:
    """List the tasks that can be started now, the most urgent first.

    tm ready --tag auth
    """
    session: Session = context.obj
    workspace = session.workspace()
    query = _query(priority, type_, tag, assignee, sort, _limit(limit, plain, json))
    _show(session, workspace, actions.ready(workspace, query), plain, json, "nothing is ready")


def blocked(
    context: typer.Context,
    priority: o.Priorities = [],  # noqa: B006 Typer wants the empty list itself
    type_: o.Types = [],  # noqa: B006
    tag: o.Tags = [],  # noqa: B006
    assignee: o.Assignees = [],  # noqa: B006
    sort: o.Sort = "",
    limit: o.Limit = None,
    plain: o.Plain = False,
    json: o.Json = False,
) -> None:
    """List the tasks that wait for others, with what each waits for.

    tm blocked
    """
    session: Session = context.obj
    workspace = session.workspace()
    query = _query(priority, type_, tag, assignee, sort, _limit(limit, plain, json))
    _show(session, workspace, actions.blocked(workspace, query), plain, json, "nothing is blocked")


def next_(context: typer.Context, plain: o.Plain = False, json: o.Json = False) -> None:
    """Show the one task to do next.

    tm next
    """
    session: Session = context.obj
    workspace = session.workspace()
    found = actions.following(workspace)
    if json:
        problems = documents.problems(found.problems)
        session.document(documents.task(*actions.whole(workspace, found.rows)[0]), problems=problems)
        return
    session.write(text.plain_row(found.rows[0]) if plain else text.piped_row(found.rows[0]))
    session.warn(text.problem_lines(found))


def show(context: typer.Context, ids: o.Ids, plain: o.Plain = False, json: o.Json = False) -> None:
    """Show tasks whole, with what blocks them and what they block.

    tm show a1b2
    """
    session: Session = context.obj
    workspace = session.workspace()
    found = actions.details(workspace, ids)
    if json:
        shown = [documents.details(one) for one in found]
        session.document(shown[0] if len(ids) == 1 else shown)
    elif plain:
        session.write("".join(text.plain_row(one.row) for one in found))
    else:
        session.write("\n".join(text.details(one) for one in found))


def _query(priority: list[str], type_: list[str], tag: list[str], assignee: list[str], sort: str, limit: int) -> Query:
    return Query(
        priorities=tuple(words(priority)),
        types=tuple(words(type_)),
        tags=tuple(words(tag)),
        assignees=tuple(assignee),
        sort=sort,
        limit=limit,
    )


def _limit(limit: int | None, plain: bool, json: bool) -> int:
    if limit is not None:
        return limit
    return _SCREENFUL if sys.stdout.isatty() and not (plain or json) else 0


def _show(session: Session, workspace: Workspace, found: Listing, plain: bool, json: bool, none: str) -> None:
    if json:
        tasks = [documents.task(*one) for one in actions.whole(workspace, found.rows)]
        session.document(tasks, total=found.total, problems=documents.problems(found.problems))
        return
    if plain:
        session.write("".join(map(text.plain_row, found.rows)))
    elif sys.stdout.isatty():
        width = shutil.get_terminal_size((80, 24)).columns
        session.write(text.table(found.rows, width, found.blockers))
    else:
        session.write("".join(map(text.piped_row, found.rows)))
    if not found.rows:
        session.tell(none)
    elif len(found.rows) < found.total:
        session.tell(f"showing {len(found.rows)} of {found.total}; all: --limit 0")
    session.warn(text.problem_lines(found))
