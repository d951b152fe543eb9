"""The command plugins."""

from __future__ import annotations

import typer

from tmfiles import plugins as installed
from tmfiles.cli import options as o
from tmfiles.cli import screens
from tmfiles.cli.session import Session
from tmfiles.interop.formats import READ
from tmfiles.render import plugins as render
from tmfiles.rules import RULES


def plugins(context: typer.Context, json: o.Json = False) -> int:
    """List the installed plugins, what each gives, what is wrong.

    A plugin is a Python package beside tm that adds commands, rules of check, formats of import, export and list.
    One that fails is left out, and the exit code is 1. TM_PLUGINS=0 does without them.

    tm plugins
    """
    session: Session = context.obj
    found = installed.installed()
    listed = render.documents(found, _ours())
    if json:
        session.document(listed)
    elif listed:
        session.write(render.text(listed))
    else:
        session.tell("no plugins are installed")
    return 1 if found.faults else 0


def _ours() -> dict[str, set[str]]:
    """Give the names that are tm's own by kind: what a plugin gives under one of them is never asked for."""
    from tmfiles.cli import app, exports

    return {
        "command": {*app.COMMANDS, *app.ALIASES},
        "rule": {*RULES},
        "importer": {*READ},
        "exporter": {*exports.FORMATS},
        "renderer": {*screens.FORMS},
    }
