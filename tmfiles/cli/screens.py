"""Lists and single tasks on their way to the screen; knows no parser, so the front door can use it."""

from __future__ import annotations

import sys

from tmfiles.actions import lists as actions
from tmfiles.query import Query
from tmfiles.render import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmfiles.actions.lists import Details, Listing
    from tmfiles.cli.session import Session
    from tmfiles.render.screen import Screen
    from tmfiles.workspace import Workspace

# How many tasks a terminal gets unless asked otherwise; a pipe gets all.
_SCREENFUL = 50


def limited(limit: int | None, plain: bool, json: bool) -> int:
    """Give the limit that holds: as asked for, or a screenful on a terminal."""
    if limit is not None:
        return limit
    return _SCREENFUL if sys.stdout.isatty() and not (plain or json) else 0


def listed(session: Session, query: Query, plain: bool, json: bool, *, everything: bool = False) -> None:
    """Show `tm list`."""
    workspace = session.workspace()
    found = actions.listing(workspace, query, everything=everything)
    none = "no tasks match" if everything or query._replace(limit=0) != Query() else "no tasks"
    _rows(session, workspace, found, plain, json, none)


def ready(session: Session, query: Query, plain: bool, json: bool) -> None:
    """Show `tm ready`."""
    workspace = session.workspace()
    _rows(session, workspace, actions.ready(workspace, query), plain, json, "nothing is ready")


def blocked(session: Session, query: Query, plain: bool, json: bool) -> None:
    """Show `tm blocked`."""
    workspace = session.workspace()
    _rows(session, workspace, actions.blocked(workspace, query), plain, json, "nothing is blocked")


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


def _rows(session: Session, workspace: Workspace, found: Listing, plain: bool, json: bool, none: str) -> None:
    if json:
        from tmfiles.render import documents

        tasks = [documents.task(*one) for one in actions.whole(workspace, found.rows)]
        session.document(tasks, total=found.total, problems=documents.problems(found.problems))
        return
    if plain:
        session.write("".join(map(text.plain_row, found.rows)))
    elif screen := session.screen():
        from tmfiles.actions.near import marks
        from tmfiles.render.table import table

        now = workspace.now()
        session.draw(table(found.rows, screen, now, marks(workspace, found.rows), found.blockers))
    else:
        session.write("".join(text.piped_row(row, found.blockers.get(row.id, ())) for row in found.rows))
    if not found.rows:
        session.tell(none)
    elif len(found.rows) < found.total:
        session.tell(f"showing {len(found.rows)} of {found.total}; all: --limit 0")
    session.warn(text.problem_lines(found))
