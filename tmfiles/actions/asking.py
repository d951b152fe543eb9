"""Makes what a person asked for into a query that can be answered: days, beginnings of ids and names, all checked."""

from __future__ import annotations

from tmfiles.errors import TmError
from tmfiles.query import Query, checked
from tmfiles.task import about

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from tmfiles.workspace import View, Workspace


def asked(workspace: Workspace, view: View, query: Query) -> Query:
    """Give the query with everything in it resolved; raises TmError for what cannot match, or contradicts.

    `due`, `due_before` and `due_after` may be words such as `friday`; `depends_on` and `parents` beginnings
    of ids.
    """
    filters = query._replace(sort="", limit=0)
    if filters != Query():
        barred = query.unless
        query = _resolved(workspace, view, query)
        if barred is not None:
            query = query._replace(unless=_resolved(workspace, view, barred))
        if query.overdue or query.recent or query.mine or barred is not None:
            from tmfiles.dates import stamp

            query = query._replace(now=stamp(workspace.now()))
        if query.mine or query.barred.mine:
            query = query._replace(actor=workspace.actor())
    checked(query, view.config.all_types)
    if filters != Query():
        _refuse_unknown(view, query)
        _refuse_unknown(view, query.barred)
    return query


def _resolved(workspace: Workspace, view: View, query: Query) -> Query:
    if query.due or query.due_before or query.due_after:
        from tmfiles import dates

        now = workspace.now()
        query = query._replace(
            due=tuple(_day(text, now) for text in query.due),
            due_before=dates.due(query.due_before, now) if query.due_before else "",
            due_after=dates.due(query.due_after, now) if query.due_after else "",
        )
    return query._replace(
        parents=tuple(map(view.resolve, query.parents)),
        depends_on=tuple(map(view.resolve, query.depends_on)),
        files=tuple(map(about, query.files)),
    )


def _day(text: str, now: datetime) -> str:
    from tmfiles import dates

    day = dates.due(text, now)
    if len(day) > 10:
        raise TmError(f"{text!r} is a moment: --due takes a day", "use --due-before and --due-after", "usage")
    return day


def _refuse_unknown(view: View, query: Query) -> None:
    """A name that no task bears is a slip of the pen, not a filter that happens to match nothing."""
    declared = [phase.name for phase in view.config.phases]
    for what, wanted in (
        ("tag", query.tags),
        ("assignee", query.assignees),
        ("phase", [name for name in query.phases if name not in declared]),
        ("file", query.files),
        ("field", [name for name, _ in query.fields]),
    ):
        for name in wanted:
            if not view.index.knows(what, name):
                from tmfiles.words import did_you_mean

                known = view.index.names(what)
                near = did_you_mean(name, known)
                there = f"there is: {', '.join(known[:10])}" if known else f"no task has any {what} yet"
                raise TmError(
                    f"no task has the {what} {name!r}", f"did you mean {near[0]!r}?" if near else there, "not_found"
                )
