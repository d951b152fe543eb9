"""What is looked at when a task is closed: whether its criteria hold, who else works on its files, how it was done."""

from __future__ import annotations

from collections import namedtuple

from tmfiles import dates
from tmfiles.actions.notes import changed
from tmfiles.actions.tasks import Done
from tmfiles.errors import TmError
from tmfiles.measure import holds
from tmfiles.task import CLOSED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from tmfiles.measure import Value
    from tmfiles.task import Task
    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.write import How

LONGEST = 500
# The word with which the journal entry of a review begins.
IMPACT = "Impact review:"


class Judged(namedtuple("Judged", "text measurable verdict why")):
    """One criterion and what became of it: `verdict` is `met`, `unmet`, or `manual` where a person has to look."""

    __slots__ = ()

    text: str
    measurable: str
    verdict: str
    why: str


def judged(doc: Mapping[str, Any]) -> list[Judged]:
    """Hold each criterion of a task against the task's own fields; what a person marked as met is met."""
    values = _values(doc)
    found = []
    for one in doc.get("criteria", ()):
        text, expression = str(one.get("text", "")), str(one.get("measurable", ""))
        held, why = holds(expression, values)
        if one.get("met") is True:
            verdict, why = "met", "marked as met"
        else:
            verdict = "manual" if held is None else "met" if held else "unmet"
        found.append(Judged(text, expression, verdict, why))
    return found


def _values(doc: Mapping[str, Any]) -> dict[str, Value]:
    """Give what an expression may name: the task's scalars, `estimate` and `actual` in hours, its custom fields."""
    own = doc.get("fields")
    found: dict[str, Value] = {}
    for source in (own if isinstance(own, dict) else {}, doc):
        for key, value in source.items():
            if isinstance(value, (bool, int, float, str)):
                found[key] = value
    for key in ("estimate", "actual"):
        if isinstance(doc.get(key), str):
            found[key] = dates.duration(doc[key]) / dates.HOUR
    return found


def refuse_unmet(task_id: str, report: Sequence[Judged]) -> None:
    """Refuse to close a task of which a criterion can be seen not to hold."""
    unmet = [one for one in report if one.verdict == "unmet"]
    if unmet:
        lines = [f"criteria unmet: {len(unmet)} of {len(report)}; {task_id} is not completed"]
        lines += [f"  {one.text} ({one.measurable}): {one.why}" for one in unmet]
        raise TmError("\n".join(lines), "mend what is measured, or use --force")


def marked(criteria: Sequence[Mapping[str, Any]], report: Sequence[Judged]) -> list[dict[str, Any]]:
    """Give the criteria with those that hold marked as met."""
    pairs = zip(criteria, report, strict=True)
    return [{**one, "met": True} if seen.verdict == "met" else dict(one) for one, seen in pairs]


def sharing(view: View, task: Task) -> dict[str, list[str]]:
    """Give the open tasks that are about a file of this one, each with the files."""
    own = set(bare(task.doc.get("files", ())))
    found = {}
    for other in view.tasks() if own else ():
        if other.id != task.id and other.status not in CLOSED:
            both = sorted(own.intersection(bare(other.doc.get("files", ()))))
            if both:
                found[other.id] = both
    return found


def bare(files: Sequence[str]) -> Iterator[str]:
    """Give files without the lines that are meant in them: `a.py:10-20` is `a.py`."""
    for name in files:
        path, colon, lines = name.rpartition(":")
        yield path if colon and lines.replace("-", "").isdigit() else name


def worded(shared: Mapping[str, Sequence[str]]) -> str:
    """Word who else works on the files, for the journal."""
    if not shared:
        return f"{IMPACT} no open task is about its files"
    return f"{IMPACT} " + "; ".join(f"{one} is about {', '.join(files)} too" for one, files in shared.items())


def feedback(
    workspace: Workspace,
    text: str,
    how: How,
    *,
    quality: int | None = None,
    timeliness: int | None = None,
    words: str = "",
    replace: bool = False,
) -> Done:
    """Say how a completed task's work was found to be: marks from 1 to 5, and words of at most 500 characters.

    It is said once; with `replace` it may be said anew. Raises TmError for a task that is not completed.
    """
    for name, mark in (("quality", quality), ("timeliness", timeliness)):
        if mark is not None and not 1 <= mark <= 5:
            raise TmError(f"{name} {mark} is not between 1 and 5", "1 is poor, 5 is excellent", "usage")
    if quality is None and timeliness is None and not words.strip():
        raise TmError("no feedback is given", "give --quality 1-5, --timeliness 1-5 or --note TEXT", "usage")
    if len(words) > LONGEST:
        raise TmError(f"the note has {len(words)} characters", f"{LONGEST} is the most; say more: tm comment", "usage")

    def given(task: Task) -> dict[str, Any]:
        if task.status != "completed":
            raise TmError(
                f"{task.id} is not completed: it is {task.status}", f"complete it first: tm complete {task.id}"
            )
        value = {"quality": quality, "timeliness": timeliness, "text": words.strip(), "by": workspace.actor(how.actor)}
        value = {key: one for key, one in value.items() if one not in (None, "")}
        if task.doc.get("feedback") and not replace and task.doc["feedback"] != value:
            raise TmError(f"{task.id} already has feedback", "to say it anew: --replace; history keeps the old")
        return {"feedback": value}

    return changed(workspace, "feedback", text, how, given)
