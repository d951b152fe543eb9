"""Settings of editors that let them complete and check task files: what would be written, and writing it."""

from __future__ import annotations

import json
import os
from collections import namedtuple

from tmfiles.actions import schemas
from tmfiles.errors import TmError
from tmfiles.query import unknown
from tmfiles.store import FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from tmfiles.workspace import Workspace

_BEGIN = "-- >>> tm config editor >>>\n"
_END = "-- <<< tm config editor <<<\n"
# Dot files below `.tasks/` are never tasks.
SCHEMAS = f"{FOLDER}/.schemas"
_KEY = "yaml.schemas"


class File(namedtuple("File", "path before after")):
    """One file, relative to the project's folder: its text now (None for no file) and as it is to be."""

    __slots__ = ()

    path: str
    before: str | None
    after: str


def wanted(workspace: Workspace, editor: str) -> list[File]:
    """Give the files that let an editor's YAML language server know the store; those that are so are left out.

    The schemas lie in the store, with the types and fields that it declares. Raises TmError where a file is
    there that cannot be added to without changing what a person wrote.
    """
    if editor not in _EDITORS:
        raise unknown("editor", editor, tuple(_EDITORS))
    top, above = _top(workspace)
    files = []
    for kind in ("task", "config"):
        text = json.dumps(schemas.of(workspace, kind), indent=2, ensure_ascii=False) + "\n"
        path = f"{above}{SCHEMAS}/{kind}.json"
        files.append(File(path, _text(top, path), text))
    path, make = _EDITORS[editor]
    before = _text(top, path)
    files.append(File(path, before, make(before, above)))
    return [file for file in files if file.before != file.after]


def write(workspace: Workspace, files: list[File]) -> None:
    """Write the files, each whole."""
    from tmfiles.workspace.own import replace

    top, _ = _top(workspace)
    for file in files:
        path = os.path.join(top, *file.path.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        replace(path, file.after)


def _top(workspace: Workspace) -> tuple[str, str]:
    """Give the folder that people open in their editor, and what leads from there to the store's."""
    place = workspace.repository
    if place is None or not workspace.repository_path("").endswith(f"{FOLDER}/"):
        return workspace.root, ""
    return place.root, workspace.repository_path("").removesuffix(f"{FOLDER}/")


def _text(top: str, path: str) -> str | None:
    place = os.path.join(top, *path.split("/"))
    if os.path.islink(place):
        raise TmError(f"{path} is a symbolic link, which is not followed", "add to the file it leads to yourself")
    return text_of(place, path)


def text_of(place: str, path: str) -> str | None:
    """Give the text of a file that a person may have written, None where there is none; raises TmError."""
    try:
        with open(place, encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise TmError(f"cannot read {path}: {error}", "mend or move that file first") from error


def _associations(above: str, start: str) -> dict[str, list[str]]:
    """Give the files that each schema is for."""
    tasks = [f"{above}{FOLDER}/**/*.yaml", f"!{above}{FOLDER}/config.yaml", f"!{above}{FOLDER}/templates/**"]
    return {
        f"{start}{above}{SCHEMAS}/task.json": tasks,
        f"{start}{above}{SCHEMAS}/config.json": [f"{above}{FOLDER}/config.yaml"],
    }


def _vscode(old: str | None, above: str) -> str:
    """Add the key to the settings, and change nothing else in them."""
    ours = _associations(above, "./")
    text = json.dumps({_KEY: ours}, indent=2)
    if old is None or not old.strip():
        return text + "\n"
    try:
        settings = json.loads(old)
    except ValueError:
        settings = None
    held = settings.get(_KEY, {}) if isinstance(settings, dict) else None
    if isinstance(held, dict) and all(held.get(name) == files for name, files in ours.items()):
        return old
    if not isinstance(settings, dict) or _KEY in settings:
        why = f"has {_KEY} of its own" if isinstance(settings, dict) else "is not plain JSON, comments perhaps"
        raise TmError(f".vscode/settings.json {why}", f"add this to it yourself:\n{text}")
    end = old.rindex("}")
    inside = old[:end].rstrip()
    comma = "," if settings else ""
    lines = "\n".join(text.splitlines()[1:-1])
    return f"{inside}{comma}\n{lines}\n{old[end:]}"


def _neovim(old: str | None, above: str) -> str:
    """Put a block between markers at the end, or in the place of the one that is there."""
    rows = []
    for name, files in _associations(above, "/").items():
        listed = ", ".join(json.dumps(file) for file in files)
        rows.append(f"    [vim.fn.getcwd() .. {json.dumps(name)}] = {{ {listed} }},\n")
    block = (
        _BEGIN
        + '-- Read where the option "exrc" is set, from Neovim 0.11 on.\n'
        + 'vim.lsp.config("yamlls", {\n  settings = { yaml = { schemas = {\n'
        + "".join(rows)
        + "  } } },\n})\n"
        + _END
    )
    text = old or ""
    begin, end = text.find(_BEGIN), text.find(_END)
    if 0 <= begin < end:
        return text[:begin] + block + text[end + len(_END) :]
    return text + ("" if not text or text.endswith("\n") else "\n") + block


_EDITORS: dict[str, tuple[str, Callable[[str | None, str], str]]] = {
    "vscode": (".vscode/settings.json", _vscode),
    "neovim": (".nvim.lua", _neovim),
}
EDITORS = tuple(_EDITORS)
