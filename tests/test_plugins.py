"""Plugins: the example of the docs does all it says, and one that is broken is named and left out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import ROOT, Ran, Store

from tmfiles import plugins

PAGE = (Path(ROOT) / "docs/how-to/plugins.md").read_text(encoding="utf-8")
HOOKS = "from tmfiles.plugins.hooks import *\nfrom tmfiles.plugins.hooks import hookimpl\n"


class Place:
    """A folder of installed packages beside a store, and tm as a process that finds them."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.folder = folder
        folder.mkdir()

    def install(self, name: str, code: str, version: str = "0.1") -> None:
        """Put a plugin where an installer would: its module and what it says of itself."""
        module = f"tm_{name}"
        (self.folder / f"{module}.py").write_text(code, encoding="utf-8")
        info = self.folder / f"{module}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: tm-{name}\nVersion: {version}\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[tmfiles]\n{name} = {module}\n", encoding="utf-8")

    def tm(self, *words: str, code: int = 0, env: Mapping[str, str] | None = None) -> Ran:
        """Run tm in a process of its own; `code` must be its exit code."""
        return self.store.tm(*words, code=code, env={"PYTHONPATH": f"{ROOT}:{self.folder}", **(env or {})})


@pytest.fixture
def place(repo: GitRepo, tmp_path: Path) -> Place:
    """Give a store and an empty folder of packages."""
    return Place(Store(repo), tmp_path / "packages")


@pytest.fixture
def todotxt(place: Place) -> Place:
    """Give a store beside which the example of the docs is installed."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    place.install("todotxt", code)
    return place


def test_the_page_shows_what_is_listed(todotxt: Place) -> None:
    """`tm plugins` prints what the page prints, and the project file names the module."""
    told = re.search(r"\$ tm plugins\n(.*?)\$ tm", PAGE, re.DOTALL)
    assert told is not None
    assert todotxt.tm("plugins").out == told[1]
    assert '[project.entry-points.tmfiles]\ntodotxt = "tm_todotxt"\n' in PAGE
    (one,) = json.loads(todotxt.tm("plugins", "--json").out)["data"]
    assert (one["package"], one["version"], one["module"], one["problems"]) == ("tm-todotxt", "0.1", "tm_todotxt", [])
    assert {given["kind"] for given in one["gives"]} == {"command", "rule", "importer", "exporter", "renderer"}


def test_formats_come_in_and_go_out(todotxt: Place) -> None:
    """What the importer reads are tasks, in one commit; exporter and renderer write them as they came."""
    lines = "(A) Sign the release id:sign\nx (C) Write the notes id:notes\n"
    (todotxt.store.path / "todo.txt").write_text(lines, encoding="utf-8")
    todotxt.tm("import", "todotxt", "todo.txt")
    assert "priority: critical\n" in todotxt.store.file("sign").read_text(encoding="utf-8")
    assert todotxt.tm("export", "--format", "todotxt", "--sort", "priority").out == lines
    assert todotxt.tm("list", "--format", "todotxt").out == lines.splitlines(keepends=True)[0]
    assert "knows no groups" in todotxt.tm("list", "--format", "todotxt", "--group-by", "tag", code=2).err
    before = todotxt.store.commits()
    (todotxt.store.path / "todo.txt").write_text("(A) One\nno priority\n", encoding="utf-8")
    failed = todotxt.tm("import", "todotxt", "todo.txt", code=1)
    assert "plugin todotxt failed in importer todotxt: ValueError: line 2 has no priority" in failed.err
    (todotxt.store.path / "todo.txt").write_text("(A) " + "x" * 501 + "\n", encoding="utf-8")
    assert "todo.txt:1:1: " in todotxt.tm("import", "todotxt", "todo.txt", code=1).err
    assert todotxt.store.commits() == before


def test_a_command_is_one_like_any_other(todotxt: Place) -> None:
    """It has help, options, a place on the whole page, and a near miss is answered with its name."""
    todotxt.tm("add", "Draw", "--tag", "web")
    todotxt.tm("add", "Write")
    assert todotxt.tm("open").out == "2\n"
    assert todotxt.tm("open", "--tag", "web").out == "1\n"
    assert "tag is blank" in todotxt.tm("open", "--tag", " ", code=2).err
    assert "Only with this tag." in todotxt.tm("help", "open").out
    assert re.search(r"Plugins:\n +open +Count the open tasks\.\n", todotxt.tm("help", "all").out)
    assert "Did you mean tm open?" in todotxt.tm("opne", code=2).err
    assert "no command 'open'" in todotxt.tm("open", code=2, env={"TM_PLUGINS": "0"}).err


def test_a_rule_is_told_where_it_is_broken_and_by_the_hook(todotxt: Place) -> None:
    """A check names file, line and rule; what is staged is judged by it, and only for what is new."""
    todotxt.tm("add", "Rest", "--id", "rest", "--due", "2026-11-28")
    told = todotxt.tm("check")
    assert re.search(r"^\.tasks/rest\.yaml:7:1: warning: 2026-11-28 is a day off \(weekend\)", told.out, re.MULTILINE)
    assert '"no deadline on a day off"' in todotxt.tm("check", "--format", "sarif").out
    path = todotxt.store.path / ".tasks" / "more.yaml"
    path.write_text("title: More\ndue: 2026-11-29\n", encoding="utf-8")
    todotxt.store.git("add", ".tasks/more.yaml")
    staged = todotxt.tm("check", "--staged").out
    assert "more.yaml:2:1: warning: 2026-11-29 is a day off (weekend)" in staged
    assert "rest.yaml" not in staged


BROKEN = {
    "import": ("import nothing_of_this_name\n", "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
    "exit": ("raise SystemExit(3)\n", "SystemExit: 3"),
    "hook": (f"{HOOKS}@hookimpl\ndef tm_comands():\n    return []\n", "tm_comands is no hook of tm"),
    "raises": (f"{HOOKS}@hookimpl\ndef tm_rules():\n    return [1 / 0]\n", "ZeroDivisionError"),
    "value": (f"{HOOKS}@hookimpl\ndef tm_rules():\n    return ['weekend']\n", "not str"),
    "name": (f"{HOOKS}@hookimpl\ndef tm_commands():\n    return [Command('A b', print)]\n", "'A b' is no name"),
    "severity": (
        f"{HOOKS}@hookimpl\ndef tm_rules():\n    return [Rule('r', '', dict, 'fatal')]\n",
        "severity is error or warning, not 'fatal'",
    ),
    "twice": (
        f"{HOOKS}@hookimpl\ndef tm_commands():\n    return [Command('new', print), Command('open', print)]\n",
        "command open is given by plugin todotxt already",
    ),
}


def test_broken_plugins_are_named_and_left_out(todotxt: Place) -> None:
    """The others go on; `tm plugins` says what is wrong and where, and so does what asked for plugins."""
    for name, (code, _) in BROKEN.items():
        todotxt.install(f"zz{name}", code)
    listed, checked = todotxt.tm("plugins", code=1).out, todotxt.tm("check").err
    for name, (_, words) in BROKEN.items():
        assert re.search(rf"^zz{name}  tm-zz{name} 0.1\n  left out: .*{re.escape(words)}", listed, re.MULTILINE)
        assert re.search(rf"^plugin zz{name} left out: .*{re.escape(words)}", checked, re.MULTILINE)
    todotxt.tm("add", "Draw")
    assert todotxt.tm("open").out == "1\n"
    assert "no command 'new'" in todotxt.tm("new", code=2).err


def test_a_rule_that_fails_leaves_the_store_judged(todotxt: Place) -> None:
    """A rule may raise, or name what is no task: it is told, and what others find is told with it."""
    todotxt.install(
        "zz", f"{HOOKS}@hookimpl\ndef tm_rules():\n    return [Rule('r', '', lambda t: [Found('no', '')])]\n"
    )
    todotxt.tm("add", "Rest", "--due", "2026-11-28")
    told = todotxt.tm("check", "--json")
    assert [one["rule"] for one in json.loads(told.out)["data"]["problems"]] == ["weekend"]
    assert "plugin zz left out: rule r: ValueError: it names 'no', which is no task" in told.err


def test_names_of_tm_go_before_a_plugins(place: Place) -> None:
    """A plugin cannot stand in the place of a command or a format, and is told that it does not."""
    place.install(
        "rude",
        f"{HOOKS}def say(context):\n    'Say.'\n    print('rude')\n"
        "@hookimpl\ndef tm_commands():\n    return [Command('list', say), Command('ls', say)]\n"
        "@hookimpl\ndef tm_renderers():\n    return [Renderer('plain', '', lambda tasks: 'rude')]\n",
    )
    place.tm("add", "Draw")
    for words in (["list"], ["ls"], ["list", "--format", "plain"]):
        assert "rude" not in place.tm(*words).out
    assert place.tm("plugins").out.count("hidden: tm has its own") == 3


def test_a_command_that_fails_is_not_a_bug_of_ours(place: Place) -> None:
    """What a plugin raises names the plugin and its line; its exit code is what it returns."""
    place.install(
        "bad",
        f"{HOOKS}import typer\ndef bad(context: typer.Context):\n    'Fail.'\n    raise RuntimeError('no\\nway')\n"
        "def four(context: typer.Context):\n    'Give 4.'\n    return 4\n"
        "@hookimpl\ndef tm_commands():\n    return [Command('bad', bad), Command('four', four)]\n",
    )
    assert "plugin bad failed in command bad: RuntimeError: no way (tm_bad.py, line " in place.tm("bad", code=1).err
    place.tm("four", code=4)
    assert "neither 0 nor 1" in place.tm("four", code=2, env={"TM_PLUGINS": "off"}).err


def test_a_repository_brings_no_plugin(place: Place) -> None:
    """What looks like an installed package in the current folder is not looked at."""
    place.install("evil", f"{HOOKS}print('evil')\n")
    for path in place.folder.iterdir():
        path.rename(place.store.path / path.name)
    assert place.store.tm("plugins", env={"PYTHONPATH": ROOT}).out == ""
    env = {"PYTHONPATH": f"{ROOT}::{place.store.path}"}
    assert "evil" not in repr(place.store.tm("check", env=env))


def test_without_pluggy_it_says_what_to_install(todotxt: Place) -> None:
    """The library is an extra: where it is missing, the one line names it."""
    (todotxt.folder / "pluggy.py").write_text("raise ImportError('absent')\n", encoding="utf-8")
    assert "left out: pluggy is not installed: pip install 'tmfiles[plugins]'" in todotxt.tm("plugins", code=1).out


def test_nothing_is_looked_for_by_the_commands_of_every_day(todotxt: Place) -> None:
    """With a plugin installed that ends the process when it is loaded, these go on as ever."""
    todotxt.tm("add", "Draw", "--id", "draw")
    todotxt.install("zz", "import os\nos._exit(99)\n")
    for words in (
        "list",
        "ready",
        "next",
        "show draw",
        "list --all --plain",
        "list --json",
        "update draw --priority high",
    ):
        todotxt.tm(*words.split())
    todotxt.tm("check", code=99)


def test_nobody_else_loads_the_library() -> None:
    """Where nothing is installed, asking for plugins loads no pluggy."""
    assert plugins.installed().plugins == []
