"""Lists and single tasks on their way to the screen; knows no parser, so the front door can use it."""

from __future__ import annotations

import sys
from collections import namedtuple

from tmfiles.actions import lists as actions
from tmfiles.errors import TmError
from tmfiles.query import Query
from tmfiles.render import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from tmfiles.actions.lists import Details, Listing
    from tmfiles.cli.session import Session
    from tmfiles.query import Row
    from tmfiles.render.screen import Screen
    from tmfiles.workspace import Workspace

FORMS = ("", "plain", "json", "id")


class Shape(namedtuple("Shape", "form group", defaults=("", ""))):
    """How a list is shown: `form` is one of `FORMS` or a plugin's, `group` a field to group by, or nothing."""

    __slots__ = ()

    form: str
    group: str


def shaped(plain: bool, json: bool, form: str = "", group: str = "") -> Shape:
    """Make the shape that options ask for; raises TmError (code `usage`) where they contradict each other."""
    flag = "json" if json else "plain" if plain else ""
    if form not in FORMS:
        from tmfiles import plugins
        from tmfiles.query import unknown

        given = plugins.installed().of("renderer")
        if form not in given:
            raise unknown("format", form, [*FORMS[1:], *given])
        if group:
            raise TmError(f"--format {form} knows no groups", "leave --group-by out", "usage")
    if flag and form and flag != form:
        raise TmError(f"--{flag} and --format {form} contradict each other", "leave one of the two out", "usage")
    if group:
        from tmfiles.actions import groups

        groups.checked(group)
    return Shape(form or flag, group)


def limited(session: Session, limit: int | None, *formed: bool) -> int:
    """Give the limit that holds: as asked for, or as set for a terminal; a form for programs is whole."""
    if limit is not None:
        return limit
    return int(session.setting("limit")) if sys.stdout.isatty() and not any(formed) else 0


def listed(session: Session, query: Query, shape: Shape, *, everything: bool = False) -> None:
    """Show `tm list`."""
    workspace = session.workspace()
    found = actions.listing(workspace, query, everything=everything)
    none = "no tasks match" if everything or query._replace(limit=0) != Query() else "no tasks"
    _rows(session, workspace, found, shape, none)


def ready(session: Session, query: Query, shape: Shape) -> None:
    """Show `tm ready`."""
    workspace = session.workspace()
    _rows(session, workspace, actions.ready(workspace, query), shape, "nothing is ready")


def blocked(session: Session, query: Query, shape: Shape) -> None:
    """Show `tm blocked`."""
    workspace = session.workspace()
    _rows(session, workspace, actions.blocked(workspace, query), shape, "nothing is blocked")


def searched(session: Session, words: str, query: Query, shape: Shape) -> None:
    """Show `tm search`."""
    from tmfiles.actions.search import search

    workspace = session.workspace()
    none = "no task has all of this; the beginning of a word has a star: log*"
    _rows(session, workspace, search(workspace, words, query), shape, none, words)


def following(session: Session, plain: bool, json: bool) -> None:
    """Show `tm next`."""
    workspace = session.workspace()
    found = actions.following(workspace)
    if json:
        from tmfiles.render import documents

        problems = documents.problems(found.problems)
        session.document(documents.task(*actions.whole(workspace, found.rows)[0]), problems=problems)
        return
    if plain:
        session.write(text.plain_row(found.rows[0]))
    elif screen := session.screen():
        _pages(session, workspace, actions.details(workspace, [found.rows[0].id]), screen)
    else:
        session.write(text.piped_row(found.rows[0]))
    session.warn(text.problem_lines(found))


def taken(session: Session, length: str, plain: bool, json: bool, *, push: bool) -> None:
    """Claim what `tm next` would show, and show it."""
    from tmfiles.actions.claims import DEFAULT, claim_next

    workspace, how = session.workspace(), session.how(False, "")
    if push:
        from tmfiles.sync import claiming

        tell = session.transfers(json=json)
        result = claiming.claim_next(workspace, how, length=length or DEFAULT, tell=tell)
    else:
        result = claim_next(workspace, how, length=length or DEFAULT)
    session.notes(result)
    (task,) = result.tasks
    row = workspace.view().row(task.id)
    if json:
        from tmfiles.render import documents

        whole = actions.whole(workspace, [row])[0]
        session.document(documents.task(*whole), problems=documents.problems(workspace.view().errors()))
    elif plain:
        session.write(text.plain_row(row))
    else:
        session.write(text.piped_row(row))
        session.tell(f"claimed until {task.doc['claim']['until']}")


def shown(session: Session, ids: Sequence[str], plain: bool, json: bool) -> None:
    """Show `tm show`."""
    workspace = session.workspace()
    found = actions.details(workspace, ids)
    if json:
        from tmfiles.render import documents

        tasks = [documents.details(one) for one in found]
        session.document(tasks[0] if len(ids) == 1 else tasks)
    elif plain:
        session.write("".join(text.plain_row(one.row) for one in found))
    elif screen := session.screen():
        _pages(session, workspace, found, screen)
    else:
        session.write("\n".join(text.details(one) for one in found))


def _pages(session: Session, workspace: Workspace, found: Sequence[Details], screen: Screen) -> None:
    from tmfiles.actions.near import marked, near
    from tmfiles.render.page import page

    linked, now = near(workspace, found), workspace.now()
    pages = [page(one, linked, marked(one.task.doc, now), now, screen) for one in found]
    rule = screen.styled("─" * screen.width, "faint")
    session.draw(f"{rule}\n".join(pages))


def _rows(session: Session, workspace: Workspace, found: Listing, shape: Shape, none: str, searched: str = "") -> None:
    """Show a list; of what was `searched`, where the words are."""
    if shape.form == "json":
        _document(session, workspace, found, shape.group, searched)
    elif shape.form not in FORMS:
        _rendered(session, workspace, found, shape.form, searched)
    elif not shape.group:
        _part(session, workspace, found, found.rows, shape.form, searched)
    else:
        from tmfiles.actions.groups import grouped

        screen = None if shape.form else session.screen()
        for number, (value, rows) in enumerate(grouped(workspace, found.rows, shape.group)):
            if shape.form != "plain":
                head = text.group_head(shape.group, value, len(rows))
                session.write(("\n" if number else "") + (screen.styled(head, "strong") if screen else head) + "\n")
            _part(session, workspace, found, rows, shape.form, searched, value)
    if shape.form == "json":
        return
    if not found.rows:
        session.tell(none)
    elif len(found.rows) < found.total:
        session.tell(f"showing {len(found.rows)} of {found.total}; all: --limit 0")
    session.warn(text.problem_lines(found))


def _part(
    session: Session,
    workspace: Workspace,
    found: Listing,
    rows: Sequence[Row],
    form: str,
    searched: str,
    group: str | None = None,
) -> None:
    """Show tasks of a list: all of them, or a group."""
    if form == "id":
        session.write("".join(f"{row.id}\n" for row in rows))
    elif form == "plain":
        session.write("".join(text.plain_row(row, group) for row in rows))
    elif not (screen := session.screen()):
        session.write("".join(text.piped_row(row, found.blockers.get(row.id, ())) for row in rows))
    elif searched:
        from tmfiles.actions.search import places
        from tmfiles.render import found as render

        session.draw(render.found(rows, places(workspace, searched, rows), screen))
    else:
        from tmfiles.actions.near import marks
        from tmfiles.render.table import table

        session.draw(table(rows, screen, workspace.now(), marks(workspace, rows), found.blockers))


def _rendered(session: Session, workspace: Workspace, found: Listing, form: str, searched: str) -> None:
    """Show a list as a plugin does."""
    from tmfiles import plugins

    given = plugins.installed().of("renderer")[form]
    tasks = list(_documents(workspace, found, searched).values())
    session.write(str(plugins.call(given, lambda: given.value.render(tasks))))


def _documents(workspace: Workspace, found: Listing, searched: str) -> dict[str, Any]:
    """Give the documents of a list by path, in its order."""
    from tmfiles.render import documents

    places = None
    if searched:
        from tmfiles.actions import search

        places = search.places(workspace, searched, found.rows)
    return documents.listed(actions.whole(workspace, found.rows), places)


def _document(session: Session, workspace: Workspace, found: Listing, group: str, searched: str) -> None:
    from tmfiles.render import documents

    tasks = _documents(workspace, found, searched)
    more: dict[str, object] = {"total": found.total, "problems": documents.problems(found.problems)}
    if not group:
        session.document([tasks[row.path] for row in found.rows if row.path in tasks], **more)
        return
    from tmfiles.actions.groups import grouped

    each = [
        {"value": value or None, "tasks": [tasks[row.path] for row in rows if row.path in tasks]}
        for value, rows in grouped(workspace, found.rows, group)
    ]
    session.document(each, grouped_by=group, **more)
