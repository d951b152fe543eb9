"""The generated pages of `docs/reference/`; run this file to write them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from writing import run

from tmfiles.cli.app import ALIASES, COMMANDS
from tmfiles.rules import RULES
from tmfiles.settings import PERSON, STORE, TABLE, Setting

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
_NOTE = "<!-- made by `python tests/docs_pages.py` -->\n\n"


_MENDED = """
`tm check --staged` and `--range` hold against a commit only what it brings; `--format` writes the same for GitHub, for
SARIF and as JUnit: [in CI](../how-to/ci.md).

## What `tm check --fix` mends

In one commit, and in files only that are sound afterwards; it says what it did, and what is left.

| what | becomes |
|---|---|
| a key that can be a slip of one known key only, which the task does not have (`near-miss-key`) | that key |
| a status, priority or type that differs from a known one in letter case, blanks or hyphens alone | that one |
| the same item twice in a set (`repeat`) | once |
| a task that depends on, belongs to or comes from itself (`self`) | without that link |
| UTF-16 (`encoding`) | UTF-8 |
"""


def rules() -> str:
    """The page of all rules of `tm check`."""
    rows = "".join(f"| `{name}` | {severity} | {words} |\n" for name, (severity, words) in RULES.items())
    return (
        _NOTE
        + "# Rules\n\nWhat `tm check` finds, as `path:line:column: message (rule)`. An error makes it exit 1, and\n"
        + "a file with an error of its own is no task until it is mended: lists show the problem instead.\n\n"
        + "| rule | severity | what it says |\n|---|---|---|\n"
        + rows
        + _MENDED
    )


def commands() -> str:
    """The page of all commands: the help of each, as printed."""
    parts = [_NOTE + "# Commands\n\n"]
    short = {name: alias for alias, name in ALIASES.items()}
    parts.append(f"```text\n{_help(['help', 'all'])}```\n")
    for name in COMMANDS:
        also = f", also `tm {short[name]}`" if name in short else ""
        whole = _help([name])
        parts.append(f"\n## tm {name}{also}\n\n```text\n{whole}```\n")
        for part in re.findall(r"^  ([a-z]+) ", whole.partition("\nCommands:\n")[2], re.MULTILINE):
            parts.append(f"\n```text\n{_help([name, part])}```\n")
    return "".join(parts)


def _help(words: list[str]) -> str:
    os.environ["COLUMNS"] = "80"  # whatever the terminal is that this runs in
    done = run(*words, *([] if words[0] == "help" else ["--help"]))
    assert (done.code, done.err) == (0, "")
    return "\n".join(line.rstrip() for line in done.out.strip().split("\n")) + "\n"


def settings() -> str:
    """The page of settings, with the table of those that several places may say made from the program's."""
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    head, start, rest = page.partition("<!-- made by `python tests/docs_pages.py` from here -->\n")
    _, end, tail = rest.partition("<!-- to here -->\n")
    assert start, "the mark of the table is gone"
    assert end, "the mark of the table's end is gone"
    return (
        head
        + start
        + "".join(["| setting | default | says it |\n|---|---|---|\n", *map(_setting, TABLE.values())])
        + end
        + tail
    )


def _setting(one: Setting) -> str:
    default = {"": "", True: "true", False: "false"}.get(one.default, str(one.default).removesuffix(".0"))
    places = [f"`{name}`" for name in (one.flag, one.variable, one.git and f"git config {one.git}") if name]
    places += ["the store"] * (STORE in one.places) + ["the person"] * (PERSON in one.places)
    return f"| `{one.key}`: {one.about} | {f'`{default}`' if default else ''} | {', '.join(places)} |\n"


PAGES = {"rules.md": rules, "commands.md": commands, "settings.md": settings}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
