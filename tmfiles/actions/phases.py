"""The phases that a store declares: how each stands, and how they are made, moved, approved and taken away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tmfiles import codec
from tmfiles.errors import TmError
from tmfiles.phases import GATES, Gates
from tmfiles.store import CONFIG, FOLDER
from tmfiles.task import CLOSED
from tmfiles.words import suggestion
from tmfiles.workspace import edit
from tmfiles.workspace.edit import bytes_of
from tmfiles.workspace.write import How, Order, Outcome, write

if TYPE_CHECKING:
    from tmfiles.query import Row
    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

    Entries = list[dict[str, Any]]


class Stage(NamedTuple):
    """A phase as it stands: `lacking` is what keeps its gate closed, `waits_for` the earlier one that is closed."""

    name: str
    gate: tuple[str, ...]
    approved_by: str
    description: str
    lacking: Sequence[str]
    waits_for: str
    statuses: Mapping[str, int]
    rows: Sequence[Row]

    @property
    def total(self) -> int:
        """How many tasks it has."""
        return len(self.rows)

    @property
    def done(self) -> int:
        """How many of them are closed."""
        return sum(count for status, count in self.statuses.items() if status in CLOSED)


def stages(workspace: Workspace) -> list[Stage]:
    """Give all phases in their order."""
    from tmfiles.query import Query

    view = workspace.read()
    gates = view.graph.gates or Gates((), ())
    told = {one["name"]: one for one in _entries(bytes_of(workspace.store, CONFIG))}
    rows: dict[str, list[Row]] = {one.name: [] for one in gates.phases}
    phase_of = {task_id: phase for task_id, phase, _, _ in view.index.phased()}
    for row in view.rows(Query()):
        rows.get(phase_of.get(row.id, ""), []).append(row)
    found, waits_for = [], ""
    for one in gates.phases:
        lacking = gates.lacking(one.name)
        entry = told.get(one.name, {})
        mine = rows[one.name]
        counts = Counter(row.status for row in mine)
        words = (str(entry.get("approved_by") or ""), str(entry.get("description") or ""))
        found.append(Stage(one.name, one.gate, *words, lacking, waits_for, counts, mine))
        waits_for = waits_for or (one.name if lacking else "")
    return found


def stage(workspace: Workspace, name: str) -> Stage:
    """Give one phase; raises TmError (`not_found`) when the store declares none of that name."""
    found = {one.name: one for one in stages(workspace)}
    return found[_known(name, list(found))]


def add(
    workspace: Workspace,
    name: str,
    how: How,
    *,
    gate: Sequence[str] = (),
    before: str = "",
    after: str = "",
    description: str = "",
) -> Outcome:
    """Declare a phase, the last unless it is to stand before or after another."""
    name = " ".join(name.split())
    new = {"name": name, **_fields(gate, description)}
    if not name:
        raise TmError("the name is blank", "for example tm phase add design", "usage")

    def changed(entries: Entries) -> Entries:
        if any(one["name"] == name for one in entries):
            raise TmError(f"there is a phase {name!r}", f"to change it: tm phase update {name!r}")
        return _placed([*entries, new], new, before, after)

    return _written(workspace, how, f"add phase {name}", changed)


def update(
    workspace: Workspace,
    name: str,
    how: How,
    *,
    gate: Sequence[str] = (),
    before: str = "",
    after: str = "",
    description: str = "",
) -> Outcome:
    """Give a phase another gate, place or description."""
    fields = _fields(gate, description)
    if not (fields or before or after):
        raise TmError("nothing to change", "for example --gate approved, --after NAME", "usage")

    def changed(entries: Entries) -> Entries:
        own = _named(entries, name)
        own.update(fields)
        return _placed(entries, own, before, after)

    return _written(workspace, how, f"change phase {name}", changed)


def remove(workspace: Workspace, name: str, how: How) -> Outcome:
    """Take a phase away that no task is in."""

    def changed(entries: Entries) -> Entries:
        own = _named(entries, name)
        return [one for one in entries if one is not own]

    def unused(view: View) -> None:
        if ids := [task_id for task_id, phase, _, _ in view.index.phased() if phase == name]:
            told = ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
            raise TmError(
                f"{len(ids)} {'task is' if len(ids) == 1 else 'tasks are'} in phase {name!r}: {told}",
                "give them another first: tm update ID --phase NAME, or --clear phase",
            )

    return _written(workspace, how, f"remove phase {name}", changed, unused)


def approve(workspace: Workspace, name: str, how: How, *, withdraw: bool = False) -> Outcome:
    """Approve a phase under the actor's name, or take that back."""

    def changed(entries: Entries) -> Entries:
        own = _named(entries, name)
        if withdraw:
            if not own.pop("approved_by", ""):
                raise TmError(f"phase {name!r} is not approved", "how it stands: tm phase list")
        else:
            own.setdefault("approved_by", workspace.actor(how.actor))
        return entries

    words = f"withdraw approval of phase {name}" if withdraw else f"approve phase {name}"
    return _written(workspace, how, words, changed)


def _fields(gate: Sequence[str], description: str) -> dict[str, Any]:
    """Read the options of a phase; `none` is a gate that holds nothing up."""
    words = list(dict.fromkeys(word.strip() for text in gate for word in text.split(",")))
    for word in words:
        if word not in (*GATES, "none") or (word == "none" and len(words) > 1):
            hint = f"there are {', '.join(GATES)}, which may stand together, and none"
            raise TmError(f"no gate {word!r}{suggestion(word, GATES)}", hint, "usage")
    fields: dict[str, Any] = {"gate": [word for word in words if word != "none"]} if words else {}
    return {**fields, **({"description": description.strip()} if description.strip() else {})}


def _placed(entries: Entries, own: dict[str, Any], before: str, after: str) -> Entries:
    if not (before or after):
        return entries
    if before and after:
        raise TmError("--before and --after contradict each other", "leave one of the two out", "usage")
    rest = [one for one in entries if one is not own]
    names = [one["name"] for one in rest]
    at = names.index(_known(before or after, names)) + bool(after)
    return [*rest[:at], own, *rest[at:]]


def _named(entries: Entries, name: str) -> dict[str, Any]:
    _known(name, [one["name"] for one in entries])
    return next(one for one in entries if one["name"] == name)


def _known(name: str, names: Sequence[str]) -> str:
    if name in names:
        return name
    hint = f"all phases: {', '.join(names)}" if names else "this store declares none: tm phase add NAME"
    raise TmError(f"no phase {name!r}{suggestion(name, names)}", hint, "not_found")


def _entries(data: bytes | None) -> Entries:
    doc = codec.loads(data or b"version: 1\n", f"{FOLDER}/{CONFIG}", shapes={})
    return [dict(one) for one in doc.get("phases") or ()]


def _written(
    workspace: Workspace,
    how: How,
    words: str,
    changed: Callable[[Entries], Entries],
    judge: Callable[[View], None] = lambda _view: None,
) -> Outcome:
    """Change the list of phases in config.yaml, in one commit; all else in that file stays as it is."""

    def plan(view: View) -> list[Edit]:
        judge(view)
        data = bytes_of(workspace.store, CONFIG) or b"version: 1\n"
        return [edit.put(CONFIG, codec.patch(data, {"phases": changed(_entries(data)) or None}, f"{FOLDER}/{CONFIG}"))]

    return write(workspace, Order("phase", how._replace(message=how.message or f"tm: {words}")), plan)
