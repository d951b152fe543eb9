"""Says whether a store would be sound with some changes applied; reads the cache, writes nothing."""

from __future__ import annotations

from tmfiles import codec, graph, rules
from tmfiles.config import parse
from tmfiles.errors import Problem, TmError
from tmfiles.store import CONFIG, FOLDER
from tmfiles.task import LINKS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from tmfiles.config import Config
    from tmfiles.workspace.edit import Change
    from tmfiles.workspace.view import View


def judge(changes: Iterable[Change], view: View, config: Config) -> dict[str, dict[str, Any]]:
    """Give the new documents by id when all rules hold; raise TmError (`invalid`) with every problem."""
    changes = list(changes)
    docs: dict[str, dict[str, Any]] = {}
    config, problems = _settings(changes, config)
    gone = set()
    for change in changes:
        if not change.id:
            continue
        if change.new is None:
            gone.add(change.id)
            continue
        place = f"{FOLDER}/{change.path}"
        docs[change.id] = codec.loads(change.new, place)
        problems += [
            problem
            for problem in rules.file_problems(
                docs[change.id], place, change.new, types=config.all_types, task_id=change.id
            )
            if problem.severity == "error"
        ]
    if problems:
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise TmError(f"{first.message}{more}", "nothing was changed", "invalid", problems)
    gone -= docs.keys()
    _refuse_dangling(docs, gone, view)
    _refuse_cycles(docs, view)
    return docs


def _settings(changes: list[Change], config: Config) -> tuple[Config, list[Problem]]:
    """Give the settings that hold with the changes applied, and what is wrong in them."""
    for change in changes:
        if change.path == CONFIG:
            new, found = parse(change.new or b"version: 1\n", f"{FOLDER}/{CONFIG}")
            return new, [problem for problem in found if problem.severity == "error"]
    return config, []


def _names(doc: dict[str, Any], kind: str) -> list[str]:
    value = doc.get(kind)
    return list(value) if isinstance(value, list) else [value] if value else []


def _refuse_dangling(docs: dict[str, dict[str, Any]], gone: set[str], view: View) -> None:
    """A link that an edit adds must lead somewhere; a task that others name cannot go."""
    present = set(view.index.ids()) | docs.keys()
    for task_id, doc in docs.items():
        old = None
        for kind in LINKS:
            for other in _names(doc, kind):
                if other in present and other not in gone:
                    continue
                old = _old(task_id, view) if old is None else old
                if other not in _names(old, kind) or other in gone:
                    raise TmError(
                        f"{task_id}: {kind} names {other!r}, and there is no such task",
                        "all tasks: tm list --all",
                        "not_found",
                    )
    for task_id in sorted(gone):
        left = [(src, kind) for src, kind in view.index.referrers(task_id) if src not in gone and src not in docs]
        if left:
            named = ", ".join(f"{src} ({kind})" for src, kind in left[:5])
            more = f" and {len(left) - 5} more" if len(left) > 5 else ""
            raise TmError(
                f"cannot delete {task_id}: other tasks depend on it or name it: {named}{more}",
                "take those links away first: tm dep remove, or tm update ID --clear FIELD",
            )


def _old(task_id: str, view: View) -> dict[str, Any]:
    files = view.index.files(task_id)
    if len(files) != 1 or files[0][1] is None:
        return {}
    return view.task(task_id).doc


def _refuse_cycles(docs: dict[str, dict[str, Any]], view: View) -> None:
    for kind in ("depends_on", "parent"):
        links = view.index.links(kind)
        if all(_names(doc, kind) == links.get(task_id, []) for task_id, doc in docs.items()):
            continue
        before = {frozenset(cycle) for cycle in graph.cycles(links)}
        links = {**links, **{task_id: _names(doc, kind) for task_id, doc in docs.items()}}
        for cycle in graph.cycles(links):
            if frozenset(cycle) not in before:
                what = "depend on itself" if kind == "depends_on" else "be its own ancestor"
                raise TmError(
                    f"{cycle[0]} would {what}: {' → '.join(cycle)}",
                    "leave out one of these links; tm dep tree ID shows what a task depends on",
                )
