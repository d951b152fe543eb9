"""Task Orchestrator's switches and migrations: what they are here, and how they were worded; pure.

A feature that is switched off takes the options that belong to it out of a command, with a word about it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tmfiles.errors import TmError
from tmfiles.words import suggestion

# Each feature, and the options of `tm` that belong to it.
FEATURES: dict[str, tuple[str, ...]] = {
    "success-criteria": ("--criteria", "--validate"),
    "feedback": (),
    "telemetry": (),
    "completion-summaries": ("--summary",),
    "time-tracking": ("--estimate", "--actual"),
    "deadlines": ("--due",),
}
KEY = "features"
LEVELS = ("strict", "standard", "advisory")
_LEVEL = "policies.enforcement"
_ENFORCING = ("enforcement-level", "enforce-usage", "enforce-orchestration", "show-enforcement")
_SWITCHES = ("enable", "disable", "minimal-mode", "reset", "show")
_STEPS = ("status", "apply", "rollback", "dry-run")


def settings(values: Mapping[str, object]) -> list[tuple[str, ...]]:
    """Give what `tm` is to run for `config`; nothing where no switch is named."""
    named = [one for one in (*_ENFORCING, *_SWITCHES) if one in values]
    if not named:
        return []
    switch = named[0]
    if switch == "show-enforcement":
        return [("config", "get", _LEVEL, "--json"), ("check", "--json")]
    if switch in _ENFORCING:
        return [("config", "set", _LEVEL, "--json", _level(values))]
    if switch == "show":
        return [("config", "get", KEY, "--json")]
    if switch == "reset":
        return [("config", "unset", KEY, "--json")]
    if switch == "minimal-mode":
        off = ", ".join(f"{name}: false" for name in FEATURES)
        return [("config", "set", KEY, "--json", f"{{{off}}}")]
    name = str(values[switch])
    if name not in FEATURES:
        known = ", ".join(FEATURES)
        raise TmError(f"Unknown feature: {name}{suggestion(name, list(FEATURES))}", f"there are: {known}", "usage")
    return [("config", "set", f"{KEY}.{name}", "--json", "true" if switch == "enable" else "false")]


def _level(values: Mapping[str, object]) -> str:
    """Read a level of enforcement: by its name, or `true` and `false` for standard and advisory."""
    level = str(values.get("enforcement-level", ""))
    if not level:
        said = str(values.get("enforce-usage", values.get("enforce-orchestration"))).lower()
        level = {"true": "standard", "false": "advisory"}.get(said, said)
    if level not in LEVELS:
        raise TmError("Invalid level - use: strict, standard, or advisory", f"not {level}", "usage")
    return level


def enforced(values: Mapping[str, object], found: Sequence[object]) -> str:
    """Give what is said of enforcement: how it stands with what `check` found, or what it was set to."""
    if "show-enforcement" not in values:
        if "enforcement-level" in values:
            return f"✅ Enforcement level set to: {_level(values)}\n"
        return f"✅ Enforcement {'disabled' if _level(values) == 'advisory' else 'enabled'}\n"
    level = found[0] if isinstance(found[0], str) else "standard"
    active = "No" if level == "advisory" else "Yes"
    broken = violations(found[1])
    context = f"❌ Violations Found: {broken}" if broken else "✅ Orchestration Context: Valid"
    return f"Enforcement Level: {level}\nCurrently Active: {active}\nAuto-Detection: Enabled\n{context}\n"


def violations(checked: object) -> int:
    """Count the errors that `check` told."""
    return int(checked["errors"]) if isinstance(checked, dict) else 0


def validated(checked: object) -> str:
    """Give what `validate-orchestration` says; raises TmError where the store has errors."""
    if broken := violations(checked):
        raise TmError(f"❌ Violations Found: {broken}", "what they are, and where: tm check", "refused")
    return "✅ Orchestration context is valid\n"


def mending(values: Mapping[str, object]) -> list[tuple[str, ...]]:
    """Give what `tm` is to run for `fix-orchestration`; raises TmError without the switch, as it did."""
    if "interactive" not in values:
        raise TmError(
            "fix-orchestration mends only with --interactive", "to mend: tm fix-orchestration --interactive", "usage"
        )
    return [("check", "--fix", "--json")]


def mended(checked: object) -> str:
    """Give what `fix-orchestration` says: what was mended in one commit; raises TmError for what is left."""
    found = checked if isinstance(checked, dict) else {}
    did = [f"✅ {one['path']}: {', '.join(one['words'])}\n" for one in found.get("mended", ())]
    if broken := violations(checked):
        told = [
            f"{one['path']}:{one['line']}: {one['message']}" for one in found["problems"] if one["severity"] == "error"
        ]
        raise TmError(
            f"❌ Violations Found: {broken}", "\n".join([*did, *told, "mend the rest by hand: tm check"]), "refused"
        )
    return "".join(did) + validated(checked)


def is_enforcing(values: Mapping[str, object]) -> bool:
    """Tell whether `config` was asked about enforcement."""
    return any(one in values for one in _ENFORCING)


def switched(values: Mapping[str, object], features: Mapping[str, object]) -> tuple[str, str]:
    """Give what standard output and standard error say of `config`."""
    if "show" in values:
        off = [name for name in FEATURES if features.get(name) is False]
        rows = "".join(f"    {name}: {'disabled' if name in off else 'enabled'}\n" for name in FEATURES)
        minimal = len(off) == len(FEATURES)
        return f"Current configuration:\n  features:\n{rows}  minimal_mode: {minimal}\n  telemetry_enabled: False\n", ""
    if "minimal-mode" in values:
        return "", "Minimal mode enabled - all Core Loop features disabled\n"
    if "reset" in values:
        return "", "Configuration reset to defaults\n"
    name, word = (values["enable"], "enabled") if "enable" in values else (values["disable"], "disabled")
    more = "tm keeps no telemetry, whatever this says\n" if name == "telemetry" else ""
    return "", f"Feature '{name}' {word}\n{more}"


def without(argv: Sequence[str], features: Mapping[str, object]) -> tuple[tuple[str, ...], str]:
    """Give a command without the options of features that are off, and the words to tell that."""
    if argv[0] == "feedback" and features.get("feedback") is False:
        raise TmError("feedback is disabled", "to switch it on: tm config --enable feedback", "refused")
    off = {option: name for name, options in FEATURES.items() if features.get(name) is False for option in options}
    end = argv.index("--") if "--" in argv else len(argv)
    kept = [word for word in argv[:end] if word.partition("=")[0] not in off]
    told = dict.fromkeys(off[word.partition("=")[0]] for word in argv[:end] if word.partition("=")[0] in off)
    return (*kept, *argv[end:]), "".join(f"Warning: {name} is disabled: left out\n" for name in told)


def concerned(argv: Sequence[str]) -> bool:
    """Tell whether a command has anything that a feature could switch off."""
    options = {option for some in FEATURES.values() for option in some}
    return argv[0] == "feedback" or any(word.partition("=")[0] in options for word in argv)


def migrated(values: Mapping[str, object]) -> tuple[str, str]:
    """Give what standard output and standard error say of `migrate`: a store of plain files has one format."""
    step = next((one for one in _STEPS if one in values), "")
    if step == "status":
        return "Applied migrations: 001\nPending migrations: None\nUp to date: Yes, no migration is pending\n", ""
    if step == "dry-run":
        return "No pending migrations: no changes would be made\n", ""
    if step == "apply":
        return "", "No pending migrations: already up to date\n"
    raise TmError("No backups available", "history is the backup: tm undo, tm restore", "refused")
