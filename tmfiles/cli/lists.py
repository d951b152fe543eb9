"""The commands that look: list, show, ready, blocked, next."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.cli import options as o
from tmfiles.cli import screens
from tmfiles.cli.session import words
from tmfiles.query import Query


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
    query = _query(priority, type_, tag, assignee, sort, screens.limited(limit, plain, json))
    query = query._replace(statuses=tuple(words(status)), parent=parent)
    screens.listed(context.obj, query, plain, json, everything=everything)


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
    query = _query(priority, type_, tag, assignee, sort, screens.limited(limit, plain, json))
    screens.ready(context.obj, query, plain, json)


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
    query = _query(priority, type_, tag, assignee, sort, screens.limited(limit, plain, json))
    screens.blocked(context.obj, query, plain, json)


def next_(context: typer.Context, plain: o.Plain = False, json: o.Json = False) -> None:
    """Show the one task to do next.

    tm next
    """
    screens.following(context.obj, plain, json)


def show(context: typer.Context, ids: o.Ids, plain: o.Plain = False, json: o.Json = False) -> None:
    """Show tasks whole, with what blocks them and what they block.

    tm show a1b2
    """
    screens.shown(context.obj, ids, plain, json)


def _query(priority: list[str], type_: list[str], tag: list[str], assignee: list[str], sort: str, limit: int) -> Query:
    return Query(
        priorities=tuple(words(priority)),
        types=tuple(words(type_)),
        tags=tuple(words(tag)),
        assignees=tuple(assignee),
        sort=sort,
        limit=limit,
    )
