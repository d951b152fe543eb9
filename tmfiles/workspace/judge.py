"""Says whether a store would be sound with some changes applied; reads the cache, writes nothing."""

from __future__ import annotations

from collections import namedtuple

from tmfiles import graph
from tmfiles.config import parse
from tmfiles.errors import Problem, TmError
from tmfiles.store import CONFIG, FOLDER, id_of
from tmfiles.workspace.parse import entry
from tmfiles.workspace.refresh import digest_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from tmfiles.config import Config
    from tmfiles.index import Entry
    from tmfiles.workspace.edit import Change
    from tmfiles.workspace.view import View

    Links = Mapping[str, Sequence[tuple[str, str]]]


def judge(changes: Sequence[Change], view: View, config: Config) -> dict[str, Entry]:
    """Give what the cache is to hold of each changed task file, by path, when all rules hold.

    A file that gets back what a commit held is not judged, or a broken one that was deleted could not come
    back; its links are. Raises TmError (`invalid`) with every problem.
    """
    config, problems = _settings(changes, config)
    entries: dict[str, Entry] = {}
    gone, held = set(), set()
    for change in changes:
        if change.held:
            held.add(change.path)
        if change.id and change.new is None:
            gone.add(change.id)
        elif change.id and change.new is not None:
            entries[change.path] = entry(change.path, change.new, digest_of(change.new), config)
    # What only config.yaml has against a file leaves it readable, and is for `heed` to say.
    judged = [one for path, one in entries.items() if path not in held and one.doc is None]
    problems += [problem for one in judged for problem in one.problems if problem.severity == "error"]
    if problems:
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise TmError(f"{first.message}{more}", "nothing was changed", "invalid", problems)
    links = {id_of(path): one.links for path, one in entries.items()}
    for fault in faults(links, gone - links.keys(), view):
        raise fault.error
    return entries


def _settings(changes: Sequence[Change], config: Config) -> tuple[Config, list[Problem]]:
    """Give the settings that hold with the changes applied, and what is wrong in them."""
    for change in changes:
        if change.path == CONFIG:
            new, found = parse(change.new or b"version: 1\n", f"{FOLDER}/{CONFIG}")
            return new, [problem for problem in found if problem.severity == "error"]
    return config, []


class Fault(namedtuple("Fault", "ids error")):
    """What is wrong between tasks: the ids concerned, and the refusal."""

    __slots__ = ()

    ids: tuple[str, ...]
    error: TmError


def faults(links: Links, gone: Collection[str], view: View) -> Iterator[Fault]:
    """Give what would be wrong between tasks if those of `links` had these and those of `gone` were not there."""
    yield from _dangling(links, gone, view)
    yield from _cycles(links, view)


def _dangling(links: Links, gone: Collection[str], view: View) -> Iterator[Fault]:
    """A link that an edit adds must lead somewhere; a task that others name cannot go."""
    for task_id, named in links.items():
        for kind, other in named:
            if other in links or (other not in gone and view.index.has(other)):
                continue
            if other in gone or other not in view.index.named(task_id, kind):
                message = f"{task_id}: {kind} names {other!r}, and there is no such task"
                yield Fault((task_id, other), TmError(message, "all tasks: tm list --all", "not_found"))
    for task_id in sorted(gone):
        left = [(src, kind) for src, kind in view.index.referrers(task_id) if src not in gone and src not in links]
        if left:
            told = ", ".join(f"{src} ({kind})" for src, kind in left[:5])
            more = f" and {len(left) - 5} more" if len(left) > 5 else ""
            message = f"cannot delete {task_id}: other tasks depend on it or name it: {told}{more}"
            hint = "take those links away first: tm dep remove, or tm update ID --clear FIELD"
            yield Fault((task_id,), TmError(message, hint))


def _cycles(changed: Links, view: View) -> Iterator[Fault]:
    for kind in ("depends_on", "parent"):
        new = {task_id: [other for one, other in named if one == kind] for task_id, named in changed.items()}
        if all(others == view.index.named(task_id, kind) for task_id, others in new.items()):
            continue
        links = view.index.links(kind)
        before = {frozenset(cycle) for cycle in graph.cycles(links)}
        for cycle in graph.cycles({**links, **new}):
            if frozenset(cycle) not in before:
                what = "depend on itself" if kind == "depends_on" else "be its own ancestor"
                message = f"{cycle[0]} would {what}: {' → '.join(cycle)}"
                hint = "leave out one of these links; tm dep tree ID shows what a task depends on"
                yield Fault(tuple(cycle), TmError(message, hint))
