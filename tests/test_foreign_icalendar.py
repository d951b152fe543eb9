"""Tasks as to-dos of a calendar and back, as other programs write and read them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.errors import TmError
from tmfiles.interop import formats

Doc = dict[str, Any]


@pytest.fixture(autouse=True, scope="module")
def _library() -> None:
    pytest.importorskip("icalendar")


def todos(*bodies: str, around: str = "") -> bytes:
    """Give a calendar with to-dos of these lines each."""
    inner = "".join(f"BEGIN:VTODO\n{body}\nEND:VTODO\n" for body in bodies)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{around}{inner}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def one(*lines: str, around: str = "") -> Doc:
    """Convert one to-do and give its document."""
    body = "\n".join(("UID:ab-1", "SUMMARY:Write", "DTSTAMP:20260101T000000Z", *lines))
    return formats.read("icalendar", todos(body, around=around), "in.ics").tasks["ab-1"]


ZONE = """\
BEGIN:VTIMEZONE
TZID:Own
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0200
TZOFFSETTO:+0200
END:STANDARD
END:VTIMEZONE
"""


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["STATUS:IN-PROCESS"], {"status": "in_progress"}),
        (["STATUS:CANCELLED"], {"status": "cancelled"}),
        (["COMPLETED:20260201T100000Z"], {"status": "completed", "completed_at": "2026-02-01T10:00:00Z"}),
        (["STATUS:COMPLETED", "PERCENT-COMPLETE:100"], {"status": "completed"}),
        (["PRIORITY:1"], {"priority": "critical"}),
        (["PRIORITY:4"], {"priority": "high"}),
        (["PRIORITY:9"], {"priority": "low"}),
        (["PRIORITY:0"], {"title": "Write"}),
        (["DUE;VALUE=DATE:20261201"], {"due": "2026-12-01"}),
        (["DUE;TZID=Europe/Berlin:20261201T120000"], {"due": "2026-12-01T11:00:00Z"}),
        (["DUE:20261201T120000"], {"due": "2026-12-01T12:00:00Z"}),
        (["DTSTART;VALUE=DATE:20261130"], {"wait_until": "2026-11-30"}),
        (["CATEGORIES:a\\,b,c", "CATEGORIES:d"], {"tags": ["a,b", "c", "d"]}),
        (["RELATED-TO:P-1"], {"parent": "p-1"}),
        (["RELATED-TO;RELTYPE=DEPENDS-ON:q-1", "RELATED-TO;RELTYPE=SIBLING:r-1"],
         {"depends_on": ["q-1"], "related": ["r-1"]}),
        (["RELATED-TO;RELTYPE=CHILD:c-1"], {"fields": {"icalendar": {"related-to": ["RELATED-TO;RELTYPE=CHILD:c-1"]}}}),
        (["URL:https://x.y/?a=1,2;3"], {"links": ["https://x.y/?a=1,2;3"]}),
        (["DESCRIPTION:One\\nTwo\\, a", "  nd three"], {"description": "One\nTwo, a nd three"}),
        (["RRULE:FREQ=DAILY", "X-OWN;A=b:c\\,d"],
         {"fields": {"icalendar": {"rrule": ["RRULE:FREQ=DAILY"], "x-own": ["X-OWN;A=b:c\\,d"]}}}),
        (["BEGIN:VALARM", "ACTION:AUDIO", "TRIGGER:-PT15M", "END:VALARM"],
         {"fields": {"icalendar": {"valarm": ["BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n"]}}}),
        (["X-TM:mine"], {"fields": {"icalendar": {"tm": "mine"}}}),
    ],
)  # fmt: skip
def test_what_a_todo_becomes(lines: list[str], expected: Doc) -> None:
    """Each property becomes the field that means the same, or is kept as its line and goes out as that."""
    doc = one(*lines)
    assert doc | expected == doc
    again = formats.read("icalendar", bytes(formats.written("icalendar", {"ab-1": doc})), "")
    assert again.tasks == {"ab-1": doc}


def test_a_zone_of_the_calendars_own_counts() -> None:
    """A time is read in the zone that the file itself describes."""
    assert one("DUE;TZID=Own:20261201T120000", around=ZONE)["due"] == "2026-12-01T10:00:00Z"


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", 0, "no tasks found"),
        (b"hello", 1, "not iCalendar"),
        (todos("UID:ab-1\nSUMMARY:x")[:-22], 1, "does not end"),
        (todos("UID:ab-1\nSUMMARY:x\nDUE:tomorrow"), 7, "DUE: "),
        (todos("UID:ab-1\nSUMMARY:x", "UID:ab-1\nSUMMARY:y"), 8, "is in in.ics:4 already"),
        (todos("SUMMARY:x"), 4, "no id"),
        (todos("UID:ab-1"), 4, "summary: missing"),
        (todos("UID:ab-1\nSUMMARY:x\nno colon"), 7, "no colon"),
        (todos("UID:ab-1\nPRIORITY:high"), 6, "PRIORITY"),
        (b"BEGIN:VCALENDAR\r\nSUMMARY:\xff\r\n", 2, "not UTF-8"),
        (b"BEGIN:VCALENDAR\r\n" * 5000, 0, "no tasks found"),
        (b"BEGIN:VTODO\r\n" * 5000, 1, ""),
    ],
)
def test_what_is_no_todo_is_told_with_its_line(data: bytes, line: int, words: str) -> None:
    """One property that cannot be read refuses all, with its line and name; nesting without end is refused too."""
    with pytest.raises(TmError) as caught:
        formats.read("icalendar", data, "in.ics")
    if not line:
        assert words in caught.value.message
        return
    problem = caught.value.problems[0]
    assert (problem.path, problem.line, words in problem.message) == ("in.ics", line, True), problem


def test_events_are_told_and_left_out() -> None:
    """A calendar holds more than tasks; what is none is named."""
    event = "BEGIN:VEVENT\nUID:e\nDTSTAMP:20260101T000000Z\nSUMMARY:Party\nEND:VEVENT\n"
    found = formats.read("icalendar", todos("UID:ab-1\nSUMMARY:x", around=event), "")
    assert list(found.tasks) == ["ab-1"]
    assert [str(entry) for entry in found.report if entry.kind == "no-task"] == ["VEVENT: no tasks, left out"]


def test_what_is_due_can_be_taken_alone(repo: GitRepo) -> None:
    """Filters choose what goes into the calendar; days stay days, and both times of a task are of one kind."""
    store = Store(repo)
    store.add("Soon", "--id", "soon", "--due", "2026-12-01")
    store.add("Never", "--id", "never")
    text = store.do("export", "-f", "icalendar", "--due-before", "2027-01-01").out
    assert text.count("BEGIN:VTODO") == 1
    assert "DUE;VALUE=DATE:20261201" in text
    made = bytes(
        formats.written("icalendar", {"aa": {"title": "T", "due": "2026-12-01", "wait_until": "2026-11-01T10:00Z"}})
    )
    assert b"DUE:20261201T235959Z\r\nPRIORITY" not in made
    assert b"DTSTART:20261101T100000Z" in made
    assert b"DUE:20261201T235959Z" in made


@pytest.fixture
def todo(tmp_path: Path) -> Callable[..., str]:
    """Give the real program todoman, with a list of its own in `cal/work`."""
    pytest.importorskip("todoman")
    (tmp_path / "cal" / "work").mkdir(parents=True)
    config = tmp_path / "config.py"
    config.write_text(
        f"path = {str(tmp_path / 'cal' / '*')!r}\ncache_path = {str(tmp_path / 'cache.sqlite3')!r}\n"
        'date_format = "%Y-%m-%d"\ntime_format = "%H:%M"\ndefault_list = "work"\ndefault_due = 0\n'
    )

    def ran(*words: str) -> str:
        code = "from todoman.cli import cli; cli()"
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code, "--config", str(config), *words],
            capture_output=True, text=True, timeout=60, env={**os.environ, "TZ": "UTC"},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return ran


def test_todos_of_a_real_program_come_in_once(todo: Callable[..., str], repo: GitRepo, tmp_path: Path) -> None:
    """What todoman wrote, its files one behind the other, comes in whole, and a second time not at all."""
    todo("new", "-l", "work", "-d", "2026-12-01", "--priority", "high", "-c", "web", "Write; the, docs")
    todo("new", "-l", "work", "Second")
    todo("done", "2")
    data = b"".join(path.read_bytes() for path in sorted((tmp_path / "cal" / "work").iterdir()))
    (tmp_path / "all.ics").write_bytes(data)
    store = Store(repo)
    store.do("import", "icalendar", str(tmp_path / "all.ics"))
    store.do("check")
    rows = [row.split("\t") for row in store.do("list", "--all", "--plain").out.splitlines()]
    assert sorted((row[6], row[1], row[2], row[5]) for row in rows) == [
        ("Second", "completed", "medium", ""),
        ("Write; the, docs", "pending", "high", "2026-12-01"),
    ]
    assert "imported 0 tasks" in store.do("import", "icalendar", str(tmp_path / "all.ics")).out


def test_tasks_go_through_a_real_program(todo: Callable[..., str], repo: GitRepo, tmp_path: Path) -> None:
    """Todoman lists ours and rewrites one; all come back as the same files but for what it changed."""
    store, file = Store(repo), tmp_path / "cal" / "work" / "tm.ics"
    store.add('First; "q", é', "--id", "first", "-p", "critical", "-d", "Long\n\n  text\n", "--criterion", "Works")
    file.write_text(store.do("export", "-f", "icalendar").out, newline="")
    before = store.files()
    assert 'First; "q", é' in todo("list")
    todo("edit", "--due", "2026-12-01", "1")
    store.do("delete", "first")
    store.do("import", "icalendar", str(file), "--again")
    doc = store.doc("first")
    assert doc.pop("due").startswith("2026-12-01")
    store.do("update", "first", "--clear", "due")
    assert store.files() == before
