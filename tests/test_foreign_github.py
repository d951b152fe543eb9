"""Issues of GitHub, as its command line prints them, become tasks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.errors import TmError
from tmfiles.interop import github

Doc = dict[str, Any]
# All fields that `gh issue list --json` has for an issue, as version 2.40 prints them.
ISSUE: Doc = {
    "assignees": [{"id": "U_1", "login": "maria", "name": "Maria"}, {"id": "U_2", "login": "bo", "name": ""}],
    "author": {"id": "U_3", "is_bot": False, "login": "li", "name": "Li"},
    "body": "It fails.\r\n\r\n- [ ] once\r\n",
    "closed": True,
    "closedAt": "2026-02-01T10:00:00Z",
    "comments": [
        {
            "id": "IC_1",
            "author": {"login": "bo"},
            "authorAssociation": "MEMBER",
            "body": "Seen.\r\n",
            "createdAt": "2026-01-02T10:00:00Z",
            "includesCreatedEdit": False,
            "isMinimized": False,
            "minimizedReason": "",
            "reactionGroups": [],
            "url": "https://github.com/o/r/issues/12#issuecomment-1",
            "viewerDidAuthor": False,
        }
    ],
    "createdAt": "2026-01-01T10:00:00Z",
    "id": "I_kwD",
    "isPinned": False,
    "labels": [
        {"id": "LA_1", "name": "bug", "description": "Something isn't working", "color": "d73a4a"},
        {"id": "LA_2", "name": "priority: high", "description": "", "color": "ffffff"},
    ],
    "milestone": {"number": 1, "title": "v1", "description": "", "dueOn": None},
    "number": 12,
    "projectCards": [],
    "projectItems": [],
    "reactionGroups": [],
    "state": "CLOSED",
    "stateReason": "COMPLETED",
    "title": "Login fails",
    "updatedAt": "2026-02-01T10:00:00Z",
    "url": "https://github.com/o/r/issues/12",
}


def one(**more: Any) -> Doc:
    """Convert a single issue and give its document."""
    return github.convert([json.dumps([{**ISSUE, **more}]).encode()]).tasks["gh-12"]


def test_a_whole_issue() -> None:
    """Every field that has a place here is in it, and the milestone is kept aside."""
    assert one() == {
        "title": "Login fails",
        "status": "completed",
        "priority": "high",
        "type": "bug",
        "assignee": "maria",
        "tags": ["bug", "priority: high"],
        "created_at": "2026-01-01T10:00:00Z",
        "created_by": "li",
        "description": "It fails.\n\n- [ ] once\n",
        "links": ["https://github.com/o/r/issues/12"],
        "participants": ["bo"],
        "journal": [{"at": "2026-01-02T10:00:00Z", "by": "bo", "kind": "comment", "text": "Seen.\n"}],
        "completed_at": "2026-02-01T10:00:00Z",
        "fields": {"github": {"isPinned": False, "milestone": ISSUE["milestone"]}},
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"state": "OPEN", "stateReason": "REOPENED", "closedAt": None}, {"status": "pending"}),
        ({"stateReason": "NOT_PLANNED"}, {"status": "cancelled", "reason": "not planned"}),
        ({"stateReason": "DUPLICATE"}, {"status": "cancelled", "reason": "duplicate"}),
        ({"labels": [{"name": "enhancement"}, {"name": "P0"}]}, {"type": "feature", "priority": "critical"}),
        ({"labels": [{"name": "kind/chore"}, {"name": "area: high"}]}, {"type": "chore", "priority": "medium"}),
        ({"comments": [{"body": "when?"}], "milestone": None}, {"title": "Login fails"}),
        ({"state": "ODD"}, {"status": "pending"}),
        ({"author": None, "labels": None, "assignees": None}, {"title": "Login fails"}),
        ({"tm": {"id": "other", "due": "2026-12-01"}}, {"title": "Login fails"}),
    ],
)
def test_what_an_issue_becomes(given: Doc, expected: Doc) -> None:
    """Each state, label and gap has its meaning, or is kept aside; nothing is taken for what tm wrote."""
    doc = one(**given)
    assert doc | expected == doc
    assert "due" not in doc


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b'[{"title": "x"}]', 1, "no id"),
        (b'[\n{"title": "x", "number": 1},\n{"title": "y", "number": 1}]', 3, "is in issues.json:2 already"),
        (b'[\n\n{"number": 1, "title": ["x"]}]', 3, "title: no text"),
        (b"[3]", 0, "object 1: not an object"),
        (b'{"number": 1, "title": "x"', 1, "not JSON"),
    ],
)
def test_what_is_no_issue_is_told(data: bytes, line: int, words: str) -> None:
    """One object that is no issue refuses all, with its line and field."""
    with pytest.raises(TmError) as caught:
        github.convert([data], "issues.json")
    assert (caught.value.problems[0].line, words in caught.value.problems[0].message) == (line, True)


def test_issues_come_in_once(repo: GitRepo) -> None:
    """Imported again, nothing comes in; a dry run says what would, and writes nothing."""
    store, file = Store(repo), repo.path / "issues.json"
    file.write_text(json.dumps([ISSUE, {**ISSUE, "number": 13, "title": "Next"}]))
    before = store.files()
    assert "would import 2 tasks" in store.do("import", "github", str(file), "--dry-run").out
    assert store.files() == before
    assert "imported 2 tasks" in store.do("import", "github", str(file)).out
    assert "imported 0 tasks" in store.do("import", "github", str(file)).out
    store.do("check")
