"""How the verdicts on a store reach the screen; parses no arguments, so that the front door may use it."""

from __future__ import annotations

import os

from tmfiles import plugins
from tmfiles.errors import TmError
from tmfiles.render import verdicts
from tmfiles.render.verdicts import Told
from tmfiles.store import FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from tmfiles.actions.doctor import Finding
    from tmfiles.actions.forms import Formed
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
    from tmfiles.git.state import merging

    workspace = session.workspace()
    merged = merging(workspace.home, os.environ)
    judged = commits.staged(workspace, os.environ.get("GIT_INDEX_FILE"), merged)
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


def mended(session: Session, ids: Sequence[str], form: str) -> int:
    """Mend what has one right answer, tell what was done, and report what is left; give the exit code."""
    from tmfiles.actions import forms
    from tmfiles.check import check

    workspace = session.workspace()
    result = forms.fix(workspace, ids, session.how(False, ""))
    _noted(session, result, form == "json")
    if form == "text":
        session.write("".join(f"mended {FOLDER}/{one.path}: {'; '.join(one.words)}\n" for one in result.forms))
    found = [Told(problem) for problem in check(workspace, ids)]
    done = [{"path": f"{FOLDER}/{one.path}", "words": list(one.words)} for one in result.forms]
    words = f"mended {_count(len(result.forms), 'file')}; {_counted(found) if found else 'no problems left'}"
    return _told(session, workspace, found, words, form, mended=done, commit=result.commit or None)


def formed(session: Session, result: Formed, *, json: bool, diff: bool, check: bool) -> int:
    """Tell which files were put into form, or would be; give the exit code."""
    from tmfiles.render import documents
    from tmfiles.render.past import unified

    _noted(session, result, json)
    broken = any(problem.severity == "error" for problem in result.left)
    code = 1 if broken or (check and result.forms) else 0
    if json:
        session.document(
            {
                "files": [
                    {"path": f"{FOLDER}/{one.path}", **({"diff": unified(one.old, one.new, one.path)} if diff else {})}
                    for one in result.forms
                ],
                "problems": documents.problems(result.left),
                "commit": result.commit or None,
            }
        )
        return code
    for problem in result.left:
        session.warn(f"cannot be read as a task: {problem}\n")
    for one in result.forms:
        session.write(unified(one.old, one.new, one.path) if diff else f"{FOLDER}/{one.path}\n")
    would = "would be " if check or diff else ""
    count = len(result.forms)
    session.tell(f"{_count(count, 'file')} {would}put into form" if count else "every file that can be is in form")
    return code


def examined(session: Session, found: Sequence[Finding], done: Sequence[str]) -> None:
    """Write a line a thing that was looked at, and below what is not well what to type."""
    from tmfiles.render.text import line

    for words in done:
        session.tell(f"tm: {words}")
    wide = max(len(one.name) for one in found)
    for one in found:
        session.write(f"{one.state:7}  {one.name:{wide}}  {line(one.said)}\n")
        if one.hint and one.state != "ok":
            session.write(f"{'':7}  {'':{wide}}  → {line(one.hint)}\n")
    bad = sum(one.state == "problem" for one in found)
    session.tell(_count(bad, "problem") if bad else "no problems")


def _noted(session: Session, result: Formed, json: bool) -> None:
    for note in () if json else result.notes:
        session.tell(f"tm: {note}")


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
    **more: Any,
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
    session.warn(plugins.installed().told())
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

    given = {one.name: (one.value.severity, one.words) for one in plugins.installed().of("rule").values()}
    return verdicts.sarif(told, {**given, **RULES}, __version__)


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
