"""The pages of tasks against what may come: two at once, scripts in every text, narrow screens, odd requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from writing import Store

from web.browsing import Window
from web.serving import Served
from web.tasking import PAGES, change, editable
from web.team import form_token, gathered, leave, logged_in, posted
from web.test_markdown import PAYLOADS

# What could run, or load anything, within a page's own part.
UNSAFE = """() => [...document.querySelectorAll("main *")].filter((it) =>
  it.matches("script, img, iframe, object, embed, style, svg:not(.i)")
  || [...it.attributes].some((one) => one.name.startsWith("on") || one.name === "style")
  || (it.href && !["http:", "https:", "mailto:"].includes(new URL(it.href, location).protocol))
).map((it) => it.outerHTML)"""


@pytest.fixture
def store(store: Store) -> Store:
    """Give a store with fields of its own, and a task to be edited."""
    return editable(store)


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("choice", ["Keep mine", "Keep theirs", "Keep both"])
def test_two_who_change_one_field_choose(
    scripted: bool, choice: str, browser: Any, server: Served, store: Store
) -> None:
    """The second is shown both versions, and both together where that can be; what they choose is saved."""
    first = Window(browser, server.address)
    second = Window(browser, server.address, java_script_enabled=scripted)
    one, two = first.go("/tasks/sess"), second.go("/tasks/sess")
    place = two.locator("#edit-description")
    place.locator("summary").first.click()
    two.locator("#in-description").fill("Drafts are *lost*.\n\nMine.")
    change(one, "description", "Theirs.\n\nDrafts are *lost*.")
    place.get_by_role("button", name="Save").click()
    dialog = two.locator("dialog.clash")
    dialog.get_by_label("Yours").wait_for()
    assert dialog.get_by_label("Yours").input_value() == "Drafts are *lost*.\n\nMine."
    assert dialog.get_by_label("Theirs").input_value() == "Theirs.\n\nDrafts are *lost*."
    assert dialog.evaluate("it => it.matches(':modal')") is scripted
    dialog.get_by_role("button", name=choice).click()
    dialog.wait_for(state="detached")
    held = store.doc("sess")["description"]
    assert (
        held
        == {
            "Keep mine": "Drafts are *lost*.\n\nMine.\n",
            "Keep theirs": "Theirs.\n\nDrafts are *lost*.\n",
            "Keep both": "Theirs.\n\nDrafts are *lost*.\n\nMine.\n",
        }[choice]
    )
    first.close()
    second.close()
    store.assert_sound()


def test_two_who_change_two_fields_do_not_meet(browser: Any, server: Served, store: Store) -> None:
    """What the other changed elsewhere is no clash, and stays."""
    first, second = Window(browser, server.address), Window(browser, server.address)
    one, two = first.go("/tasks/sess"), second.go("/tasks/sess")
    change(one, "priority", "high")
    change(two, "assignee", "li")
    doc = store.doc("sess")
    assert (doc["priority"], doc["assignee"]) == ("high", "li")
    first.close()
    second.close()


def test_the_answer_to_a_clash_is_412(http: httpx.Client, store: Store) -> None:
    """A program that sends the form is told by the number, and finds both versions."""
    store.do("update", "sess", "--assignee", "li")
    answer = http.post("/tasks/sess/edit", data={"field": "assignee", "was": '"jo"', "value": "maria"})
    assert answer.status_code == 412
    assert 'value="maria"' in answer.text
    assert 'value="li"' in answer.text
    assert store.doc("sess")["assignee"] == "li"


def test_scripts_in_every_text_are_words(window: Window, store: Store) -> None:
    """A file written by hand with scripts in every field is shown, and none of them runs."""
    text = "\n".join(PAYLOADS)
    block = "\n".join(f"  {line}" for line in text.replace("\x01", "").split("\n"))
    bad = "<img src=x onerror=alert(1)>\\\"'</script><script>alert(2)</script>"
    lines = [f'title: "{bad}"', f'assignee: "{bad}"', "type: bug", f'phase: "{bad}"', f'specialty: "{bad}"']
    lines += [f'tags: ["{bad}"]', f'files: ["{bad}"]', f'links: ["javascript:alert(3)", "https://x/{bad}"]']
    lines += [f'participants: ["{bad}"]', f'created_by: "{bad}"', f'unknown_key: "{bad}"', f'repeat: "{bad}"']
    lines += [f"description: |\n{block}", f"context: |\n{block}", f"result: |\n{block}", f"reason: |\n{block}"]
    lines += [f'criteria:\n- text: "{bad}"\n  measurable: "{bad}"']
    lines += [f'journal:\n- at: 2026-11-22T11:00:00Z\n  by: "{bad}"\n  text: |\n' + block.replace("  ", "    ")]
    lines += [f'claim: {{by: "{bad}", at: 2026-11-22T11:00:00Z, until: 2999-11-22T13:00:00Z}}']
    store.file("sess").write_text("\n".join(lines) + "\n", encoding="utf-8")
    store.git("add", "-A")
    store.git(
        "-c", "user.name=<script>alert(4)</script>", "commit", "--quiet", "--message", "<script>alert(5)</script>"
    )
    heard: list[str] = []
    window.page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        page = window.go(path)
        page.evaluate("document.querySelectorAll('details').forEach(it => { it.open = true; })")
        assert heard == [], path
        assert {url.split("/")[2] for url in asked} == {page.url.split("/")[2]}
        found = page.evaluate(UNSAFE)
        assert found == [], path


@pytest.mark.parametrize("look", ["light", "dark"])
def test_everybody_can_use_it(
    look: str, browser: Any, server: Served, store: Store, faults: Callable[[Any], list[str]]
) -> None:
    """Nothing that axe-core finds serious, in either look, with everything opened."""
    store.do("comment", "sess", "Words")
    store.file("broken").write_text("title: a\n due: x\n")
    window = Window(browser, server.address, color_scheme=look, reduced_motion="reduce")
    for path in PAGES:
        page = window.go(path)
        page.evaluate("document.querySelectorAll('details:not(.menu)').forEach(it => { it.open = true; })")
        assert faults(page) == [], path
    page = window.go("/tasks/sess")
    page.locator("#edit-assignee summary").click()
    page.locator("#in-assignee").fill("li")
    store.do("update", "sess", "--assignee", "jo")
    page.locator("#edit-assignee").get_by_role("button", name="Save").click()
    page.locator("dialog.clash").wait_for()
    assert faults(page) == []
    page.keyboard.press("Escape")
    for menu in page.locator("details.menu summary").all():
        menu.click()
        assert faults(page) == []
        page.keyboard.press("Escape")
    window.close()


@pytest.mark.parametrize("width", [360, 1920])
def test_nothing_is_wider_than_the_screen(width: int, browser: Any, server: Served, store: Store) -> None:
    """From a phone to a wide screen the page scrolls one way only, whatever long words a task has."""
    store.do("update", "sess", "--title", "W" * 200, "--assignee", "x" * 100, "--set-description", "y" * 300)
    window = Window(browser, server.address, viewport={"width": width, "height": 800})
    for path in PAGES:
        page = window.go(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    window.close()


def test_what_the_pages_send_is_a_form(http: httpx.Client) -> None:
    """Anything else than a form, or no text, is refused."""
    assert http.post("/tasks/sess/edit", json={"field": "title"}).status_code >= 400
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert http.post("/tasks/sess/edit", content=b"field=%ff", headers=kind).status_code in (400, 422)


@pytest.mark.parametrize("task_id", ["nobody", "..%2f..%2fetc", "config", "%00"])
def test_what_is_no_task_is_told(task_id: str, http: httpx.Client) -> None:
    """A page that is not there says so, and no path reaches a file."""
    answer = http.get(f"/tasks/{task_id}")
    assert answer.status_code == 404


def test_the_beginning_of_an_id_leads_on(http: httpx.Client) -> None:
    """As everywhere, a unique beginning will do."""
    answer = http.get("/tasks/ses")
    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks/sess")


def test_what_others_do_appears_around_what_is_typed(window: Window, store: Store) -> None:
    """The page follows, and an open form keeps its words and what they were made from: so a clash is still seen."""
    page = window.go("/tasks/sess")
    page.locator("html.connected").wait_for()
    page.locator("#edit-description summary").first.click()
    page.locator("#in-description").fill("Mine.")
    page.get_by_label("Say something to all").fill("half a thou")
    store.do("update", "sess", "--assignee", "li", "--set-description", "Theirs.", "--priority", "critical")
    page.locator("#edit-assignee .value").get_by_text("li").wait_for()
    page.locator("#edit-description .prose").get_by_text("Theirs.").wait_for()
    assert page.locator("#in-description").input_value() == "Mine."
    assert page.get_by_label("Say something to all").input_value() == "half a thou"
    page.locator("#edit-description").get_by_role("button", name="Save").click()
    dialog = page.locator("dialog.clash")
    dialog.wait_for()
    store.do("update", "sess", "--assignee", "jo")
    dialog.get_by_role("button", name="Keep mine").click()
    dialog.wait_for(state="detached")
    assert store.doc("sess")["description"] == "Mine."
    assert page.get_by_label("Say something to all").input_value() == "half a thou"
    page.get_by_role("combobox", name="A task worth knowing of").fill("Desi")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take away Design").wait_for()
    assert store.doc("sess")["related"] == ["design"]


def test_who_may_only_read_is_offered_nothing_to_change(browser: Any, server: Served, store: Store) -> None:
    """A reader sees all of a task and no form; what is sent all the same is refused, and the settings take an admin."""
    gathered(store)
    reader = logged_in(server, "rea")
    answer = posted(reader, "/tasks/sess/edit", {"field": "priority", "was": '"medium"', "value": "high"})
    assert answer.status_code == 403
    editor = logged_in(server, "ed")
    typed = {"form_token": form_token(server, editor), "base": "version: 1\n", "text": "version: 1\n", "do": "save"}
    assert posted(editor, "/files/config.yaml", typed).status_code == 403
    typed |= {"field": "assignee", "was": "null", "value": "ed"}
    assert posted(editor, "/tasks/sess/edit", typed).status_code == 303
    assert store.git("log", "-1", "--format=%an") == "Ed Writer"
    window = Window(browser, server.address)
    window.context.add_cookies(
        [{"name": name, "value": value, "url": server.address} for name, value in reader.cookies.items()]
    )
    page = window.go("/tasks/sess")
    assert page.locator("h1").inner_text() == "Sessions expire"
    assert page.locator("main form:visible, main .aside:visible").count() == 0
    window.close()
    leave()
