"""Tasks of Task Master, its `tasks.json`, out and back; pure.

The program is https://github.com/eyaltoledano/claude-task-master; what is said here holds for version 0.43. A file has
lists of tasks by tag, of which `master` is the usual one, or, from older versions, one list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from tmfiles.errors import Problem
from tmfiles.interop import frontmatter, jsonl, tongue
from tmfiles.interop.imported import Import
from tmfiles.interop.incoming import Incoming, is_text, kept, with_kept
from tmfiles.interop.tongue import Doc, Record, Tongue

KIND = "task-master"
MASTER = "master"
STATUSES = {
    "pending": "pending",
    "in-progress": "in_progress",
    "review": "in_progress",
    "blocked": "blocked",
    "deferred": "blocked",
    "done": "completed",
    "completed": "completed",
    "cancelled": "cancelled",
}
STATUSES_OUT = {"pending": "pending", "in_progress": "in-progress", "blocked": "blocked"} | {
    "completed": "done",
    "cancelled": "cancelled",
}
PRIORITIES = {word: word for word in ("critical", "high", "medium", "low")}
CONTEXT = {"details": "Details", "testStrategy": "Test Strategy"}
_DERIVED = ("updatedAt", "parentId", "subtasks", "parentTaskId", "parent", "tag")
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")


def convert(lines: Iterable[bytes], path: str = "") -> Import:
    """Read `tasks.json`, all or nothing; a subtask becomes a task whose parent is the one it is listed in."""
    value, line, problems = jsonl.placed(b"".join(lines), path)
    records: list[Record] = []
    for tag, tasks in _lists(value).items():
        found, wrong = jsonl.sound(tasks, line, path)
        problems += wrong
        for at, row in found:
            records += _rows(row, tag, at, line, path, problems)
    return tongue.convert(TONGUE, records, problems)


def written(tasks: Mapping[str, Doc]) -> bytes:
    """Write `tasks.json`: the tasks of each tag, each with its subtasks in it."""
    tags: dict[str, list[dict[str, Any]]] = {}
    above: dict[str, dict[str, Any]] = {}
    for data in sorted(tongue.written(TONGUE, tasks), key=lambda data: _order(data["id"])):
        tag, key = data.pop("tag", MASTER), data["id"]
        parent, depends = data.pop("parent", ""), data.get("dependencies", [])
        data["id"] = int(re.split(r"[ .]", key)[-1])
        data["dependencies"] = [_short(one, parent) for one in depends]
        if parent:
            above[parent].setdefault("subtasks", []).append(data)
        else:
            above[key] = data
            tags.setdefault(tag, []).append(data)
    lists = {tag: {"tasks": found} for tag, found in (tags or {MASTER: []}).items()}
    return (jsonl.line(lists, indent=2) + "\n").encode()


def _order(key: str) -> tuple[bool, str, list[int]]:
    tag, _, number = key.rpartition(" ")
    return "." in number, tag, [int(part) for part in number.split(".")]


def _short(key: str, parent: str) -> int | str:
    """Name a task in a list of dependencies: a sibling, or a task for a task, by its number alone."""
    number = key.rpartition(" ")[2]
    alone = number.rpartition(".")[2] if parent and key.startswith(f"{parent}.") else number
    return alone if "." in alone else int(alone)


def _lists(value: Any) -> dict[str, Any]:
    """Give the lists of tasks by tag."""
    if not isinstance(value, dict):
        return {}
    if isinstance(value.get("tasks"), list):
        return {MASTER: value["tasks"]}
    return {
        tag: found["tasks"]
        for tag, found in value.items()
        if isinstance(found, dict) and isinstance(found.get("tasks"), list)
    }


def _rows(
    row: dict[str, Any], tag: str, at: int, line: Callable[[Any], int], path: str, problems: list[Problem]
) -> list[Record]:
    """Give a task and its subtasks, each with the whole name of its own and of what it depends on."""
    number = _number(row.get("id"))
    made = [Record(_named(row, tag, number, "", ()), path, at)]
    subtasks = row.get("subtasks") or []
    if not isinstance(subtasks, list):
        problems.append(Problem(path, at, 1, "import", "subtasks: no list"))
        return made
    found, wrong = jsonl.sound(subtasks, line, path)
    problems += wrong
    siblings = [_number(one.get("id")).rpartition(".")[2] for _, one in found]
    for (below, one), inner in zip(found, siblings, strict=True):
        if one.get("subtasks"):
            problems.append(Problem(path, below, 1, "import", "subtasks: a subtask has none there"))
        name = f"{number}.{inner}" if number and inner else ""
        made.append(Record(_named(one, tag, name, number, siblings), path, below))
    return made


def _number(value: Any) -> str:
    text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    return text if _NUMBER.fullmatch(text) else ""


def _named(row: dict[str, Any], tag: str, number: str, above: str, siblings: Collection[str]) -> dict[str, Any]:
    data = {key: value for key, value in row.items() if key not in _DERIVED}
    data["id"] = _whole(number, tag) if number else ""
    if above:
        data["parent"] = _whole(above, tag)
    if tag != MASTER:
        data["tag"] = tag
    depends = row.get("dependencies")
    if isinstance(depends, list) and all(_number(one) for one in depends):
        names = [_number(one) for one in depends]
        data["dependencies"] = [_whole(f"{above}.{one}" if one in siblings else one, tag) for one in names]
    return data


def _whole(number: str, tag: str) -> str:
    return number if tag == MASTER else f"{tag} {number}"


def _own(key: str) -> str:
    tag, _, number = key.rpartition(" ")
    return tongue.plain_id(f"tm-{tag}-{number}" if tag else f"tm-{number}")


def _keys(tasks: Mapping[str, Doc]) -> dict[str, str]:
    """Number the tasks of each tag, and below those without a parent their children; numbers of theirs stay."""
    keys: dict[str, str] = {}
    last: Counter[str] = Counter()
    tops = {task_id for task_id, doc in tasks.items() if doc.get("parent") not in tasks}
    for level in (tops, tasks.keys() - tops):
        for own in (True, False):
            for task_id in (task_id for task_id in tasks if task_id in level and task_id not in keys):
                before = _before(tasks, keys, task_id)
                number = task_id.removeprefix(_own(f"{before}0")[:-1]) if own else str(last[before] + 1)
                if own and not (re.fullmatch("[1-9][0-9]{0,14}", number) and _own(f"{before}{number}") == task_id):
                    continue
                last[before] = max(last[before], int(number))
                keys[task_id] = f"{before}{number}"
    return keys


def _before(tasks: Mapping[str, Doc], keys: Mapping[str, str], task_id: str) -> str:
    """Give what stands before a task's number: its parent's, if that is of the first level; else its tag."""
    parent = keys.get(tasks[task_id].get("parent", ""), "")
    if parent and "." not in parent.rpartition(" ")[2]:
        return f"{parent}."
    tag = kept(tasks[task_id], KIND).get("tag")
    return f"{tag} " if is_text(tag, 100) and tag != MASTER else ""


def _read(one: Incoming, ours: Callable[[str], str]) -> None:
    del one.rest["id"]
    one.title("title")
    one.text("description", "description")
    raw = one.rest.get("status")
    one.word("status", "status", STATUSES, "pending")
    if raw is not None and raw != STATUSES_OUT[one.doc["status"]]:
        one.rest["status"] = raw
    one.word("priority", "priority", PRIORITIES, "medium")
    one.links("dependencies", "depends_on", ours)
    one.links("parent", "parent", ours)
    if criteria := frontmatter.ticked(one.rest.get("acceptanceCriteria")):
        one.doc["criteria"] = criteria
        del one.rest["acceptanceCriteria"]
    frontmatter.context(one, CONTEXT)


def _write(task_id: str, doc: Doc, theirs: Callable[[str], str]) -> dict[str, Any]:
    key, mine = theirs(task_id), kept(doc, KIND)
    tag = key.rpartition(" ")[0]
    parent = theirs(doc["parent"]) if doc.get("parent") else ""
    below = bool(parent) and key.startswith(f"{parent}.")
    status = doc.get("status", "pending")
    depends = [theirs(one) for one in doc.get("depends_on", ())]
    data = {
        "id": key,
        "title": doc["title"],
        "description": doc.get("description", ""),
        "status": mine["status"] if STATUSES.get(str(mine.get("status"))) == status else STATUSES_OUT[status],
        "priority": doc.get("priority", "medium"),
        # Those of one tag can name each other; of a subtask, a number alone is a sibling.
        "dependencies": [one for one in depends if _can_name(one, tag, below)],
        **frontmatter.of_context(doc, CONTEXT, "details"),
        "acceptanceCriteria": frontmatter.boxes(doc.get("criteria", ())),
        "parent": parent if below else None,
        "tag": tag or None,
    }
    return with_kept(data, {name: value for name, value in mine.items() if name not in ("parent", "tag", "id")})


def _can_name(key: str, tag: str, below: bool) -> bool:
    there, _, number = key.rpartition(" ")
    return there == tag and bool(_NUMBER.fullmatch(number)) and (not below or "." in number)


TONGUE = Tongue(KIND, lambda data: str(data["id"]), _own, _read, _keys, _write)
