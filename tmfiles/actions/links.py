"""Dependencies between tasks: add, remove, tree, cycles; plain arguments in, values out."""

from __future__ import annotations

from collections import namedtuple

from tmfiles import graph
from tmfiles.actions.graphs import statuses
from tmfiles.actions.tasks import Done, done
from tmfiles.errors import TmError
from tmfiles.task import joined
from tmfiles.workspace import edit
from tmfiles.workspace.write import How, Order, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit


class Node(namedtuple("Node", "depth id title status seen")):
    """One line of a dependency tree; `seen` when its own branches were shown further up."""

    __slots__ = ()

    depth: int
    id: str
    title: str
    status: str
    seen: bool


def depend(workspace: Workspace, text: str, others: Sequence[str], how: How = How()) -> Done:
    """Make a task depend on others. Refused when one is missing, is the task itself, or closes a cycle."""
    return _linked(workspace, "dep add", text, others, how, add=True)


def undepend(workspace: Workspace, text: str, others: Sequence[str], how: How = How()) -> Done:
    """Take dependencies away; refused when one is not there."""
    return _linked(workspace, "dep remove", text, others, how, add=False)


def _linked(workspace: Workspace, op: str, text: str, others: Sequence[str], how: How, *, add: bool) -> Done:
    chosen: list[str] = []

    def plan(view: View) -> list[Edit]:
        task = view.task(view.resolve(text))
        chosen[:] = [task.id]
        present = list(task.doc.get("depends_on", ()))
        # A dependency that points nowhere can be taken away by its full name.
        names = [other if other in present else view.resolve(other) for other in others]
        if add:
            if task.id in names:
                raise TmError(f"{task.id} cannot depend on itself", "name another task", "usage")
            wanted = joined(present, names)
        else:
            if absent := [name for name in names if name not in present]:
                has = ", ".join(present) or "none"
                raise TmError(f"{task.id} does not depend on {', '.join(absent)}", f"it depends on: {has}")
            wanted = [one for one in present if one not in names]
        return [edit.change(task.id, {"depends_on": wanted})]

    outcome = write(workspace, Order(op, how), plan)
    return done(workspace, chosen, outcome)


def tree(workspace: Workspace, text: str, *, up: bool = False) -> list[Node]:
    """Give a task and, indented, what it depends on, or with `up` what depends on it."""
    view = workspace.read()
    root = view.resolve(text)
    lines = list(view.graph.tree(root, up))
    status = statuses(view)
    titles = view.index.titles({task_id for _, task_id, _ in lines})
    return [Node(depth, one, titles.get(one, ""), status(one), seen) for depth, one, seen in lines]


def cycles(workspace: Workspace) -> list[list[str]]:
    """Give every cycle of dependencies as a path that ends where it began."""
    return graph.cycles(workspace.read().index.links("depends_on"))
