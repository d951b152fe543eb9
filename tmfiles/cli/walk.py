"""The command demo: a small project in a real repository, driven by real commands whose output is shown."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile

from tmfiles.cli.session import Session
from tmfiles.errors import TmError

# Where `{name}` stands, the id printed by the step that bears this name is put.
_STEPS: tuple[tuple[str, str, str], ...] = (
    ("", "A store lives in a Git repository.", "tm init"),
    ("design", "Tasks are made by their title; add prints the id.", 'tm add "Design the login page" -p high -t web'),
    ("build", "A task may wait for others.", 'tm add "Build the login page" -t web --depends-on {design}'),
    ("docs", "", 'tm add "Document the login" -a maria --depends-on {build}'),
    ("", "What can be started now, and what waits for it.", "tm ready"),
    ("", "", "tm dep tree {docs}"),
    ("", "Work on the first, and close it: the next one becomes ready.", "tm start {design}"),
    ("", "", 'tm complete {design} --summary "Two fields and a link"'),
    ("", "A circle is refused, and nothing is changed.", "tm dep add {build} {docs}"),
    ("", "Each task is a file. Edit it by hand: the next command sees it.", "edit .tasks/{build}.yaml"),
    ("", "", "tm show {build}"),
    ("", "The next edit commits yours first, on its own.", "tm assign {build} li"),
    ("", "One command back.", "tm undo"),
    ("", "Is everything sound? And what Git holds:", "tm check"),
    ("", "", "git log --oneline"),
    ("", "", "tm list --all"),
)


def walk(session: Session, folder: str) -> int:
    """Run the walk in `folder`, or in a new temporary one, and give the exit code."""
    root = _place(folder)
    names: dict[str, str] = {}
    for name, words, step in _STEPS:
        command = step.format(**names)
        session.write(f"\n# {words}\n" if words else "")
        session.write(f"$ {command}\n")
        sys.stdout.flush()
        output = _edited(root, command.split()[1]) if command.startswith("edit ") else _run(root, command)
        session.write(output)
        if name:
            names[name] = output.split()[-1]
    session.write(f"\n# All of this is stored and committed in {root}\n")
    session.write(f"# Look around: cd {shlex.quote(root)} && tm list\n")
    return 0


def _place(folder: str) -> str:
    if not folder:
        return tempfile.mkdtemp(prefix="tm-demo-")
    try:
        os.makedirs(folder, exist_ok=True)
        if os.listdir(folder):
            raise TmError(f"{folder} is not empty", "name a new folder, or none for a temporary one", "usage")
    except OSError as error:
        raise TmError(f"cannot use {folder}: {error.strerror}", "name a new folder", "usage") from error
    return os.path.realpath(folder)


def _run(root: str, command: str) -> str:
    words = shlex.split(command)
    program = [sys.executable, "-m", "tmfiles"] if words[0] == "tm" else [words[0], "--no-pager"]
    env = {key: value for key, value in os.environ.items() if not key.startswith(("TM_", "GIT_DIR", "GIT_WORK"))}
    done = subprocess.run(
        [*program, *words[1:]],
        cwd=root,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout


def _edited(root: str, path: str) -> str:
    """Do what a person would do in an editor: add a comment and an estimate; give the lines added."""
    lines = ["", "# Ask design about the wording", "estimate: 3h"]
    with open(os.path.join(root, path), "a", encoding="utf-8", newline="\n") as file:
        file.write("".join(f"{line}\n" for line in lines))
    return "".join(f"+ {line}".rstrip() + "\n" for line in lines)
