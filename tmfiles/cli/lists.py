"""The commands that look: list, show, ready, blocked, next."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.cli import options as o
from tmfiles.cli import screens
from tmfiles.cli.filters import OF_STATUS, filtered
from tmfiles.query import Query


@filtered()
def list_(
    context: typer.Context,
    asked: Query,
    everything: Annotated[bool, typer.Option("--all", help="Closed tasks too.")] = False,
    sort: o.Sort = "",
    limit: o.Limit = None,
    group: o.Group = "",
    form: o.Form = "",
    plain: o.Plain = False,
    json: o.Json = False,
) -> None:
    """List the open tasks, or those the options describe.

    With not- in front a filter means its opposite: --not-tag web.

    tm list --status blocked --tag auth --sort -updated
    """
    shape = screens.shaped(plain, json, form, group)
    query = asked._replace(sort=sort, limit=screens.limited(context.obj, limit, bool(shape.form)))
    screens.listed(context.obj, query, shape, everything=everything)


@filtered(*OF_STATUS)
def ready(
    context: typer.Context,
    asked: Query,
    sort: o.Sort = "",
    limit: o.Limit = None,
    group: o.Group = "",
    form: o.Form = "",
    plain: o.Plain = False,
    json: o.Json = False,
) -> None:
    """List the tasks that can be started now, the most urgent first.

    With not- in front a filter means its opposite: --not-tag web.

    tm ready --tag auth
    """
    shape = screens.shaped(plain, json, form, group)
    screens.ready(
        context.obj, asked._replace(sort=sort, limit=screens.limited(context.obj, limit, bool(shape.form))), shape
    )


@filtered(*OF_STATUS)
def blocked(
    context: typer.Context,
    asked: Query,
    sort: o.Sort = "",
    limit: o.Limit = None,
    group: o.Group = "",
    form: o.Form = "",
    plain: o.Plain = False,
    json: o.Json = False,
) -> None:
    """List the tasks that wait for others, with what each waits for.

    With not- in front a filter means its opposite: --not-tag web.

    tm blocked --mine
    """
    shape = screens.shaped(plain, json, form, group)
    screens.blocked(
        context.obj, asked._replace(sort=sort, limit=screens.limited(context.obj, limit, bool(shape.form))), shape
    )


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
