"""Policies: what a store asks of its tasks in config.yaml beyond the format; pure, and reads no file."""

from __future__ import annotations

import json
from functools import lru_cache

from tmfiles import custom, rules, schema
from tmfiles.task import DEFAULTS, SHAPES, STATUSES, TYPES
from tmfiles.words import suggestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from tmfiles.errors import Problem
    from tmfiles.rules import Finding

# What may be done all the same by a person who says so.
FORCIBLE = ("policy-require", "policy-transition", "policy-wip", "policy-criteria")
# What a store's level of enforcement makes of the level of each policy; `standard` leaves them as they are.
ENFORCEMENT = {"advisory": "warning", "strict": "error"}
_KEYS = {
    "require": ("keys", "status", "type", "level"),
    "transitions": ("allowed", "level"),
    "wip": ("per_assignee", "total", "level"),
    "criteria": ("need", "level"),
}


class Policies:
    """The policies of one store; each is what config.yaml holds, `require` with what types ask for."""

    def __init__(self, declared: Mapping[str, Any]) -> None:
        policies = declared.get("policies", {})
        own = [{"keys": one["require"], "type": [name]} for name, one in _types(declared) if one.get("require")]
        level = ENFORCEMENT.get(policies.get("enforcement", ""))

        def enforced(policy: Mapping[str, Any]) -> Mapping[str, Any]:
            return {**policy, "level": level} if policy and level else policy

        self.require: list[Mapping[str, Any]] = [*map(enforced, own), *map(enforced, policies.get("require", ()))]
        self.transitions = enforced(policies.get("transitions", {}))
        self.wip = enforced(policies.get("wip", {}))
        self.criteria = enforced(policies.get("criteria", {}))
        self.phases: Sequence[str] = declared.get("phases", ())

    def findings(self, doc: Mapping[str, Any]) -> list[Finding]:
        """List what a task breaks as it is."""
        found = [finding for one in self.require for finding in _missing(doc, one)]
        if self.criteria:
            for finding in rules.unmet(doc):
                found.append(_finding(finding.pointer, "policy-criteria", finding.message, self.criteria))
        if self.phases and (phase := doc.get("phase")) and phase not in self.phases:
            meant = suggestion(phase, self.phases) or "; there are: " + ", ".join(self.phases)
            message = f"no phase {schema.shown(phase)}{meant}"
            found.append(rules.finding(("phase",), "phase", message))
        return found


@lru_cache(maxsize=8)
def of(declared: str) -> Policies:
    """Read the policies that a configuration carries as JSON."""
    return Policies(json.loads(declared) if declared else {})


def types(declared: str) -> dict[str, str]:
    """Give what the types that config.yaml declares are for."""
    return {name: str(one.get("description", "")) for name, one in _types(json.loads(declared or "{}"))}


def problems(doc: Mapping[str, Any], path: str, data: bytes | None, declared: str) -> list[Problem]:
    """List what a sound task breaks of all that config.yaml declares: custom fields and policies."""
    found = [*custom.of(declared).findings(doc), *of(declared).findings(doc)]
    return rules.in_order(rules.placed(found, path, data))


def all_problems(
    found: Sequence[Problem], doc: Mapping[str, Any], path: str, data: bytes | None, declared: str
) -> list[Problem]:
    """Add to the problems of a sound task what config.yaml has against it; nothing is told twice."""
    stated = bool(of(declared).criteria)
    kept = [one for one in found if not (stated and one.rule == "closed-criteria")]
    return rules.in_order(kept + problems(doc, path, data, declared))


def transition(before: Mapping[str, Any], after: Mapping[str, Any], declared: str) -> list[Finding]:
    """Judge the step from one document of a task to the next; a task that is new may begin anywhere."""
    policy = of(declared).transitions
    old, new = (str(doc.get("status", DEFAULTS["status"])) for doc in (before, after))
    allowed = policy.get("allowed", {}).get(old)
    if not before or old == new or allowed is None or new in allowed:
        return []
    can = f"it may become {', '.join(allowed)}" if allowed else "nothing may follow it"
    return [
        _finding(("status",), "policy-transition", f"status {old} → {new} is not allowed: from {old} {can}", policy)
    ]


def crowded(
    working: Iterable[tuple[str, str]], declared: str, before: Iterable[tuple[str, str]] | None = None
) -> list[Finding]:
    """Judge how many tasks are in progress, as pairs of id and assignee; of `before`, only what grew since counts."""
    policy = of(declared).wip
    if not policy:
        return []
    found = []
    earlier = _groups(before or ())
    for who, ids in _groups(working).items():
        most = policy.get("per_assignee" if who else "total")
        was = earlier.get(who, [])
        if most is None or len(ids) <= most or (before is not None and len(ids) <= len(was)):
            continue
        told = ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
        subject = f"{schema.shown(who)} has {len(ids)} tasks" if who else f"{len(ids)} tasks are"
        at = next((one for one in ids if one not in was), ids[-1]) if before is not None else ids[-1]
        message = f"{subject} in progress, and {most} may be: {told}"
        found.append(_finding(("status",), "policy-wip", message, policy, at))
    return found


def _groups(working: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Give ids by assignee, and all of them under no name."""
    groups: dict[str, list[str]] = {}
    for task_id, assignee in sorted(working):
        for who in {"", assignee}:
            groups.setdefault(who, []).append(task_id)
    return groups


def _finding(
    pointer: tuple[str | int, ...], rule: str, message: str, policy: Mapping[str, Any], id: str = ""
) -> Finding:
    return rules.finding(pointer, rule, message, id)._replace(severity=policy.get("level", "error"))


def _types(declared: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    types = declared.get("types")
    return types.items() if isinstance(types, dict) else ()


def _missing(doc: Mapping[str, Any], policy: Mapping[str, Any]) -> Iterator[Finding]:
    kind, status = (doc.get(key, DEFAULTS[key]) for key in ("type", "status"))
    if kind not in policy.get("type", (kind,)) or status not in policy.get("status", (status,)):
        return
    whom = f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}" if "type" in policy else "a task"
    whom += f" that is {status}" if "status" in policy else ""
    for key in policy["keys"]:
        name = key.removeprefix("fields.")
        value = doc.get(key, DEFAULTS.get(key)) if name == key else (doc.get("fields") or {}).get(name)
        if value in (None, "", [], {}):
            at = ("status",) if "status" in policy else ("type",)
            yield _finding(at, "policy-require", f"{key} is missing: {whom} must have it", policy)


def setting_problems(doc: Mapping[str, Any], path: str, data: bytes | None) -> list[Problem]:
    """List the policies that cannot hold, in a configuration that is otherwise valid."""
    policies = doc.get("policies") or {}
    found = rules.unknown(("policies",), policies, (*_KEYS, "enforcement"), {})
    for name, one in _types(doc):
        found += rules.unknown(("types", name), one or {}, ("description", "require"), {})
        found += _keys(("types", name, "require"), (one or {}).get("require") or (), doc)
        if schema.failures({"types": [name]}, "config"):
            found.append(rules.finding(("types", name), "setting", f"{schema.shown(name)} is no word for a type"))
    for at, one in enumerate(policies.get("require") or ()):
        where = ("policies", "require", at)
        found += rules.unknown(where, one, _KEYS["require"], {})
        found += _keys((*where, "keys"), one["keys"], doc)
        for n, kind in enumerate(one.get("type") or ()):
            known = [*TYPES, *(doc.get("types") or ())]
            if kind not in known:
                message = f"no type {schema.shown(kind)}{suggestion(kind, known) or '; types can add it'}"
                found.append(rules.finding((*where, "type", n), "setting", message))
    for name in ("transitions", "wip", "criteria"):
        found += rules.unknown(("policies", name), policies.get(name) or {}, _KEYS[name], {})
    for status in (policies.get("transitions") or {}).get("allowed") or ():
        if status not in STATUSES:
            message = f"no status {schema.shown(status)}{suggestion(status, STATUSES)}"
            found.append(rules.finding(("policies", "transitions", "allowed", status), "setting", message))
    if "wip" in policies and not {"per_assignee", "total"} & policies["wip"].keys():
        found.append(rules.finding(("policies", "wip"), "setting", "wip limits nothing; for example per_assignee: 3"))
    found += _phases(doc.get("phases") or ())
    return rules.placed(found, path, data)


def _phases(phases: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    seen: set[str] = set()
    for at, one in enumerate(phases):
        yield from rules.unknown(("phases", at), one, ("name", "gate", "approved_by", "description"), {})
        name = one["name"]
        if not name.isprintable() or name != name.strip():
            yield rules.finding(("phases", at, "name"), "setting", f"{schema.shown(name)} is no name for a phase")
        if name in seen:
            yield rules.finding(("phases", at, "name"), "setting", f"there are two phases {schema.shown(name)}")
        seen.add(name)


def _keys(where: tuple[str | int, ...], keys: Iterable[str], doc: Mapping[str, Any]) -> Iterator[Finding]:
    known = [*SHAPES, *(f"fields.{name}" for name in doc.get("fields") or ())]
    for at, key in enumerate(keys):
        if key not in known and not (key.startswith("fields.") and not doc.get("fields")):
            message = f"no key {schema.shown(key)}{suggestion(key, known)}"
            yield rules.finding((*where, at), "setting", message)
