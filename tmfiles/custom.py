"""Custom fields: what config.yaml declares, whether a task holds to it, and words of the command line as values."""

from __future__ import annotations

import json
from functools import lru_cache

from tmfiles import dates, rules, schema
from tmfiles.errors import TmError
from tmfiles.words import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from tmfiles.errors import Problem
    from tmfiles.rules import Finding

_KEYS = ("type", "description", "required", "choices", "pattern")
_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")
# Each `*`, `+` or `{` multiplies what a text can cost to match; on a group it can cost for ever.
_MOST_REPEATS = 4


class Fields:
    """The custom fields of one store, by name; nothing declared means that anything goes."""

    def __init__(self, declared: Mapping[str, Mapping[str, Any]]) -> None:
        self.declared = declared
        self._check = schema.Custom(declared)

    def findings(self, doc: Mapping[str, Any]) -> list[Finding]:
        """List what is wrong in the fields of a task that is otherwise sound."""
        values = doc.get("fields") or {}
        if not self.declared or not isinstance(values, dict):
            return []
        found = [rules.finding(at, "field", message) for at, message in self._check.failures(values)]
        found += rules.unknown(("fields",), values, tuple(self.declared), {})
        wrong = {one.pointer for one in found}
        for name, one in self.declared.items():
            value = values.get(name)
            if one["type"] == "date" and isinstance(value, str) and ("fields", name) not in wrong:
                found += _date(("fields", name), value)
        return found

    def typed(self, pairs: Sequence[str], now: datetime) -> dict[str, Any]:
        """Read `NAME=VALUE` words as the declarations mean them; raises TmError for the first that cannot be.

        A list takes its items between commas, or one by one. `now` is what `friday` is counted from.
        """
        values: dict[str, Any] = {}
        for pair in pairs:
            name, equals, text = pair.partition("=")
            name, text = name.strip().removeprefix("fields."), text.strip()
            if not equals or not text:
                raise TmError(
                    f"--field {pair!r} says no value", "--field NAME=VALUE; to empty it: --clear fields.NAME", "usage"
                )
            one = self.declared.get(self.known(name), {})
            if name in values and one["type"] != "list":
                raise TmError(f"the field {name} is given twice", "leave one of the two out", "usage")
            value = _typed(one["type"], name, text, now)
            values[name] = [*values.get(name, ()), *value] if isinstance(value, list) else value
        optional = Fields({name: {**one, "required": False} for name, one in self.declared.items()})
        for finding in optional.findings({"fields": values}):
            about = self.declared.get(str(finding.pointer[1]), {}).get("description")
            raise TmError(finding.message.removeprefix("fields."), about or "nothing was changed", "usage")
        return values

    def known(self, name: str) -> str:
        """Give the name back when it is declared; raises TmError that says which are."""
        if name in self.declared:
            return name
        if not self.declared:
            raise TmError(
                f"no custom field {name!r}", "none are declared; .tasks/config.yaml can, under fields", "usage"
            )
        near = did_you_mean(name, self.declared, 1)
        hint = f"did you mean {near[0]}? Declared" if near else "declared"
        raise TmError(f"no custom field {name!r}", f"{hint}: {', '.join(self.declared)}", "usage")


@lru_cache(maxsize=8)
def of(declared: str) -> Fields:
    """Read the declarations that a configuration carries as JSON."""
    return Fields(json.loads(declared).get("fields", {}) if declared else {})


def setting_problems(doc: Mapping[str, Any], path: str, data: bytes | None) -> list[Problem]:
    """List the declarations that cannot hold, in a configuration that is otherwise valid."""
    return rules.placed([found for each in (doc.get("fields") or {}).items() for found in _wrong(*each)], path, data)


def _wrong(name: str, one: Mapping[str, Any]) -> Iterator[Finding]:
    where = ("fields", name)
    yield from rules.unknown(where, one, _KEYS, {})
    if not (name.isascii() and name.replace("_", "").replace("-", "").isalnum() and name == name.lower()):
        yield rules.finding(where, "setting", f"{schema.shown(name)} is no name of small letters, digits, _ and -")
    kind = one["type"]
    if "choices" in one and kind not in ("enum", "list"):
        yield rules.finding((*where, "choices"), "setting", f"choices are for enum and list, and {name} is {kind}")
    if kind == "enum" and not one.get("choices"):
        yield rules.finding(where, "setting", f"{name} is enum, and has no choices, such as choices: [low, high]")
    if "pattern" in one and kind != "text":
        yield rules.finding((*where, "pattern"), "setting", f"a pattern is for text, and {name} is {kind}")
    if reason := _unfit(str(one.get("pattern", ""))):
        yield rules.finding((*where, "pattern"), "setting", f"the pattern of {name} {reason}")


def _unfit(pattern: str) -> str:
    """Say why a pattern cannot be used, or may take for ever on some text; empty when it is fine."""
    import re
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        return f"is no regular expression: {error}"
    if re.search(r"\)[*+{]", pattern) or len(re.findall(r"[*+{]", pattern)) > _MOST_REPEATS:
        return f"may take for ever: no * + {{ behind a group, and {_MOST_REPEATS} of them at most"
    return ""


def _date(pointer: tuple[str, str], value: str) -> Iterator[Finding]:
    try:
        dates.parse(value)
    except TmError as error:
        yield rules.finding(pointer, "field", f"{schema.label(pointer)} {error.message}; {error.hint}")


def _typed(kind: str, name: str, text: str, now: datetime) -> Any:
    if kind == "integer":
        if not text.removeprefix("-").isdecimal() or len(text) > 18:
            raise TmError(
                f"the field {name} wants a whole number, not {text!r}", f"for example --field {name}=3", "usage"
            )
        return int(text)
    if kind == "boolean":
        if text.lower() not in _TRUE + _FALSE:
            raise TmError(f"the field {name} wants true or false, not {text!r}", f"--field {name}=true", "usage")
        return text.lower() in _TRUE
    if kind == "date":
        return dates.due(text, now)
    return [part.strip() for part in text.split(",") if part.strip()] if kind == "list" else text
