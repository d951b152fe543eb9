"""The commands metrics and report."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles import metrics as actions
from tmfiles.cli import options as o
from tmfiles.cli.session import Session
from tmfiles.errors import TmError
from tmfiles.query import unknown
from tmfiles.render import figures as render
from tmfiles.render.documents import problems
from tmfiles.render.text import left_out

_FORMATS = ("text", "json", "prometheus")


def metrics(
    context: typer.Context,
    period: Annotated[
        str, typer.Option("--period", metavar="SPAN", help="day, week, month, quarter, year, 14d, 6w.")
    ] = "",
    completion_rate: Annotated[
        bool, typer.Option("--completion-rate", help="How many, and how many are done.")
    ] = False,
    cycle_time: Annotated[
        bool, typer.Option("--cycle-time", help="How long they take, and against estimates.")
    ] = False,
    feedback: Annotated[bool, typer.Option("--feedback", help="How the work was found to be.")] = False,
    by_assignee: Annotated[bool, typer.Option("--by-assignee", help="Who has and does what.")] = False,
    bottlenecks: Annotated[bool, typer.Option("--bottlenecks", help="What most others wait for.")] = False,
    assignee: Annotated[str, typer.Option("-a", "--assignee", metavar="NAME", help="Of this person alone.")] = "",
    kind: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text, json or prometheus.")] = "text",
    json: o.Json = False,
) -> None:
    """Count: how many, how quick, how good, who, what holds up.

    The options for sections choose among them; without any, all are shown. --json and --format prometheus have
    all in any case.

    tm metrics --period week --by-assignee
    """
    session: Session = context.obj
    if kind not in _FORMATS:
        raise unknown("format", kind, _FORMATS)
    asked = zip(render.SECTIONS, (completion_rate, cycle_time, feedback, by_assignee, bottlenecks), strict=True)
    chosen = [name for name, wanted in asked if wanted]
    if kind == "prometheus" and (json or chosen):
        raise TmError("prometheus has all figures, in a form of its own", "leave the other options out", "usage")
    workspace = session.workspace()
    found = actions.figures(workspace, period, assignee)
    if json or kind == "json":
        session.document(render.document(found), problems=problems(workspace.view().errors()))
        return
    session.warn(left_out(workspace.view().errors()))
    if kind == "prometheus":
        from tmfiles.render import prometheus

        session.write(prometheus.text(found))
        return
    session.rows(render.text(found, chosen or render.SECTIONS))


def report(
    context: typer.Context,
    weekly: Annotated[bool, typer.Option("--weekly", help="The seven days that end now; the default.")] = False,
    velocity: Annotated[bool, typer.Option("--velocity", help="What is done week by week, and what is left.")] = False,
    weeks: Annotated[
        int | None, typer.Option("--weeks", metavar="N", help="With --velocity: so many weeks; 8.")
    ] = None,
    json: o.Json = False,
) -> None:
    """Report what a week brought, or how much is done a week.

    The week's report is Markdown, to be sent as it is.

    tm report --velocity --weeks 12
    """
    from tmfiles.actions import reports as made
    from tmfiles.render import reports as shown

    if weekly and velocity:
        raise TmError("--weekly and --velocity contradict each other", "leave one of the two out", "usage")
    if weeks is not None and not velocity:
        raise TmError("--weeks is for --velocity", "tm report --velocity --weeks N", "usage")
    session: Session = context.obj
    workspace = session.workspace()
    if velocity:
        pace = made.velocity(workspace, 8 if weeks is None else weeks)
        document, rows = shown.document(pace), shown.velocity(pace)
    else:
        week = made.weekly(workspace)
        document, rows = shown.document(week), shown.weekly(week)
    if json:
        session.document(document, problems=problems(workspace.view().errors()))
    else:
        session.warn(left_out(workspace.view().errors()))
        session.rows(rows)
