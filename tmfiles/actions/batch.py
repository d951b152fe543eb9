"""Many operations as one: each a verb of its own, all in one commit or none; knows no file they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tmfiles.actions.moves import Freed
from tmfiles.actions.operations import OPERATIONS, Names, checked
from tmfiles.errors import Problem, TmError
from tmfiles.interop import jsonl
from tmfiles.store import SUFFIX, id_of
from tmfiles.workspace.draft import Draft, drafting
from tmfiles.workspace.judge import faults
from tmfiles.workspace.write import How, Order, Outcome, rehearse, write

if TYPE_CHECKING:
    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

# What one list in a line may hold is not nested deeper than a task's own values.
_DEEPEST = 12


class Line(NamedTuple):
    """One operation that was carried out: where it stood, what it was, the tasks it was about, its local name."""

    line: int
    op: str
    ids: tuple[str, ...]
    name: str

    def unmade(self) -> Line:
        """Give the line of a rehearsal: the id of a task that was not made means nothing."""
        return self._replace(ids=()) if self.op == "add" else self


class Batch(NamedTuple):
    """What a batch did, or with `outcome` None would do; `unblocked` are other tasks that became ready."""

    lines: tuple[Line, ...]
    outcome: Outcome | None
    unblocked: tuple[str, ...] = ()


def batch(workspace: Workspace, data: bytes, how: How = How(), *, path: str, dry_run: bool = False) -> Batch:
    """Carry out lines of JSON, each one operation of `OPERATIONS`, in one transaction and one commit.

    A later line sees what earlier ones did, and names a task that one of them made as `as` says, with a `$`
    before it. Raises TmError (`invalid`) with every line that cannot be carried out; then nothing was done.
    """
    found, broken = jsonl.records(data.splitlines(), path, _DEEPEST)
    problems = [one._replace(rule="batch") for one in broken]
    if not found and not problems:
        raise TmError("there are no operations", 'a line is one, such as {"op": "add", "title": "Write"}', "usage")
    runs: list[_Running] = []
    chosen: list[str] = []
    freed = Freed(workspace, chosen)

    def plan(view: View) -> list[Edit]:
        with drafting(workspace, view) as draft:
            running = _Running(workspace, draft, how, path)
            runs[:] = [running]
            running.problems += problems
            for number, record in found:
                running.carry_out(number, record)
            running.judge(view)
            if running.problems:
                raise _refused(running.problems, len(found) + len(problems))
            chosen[:] = running.touched
            return draft.edits()

    order = Order("batch", how)
    try:
        outcome = None if dry_run else write(workspace, order, freed.watching(plan))
        if dry_run:
            rehearse(workspace, order, plan)
    except TmError as error:
        if not runs:
            raise
        raise runs[0].placed(error) from error
    done = runs[0].done
    if dry_run:
        return Batch(tuple(line.unmade() for line in done), None)
    return Batch(tuple(done), outcome, tuple(freed.ids()))


def _refused(problems: Sequence[Problem], count: int) -> TmError:
    ordered = sorted(problems, key=lambda one: (one.line, one.column))
    wrong = len({one.line for one in ordered})
    message = f"{wrong} of {count} line{'' if count == 1 else 's'} cannot be carried out"
    return TmError(message, "nothing was changed", "invalid", ordered)


class _Running:
    """The lines so far: what they did, what they named, what was wrong."""

    def __init__(self, workspace: Workspace, draft: Draft, how: How, path: str) -> None:
        self.workspace = workspace
        self.draft = draft
        self.how = how
        self.path = path
        self.names = Names()
        self.done: list[Line] = []
        self.problems: list[Problem] = []
        self.touched: dict[str, int] = {}
        self.linked: dict[str, int] = {}

    def carry_out(self, number: int, record: Mapping[str, Any]) -> None:
        """Carry out one line, or note why it cannot be."""
        name = str(record.get("as") or "")
        try:
            op, values = checked(record, self.names)
            if values is None:  # what it needs has failed already, and was told
                self.names.failed(name)
                return
            result = OPERATIONS[op].run(self._requested(number), values, self.how)
        except TmError as error:
            self.names.failed(name)
            for message in messages(error):
                self.complain(number, message)
            return
        ids = tuple(task.id for task in result.tasks)
        if name:
            self.names.made(name, ids[0])
        self.touched.update(dict.fromkeys(result.outcome.changed, number))
        self.linked.update(dict.fromkeys(self.draft.relinked, number))
        self.done.append(Line(number, op, ids, name))

    def complain(self, number: int, message: str) -> None:
        """Note what is wrong with a line."""
        self.problems.append(Problem(self.path, number, 0, "batch", self.names.worded(message)))

    def _requested(self, number: int) -> Workspace:
        """Give each line a request of its own: two that say the same on purpose are two."""
        environment = self.workspace.environment
        if environment.request:
            request = f"{environment.request.partition('#')[0]}#{number}"
            self.workspace.environment = environment._replace(request=request)
        return self.workspace

    def placed(self, error: TmError) -> TmError:
        """Give a refusal of the whole with the lines in the place of the files that they would have made."""
        problems = []
        for one in error.problems:
            task_id = id_of(one.path) if one.path.endswith(SUFFIX) else ""
            if task_id in self.touched:
                message = self.names.worded(f"{task_id}: {one.message}")
                one = one._replace(path=self.path, line=self.touched[task_id], column=0, message=message)
            problems.append(one)
        return TmError(error.message, error.hint, error.code, problems)

    def judge(self, view: View) -> None:
        """Note what is wrong between tasks after all lines, at the last line that linked one of them."""
        for fault in faults(self.draft.links, self.draft.gone, view):
            line = max((self.linked.get(one, 0) for one in fault.ids), default=0)
            self.complain(line, fault.error.message)


def messages(error: TmError) -> Iterator[str]:
    """Give what a refusal says, without the hints that are for a command line."""
    if error.problems:
        yield from (one.message for one in error.problems)
    elif error.hint.startswith(("did you mean", "it ", "which one?", "one of", "complete those")):
        yield f"{error.message}; {error.hint.partition(' All tasks:')[0]}"
    else:
        first, *several = error.message.split("\n  ")
        yield from several or [first]
