"""Our own JSON, as `tm export` prints them, back to tasks and to the very text of their files; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tmfiles import codec, ids
from tmfiles.errors import Problem, TmError
from tmfiles.interop.imported import Import, faults
from tmfiles.interop.jsonl import rows
from tmfiles.task import without_empty

_DEEPEST = 20  # levels, as in a task file


def convert(lines: Iterable[bytes], path: str = "") -> Import:
    """Read exported lines, or the one list of `--format json`.

    Raises TmError with everything that is broken, so that nothing comes in by halves.
    """
    tasks: dict[str, dict[str, Any]] = {}
    files: dict[str, tuple[str, bytes]] = {}
    found, problems = rows(b"".join(lines), path, deepest=_DEEPEST)
    for number, row in found:
        task_id, text, place = row.pop("id", None), row.pop("_text", ""), row.pop("_path", "")
        if not isinstance(task_id, str) or not isinstance(text, str) or not isinstance(place, str):
            problems.append(Problem(path, number, 1, "import", "this object has no id: it is no exported task"))
        elif reason := ids.invalid(task_id):
            problems.append(Problem(path, number, 1, "import", reason))
        elif task_id in tasks:
            problems.append(Problem(path, number, 1, "import", f"the id {task_id!r} is there twice"))
        elif place and not _possible(place, task_id):
            problems.append(Problem(path, number, 1, "import", f"{place!r} is no place for the task {task_id!r}"))
        else:
            tasks[task_id] = without_empty(row)
            problems += [Problem(path, number, 1, "import", words) for words in _wrong(tasks[task_id], text)]
            if text or place:
                files[task_id] = (place, text.encode())
    if problems:
        raise TmError(f"{path or 'the input'} cannot be imported", "nothing came in", "invalid", problems)
    return Import.of(tasks, (), files=files)


def _wrong(doc: dict[str, Any], text: str) -> list[str]:
    """Give what is wrong in a task, and in the text of its file where that came along."""
    found = faults(doc)
    if text and not found:
        try:
            codec.loads(text.encode())
        except TmError as error:
            found = [f"_text, line {one.line}: {one.message}" for one in error.problems]
    return found


def _possible(place: str, task_id: str) -> bool:
    """Tell whether a task's file can lie there, seen by every command and on every system."""
    *folders, name = place.split("/")
    if name != f"{task_id}.yaml" or folders[:1] == ["templates"]:
        return False
    return all(
        folder.isprintable()
        and folder.strip(" .") == folder
        and folder
        and not folder.endswith(".yaml")
        and not set(folder) & set('\\:*?"<>|')
        and not ids.is_device(folder)
        for folder in folders
    )
