"""What goes out comes back: every format holds what its page says, JSON lines hold the very files."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import GitRepo

ISSUES = Path(__file__).parent.parent.parent / "shared" / "data" / "beads-issues.jsonl"


def tm(folder: Path, *words: str, code: int = 0) -> str:
    """Run a command in a folder; give what it printed on standard output, to the byte."""
    done = subprocess.run([sys.executable, "-m", "tmfiles", *words], cwd=folder, capture_output=True)
    assert done.returncode == code, done.stderr.decode()
    return (done.stdout if not code else done.stderr).decode("utf-8")


def files(folder: Path) -> dict[str, bytes]:
    """Every task file below the store, by path."""
    tasks = folder / ".tasks"
    return {str(p.relative_to(tasks)): p.read_bytes() for p in tasks.rglob("*.yaml") if p.name != "config.yaml"}


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """An empty repository beside the first, with a store."""
    folder = tmp_path / "other"
    folder.mkdir()
    tm(folder, "init")
    return folder


def made(repo: GitRepo) -> Path:
    """A store with tasks by tm, by hand, in a folder of their own, and with line endings of their own."""
    tm(repo.path, "init")
    tm(repo.path, "add", "Write | the *docs*", "--id", "docs", "-t", "b,a", "-d", "One\n\nTwo", "--criterion", "Read")
    tm(repo.path, "add", 'Say "hi", =1+1', "--id", "hello", "--depends-on", "docs", "-a", "maria")
    tm(repo.path, "complete", "docs", "--summary", "Done")
    repo.write(".tasks/mine/by-hand.yaml", "# mine\nstatus: in_progress\ntitle:   By hand   # yes\r\n\r\nodd: key\n")
    return repo.path


def test_json_lines_bring_back_the_same_files(repo: GitRepo, other: Path) -> None:
    """Exported and imported into an empty store, every file is the same to the byte, comments included."""
    folder = made(repo)
    lines = repo.path / "tasks.jsonl"
    tm(folder, "export", "--output", str(lines))
    tm(other, "import", "tasks", str(lines))
    assert files(other) == files(folder)
    assert tm(other, "export") == tm(folder, "export") == lines.read_text(encoding="utf-8")
    again = tm(other, "import", "tasks", str(lines))
    assert "imported 0 tasks" in again


@pytest.mark.skipif(not ISSUES.exists(), reason="the real issues are not here")
def test_real_issues_survive_the_way_out_and_back(repo: GitRepo, other: Path) -> None:
    """2,086 real tasks go out as JSON lines and come back as the same files, with the types they need."""
    tm(repo.path, "init")
    tm(repo.path, "import", "beads", str(ISSUES))
    (other / "all.jsonl").write_text(tm(repo.path, "export"), encoding="utf-8")
    tm(other, "import", "tasks", "all.jsonl")
    assert files(other) == files(repo.path)
    assert (other / ".tasks" / "config.yaml").read_bytes() == (repo.path / ".tasks" / "config.yaml").read_bytes()


@pytest.mark.parametrize("kind", ["json", "csv", "markdown"])
def test_every_format_brings_back_what_it_holds(repo: GitRepo, other: Path, kind: str) -> None:
    """What goes out in a format and comes in again goes out the same: nothing the format holds is lost."""
    folder = made(repo)
    tm(
        folder,
        "add",
        "Two words",
        "--id",
        "tags",
        "-t",
        'two words,"q",a;b',
        "--parent",
        "hello",
        "--due",
        "2026-12-01",
    )
    text = tm(folder, "export", "-f", kind)
    (other / "all").write_bytes(text.encode())
    tm(other, "import", "tasks" if kind == "json" else kind, "all")
    assert tm(other, "export", "-f", kind) == text
    assert "imported 0 tasks" in tm(other, "import", "tasks" if kind == "json" else kind, "all")


@pytest.mark.skipif(not ISSUES.exists(), reason="the real issues are not here")
@pytest.mark.parametrize("kind", ["csv", "markdown"])
def test_real_issues_survive_tables_and_lists(repo: GitRepo, other: Path, kind: str) -> None:
    """2,086 real tasks go out as CSV and as a check list, and what these hold is the same after the way back."""
    tm(repo.path, "init")
    tm(repo.path, "import", "beads", str(ISSUES))
    text = tm(repo.path, "export", "-f", kind)
    (other / "all").write_bytes(text.encode())
    tm(other, "import", kind, "all")
    assert tm(other, "export", "-f", kind) == text


def test_a_table_of_a_persons_own_comes_in(repo: GitRepo) -> None:
    """Other names of columns, blank rows and strange columns are understood; a second import finds all here."""
    tm(repo.path, "init")
    repo.write("mine.csv", "\ufeffSummary,Labels,Owner,Sprint\n\nPay rent,home money,li,7\n,,,\nCall,,,\n")
    assert "column 'sprint' is no field: kept in fields.sprint" in tm(repo.path, "import", "csv", "mine.csv")
    [pay] = json.loads(tm(repo.path, "list", "--tag", "money", "--json"))["data"]
    assert (pay["title"], pay["tags"], pay["assignee"]) == ("Pay rent", ["home", "money"], "li")
    assert pay["fields"] == {"sprint": "7"}
    assert "imported 0 tasks" in tm(repo.path, "import", "csv", "mine.csv")


def test_a_list_of_a_persons_own_comes_in(repo: GitRepo) -> None:
    """Boxes become tasks, indented ones belong to the one above, lines under an item say more of it."""
    tm(repo.path, "init")
    text = "# Plan\n\nSome words.\n\n* [ ] Move\n  First of May\n    - [x] Pack `books`\n1. [X] Rest\n\n- no box\n"
    repo.write("mine.md", text + "\n## In progress\n\n- [ ] Paint\n")
    tm(repo.path, "import", "markdown", "mine.md")
    found = {one["title"]: one for one in json.loads(tm(repo.path, "list", "--all", "--json"))["data"]}
    assert {title: one["status"] for title, one in found.items()} == {
        "Move": "pending", "Pack `books`": "completed", "Rest": "completed", "Paint": "in_progress",
    }  # fmt: skip
    assert found["Move"]["description"] == "First of May\n"
    assert found["Pack `books`"]["parent"] == found["Move"]["id"]
    assert "imported 0 tasks" in tm(repo.path, "import", "markdown", "mine.md")


@pytest.mark.parametrize(
    ("kind", "data", "told"),
    [
        ("csv", b"", "no column is called title"),
        ("csv", b"id,status\na1,pending\n", "no column is called title"),
        ("csv", b"title,Title\na,b\n", "two columns are called 'title'"),
        ("csv", b"title,due\nok,\nbad,soon\n", "in.txt:3:1: due 'soon' is not a date"),
        ("csv", b"title\nok,extra\n", "in.txt:2:1: 2 cells under 1 columns"),
        ("csv", b"title\nsame\nsame\n", "two tasks without an id have one title"),
        ("csv", b'title\n"open\n', "in.txt:2:1: not CSV"),
        ("csv", b"title\n\xff\n", "in.txt:2:1: not UTF-8"),
        ("csv", b"id,title\n../x,Title\n", "in.txt:2:1: id '../x'"),
        ("markdown", b"# Nothing\n", "holds no item"),
        ("markdown", b"- [ ] " + b"x" * 501 + b"\n", "in.txt:1:1: title"),
        ("markdown", b"- [ ] \xff\n", "in.txt:1:1: not UTF-8"),
        ("tasks", b'[{"id": "aa", "title": "T"}, 3]', "object 2: not an object"),
        ("tasks", b'{"id": "aa", "title": "T"}\n{"id": "x", "title": "T"}\n', "in.txt:2:1: id 'x' must have 2 to 64"),
        ("tasks", b'[{"id": "aa",\n "title": }]', "in.txt:2:11: not JSON"),
    ],
)
def test_what_cannot_come_in_is_told_with_its_place(repo: GitRepo, kind: str, data: bytes, told: str) -> None:
    """A file with a mistake is refused whole, and the mistake named with its line."""
    tm(repo.path, "init")
    repo.write("in.txt", data)
    refused = tm(repo.path, "import", kind, "in.txt", code=1)
    assert told in refused, refused
    assert json.loads(tm(repo.path, "list", "--json"))["data"] == []


def test_csv_holds_every_task_and_cell(repo: GitRepo) -> None:
    """A CSV reader finds each task with its effective status, and text with quotes and lines whole."""
    rows = list(csv.DictReader(io.StringIO(tm(made(repo), "export", "-f", "csv"), newline="")))
    assert [row["id"] for row in rows] == ["by-hand", "docs", "hello"]
    assert rows[1]["tags"] == "a b"
    assert rows[1]["description"] == "One\n\nTwo"
    assert rows[2]["title"] == 'Say "hi", =1+1'
    assert rows[2]["status"] == "pending"
    assert rows[2]["depends_on"] == "docs"


def test_json_is_one_list(repo: GitRepo) -> None:
    """The JSON export is a list with each document once."""
    found = json.loads(tm(made(repo), "export", "-f", "json"))
    assert [one["id"] for one in found] == ["by-hand", "docs", "hello"]
    assert found[1]["criteria"] == [{"text": "Read"}]


def test_markdown_is_a_check_list(repo: GitRepo) -> None:
    """Tasks stand under their status, closed ones ticked, marks of Markdown in a title escaped."""
    text = tm(made(repo), "export", "-f", "markdown")
    assert text.startswith("# Tasks\n\n## In progress\n\n- [ ] By hand (`by-hand`)\n")
    assert "\n## Completed\n\n- [x] Write | the \\*docs\\* (`docs`)\n" in text
    assert '- [ ] Say "hi", =1+1 (`hello`) — maria\n' in text


def test_a_file_that_is_there_is_not_overwritten(repo: GitRepo) -> None:
    """Export refuses to write over a file, and leaves it as it is."""
    folder = made(repo)
    kept = repo.write("kept.csv", "mine")
    assert "cannot write" in tm(folder, "export", "-f", "csv", "--output", str(kept), code=2)
    assert kept.read_text() == "mine"


@pytest.mark.parametrize(
    ("kind", "place"), [("jsonl", ".tasks/odd.yaml"), ("backlog", ".tasks/sub"), ("csv", "link/x.csv")]
)
def test_nothing_goes_out_among_the_tasks(repo: GitRepo, kind: str, place: str) -> None:
    """Export writes nothing below .tasks/, where it would be taken for a task, by whatever way it is named."""
    folder = made(repo)
    (folder / "link").symlink_to(folder / ".tasks")
    before = sorted(os.walk(folder / ".tasks"))
    assert "lies among the tasks" in tm(folder, "export", "-f", kind, "--output", place, code=2)
    assert sorted(os.walk(folder / ".tasks")) == before


@pytest.mark.parametrize(
    "line",
    [
        '{"title": "No id"}',
        '{"id": "x1", "title": "T", "_path": "../x1.yaml"}',
        '{"id": "x1", "title": "T", "_path": "config.yaml"}',
        '{"id": "x1", "title": "T", "_path": "a/../../x1.yaml"}',
        '{"id": "x1", "title": "T", "_path": ".git/x1.yaml"}',
        '{"id": "x1", "title": "T", "_path": "a/.b/x1.yaml"}',
        '{"id": "x1", "title": "T", "_path": "sub.yaml/x1.yaml"}',
        '{"id": "x1", "title": "T", "_path": "a/./x1.yaml"}',
        '{"id": "x1", "title": "T", "_path": "CON/x1.yaml"}',
        '{"id": "x1", "title": "T", "_path": "templates/x1.yaml"}',
        '{"id": "../x", "title": "T"}',
        '{"id": "x1", "title": ""}',
        '{"id": "x1", "title": "T", "status": "nope", "estimate": "long", "type": 7}',
        '{"id": "x1", "title": "T", "depends_on": ["nowhere"]}',
        '{"id": "x1", "title": "T", "_text": "title: [\\n"}',
        "not json",
    ],
)
def test_nothing_comes_in_by_halves(repo: GitRepo, line: str) -> None:
    """One line that is wrong refuses the whole import with its number, and no file appears anywhere."""
    tm(repo.path, "init")
    repo.write("lines.jsonl", '{"id": "fine", "title": "Fine"}\n' + line + "\n")
    before = sorted(os.walk(repo.path / ".tasks"))
    told = tm(repo.path, "import", "tasks", "lines.jsonl", code=1)
    assert ("lines.jsonl:2:" in told) == ("nowhere" not in line), told
    assert sorted(os.walk(repo.path / ".tasks")) == before
    assert repo.git("status", "--porcelain") == "?? lines.jsonl"


def test_keys_of_a_persons_own_and_deep_nesting_survive(repo: GitRepo, other: Path) -> None:
    """A file with keys named like the export's own, or nested as deep as a file may be, comes back the same."""
    tm(repo.path, "init")
    deep = "x: " + "[" * 17 + "]" * 17 + "\n"
    repo.write(".tasks/odd.yaml", "title: Odd\nid: other\n_path: elsewhere\n_text: mine\n" + deep)
    (other / "all.jsonl").write_text(tm(repo.path, "export"), encoding="utf-8")
    tm(other, "import", "tasks", "all.jsonl")
    assert files(other) == files(repo.path)


def test_edited_fields_count_more_than_the_text_beside_them(repo: GitRepo, other: Path) -> None:
    """Where somebody changed a field of an exported line, its file comes back with that change and its comments."""
    tm(repo.path, "init")
    repo.write(".tasks/aa.yaml", "# mine\ntitle: Old\nstatus: pending  # soon\n")
    (other / "all.jsonl").write_text(tm(repo.path, "export").replace('"title":"Old"', '"title":"New"'))
    tm(other, "import", "tasks", "all.jsonl")
    assert files(other)["aa.yaml"] == b"# mine\ntitle: New\nstatus: pending  # soon\n"


def test_what_was_deleted_comes_back_when_asked_for(repo: GitRepo) -> None:
    """An import leaves deleted tasks deleted and says how to bring them back; then it does."""
    folder = made(repo)
    repo.commit("by hand")
    before = files(folder)
    lines = tm(folder, "export")
    tm(folder, "delete", "hello")
    repo.write("all.jsonl", lines)
    assert "--again" in tm(folder, "import", "tasks", "all.jsonl")
    assert "hello.yaml" not in files(folder)
    tm(folder, "import", "tasks", "all.jsonl", "--again")
    assert files(folder) == before


def test_what_cannot_be_read_is_told(repo: GitRepo) -> None:
    """A broken file is named on standard error and by the exit code; the rest is exported."""
    folder = made(repo)
    repo.write(".tasks/broken.yaml", "title: [\n")
    assert ".tasks/broken.yaml:2:1" in tm(folder, "export", "-f", "csv", code=1)


def test_no_control_sequence_reaches_a_terminal(repo: GitRepo) -> None:
    """Escapes in a description are taken out of tables, and escaped in JSON."""
    tm(repo.path, "init")
    repo.write(".tasks/evil.yaml", 'title: "a\\u009b31mb"\ndescription: "x\\e[31my"\n')
    for kind in ("jsonl", "json", "csv", "markdown"):
        text = tm(repo.path, "export", "-f", kind)
        assert not {"\x1b", "\x9b"} & set(text), kind
    assert "\x9b" not in tm(repo.path, "list", "--json")
