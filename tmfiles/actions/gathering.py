"""Commit what people changed by hand below `.tasks/`: gathered, judged, told field by field, in one commit."""

from __future__ import annotations

from collections import namedtuple
from contextlib import closing

from tmfiles import codec, policies
from tmfiles.changes import differences, worded
from tmfiles.check.commits import State, below, made, new_in
from tmfiles.check.reuse import reused
from tmfiles.check.snapshot import Snapshot
from tmfiles.errors import Problem, TmError
from tmfiles.git import objects
from tmfiles.git.differences import unsaved
from tmfiles.git.repository import head
from tmfiles.git.worktree import Blob, listed
from tmfiles.store import CONFIG, FOLDER, id_of, is_task
from tmfiles.words import did_you_mean
from tmfiles.workspace import edit, record, renamed
from tmfiles.workspace.byhand import entries
from tmfiles.workspace.recover import recover
from tmfiles.workspace.words import cut
from tmfiles.workspace.write import How, Order, locked, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

# Files of the store that are no tasks.
_OTHERS = (CONFIG, ".gitattributes", ".gitignore", renamed.PATH)
# So many lines of what changed stand in a commit's message.
_TOLD = 100


class Item(namedtuple("Item", "path id kind old new words")):
    """One file that differs from HEAD: `add`, `update`, `move` or `delete`, its bytes, and what changed in words."""

    __slots__ = ()

    path: str
    id: str
    kind: str
    old: bytes | None
    new: bytes | None
    words: tuple[str, ...]

    def __str__(self) -> str:
        name = self.id or f"{FOLDER}/{self.path}"
        return (
            f"{self.kind} {name}{': ' if self.kind == 'update' and self.words else ' '}{', '.join(self.words)}".rstrip()
        )


class Gathered(namedtuple("Gathered", "items left commit notes")):
    """What was committed, or would be; the problems of what was left out; the commit, and what to tell."""

    __slots__ = ()

    items: tuple[Item, ...]
    left: tuple[Problem, ...]
    commit: str
    notes: tuple[str, ...]


def gather(
    workspace: Workspace,
    texts: Sequence[str],
    how: How,
    *,
    valid: bool = False,
    dry_run: bool = False,
) -> Gathered:
    """Commit what differs from HEAD below `.tasks/`, of all files or of the tasks named.

    What is not valid is refused with every problem, or left out with `valid`. Raises TmError.
    """
    notes = [] if dry_run else mended(workspace, how)
    found = _Found(workspace, workspace.read())
    items, left, forced = found.sound(found.chosen(texts), valid=valid, force=bool(how.force))
    if dry_run or not items:
        return Gathered(tuple(items), tuple(left), "", tuple(notes))
    trailers = (("Tm-Forced", ", ".join(forced)),) if forced else ()

    def plan(view: View) -> list[Edit]:
        now = {item.path: item for item in _Found(workspace, view).items}
        if any(now.get(item.path) != item for item in items):
            raise TmError("a file was edited just now", "nothing was committed: try again")
        return [edit.keep(path) for item in items for path in found.paths(item)]

    order = Order("commit", how._replace(commit=True, message=_message(items, how.message)), trailers)
    outcome = write(workspace, order, plan)
    return Gathered(tuple(items), tuple(left), outcome.commit, (*notes, *outcome.notes))


def mended(workspace: Workspace, how: How) -> list[str]:
    """Finish what a killed command left, and give what to tell: its files would pass for edits by hand."""
    if record.load(workspace.private) is None:
        return []
    with locked(workspace, Order("commit", how)):
        return recover(workspace, workspace.home)


def _message(items: Sequence[Item], subject: str) -> str:
    lines = [str(item) for item in items[:_TOLD]]
    lines += [f"and {len(items) - _TOLD} more"] if len(items) > _TOLD else []
    own = subject.strip() or cut(f"tm: {lines[0]}" if len(items) == 1 else f"tm: commit {len(items)} changes by hand")
    return own if len(items) == 1 and own == f"tm: {lines[0]}" else "\n".join([own, "", *lines])


class _Found:
    """What differs from HEAD in one view of the store."""

    def __init__(self, workspace: Workspace, view: View) -> None:
        self._workspace = workspace
        self._view = view
        self._repository = workspace.home
        self._prefix = workspace.repository_path("")
        self._commit = head(self._repository).commit or ""
        held = listed(self._repository, self._commit, self._prefix.rstrip("/")) if self._commit else {}
        self._held = below(held, self._prefix)
        self._moved: dict[str, str] = {}
        self._odd = {problem.path.removeprefix(f"{FOLDER}/"): problem for problem in view.oddities}
        self.items = self._items()

    def _items(self) -> list[Item]:
        repository, workspace = self._repository, self._workspace
        paths = [path[len(self._prefix) :] for path in unsaved(repository, self._prefix.rstrip("/"))]
        paths = sorted(path for path in paths if _is_ours(path))
        entries(repository, self._commit or None, [self._prefix + path for path in paths])  # refuses what is unmerged
        # What is no file, as a link, is never read; it is a change that cannot be committed.
        new = {path: b"" if path in self._odd else edit.bytes_of(workspace.store, path) for path in paths}
        there = {self._prefix + path: data for path, data in new.items() if data is not None}
        ids = objects.blob_ids(repository, workspace.git_settings, there)
        blobs = {path: self._held[path].id if path in self._held else "" for path in paths}
        paths = [path for path in paths if ids.get(self._prefix + path, "") != blobs[path]]
        held = [path for path in paths if blobs[path]]
        old = dict(zip(held, objects.read(repository, [blobs[path] for path in held]), strict=True))
        self._moved = _moves(paths, old, new)
        sources = set(self._moved.values())
        return [self._item(path, old, new) for path in paths if path not in sources]

    def _item(self, path: str, old: Mapping[str, bytes | None], new: Mapping[str, bytes | None]) -> Item:
        task_id = id_of(path) if is_task(path) else ""
        before, after = old.get(self._moved.get(path, path)), new[path]
        if path in self._moved:
            changed = _changed(before, after) if before != after else ()
            return Item(path, task_id, "move", before, after, (f"to {FOLDER}/{path}", *changed))
        if before is None or after is None:
            title = (_title(after if before is None else before),) if task_id else ()
            return Item(path, task_id, "add" if before is None else "delete", before, after, title)
        return Item(path, task_id, "update", before, after, _changed(before, after) if task_id else ())

    def paths(self, item: Item) -> list[str]:
        """Give the paths that go with an item: where a file was moved from goes along."""
        return [item.path, *([self._moved[item.path]] if item.path in self._moved else [])]

    def chosen(self, texts: Sequence[str]) -> list[Item]:
        """Give the items of the tasks named, all without a name; raises TmError for a name that has none."""
        if not texts:
            return self.items
        known = [item.id for item in self.items if item.id]
        wanted = set()
        for text in texts:
            ids = [text] if text in known else [one for one in known if one.startswith(text.lower())]
            if len(set(ids)) != 1:
                task_id = self._view.resolve(text) if not ids else ""
                what = f"{task_id} is as HEAD has it" if task_id else f"{text!r} may be {', '.join(ids)}"
                near = did_you_mean(text, known)
                raise TmError(what, f"changed: {', '.join(near or known[:10]) or 'nothing'}", "usage")
            wanted.add(ids[0])
        return [item for item in self.items if item.id in wanted]

    def sound(
        self, items: list[Item], *, valid: bool, force: bool
    ) -> tuple[list[Item], list[Problem], tuple[str, ...]]:
        """Give the items that may be committed, the problems of those left out, the rules that were forced."""
        left: list[Problem] = []
        while items:
            errors = [one for one in self._problems(items) if one.severity == "error"]
            refused = [one for one in errors if not (force and one.rule in policies.FORCIBLE)]
            if not refused:
                return items, left, tuple(sorted({one.rule for one in errors}))
            guilty = [item for item in items if _is_guilty(item, items, refused)]
            if not valid or not guilty:
                raise _refusal(refused, valid=valid or len(guilty) == len(items))
            left += refused
            items = [item for item in items if item not in guilty]
        return items, left, ()

    def _problems(self, items: Sequence[Item]) -> list[Problem]:
        """Give what would be wrong after a commit of these files and was not before."""
        odd = [self._odd[item.path] for item in items if item.path in self._odd]
        items = [item for item in items if item.path not in self._odd]
        changed = {item.path for item in self.items} | set(self._moved.values())
        ours = {path for item in items for path in self.paths(item)}
        files = {path: blob for path, blob in self._held.items() if path not in ours}
        files |= {item.path: Blob("") for item in items if item.new is not None}
        lying = ours | (files.keys() - changed)
        with closing(Snapshot(self._workspace, files, lying & files.keys())) as snapshot:
            with closing(snapshot.moved({path: self._held.get(path) for path in ours})) as earlier:
                states = [State(earlier.told(), earlier.docs(ours))]
            new, _ = new_in(states, snapshot, ours)
            back = made(states, snapshot, [item.path for item in items if item.kind == "add"])
            back = {task_id: back[task_id] for task_id in self._view.returned(back)}
            return snapshot.placed([*odd, *new, *reused(self._workspace, self._commit, back)])


def _refusal(refused: Sequence[Problem], *, valid: bool) -> TmError:
    files = len({one.path for one in refused})
    hint = "mend them in an editor" if valid else "mend them, or commit the others alone: tm commit --valid"
    if all(one.rule in policies.FORCIBLE for one in refused):
        hint += "; to do it all the same: --force"
    counted = "1 file is" if files == 1 else f"{files} files are"
    return TmError(f"{counted} not valid, and nothing was committed", hint, "invalid", refused)


def _is_guilty(item: Item, items: Sequence[Item], refused: Iterable[Problem]) -> bool:
    """Tell whether a problem is this file's: it stands there, or in a file that stays as it is and names it."""
    ours = {f"{FOLDER}/{one.path}" for one in items}
    return any(
        one.path == f"{FOLDER}/{item.path}"
        or (one.path not in ours and item.id and item.id in one.message.replace("'", " ").replace(",", " ").split())
        for one in refused
    )


def _moves(paths: Iterable[str], old: Mapping[str, bytes | None], new: Mapping[str, bytes | None]) -> dict[str, str]:
    """Give where tasks were moved to, and from where: one file came and one went, of one id."""
    came: dict[str, list[str]] = {}
    went: dict[str, list[str]] = {}
    for path in paths:
        if is_task(path):
            side = came if path not in old else went if new[path] is None else None
            if side is not None:
                side.setdefault(id_of(path), []).append(path)
    return {came[one][0]: went[one][0] for one in came if len(came[one]) == 1 and len(went.get(one, ())) == 1}


def _is_ours(path: str) -> bool:
    return path.startswith(("templates/", ".agents/", ".messages/")) or path in _OTHERS or is_task(path)


def _changed(before: bytes | None, after: bytes | None) -> tuple[str, ...]:
    old, new = _doc(before), _doc(after)
    if old is None or new is None:
        return ("mended",) if new is not None else ("broken",)
    return tuple(worded(one) for one in differences(old, new)) or ("comments or form",)


def _doc(data: bytes | None) -> dict[str, Any] | None:
    try:
        return None if data is None else codec.loads(data)
    except TmError:
        return None


def _title(data: bytes | None) -> str:
    return " ".join(str((_doc(data) or {}).get("title", "")).split())
