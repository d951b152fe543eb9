"""What `.tasks/config.yaml` and the environment say; knows neither tasks nor where the file lies."""

from __future__ import annotations

from collections import namedtuple

from tmfiles.errors import Problem, TmError
from tmfiles.task import TYPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from tmfiles.phases import Phase

LAYOUTS = ("auto", "flat", "sharded")
COMMITS = ("auto", "manual")


class Config(
    namedtuple(
        "Config",
        "types layout commit run_hooks declared trailers limit phases",
        defaults=((), "auto", "auto", False, "", False, None, ()),
    ),
):
    """The store's own settings: extra task types, layout of new files, when to commit, whether hooks run.

    `declared` is what config.yaml declares about tasks, as JSON on one line: most commands need none of it.
    `trailers` tells whether the trailers of commits act on tasks; `limit` is how many tasks a terminal shows, None
    where the store does not say. `phases` are in their order.
    """

    __slots__ = ()

    types: tuple[str, ...]
    layout: str
    commit: str
    run_hooks: bool
    declared: str
    trailers: bool
    limit: int | None
    phases: tuple[Phase, ...]

    @property
    def all_types(self) -> tuple[str, ...]:
        """Give the built-in types and the declared ones."""
        return TYPES + tuple(name for name in self.types if name not in TYPES)

    def to_text(self) -> str:
        """Write the value as lines, for the cache: reading YAML again would cost more than the command."""
        flags = ("hooks " if self.run_hooks else "") + ("trailers" if self.trailers else "")
        limit = "" if self.limit is None else str(self.limit)
        order = ""
        if self.phases:
            from tmfiles.phases import to_text

            order = to_text(self.phases)
        return "\n".join((self.layout, self.commit, flags, limit, order, self.declared, *self.types))

    @classmethod
    def from_text(cls, text: str) -> Config:
        """Read what `to_text` wrote; nothing means the defaults."""
        if not text:
            return cls()
        layout, commit, flags, limit, order, declared, *types = text.split("\n")
        most = int(limit) if limit else None
        in_order: tuple[Phase, ...] = ()
        if order:
            from tmfiles.phases import from_text

            in_order = from_text(order)
        return cls(tuple(types), layout, commit, "hooks" in flags, declared, "trailers" in flags, most, in_order)


def parse(data: bytes, path: str) -> tuple[Config, list[Problem]]:
    """Read the settings file; where it has errors, the defaults hold and the problems say why."""
    from tmfiles import codec, custom, policies, rules

    try:
        doc = codec.loads(data, path, shapes={})
    except TmError as error:
        empty = all(problem.rule == "empty" for problem in error.problems)
        return Config(), [] if empty else list(error.problems)
    problems = rules.config_problems(doc, path, data)
    if newer := any(problem.rule == "newer-version" for problem in problems):
        # To read, what can be understood of the settings is better than none.
        doc = {**doc, "version": 1}
        newer = not any(one.severity == "error" for one in rules.config_problems(doc, path))
    if not problems:
        found = custom.setting_problems(doc, path, data) + policies.setting_problems(doc, path, data)
        problems = rules.in_order(found)
    if not newer and any(problem.severity == "error" for problem in problems):
        return Config(), problems
    return (
        Config(
            tuple(doc.get("types") or ()),
            doc.get("layout") or "auto",
            doc.get("commit") or "auto",
            bool(doc.get("run_hooks")),
            _declared(doc),
            bool(doc.get("trailers")),
            doc.get("limit"),
            tuple(map(_phase, doc.get("phases") or ())),
        ),
        problems,
    )


def more_types(old: Any, names: Iterable[str]) -> Any:
    """Give what `types` is with more of them declared; a mapping stays one, with all that it says."""
    if isinstance(old, dict):
        return {**old, **{name: {} for name in sorted(set(names) - old.keys() - set(TYPES))}}
    return sorted({*(old or ()), *names} - set(TYPES))


def _phase(one: Mapping[str, Any]) -> Phase:
    from tmfiles.phases import Phase

    plain = Phase(one["name"], approved=bool(one.get("approved_by")))
    gate = one.get("gate")
    return plain if gate is None else plain._replace(gate=tuple(gate))


# The keys of config.yaml that say what tasks must be like.
_DECLARING = ("fields", "types", "policies")


def _declared(doc: Mapping[str, Any]) -> str:
    import json

    # A bare list of types is in the configuration already.
    found = {key: doc[key] for key in _DECLARING if isinstance(doc.get(key), dict) and doc[key]}
    if doc.get("phases"):
        found["phases"] = [one["name"] for one in doc["phases"]]
    return json.dumps(found) if found else ""


class Environment(
    namedtuple(
        "Environment",
        "store actor lock_timeout now seed request variables author",
        defaults=("", "", None, "", "", "", None, None),
    ),
):
    """What `TM_*` variables say: the store's folder, who acts, seconds to wait; fixed time and seed for tests.

    `request` names what is asked for, so that it is done once however often it is asked. `variables` are all there
    are, None where a program says what holds. `author` is a name and an address that commits bear in the place of
    Git's own, where one program acts for several people.
    """

    __slots__ = ()

    store: str
    actor: str
    lock_timeout: float | None
    now: str
    seed: str
    request: str
    variables: Mapping[str, str] | None
    author: tuple[str, str] | None

    @classmethod
    def of(cls, variables: Mapping[str, str]) -> Environment:
        """Read the variables; raises TmError (code `usage`) when one cannot be understood."""
        wait = variables.get("TM_LOCK_TIMEOUT")
        try:
            seconds = None if wait is None else float(wait)
        except ValueError:
            seconds = -1
        if seconds is not None and not 0 <= seconds < 1e6:
            raise TmError(f"TM_LOCK_TIMEOUT={wait!r} is no number of seconds", "for example 30", "usage")
        get = variables.get
        return cls(
            get("TM_STORE", ""),
            get("TM_AGENT_ID", "").strip(),
            seconds,
            get("TM_NOW", ""),
            get("TM_SEED", ""),
            " ".join(get("TM_REQUEST_ID", "").split()),
            variables,
        )
