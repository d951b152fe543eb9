"""The command search."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.cli import options as o
from tmfiles.cli import screens
from tmfiles.cli.filters import filtered
from tmfiles.query import Query


@filtered("text")
def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORD...", help='Words, "phrases", begin*, -without.')],
    asked: Query,
    sort: o.Sort = "",
    limit: o.Limit = None,
    group: o.Group = "",
    form: o.Form = "",
    plain: o.Plain = False,
    json: o.Json = False,
) -> None:
    """Find tasks by their words, the best match first.

    All words must be there: in title, id, tags, description, context, criteria, journal, result or reason. Filters
    narrow it, and with not- in front mean their opposite.

    tm search 'login cook* -mobile' --not-completed
    """
    shape = screens.shaped(plain, json, form, group)
    query = asked._replace(sort=sort, limit=screens.limited(context.obj, limit, bool(shape.form)))
    screens.searched(context.obj, " ".join(words), query, shape)
