"""What a store says at one moment: tasks, graph and problems; changes nothing and knows no YAML."""

from __future__ import annotations

from tmfiles.errors import Problem, TmError
from tmfiles.graph import Graph
from tmfiles.query import Query
from tmfiles.store import FOLDER
from tmfiles.task import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tmfiles.config import Config
    from tmfiles.index import Index
    from tmfiles.phases import Gates
    from tmfiles.query import Row

_WORKING = Query(statuses=("in_progress",))


class View:
    """A store as it was when it was scanned.

    `history` brings the table of last changes up to date; it is called by whatever needs that table. `read` gives the
    bytes of one of the store's files, where there is one to ask.
    """

    def __init__(
        self,
        index: Index,
        config: Config,
        oddities: Sequence[Problem],
        history: Callable[[], None],
        read: Callable[[str], bytes] | None = None,
    ) -> None:
        self.index = index
        self.config = config
        self.oddities = sorted(oddities)  # a folder lists in no order
        self._history = history
        self.read = read
        self._history_here = False
        self._graph: Graph | None = None

    def follow(self, other: View) -> None:
        """Take over the graph that another view has made of the same cache."""
        self._graph = other._graph

    @property
    def graph(self) -> Graph:
        """The dependencies, with the stored status of every task."""
        if self._graph is None:
            self._graph = Graph(self.index.links("depends_on"), self.index.statuses(), self.gates())
        return self._graph

    def gates(self) -> Gates | None:
        """Give where the tasks stand among the phases; None where the store declares none."""
        if not self.config.phases:
            return None
        from tmfiles.phases import Gates

        return Gates(self.config.phases, self.index.phased())

    def rows(self, query: Query) -> list[Row]:
        """Give all tasks the query lets pass, with effective statuses; its limit is left to the caller."""
        if query.asks_history:
            self._bring_history()
        linked, gated = self.graph.deps, self.graph.gates is not None
        rows = [
            row._replace(status=self.status(row)) if row.status == "pending" and (gated or row.id in linked) else row
            for row in self.index.rows(query)
        ]
        if query.sort.removeprefix("-") == "status":
            rows.sort(key=_status, reverse=query.sort.startswith("-"))
        wanted = query.allowed
        return [row for row in rows if row.status in wanted] if wanted else rows

    def row(self, task_id: str) -> Row:
        """Give one readable task as lists show it; raises TmError (`not_found`)."""
        row = self.index.row(task_id)
        return row._replace(status=self.status(row))

    def status(self, row_or_task: Row | Task) -> str:
        """Give the effective status of a task."""
        stored = row_or_task.status
        return "blocked" if stored == "pending" and self.graph.blockers(row_or_task.id) else stored

    def working(self) -> list[tuple[str, str]]:
        """Give id and assignee of every task that is in progress."""
        return [(row.id, row.assignee) for row in self.index.rows(_WORKING)]

    def resolve(self, text: str) -> str:
        """Turn an id or a unique beginning of one into the id; raises TmError that lists what it may be."""
        text = text.strip()
        if self.index.has(text):
            return text
        found = self.index.ids(text.lower()) if text else []
        if len(found) == 1:
            return found[0]
        from tmfiles import ids

        if self.read is not None and not found:
            from tmfiles.workspace import renamed

            if now := renamed.now_called(renamed.table(self.read), text.lower()):
                hint = f"tm show {now}; what was done to it under that id: tm log {text.lower()}"
                raise TmError(f"{text} was renamed: it is {now} now", hint, "not_found")
        candidates = found or self.index.ids()
        return ids.resolve(text, candidates, self.index.titles(candidates))

    def task(self, task_id: str) -> Task:
        """Give one readable task by its full id; raises TmError (`not_found`, `invalid`)."""
        files = self.index.files(task_id)
        if not files:
            raise TmError(f"no task {task_id!r}", "all tasks: tm list --all", "not_found")
        if len(files) > 1:
            places = " and ".join(f"{FOLDER}/{path}" for path, _ in files)
            raise TmError(f"{task_id} is the name of two files: {places}", "rename one of them", "invalid")
        path, doc = files[0]
        if doc is None:
            problems = self.problems_of(path)
            raise TmError(
                f"{FOLDER}/{path} cannot be read as a task",
                "mend the file in an editor; tm check shows all problems",
                "invalid",
                problems,
            )
        import json

        return Task(task_id, path, json.loads(doc))

    def tasks(self, ids: Iterable[str] | None = None) -> Iterator[Task]:
        """Give every readable task, by id, or those named, in no order."""
        import json

        for task_id, path, doc in self.index.documents() if ids is None else self.index.documents_of(list(ids)):
            yield Task(task_id, path, json.loads(doc))

    def problems_of(self, path: str) -> list[Problem]:
        """Give what is wrong in one file, `path` being relative to the store."""
        place = f"{FOLDER}/{path}"
        return [problem for problem in self.problems() if problem.path == place]

    def problems(self) -> list[Problem]:
        """Give what is wrong in the files themselves and in what lies beside them."""
        twins = [
            Problem(f"{FOLDER}/{path}", 0, 0, "duplicate-id", f"another file has the id {task_id!r} too")
            for task_id, path in self.index.twins()
        ]
        return self.index.problems() + self.oddities + twins

    def errors(self) -> list[Problem]:
        """Give the problems that hide a task or make it doubtful, for every list to show."""
        return [problem for problem in self.problems() if problem.severity == "error"]

    def change(self, task_id: str) -> tuple[str, str, str, str]:
        """Give (changed at, by, made at, by) from the history of HEAD; empty where no commit has the task."""
        self._bring_history()
        return self.index.change(task_id) or ("", "", "", "")

    def was_deleted(self, ids: Iterable[str]) -> set[str]:
        """Give those of the ids that history has seen deleted and that are not here."""
        self._bring_history()
        return {task_id for task_id in self.index.was_deleted(ids) if not self.index.has(task_id)}

    def returned(self, ids: Iterable[str] | None = None) -> list[str]:
        """Give the tasks, all or some, of which there is a file though the last commit of HEAD's deleted it."""
        self._bring_history()
        return self.index.returned() if ids is None else sorted(self.index.was_deleted(ids))

    def _bring_history(self) -> None:
        if not self._history_here:
            self._history()
            self._history_here = True


def _status(row: Row) -> str:
    return row.status
