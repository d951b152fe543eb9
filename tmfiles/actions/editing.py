"""Tasks in an editor: opened as text, judged when they come back, never lost; starts no editor itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tmfiles import codec, ids, rules, store
from tmfiles.actions import buffers, meanwhile
from tmfiles.actions.buffers import Buffer, Part, ended
from tmfiles.actions.moves import Freed
from tmfiles.actions.tasks import Done, done, resolved
from tmfiles.dates import stamp
from tmfiles.errors import Problem, TmError
from tmfiles.store import FOLDER
from tmfiles.task import DEFAULTS, LINKS
from tmfiles.workspace import edit
from tmfiles.workspace.write import How, Order, Outcome, write

if TYPE_CHECKING:
    from tmfiles.workspace import View, Workspace
    from tmfiles.workspace.edit import Edit

TEMPLATE = """\
# A new task: give it a title, take the # away from what you want to fill in, save and leave.
# Without a title nothing is made; what is left of these lines is not kept.
title:

# priority: medium           # critical, high, medium or low
# type: task                 # task, bug, feature, epic, chore, or one of your own
# assignee: maria            # who is to do it
# tags: [auth, web]
# depends_on: [a1b2c3d4]     # what must be completed first
# related: [a1b2c3d4]        # see also
# parent: a1b2c3d4           # what it is a part of
# source: a1b2c3d4           # the task whose work brought it up
# due: 2026-12-01            # or with a time and zone: 2026-12-01T17:00:00Z
# wait_until: 2026-11-30     # until then it is not ready
# repeat: weekly             # completing it makes the next one
# estimate: 3h               # 90m, 3h, 2d
# phase: beta                # the phase of the project it belongs to
# context: |                 # why, what, and when it is done
#   Users lose drafts.
# description: |
#   What it is about, in Markdown.
# criteria:                  # what must hold
# - text: The draft survives a reload
# files: [src/auth.py]
# links: [https://example.org]
"""
_TEMPLATE = TEMPLATE.encode()


def opened(workspace: Workspace, texts: Sequence[str]) -> Buffer:
    """Put the text of tasks, broken ones too, into a buffer for an editor."""
    view = workspace.read()
    base = {}
    for text in texts:
        task_id = view.resolve(text)
        base[task_id] = edit.bytes_of(workspace.store, _path(view, task_id)) or b""
    if len(base) > 1:
        if any(b"--- # task " in data for data in base.values()):
            raise TmError("one of these tasks holds a line '--- # task …' of its own", "edit them one by one", "usage")
        base = {task_id: ended(data) for task_id, data in base.items()}
    return buffers.made(workspace.private, base)


def blank(workspace: Workspace) -> Buffer:
    """Put the template of a new task into a buffer."""
    return buffers.made(workspace.private, {}, _TEMPLATE)


def left(workspace: Workspace, names: Sequence[str] = ()) -> list[Buffer]:
    """Give the buffers that were never saved: all, or those of these names or of these tasks.

    Raises TmError (`not_found`) for a name that none bears.
    """
    found = buffers.kept(workspace.private)
    if not names:
        return found
    chosen = []
    for name in names:
        of_it = [one for one in found if one.name == name] or [
            one for one in found if one.name.startswith(name) or any(task.startswith(name) for task in one.base)
        ]
        if not of_it:
            has = ", ".join(one.name for one in found)
            raise TmError(f"no unfinished edit {name!r}", f"there is: {has}" if has else "there is none", "not_found")
        chosen += of_it
    return list(dict.fromkeys(chosen))


def closed(workspace: Workspace, buffer: Buffer, how: How) -> Done:
    """Judge what came back from the editor and write it; a buffer that is saved or untouched goes.

    Raises TmError and keeps the buffer; then the reason stands at the top of its text, and a task that
    another process has changed is opened as it is now, with both sides' words.
    """
    if buffer.brought_back():
        raise told(buffer, TmError("the text came back empty: this is what it was before", code="invalid"))
    if not buffer.body.data.strip():
        buffer.drop()
        raise TmError("the text came back empty: nothing was changed")
    if not buffer.base and not _without_template(buffer.body.data).replace(b"title:", b"", 1).strip():
        buffer.drop()
        raise TmError("nothing was filled in: no task was made")
    if buffer.untouched:
        buffer.drop()
        return Done((), tuple(buffer.base), Outcome((), "", ()))
    try:
        result = _saved(workspace, buffer, how) if buffer.base else _made(workspace, buffer, how)
    except TmError as error:
        raise told(buffer, error) from error
    buffer.drop()
    notes = list(result.outcome.notes)
    for task in result.tasks:
        found = [str(one) for one in workspace.view().problems_of(task.path)]
        notes += [one for one in found if not any(one in note for note in notes)]
    return result._replace(outcome=result.outcome._replace(notes=tuple(notes)))


def told(buffer: Buffer, error: TmError) -> TmError:
    """Put a refusal at the top of the text; give it with its lines as they are then."""
    moved = buffer.tell(_words(error.message, error.problems))
    problems = [_lower(one, moved) for one in error.problems]
    if moved:
        buffer.tell(_words(error.message, problems))
    first = error.message if not problems else problems[0].message
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return TmError(first + more, error.hint, error.code, problems)


def _words(message: str, problems: Sequence[Problem]) -> list[str]:
    words = [f"line {one.line}: {one.message}" if one.line else one.message for one in problems] or [message]
    return ["What is to be settled in this text; these lines are not read back.", *"\n".join(words).split("\n")]


def _path(view: View, task_id: str) -> str:
    """Give the path of a task's one file, which need not be readable."""
    known = view.index.files(task_id)
    return known[0][0] if len(known) == 1 else view.task(task_id).path


def _saved(workspace: Workspace, buffer: Buffer, how: How) -> Done:
    parts = {one: part for one, part in buffer.parts().items() if part.data != buffer.base[one]}
    clashes: dict[str, tuple[bytes, list[str]]] = {}
    chosen: list[str] = []
    lines: dict[str, int] = {}

    def plan(view: View) -> list[Edit]:
        clashes.clear()
        chosen[:] = parts
        edits = []
        for task_id, part in parts.items():
            if not view.index.has(task_id):
                raise TmError(
                    f"{task_id} was deleted while it was in the editor", f"what became of it: tm log {task_id}"
                )
            path = _path(view, task_id)
            lines[f"{FOLDER}/{path}"] = part.line
            now = edit.bytes_of(workspace.store, path) or b""
            text, words = _over(buffer, task_id, part, now)
            if text is None:
                clashes[task_id] = now, words
            else:
                edits.append(edit.mend(path, text))
        if clashes:
            raise TmError(f"{', '.join(clashes)} was changed by another while it was in the editor")
        return edits

    freed = Freed(workspace, chosen)
    try:
        outcome = write(workspace, Order("edit", how), freed.watching(plan))
    except TmError as error:
        if clashes:
            raise _clashed(buffer, clashes) from error
        raise _placed(buffer, error, lines) from error
    return done(workspace, chosen, outcome, freed.ids())


def _over(buffer: Buffer, task_id: str, part: Part, now: bytes) -> tuple[bytes | None, list[str]]:
    """Give what a task's file is to hold, as `meanwhile.merged` does."""
    base = buffer.base[task_id]
    # In a buffer of several tasks each text has a line break at its end, whatever its file has.
    if now == base or (len(buffer.base) > 1 and ended(now) == base):
        return part.data, []
    return meanwhile.merged(base, part.data, now)


def _clashed(buffer: Buffer, clashes: dict[str, tuple[bytes, list[str]]]) -> TmError:
    """Open the text anew on what the tasks hold now, with what both sides say at its top."""
    mine = {task_id: buffer.parts()[task_id].data for task_id in clashes}
    buffer.replace({one: meanwhile.kept(buffer.base[one], mine[one], now) for one, (now, _) in clashes.items()})
    several = len(buffer.base) > 1
    buffer.base |= {one: ended(now) if several else now for one, (now, _) in clashes.items()}
    buffer.keep()
    words = []
    for task_id, (_, lines) in clashes.items():
        words += [f"{task_id} was changed by another while it was in the editor", *lines]
    return TmError("\n".join(words), "what you save next counts; nothing was changed so far")


def _placed(buffer: Buffer, error: TmError, lines: dict[str, int]) -> TmError:
    """Give a refusal with the places in the buffer for those in the files."""
    problems = [
        one._replace(path=buffer.path, line=one.line + lines[one.path] if one.line else 0) if one.path in lines else one
        for one in error.problems
    ]
    return TmError(error.message, "" if problems else error.hint, error.code, problems)


def _made(workspace: Workspace, buffer: Buffer, how: How) -> Done:
    """Make the task that the filled-in template describes."""
    body = buffer.body
    text = _without_template(body.data)
    doc = _read(buffer, body, workspace.read().config.all_types)
    made: list[str] = []

    def plan(view: View) -> list[Edit]:
        new = ids.new(workspace.random_bytes, lambda one: bool(view.index.files(one)))
        made.append(new)
        links: dict[str, Any] = {key: doc[key] for key in LINKS if key in doc}
        values = {
            **{key: value for key, value in DEFAULTS.items() if key in ("status", "priority") and key not in doc},
            **resolved(view, links),
            "created_at": doc.get("created_at") or stamp(workspace.now()),
            "created_by": doc.get("created_by") or workspace.actor(how.actor),
        }
        path = store.place(new, view.config.layout, view.index.count() + 1)
        return [edit.mend(path, codec.patch(text, values))]

    try:
        outcome = write(workspace, Order("add", how), plan)
    except TmError as error:
        # What was judged is without the template's lines: its places are not those of the buffer.
        problems = [one._replace(path=buffer.path, line=0, column=0) for one in error.problems]
        raise TmError(error.message, error.hint, error.code, problems) from error
    return done(workspace, made[-1:], outcome)


def _without_template(data: bytes) -> bytes:
    """Take the template's own lines and hints out of what a person made of it."""
    ours = {line for line in _TEMPLATE.split(b"\n") if line.startswith(b"#")}
    hints = [b"  #" + after for line in ours if (after := line[1:].partition(b"  #")[2])]
    kept: list[bytes] = []
    for line in data.split(b"\n"):
        if line.rstrip() in ours:
            continue
        hint = next((one for one in hints if line.rstrip().endswith(one)), b"")
        kept.append(line.rstrip().removesuffix(hint).rstrip() if hint else line)
    return b"\n".join(kept).strip(b"\n") + b"\n"


def _read(buffer: Buffer, body: Part, types: Sequence[str]) -> dict[str, Any]:
    """Read what was typed; raises TmError with every problem where it stands."""
    try:
        doc = codec.loads(body.data, buffer.path)
        problems = rules.file_problems(doc, buffer.path, body.data, types)
    except TmError as error:
        doc, problems = {}, list(error.problems)
    if wrong := [_lower(one, body.line) for one in problems if one.severity == "error"]:
        raise TmError(wrong[0].message, "", "invalid", wrong)
    return doc


def _lower(problem: Problem, lines: int) -> Problem:
    return problem._replace(line=problem.line + lines) if problem.line else problem
