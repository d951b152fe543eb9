"""The commands that say whether the store is sound."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.cli import options as o
from tmfiles.cli import verdicts
from tmfiles.errors import TmError


def check(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="[ID...]", help="Only these tasks.")] = [],  # noqa: B006
    staged: Annotated[bool, typer.Option("--staged", help="Judge what a commit of the index would break.")] = False,
    span: Annotated[str, typer.Option("--range", metavar="A..B", help="Judge what each of these commits broke.")] = "",
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text, json, github, sarif or junit.")] = "",
    json: o.Json = False,
) -> int:
    """Find everything that is wrong in the store.

    The exit code is 1 when there are errors; warnings do not change it. With --staged and --range, what
    was wrong before a commit is not held against it.

    tm check
    tm check --staged
    tm check --range main..HEAD --format github
    """
    form = verdicts.format_of(form, json)
    if staged + bool(span) + bool(ids) > 1:
        raise TmError("ids, --staged and --range are three questions", "ask one at a time", "usage")
    if staged:
        return verdicts.staged(context.obj, form)
    return verdicts.ranged(context.obj, span, form) if span else verdicts.whole(context.obj, ids, form)
