"""The one room for the habits of Task Orchestrator's users: whether it is open here. It loads nothing else."""

from __future__ import annotations

import os

from tmfiles.errors import TmError
from tmfiles.store import CONFIG, FOLDER, find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAME = "task-orchestrator"


def place(variables: Mapping[str, str]) -> str:
    """Give the folder that `TM_DB_PATH` means; empty where it says nothing.

    It named a database, or the folder that held one: what is beside that folder is what is meant.
    """
    path = variables.get("TM_DB_PATH", "").strip()
    if path.endswith(".db"):
        path = os.path.dirname(path) or "."
    path = path.rstrip("/\\") or path
    return (os.path.dirname(path) or ".") if os.path.basename(path) == ".task-orchestrator" else path


def is_open(words: Sequence[str], variables: Mapping[str, str]) -> bool:
    """Tell whether this run speaks as Task Orchestrator did: `TM_COMPAT` says so, or the store's `compat` key.

    Every run asks this, so the settings file is only parsed when it has the word in it.
    """
    said = variables.get("TM_COMPAT", "").strip()
    if said:
        if said not in ("0", "1", NAME):
            raise TmError(f"TM_COMPAT={said!r} is neither 1 nor 0", f"1 speaks as {NAME} did, 0 does not", "usage")
        return said != "0"
    folder = words[words.index("-C") + 1] if "-C" in words[:-1] else ""
    folder = folder or (not variables.get("TM_STORE") and place(variables)) or "."
    try:
        root = find(os.path.join(folder, variables.get("TM_STORE", "")))
        if root is None and not variables.get("TM_STORE"):
            from tmfiles.workspace import Workspace

            root = Workspace.find(folder).root  # Git's configuration may name it
        if root is None:
            return False
        with open(os.path.join(root, FOLDER, CONFIG), "rb") as file:
            data = file.read()
    except (OSError, ValueError, TmError):
        return False  # whoever needs the store will say what is wrong with it
    if b"compat" not in data:
        return False
    from tmfiles import codec

    try:
        return codec.loads(data, CONFIG, shapes={}).get("compat") == NAME
    except TmError:
        return False
