"""The command agent: who there is, what they have on hand, and what they tell each other."""

from __future__ import annotations

from typing import Annotated

import typer

from tmfiles.actions import agents as actions
from tmfiles.actions import messages
from tmfiles.cli import options as o
from tmfiles.cli import streams
from tmfiles.cli.parse import Command, Group
from tmfiles.cli.session import Session, read
from tmfiles.errors import TmError
from tmfiles.query import unknown
from tmfiles.render import agents as render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.actions.agents import Load
    from tmfiles.workspace.write import Outcome

agent = typer.Typer(
    cls=Group, help="Agents and people: capabilities, workload, messages.", no_args_is_help=True, rich_markup_mode=None
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Who, as --as and TM_AGENT_ID name them.")]
Capabilities = Annotated[
    list[str], typer.Option("--capabilities", metavar="A,B", help="What they can do, in the words of tags.")
]


@agent.command("register", cls=Command)
def register(
    context: typer.Context,
    name: Name,
    shown: Annotated[str, typer.Argument(metavar="[WORDS]", help="What they are called.")] = "",
    kind: Annotated[str, typer.Option("--type", metavar="TYPE", help="What they are, such as reviewer.")] = "",
    capabilities: Capabilities = [],  # noqa: B006 Typer wants the empty list itself
    at_once: Annotated[
        int | None, typer.Option("--at-once", metavar="N", help="How many open tasks are enough; else 5.")
    ] = None,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Register somebody, or change what is registered.

    tm agent register agent-7 --type developer --capabilities python,web
    """
    session: Session = context.obj
    how = session.how(no_commit, message)
    outcome = actions.register(
        session.workspace(), name, how, name=shown, kind=kind, capabilities=capabilities, at_once=at_once
    )
    _told(
        session,
        outcome,
        f"{'registered' if outcome.commit or no_commit else 'is so registered:'} {name.strip()}",
        json=json,
    )
    if json:
        session.document(render.agent_document(_load(session, name)))


@agent.command("unregister", cls=Command)
def unregister(
    context: typer.Context, name: Name, no_commit: o.NoCommit = False, message: o.Message = "", json: o.Json = False
) -> None:
    """Take a registration away; tasks stay as they are.

    tm agent unregister agent-7
    """
    session: Session = context.obj
    outcome = actions.unregister(session.workspace(), name, session.how(no_commit, message))
    _told(session, outcome, f"unregistered {name.strip()}", json=json)
    if json:
        session.document([render.agent_document(one) for one in actions.workload(session.workspace())])


@agent.command("list", cls=Command)
def list_(
    context: typer.Context,
    status: Annotated[str, typer.Option("--status", metavar="STATE", help="idle, working or full.")] = "",
    kind: Annotated[str, typer.Option("--type", metavar="TYPE", help="Of this type.")] = "",
    json: o.Json = False,
) -> None:
    """List who is registered, and how they stand.

    tm agent list --status idle
    """
    session: Session = context.obj
    if status and status not in actions.STATES:
        raise unknown("state", status, actions.STATES)
    found = [
        one
        for one in sorted(actions.workload(session.workspace()), key=lambda one: one.agent.id.lower())
        if status in ("", one.state) and kind.lower() in ("", one.agent.type.lower())
    ]
    _shown(session, found, render.rows(found), json=json)


@agent.command("show", cls=Command)
def show(context: typer.Context, name: Name, json: o.Json = False) -> None:
    """Show one of them, and what is on hand.

    tm agent show agent-7
    """
    session: Session = context.obj
    found = _load(session, name)
    if json:
        session.document(render.agent_document(found))
    else:
        session.rows(render.text(found))


@agent.command("workload", cls=Command)
def workload(context: typer.Context, json: o.Json = False) -> None:
    """Tell how much each has on hand, the least loaded first.

    tm agent workload
    """
    session: Session = context.obj
    found = actions.workload(session.workspace())
    _shown(session, found, render.loads(found), json=json)


@agent.command("suggest", cls=Command)
def suggest(
    context: typer.Context,
    id_: o.Id,
    limit: Annotated[int, typer.Option("--limit", "-n", metavar="N", help="Show at most N; 0 shows all.")] = 5,
    json: o.Json = False,
) -> None:
    """Suggest whom to assign a task to, the best first.

    By the task's specialty, then by what of its tags and type they can do, then by who has the least on hand.

    tm agent suggest a1b2
    """
    session: Session = context.obj
    if limit < 0:
        raise TmError(f"limit {limit} is below 0", "0 means all", "usage")
    task, found = actions.suggested(session.workspace(), id_)
    if json:
        session.document([render.fit_document(one) for one in found[: limit or None]])
        return
    session.rows(render.fits(found, limit))
    session.tell(f"to assign it: tm assign {task.id} {found[0].load.agent.id}")


@agent.command("redistribute", cls=Command)
def redistribute(
    context: typer.Context,
    threshold: Annotated[
        int | None, typer.Option("--threshold", metavar="N", help="More than N open tasks are too many.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Give pending tasks of those who have too many to others.

    What somebody claims or has begun stays, and a task with a specialty only goes to one who has it.

    tm agent redistribute --threshold 3 --dry-run
    """
    session: Session = context.obj
    how = session.how(no_commit, message)
    found = actions.redistribute(session.workspace(), how, threshold=threshold, dry_run=dry_run)
    if json:
        session.document(render.moved_document(found))
        return
    session.rows(render.moves(found))
    if not found.moves:
        session.tell("nothing to give to others: nobody has too much that somebody else could take")


@agent.command("message", cls=Command)
def message_(
    context: typer.Context,
    to: Annotated[str, typer.Argument(metavar="NAME", help="To whom; broadcast is to all.")],
    text: Annotated[list[str], typer.Argument(metavar="TEXT", help="What to say; - reads standard input.")],
    priority: Annotated[str, typer.Option("-p", "--priority", metavar="P", help="low, normal, high, critical.")] = "",
    about: Annotated[str, typer.Option("--about", metavar="ID", help="The task it is about.")] = "",
    no_commit: o.NoCommit = False,
    message: o.Message = "",
    json: o.Json = False,
) -> None:
    """Tell somebody something; one about a task is in its journal, too.

    tm agent message agent-7 "Please look at the login" --about a1b2
    """
    session: Session = context.obj
    words = read(text[0]) if len(text) == 1 else " ".join(text)
    how = session.how(no_commit, message)
    outcome = messages.send(session.workspace(), to, words, how, priority=priority.lower() or "normal", about=about)
    _told(session, outcome, f"sent to {to}", json=json)
    if json:
        session.document({"to": to, "commit": outcome.commit or None})


@agent.command("inbox", cls=Command)
def inbox(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="What you have read, too.")] = False,
    json: o.Json = False,
) -> None:
    """Read what was sent to you; each reader has a place of its own.

    tm agent inbox
    """
    session: Session = context.obj
    found = messages.inbox(session.workspace(), session.actor, everything=everything)
    if json:
        session.document([render.letter_document(one) for one in found.letters])
    else:
        session.write(render.letters(found.letters))
        if not found.letters:
            session.tell("nothing new for you; all there is: tm agent inbox --all")
    for one in found.problems:
        session.warn(f"tm: {one}\n")
    streams.flush()
    messages.seen(found)


def _load(session: Session, name: str) -> Load:
    one = actions.agent(session.workspace(), name)
    return next(load for load in actions.workload(session.workspace()) if load.agent.id == one.id)


def _shown(session: Session, found: list[Load], text: str, *, json: bool) -> None:
    if json:
        session.document([render.agent_document(one) for one in found])
        return
    session.rows(text)
    for problem in actions.registered(session.workspace())[1]:
        session.warn(f"tm: {problem}\n")
    if not found:
        session.tell("nobody such is registered: tm agent register NAME --capabilities python,web")


def _told(session: Session, outcome: Outcome, words: str, *, json: bool) -> None:
    for note in outcome.notes:
        session.tell(f"tm: {note}")
    session.tell("" if json else words)
