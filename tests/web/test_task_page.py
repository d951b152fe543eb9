"""The page of a task as a person uses it: with a browser, by keyboard, without a script, and against another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from writing import Store

from web.browsing import Window
from web.serving import Served
from web.tasking import change, editable, shown


@pytest.fixture
def store(store: Store) -> Store:
    """Give a store with fields of its own, and a task to be edited."""
    return editable(store)


@pytest.fixture
def plain(browser: Any, server: Served) -> Iterator[Window]:
    """Give a page of a browser that runs no script."""
    made = Window(browser, server.address, java_script_enabled=False)
    yield made
    made.close()


FIELDS = [
    ("title", "Sessions end too soon", "Sessions end too soon"),
    ("priority", "high", "high"),
    ("type", "bug", "bug"),
    ("assignee", "maria", "maria"),
    ("due", "2026-12-01", "2026-12-01"),
    ("wait_until", "2026-11-30", "2026-11-30"),
    ("estimate", "3h", "3h"),
    ("actual", "2d", "2d"),
    ("tags", "web, auth", ["auth", "web"]),
    ("participants", "li, agent-7", ["agent-7", "li"]),
    ("phase", "beta", "beta"),
    ("parent", "design", "design"),
    ("source", "build", "build"),
    ("specialty", "frontend", "frontend"),
    ("repeat", "weekly", "weekly"),
    ("created_at", "2026-11-01T10:00:00Z", "2026-11-01T10:00:00Z"),
    ("created_by", "li", "li"),
    ("started_at", "2026-11-02T10:00:00Z", "2026-11-02T10:00:00Z"),
    ("context", "Why it is so", "Why it is so"),
    ("description", "One\n\n- two\n", "One\n\n- two\n"),
    ("files", "src/a.py:1-2\nsrc/b.py", ["src/a.py:1-2", "src/b.py"]),
    ("links", "https://example.org", ["https://example.org"]),
    ("fields.customer", "ACME", "ACME"),
    ("fields.severity", "major", "major"),
    ("fields.public", "true", True),
]


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no-script"])
def test_every_field_can_be_edited(scripted: bool, window: Window, plain: Window, store: Store) -> None:
    """What is typed into a field stands in the file, one commit a field, with scripts and without."""
    page = (window if scripted else plain).go("/tasks/sess")
    before = store.commits()
    for name, typed, held in FIELDS:
        if name in ("wait_until", "actual", "participants", "source", "specialty", "repeat", "started_at") or (
            name.startswith("created")
        ):
            rest = page.locator("details.rest")
            if not rest.evaluate("it => it.open"):
                rest.locator("> summary").click()
        change(page, name, typed)
        doc = store.doc("sess")
        value = doc["fields"][name[7:]] if name.startswith("fields.") else doc[name]
        assert value == held, name
        assert page.locator("[role=alert]").count() == 0
    assert store.commits() == before + len(FIELDS)
    store.assert_sound()


def test_a_field_is_emptied_and_a_custom_one_too(window: Window, store: Store) -> None:
    """An empty control takes the field out of the file."""
    page = window.go("/tasks/sess")
    for name in ("assignee", "fields.customer"):
        change(page, name, "somebody")
        change(page, name, "")
    assert "assignee" not in store.doc("sess")
    assert "customer" not in store.doc("sess").get("fields", {})


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no-script"])
def test_what_is_refused_stays_as_it_was_typed(scripted: bool, window: Window, plain: Window, store: Store) -> None:
    """The reason stands below the control, which still has the words; nothing was changed."""
    page = (window if scripted else plain).go("/tasks/sess")
    before = store.files()
    change(page, "due", "tomorow")
    assert "tomorow" in page.locator("#edit-due [role=alert]").inner_text()
    assert page.locator("#in-due").input_value() == "tomorow"
    assert store.files() == before
    page.locator("#in-due").fill("2026-12-24")
    page.locator("#edit-due").get_by_role("button", name="Save").click()
    page.locator(".notice.green").wait_for()
    assert store.doc("sess")["due"] == "2026-12-24"


def test_a_change_is_undone_where_it_was_made(window: Window, store: Store) -> None:
    """The page says what was saved, and one button takes it back to the byte."""
    page = window.go("/tasks/sess")
    before = store.files()
    change(page, "priority", "critical")
    assert "medium → critical" in page.locator(".notice.green").inner_text()
    page.locator(".notice.green").get_by_role("button", name="Undo").click()
    page.locator(".notice.green").get_by_text("critical → medium").wait_for()
    assert store.files() == before


def test_a_field_is_edited_by_keyboard(window: Window, store: Store) -> None:
    """Enter opens it, Escape leaves it alone and gives the place back, Ctrl and Enter save long text."""
    page = window.go("/tasks/sess")
    summary = page.locator("#edit-assignee summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.locator("#in-assignee:focus").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    page.locator("#in-assignee:focus").wait_for()
    page.keyboard.type("li")
    page.keyboard.press("Enter")
    page.locator(".notice.green").wait_for()
    assert store.doc("sess")["assignee"] == "li"
    assert page.evaluate("document.activeElement.closest('#edit-assignee') !== null")
    page.locator("#edit-context summary").focus()
    page.keyboard.press("Enter")
    page.locator("#in-context:focus").wait_for()
    page.keyboard.type("Because.")
    page.keyboard.press("Control+Enter")
    page.locator("#edit-context .prose").get_by_text("Because.").wait_for()
    assert store.doc("sess")["context"] == "Because."


def test_keys_lead_to_what_is_done_most(window: Window) -> None:
    """One key each for the description, the journal and dependencies, two for the other pages of the task."""
    page = window.go("/tasks/sess")
    page.keyboard.press("c")
    page.locator("#in-say:focus").wait_for()
    page.keyboard.type("c")
    assert page.locator("#in-say").input_value() == "c"
    page.locator("#in-say").blur()
    page.keyboard.press("e")
    page.locator("#in-description:focus").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.locator("#add-depends_on:focus").wait_for()
    page.locator("#add-depends_on").blur()
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/tasks/sess/history")


def test_criteria_are_added_met_and_taken_away(window: Window, store: Store) -> None:
    """A tick meets a criterion and another takes it back; a new one may say how it is measured."""
    page = window.go("/tasks/sess")
    page.get_by_role("button", name="Met: It holds").click()
    page.locator("[aria-pressed=true]").wait_for()
    page.get_by_label("A new criterion").fill("It is quick")
    page.get_by_label("How it is measured").fill("actual <= 3")
    page.locator("#criteria").get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Take away It is quick").wait_for()
    assert store.doc("sess")["criteria"] == [
        {"text": "It holds", "met": True},
        {"text": "It is quick", "measurable": "actual <= 3"},
    ]
    page.get_by_role("button", name="Take away It holds").click()
    page.get_by_role("button", name="Take away It holds").wait_for(state="detached")
    assert [one["text"] for one in store.doc("sess")["criteria"]] == ["It is quick"]


def test_a_criterion_that_moved_is_not_ticked_by_its_place(http: httpx.Client, store: Store) -> None:
    """Where another criterion stands at that place by now, nothing is ticked."""
    store.do("criteria", "add", "sess", "Another")
    store.do("criteria", "remove", "sess", "1")
    answer = http.post("/tasks/sess/criteria", data={"verb": "met", "number": "1", "seen": "It holds"})
    assert answer.status_code == 409
    assert "were changed meanwhile" in answer.text
    assert "met" not in store.doc("sess")["criteria"][0]


def test_a_dependency_is_found_by_its_words(window: Window, store: Store) -> None:
    """Typing lists tasks, arrows choose, Enter links; the list is told to those who hear it."""
    page = window.go("/tasks/sess")
    box = page.get_by_role("combobox", name="A task that must be completed first")
    box.fill("Desi")
    option = page.get_by_role("option", name=re.compile("Design"))
    option.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take away Design").wait_for()
    assert store.doc("sess")["depends_on"] == ["design"]
    assert "Waits for Design" in page.locator(".waits").inner_text()
    page.get_by_role("button", name="Take away Design").click()
    page.get_by_role("button", name="Take away Design").wait_for(state="detached")
    assert "depends_on" not in store.doc("sess")


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no-script"])
def test_a_cycle_is_refused_in_its_place(scripted: bool, window: Window, plain: Window, store: Store) -> None:
    """The dependency that would close a circle is told below its control, and the words stay."""
    page = (window if scripted else plain).go("/tasks/design")
    page.get_by_label("A task that must be completed first").fill("build")
    page.locator("#links-depends_on").get_by_role("button", name="Add").click()
    told = page.locator("#links-depends_on [role=alert]")
    assert "depend on itself" in told.inner_text()
    assert page.get_by_label("A task that must be completed first").input_value() == "build"
    assert "depends_on" not in store.doc("design")


def test_words_of_several_tasks_give_a_choice(plain: Window, store: Store) -> None:
    """Without a script too a task is found by its words: those that are meant stand there to choose from."""
    store.do("add", "Paint the door", "--id", "door-1")
    store.do("add", "Paint the wall", "--id", "wall-1")
    page = plain.go("/tasks/sess")
    page.get_by_label("A task worth knowing of").fill("paint")
    page.locator("#links-related").get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Paint the wall").click()
    assert store.doc("sess")["related"] == ["wall-1"]


def test_the_steps_of_a_task(window: Window, store: Store) -> None:
    """Claimed, started, completed with words, judged, and opened again."""
    page = window.go("/tasks/sess")
    page.get_by_role("button", name="Claim").click()
    page.get_by_role("button", name="Release").click()
    page.get_by_role("button", name="Claim").wait_for()
    page.get_by_role("button", name="Start").click()
    page.locator(".state").get_by_text("In progress").wait_for()
    page.locator(".verbs summary", has_text="Complete").click()
    page.get_by_label("What came of it").fill("It holds now.")
    page.get_by_label("Time it took").fill("2h")
    page.get_by_role("button", name="Complete").click()
    page.get_by_role("button", name="Reopen").wait_for()
    doc = store.doc("sess")
    assert (doc["status"], doc["result"].strip(), doc["actual"]) == ("completed", "It holds now.", "2h")
    page.locator("#feedback summary").click()
    page.get_by_label("Quality").select_option("4")
    page.locator("#feedback").get_by_role("button", name="Save").click()
    page.get_by_text("quality 4 of 5").wait_for()
    page.get_by_role("button", name="Reopen").click()
    page.get_by_role("button", name="Start").wait_for()
    assert store.doc("sess")["status"] == "pending"


def test_what_is_blocked_may_be_started_all_the_same(window: Window, store: Store) -> None:
    """The refusal says what is in the way, and the page offers to go on."""
    page = window.go("/tasks/build")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Start all the same").click()
    page.locator(".state").get_by_text("In progress").wait_for()
    assert store.doc("build")["status"] == "in_progress"


def test_words_for_all_and_words_for_oneself(window: Window, store: Store) -> None:
    """The journal is in the file; a private note is on the page and in no commit."""
    page = window.go("/tasks/sess")
    page.get_by_label("Say something to all").fill("Seen with Firefox.\n\nSee design-1 and `build`.")
    page.get_by_label("Kind").select_option("discover")
    page.get_by_role("button", name="Add to the journal").click()
    page.locator(".journal").get_by_text("Seen with Firefox.").wait_for()
    (entry,) = store.doc("sess")["journal"]
    assert (entry["kind"], entry["by"]) == ("discovery", "Maria")
    before = store.commits()
    page.get_by_label("A private note").fill("ask Jo")
    page.get_by_role("button", name="Keep this note").click()
    page.locator(".own").get_by_text("ask Jo").wait_for()
    assert store.commits() == before
    assert b"ask Jo" not in b"".join(store.files().values())


def test_a_deleted_task_comes_back(window: Window, store: Store) -> None:
    """After it is deleted its page says so, and one button brings back every byte."""
    page = window.go("/tasks/sess")
    before = store.file("sess").read_bytes()
    page.locator(".verbs summary", has_text="Delete").click()
    page.get_by_role("button", name="Delete this task").click()
    page.get_by_text("This task was deleted").wait_for()
    assert not store.file("sess").exists()
    page.get_by_role("button", name="Bring it back").click()
    page.locator(".state").wait_for()
    assert store.file("sess").read_bytes() == before


def test_what_was_typed_outlives_the_page(window: Window) -> None:
    """Words that were not saved are there again after another page, and can be forgotten."""
    page = window.go("/tasks/sess")
    page.get_by_label("Say something to all").fill("half a thou")
    page.locator("#edit-description summary").click()
    page.locator("#in-description").fill("Another text")
    window.go("/activity")
    page = window.go("/tasks/sess")
    assert page.get_by_label("Say something to all").input_value() == "half a thou"
    assert page.locator("#in-description").input_value() == "Another text"
    page.locator("#edit-description").get_by_role("button", name="Forget it").click()
    assert page.locator("#in-description").input_value() == "Drafts are *lost*."


def test_a_server_that_is_gone_loses_nothing(window: Window) -> None:
    """The form stays as it was typed, and says that it was not saved."""
    page = window.go("/tasks/sess")
    page.route("**/edit", lambda route: route.abort())
    place = page.locator("#edit-assignee")
    place.locator("summary").click()
    place.locator("input[name=value]").fill("li")
    place.get_by_role("button", name="Save").click()
    assert "cannot be reached" in place.get_by_role("alert").inner_text()
    assert page.locator("#in-assignee").input_value() == "li"
    page.unroute("**/edit")
    place.get_by_role("button", name="Save").click()
    page.locator(".notice.green").wait_for()
    assert shown(page, "assignee") == "li"
