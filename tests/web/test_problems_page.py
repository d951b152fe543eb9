"""What is wrong in the store, as a page: each problem with the way to its place, and what can be mended at once."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pytest
from writing import Store

from web.browsing import Window


def test_each_problem_leads_to_its_line(window: Window, store: Store) -> None:
    """Errors stand before warnings, as `check` words them; a click opens the text at the line."""
    store.file("lost").write_text("title: Lost\n  due: x: y\n")
    store.file("warned").write_text("title: Warned\nrelated: [build]\ncolour: red\n")
    page = window.go("/problems")
    said = {line.split(": ", 1)[1].rsplit(" (", 1)[0] for line in store.do("check", code=1).out.splitlines()}
    told = page.locator(".wrong li span:not(.severity)").all_inner_texts()
    assert {one.removeprefix("warning: ") for one in said} == set(told)
    assert page.locator(".card").first.inner_text().startswith(".tasks/lost.yaml")
    page.locator(".wrong li.error").get_by_role("link").first.click()
    page.wait_for_url("**/files/lost.yaml?line=2")
    assert page.locator(".gutter .bad").inner_text() == "2"


@pytest.mark.parametrize("all_at_once", [True, False])
def test_what_has_one_right_answer_is_mended(all_at_once: bool, window: Window, store: Store) -> None:
    """The page says what it would become before it is done; then the file is what `check --fix` makes of it."""
    store.file("slip").write_text("title: Slip\nstatus: In-Progress # mine\n")
    store.file("slop").write_text("title: Slop\nasignee: li\n")
    page = window.go("/problems")
    card = page.locator(".card", has_text="slip.yaml")
    card.locator("summary").click()
    assert card.locator("ins").inner_text() == "status: in_progress # mine"
    if all_at_once:
        page.get_by_role("button", name="Mend 2 files").click()
    else:
        card.get_by_role("button", name="Mend this file").click()
    page.locator(".notice.green").wait_for()
    assert store.file("slip").read_text() == "title: Slip\nstatus: in_progress # mine\n"
    assert store.file("slop").read_text().endswith("assignee: li\n" if all_at_once else "asignee: li\n")


# Files by their names, and whether a task may be called so.
NAMES = {"my plans/ok.yaml": True, "a b/c#d?e=1 %41.yaml": False, "\u00e9/Big.yaml": False, "x&;/<b>.yaml": False}


@pytest.mark.parametrize(("name", "fit"), NAMES.items())
def test_a_file_of_any_name_is_reached(name: str, fit: bool, http: httpx.Client, store: Store) -> None:
    """Whatever signs a path has, the way from its problem leads to it; where it fits a task, it is saved there."""
    path = store.path / ".tasks" / name
    path.parent.mkdir()
    path.write_text("title: [\n", encoding="utf-8")
    link = unescape(re.findall(r'href="(/files/[^"]+)"', http.get("/problems").text)[0])
    assert http.get(link).status_code == 200
    typed = {"base": "title: [\n", "text": "title: Found\n", "do": "save"}
    answer = http.post(link.partition("?")[0], data=typed)
    assert answer.status_code == (303 if fit else 422)
    assert path.read_text(encoding="utf-8") == ("title: Found\n" if fit else "title: [\n")


def test_a_sound_store_has_no_problem(http: httpx.Client) -> None:
    """Nothing is said where nothing is wrong."""
    answer = http.get("/problems")
    assert (answer.status_code, "Nothing is wrong" in answer.text) == (200, True)


def test_every_page_works_beside_broken_files(http: httpx.Client, store: Store) -> None:
    """No YAML, no UTF-8, two of one name, markers of a merge, and a folder with a task's name."""
    tasks = store.path / ".tasks"
    (tasks / "a.yaml").write_text("title: [")
    (tasks / "bb.yaml").write_bytes(b"\xff\xfe\x00")
    (tasks / "sub").mkdir()
    (tasks / "sub/build.yaml").write_text("title: Twin\n")
    (tasks / "cc.yaml").write_text("<<<<<<< ours\ntitle: a\n=======\ntitle: b\n>>>>>>> theirs\n")
    (tasks / "dd.yaml").mkdir()
    (tasks / "Big Name.yaml").write_text("title: a\n")
    for path in ("/problems", "/activity", "/tasks/design", "/tasks/design/history", "/files/design.yaml", "/"):
        assert http.get(path).status_code == 200, path
    text = http.get("/problems").text
    for name in ("a.yaml", "bb.yaml", "build.yaml", "cc.yaml"):
        assert name in text
    assert (
        http.post("/tasks/design/edit", data={"field": "priority", "was": '"high"', "value": "low"}).status_code == 303
    )
    assert http.get("/tasks/build").headers["location"] == "/problems"


def test_an_unfinished_merge_is_settled(window: Window, store: Store) -> None:
    """The page says what becomes of each task and field; a button does it and stages it, and commits nothing."""
    store.git("config", "--unset-all", "merge.tm.driver", check=False)
    store.git("config", "merge.tm.driver", "false")
    store.git("checkout", "--quiet", "-b", "side")
    store.do("update", "design", "--assignee", "li", "--priority", "low")
    store.git("checkout", "--quiet", "main")
    store.do("update", "design", "--assignee", "jo", "--due", "2026-12-01")
    store.git("merge", "side", check=False)
    assert "UU .tasks/design.yaml" in store.status()
    before = store.commits()
    page = window.go("/problems")
    assert "design" in page.locator(".card", has_text="A merge is not finished").inner_text()
    page.get_by_role("button", name="Settle this task").click()
    page.get_by_role("button", name="Settle this task").wait_for(state="detached")
    assert "UU" not in store.status()
    assert store.commits() == before
    assert store.doc("design")["priority"] == "low"
