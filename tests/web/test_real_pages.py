"""The board and the list over a real project's tasks: everything is there, in time, and can be worked on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store

from web.browsing import Window
from web.serving import Served, serving

EXPORT = Path(__file__).parents[3] / "shared" / "data" / "beads-issues.jsonl"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not EXPORT.exists(), reason="the real export lies outside the repository"),
]


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store with all tasks of the export."""
    made = Store(repo)
    made.do("import", "beads", str(EXPORT))
    return made


def test_real_tasks_on_the_pages(browser: Any, store: Store, request: pytest.FixtureRequest) -> None:
    """Columns count them all, more are shown on demand, a card is moved and found again, a search finds, pages turn."""
    with serving(store) as served:
        window = Window(browser, served.address)
        page = window.go("/?closed=1")
        listed = store.do("list", "--all", "--format", "id").out.split()
        counts = page.locator(".column-head .count").all_inner_texts()
        assert sum(map(int, counts)) == len(listed) == 2086
        took = page.evaluate(
            "(() => { const one = performance.getEntriesByType('navigation')[0];"
            " return one.domInteractive - one.responseStart; })()"
        )
        assert took < 5000, f"{took} ms from the first byte until the board can be used"
        cards = page.locator("[data-column=completed] .card")
        assert cards.count() == 30
        page.locator("#column-completed a.more").click()
        cards.nth(129).wait_for()
        page = window.go("/")
        first = page.locator("[data-column=pending] .card").first
        moved = first.get_attribute("data-id")
        first.drag_to(page.locator("[data-column=in_progress]"))
        page.locator(f"[data-column=in_progress] #card-{moved}").wait_for()
        page.locator(".toast").wait_for()
        assert json.loads(store.do("show", moved, "--json").out)["data"]["status"] == "in_progress"
        page.get_by_role("button", name="Undo").click()
        page.get_by_text("Took back").wait_for()
        page = window.go(f"/list?q={moved}")
        assert page.locator(f"#row-{moved}").count() == 1
        page = window.go("/list?closed=1")
        page.get_by_role("link", name="Later").click()
        page.get_by_text("Page 2 of 21").wait_for()
        window.close()
        _judge(browser, served, request)
    store.do("check")


def _judge(browser: Any, served: Served, request: pytest.FixtureRequest) -> None:
    """Have axe-core look at them, where it is there."""
    from web.browsing import AXE

    if not AXE.is_file():
        return
    faults: Callable[[Any], list[str]] = request.getfixturevalue("faults")
    for path in ("/?closed=1", "/list?closed=1"):
        window = Window(browser, served.address)
        assert faults(window.go(path)) == []
        window.close()
