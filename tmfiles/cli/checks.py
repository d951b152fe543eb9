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
    json: o.Json = False,
) -> int:
    """Find everything that is wrong in the store.

    The exit code is 1 when there are errors; warnings do not change it. With --staged, what was wrong
    before the commit is not held against it.

    tm check
    tm check --staged
    """
    if staged and context.obj.at:
        raise TmError("--staged and --at contradict each other", "leave one of the two out", "usage")
    judge = verdicts.staged if staged else verdicts.whole
    return judge(context.obj, ids, json)
