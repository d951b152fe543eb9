"""How the verdicts on a store reach the screen; parses no arguments, so that the front door may use it."""

from __future__ import annotations

import os

from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmfiles.cli.session import Session
    from tmfiles.errors import Problem


def whole(session: Session, ids: Sequence[str], json: bool) -> int:
    """Report what is wrong in the store, or in some tasks; give the exit code."""
    from tmfiles.check import check

    problems = check(session.workspace(), ids)
    return _told(session, problems, _counted(problems) if problems else "no problems", json=json)


def staged(session: Session, ids: Sequence[str], json: bool) -> int:
    """Report what a commit of the index would break; give the exit code."""
    if ids:
        raise TmError("--staged judges the whole commit", "leave the ids out", "usage")
    from tmfiles.check import commits

    judged = commits.staged(session.workspace(), os.environ.get("GIT_INDEX_FILE"))
    if not judged.changed:
        words = "nothing of the store is staged"
    else:
        words = _counted(judged.problems) if judged.problems else "no new problems"
    if judged.older:
        words += f"; as before: {_count(judged.older, 'problem')}, see tm check"
    return _told(session, judged.problems, words, json=json, older=judged.older)


def _told(session: Session, problems: Sequence[Problem], words: str, *, json: bool, **more: int) -> int:
    errors = sum(problem.severity == "error" for problem in problems)
    if json:
        from tmfiles.render import documents

        session.document({"errors": errors, "problems": documents.problems(problems), **more})
        return 1 if errors else 0
    for problem in problems:
        mark = "" if problem.severity == "error" else "warning: "
        session.write(f"{str(problem).replace(': ', ': ' + mark, 1)}\n")
    session.tell(words)
    return 1 if errors else 0


def _counted(problems: Sequence[Problem]) -> str:
    errors = sum(problem.severity == "error" for problem in problems)
    return f"{_count(errors, 'error')}, {_count(len(problems) - errors, 'warning')}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
