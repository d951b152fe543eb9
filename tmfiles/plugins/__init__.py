"""Plugins that are installed beside tm: which there are, what each gives, what is wrong with them.

None is looked for before something is asked that only a plugin may know, and where none is installed no library is
loaded. A plugin that fails is named and left out. What lies in a repository is never one: only packages installed in
the same Python environment are looked at.
"""

from __future__ import annotations

import os
import sys
from collections import namedtuple
from contextlib import suppress
from functools import cache

from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from importlib.metadata import EntryPoint
    from typing import Any, TypeVar

    from pluggy import PluginManager

    from tmfiles.plugins.hooks import Found, Rule

    T = TypeVar("T")

GROUP = "tmfiles"
_SECTION = f"[{GROUP}]".encode()
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


class Given(namedtuple("Given", "kind name words plugin value")):
    """One thing that a plugin gives; `kind` is one of `hooks.KINDS`, `value` what the plugin's hook returned."""

    __slots__ = ()

    kind: str
    name: str
    words: str
    plugin: str
    value: Any


class Plugin(namedtuple("Plugin", "name package version module")):
    """An installed plugin: its name, the package that it comes with, and the module it is."""

    __slots__ = ()

    name: str
    package: str
    version: str
    module: str


class Installed:
    """The plugins there are: `plugins` by name, `given` in their order, `faults` as (plugin, what is wrong) pairs."""

    def __init__(self) -> None:
        self.plugins: list[Plugin] = []
        self.given: list[Given] = []
        self.faults: list[tuple[str, str]] = []

    def of(self, kind: str) -> dict[str, Given]:
        """Give the things of a kind by name."""
        return {one.name: one for one in self.given if one.kind == kind}

    def fault(self, plugin: str, words: str) -> None:
        """Note once what is wrong with a plugin."""
        if (plugin, words) not in self.faults:
            self.faults.append((plugin, words))

    def told(self) -> str:
        """Give what is wrong as lines, empty where nothing is."""
        return "".join(f"plugin {plugin} left out: {words}; see tm plugins\n" for plugin, words in self.faults)


@cache
def installed() -> Installed:
    """Find and load the plugins, once a process; none where `TM_PLUGINS` is 0."""
    found = Installed()
    said = os.environ.get("TM_PLUGINS", "1")
    if said not in ("0", "1"):
        raise TmError(f"TM_PLUGINS={said!r} is neither 0 nor 1", "0 does without plugins", "usage")
    if said == "1" and _any():
        _load(found)
    return found


def call(given: Given, function: Callable[[], T]) -> T:
    """Call a plugin's own code; raises TmError naming it and the place where it failed."""
    try:
        return function()
    except (TmError, BrokenPipeError):
        raise
    except Exception as error:
        hint = "tell its authors; TM_PLUGINS=0 does without plugins"
        raise TmError(f"plugin {given.plugin} failed in {given.kind} {given.name}: {_failed(error)}", hint) from error


def broken_rules(docs: Callable[[], Mapping[str, Any]]) -> list[tuple[Rule, Found]]:
    """Give what the plugins' rules find in tasks by id; a rule that fails is noted as a fault, and left out."""
    found = installed()
    given = found.of("rule").values()
    if not given:
        return []
    tasks = docs()
    broken: list[tuple[Rule, Found]] = []
    for one in given:
        try:
            broken += _judged(one.value, tasks)
        except Exception as error:  # whatever a plugin raises, the store is judged
            found.fault(one.plugin, f"rule {one.name}: {_failed(error)}")
    return broken


def _judged(rule: Rule, tasks: Mapping[str, Any]) -> list[tuple[Rule, Found]]:
    from tmfiles.plugins.hooks import Found

    broken = [Found(str(task_id), str(message), tuple(keys)) for task_id, message, keys in rule.find(tasks)]
    for one in broken:
        if one.id not in tasks:
            raise ValueError(f"it names {one.id!r}, which is no task")
    return [(rule, one) for one in broken]


def _any() -> bool:
    """Tell whether any installed package names entry points of ours; a glance at their lists is all it takes."""
    for folder in _folders():
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith((".dist-info", ".egg-info")) and _names_ours(entry.path):
                    return True
    return False


def _folders() -> list[str]:
    """Give the folders that Python has packages in, without the current one, which may be anybody's repository."""
    here = os.getcwd()
    return [folder for folder in sys.path if folder and os.path.abspath(folder) != here]


def _points() -> list[EntryPoint]:
    """Give our entry points by name; of a package that is there twice, those of the one that Python finds first."""
    from importlib.metadata import distributions

    packages = {one.name: one for one in reversed(list(distributions(path=_folders())))}
    points = [point for one in packages.values() for point in one.entry_points.select(group=GROUP)]
    return sorted(points, key=lambda one: one.name)


def _names_ours(folder: str) -> bool:
    try:
        with open(os.path.join(folder, "entry_points.txt"), "rb") as file:
            return _SECTION in file.read()
    except OSError:
        return False


def _load(found: Installed) -> None:
    points = _points()
    try:
        from pluggy import PluginManager
    except ImportError:
        for point in points:
            found.plugins.append(_plugin(point))
            found.fault(point.name, "pluggy is not installed: pip install 'tmfiles[plugins]'")
        return
    from tmfiles.plugins import hooks

    manager = PluginManager(GROUP)
    manager.add_hookspecs(hooks.Hooks)
    for point in points:
        found.plugins.append(_plugin(point))
        try:
            manager.register(point.load(), point.name)
            _unknown_hooks(manager, point.name)
        except BaseException as error:  # also SystemExit: a module that ends the program must not end tm
            if isinstance(error, KeyboardInterrupt):
                raise
            if manager.has_plugin(point.name):
                manager.unregister(name=point.name)
            found.fault(point.name, _failed(error))
    for name, plugin in manager.list_name_plugin():
        others = [one for one in manager.get_plugins() if one is not plugin]
        _take(found, name, manager, others)


def _plugin(point: EntryPoint) -> Plugin:
    package = point.dist
    return Plugin(point.name, package.name if package else "", package.version if package else "", point.value)


def _unknown_hooks(manager: PluginManager, name: str) -> None:
    """Refuse a plugin that implements what is no hook: a misspelt one would do nothing."""
    known = {hook for hook, _ in _kinds().values()}
    module = manager.get_plugin(name)
    for attribute in dir(module):
        if manager.parse_hookimpl_opts(module, attribute) is not None and attribute not in known:
            raise ValueError(f"{attribute} is no hook of tm; there are {', '.join(sorted(known))}")


def _kinds() -> Mapping[str, tuple[str, type]]:
    from tmfiles.plugins.hooks import KINDS

    return KINDS


def _take(found: Installed, name: str, manager: PluginManager, others: Iterable[object]) -> None:
    """Take in what one plugin gives: all of it, or nothing where any of it is wrong."""
    taken: list[Given] = []
    try:
        for kind, (hook, made) in _kinds().items():
            for values in manager.subset_hook_caller(hook, others)():
                taken += [_given(found, kind, made, name, value) for value in values]
    except Exception as error:  # whatever a plugin raises, the others go on
        found.fault(name, _failed(error))
        return
    found.given += taken


def _given(found: Installed, kind: str, made: type, plugin: str, value: Any) -> Given:
    if not isinstance(value, made):
        raise TypeError(f"a {kind} is a tmfiles.plugins.hooks.{made.__name__}, not {type(value).__name__}")
    named: Any = value
    if not isinstance(named.name, str) or not named.name[:1].isalpha() or not _LETTERS.issuperset(named.name):
        raise ValueError(f"{named.name!r} is no name for a {kind}: small letters, digits and hyphens")
    if kind == "rule" and named.severity not in ("error", "warning"):
        raise ValueError(f"rule {named.name}: severity is error or warning, not {named.severity!r}")
    if earlier := found.of(kind).get(named.name):
        raise ValueError(f"{kind} {named.name} is given by plugin {earlier.plugin} already")
    words = getattr(value, "words", "") or (getattr(value, "function", None).__doc__ or "").strip()
    return Given(kind, named.name, " ".join(words.split("\n")[0].split()), plugin, value)


def _failed(error: BaseException) -> str:
    """Word an exception with the place where it was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = ""
    if trace is not None and trace.tb_frame.f_code.co_filename != __file__:
        place = f" ({os.path.basename(trace.tb_frame.f_code.co_filename)}, line {trace.tb_lineno})"
    return f"{type(error).__name__}: {' '.join(str(error).split()) or 'without a word'}{place}"
