"""The store as a site of plain pages: whole, linked, safe, the same each time, and careful with others' files."""

from __future__ import annotations

import html
import re
import shutil
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote

import pytest
from conftest import GitRepo
from writing import Store

pytestmark = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("fastapi", "jinja2", "nh3", "markdown_it")), reason="needs the extra web"
)
ISSUES = Path(__file__).parent.parent.parent / "shared" / "data" / "beads-issues.jsonl"
EVIL = "<script>alert(1)</script>'\"&"


@pytest.fixture
def store(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Give a store with links, texts, a past, many tasks alike, and markup where words should be."""
    monkeypatch.setenv("TM_NOW", "2026-11-26T12:00:00Z")
    made = Store(repo)
    docs = {
        "sketch": "title: Sketch\nstatus: completed\ncreated_at: 2026-11-01T08:00:00Z\n"
        "completed_at: 2026-11-04T08:00:00Z\nresult: Done **well**.\n",
        "design": "title: Design\ndepends_on: [sketch]\nassignee: bo\ndue: 2026-01-01\nrelated: [sketch, nowhere]\n"
        "description: |\n  # Head\n\n  Like after-007, `after-008`.\n\n"
        "  <img src=x onerror=alert(1)> [bad](javascript:alert(1)) ![p](https://x.org/p.png)\n"
        "criteria:\n- text: It is seen\n  met: true\nlinks: [https://example.org/a?b=1&c=2, 'javascript:alert(1)']\n"
        "journal:\n- at: 2026-11-05T08:00:00Z\n  by: bo\n  kind: comment\n  text: '<b>bold</b>'\n"
        "fields: {customer: {name: ACME}}\n",
        "build": f"title: '{EVIL.replace(chr(39), chr(39) * 2)}'\ndepends_on: [design]\nparent: design\n",
        **{f"after-{at:03}": f"title: After {at}\ndepends_on: [build]\n" for at in range(160)},
    }
    repo.commit("tasks", {f".tasks/{name}.yaml": text for name, text in docs.items()})
    made.do("update", "design", "--priority", "high")
    return made


class Page(HTMLParser):
    """The links and ids of a page, and whether anything in it could run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.loud: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element leads to, and what it would do."""
        for name, value in attrs:
            if name in ("href", "src"):
                self.links.append(value or "")
            if name == "id":
                self.ids.add(value or "")
            if name.startswith("on") or name == "style":
                self.loud.append(f"{tag} {name}")
        if tag in ("script", "style", "iframe", "object", "img", "form"):
            self.loud.append(tag)


def exported(store: Store, folder: Path) -> dict[str, bytes]:
    """Export the site, and give its files by name."""
    store.do("export", "--format", "html", str(folder))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_linked(folder: Path) -> int:
    """Every link within the site leads to a file of it, none to the root of a host; give how many there were."""
    count = 0
    for path in folder.rglob("*.html"):
        page = Page(path.read_text(encoding="utf-8"))
        assert page.loud == [], path
        for link in page.links:
            if link.startswith("#"):
                assert link[1:] in page.ids, f"{path}: {link}"
            elif not link.startswith(("https://", "http://", "mailto:")):
                assert not link.startswith("/"), f"{path}: {link}"
                assert (path.parent / unquote(link)).resolve().is_file(), f"{path}: {link}"
                count += 1
    return count


def test_every_link_leads_somewhere_and_nothing_runs(store: Store, tmp_path: Path) -> None:
    """Board, lists, graphs with their folds, timeline, statistics and a page a task, wherever the folder lies."""
    folder = tmp_path / "pages" / "of tasks"
    found = exported(store, folder)
    for name in ("index", "list", "closed", "graph", "graph-1", "graph-all", "timeline", "statistics", "tasks/design"):
        assert f"{name}.html" in found
    assert len([name for name in found if name.startswith("tasks/")]) == 163
    assert assert_linked(folder) > 1000


def test_a_task_is_told_whole(store: Store, tmp_path: Path) -> None:
    """Its fields, texts, criteria, links both ways, journal, graph and history stand on its page."""
    page = exported(store, tmp_path / "site")["tasks/design.html"].decode()
    for words in (
        "<h1>Design</h1>",
        "overdue",
        "bo</dd>",
        "It is seen",
        "2026-11-05T08:00:00Z",
        "priority medium → high",
        "name: ACME",
        'href="../tasks/sketch.html"',
        'href="../tasks/build.html"',
        'href="after-007.html"',
        'href="after-008.html"',
        "<h3>Head</h3>",
        'href="https://example.org/a?b=1&amp;c=2"',
        '<svg class="graph"',
    ):
        assert words in page, words
    assert "nowhere" in page
    assert "tasks/nowhere" not in page
    assert "<strong>well</strong>" in exported(store, tmp_path / "site")["tasks/sketch.html"].decode()


def test_words_of_a_task_stay_words(store: Store, tmp_path: Path) -> None:
    """Markup in titles and texts is shown, never obeyed; addresses are those of the web alone."""
    for name, data in exported(store, tmp_path / "site").items():
        if name.endswith(".html"):
            text = data.decode()
            assert "<script" not in text
            assert "<img" not in text
            assert 'href="javascript' not in text
    assert html.escape(EVIL, quote=False).split("'")[0] in (tmp_path / "site/tasks/build.html").read_text("utf-8")


def test_the_same_day_gives_the_same_bytes(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From another clone, at another hour; and an export over an earlier one writes only what changed."""
    first = exported(store, tmp_path / "one")
    monkeypatch.setenv("TM_NOW", "2026-11-26T23:59:00Z")
    shutil.copytree(store.path, tmp_path / "clone" / store.path.name)
    clone = Store(GitRepo(tmp_path / "clone" / store.path.name), init=False)
    assert exported(clone, tmp_path / "two") == first
    assert "wrote 0 of" in store.do("export", "--format", "html", str(tmp_path / "one")).err
    store.do("update", "design", "--title", "Draw")
    store.do("delete", "after-000")
    exported(store, tmp_path / "one")
    assert not (tmp_path / "one/tasks/after-000.html").exists()
    assert "Draw" in (tmp_path / "one/tasks/design.html").read_text("utf-8")
    assert exported(store, tmp_path / "three") == exported(store, tmp_path / "one")


@pytest.mark.parametrize("what", ["a file of one's own", "a page that was changed", "a link", "a file in the place"])
def test_what_is_not_the_sites_is_not_touched(store: Store, tmp_path: Path, what: str) -> None:
    """Anything else in the folder, or a page edited by hand, refuses the export, and nothing is written."""
    folder = tmp_path / "site"
    if what == "a file in the place":
        folder.write_text("mine", encoding="utf-8")
    else:
        exported(store, folder)
        if what == "a file of one's own":
            (folder / "tasks" / "notes.txt").write_text("mine", encoding="utf-8")
        elif what == "a page that was changed":
            (folder / "index.html").write_text("mine", encoding="utf-8")
        else:
            (folder / "index.html").unlink()
            (folder / "index.html").symlink_to(tmp_path / "elsewhere")
    store.do("update", "design", "--title", "Draw")
    before = {path: path.read_bytes() for path in tmp_path.glob("site/**/*") if path.is_file()}
    refused = store.do("export", "--format", "html", str(folder), code=2)
    assert re.search("is no file of an exported site|was changed since|is no folder", refused.err)
    assert {path: path.read_bytes() for path in tmp_path.glob("site/**/*") if path.is_file()} == before
    assert not (tmp_path / "elsewhere").exists()


def test_an_export_that_was_cut_short_is_finished_by_the_next(tmp_path: Path) -> None:
    """What a killed run left is known for the site's own: here a page is old, one is gone, one is not done."""
    from tmfiles.web.site.folder import save

    new = {"a.html": b"new a", "b.html": b"new b", "c.html": b"new c"}
    folder = tmp_path / "site"
    save(folder, {"a.html": b"old a", "z.html": b"old z"})
    marker = folder / ".tm-site.json"

    class Cut(dict[str, bytes]):
        """Files of which the second cannot be had."""

        def items(self):  # type: ignore[no-untyped-def]
            """Give the first, and stop when they are asked for to be written."""
            seen = list(super().items())
            if marker.read_bytes().count(b"c.html"):
                yield seen[0]
                raise KeyboardInterrupt
            yield from seen

    with pytest.raises(KeyboardInterrupt):
        save(folder, Cut(new))
    assert (folder / "a.html").read_bytes() == b"new a"
    assert (folder / "z.html").exists()
    assert save(folder, new) == 2
    assert sorted(path.name for path in folder.iterdir()) == [".tm-site.json", "a.html", "b.html", "c.html"]
    assert save(folder, new) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "html"], "needs a folder"),
        (["--format", "html", "one", "--output", "two"], "needs a folder"),
        (["--format", "html", "one", "--mine"], "shows all tasks"),
        (["--format", "html", "one", "--sort", "title"], "shows all tasks"),
        (["--format", "html", "one", "--at", "HEAD"], "as they are now"),
        (["--format", "csv", "one"], "is a folder for --format html"),
        (["--format", "html", ".tasks/site"], "lies among the tasks"),
    ],
)
def test_what_makes_no_sense_is_refused(
    store: Store, words: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No folder, two, a part of the tasks, another format's folder, a folder among the tasks."""
    monkeypatch.chdir(store.path)
    assert said in store.do("export", *words, code=2).err
    assert not (store.path / "one").exists()


def test_a_missing_extra_is_one_line(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library the export says what brings it, and makes nothing."""
    monkeypatch.setattr("tmfiles.cli.exports.find_spec", lambda _name: None)
    refused = store.do("export", "--format", "html", str(tmp_path / "site"), code=2)
    assert refused.err.splitlines() == [
        "tm: tm export --format html needs the package jinja2, which is not installed",
        "Install it: pip install 'tmfiles[web]'",
    ]
    assert not (tmp_path / "site").exists()


def test_bad_files_a_circle_and_no_past_are_no_hindrance(repo: GitRepo, tmp_path: Path) -> None:
    """What cannot be read is named on every page, a circle is told, and a store without a commit has a site."""
    store = Store(repo)
    for name, text in {
        "aa": "title: A\ndepends_on: [bb]\n",
        "bb": "title: B\ndepends_on: [aa]\n",
        "cc": "titel: C\n",
    }.items():
        store.file(name).write_text(text, encoding="utf-8")
    done = store.do("export", "--format", "html", str(tmp_path / "site"), code=1)
    assert "left out: .tasks/cc.yaml" in done.err
    assert "A circle: " in (tmp_path / "site/graph.html").read_text("utf-8")
    assert ".tasks/cc.yaml" in (tmp_path / "site/index.html").read_text("utf-8")
    assert_linked(tmp_path / "site")


def test_it_reads_from_the_disk_in_a_browser(store: Store, tmp_path: Path) -> None:
    """Opened as a file with no script: the style holds, a box of the graph leads to its task, and back to the board."""
    from web.browsing import chromium

    exported(store, tmp_path / "my site")
    with chromium() as browser:
        page = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto((tmp_path / "my site/graph.html").as_uri())
        assert page.locator(".top").bounding_box()["width"] == 390
        page.locator("svg.graph a", has_text="design").first.click()
        page.wait_for_url("**/tasks/design.html")
        assert page.get_by_role("heading", level=1).inner_text() == "Design"
        page.get_by_role("link", name="Board").click()
        page.wait_for_url("**/index.html")
        assert said == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not ISSUES.exists(), reason="the real issues are not here")
def test_the_real_issues(repo: GitRepo, tmp_path: Path) -> None:
    """2,428 issues become a site of which every link leads somewhere."""
    store = Store(repo)
    store.do("import", "beads", str(ISSUES))
    found = exported(store, tmp_path / "site")
    assert len([name for name in found if name.startswith("tasks/")]) == len(store.files()) - 2
    assert sum(map(len, found.values())) < 15_000_000
    assert_linked(tmp_path / "site")
