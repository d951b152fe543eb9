"""Graph, timeline and statistics as pages: read without a script, moved in with mouse and keys, refused politely."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store

from web.browsing import Window
from web.serving import Served

PAGES = ("/graph", "/graph?closed=1&all=1", "/timeline", "/statistics")


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store with a chain, a diamond, many tasks that wait for one, dates and a past."""
    made = Store(repo)
    docs = {
        "sketch": "status: completed\nassignee: bo\ncreated_at: 2026-11-01T08:00:00Z\n"
        "started_at: 2026-11-02T08:00:00Z\ncompleted_at: 2026-11-04T08:00:00Z\n",
        "design": "depends_on: [sketch]\nestimate: 2d\nassignee: bo\ndue: 2026-01-01\n",
        "build": "depends_on: [design]\nestimate: 1w\npriority: high\n",
        "guide": "depends_on: [design]\nstatus: in_progress\n",
        "release": "depends_on: [build, guide]\n",
        **{f"after-{at:04}": "depends_on: [release]\nassignee: li\n" for at in range(300)},
    }
    repo.commit("tasks", {f".tasks/{name}.yaml": f"title: The {name}\n{text}" for name, text in docs.items()})
    return made


def width(page: Any) -> float:
    """Give how wide the drawing is on the screen."""
    return float(page.eval_on_selector(".canvas svg", "svg => svg.getBoundingClientRect().width"))


def test_a_box_leads_to_its_task(window: Window) -> None:
    """A click on a box opens the task; a drag over it only moves the drawing."""
    page = window.go("/graph?all=1")
    box = page.locator(".canvas [data-box='after-0250']")
    box.scroll_into_view_if_needed()
    view = page.locator(".canvas")
    before = view.evaluate("view => view.scrollTop")
    place = box.bounding_box()
    page.mouse.move(place["x"] + 20, place["y"] + 20)
    page.mouse.down()
    page.mouse.move(place["x"] + 20, place["y"] + 120, steps=5)
    page.mouse.up()
    assert view.evaluate("view => view.scrollTop") < before
    assert page.url.endswith("/graph?all=1")
    box.click()
    page.wait_for_url("**/tasks/after-0250")
    window.close()


def test_the_drawing_is_zoomed_by_buttons_keys_and_wheel(window: Window) -> None:
    """Larger, smaller and the whole; what lies in the middle of the view stays there."""
    page = window.go("/graph?all=1")
    first = width(page)
    page.get_by_role("button", name="Larger").click()
    assert width(page) == pytest.approx(first * 1.25, rel=0.01)
    page.locator(".canvas").focus()
    page.keyboard.press("-")
    assert width(page) == pytest.approx(first, rel=0.01)
    page.locator(".canvas").hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    assert width(page) > first * 1.2
    page.keyboard.press("0")
    assert width(page) < first
    window.close()


def test_arrow_keys_go_along_the_links(window: Window) -> None:
    """Right to what waits, left to what is waited for, down and up in the layer, Enter to the task."""
    page = window.go("/graph")
    focused = "document.activeElement.dataset.box"
    page.locator("[data-box='design']").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) in ("build", "guide")
    page.keyboard.press("ArrowDown" if page.evaluate(focused) == "build" else "ArrowUp")
    seen = {page.evaluate(focused)}
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "release"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(focused) in ("build", "guide")
    assert seen <= {"build", "guide"}
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/design")
    window.close()


def test_many_alike_are_one_box_that_opens(window: Window) -> None:
    """The box says how many it holds; opened, it shows them, and a way back."""
    page = window.go("/graph")
    assert page.locator(".canvas [data-box]").count() == 6
    page.locator(".canvas a.fold").click()
    page.wait_for_url("**/graph?in=alike*")
    page.get_by_text("299 tasks and their neighbours").wait_for()
    page.get_by_role("link", name="back to the whole graph").click()
    page.wait_for_url("**/graph")
    window.close()


@pytest.mark.parametrize("path", PAGES)
def test_everything_is_read_without_a_script(browser: Any, server: Served, path: str) -> None:
    """Drawings, links and tables are in the page as it comes; what needs a script is not shown."""
    window = Window(browser, server.address, java_script_enabled=False)
    page = window.go(path)
    assert page.locator("main svg").first.is_visible()
    assert page.locator(".zoom button").count() == 0 or not page.locator(".zoom").is_visible()
    page.locator("details").first.locator("summary").click()
    assert page.locator("details table tbody tr").first.is_visible()
    window.close()


@pytest.mark.parametrize("path", ["/graph", "/timeline", "/statistics"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_found(
    browser: Any, server: Served, faults: Callable[[Any], list[str]], path: str, scheme: str
) -> None:
    """axe-core finds nothing serious in either look, with the tables open."""
    window = Window(browser, server.address, color_scheme=scheme)
    page = window.go(path)
    for summary in page.locator("summary").all():
        summary.click()
    assert faults(page) == []
    window.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_shows_no_page_wider_than_itself(browser: Any, server: Served, path: str) -> None:
    """What is wider scrolls in a frame of its own."""
    window = Window(browser, server.address, viewport={"width": 390, "height": 844})
    page = window.go(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("main svg").first.is_visible()
    window.close()


def test_pages_say_what_they_show(http: Any) -> None:
    """The words above each drawing hold its figures; a person's page holds that person's alone."""
    graph = http.get("/graph").text
    assert "304 tasks in 6 boxes" in graph
    assert "299 with the same links" in graph
    assert "The critical path is 4 tasks long" in graph
    around = http.get("/graph", params={"task": "guide", "way": "needs"}).text
    assert "2 tasks in 2 boxes" in around
    timeline = http.get("/timeline").text
    assert "Showing 200 of 304" in timeline
    assert "overdue" in timeline
    mine = http.get("/timeline", params={"who": "bo"}).text
    assert "The design" in mine
    assert "The build" not in mine
    figures = http.get("/statistics", params={"who": "bo", "since": "2026-11-01", "until": "2026-11-10"}).text
    assert "50 of 100 within 2.0 days" in figures


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/graph?task=nowhere", 404),
        ("/graph?way=sideways", 422),
        ("/graph?task=guide&depth=-1", 422),
        ("/timeline?who=stranger", 404),
        ("/statistics?since=soon", 422),
        ("/statistics?since=2026-11-10&until=2026-11-01", 422),
        ("/statistics?measure=birth", 422),
        ("/statistics?who=stranger", 404),
    ],
)
def test_what_cannot_be_shown_is_refused(http: Any, path: str, code: int) -> None:
    """With the number that the table of the server has for it, on a page that says what can be asked."""
    answer = http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == code
    assert "<h1>" in answer.text


def test_a_circle_has_a_graph_and_no_critical_path(http: Any, store: Store) -> None:
    """The page says that there is one, draws it, and leaves the path out."""
    path = store.file("design")
    path.write_text(path.read_text(encoding="utf-8").replace("[sketch]", "[sketch, release]"), encoding="utf-8")
    found = http.get("/graph").text
    assert "A circle: " in found
    assert "turned" in found
    assert "The critical path" not in found
    assert "in a circle and cannot be planned" in http.get("/timeline").text


def test_words_of_a_task_stay_words(http: Any, store: Store) -> None:
    """Markup in a title or a name is escaped in every drawing and table."""
    evil = "<script>alert(1)</script>'\"&"
    store.do("add", evil, "--id", "evil", "--depends-on", "design", "--assignee", evil)
    for path in PAGES:
        text = http.get(path).text
        assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in http.get("/graph").text
