"""Full text finds what a plain look at the words finds, whatever is typed or edited, with FTS5 and without it."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import opened
from writing import Store

from tmfiles import codec
from tmfiles.actions.search import places, search
from tmfiles.errors import TmError
from tmfiles.query import Query
from tmfiles.terms import parse
from tmfiles.workspace import Workspace

WORDS = ("log", "login", "logout", "cookie", "Zoë", "naïve", "x1")
GAPS = (" ", ", ", "-", "\n", "_", " (", "… ")


def text() -> st.SearchStrategy[str]:
    """Give some words with different signs in between."""
    pairs = st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS))
    return st.lists(pairs, min_size=1, max_size=5).map(lambda found: "".join(word + gap for word, gap in found).strip())


def documents() -> st.SearchStrategy[dict[str, Any]]:
    """Give a task with words in any of its fields."""
    said = text().map(lambda words: {"text": words})
    more = st.fixed_dictionaries(
        {},
        optional={
            "tags": st.lists(st.sampled_from(("login", "zoe", "web")), min_size=1, unique=True).map(sorted),
            "description": text(),
            "context": text(),
            "result": text(),
            "criteria": st.lists(said, min_size=1, max_size=2),
            "journal": st.lists(said.map(lambda one: one | {"at": "2026-01-01", "by": "log"}), min_size=1, max_size=2),
        },
    )
    return st.builds(lambda title, doc: {"title": title, **doc}, st.sampled_from(WORDS), more)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace whose files the tests write."""
    repo = GitRepo(tmp_path_factory.mktemp("store"))
    repo.git("init", "--quiet")
    repo.write(".tasks/config.yaml", "version: 1\n")
    with opened(repo.path) as workspace:
        yield workspace


def fill(workspace: Workspace, docs: dict[str, dict[str, Any]]) -> None:
    """Make the store hold these tasks and no others."""
    folder = Path(workspace.store.folder)
    for path in folder.glob("t*.yaml"):
        if path.stem not in docs:
            path.unlink()
    for task_id, doc in docs.items():
        (folder / f"{task_id}.yaml").write_bytes(codec.dumps(doc))


def plain(said: str) -> list[str]:
    """Give the words of a text as an oracle sees them: runs of letters and digits, without case and accents."""
    said = "".join(sign for sign in unicodedata.normalize("NFKD", said.lower()) if not unicodedata.combining(sign))
    return "".join(sign if sign.isalnum() else " " for sign in said).split()


def has(task_id: str, doc: dict[str, Any], typed: list[str], begun: bool) -> bool:
    """Tell whether some text of a task has these words next to each other."""
    several = [task_id, *(doc.get(key, "") for key in ("title", "description", "context", "result"))]
    several += [*doc.get("tags", ()), *(one["text"] for key in ("criteria", "journal") for one in doc.get(key, ()))]
    for said in map(plain, several):
        for at in range(len(said) - len(typed) + 1):
            here = said[at : at + len(typed)]
            if here == typed or (begun and here[:-1] == typed[:-1] and here[-1].startswith(typed[-1])):
                return True
    return False


@st.composite
def queries(draw: st.DrawFn) -> tuple[str, list[tuple[list[str], bool, bool]]]:
    """Give what is typed, and what it means: (words, begun, barred) each."""
    typed, meant = [], []
    for _ in range(draw(st.integers(1, 3))):
        words = draw(st.lists(st.sampled_from((*WORDS, "LOGIN", "zoe", "lo", "t1")), min_size=1, max_size=2))
        begun, barred = draw(st.booleans()), draw(st.booleans())
        phrase = f'"{" ".join(words)}"' if len(words) > 1 or draw(st.booleans()) else words[0]
        typed.append("-" * barred + phrase + "*" * begun)
        meant.append(([word for one in words for word in plain(one)], begun, barred))
    return " ".join(typed), meant


@settings(deadline=None, max_examples=150)
@given(st.dictionaries(st.sampled_from([f"t{n}" for n in range(6)]), documents(), max_size=6), queries())
def test_it_finds_what_a_look_at_the_words_finds(
    store: Workspace, docs: dict[str, dict[str, Any]], asked: tuple[str, list[tuple[list[str], bool, bool]]]
) -> None:
    """After any edits, words, phrases, beginnings and exclusions find the right tasks, with FTS5 and without it."""
    fill(store, docs)
    typed, meant = asked
    wanted = {
        task_id
        for task_id, doc in docs.items()
        if all(has(task_id, doc, words, begun) is not barred for words, begun, barred in meant)
    }
    for full_text in (None, False):
        store.index.full_text = full_text
        found = search(store, typed, Query())
        assert {row.id for row in found.rows} == wanted
        rest = store.view().rows(Query(unless=Query(text=typed)))
        assert {row.id for row in rest} == set(docs) - wanted
    positive = any(not barred for _, _, barred in meant)
    assert all(places(store, typed, found.rows).values()) or not positive


@settings(deadline=None, max_examples=200)
@given(st.one_of(st.text(max_size=12), st.text('"*-+^:(){}NEAR AND OR NOT a1', max_size=16)))
def test_whatever_is_typed_is_understood_or_refused(store: Workspace, typed: str) -> None:
    """No sign of FTS5's own language reaches it: any text is a search, or is refused for holding no word."""
    fill(store, {"t1": {"title": "a and or not near"}})
    store.index.full_text = None
    try:
        with_it = search(store, typed, Query()).rows
    except TmError as error:
        assert error.code == "usage"  # noqa: PT017 what is not refused is compared
        return
    store.index.full_text = False
    assert search(store, typed, Query()).rows == with_it


def test_the_best_match_comes_first(store: Workspace) -> None:
    """A word in the title counts more than a tag, and that more than one in the journal, with FTS5 and without."""
    fill(
        store,
        {
            "t1": {"title": "One", "journal": [{"text": "a cookie", "at": "2026-01-01", "by": "li"}]},
            "t2": {"title": "Two", "tags": ["cookie"]},
            "t3": {"title": "The cookie", "priority": "low"},
            "t4": {"title": "Four", "priority": "critical", "description": "no match"},
        },
    )
    for full_text in (None, False):
        store.index.full_text = full_text
        assert [row.id for row in search(store, "cookie", Query()).rows] == ["t3", "t2", "t1"]
        assert [row.id for row in search(store, "cookie", Query(sort="-id")).rows] == ["t3", "t2", "t1"]
        assert [row.id for row in search(store, "cookie", Query(sort="id", limit=2)).rows] == ["t1", "t2"]


def test_chinese_is_found_by_its_parts(store: Workspace) -> None:
    """Where words are not parted by blanks, any run of characters is found."""
    fill(store, {"t1": {"title": "修复登录页面"}, "t2": {"title": "登出"}})
    store.index.full_text = None
    assert [row.id for row in search(store, "登录", Query()).rows] == ["t1"]
    assert {row.id for row in search(store, "登", Query()).rows} == {"t1", "t2"}


def test_a_place_is_shown_with_what_stands_around(store: Workspace) -> None:
    """A place names its field, and is cut at the gaps between words, on one line."""
    long = "\n".join(["A line about nothing in particular."] * 4 + ["The\tcookie is set twice."] + ["More lines."] * 20)
    fill(store, {"t1": {"title": "One", "description": long}})
    rows = search(store, '"cookie is" twice', Query()).rows
    (match,) = places(store, '"cookie is" twice', rows)["t1.yaml"]
    assert match.field == "description"
    assert match.words == "cookie is"
    assert match.before == "… about nothing in particular. The "
    assert match.after.startswith(" set twice. More lines.")
    assert match.after.endswith(" …")


def test_nothing_is_filled_before_somebody_searches(repo: GitRepo) -> None:
    """Reading and writing leave the full text alone; a search brings in what has changed since."""
    store = Store(repo)
    one = store.add("Sessions expire")
    cache = store.private / "index.sqlite"

    def known() -> list[Any]:
        with sqlite3.connect(cache) as db:
            return (
                db.execute("SELECT name FROM sqlite_master WHERE name = 'searched'").fetchall()
                and db.execute("SELECT path FROM searched ORDER BY path").fetchall()
            )

    store.do("list")
    assert known() == []
    assert store.do("search", "expire", "--format", "id").out == f"{one}\n"
    assert known() == [(f"{one}.yaml",)]
    two = store.add("Expire")
    assert known() == [(f"{one}.yaml",)]
    assert store.do("search", "expire", "--format", "id").out == f"{two}\n{one}\n"
    store.file(one).write_text("title: Nothing\n", encoding="utf-8")
    assert store.do("search", "expire", "--format", "id").out == f"{two}\n"
    cache.write_bytes(b"damaged" * 1000)
    assert store.do("search", "expire", "--format", "id").out == f"{two}\n"


def test_unreadable_files_are_told_as_in_every_list(repo: GitRepo) -> None:
    """A search names the files it could not look into, and JSON has them beside the tasks."""
    store = Store(repo)
    store.add("Sessions expire")
    store.file("bad").write_text("title: [expire\n", encoding="utf-8")
    ran = store.do("search", "expire")
    assert "Sessions expire" in ran.out
    assert ".tasks/bad.yaml:" in ran.err
    assert len(json.loads(store.do("search", "expire", "--json").out)["problems"]) == 1


def test_a_terminal_is_shown_the_places(repo: GitRepo) -> None:
    """With colour, the words stand out, nothing is wider than the screen, and controls are gone."""
    store = Store(repo)
    store.add("Sessions \u4fee\u590d", "--description", "the \x1b[31m cookie is set twice " * 9, "--id", "aa")
    out = store.do("--color", "always", "search", "cookie").out
    lines = out.splitlines()
    assert lines[0].startswith("aa  pending  Sessions")
    assert "\x1b[1mcookie\x1b[0m" in lines[1]
    assert "\x1b[31m" not in out
    assert max(map(len, lines)) < 80 + 30


@pytest.mark.parametrize("typed", ["", "  ", "-", '""', "...", "login ...", '-"*"'])
def test_what_holds_no_word_is_refused(typed: str) -> None:
    """A search for nothing, or with a part that says nothing, is wrong usage."""
    with pytest.raises(TmError, match="no word") as refusal:
        parse(typed)
    assert refusal.value.code == "usage"
