"""Whatever is brought in from another program, or taken there and back, for every format alike."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from foreign import ANY, DOCS, IDS, ISSUES, STORES, back, fit
from hypothesis import given, settings
from hypothesis import strategies as st

from tmfiles import graph
from tmfiles.errors import TmError
from tmfiles.interop import beads, formats
from tmfiles.interop.imported import Import
from tmfiles.interop.tongue import faults


def named(names: Iterable[str]) -> list[Any]:
    """Give formats as parameters; those whose library is missing are skipped."""
    libraries = {name: formats.FORMATS[name].extra.partition(":")[0] for name in names}
    return [
        pytest.param(name, marks=pytest.mark.skipif(bool(library) and find_spec(library) is None, reason=library))
        for name, library in libraries.items()
    ]


BOTH_WAYS = named(name for name in formats.WRITTEN if formats.FORMATS[name].reads)
FILES = named(name for name in formats.READ if not formats.FORMATS[name].folder and name != "tasks")


def folder() -> tempfile.TemporaryDirectory[str]:
    """Give a folder for one example, which is gone after it."""
    return tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None)  # noqa: S108


@pytest.mark.parametrize("name", BOTH_WAYS)
@settings(deadline=None, max_examples=40)
@given(tasks=STORES)
def test_what_goes_out_comes_back_as_it_was(name: str, tasks: dict[str, Any]) -> None:
    """Any tasks, written as another program's and read again, are the same tasks under the same ids."""
    with folder() as place:
        found = back(name, formats.written(name, tasks), Path(place) / "in")
    assert found.tasks == tasks


@pytest.mark.parametrize("name", BOTH_WAYS)
@pytest.mark.skipif(not ISSUES.exists(), reason="the real issues lie outside the repository")
def test_the_real_issues_go_out_and_come_back(name: str, tmp_path: Path) -> None:
    """2,086 living ones of 2,428 real issues are the same after the way to another program's format and back."""
    tasks = beads.convert(ISSUES.read_bytes().splitlines(keepends=True)).tasks
    found = back(name, formats.written(name, tasks), tmp_path / "in")
    assert found.tasks == tasks
    assert fit(found) == tasks


@pytest.mark.parametrize("name", FILES)
@settings(deadline=None, max_examples=40)
@given(data=st.binary(max_size=120) | ANY.map(lambda one: json.dumps(one).encode()))
def test_any_bytes_come_in_or_are_refused(name: str, data: bytes) -> None:
    """Whatever a file holds, the outcome is tasks or an error that is told."""
    with suppress(TmError):
        assert formats.read(name, data, "in").tasks


def tried(name: str, made: bytes | dict[str, bytes], place: Path) -> Import | TmError:
    """Bring in what was written, or give the refusal."""
    try:
        return back(name, made, place)
    except TmError as error:
        return error


@pytest.mark.parametrize("name", BOTH_WAYS)
@settings(deadline=None, max_examples=40)
@given(tasks=st.dictionaries(st.sampled_from(IDS), DOCS, min_size=1, max_size=3), data=st.data())
def test_damaged_bytes_come_in_sound_or_are_refused(name: str, tasks: dict[str, Any], data: st.DataObject) -> None:
    """What is written and then changed in some bytes gives sound tasks without loops, or an error with its place."""
    made = formats.written(name, tasks)
    path = data.draw(st.sampled_from(sorted(made))) if isinstance(made, dict) else ""
    whole = made[path] if isinstance(made, dict) else made
    at = data.draw(st.integers(0, len(whole)))
    bad = whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + data.draw(st.integers(0, 4)) :]
    with folder() as place:
        found = tried(name, {**made, path: bad} if isinstance(made, dict) else bad, Path(place) / "in")
    if isinstance(found, TmError):
        assert found.code in ("invalid", "usage")
        assert all(problem.message and problem.rule == "import" for problem in found.problems)
        return
    docs = fit(found)
    assert [words for doc in docs.values() for words in faults(doc)] == []
    for doc in docs.values():
        linked = [*doc.get("depends_on", ()), *doc.get("related", ()), doc.get("parent"), doc.get("source")]
        assert all(to in docs for to in linked if to)
    assert graph.cycles({one: doc["depends_on"] for one, doc in docs.items() if "depends_on" in doc}) == []
    assert graph.cycles({one: [doc["parent"]] for one, doc in docs.items() if "parent" in doc}) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", BOTH_WAYS)
def test_ten_thousand_come_in_once(name: str, tmp_path: Path) -> None:
    """10,000 tasks in a chain come back whole, each once."""
    tasks: dict[str, Any] = {"t-0": {"title": "First"}}
    for n in range(1, 10_000):
        tasks[f"t-{n}"] = {"title": f"Task {n}", "depends_on": [f"t-{n - 1}"]}
    assert back(name, formats.written(name, tasks), tmp_path / "in").tasks == tasks


@pytest.mark.parametrize("name", BOTH_WAYS)
def test_no_control_sequence_goes_out(name: str) -> None:
    """Whatever a task holds, its fields and what was kept aside, no file made of it makes a terminal obey."""
    evil = "x\x1b[31m\x9b31m\x07\u202ey"
    doc = {
        **dict.fromkeys(("title", "assignee", "created_by", "context", "description", "result", "reason"), evil),
        **{key: [evil] for key in ("tags", "files", "links", "participants")},
        "journal": [{"at": "2026-01-01T00:00:00Z", "by": evil, "kind": "comment", "text": evil}],
        "criteria": [{"text": evil}],
        "fields": {
            key: {evil: evil, "uid": evil, "text": evil, "status": evil, "x": [evil]} for key in formats.FORMATS
        },
        evil: evil,
    }
    made = formats.written(name, {"aa11": doc, "bb22": {**doc, "depends_on": ["aa11"], "parent": "aa11"}})
    # YAML leaves marks of direction alone; what is printed has none.
    bad = set("\x1b\x9b\x07") | (set() if isinstance(made, dict) else {"\u202e"})
    for text in made.values() if isinstance(made, dict) else [made]:
        assert not bad & set(text.decode())
