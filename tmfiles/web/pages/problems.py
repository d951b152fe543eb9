"""What is wrong in the store, file by file, with the way into each, and what can be mended or settled by itself."""

from __future__ import annotations

from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tmfiles.actions import forms
from tmfiles.actions.forms import Form as Mended
from tmfiles.actions.resolve import Resolved, resolve
from tmfiles.check import check
from tmfiles.errors import Problem, TmError
from tmfiles.render.past import unified
from tmfiles.render.past import words as told_words
from tmfiles.render.resolve import verdict
from tmfiles.store import CONFIG, FOLDER, id_of, is_task
from tmfiles.web.desk import Here
from tmfiles.web.pages.page import page
from tmfiles.web.pages.posted import Form
from tmfiles.web.pages.sheet import Words, saved_as
from tmfiles.web.problems import STATUS
from tmfiles.workspace import Workspace
from tmfiles.workspace.write import How

router = APIRouter(include_in_schema=False)


class Wrong(NamedTuple):
    """One file with what is wrong in it; `link` leads to its text where a page can show it."""

    path: str
    id: str
    title: str
    problems: list[Problem]
    link: str
    mended: Mended | None


@router.get("/problems")
def show(request: Request, here: Here, saved: str = "") -> Response:
    """Show every problem of the store."""
    return here.ask(lambda workspace: _shown(request, workspace, saved))


@router.post("/problems/fix")
def fix(request: Request, here: Here, form: Form) -> Response:
    """Mend what has one right answer, in one file or in all."""

    def asked(workspace: Workspace) -> Response:
        try:
            result = forms.fix(workspace, [form.get("id")] if form.has("id") else [], How())
        except TmError as error:
            return _shown(request, workspace, failed=error)
        return RedirectResponse(f"/problems?saved={result.commit}", 303)

    return here.ask(asked)


@router.post("/problems/resolve")
def settle(request: Request, here: Here) -> Response:
    """Settle what a merge left open, as the merge of fields does; no commit is made."""

    def asked(workspace: Workspace) -> Response:
        try:
            resolve(workspace)
        except TmError as error:
            return _shown(request, workspace, failed=error)
        return RedirectResponse("/problems", 303)

    return here.ask(asked)


def _shown(request: Request, workspace: Workspace, saved: str = "", failed: TmError | None = None) -> Response:
    found = check(workspace)
    view = workspace.view()
    editable = {*view.index.paths(), CONFIG}
    mended, unmerged = _mended(workspace), _unmerged(workspace)
    files = []
    for place, problems in groupby(found, lambda one: one.path):
        path = place.removeprefix(f"{FOLDER}/")
        task_id = id_of(path) if is_task(path) else ""
        title = view.index.titles([task_id]).get(task_id, "") if task_id else ""
        link = f"/files/{quote(path)}" if path in editable else ""
        files.append(Wrong(place, task_id, title, list(problems), link, mended.get(path)))
    files.sort(key=lambda one: not any(problem.severity == "error" for problem in one.problems))
    values: dict[str, Any] = {
        "files": files,
        "errors": sum(one.severity == "error" for one in found),
        "warnings": sum(one.severity != "error" for one in found),
        "mendable": len(mended),
        "unmerged": unmerged,
        "unified": unified,
        "verdict": verdict,
        "said": told_words,
        "failed": failed,
        "saved": saved_as(workspace, saved),
        "words": Words(workspace),
    }
    return page(request, "problems.html", STATUS.get(failed.code, 500) if failed else 200, **values)


def _mended(workspace: Workspace) -> dict[str, Mended]:
    """Give what `check --fix` would write, by path; nothing where it would be refused."""
    try:
        return {one.path: one for one in forms.fix(workspace, [], dry_run=True).forms}
    except TmError:
        return {}


def _unmerged(workspace: Workspace) -> Resolved | None:
    """Give what settling an unfinished merge would do; None where there is none."""
    if workspace.repository is None:
        return None
    try:
        found = resolve(workspace, dry_run=True)
    except TmError:
        return None
    return found if found.settled or found.left else None
