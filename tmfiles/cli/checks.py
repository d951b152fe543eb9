"""The commands that say whether the store is sound."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.cli import options as o
from tmfiles.cli import verdicts
from tmfiles.cli.session import Session
from tmfiles.errors import TmError


def check(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="[ID...]", help="Only these tasks.")] = [],  # noqa: B006
    staged: Annotated[bool, typer.Option("--staged", help="Judge what a commit of the index would break.")] = False,
    span: Annotated[str, typer.Option("--range", metavar="A..B", help="Judge what each of these commits broke.")] = "",
    fix: Annotated[bool, typer.Option("--fix", help="Mend what has one right answer, in one commit.")] = False,
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text, json, github, sarif or junit.")] = "",
    json: o.Json = False,
) -> int:
    """Find everything that is wrong in the store.

    The exit code is 1 when there are errors; warnings do not change it. With --staged and --range, what
    was wrong before a commit is not held against it. --fix mends slips in keys and values that can mean
    one thing only, repeated items and links to the task itself, and says what is left.

    tm check

    tm check --staged

    tm check --range main..HEAD --format github
    """
    form = verdicts.format_of(form, json)
    session: Session = context.obj
    if staged + bool(span) + bool(ids or fix or session.at) > 1:
        raise TmError("ids, --fix or --at, --staged and --range are three questions", "ask one at a time", "usage")
    if fix:
        return verdicts.mended(session, ids, form)
    if staged:
        return verdicts.staged(session, form)
    return verdicts.ranged(session, span, form) if span else verdicts.whole(session, ids, form)


def fmt(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="[ID...]", help="Only these tasks.")] = [],  # noqa: B006
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file is not in form.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change.")] = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> int:
    """Put files into the form that tm writes; comments stay.

    Order, blank lines, quotes and lists become those of a new task's file. The meaning stays, and so does
    what the format does not know.

    tm fmt

    tm fmt a1b2 --diff
    """
    from tmfiles.actions import forms

    session: Session = context.obj
    dry = check or diff
    if dry and (no_commit or message):
        raise TmError("--check and --diff write nothing", "leave --no-commit and -m out", "usage")
    result = forms.form(session.workspace(), ids, session.how(no_commit, message), dry_run=dry)
    return verdicts.formed(session, result, json=json, diff=diff, check=check)


def doctor(
    context: typer.Context,
    fix: Annotated[bool, typer.Option("--fix", help="Do what is safe, and say what was done.")] = False,
    json: o.Json = False,
) -> int:
    """Look at the store, its clone and its tools, each in a line.

    Nothing is changed without --fix, and with it nothing of yours: it sets the merge driver in this clone,
    renews hooks that are in, begins a damaged cache anew and packs loose objects. The exit code is 1 where
    something is a problem.

    tm doctor
    """
    from tmfiles.actions import doctor as actions
    from tmfiles.cli.hooks import program

    session: Session = context.obj
    workspace = session.workspace()
    done = actions.mend(workspace, program()) if fix else []
    found = actions.examine(workspace, program())
    if json:
        session.document({"findings": [one._asdict() for one in found], "done": done})
    else:
        verdicts.examined(session, found, done)
    return 0 if actions.healthy(found) else 1
