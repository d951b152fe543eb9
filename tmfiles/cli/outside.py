"""Commands of a person's own: programs called tm-NAME on PATH, run as Git runs git-NAME; knows no store."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence

from tmfiles.cli import streams
from tmfiles.errors import TmError

# A program of ours that Git alone calls.
_OURS = ("merge",)
# What an option before the command says to the program, in the variables that tm itself reads.
_VARIABLES: Mapping[str, str] = {"--as": "TM_AGENT_ID", "--color": "TM_COLOR"}


def program(name: str) -> str | None:
    """Give the program that a command's name stands for; only folders that PATH names in full are looked into.

    So nothing that lies in a cloned repository is run because somebody stands in it.
    """
    if name in _OURS or not name.replace("-", "").replace("_", "").isalnum():
        return None
    folders = [one for one in os.environ.get("PATH", "").split(os.pathsep) if os.path.isabs(one)]
    for folder in folders:
        found = shutil.which(os.path.join(folder, f"tm-{name}"))
        if found:
            return found
    return None


def run(path: str, before: Sequence[str], behind: Sequence[str]) -> int:
    """Run a program with the words behind its name, and give its exit code.

    Of the options before it `-C` names its folder, and the others are told it by variables. Raises TmError.
    """
    environment = dict(os.environ)
    words = list(before)
    while words:
        name, equals, value = words.pop(0).partition("=")
        if name not in ("-C", *_VARIABLES):
            raise TmError(f"{name} is not passed on to {os.path.basename(path)}", "leave it out", "usage")
        value = value if equals else words.pop(0)
        if name == "-C":
            try:
                os.chdir(value)
            except OSError as error:
                raise TmError(f"no folder {value}: {error.strerror}", "-C DIR takes a folder", "usage") from error
        else:
            environment[_VARIABLES[name]] = value
    streams.flush()
    try:
        if sys.platform != "win32":
            os.execve(path, [path, *behind], environment)  # noqa: S606 what the person typed, without a shell
        return subprocess.run([path, *behind], env=environment, check=False).returncode
    except OSError as error:
        raise TmError(f"{path} cannot be started: {error.strerror}", "see to its first line and permissions") from error
