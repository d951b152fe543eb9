"""Files put into form, and mended where there is one right answer, in one commit; plain arguments in, values out."""

from __future__ import annotations

from collections import namedtuple

from tmfiles import codec
from tmfiles.check.mending import mended
from tmfiles.errors import TmError
from tmfiles.store import FOLDER, id_of
from tmfiles.workspace import edit
from tmfiles.workspace.edit import bytes_of
from tmfiles.workspace.write import How, Order, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tmfiles.errors import Problem
    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

    Found = Callable[[View, list[Problem], list[str]], Iterable["Form"]]


class Form(namedtuple("Form", "path old new words")):
    """One file that is, or would be, written otherwise: its bytes before and after, and what was done in words."""

    __slots__ = ()

    path: str
    old: bytes
    new: bytes
    words: tuple[str, ...]


class Formed(namedtuple("Formed", "forms left notes commit")):
    """The files that changed or would, the problems of those left as they are, what to tell, and the commit."""

    __slots__ = ()

    forms: tuple[Form, ...]
    left: tuple[Problem, ...]
    notes: tuple[str, ...]
    commit: str


def form(workspace: Workspace, texts: Sequence[str], how: How, *, dry_run: bool = False) -> Formed:
    """Put task files into the canonical form, all or those named; their comments and meaning stay."""

    def found(view: View, left: list[Problem], notes: list[str]) -> Iterator[Form]:
        paths = _paths(view, texts)
        errors: dict[str, list[Problem]] = {}
        for problem in view.errors():
            errors.setdefault(problem.path.partition("/")[2], []).append(problem)
        for done, path in enumerate(paths):
            if workspace.progress:
                workspace.progress("putting files into form", done, len(paths))
            data = bytes_of(workspace.store, path)
            if data is None:
                continue
            broken = errors.get(path, [])
            try:
                new = data if broken else codec.tidied(data, f"{FOLDER}/{path}")
            except TmError as error:
                notes.append(f"left as it is: {error.message}")
                continue
            left += broken
            if new != data:
                yield Form(path, data, new, ())

    return _written(workspace, "fmt", found, how, dry_run=dry_run)


def fix(workspace: Workspace, texts: Sequence[str], how: How = How(), *, dry_run: bool = False) -> Formed:
    """Mend what has one right answer in task files, in all or those named; what else is wrong stays."""

    def found(view: View, _left: list[Problem], _notes: list[str]) -> Iterator[Form]:
        for path in sorted({problem.path.partition("/")[2] for problem in view.problems()} & set(_paths(view, texts))):
            data = bytes_of(workspace.store, path)
            new, words = mended(data or b"", id_of(path), view.config.all_types)
            # What would still be wrong is not written: a person has to see to it, and sees all of it then.
            if data is not None and new != data and _is_sound(path, new, view):
                yield Form(path, data, new, tuple(words))

    return _written(workspace, "fix", found, how, dry_run=dry_run)


def _is_sound(path: str, data: bytes, view: View) -> bool:
    from tmfiles.workspace.parse import entry

    return all(problem.severity != "error" for problem in entry(path, data, b"", view.config).problems)


def _paths(view: View, texts: Sequence[str]) -> list[str]:
    if not texts:
        return sorted(view.index.paths())
    return [path for text in texts for path, _ in view.index.files(view.resolve(text))]


def _written(workspace: Workspace, op: str, found: Found, how: How, *, dry_run: bool) -> Formed:
    forms: list[Form] = []
    left: list[Problem] = []
    notes: list[str] = []

    def plan(view: View) -> list[Edit]:
        left.clear()
        notes.clear()
        forms[:] = found(view, left, notes)
        return [edit.mend(one.path, one.new) for one in forms]

    if dry_run:
        plan(workspace.read())
        return Formed(tuple(forms), tuple(left), tuple(notes), "")
    outcome = write(workspace, Order(op, how), plan)
    return Formed(tuple(forms), tuple(left), (*outcome.notes, *notes), outcome.commit)
