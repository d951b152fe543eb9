"""The list in a browser: filtered, sorted, searched, paged, and several tasks changed at once; without script, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from writing import Store

from web.browsing import Window
from web.serving import Served


@pytest.fixture
def store(store: Store) -> Store:
    """Give the two tasks and four more, one of them completed."""
    for name, priority in (("alpha", "low"), ("beta", "critical"), ("gamma", "medium"), ("delta", "medium")):
        store.do("add", name.capitalize(), "--id", name, "--priority", priority, "--due", f"2027-01-0{len(name)}")
    store.do("update", "gamma", "-d", "The cookie is set twice")
    store.do("complete", "delta")
    return store


def ids(page: Any) -> list[str]:
    """Give the tasks of the list, in the order in which they are shown."""
    found: list[str] = page.eval_on_selector_all("tr.row", "rows => rows.map(row => row.dataset.id)")
    return found


def test_the_list_is_sorted_by_its_heads(window: Window) -> None:
    """Open tasks, the most urgent first; a click on a head sorts, another turns the order, and the address says so."""
    page = window.go("/list")
    assert ids(page) == ["beta", "design", "gamma", "build", "alpha"]
    page.get_by_role("link", name="Task", exact=True).click()
    page.locator("th[aria-sort=ascending]").wait_for()
    assert ids(page) == ["alpha", "beta", "build", "design", "gamma"]
    page.get_by_role("link", name="Task", exact=True).click()
    page.locator("th[aria-sort=descending]").wait_for()
    assert ids(page) == ["gamma", "design", "build", "beta", "alpha"]
    assert "sort=-title" in page.url
    page.go_back()
    page.locator("th[aria-sort=ascending]").wait_for()


def test_search_with_one_key(window: Window) -> None:
    """A slash goes to the search of every page; the words are found in texts too, and shown where they stand."""
    page = window.go("/")
    page.keyboard.press("/")
    page.keyboard.type("cookie")
    page.keyboard.press("Enter")
    page.wait_for_url("**/list?q=cookie")
    assert ids(page) == ["gamma"]
    assert page.locator("tr.row mark").inner_text() == "cookie"
    window.go("/list?q=delta")
    assert ids(page) == ["delta"]


def test_what_cannot_be_read_is_told(http: httpx.Client) -> None:
    """An unknown key, value or name is told with a hint, and what was typed stays in the field."""
    for typed, told in (
        ("stats:done", "did you mean status:done?"),
        ("!hihg", "unknown priority &#39;hihg&#39;"),
        ("#nothing", "no task has the tag &#39;nothing&#39;"),
        ("due:someday", "someday"),
    ):
        answer = http.get("/list", params={"q": typed})
        assert answer.status_code in (404, 422)
        assert told in answer.text
        assert f'value="{typed}"' in answer.text


def test_several_are_changed_at_once(window: Window, store: Store) -> None:
    """Ticked by mouse and by key, changed in one commit, and taken back by one press."""
    page = window.go("/list")
    before = store.commits()
    assert page.locator("[data-bulk]").is_hidden()
    page.get_by_label("Beta", exact=True).check()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.get_by_text("2 ticked").is_visible()
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.name") == "status"
    page.get_by_label("Assignee").fill("Li")
    page.get_by_label("Tags").fill("#one two")
    page.get_by_role("button", name="Change").click()
    page.get_by_text("Changed 2 tasks").wait_for()
    assert store.commits() == before + 1
    changed = {
        name for name in ("alpha", "beta", "gamma", "design", "build") if store.doc(name).get("assignee") == "Li"
    }
    assert len(changed) == 2
    assert all({"one", "two"} <= set(store.doc(name)["tags"]) for name in changed)
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Took back").wait_for()
    assert all("assignee" not in store.doc(name) for name in changed)


def test_all_or_none(http: httpx.Client, store: Store) -> None:
    """Where one of them cannot be changed, none is; nothing ticked and nothing chosen are told; forms clear values."""
    before = store.commits()
    assert http.post("/list", data={"id": ["alpha", "build"], "status": "completed"}).status_code == 409
    assert http.post("/list", data={"status": "completed"}).status_code == 422
    assert http.post("/list", data={"id": "alpha"}).status_code == 422
    assert store.commits() == before
    data = {"id": ["alpha", "beta"], "due": "none", "tag": "x -y"}
    assert http.post("/list", data={**data, "tag": "x"}).status_code == 303
    assert "due" not in store.doc("alpha")
    assert store.doc("beta")["tags"] == ["x"]
    answer = http.post("/list", data={"id": "alpha", "do": "delete", "back": "/list?q=1"})
    assert answer.headers["location"].startswith("/list?q=1&done=")
    assert not store.file("alpha").exists()


def test_without_script(browser: Any, server: Served, store: Store) -> None:
    """Boxes are ticked and changed by the form itself, the page tells what was done and takes it back."""
    window = Window(browser, server.address, java_script_enabled=False)
    page = window.go("/list")
    page.get_by_label("Alpha", exact=True).check()
    page.get_by_label("Priority").select_option("high")
    page.get_by_role("button", name="Change").click()
    assert store.doc("alpha")["priority"] == "high"
    page.get_by_role("button", name="Undo").click()
    assert store.doc("alpha")["priority"] == "low"
    page.get_by_role("link", name="New task").click()
    page.get_by_label("What is to be done").fill("Sweep #home due:never")
    page.get_by_role("button", name="Add").click()
    assert "never" in page.get_by_role("alert").inner_text()
    page.get_by_label("What is to be done").fill("Sweep #home")
    page.get_by_role("button", name="Add").click()
    page.get_by_text("Done: add").wait_for()
    window.close()


def test_pages(window: Window, store: Store) -> None:
    """A hundred tasks a page, and the way to the others."""
    lines = "\n".join(f'{{"op": "add", "title": "Task {at}", "id": "t{at:03}"}}' for at in range(120))
    (store.path / "lines").write_text(lines, encoding="utf-8")
    store.do("batch", str(store.path / "lines"))
    page = window.go("/list?sort=id")
    assert len(ids(page)) == 100
    assert "1–100 of 125 tasks" in page.inner_text("main")
    page.get_by_role("link", name="Later").click()
    page.get_by_text("Page 2 of 2").wait_for()
    assert len(ids(page)) == 25
    window.go("/list?page=99")
    assert len(ids(page)) == 25


def test_a_file_that_is_no_task_is_told(window: Window, store: Store) -> None:
    """It is named with its line, and all others are there."""
    store.file("alpha").write_text("title: [\n", encoding="utf-8")
    page = window.go("/list")
    assert "alpha.yaml" in page.locator(".notice.red").inner_text()
    assert "alpha" not in ids(page)
    assert len(ids(page)) == 4


def test_nothing_serious_is_found(window: Window, faults: Callable[[Any], list[str]]) -> None:
    """axe-core finds nothing serious on the list, in either look, with rows ticked or not."""
    for path in ("/list", "/list?closed=1&sort=-due", "/list?q=cookie", "/list?q=stats:x", "/list?q=%23web"):
        page = window.go(path)
        if page.locator("tr.row").count():
            page.locator("tr.row input").first.check()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert faults(page) == [], f"{path} {scheme}"
