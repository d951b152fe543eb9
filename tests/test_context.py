"""What is told to those who take a task up: everything, or as much as a prompt has room for."""

from __future__ import annotations

import json
import re

import pytest
from conftest import GitRepo
from hypothesis import given, settings
from hypothesis import strategies as st
from test_screens import details, texts, titles
from writing import Store

from tmfiles.actions.context import Context
from tmfiles.actions.near import Near
from tmfiles.render import context as render
from tmfiles.task import Task


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """A task in the middle of things."""
    store = Store(repo)
    store.do("add", "Epic", "--id", "epic", "--description", "All about sessions.")
    store.do("add", "Before", "--id", "before")
    store.do("complete", "before", "--summary", "Use the second cookie")
    words = ("--depends-on", "before", "--parent", "epic", "--criterion", "Works", "--file", "a.py:1-9")
    store.do("add", "Middle", "--id", "middle", "--description", "Why.", *words)
    store.do("add", "After", "--id", "after", "--depends-on", "middle")
    store.do("comment", "middle", "Seen twice")
    store.do("--as", "Maria", "note", "middle", "Ask Li")
    return store


def test_everything_is_told(store: Store) -> None:
    """The task, results of what it waited for, what it blocks, its parent, the journal, files, one's own note."""
    out = store.do("context", "middle").out
    for words in (
        "# middle: Middle\n\npending, medium, task; created_at: ",
        "## Description\n\nWhy.\n",
        "## Criteria\n\n- [ ] Works\n",
        "## Depends on\n\n- before (completed) Before\n  Use the second cookie\n",
        ", Maria, comment: Seen twice\n",
        "## Part of\n\n- epic (pending) Epic\n  All about sessions.\n",
        "## Files\n\n- a.py:1-9\n",
        "## Blocks\n\n- after (blocked) After\n",
        "## Your note\n\n",
        "Z\nAsk Li\n",
    ):
        assert words in out
    assert store.do("context", "middle", "--brief").out == out
    assert "Ask Li" not in store.do("--as", "li", "context", "middle").out


def test_the_document_has_the_same(store: Store) -> None:
    """JSON names every linked task with status and title, and results."""
    data = json.loads(store.do("context", "middle", "--json").out)["data"]
    assert data["task"]["description"] == "Why."
    before = {"id": "before", "status": "completed", "title": "Before", "result": "Use the second cookie"}
    assert data["depends_on"] == [before]
    assert data["blocks"] == [{"id": "after", "status": "blocked", "title": "After"}]
    assert data["parent"] == {"id": "epic", "status": "pending", "title": "Epic"}
    assert data["note"].endswith("Z\nAsk Li\n")


def test_a_brief_says_what_it_leaves_out(store: Store) -> None:
    """Long text keeps its beginning, the journal its end; the last line counts what is missing."""
    store.repo.write(
        ".tasks/long.yaml",
        "title: Long\ndescription: |\n"
        + "".join(f"  line {n} of a long story\n" for n in range(200))
        + "journal:\n"
        + "".join(f"- {{at: '2026-11-01T00:{n:02}:00Z', by: li, text: said {n} times}}\n" for n in range(60)),
    )
    out = store.do("context", "long", "--brief").out
    assert len(out) <= render.BRIEF
    assert "line 0 of" in out
    assert "said 59 times" in out
    assert "said 0 times" not in out
    left = re.search(r"\nLeft out: the end of Description, (\d+) of Journal. All of it: tm context long\n$", out)
    assert left
    assert int(left[1]) == 60 - out.count("- 2026-11-01")
    assert "Left out" not in store.do("context", "long").out


@settings(deadline=None, max_examples=150)
@given(title=titles, text=st.lists(texts, max_size=60).map("\n".join), count=st.integers(0, 60))
def test_a_brief_is_bounded_whatever_the_task_holds(title: str, text: str, count: int) -> None:
    """However long titles, texts, lists and journals are, a brief keeps to its size and obeys no control."""
    ids = [f"task-{number}" for number in range(count)]
    document = {
        **dict.fromkeys(("context", "description", "result", "reason", "own"), text),
        **dict.fromkeys(("depends_on", "related", "files", "links"), ids),
        "title": title * 8,
        "tags": ids,
        "journal": [{"at": "2026-11-01T00:00:00Z", "by": title, "text": text}] * count,
        "criteria": [{"text": text}] * count,
    }
    near = {id: Near(id, "pending", title) for id in ids}
    one = details(document, blocks=ids, children=ids)
    found = Context(one, near, dict.fromkeys(ids, text), Task("p", "p.yaml", document), text)
    brief = render.brief(found)
    assert len(brief) <= render.BRIEF
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", brief + render.text(found))


def test_brief_is_for_people(store: Store) -> None:
    """A document is never cut, so the two are not asked for together."""
    assert "contradict" in store.do("context", "middle", "--brief", "--json", code=2).out
