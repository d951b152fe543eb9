"""Tickets, as the program's own repository holds them, become tasks and tickets again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.errors import TmError
from tmfiles.interop import ticket

TICKET = """\
---
id: nw-5c46
status: closed
deps: [nw-0001]
links: []
created: 2026-01-09T22:14:19Z
type: bug
priority: 1
assignee: Ray Myers
external-ref: gh-12
tags: [ui, backend]
---
# Fix the sorting

Sort by depth first.

## Design

A stack.

## Acceptance Criteria

- It sorts
- It is fast

## Notes

**2026-01-09T22:22:58Z**

Done with a map.

**2026-01-10T00:00:00Z**

Seen.
"""


def laid(folder: Path, **files: str) -> Path:
    """Lay out `.tickets` in a folder."""
    (folder / ".tickets").mkdir(parents=True)
    for name, text in files.items():
        (folder / ".tickets" / f"{name}.md").write_text(text)
    return folder


def one(tmp_path: Path, front: str, text: str = "# T\n") -> dict[str, Any]:
    """Convert one ticket and give its document."""
    return ticket.convert(str(laid(tmp_path, t1=f"---\n{front}---\n{text}"))).tasks["t1"]


def test_a_whole_ticket(tmp_path: Path) -> None:
    """Every key and section is where it belongs; the other reference is kept aside."""
    assert ticket.convert(str(laid(tmp_path, x=TICKET))).tasks == {
        "nw-5c46": {
            "title": "Fix the sorting",
            "status": "completed",
            "priority": "high",
            "type": "bug",
            "assignee": "Ray Myers",
            "tags": ["backend", "ui"],
            "depends_on": ["nw-0001"],
            "created_at": "2026-01-09T22:14:19Z",
            "context": "## Design\n\nA stack.",
            "description": "Sort by depth first.",
            "criteria": [{"text": "It sorts"}, {"text": "It is fast"}],
            "journal": [
                {"at": "2026-01-09T22:22:58Z", "by": "ticket", "kind": "comment", "text": "Done with a map."},
                {"at": "2026-01-10T00:00:00Z", "by": "ticket", "kind": "comment", "text": "Seen."},
            ],
            "fields": {"ticket": {"external-ref": "gh-12"}},
        }
    }


def test_a_ticket_goes_out_as_it_came(tmp_path: Path) -> None:
    """What the program wrote comes back the same but for the form of its lists, each key on one line of its own."""
    made = ticket.written(ticket.convert(str(laid(tmp_path, x=TICKET))).tasks)
    assert made["nw-5c46.md"].decode() == TICKET.replace("[ui, backend]", "[backend, ui]").replace(
        "- It sorts\n- It is fast", "- [ ] It sorts\n- [ ] It is fast"
    )


def test_lists_stay_on_one_line() -> None:
    """The program reads a list of lines as none: many dependencies stand between brackets."""
    tasks: dict[str, Any] = {f"t-{n}": {"title": "T"} for n in range(50)}
    tasks["t-x"] = {"title": "T", "depends_on": sorted(tasks)}
    made = ticket.written(tasks)["t-x.md"].decode()
    assert f"deps: [{', '.join(tasks['t-x']['depends_on'])}]\n" in made


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("status: needs_testing\n", {"status": "in_progress", "fields": {"ticket": {"status": "needs_testing"}}}),
        ("priority: 4\n", {"priority": "low", "fields": {"ticket": {"priority": 4}}}),
        ("priority: true\n", {"priority": "medium", "fields": {"ticket": {"priority": True}}}),
        ("external-ref: https://x.y\n", {"links": ["https://x.y"]}),
        ("type: Odd One\n", {"fields": {"ticket": {"type": "Odd One"}}}),
        ("deps:\n- a1\n- b1\n", {"depends_on": ["a1", "b1"]}),
        ("parent: NW-1\n", {"parent": "nw-1"}),
        ("tags: one\n", {"tags": ["one"]}),
    ],
)
def test_what_a_key_becomes(tmp_path: Path, front: str, expected: dict[str, Any]) -> None:
    """Each odd value is settled, and what it was is kept."""
    doc = one(tmp_path, front)
    assert doc | expected == doc


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("# T\n", 1, "no front matter"),
        ("---\nid: a\n# T\n", 1, "no front matter"),
        ("---\nid: aa\n---\nno heading\n", 1, "title: missing"),
        ("---\nid: aa\n\tstatus: open\n---\n# T\n", 3, ""),
        ("---\na: &a [1]\nb: *a\n---\n# T\n", 2, "&a"),
    ],
)
def test_what_is_no_ticket_is_told_with_its_place(tmp_path: Path, text: str, line: int, words: str) -> None:
    """One file that is no ticket refuses all, with path and line."""
    laid(tmp_path, good=TICKET, bad=text)
    with pytest.raises(TmError) as caught:
        ticket.convert(str(tmp_path))
    problem = caught.value.problems[0]
    assert problem.path == f"{tmp_path}/.tickets/bad.md"
    assert (problem.line, words in problem.message) == (line, True)


def test_an_id_that_leads_elsewhere_is_made_anew(tmp_path: Path, repo: GitRepo) -> None:
    """An id that is a path becomes one that is none; a second import brings nothing."""
    store = Store(repo)
    laid(tmp_path / "in", x=TICKET.replace("nw-5c46", "../../etc/x").replace("deps: [nw-0001]", "deps: [../../etc/x]"))
    told = store.do("import", "ticket", str(tmp_path / "in")).out
    assert "links to itself" in told
    assert "imported 0 tasks" in store.do("import", "ticket", str(tmp_path / "in")).out
    store.do("check")
    assert sorted(path.name for path in store.path.iterdir()) == [".git", ".tasks"]
