"""A store as several writes that are put together would leave it; nothing of it reaches the disk."""

from __future__ import annotations

from contextlib import contextmanager

from tmfiles import store
from tmfiles.errors import TmError
from tmfiles.graph import Growing
from tmfiles.task import LINKS, without_empty
from tmfiles.workspace import edit
from tmfiles.workspace.parse import sound
from tmfiles.workspace.view import View
from tmfiles.workspace.write import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from tmfiles.workspace.edit import Edit
    from tmfiles.workspace.place import Workspace


class Draft(View):
    """A view of its own, that each write in turn changes: the next one's plan sees what came before.

    Costs what each write touches, so that ten thousand of them cost ten thousand times one.
    """

    def __init__(self, base: View) -> None:
        super().__init__(base.index.copy(), base.config, (), lambda: None, base.read)
        self._base = base
        self._growing = Growing(base.graph.deps, base.index.statuses(), base.gates())
        self._graph = self._growing
        self._edits: dict[str, Edit] = {}
        self._count = base.index.count()
        self.gone: set[str] = set()
        self.links: dict[str, list[tuple[str, str]]] = {}
        self.relinked: set[str] = set()  # by the last write

    def change(self, task_id: str) -> tuple[str, str, str, str]:
        """Give what history says of a task; what is drafted is no history yet."""
        return self._base.change(task_id)

    def was_deleted(self, ids: Iterable[str]) -> set[str]:
        """Give those of the ids that were deleted, in history or in this draft."""
        asked = list(ids)
        return self._base.was_deleted(asked) | (self.gone & set(asked))

    def take(self, plan: Callable[[View], Sequence[Edit]]) -> Outcome:
        """Apply what a plan makes of the store as drafted so far, whole or not at all."""
        edits = plan(self)
        for one in edits:
            if one.kind not in ("make", "change", "remove"):
                raise TmError("this cannot be done together with others", "do it on its own", "usage")
            if one.kind == "make" and self.index.files(one.target):
                raise TmError(f"the id {one.target!r} is taken", "choose another, or leave it out")
        self.relinked = {one.target for one in edits if one.kind != "change" or one.value.keys() & set(LINKS)}
        changed = [one.target for one in edits if self._apply(one)]
        return Outcome(tuple(dict.fromkeys(changed)), "", ())

    def edits(self) -> list[Edit]:
        """Give all that was taken as one edit a task."""
        return list(self._edits.values())

    def _apply(self, one: Edit) -> bool:
        task_id = one.target
        before = self._edits.get(task_id)
        if one.kind == "remove":
            ((path, _),) = self.index.files(task_id)
            self.index.forget([path])
            self._growing.drop(task_id)
            self.links.pop(task_id, None)
            self.gone.add(task_id)
            if before is not None and before.kind == "make":
                del self._edits[task_id]
            else:
                self._edits[task_id] = one
            return True
        if one.kind == "make":
            self._count += 1
            self._hold(task_id, store.place(task_id, self.config.layout, self._count), one.value)
            self._edits[task_id] = one
            return True
        task = self.task(task_id)
        changes = {key: value for key, value in one.value.items() if not edit.same(key, task.doc.get(key), value)}
        if not changes:
            return False
        doc = {key: value for key, value in {**task.doc, **changes}.items() if value is not None}
        self._hold(task_id, task.path, doc)
        if before is not None and before.kind == "make":
            self._edits[task_id] = edit.make(task_id, without_empty(doc))
        else:
            self._edits[task_id] = edit.change(task_id, {**(before.value if before else {}), **changes})
        return True

    def _hold(self, task_id: str, path: str, doc: dict[str, Any]) -> None:
        entry = sound(path, b"", without_empty(doc), [])
        self.index.put([entry])
        if task_id in self.relinked:
            self.links[task_id] = entry.links
        deps = [other for kind, other in entry.links if kind == "depends_on"]
        self._growing.put(task_id, deps, str(entry.row[1]), *entry.stage)


@contextmanager
def drafting(workspace: Workspace, view: View) -> Iterator[Draft]:
    """Let every write of the workspace go into a draft of `view` while the block runs."""
    draft = Draft(view)
    workspace.draft = draft
    try:
        yield draft
    finally:
        workspace.draft = None
        draft.index.close()
