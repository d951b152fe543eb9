"""Settings shown, set and taken back, in the place that is asked for; plain arguments in, values out."""

from __future__ import annotations

from collections import namedtuple

from tmfiles import codec, person
from tmfiles.errors import TmError
from tmfiles.git.settings import configure
from tmfiles.rules import CONFIG_KEYS
from tmfiles.settings import PERSON, SHARED, STORE, TABLE, known
from tmfiles.store import CONFIG, FOLDER
from tmfiles.workspace import edit
from tmfiles.workspace.edit import bytes_of
from tmfiles.workspace.settled import Said
from tmfiles.workspace.write import How, Order, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit
    from tmfiles.workspace.settled import Sources

# What config.yaml holds beside the settings of the table.
_DECLARED = tuple(key for key in CONFIG_KEYS if key not in TABLE and key != "version")
_PLACES = (STORE, PERSON, "clone")


class Put(namedtuple("Put", "key place changed commit notes", defaults=(True, "", ()))):
    """What was set where, whether that changed anything, the commit ("" for none), and what to tell."""

    __slots__ = ()

    key: str
    place: str
    changed: bool
    commit: str
    notes: tuple[str, ...]


def settled(workspace: Workspace | None, sources: Sources, flags: Mapping[str, str]) -> list[Said]:
    """Give every setting with its value and who says so, then what the store declares; `flags` by key."""
    doc = _document(workspace)
    told = [sources.say(key, flags.get(key, "")) for key in TABLE]
    return told + [Said(key, doc[key], f"{FOLDER}/{CONFIG}") for key in _DECLARED if key in doc]


def said(workspace: Workspace | None, sources: Sources, name: str, flags: Mapping[str, str]) -> Said:
    """Give one setting, or what the store declares under a name such as `policies.wip`; raises TmError."""
    head, *rest = name.strip().split(".")
    if head in _DECLARED:
        value: Any = _document(workspace)
        for step in (head, *rest):
            if not isinstance(value, dict) or step not in value:
                raise TmError(f"{name} is not set in {FOLDER}/{CONFIG}", "what is set: tm config", "not_found")
            value = value[step]
        return Said(name.strip(), value, f"{FOLDER}/{CONFIG}")
    key = known(name, _DECLARED)
    return sources.say(key, flags.get(key, ""))


def put(workspace: Workspace, name: str, text: str | None, place: str, how: How) -> Put:
    """Set a setting in the store (one commit), or in this clone's git configuration.

    `text` None takes it away. Raises TmError where that place may not say it, or the words mean nothing.
    """
    key = _fitting(name, place)
    if place == STORE:
        return _in_store(workspace, key, text, how)
    _in_clone(workspace, key, text)
    return Put(key, place)


def put_own(sources: Sources, name: str, text: str | None) -> Put:
    """Set a setting in the person's own file, as `put` does."""
    key = _fitting(name, PERSON)
    _in_person(sources, key, text)
    return Put(key, PERSON)


def _fitting(name: str, place: str) -> str:
    """Give the key of a setting that may be said in a place."""
    head = name.strip().split(".")[0]
    key = name.strip() if head in _DECLARED else known(name, _DECLARED)
    if key in TABLE:
        _refuse_place(key, place)
    elif place != STORE:
        raise TmError(f"{key} belongs to the store", "leave --person and --clone out", "usage")
    return key


def _refuse_place(key: str, place: str) -> None:
    one = TABLE[key]
    fits = {STORE: STORE in one.places, PERSON: PERSON in one.places, "clone": bool(one.git)}
    if fits[place]:
        return
    ways = {STORE: "no option", PERSON: "--person", "clone": "--clone"}
    can = " or ".join(ways[where] for where in _PLACES if fits[where])
    why = "the store's files must not name it for all who clone them" if place == STORE else "it is not said there"
    if SHARED in one.places:
        why = "all who share the store must agree on it"
    raise TmError(f"{key} cannot be set there: {why}", f"with {can}: tm config set {key} VALUE", "usage")


def _in_clone(workspace: Workspace, key: str, text: str | None) -> None:
    one = TABLE[key]
    if text is None:
        if one.git.lower() not in workspace.sources.git():
            raise TmError(f"git config {one.git} is not set", "what is set: tm config", "not_found")
        configure(workspace.home, one.git, None)
        return
    value = one.read(text, f"git config {one.git}")
    configure(workspace.home, one.git, _shown(value))


def _in_person(sources: Sources, key: str, text: str | None) -> None:
    if text is None and key not in sources.person():
        raise TmError(f"{key} is not set in {sources.file}", "what is set: tm config", "not_found")
    person.changed(sources.file, key, None if text is None else _plain(TABLE[key].read(text, f"{sources.file}: {key}")))


def _in_store(workspace: Workspace, key: str, text: str | None, how: How) -> Put:
    head, *rest = key.split(".")
    value = None if text is None else _meant(key, text)
    did = []

    def plan(_view: View) -> list[Edit]:
        data = bytes_of(workspace.store, CONFIG) or b"version: 1\n"
        doc = codec.loads(data, f"{FOLDER}/{CONFIG}", shapes={})
        if text is None:
            _refuse_absent(doc, key)
        changes = {head: _with(doc.get(head), rest, value, head)}
        changed = codec.patch(data, changes, f"{FOLDER}/{CONFIG}", shapes={})
        did.append(changed != data)
        return [edit.put(CONFIG, changed)]

    subject = how.message or f"tm: {'unset' if text is None else 'set'} {key}"
    outcome = write(workspace, Order("config", how._replace(message=subject)), plan)
    return Put(key, STORE, did[-1], outcome.commit, outcome.notes)


def _with(old: Any, steps: list[str], value: Any, name: str) -> Any:
    """Give a mapping with a value put in where the steps lead; None takes it away, and what is empty then.

    A list of types becomes the mapping that means the same; any other value on the way is not for us to drop.
    """
    if not steps:
        return value
    if name == "types" and isinstance(old, list):
        old = {one: {} for one in old}
    if old is not None and not isinstance(old, dict):
        kind = "a list" if isinstance(old, list) else "a value"
        told = f"{name} is {kind} in {FOLDER}/{CONFIG}, and has no {steps[0]}"
        raise TmError(told, f"to see it: tm config get {name}", "usage")
    base = dict(old or {})
    inner = _with(base.get(steps[0]), steps[1:], value, f"{name}.{steps[0]}")
    if inner is None:
        base.pop(steps[0], None)
    else:
        base[steps[0]] = inner
    return base or None


def _refuse_absent(doc: Mapping[str, Any], key: str) -> None:
    found: Any = doc
    for step in key.split("."):
        if not isinstance(found, dict) or step not in found:
            raise TmError(f"{key} is not set in {FOLDER}/{CONFIG}", "what is set: tm config", "not_found")
        found = found[step]


def _meant(key: str, text: str) -> Any:
    """Read the words of a value: as the setting means them, else as YAML on one line."""
    if key in TABLE:
        return _plain(TABLE[key].read(text, f"{FOLDER}/{CONFIG}: {key}"))
    try:
        return codec.loads(f"value: {text}\n".encode(), shapes={})["value"]
    except (TmError, KeyError) as error:
        told = error.problems[0].message if isinstance(error, TmError) and error.problems else "not one value"
        raise TmError(f"{text[:60]!r} is no value: {told}", "for example '{per_assignee: 3}'", "usage") from error


def _plain(value: Any) -> Any:
    return (
        int(value)
        if isinstance(value, float) and value.is_integer()
        else str(value)
        if isinstance(value, float)
        else value
    )


def _shown(value: Any) -> str:
    return str(_plain(value)).lower() if isinstance(value, bool) else str(_plain(value))


def _document(workspace: Workspace | None) -> dict[str, Any]:
    data = (bytes_of(workspace.store, CONFIG) if workspace else None) or b""
    try:
        return codec.loads(data, f"{FOLDER}/{CONFIG}", shapes={}) if data.strip() else {}
    except TmError as error:
        if all(problem.rule == "empty" for problem in error.problems):
            return {}
        raise
