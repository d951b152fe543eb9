"""The commands add, update and delete."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tmfiles.actions import tasks as actions
from tmfiles.actions.notes import from_json
from tmfiles.cli import options as o
from tmfiles.cli.session import Session, read, words
from tmfiles.errors import TmError

if TYPE_CHECKING:
    from tmfiles.workspace.write import How

Text = Annotated[
    str,
    typer.Option("-d", "--description", metavar="TEXT", help="What it is about, in Markdown; - reads standard input."),
]
Type = Annotated[str, typer.Option("--type", metavar="TYPE", help="task, bug, feature, epic, chore or your own.")]
Assignee = Annotated[str, typer.Option("-a", "--assignee", metavar="NAME", help="Who is to do it.")]
NewTags = Annotated[list[str], typer.Option("-t", "--tag", metavar="TAG", help="A tag; may be repeated.")]
Needs = Annotated[list[str], typer.Option("--depends-on", metavar="ID", help="What must be done first; repeatable.")]
Related = Annotated[list[str], typer.Option("--related", metavar="ID", help="A related task; repeatable.")]
Source = Annotated[str, typer.Option("--source", metavar="ID", help="The task whose work brought it up.")]
Parent = Annotated[str, typer.Option("--parent", metavar="ID", help="The task it is a part of.")]
Due = Annotated[str, typer.Option("--due", metavar="DATE", help="2026-12-01, tomorrow, friday, +3d.")]
Repeat = Annotated[str, typer.Option("--repeat", metavar="WHEN", help="daily, weekly, monthly, every 2 weeks.")]
Estimate = Annotated[str, typer.Option("--estimate", metavar="TIME", help="90m, 3h, 2d.")]
Context = Annotated[str, typer.Option("--context", metavar="TEXT", help="Why, what, and when it is done.")]
Criteria = Annotated[list[str], typer.Option("--criterion", metavar="TEXT", help="What must hold; repeatable.")]
CriteriaJson = Annotated[
    str, typer.Option("--criteria", metavar="JSON", help='The same with measures: [{"text": "…", "measurable": "…"}].')
]
Plan = Annotated[str, typer.Option("--plan", metavar="FILE", help="Many tasks, from YAML; - reads standard input.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="With --plan: check it, and make nothing.")]
Files = Annotated[list[str], typer.Option("--file", metavar="PATH", help="A file it is about; repeatable.")]
Urls = Annotated[list[str], typer.Option("--link", metavar="URL", help="A link; repeatable.")]
Fields = Annotated[
    list[str], typer.Option("--field", metavar="NAME=VALUE", help="A field that config.yaml declares; repeatable.")
]
Phase = Annotated[str, typer.Option("--phase", metavar="NAME", help="The phase of the project it belongs to.")]
Quick = Annotated[
    bool, typer.Option("--quick", help="Read #tag @name !priority ^ID ~time due:DATE type:TYPE out of TITLE.")
]
OwnId = Annotated[str, typer.Option("--id", metavar="ID", help="An id of your own, such as fix-login.")]


def add(
    context: typer.Context,
    title: Annotated[str | None, typer.Argument(metavar="TITLE", help="What is to be done.")] = None,
    description: Text = "",
    priority: o.Priority = "",
    type_: Type = "",
    assignee: Assignee = "",
    tag: NewTags = [],  # noqa: B006 Typer wants the empty list itself
    depends_on: Needs = [],  # noqa: B006
    related: Related = [],  # noqa: B006
    source: Source = "",
    parent: Parent = "",
    due: Due = "",
    repeat: Repeat = "",
    estimate: Estimate = "",
    context_: Context = "",
    criterion: Criteria = [],  # noqa: B006
    criteria: CriteriaJson = "",
    file: Files = [],  # noqa: B006
    link: Urls = [],  # noqa: B006
    field: Fields = [],  # noqa: B006
    phase: Phase = "",
    task_id: OwnId = "",
    quick: Quick = False,
    plan: Plan = "",
    dry_run: DryRun = False,
    force: o.Forced = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Make a task and print its id.

    tm add "Write the docs" -p high --due friday --depends-on a1b2
    """
    session: Session = context.obj
    workspace = session.workspace()
    values: dict[str, Any] = {
        "description": read(description),
        "priority": priority,
        "type": type_,
        "assignee": assignee.strip(),
        "tags": words(tag),
        "depends_on": words(depends_on),
        "related": words(related),
        "source": source,
        "parent": parent,
        "due": _due(due, workspace),
        "repeat": repeat,
        "estimate": estimate,
        "context": read(context_),
        "criteria": [*({"text": text} for text in criterion), *(from_json(criteria) if criteria else ())],
        "files": list(file),
        "links": list(link),
        "phase": phase.strip(),
    }
    given = {key: value for key, value in values.items() if value not in ("", [])}
    how = session.how(no_commit, message, force)
    if plan:
        if title is not None or task_id or given or field or quick:
            raise TmError("a plan says all of its tasks in its file", "leave the rest out", "usage")
        _planned(session, plan, how, dry_run=dry_run, json=json)
        return
    if dry_run:
        raise TmError("--dry-run is for plans", "tm add --plan FILE --dry-run", "usage")
    if title is None:
        raise TmError("missing argument 'TITLE'", "how it is used: tm add --help", "usage")
    if quick:
        title, given = _quick(title, given, workspace)
    result = actions.add(workspace, title, given, how, task_id, field)
    if json:
        session.did(result, "added", json=True)
        return
    for note in result.outcome.notes:
        session.tell(f"tm: {note}")
    session.write(f"{result.tasks[0].id}\n")
    if sys.stdout.isatty():
        session.tell(f"added: tm show {result.tasks[0].id}")


def _quick(title: str, given: dict[str, Any], workspace: Any) -> tuple[str, dict[str, Any]]:
    from tmfiles.actions import quick

    rest, found = quick.quick(title)
    if "due" in found:
        found["due"] = _due(found["due"], workspace)
    return rest, quick.joined(given, found)


def _planned(session: Session, plan: str, how: How, *, dry_run: bool, json: bool) -> None:
    from tmfiles.actions import plans
    from tmfiles.cli.batch import report
    from tmfiles.cli.session import given

    data, path = given(plan)
    report(session, plans.plan(session.workspace(), data, how, path=path, dry_run=dry_run), json=json)


def _due(text: str, workspace: Any) -> str:
    from tmfiles import dates

    return dates.due(text, workspace.now()) if text else ""


def update(
    context: typer.Context,
    ids: o.Ids,
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="A new title.")] = "",
    status: Annotated[str, typer.Option("--status", metavar="STATUS", help="Any status, from any other.")] = "",
    priority: o.Priority = "",
    type_: Type = "",
    assignee: Assignee = "",
    description: Annotated[
        str, typer.Option("-d", "--description", metavar="TEXT", help="A paragraph more of description.")
    ] = "",
    set_description: Annotated[
        str, typer.Option("--set-description", metavar="TEXT", help="A description in place of the old one.")
    ] = "",
    context_: Annotated[str, typer.Option("--context", metavar="TEXT", help="A paragraph more of context.")] = "",
    tag: NewTags = [],  # noqa: B006 Typer wants the empty list itself
    untag: Annotated[list[str], typer.Option("--untag", metavar="TAG", help="Take a tag away.")] = [],  # noqa: B006
    related: Related = [],  # noqa: B006
    file: Files = [],  # noqa: B006
    link: Urls = [],  # noqa: B006
    source: Source = "",
    parent: Parent = "",
    due: Due = "",
    wait: Annotated[str, typer.Option("--wait", metavar="DATE", help="Not ready until then.")] = "",
    repeat: Repeat = "",
    estimate: Estimate = "",
    field: Fields = [],  # noqa: B006
    phase: Phase = "",
    clear: Annotated[
        list[str],
        typer.Option("--clear", metavar="FIELD", help="Empty a field, such as due or fields.NAME; repeatable."),
    ] = [],  # noqa: B006
    force: o.Force = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Change fields of tasks.

    Long text, tags, files and links are added to, everything else is replaced.

    tm update a1b2 c3d4 --priority high --tag auth --clear due
    """
    session: Session = context.obj
    workspace = session.workspace()
    values = _given(
        title=title.strip(),
        priority=priority,
        type=type_,
        assignee=assignee.strip(),
        description=read(set_description),
        source=source,
        parent=parent,
        due=_due(due, workspace),
        wait_until=_due(wait, workspace),
        repeat=repeat,
        estimate=estimate,
        phase=phase.strip(),
    )
    more = _given(
        tags=words(tag),
        related=words(related),
        files=file,
        links=link,
        description=read(description),
        context=read(context_),
    )
    less = _given(tags=words(untag))
    if "description" in values and "description" in more:
        raise TmError("--description adds and --set-description replaces", "leave one of the two out", "usage")
    how = session.how(no_commit, message, force)
    result = actions.update(
        workspace, ids, values, how, more=more, less=less, clear=clear, fields=field, status=status, force=force
    )
    session.did(result, "updated", json=json)


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def delete(
    context: typer.Context,
    ids: o.Ids,
    force: Annotated[bool, typer.Option("--force", help="Cut links to them, and pass over claims of others.")] = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Delete tasks; history keeps them, and tm undo brings them back.

    tm delete a1b2
    """
    session: Session = context.obj
    result = actions.delete(session.workspace(), ids, session.how(no_commit, message, force), force=force)
    session.did(result, "deleted", json=json)
