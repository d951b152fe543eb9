"""JSON documents: the same for every interface, described by `schemas/output.schema.json`."""

from __future__ import annotations

import json

from tmfiles.store import FOLDER
from tmfiles.task import DEFAULTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from tmfiles.actions.gathering import Gathered
    from tmfiles.actions.lists import Details
    from tmfiles.actions.tasks import Done
    from tmfiles.errors import Problem, TmError
    from tmfiles.git.history import Commit
    from tmfiles.task import Task
    from tmfiles.terms import Match
    from tmfiles.workspace.settled import Said

VERSION = 1
_CONTROLS = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}


def data(value: Any, **more: Any) -> str:
    """Write a result as the outermost document; `more` stands beside it, such as a list's `total`."""
    return _text(outermost(value, **more))


def outermost(value: Any, **more: Any) -> dict[str, Any]:
    """Give a result as the outermost document."""
    return {"version": VERSION, "data": value, **more}


def _text(document: dict[str, Any]) -> str:
    return compact(document) + "\n"


def compact(value: Any, indent: int | None = None) -> str:
    """Write JSON as readable text; what JSON leaves as it is but a terminal obeys is escaped."""
    separators = (",", ":") if indent is None else None
    return json.dumps(value, ensure_ascii=False, separators=separators, indent=indent).translate(_CONTROLS)


def error(problem: TmError) -> str:
    """Write a refusal as the outermost document."""
    return _text(refusal(problem))


def refusal(problem: TmError) -> dict[str, Any]:
    """Give a refusal as the outermost document."""
    body: dict[str, Any] = {"code": problem.code, "message": problem.message}
    if problem.hint:
        body["hint"] = problem.hint
    if problem.problems:
        body["problems"] = problems(problem.problems)
    return {"version": VERSION, "error": body}


def task(
    one: Task, status: str, blocked_by: Iterable[str], change: tuple[str, str, str, str] = ("", "", "", "")
) -> dict[str, Any]:
    """Give one task: its document with defaults, the effective status, and what is computed.

    `change` is (changed at, by, made at, by) from history; what is not known is left out.
    """
    changed_at, changed_by, made_at, made_by = change
    path = f"{FOLDER}/{one.path}"
    made = _known(created_at=made_at, created_by=made_by)
    document = {"id": one.id, "path": path, "title": one.title, **DEFAULTS, **made, **one.doc}
    # After the document: a key of a person's own must not hide what is computed.
    document.update(id=one.id, path=path, status=status, blocked_by=list(blocked_by))
    document.update(_known(updated_at=changed_at, updated_by=changed_by))
    return document


def _known(**values: str) -> dict[str, str]:
    return {key: value for key, value in values.items() if value}


def details(one: Details) -> dict[str, Any]:
    """Give one task with what else is known of it."""
    return {
        **task(one.task, one.status, one.blocked_by, one.change),
        "stored_status": one.task.status,
        "blocks": list(one.blocks),
        "children": list(one.children),
        "problems": problems(one.problems),
    }


def listed(
    whole: Iterable[tuple[Task, str, list[str], tuple[str, str, str, str]]],
    places: Mapping[str, Iterable[Match]] | None = None,
) -> dict[str, dict[str, Any]]:
    """Give the tasks of a list by the paths of their files; of what was searched, with the `places` of the words."""
    tasks = {one[0].path: task(*one) for one in whole}
    for path, found in (places or {}).items():
        tasks[path]["matches"] = matches(found)
    return tasks


def matches(found: Iterable[Match]) -> list[dict[str, str]]:
    """Give where a task has the words of a search: the field, and the text around them."""
    return [{"field": one.field, "text": f"{one.before}{one.words}{one.after}"} for one in found]


def problems(found: Iterable[Problem]) -> list[dict[str, Any]]:
    """Give problems as objects."""
    return [one._asdict() for one in found]


def done(result: Done) -> dict[str, Any]:
    """Give what a writing command did."""
    return {
        # A file that could be no task, and was deleted, is among the changed ones only.
        "tasks": [task(one, result.status(one), result.blockers.get(one.id, ())) for one in result.tasks if one.doc],
        "changed": list(result.outcome.changed),
        "unchanged": list(result.unchanged),
        "unblocked": list(result.unblocked),
        "commit": result.outcome.commit or None,
        "notes": list(result.outcome.notes),
        **(
            {"criteria": {key: [one._asdict() for one in each] for key, each in result.judged.items()}}
            if result.judged
            else {}
        ),
        **({"shared_files": dict(result.shared)} if result.shared else {}),
    }


def taken_back(what: Iterable[Commit], result: Done) -> dict[str, Any]:
    """Give what an undo or a redo did, and of which commits."""
    return {**done(result), "took_back": [commit(one) for one in what]}


def commit(one: Commit) -> dict[str, Any]:
    """Give one commit of the store's history."""
    return {
        "commit": one.id,
        "at": one.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "author": one.author,
        "subject": one.subject,
        "trailers": dict(one.trailers),
        "files": [{"change": change, "path": path} for change, path in one.changes],
    }


def gathered(result: Gathered) -> dict[str, Any]:
    """Give what a commit of edits by hand holds, and what it left out."""
    return {
        "changes": [
            {"kind": one.kind, "path": f"{FOLDER}/{one.path}", "id": one.id or None, "words": list(one.words)}
            for one in result.items
        ],
        "left": problems(result.left),
        "commit": result.commit or None,
        "notes": list(result.notes),
    }


def said(one: Said) -> dict[str, Any]:
    """Give a setting with who says so."""
    return {"key": one.key, "value": None if one.value == "" else one.value, "source": one.source}
