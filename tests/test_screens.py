"""What a terminal gets: no line wider than it is, no control sequence but our colours, and what needs attention."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW, GitRepo
from hypothesis import example, given, settings
from hypothesis import strategies as st
from writing import Store, command, environment

from tmfiles.actions.lists import Details
from tmfiles.actions.near import Mark, Near, marked
from tmfiles.dates import stamp
from tmfiles.query import Row
from tmfiles.render.cells import cut, fit, width, wrap
from tmfiles.render.page import page
from tmfiles.render.screen import Screen
from tmfiles.render.table import table
from tmfiles.task import PRIORITIES, STATUSES, Task

COLOURS = re.compile("\x1b\\[(?:0|1|2|31|35)m")
# Wide, combining, joined and zero-width signs, and what a terminal would obey.
SIGNS = "ab z日本語e\u0301\u0e01\u0e47👨\u200d👩\u200d👧❤\ufe0f🇩🇪\u200b\x1b[31m\x07\x9b2J\u202e\t\r"
texts = st.text(st.sampled_from(SIGNS) | st.characters(codec="utf-8"), max_size=60)
titles = texts.map(lambda text: f"T{text}")
widths = st.integers(20, 220)


def plain(text: str, columns: int) -> list[str]:
    """Give the lines of a screen without our colours; each must fit, and hold nothing that a terminal obeys."""
    lines = COLOURS.sub("", text).split("\n")
    for line in lines:
        assert width(line) <= columns, (columns, line)
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", line), repr(line)
    return lines


@settings(deadline=None, max_examples=200)
@given(text=texts, size=st.integers(0, 60))
@example(text="❤\ufe0f❤\ufe0f", size=3)
def test_cut_and_fit_keep_to_their_cells(text: str, size: int) -> None:
    """What is cut begins like the text and takes no more cells; what is fitted takes exactly that many."""
    text = "".join(sign for sign in text if sign.isprintable())
    short = cut(text, size)
    assert width(short) <= size
    assert short == text or text.startswith(short.removesuffix("…"))
    assert width(fit(text, size)) == size


@settings(deadline=None, max_examples=200)
@given(text=texts, size=st.integers(4, 60))
def test_wrapping_loses_no_letter(text: str, size: int) -> None:
    """Lines keep to their cells, and together hold every sign that is no space."""
    text = "".join(sign for sign in text if sign.isprintable())
    lines = wrap(text, size)
    assert all(width(line) <= size for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


dates = st.sampled_from(["", "2026-11-01", "2026-12-01", "2026-11-22T09:59:00Z", "2027-01-01T00:00:00Z"])
names = st.from_regex(r"[a-z0-9]{2,64}", fullmatch=True)
rows = st.builds(
    Row,
    id=names,
    path=st.just("x.yaml"),
    title=titles,
    status=st.sampled_from(STATUSES),
    priority=st.sampled_from(PRIORITIES),
    type=st.sampled_from(["task", "bug", "feature"]),
    assignee=texts,
    due=dates,
)
some_marks = st.builds(
    Mark, claimed=texts, left=st.integers(1, 10**7), met=st.integers(0, 99), criteria=st.integers(0, 99)
)


@settings(deadline=None, max_examples=200)
@given(found=st.lists(rows, min_size=1, max_size=5), mark=some_marks, columns=widths, colour=st.booleans())
def test_a_table_fits_its_terminal(found: list[Row], mark: Mark, columns: int, colour: bool) -> None:
    """Whatever the tasks hold, a table is a head and a line a task, each within the terminal."""
    waits = {found[0].id: ["a1b2", "c3d4"]}
    text = table(found, Screen(columns, colour), NOW, {found[-1].id: mark}, waits)
    lines = plain(text, columns)
    assert len(lines) == 2 + len(found)
    assert colour or "\x1b" not in text
    for row, line in zip(found, lines[1:], strict=False):
        assert row.id.startswith(line.split()[0].removesuffix("…"))


def doc(**more: Any) -> dict[str, Any]:
    """Give a document with every field that a page has a place for."""
    return {
        "title": "T",
        "priority": "critical",
        "type": "bug",
        "tags": ["a", "b"],
        "assignee": "maria",
        "estimate": "3h",
        "due": "2026-11-01",
        "criteria": [{"text": "x"}, {"text": "y", "met": True, "measurable": "z"}],
        "files": ["src/a.py"],
        "links": ["https://example.org/" + "x" * 200],
        "claim": {"by": "agent-7", "at": stamp(NOW), "until": stamp(NOW + timedelta(hours=2))},
        "fields": {"customer": "ACME"},
        "own": ["key"],
        **more,
    }


def details(document: dict[str, Any], **more: Any) -> Details:
    """Give a task as `show` finds it."""
    get = document.get
    row = Row("task-1", "task-1.yaml", document["title"], "pending", "critical", "bug", "", get("due", ""))
    values = {
        "status": "blocked",
        "blocked_by": ["near"],
        "blocks": ["near"],
        "children": ["near", "gone"],
        "change": (stamp(NOW), "li", "2026-11-01T00:00:00Z", "maria"),
        "problems": (),
    }
    return Details(Task("task-1", "task-1.yaml", document), row, **{**values, **more})


@settings(deadline=None, max_examples=150)
@given(title=titles, text=st.lists(texts, max_size=5).map("\n".join), columns=widths, colour=st.booleans())
def test_a_page_fits_its_terminal(title: str, text: str, columns: int, colour: bool) -> None:
    """Whatever its texts hold, no line of a task's page is wider than the terminal or says anything to it."""
    entry = {"at": stamp(NOW - timedelta(days=2)), "by": text, "kind": "share", "text": text}
    document = doc(
        title=title, description=text or "x", result=text, journal=[entry], assignee=text, own=text, depends_on=["near"]
    )
    document["criteria"] = [{"text": text, "measurable": text}] * 11
    near = {"near": Near("near", "blocked", title), "gone": Near("gone", "missing", "")}
    shown = page(details(document), near, marked(document, NOW), NOW, Screen(columns, colour))
    plain(shown, columns)
    assert colour or "\x1b" not in shown


def test_a_page_tells_everything() -> None:
    """Blockers with title and status, what it blocks, progress of its parts, claim, criteria, own keys, changes."""
    journal = [{"at": "2026-11-20T10:00:00Z", "by": "li", "kind": "comment", "text": "Twice."}]
    document = doc(depends_on=["near"], description="Why.\n", journal=journal)
    near = {"near": Near("near", "completed", "Nearby"), "gone": Near("gone", "missing", "")}
    text = page(details(document), near, marked(document, NOW), NOW, Screen(80, colour=False))
    for words in (
        "task-1  T\nblocked · critical · bug\n#a #b\n",
        "due       2026-11-01 (overdue, 2 weeks ago)\n",
        "claim     agent-7 until 2026-11-22T12:00:00Z (2h left)\n",
        "customer  ACME\n",
        "own       key\n",
        "Depends on (1 in the way)\n  near  completed  Nearby\n",
        "Blocks\n  near  completed  Nearby\n",
        "Parts (1 of 2 done)\n  gone  missing\n  near  completed  Nearby\n",
        "Criteria (1 of 2 met)\n  1 · x\n  2 ✓ y  (z)\n",
        "Description\n  Why.\n",
        "Journal\n  li, 2 days ago\n    Twice.\n",
        "created 3 weeks ago by maria, last changed just now by li\n.tasks/task-1.yaml\n",
    ):
        assert words in text


def test_only_what_needs_attention_is_coloured() -> None:
    """Overdue, blocked and critical are; a quiet row has no colour, and a closed one steps back."""
    quiet = Row("a", "a", "Quiet", "pending", "medium", "task", "li", "2026-12-01")
    loud = Row("b", "b", "Loud", "blocked", "critical", "task", "li", "2026-11-01")
    done = Row("c", "c", "Done", "completed", "critical", "task", "li", "2026-11-01")
    lines = table([quiet, loud, done], Screen(100, colour=True), NOW, {}, {}).splitlines()
    assert "\x1b" not in lines[1]
    loud_ones = [("5", "blocked  "), ("1", "critical"), ("1", "2026-11-01!")]
    assert re.findall("\x1b\\[3(\\d)m([^\x1b]*)", lines[2]) == loud_ones
    assert lines[3].startswith("\x1b[2m")
    assert "\x1b[3" not in lines[3]
    assert "2026-11-01!" not in lines[3]


@pytest.mark.parametrize(
    ("until", "claimed"), [("2026-11-22T10:00:00Z", ""), ("2026-11-22T10:00:01Z", "a"), ("2026-11-22", "a")]
)
def test_a_claim_that_has_run_out_is_no_mark(until: str, claimed: str) -> None:
    """A claim is told while it lasts, to the end of a day that is named alone."""
    claim = {"by": "a", "at": "2026-11-22T08:00:00Z", "until": until}
    assert marked({"claim": claim}, NOW).claimed == claimed


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """A store with a task that needs all attention there is."""
    store = Store(repo)
    store.do("add", "First", "--id", "first", "-p", "critical")
    late = 'title: "Late \\e[31mred\\a"\ndue: 2020-01-01\npriority: critical\ndepends_on: [first]\n'
    repo.write(".tasks/late.yaml", f"{late}criteria: [text: Works]\n")
    return store


def on_terminal(store: Store, *words: str, **variables: str) -> str:
    """Run tm on a terminal of its own and give all it wrote there."""
    import pty

    master, slave = pty.openpty()
    env = environment({"TERM": "xterm-256color", "COLUMNS": "80", **variables})
    done = subprocess.run(command(*words), cwd=store.path, stdin=slave, stdout=slave, stderr=slave, env=env, timeout=60)
    os.close(slave)
    text = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # Linux's word for the end
            break
        if not part:
            break
        text += part
    os.close(master)
    assert done.returncode == 0, text
    return text.decode().replace("\r\n", "\n")


needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")


COLOURED = (["list"], ["show", "late"], ["blocked"], ["graph"], ["board"], ["next"])


@needs_pty
def test_a_terminal_gets_colour_and_whoever_wants_none_gets_none(store: Store) -> None:
    """Colour comes by itself, not with NO_COLOR, TERM=dumb or --color never; the words are the same."""
    for words in COLOURED:
        coloured = on_terminal(store, *words)
        assert "\x1b" in coloured
        plain(coloured, 80)
        assert on_terminal(store, *words, "--color", "never") == COLOURS.sub("", coloured)
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in on_terminal(store, "list", **variables)


def test_a_pipe_gets_no_colour_unless_it_is_asked_for(store: Store) -> None:
    """A pipe gets plain lines; `--color always` gives it what a terminal gets."""
    for words in COLOURED:
        assert "\x1b" not in store.do(*words).out
        assert "\x1b[" in store.do(*words, "--color", "always").out


def test_a_terminal_without_our_marks(store: Store) -> None:
    """Where the terminal's letters lack our marks, they give way to ASCII."""
    words = ("--color", "always", "show", "late")
    out = store.tm(*words, env={"PYTHONIOENCODING": "latin-1", "COLUMNS": "80"}).out
    assert " - Works" in out
    assert out.isascii()


@needs_pty
def test_a_list_that_is_cut_says_so(store: Store) -> None:
    """A terminal gets a screenful, and is told of how many; --limit 0 gives all."""
    for number in range(60):
        Path(store.path, ".tasks", f"more{number:02}.yaml").write_text("title: More\n", encoding="ascii")
    cut_short = on_terminal(store, "list").splitlines()
    assert len(cut_short) == 52
    assert cut_short[-1] == "showing 50 of 62; all: --limit 0"
    assert len(on_terminal(store, "list", "--limit", "0").splitlines()) == 63


def test_unknown_words_for_colour_are_refused(store: Store) -> None:
    """--color takes three words, before the command and behind it."""
    assert "unknown --color 'x'" in store.do("--color", "x", "list", code=2).err
    assert "unknown --color 'x'" in store.do("list", "--color", "x", code=2).err
    assert json.loads(store.do("list", "--color", "never", "--json").out)["total"] == 2


WIDE = "日本語の題 " * 30
SCREENS = (
    *("list", "list --group-by status", "show late", "blocked", "board", "graph late", "dep tree late", "log"),
    *("blame late", "metrics", "search 日本語", "graph --critical-path", "log late", "dep tree first --up"),
)


@needs_pty
@pytest.mark.parametrize("columns", [20, 80])
def test_no_screen_is_wider_than_its_terminal(store: Store, columns: int) -> None:
    """Whatever looks at a task with a long, wide title keeps within 20 columns, and within 80."""
    store.do("update", "first", "--title", WIDE.strip())
    late = store.file("late")
    late.write_text(late.read_text(encoding="utf-8") + f"description: {WIDE}\n", encoding="utf-8")
    store.repo.git("add", "--all")
    store.repo.git("commit", "--quiet", "--message", f"tm: {WIDE}")
    for words in SCREENS:
        plain(on_terminal(store, "--quiet", *words.split(), COLUMNS=str(columns)), columns)
