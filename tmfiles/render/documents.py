"""JSON documents: the same for every interface, described by `schemas/output.schema.json`."""

from __future__ import annotations

import json

from tmfiles.task import DEFAULTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from tmfiles.actions.lists import Details
    from tmfiles.actions.tasks import Done
    from tmfiles.errors import Problem, TmError
    from tmfiles.git.history import Commit
    from tmfiles.task import Task

VERSION = 1


def data(value: Any) -> str:
    """Write a result as the outermost document."""
    return json.dumps({"version": VERSION, "data": value}, ensure_ascii=False, separators=(",", ":")) + "\n"


def error(problem: TmError) -> str:
    """Write a refusal as the outermost document."""
    body: dict[str, Any] = {"code": problem.code, "message": problem.message}
    if problem.hint:
        body["hint"] = problem.hint
    if problem.problems:
        body["problems"] = problems(problem.problems)
    return json.dumps({"version": VERSION, "error": body}, ensure_ascii=False, separators=(",", ":")) + "\n"


def task(one: Task, status: str, blocked_by: Iterable[str], updated_at: str) -> dict[str, Any]:
    """Give one task: its document with defaults, the effective status, and what is computed."""
    return {
        "id": one.id,
        "path": one.path,
        **DEFAULTS,
        **one.doc,
        "status": status,
        "blocked_by": list(blocked_by),
        "updated_at": updated_at or None,
    }


def details(one: Details) -> dict[str, Any]:
    """Give one task with what else is known of it."""
    changed_at, changed_by, made_at, made_by = one.change
    document = task(one.task, one.status, one.blocked_by, changed_at)
    document.setdefault("created_at", made_at or None)
    document.setdefault("created_by", made_by or None)
    return {
        **document,
        "updated_by": changed_by or None,
        "stored_status": one.task.status,
        "blocks": list(one.blocks),
        "children": list(one.children),
        "problems": problems(one.problems),
    }


def problems(found: Iterable[Problem]) -> list[dict[str, Any]]:
    """Give problems as objects."""
    return [one._asdict() for one in found]


def done(result: Done) -> dict[str, Any]:
    """Give what a writing command did."""
    return {
        "tasks": [{"id": one.id, "path": one.path, **DEFAULTS, **one.doc} for one in result.tasks],
        "changed": list(result.outcome.changed),
        "unchanged": list(result.unchanged),
        "unblocked": list(result.unblocked),
        "commit": result.outcome.commit or None,
        "notes": list(result.outcome.notes),
    }


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
