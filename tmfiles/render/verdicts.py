"""Problems as other programs read them: GitHub's annotations, SARIF, JUnit; pure."""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from tmfiles.errors import Problem


class Told(namedtuple("Told", "problem commit", defaults=("",))):
    """A problem, and the commit that brought it where one is judged; `path` is relative to the repository."""

    __slots__ = ()

    problem: Problem
    commit: str

    @property
    def message(self) -> str:
        """What is wrong, and since when."""
        return self.problem.message + (f" [{self.commit[:10]}]" if self.commit else "")


def text(told: Sequence[Told]) -> str:
    """Give a line a problem, below a line a commit where commits are judged: path:line:column: message (rule)."""
    lines, last = [], ""
    for problem, commit in told:
        if commit != last:
            lines.append(f"{commit}\n")
            last = commit
        mark = "" if problem.severity == "error" else "warning: "
        lines.append(f"{'  ' if commit else ''}{str(problem).replace(': ', ': ' + mark, 1)}\n")
    return "".join(lines)


def github(told: Sequence[Told]) -> str:
    """Give workflow commands, which GitHub Actions shows beside the lines they are about.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    lines = []
    for one in told:
        problem = one.problem
        where = {"file": problem.path, "title": f"tm: {problem.rule}"}
        if problem.line:
            where |= {"line": str(problem.line), "col": str(problem.column or 1)}
        words = ",".join(f"{key}={_escaped(value, ',:')}" for key, value in where.items())
        lines.append(f"::{problem.severity} {words}::{_escaped(one.message)}\n")
    return "".join(lines)


def _escaped(text: str, more: str = "") -> str:
    for sign in f"%\r\n{more}":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def sarif(told: Sequence[Told], rules: Mapping[str, tuple[str, str]], version: str) -> str:
    """Give a log in SARIF 2.1.0 (OASIS), which code scanning reads; `rules` gives severity and words by name."""
    used = sorted({one.problem.rule for one in told})
    driver = {
        "name": "tm",
        "version": version,
        "rules": [
            {
                "id": name,
                "shortDescription": {"text": rules.get(name, ("", name))[1]},
                "defaultConfiguration": {"level": rules.get(name, ("error", ""))[0]},
            }
            for name in used
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, used.index(one.problem.rule)) for one in told],
    }
    return _text({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]})


def _result(one: Told, rule: int) -> dict[str, Any]:
    from urllib.parse import quote

    problem = one.problem
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(problem.path), "uriBaseId": "%SRCROOT%"}}
    if problem.line:
        place["region"] = {"startLine": problem.line, "startColumn": problem.column or 1}
    return {
        "ruleId": problem.rule,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": one.message},
        "locations": [{"physicalLocation": place}],
    }


def junit(told: Sequence[Told]) -> str:
    """Give a JUnit report: a failed case an error, a passed one with its words a warning; one passed case for none."""
    from xml.sax.saxutils import quoteattr

    errors = sum(one.problem.severity == "error" for one in told)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>\n', "<testsuites>\n"]
    lines.append(f'<testsuite name="tm check" tests="{len(told) or 1}" failures="{errors}" errors="0" skipped="0">\n')
    for one in told:
        problem = one.problem
        name, rule, words = map(quoteattr, map(_xml, (_place(problem), problem.rule, one.message)))
        lines.append(f"<testcase classname={rule} name={name} file={quoteattr(_xml(problem.path))}>")
        if problem.severity == "error":
            lines.append(f"<failure type={rule} message={words}/>")
        else:
            lines.append(f"<system-out>warning: {_content(one.message)}</system-out>")
        lines.append("</testcase>\n")
    if not told:
        lines.append('<testcase classname="tm" name="check"/>\n')
    return "".join([*lines, "</testsuite>\n", "</testsuites>\n"])


def _place(problem: Problem) -> str:
    return f"{problem.path}:{problem.line}:{problem.column or 1}" if problem.line else problem.path


def _content(words: str) -> str:
    from xml.sax.saxutils import escape

    return escape(_xml(words))


def _xml(words: str) -> str:
    """Leave out what XML cannot hold in any form."""
    return "".join(sign for sign in words if sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff"))


def _text(document: Mapping[str, Any]) -> str:
    import json

    return json.dumps(document, ensure_ascii=True, indent=1) + "\n"
