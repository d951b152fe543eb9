"""What the forms of a task's page do: each calls one action, and shows what was typed again where it is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tmfiles.actions import claims, clashes, links, notes, review, status, talk, tasks
from tmfiles.actions.tasks import Done
from tmfiles.errors import TmError
from tmfiles.history.restoring import restore
from tmfiles.history.undoing import undo
from tmfiles.web import fields
from tmfiles.web.desk import Here
from tmfiles.web.fields import Field
from tmfiles.web.pages.page import page
from tmfiles.web.pages.posted import Form, Posted
from tmfiles.web.pages.sheet import Clashed, Failed, sheet
from tmfiles.web.pages.task import meant
from tmfiles.web.problems import STATUS
from tmfiles.workspace import Workspace
from tmfiles.workspace.write import How, Outcome

router = APIRouter(prefix="/tasks/{task_id}", include_in_schema=False)

Act = Callable[[Workspace], Done]
_LINKS = ("depends_on", "related")


def _done(request: Request, here: Here, task_id: str, form: str, typed: Posted, act: Act) -> Response:
    """Do what a form asks and show the task anew; or show why not, with all that was typed."""

    def asked(workspace: Workspace) -> Response:
        try:
            result = act(workspace)
        except clashes.ChangedError as error:
            return _clashed(request, workspace, task_id, typed, error)
        except TmError as error:
            return refused(request, workspace, task_id, Failed(form, error, _words(typed)))
        return back(task_id, result.outcome.commit, form)

    return here.ask(asked)


def _words(typed: Posted) -> dict[str, str]:
    names = ("field", "value", "text", "measurable", "other", "kind", "summary", "reason", "actual", "length", "at")
    return {name: typed.get(name) for name in (*names, "quality", "timeliness") if typed.has(name)}


def back(task_id: str, commit: str, place: str = "") -> Response:
    """Send a browser to a task's page, to the place where it was, and let the page say what was saved."""
    asked, anchor = f"?saved={commit}" if commit else "", f"#{place}" if place else ""
    return RedirectResponse(f"/tasks/{task_id}{asked}{anchor}", 303)


def refused(request: Request, workspace: Workspace, task_id: str, failed: Failed, found: Any = ()) -> Response:
    """Show a task with a form that was refused, as it was typed."""
    if not workspace.read().index.has(task_id):
        raise failed.error
    values = sheet(workspace, task_id)
    code = STATUS.get(failed.error.code, 500)
    return page(request, "task.html", code, **{**values, "failed": failed, "found": found})


@router.post("/edit")
def edit(request: Request, here: Here, task_id: str, form: Form) -> Response:
    """Give a field what was typed, if it still is what the person saw."""
    name = form.get("field")

    def act(workspace: Workspace) -> Done:
        field = _field(workspace, name)
        was, value = _json(form.get("was")), fields.typed(field, form.get("value"), workspace.now())
        if fields.alike(field, was, value):
            return Done((), (task_id,), Outcome((), "", ()))
        return clashes.changed(workspace, task_id, {name: was}, lambda how: _put(workspace, task_id, field, value, how))

    return _done(request, here, task_id, f"edit-{name}", form, act)


def _put(workspace: Workspace, task_id: str, field: Field, value: Any, how: How) -> Done:
    if value is None and field.required:
        raise TmError(f"{field.label} cannot be empty", "", "usage")
    if field.custom and value is not None:
        return tasks.update(workspace, [task_id], {}, how, fields=[f"{field.custom}={fields.shown(field, value)}"])
    if value is None:
        return tasks.update(workspace, [task_id], {}, how, clear=[field.name])
    if field.kind == "task":
        value = _one(workspace, task_id, str(value))
    return tasks.update(workspace, [task_id], {field.name: value}, how)


def _field(workspace: Workspace, name: str) -> Field:
    known = fields.known(workspace.read())
    if name not in known:
        raise TmError(f"{name!r} is no field that is typed here", "edit the file for everything else", "usage")
    return known[name]


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError as error:
        raise TmError("the form does not say what the field was", "load the page again", "malformed") from error


def _clashed(
    request: Request, workspace: Workspace, task_id: str, typed: Posted, error: clashes.ChangedError
) -> Response:
    """Show both versions of a field that two changed at once, and let the person choose."""
    field = _field(workspace, error.field)
    was, mine = _json(typed.get("was")), fields.typed(field, typed.get("value"), workspace.now())
    merged = clashes.together(field.name, was, mine, error.theirs) if not field.custom else None
    if merged is not None and any(fields.alike(field, merged, one) for one in (mine, error.theirs)):
        merged = None
    clashed = Clashed(field, was, mine, error.theirs, merged)
    return page(request, "task.html", 412, **{**sheet(workspace, task_id), "clashed": clashed})


@router.post("/status")
def step(request: Request, here: Here, task_id: str, form: Form) -> Response:
    """Take a step of a task's life."""
    verb, force = form.get("verb"), form.has("force")

    def act(workspace: Workspace) -> Done:
        ids, how = [task_id], How(force=True if force else None)
        words = form.get("text").replace("\r\n", "\n").strip()
        if verb == "start":
            return status.start(workspace, ids, how, force=force)
        if verb == "complete":
            return status.complete(workspace, ids, how, summary=words, actual=form.line("actual"), force=force)
        if verb == "cancel":
            return status.cancel(workspace, ids, how, reason=words)
        if verb == "reopen":
            return status.reopen(workspace, ids, how)
        return tasks.update(workspace, ids, {}, how, status=verb, force=force)

    return _done(request, here, task_id, f"status-{verb}", form, act)


@router.post("/criteria")
def criteria(request: Request, here: Here, task_id: str, form: Form) -> Response:
    """Mark a criterion, add one, or take one away."""
    verb, number = form.get("verb"), form.get("number")

    def act(workspace: Workspace) -> Done:
        if verb == "add":
            words = form.line("text")
            if not words:
                raise TmError("the criterion is empty", "say what must hold", "usage")
            return notes.add_criteria(workspace, task_id, [words], How(), form.line("measurable"))
        at = int(number) if number.isdecimal() and len(number) < 6 else 0
        _refuse_other(workspace, task_id, at, form.get("seen"))
        if verb == "remove":
            return notes.remove_criteria(workspace, task_id, [at], How())
        return notes.meet(workspace, task_id, [at], How(), met=verb == "met")

    return _done(request, here, task_id, "criteria", form, act)


def _refuse_other(workspace: Workspace, task_id: str, number: int, text: str) -> None:
    """A criterion is named by its place: refuse where another stands there by now."""
    there = notes.criteria(workspace, task_id)
    if 1 <= number <= len(there) and there[number - 1].get("text") != text:
        raise TmError("the criteria were changed meanwhile", "here they are as they are now", "race")


@router.post("/say")
def say(request: Request, here: Here, task_id: str, form: Form) -> Response:
    """Add to the journal that all who work on a task read."""
    verb = form.get("kind")

    def act(workspace: Workspace) -> Done:
        if verb not in talk.KINDS:
            raise TmError(f"no kind of entry {verb!r}", f"one of {', '.join(talk.KINDS)}", "usage")
        return talk.say(workspace, verb, task_id, form.get("text").replace("\r\n", "\n"), How())

    return _done(request, here, task_id, "say", form, act)


@router.post("/note")
def note(request: Request, here: Here, task_id: str, form: Form) -> Response:
    """Keep words for oneself: no commit, and nobody else's page, has them."""

    def asked(workspace: Workspace) -> Response:
        try:
            notes.note(workspace, task_id, form.get("text").replace("\r\n", "\n"))
        except TmError as error:
            return refused(request, workspace, task_id, Failed("note", error, _words(form)))
        return back(task_id, "", "note")

    return here.ask(asked)


@router.post("/links")
def link(request: Request, here: Here, task_id: str, form: Form) -> Response:
    """Link a task to another, or cut a link; words that may mean several tasks give these to choose from."""
    kind, verb, other = form.get("field"), form.get("verb"), form.line("other")

    def asked(workspace: Workspace) -> Response:
        try:
            result = _linked(workspace, task_id, kind, verb, other)
        except TmError as error:
            found = meant(workspace, other) if verb == "add" and error.code in ("usage", "not_found") and other else ()
            choice = [row for row in found if row.id != task_id]
            return refused(request, workspace, task_id, Failed(f"links-{kind}", error, _words(form)), choice)
        return back(task_id, result.outcome.commit, f"links-{kind}")

    return here.ask(asked)


def _linked(workspace: Workspace, task_id: str, kind: str, verb: str, other: str) -> Done:
    if kind not in _LINKS:
        raise TmError(f"no kind of link {kind!r}", f"one of {', '.join(_LINKS)}", "usage")
    if verb == "remove":
        if kind == "depends_on":
            return links.undepend(workspace, task_id, [other])
        left = [one for one in workspace.read().task(task_id).doc.get(kind, ()) if one != other]
        return tasks.update(workspace, [task_id], {kind: left} if left else {}, clear=[] if left else [kind])
    one = _one(workspace, task_id, other)
    if kind == "depends_on":
        return links.depend(workspace, task_id, [one])
    return tasks.update(workspace, [task_id], {}, more={kind: [one]})


def _one(workspace: Workspace, task_id: str, words: str) -> str:
    """Give the one task that words mean; raises TmError where they mean none or several."""
    view = workspace.read()
    if not words:
        raise TmError("no task is named", "type its id, or words of its title", "usage")
    if view.index.has(words) or len(view.index.ids(words.lower())) == 1:
        return view.resolve(words)
    found = [row for row in meant(workspace, words) if row.id != task_id]
    if len(found) == 1:
        return str(found[0].id)
    if not found:
        raise TmError(f"no task has the words {words!r}", "type its id, or words of its title", "not_found")
    raise TmError(f"{words!r} may mean several tasks", "choose one", "usage")


@router.post("/claim")
def claim(request: Request, here: Here, task_id: str, form: Form) -> Response:
    """Take a task for a time, give it back, or take part in it."""
    verb, how = form.get("verb"), How(force=True if form.has("force") else None)

    def act(workspace: Workspace) -> Done:
        if verb == "release":
            return claims.release(workspace, [task_id], how)
        if verb == "join":
            return talk.join(workspace, task_id, how)
        return claims.claim(workspace, [task_id], how, length=form.line("length") or claims.DEFAULT)

    return _done(request, here, task_id, "claim", form, act)


@router.post("/feedback")
def feedback(request: Request, here: Here, task_id: str, form: Form) -> Response:
    """Say how the work of a completed task was found to be."""

    def mark(name: str) -> int | None:
        words = form.line(name)
        return int(words) if words.isdecimal() and len(words) < 3 else None

    def act(workspace: Workspace) -> Done:
        marks = {name: mark(name) for name in ("quality", "timeliness")}
        return review.feedback(workspace, task_id, How(), **marks, words=form.line("text"), replace=True)

    return _done(request, here, task_id, "feedback", form, act)


@router.post("/delete")
def delete(request: Request, here: Here, task_id: str, form: Form) -> Response:
    """Delete a task; its page then offers to bring it back."""
    force = form.has("force")
    how = How(force=True if force else None)
    return _done(
        request, here, task_id, "delete", form, lambda workspace: tasks.delete(workspace, [task_id], how, force=force)
    )


@router.post("/restore")
def bring_back(request: Request, here: Here, task_id: str, form: Form) -> Response:
    """Bring back a deleted task, or a task as it was after a commit."""
    at = form.get("at")
    return _done(request, here, task_id, "restore", form, lambda workspace: restore(workspace, [task_id], How(), at))


@router.post("/undo")
def take_back(request: Request, here: Here, task_id: str, form: Form) -> Response:
    """Take back what one commit did, by another."""

    def asked(workspace: Workspace) -> Response:
        try:
            _, result = undo(workspace, How(), form.get("commit") or "none")
        except TmError as error:
            return refused(request, workspace, task_id, Failed("undo", error))
        return back(task_id, result.outcome.commit)

    return here.ask(asked)
