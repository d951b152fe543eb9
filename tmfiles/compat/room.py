"""Runs what was typed in Task Orchestrator's forms through `tm`'s own command line, and words what came of it."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from typing import Any

from tmfiles.cli import streams
from tmfiles.compat import admin, forms, place, wordings
from tmfiles.compat.forms import Order
from tmfiles.errors import TmError
from tmfiles.store import FOLDER

Plain = Callable[[list[str]], int]
# What these find where nobody bears the name that was asked for, or nothing was ever set.
_NOTHING: dict[str, tuple[Any, str]] = {"list": ([], "no task has the "), "config": ({}, " is not set in ")}
_TALK = ("share", "note", "discover", "sync", "progress")
_INTERRUPTED = 130
_CRITERIA = 10  # more than that were advised against


def run(words: Sequence[str], plain: Plain) -> int:
    """Run one command and give its exit code: 0, or 1 for every failure; `plain` is the command line of `tm`."""
    name: str = ""
    values: Mapping[str, Any] = {}
    try:
        before, rest = _placed(*forms.normalised(words))
        if not rest:
            streams.put(f"Usage: tm <command> [args]\nCommands: {', '.join(forms.FORMS)}\nAll commands: tm --help\n")
            return 1
        name = rest[0]
        if rest[-1] in ("-h", "--help") and name in forms.FORMS and name not in _commands():
            streams.put(wordings.usage(name) + "\n")
            return 0
        order = forms.ordered(rest, _known)
        if order is None:
            return _passed(plain, [*before, *rest])
        name, values = order.name, order.values
        if not order.argvs:
            streams.say(wordings.usage(name) + "\n")
            return 1
        order, told = _switched(order, before, plain)
        out, err = _done(order, _ran(order, before, plain))
        err = told + err
    except TmError as error:
        streams.say(wordings.refused(name, values, error))
        return 1
    streams.put(out)
    if not {"-q", "--quiet"} & {*before}:
        streams.say(err)
    return 0


def _placed(before: list[str], rest: list[str]) -> tuple[list[str], list[str]]:
    """Let `TM_DB_PATH` say where the store is, unless something of `tm` does; `init` makes one in that very folder."""
    folder = place(os.environ)
    if not folder or "-C" in before or os.environ.get("TM_STORE") or not rest:
        return before, rest
    if rest[0] == "init":
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise TmError(f"cannot make {folder}: {error.strerror}", "TM_DB_PATH names it", "usage") from error
        if "--standalone" not in rest and "--branch" not in rest:
            rest = [*rest, "--standalone"]
    return ["-C", folder, *before], rest


def _switched(order: Order, before: list[str], plain: Plain) -> tuple[Order, str]:
    """Take out what belongs to features that are switched off, and say so."""
    if order.name not in ("add", "update", "complete", "feedback") or not any(map(admin.concerned, order.argvs)):
        return order, ""
    (features,) = _ran(Order("config", (("config", "get", admin.KEY, "--json"),)), before, plain)
    parts = [admin.without(argv, features) for argv in order.argvs]
    return order._replace(argvs=tuple(argv for argv, _ in parts)), "".join(told for _, told in parts)


def _passed(plain: Plain, words: list[str]) -> int:
    """Run a command that the predecessor had not, or that is typed as it was."""
    from tmfiles.cli.boundary import worded
    from tmfiles.render import documents

    try:
        code = plain(words)
    except TmError as error:
        if "--json" in words:
            streams.put(documents.error(error))
        else:
            streams.say(worded(error))
        return 1
    return code if code in (0, _INTERRUPTED) else 1


def _commands() -> Mapping[str, str]:
    from tmfiles.cli.app import COMMANDS

    return COMMANDS


def _known(command: str) -> dict[str, bool]:
    """Give the options of a command of `tm`, and whether each takes a value."""
    from tmfiles.cli.app import parsed

    if command not in _commands():
        return {}
    return {
        name: not getattr(param, "is_flag", False)
        for param in parsed(command).params
        for name in param.opts
        if name.startswith("-") and name not in ("--json", "--plain", "--help", "-h")
    }


def _ran(order: Order, before: list[str], plain: Plain) -> list[Any]:
    """Run the commands one after the other, and give what each answered."""
    found: list[Any] = []
    for argv in order.argvs:
        out = io.StringIO()
        try:
            with redirect_stdout(out):
                plain([*before, *argv])
        except TmError as error:
            nothing, mark = _NOTHING.get(order.name, ("", ""))
            if not mark or mark not in error.message:
                raise
            found.append(nothing)
        else:
            data = json.loads(out.getvalue())["data"]
            found.append(data.get("value", data) if order.name == "config" else data)
    return found


def _done(order: Order, found: list[Any]) -> tuple[str, str]:
    """Give what standard output and standard error say."""
    name, values = order.name, dict(order.values)
    err = "".join(f"Warning: {word} was ignored\n" for word in values["ignored"])
    if name in _TALK and not os.environ.get("TM_AGENT_ID", "").strip():
        err += "Warning: TM_AGENT_ID not set\n"
    if name == "config" and admin.is_enforcing(values):
        return admin.enforced(values, found), err
    if name in ("config", "migrate"):
        said = admin.switched(values, found[0]) if name == "config" else admin.migrated(values)
        return said[0], err + said[1]
    if name in _DATA:
        return _DATA[name](values, found), err
    tasks = found[-1].get("tasks") if isinstance(found[-1], dict) else None
    if tasks:
        values["id"] = tasks[0]["id"]
    if name == "add":
        many = len(tasks[0].get("criteria", ())) if tasks else 0
        err += f"Warning: Maximum of {_CRITERIA} success criteria advised, this task has {many}\n" * (many > _CRITERIA)
        return f"{values['id']}\n", f"{err}Task created\n"
    said_out, said_err = wordings.confirmed(name, values)
    if name == "complete":
        said_out = "".join(map(wordings.validated, found[-1].get("criteria", {}).values())) + said_out
        said_out += "".join(map(wordings.reviewed, found[-1].get("shared_files", {}).values()))
    if name == "assign":
        err += _mismatch(found[0], values["name"])
    return said_out, err + said_err


def _mismatch(task: Mapping[str, Any], agent: str) -> str:
    """Warn when a task asks in its description for another kind of agent than this one says it is."""
    own = os.environ.get("TM_AGENT_SPECIALTY", "").strip()
    asked = [word for word in str(task.get("description", "")).split() if word.startswith("specialist:")]
    wanted = asked[0].removeprefix("specialist:").rstrip(".,;") if asked else ""
    if not own or not wanted or own == wanted:
        return ""
    return f"warning: specialist mismatch (required={wanted}, agent={agent})\n"


def _shown(values: Mapping[str, Any], found: list[Any]) -> str:
    return wordings.as_json(wordings.fields(found[0])) if values.get("json") else wordings.shown(found[0])


def _context(_values: Mapping[str, Any], found: list[Any]) -> str:
    task = next(one for one in found if "title" in one)
    return wordings.context(task, found[-1] if "text" in found[-1] else None)


def _exported(values: Mapping[str, Any], found: list[Any]) -> str:
    text = wordings.exported(found[0], values.get("format", "json"), _now())
    target = values.get("output", values.get("o"))
    if not target:
        return text
    if FOLDER in os.path.realpath(target).split(os.sep):
        raise TmError(f"{target} lies among the tasks", "name a place outside of .tasks/", "usage")
    try:
        with open(target, "x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise TmError(f"cannot write {target}: {error.strerror}", "name a file that is not there yet") from error
    return ""


def _now() -> str:
    from datetime import datetime, timezone

    return os.environ.get("TM_NOW") or f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


_DATA: dict[str, Callable[[Mapping[str, Any], list[Any]], str]] = {
    "list": lambda values, found: wordings.listed(found[0], values),
    "show": _shown,
    "context": _context,
    "participants": lambda _values, found: wordings.participants(found[0]),
    "export": _exported,
    "fix-orchestration": lambda _values, found: admin.mended(found[0]),
    "validate-orchestration": lambda _values, found: admin.validated(found[0]),
    "watch": lambda _values, found: wordings.notified(found[0]),
    "metrics": lambda _values, found: wordings.measured(found[0]),
}
