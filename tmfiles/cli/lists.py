"""The commands that look: list, show, ready, blocked, next."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.cli import options as o
from tmfiles.cli import screens
from tmfiles.cli.filters import OF_STATUS, filtered
from tmfiles.errors import TmError
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


def next_(
    context: typer.Context,
    claim: Annotated[bool, typer.Option("--claim", help="Take it, so that nobody else does.")] = False,
    length: Annotated[str, typer.Option("--for", metavar="TIME", help="How long it is yours: 30m, 2h.")] = "",
    push: o.Push = False,
    plain: o.Plain = False,
    json: o.Json = False,
) -> None:
    """Show the one task to do next, and take it if asked to.

    What others have claimed is passed over. Of any number who ask at once with --claim, each gets another task;
    with --push also those who ask in other clones.

    tm next --claim --for 4h
    """
    if claim:
        screens.taken(context.obj, length, plain, json, push=push)
    elif push:
        raise TmError("--push pushes a claim, and none is asked for", "tm next --claim --push", "usage")
    elif length:
        raise TmError("--for says how long a claim lasts, and none is asked for", "tm next --claim --for 4h", "usage")
    else:
        screens.following(context.obj, plain, json)


def show(context: typer.Context, ids: o.Ids, plain: o.Plain = False, json: o.Json = False) -> None:
    """Show tasks whole, with what blocks them and what they block.

    tm show a1b2
    """
    screens.shown(context.obj, ids, plain, json)
