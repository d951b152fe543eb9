"""Is the store sound: the problems of files, settings and graph together, each where it stands."""

from __future__ import annotations

from contextlib import suppress

from tmfiles import codec, plugins, rules
from tmfiles.actions import agents, messages
from tmfiles.errors import Problem, TmError
from tmfiles.store import FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from tmfiles.rules import Finding
    from tmfiles.workspace import View, Workspace

    Read = Callable[[str], bytes]


def check(workspace: Workspace, texts: Sequence[str] = ()) -> list[Problem]:
    """Give every problem of the store, or of the tasks named, by path and line."""
    view = workspace.read()
    problems = problems_of(view, workspace.store.read)
    if not workspace.commit:
        problems = in_order([*problems, *agents.registered(workspace)[1], *messages.letters(workspace)[1]])
    if workspace.repository is not None and (back := view.returned()):
        from tmfiles.check.reuse import reused
        from tmfiles.git.repository import head

        docs = {task.id: task.doc for task in view.tasks(back)}
        problems = in_order(
            problems + located(view, reused(workspace, head(workspace.home).commit or "", docs), workspace.store.read)
        )
    if texts:
        paths = {f"{FOLDER}/{path}" for text in texts for path, _ in view.index.files(view.resolve(text))}
        problems = [problem for problem in problems if problem.path in paths]
    return problems


def problems_of(view: View, read: Read) -> list[Problem]:
    """Give every problem of a store; `read` gives the bytes of a file by its path, for lines and columns."""
    return in_order(view.problems() + located(view, graph_findings(view) + plugged_findings(view), read))


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Sort problems as they are told: by path and line."""
    return sorted(problems, key=lambda p: (p.path, p.line, p.column, p.rule))


def graph_findings(view: View, among: Collection[str] | None = None) -> list[Finding]:
    """Give what is wrong between the tasks, without a place: to find that, files are read.

    With `among`, only what is wrong with the links of these tasks; a cycle may go through others.
    """
    index = view.index

    def links(kind: str) -> dict[str, list[str]]:
        found = index.links(kind)
        return found if among is None else {src: found[src] for src in among if src in found}

    found = rules.graph_problems(
        statuses=index.statuses(),
        depends_on=links("depends_on"),
        parents={src: named[0] for src, named in links("parent").items()},
        others=_soft_links({kind: links(kind) for kind in ("related", "source")}),
    )
    if not view.config.declared:
        return found
    from tmfiles import policies

    return found + policies.crowded(view.working(), view.config.declared)


def plugged_findings(view: View) -> list[Finding]:
    """Give what the rules of plugins find wrong; a rule that fails is told by `plugins.installed().faults`."""
    broken = plugins.broken_rules(lambda: {task.id: task.doc for task in view.tasks()})
    return [rules.Finding(one.id, one.keys, rule.name, one.message, rule.severity) for rule, one in broken]


def _soft_links(links: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for kind, by_task in links.items():
        for src, named in by_task.items():
            found.setdefault(src, []).extend((kind, other) for other in named)
    return found


def located(view: View, findings: Iterable[Finding], read: Read) -> list[Problem]:
    """Turn findings about tasks into problems with file, line and column."""
    problems = []
    for finding in findings:
        path = view.index.files(finding.id)[0][0]
        line, column = 0, 0
        with suppress(OSError, TmError):  # when the file changed under us, the problem is told without its place
            line, column = codec.locate(read(path), finding.pointer)
        problems.append(Problem(f"{FOLDER}/{path}", line, column, finding.rule, finding.message, finding.severity))
    return problems
