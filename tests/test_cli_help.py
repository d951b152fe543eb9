"""Help is there for every command, short, and promises nothing that is not so."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from typer.main import get_command
from writing import run

from tmfiles import words as words_of
from tmfiles.cli.app import ALIASES, COMMANDS, EVERYDAY, HEADINGS, _app
from tmfiles.cli.parse import Command, Group

ALL = get_command(_app(list(COMMANDS)))


def commands() -> dict[str, Command]:
    """Every command and subcommand by its words."""
    found = {}
    assert isinstance(ALL, Group)
    for name, command in ALL.commands.items():
        parts = command.commands if isinstance(command, Group) else {}
        for part, sub in parts.items():
            found[f"{name} {part}"] = sub
        if not parts:
            found[name] = command
    assert all(isinstance(command, Command) for command in found.values())
    return found  # type: ignore[return-value]


def out(*words: str) -> str:
    """Run the program in no store, and give what it printed; it must succeed."""
    done = run(*words)
    assert (done.code, done.err) == (0, "")
    return done.out


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_every_command_stands_under_one_heading() -> None:
    """`tm help all` tells of each command once, in one line that is not cut."""
    named = [name for names in HEADINGS.values() for name in names]
    assert sorted(named) == sorted(COMMANDS)
    page = out("help", "all")
    for name in COMMANDS:
        assert [line for line in page.splitlines() if line.split()[:1] == [name]], name
    assert "..." not in page.replace("[ARGS]...", "")
    assert max(map(len, page.splitlines())) <= 80


def test_the_first_page_fits_a_screen() -> None:
    """What is typed every day is told, every other command is named, and nothing scrolls away at 80 by 24."""
    lines = out("--help").splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    words = [word for line in lines[3:] for word in line.split() if line.startswith("  ")]
    assert [name for name in COMMANDS if name not in words] == []
    told = [line.split()[0] for line in lines if line.endswith(".") and line.startswith("  ")][1:]
    assert told == list(EVERYDAY)


@pytest.mark.parametrize("words", commands())
def test_help_is_short(words: str) -> None:
    """The help of a command takes less than 2 KB, and no line is wider than a terminal of 80 columns."""
    page = out(*words.split(), "--help")
    assert len(page.encode()) < 2048
    assert max(map(len, page.splitlines())) <= 80


def test_help_has_many_doors() -> None:
    """help, --help and -h give the same page, with an alias too, and without a store."""
    assert out("help") == out("--help") == out("-h")
    assert out("help", "start") == out("start", "--help") == out("start", "-h")
    for alias, name in ALIASES.items():
        assert out("help", alias) == out(name, "--help")
    assert out("help", "dep") == out("dep", "--help")


@pytest.mark.parametrize(("words", "command"), commands().items())
def test_a_command_shows_an_example_that_parses(words: str, command: Command) -> None:
    """Each help is one line, and an example of this very command whose options exist."""
    first, *rest = (command.help or "").strip().split("\n\n")
    assert "\n" not in first
    assert first.endswith(".")
    assert len(first) <= 66
    example = shlex.split(rest[-1])
    assert example[: 1 + len(words.split())] == ["tm", *words.split()]
    assert "tm" not in example[1:], "two examples need a blank line between them, or they become one"
    options = {name for param in command.params for name in param.opts}
    assert {word for word in example if word.startswith("--")} <= options
    # demo is a walk to look at, export has formats of its own, what hooks run is Git's to show, mcp and serve
    # have protocols.
    assert words in ("demo", "export", "hooks run", "mcp", "serve") or "--json" in options


@pytest.mark.parametrize("words", [*commands(), *ALIASES])
def test_a_bare_or_wrong_command_is_no_bug(words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside a store, with too little, too much or nonsense behind it, each command refuses in two lines."""
    monkeypatch.chdir(tmp_path)
    for more in ([], ["--frob"], ["a", "b", "c", "d"], ["--json", "--frob"], ["--", "-x"], [""]):
        if words == "demo" or (words in ("init", "plugins") and not more):
            continue
        done = run(*words.split(), *more)
        assert done.code in (1, 2), (more, done)
        if "--json" in more:
            assert done.out.startswith('{"version":1,"error":')
        else:
            assert done.out == ""
            first, hint = done.err.splitlines()
            assert first.startswith("tm: ")
            assert hint[:1].isupper() or hint.startswith("tm ")
    assert list(tmp_path.iterdir()) == []


def test_a_bare_group_names_its_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command that has commands of its own says so in the same two lines, and names all of them."""
    monkeypatch.chdir(tmp_path)
    groups: dict[str, list[str]] = {}
    for words in commands():
        if " " in words:
            groups.setdefault(words.split()[0], []).append(words.split()[1])
    assert len(groups) > 3
    for name, parts in groups.items():
        if (done := run(name)).code != 2:
            assert name == "config", "bare, it shows the settings"
            continue
        assert done.out == ""
        assert done.err == (
            f"tm: tm {name} needs a command behind it\nOne of: {', '.join(parts)}; what they do: tm {name} --help\n"
        )


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("new Title", "tm add"),
        ("status", "tm board"),
        ("view a1", "tm show"),
        ("find login", "tm search"),
        ("dep rm a1 b2", "tm dep remove"),
        ("criteria check a1 1", "tm criteria met"),
        ("--json list", "tm list --json"),
        ("update a1 --depends-on b2", "tm dep add"),
        ("assign a1 --clear x", "tm update ID --clear assignee"),
    ],
)
def test_words_of_other_tools_are_led_to_ours(words: str, hint: str) -> None:
    """Who types what another tracker calls it is told what to type here."""
    done = run(*words.split())
    assert done.code == 2
    assert hint in done.out + done.err


def test_every_word_of_other_tools_leads_somewhere() -> None:
    """What is suggested for another tool's word is a command, and none of the words is a command here."""
    for word, name in words_of.ALIASES["command"].items():
        assert name in COMMANDS
        assert word not in COMMANDS
        assert word not in ALIASES
