"""Is everything about a store healthy, each thing by itself with what to type; changes nothing unless told to."""

from __future__ import annotations

import os
from collections import namedtuple

from tmfiles.actions import apart, buffers, hooks, sharing
from tmfiles.check import check
from tmfiles.errors import TmError
from tmfiles.git import health, linked
from tmfiles.git.maintenance import maintain
from tmfiles.git.process import OLDEST, installed
from tmfiles.git.state import state
from tmfiles.index.health import unsound
from tmfiles.lock import held_by
from tmfiles.store import CONFIG, FOLDER
from tmfiles.workspace import record
from tmfiles.workspace.astray import astray

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tmfiles.workspace import Workspace

# So many loose objects make git itself pack them (gc.auto).
_LOOSE = 6700


class Finding(namedtuple("Finding", "name state said hint", defaults=("",))):
    """One thing that was looked at: `state` is ok, note, warning or problem; `hint` is what to type."""

    __slots__ = ()

    name: str
    state: str
    said: str
    hint: str


def examine(workspace: Workspace, program: str = "tm") -> list[Finding]:
    """Look at everything about a store; reads only."""
    # Before anything reads the store: to read a damaged cache is to begin it anew.
    found = [_cache(workspace)]
    looks: dict[str, Callable[[Workspace], Iterator[Finding]]] = {
        "git": _git,
        "repository": _repository,
        "mode": _mode,
        "store": _store,
        "settings": _settings,
        "tasks": _tasks,
        "edits": _unfinished,
        "merging": _driver,
        "hooks": lambda one: _hooks(one, program),
        "objects": _objects,
    }
    for name, look in looks.items():
        if workspace.repository is None and name in ("merging", "hooks", "objects"):
            continue
        try:
            found += look(workspace)
        except TmError as error:
            found.append(Finding(name, "problem", error.message, error.hint))
    return found


def mend(workspace: Workspace, program: str = "tm") -> list[str]:
    """Do what is safe about what is wrong, and say what was done: nothing of a person's is touched."""
    done = []
    if unsound(_cache_file(workspace)):
        workspace.read()
        done.append("the cache was begun anew")
    if workspace.repository is None:
        return done
    done += sharing.set_up(workspace)
    if kept := apart.kept(workspace):
        outer = kept[0]
        before = linked.excluded(outer, apart.EXCLUDED)
        apart.shown(outer)
        if before != linked.excluded(outer, apart.EXCLUDED):
            done.append(f"git status {'shows' if before else 'leaves out'} {FOLDER}/ from now on")
    if any(hook.state == "outdated" for hook in hooks.status(workspace, program)):
        done += [f"hook brought up to date: {hook.path}" for hook in hooks.renew(workspace, program)]
    if health.loose(workspace.home) > _LOOSE:
        maintain(workspace.home)
        done.append("loose objects were packed")
    return done


def _cache_file(workspace: Workspace) -> str:
    return os.path.join(workspace.private, "index.sqlite")


def _cache(workspace: Workspace) -> Finding:
    path = _cache_file(workspace)
    if words := unsound(path):
        return Finding("cache", "warning", f"{path} is damaged ({words}); it is only a copy", "tm doctor --fix")
    if not os.access(workspace.private, os.W_OK):
        hint = "make it yours to write; until then every command reads every file, and none can edit"
        return Finding("cache", "warning", f"{workspace.private} cannot be written", hint)
    return Finding("cache", "ok", "sound" if os.path.exists(path) else "made by the first command that reads")


def _git(_workspace: Workspace) -> Iterator[Finding]:
    version = installed()
    name = ".".join(map(str, version))
    if not version:
        yield Finding("git", "problem", "git was not found", f"install git {OLDEST[0]}.{OLDEST[1]} or later")
    elif version < OLDEST:
        yield Finding("git", "problem", f"git {name} is too old", f"install git {OLDEST[0]}.{OLDEST[1]} or later")
    else:
        yield Finding("git", "ok", f"git {name}")


def _repository(workspace: Workspace) -> Iterator[Finding]:
    place = workspace.repository
    if place is None:
        yield Finding("repository", "problem", f"{workspace.root} is in no Git repository", "git init, then tm init")
        return
    doing = state(place)
    if wrong := astray(workspace):
        yield Finding("repository", "problem", *wrong)
    elif doing in ("", "merge"):
        yield Finding("repository", "note" if doing else "ok", f"{place.root}{', in a merge' if doing else ''}")
    else:
        what = "HEAD is detached" if doing == "detached" else f"a {doing} is in progress"
        yield Finding("repository", "note", f"{what}: edits are refused until that is over", "git status")
    if gone := health.gone_work_trees(place):
        told = f"linked work trees whose folder is gone: {', '.join(gone[:3])}"
        yield Finding("work trees", "note", told, "git worktree prune")
    else:
        yield Finding("work trees", "ok", "all there")
    if workspace.git_settings.author is None:
        yield Finding("identity", "note", "Git knows no identity for you", 'git config user.name "Your Name"')
    else:
        yield Finding("identity", "ok", str(workspace.git_settings.author))
    if health.shallow(place):
        told = "this clone is shallow: what was before it began is not known"
        yield Finding("history", "note", told, "git fetch --unshallow")


def _mode(workspace: Workspace) -> Iterator[Finding]:
    if workspace.repository is None:
        return
    kept = apart.kept(workspace)
    if kept is None:
        alone = workspace.repository.root == workspace.store.folder
        yield Finding("mode", "ok", "a repository of its own" if alone else "tasks are in the branch with the code")
        return
    outer, branch = kept
    tracking = linked.tracking(outer, FOLDER)
    said = f"one store for all work trees, on the branch {branch!r}"
    if tracking and linked.excluded(outer, apart.EXCLUDED):
        told = f"{said}; Git ignores {FOLDER}/ though {tracking[0]} has one, and would overwrite it in a checkout"
        yield Finding("mode", "problem", told, "tm doctor --fix")
    elif tracking:
        told = f"{said}; {tracking[0]} has a {FOLDER}/ too, which cannot be checked out in {outer.root}"
        yield Finding("mode", "note", told, "git status shows it until no ref has one")
    elif not linked.excluded(outer, apart.EXCLUDED):
        yield Finding("mode", "note", f"{said}; git status shows {FOLDER}/", "tm doctor --fix")
    else:
        yield Finding("mode", "ok", said)


def _store(workspace: Workspace) -> Iterator[Finding]:
    if workspace.repository is not None:
        prefix = workspace.repository_path("")
        gone = [path[len(prefix) :] for path in health.lost(workspace.repository, prefix.rstrip("/"))]
        if gone:
            told = f"{len(gone)} file{'' if len(gone) == 1 else 's'} gone that Git has: {', '.join(gone[:3])}"
            more = ", …" if len(gone) > 3 else ""
            yield Finding(
                "store", "problem", told + more, "bring them back: tm restore --all; if it was meant: tm commit"
            )
            return
    if not os.access(workspace.store.folder, os.W_OK):
        yield Finding("store", "warning", f"{workspace.store.folder} cannot be written", "make it yours to write")
        return
    count = workspace.read().index.count()
    yield Finding("store", "ok", f"{count} task file{'' if count == 1 else 's'} in {workspace.store.folder}")


def _settings(workspace: Workspace) -> Iterator[Finding]:
    view = workspace.read()
    place = f"{FOLDER}/{CONFIG}"
    wrong = [problem for problem in view.index.problems() if problem.path == place]
    if not wrong:
        yield Finding("settings", "ok", place)
    for problem in wrong:
        yield Finding("settings", "problem" if problem.severity == "error" else "warning", str(problem), "tm check")


def _tasks(workspace: Workspace) -> Iterator[Finding]:
    problems = [problem for problem in check(workspace) if problem.path != f"{FOLDER}/{CONFIG}"]
    errors = sum(problem.severity == "error" for problem in problems)
    if not problems:
        yield Finding("tasks", "ok", "no problems")
    elif errors:
        yield Finding("tasks", "problem", _counted(errors, "error"), "tm check")
    else:
        yield Finding("tasks", "note", _counted(len(problems), "warning"), "tm check")


def _unfinished(workspace: Workspace) -> Iterator[Finding]:
    if who := held_by(os.path.join(workspace.private, "lock")):
        yield Finding("lock", "note", f"the store is locked by {who}: other edits wait", "wait for it to finish")
    for buffer in buffers.kept(workspace.private):
        yield Finding("text", "note", f"typed and not saved: {buffer.path}", f"tm edit --resume {buffer.name}")
    left = record.load(workspace.private)
    if left is None:
        yield Finding("edits", "ok", "none was cut short")
    else:
        yield Finding("edits", "warning", f"{left.what} was cut short", "the next command that writes mends it")


def _driver(workspace: Workspace) -> Iterator[Finding]:
    why = sharing.missing(workspace)
    if not why:
        yield Finding("merging", "ok", "tasks are merged field by field")
    elif sharing.is_foreign(workspace):
        hint = "who set it: git config --show-origin merge.tm.driver; to have tm's, unset it, then tm init"
        yield Finding("merging", "warning", why, hint)
    else:
        yield Finding("merging", "warning", why, "tm doctor --fix, or tm init, which may be repeated")


def _hooks(workspace: Workspace, program: str) -> Iterator[Finding]:
    states = {hook.name: hook.state for hook in hooks.status(workspace, program)}
    old = [name for name, state in states.items() if state == "outdated"]
    missing = [name for name, state in states.items() if state == "missing"]
    off = [name for name, state in states.items() if state == "off"]
    if len(missing) == len(states) and (refused := hooks.refusal(workspace)):
        yield Finding("hooks", "note", f"commits are not checked: {refused.message}", refused.hint)
        return
    if old:
        yield Finding("hooks", "warning", f"of an earlier version: {', '.join(old)}", "tm hooks install")
    elif len(missing) == len(states):
        yield Finding("hooks", "note", "none of tm's is in: commits are not checked", "tm hooks install")
    elif off:
        yield Finding("hooks", "warning", f"not executable, so Git passes over: {', '.join(off)}", "tm hooks install")
    elif missing:
        yield Finding("hooks", "warning", f"missing: {', '.join(missing)}", "tm hooks install")
    else:
        yield Finding("hooks", "ok", "all in")


def _objects(workspace: Workspace) -> Iterator[Finding]:
    count = health.loose(workspace.home)
    if count > _LOOSE:
        yield Finding("objects", "note", f"{count:,} loose objects make Git slow", "tm doctor --fix, or git gc")
    else:
        yield Finding("objects", "ok", _counted(count, "loose object"))


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def healthy(found: Sequence[Finding]) -> bool:
    """Tell whether nothing is a problem."""
    return all(one.state != "problem" for one in found)
