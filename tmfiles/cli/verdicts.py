"""How the verdicts on a store reach the screen; parses no arguments, so that the front door may use it."""

from __future__ import annotations

import os

from tmfiles.errors import TmError
from tmfiles.render import verdicts
from tmfiles.render.verdicts import Told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from tmfiles.cli.session import Session
    from tmfiles.workspace import Workspace

FORMATS = ("text", "json", "github", "sarif", "junit")


def whole(session: Session, ids: Sequence[str], form: str) -> int:
    """Report what is wrong in the store, or in some tasks; give the exit code."""
    from tmfiles.check import check

    workspace = session.workspace()
    found = [Told(problem) for problem in check(workspace, ids)]
    return _told(session, workspace, found, _counted(found) if found else "no problems", form)


def staged(session: Session, form: str) -> int:
    """Report what a commit of the index would break; give the exit code."""
    from tmfiles.check import commits

    workspace = session.workspace()
    judged = commits.staged(workspace, os.environ.get("GIT_INDEX_FILE"))
    found = [Told(problem) for problem in judged.problems]
    words = _counted(found) if found else "no new problems" if judged.changed else "nothing of the store is staged"
    if judged.older:
        words += f"; as before: {_count(judged.older, 'problem')}, see tm check"
    return _told(session, workspace, found, words, form, older=judged.older)


def ranged(session: Session, words: str, form: str) -> int:
    """Report what each commit of a range broke; give the exit code."""
    from tmfiles.check.ranges import ranged as judged
    from tmfiles.render.text import line

    workspace = session.workspace()
    judgements = judged(workspace, words)
    found = [Told(problem, one.commit.id) for one in judgements for problem in one.problems]
    names = {one.commit.id: f"{one.commit.id[:10]} {line(one.commit.subject)}" for one in judgements}
    told = f"{_count(len(judgements), 'commit')} judged: {_counted(found) if found else 'no problems'}"
    return _told(session, workspace, found, told, form, names=names, commits=len(judgements))


def format_of(name: str, json: bool) -> str:
    """Give the format that the options ask for; raises TmError (`usage`) where they contradict each other."""
    if name and name not in FORMATS:
        raise TmError(f"no format {name!r}", f"one of: {', '.join(FORMATS)}", "usage")
    if json and name not in ("", "json"):
        raise TmError(f"--json and --format {name} contradict each other", "leave one of the two out", "usage")
    return "json" if json else name or "text"


def _told(
    session: Session,
    workspace: Workspace,
    told: Sequence[Told],
    words: str,
    form: str,
    names: dict[str, str] | None = None,
    **more: int,
) -> int:
    errors = sum(one.problem.severity == "error" for one in told)
    if form == "json":
        session.document({"errors": errors, "problems": [_document(one) for one in told], **more})
    elif form == "text":
        session.write(verdicts.text([one._replace(commit=(names or {}).get(one.commit, "")) for one in told]))
        session.tell(words)
    else:
        session.write(_report(form, [_from_top(workspace, one) for one in told]))
        session.tell(words)
    return 1 if errors else 0


def _document(one: Told) -> dict[str, Any]:
    document: dict[str, Any] = one.problem._asdict()
    return {**document, "commit": one.commit} if one.commit else document


def _report(form: str, told: Sequence[Told]) -> str:
    if form == "github":
        return verdicts.github(told)
    if form == "junit":
        return verdicts.junit(told)
    from tmfiles import __version__
    from tmfiles.rules import RULES

    return verdicts.sarif(told, RULES, __version__)


def _from_top(workspace: Workspace, one: Told) -> Told:
    """Name the file as the repository's root sees it: those who show it know no store."""
    if workspace.repository is None:
        return one
    path = workspace.repository_path(one.problem.path.partition("/")[2])
    return one._replace(problem=one.problem._replace(path=path))


def _counted(told: Sequence[Told]) -> str:
    errors = sum(one.problem.severity == "error" for one in told)
    return f"{_count(errors, 'error')}, {_count(len(told) - errors, 'warning')}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
