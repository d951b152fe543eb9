"""The board in a browser: cards dragged, carried by key, moved by form, and taken back; whoever else moves them."""

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
    """Give the two tasks and six more, one of them in progress."""
    for name in ("alpha", "beta", "gamma", "delta", "epsilon"):
        store.do("add", name.capitalize(), "--id", name, "--assignee", "Maria" if name < "c" else "Li")
    store.do("add", "<b>Work</b> & more", "--id", "work", "--due", "2020-01-01", "--criterion", "It <i>holds</i>")
    store.do("start", "work")
    return store


def ids(page: Any, column: str) -> list[str]:
    """Give the tasks of a column, in the order in which they are shown."""
    found: list[str] = page.eval_on_selector_all(
        f"[data-column='{column}'] .card", "cards => cards.map(card => card.dataset.id)"
    )
    return found


def told(page: Any) -> str:
    """Wait for what is told, and give it."""
    words: str = page.locator(".toast p").last.inner_text()
    return words


def test_a_card_says_what_matters(window: Window) -> None:
    """What is late, blocked, whose and how far; texts with marks of HTML are texts."""
    page = window.go("/")
    card = page.locator("#card-work")
    assert "<b>Work</b> & more" in card.inner_text()
    assert "0/1" in card.inner_text()
    assert card.locator(".pill.red").count() == 1
    assert "waits for 1" in page.locator("#card-build").inner_text()
    assert ids(page, "blocked") == ["build"]
    assert ids(page, "in_progress") == ["work"]


def test_a_card_is_dragged_to_another_column(window: Window, store: Store) -> None:
    """It lies there at once, one commit says so in the person's name, and Undo puts it back where it was."""
    page = window.go("/")
    before = store.commits()
    page.drag_and_drop("#card-design", "[data-column='in_progress']", target_position={"x": 60, "y": 500})
    assert told(page) == "Moved Design to In progress"
    assert ids(page, "in_progress") == ["work", "design"]
    assert store.doc("design")["status"] == "in_progress"
    assert store.git("log", "-1", "--format=%an %s") == "Maria tm: place design Design"
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Took back").wait_for()
    assert "design" in ids(page, "pending")
    assert (store.doc("design")["status"], store.commits()) == ("pending", before + 2)


def test_a_card_is_dragged_to_a_place(window: Window, store: Store) -> None:
    """Among its column it stays where it was dropped, also after the page is opened anew."""
    page = window.go("/")
    first = ids(page, "pending")
    page.drag_and_drop(f"#card-{first[3]}", f"#card-{first[0]}", target_position={"x": 60, "y": 5})
    page.locator(".toast").wait_for()
    moved = [first[3], *first[:3], *first[4:]]
    assert ids(page, "pending") == moved
    window.go("/")
    assert ids(page, "pending") == moved
    assert "order" in store.doc(first[3])


def test_a_folded_column_takes_cards(window: Window, store: Store) -> None:
    """A card dropped on Completed is completed, and what waited for it is free."""
    page = window.go("/")
    page.drag_and_drop("#card-design", "[data-column='completed']")
    assert told(page) == "Moved Design to Completed"
    assert store.doc("design")["status"] == "completed"
    assert ids(page, "blocked") == []


def test_what_is_refused_is_told_and_stays(window: Window, store: Store) -> None:
    """A blocked task cannot be started: the card goes back, and the reason stands in the corner."""
    page = window.go("/")
    page.drag_and_drop("#card-build", "[data-column='in_progress']")
    assert "it is blocked by design" in told(page)
    assert ids(page, "blocked") == ["build"]
    assert "status" not in store.doc("build") or store.doc("build")["status"] == "pending"


def test_the_keyboard_does_it_all(window: Window, store: Store) -> None:
    """Cards are walked, carried along and across, moved by a form, taken back, and the focus stays on the card."""
    page = window.go("/")
    press = page.keyboard.press
    press("j")
    assert page.evaluate("document.activeElement.closest('.card').dataset.id") == "build"
    press("l")
    press("k")
    first = ids(page, "pending")
    at = page.evaluate("document.activeElement.closest('.card').dataset.id")
    assert at == first[0]
    press("Shift+ArrowDown")
    page.locator(".toast").wait_for()
    assert ids(page, "pending")[:2] == [first[1], first[0]]
    assert page.evaluate("document.activeElement.closest('.card').dataset.id") == at
    press("Shift+ArrowRight")
    page.get_by_text(f"Moved {store.doc(at)['title']} to In progress").wait_for()
    assert at in ids(page, "in_progress")
    press("u")
    page.get_by_text("Took back").wait_for()
    assert at in ids(page, "pending")
    page.locator(f"#card-{at} a.title").focus()
    press("m")
    dialog = page.get_by_role("dialog", name="Move a task")
    dialog.get_by_label("Status").select_option("cancelled")
    dialog.get_by_role("button", name="Move").click()
    page.get_by_text("to Cancelled").wait_for()
    assert store.doc(at)["status"] == "cancelled"
    press("j")
    press("Enter")
    page.wait_for_url("**/tasks/*")


def test_two_who_move_one_card(browser: Any, server: Served, store: Store) -> None:
    """The second learns where the first has put it, and nothing of the first's is undone."""
    one, two = Window(browser, server.address), Window(browser, server.address)
    first, second = one.go("/"), two.go("/")
    first.drag_and_drop("#card-design", "[data-column='completed']")
    told(first)
    second.evaluate(
        """async () => {
            const fields = new URLSearchParams({by: 'status', to: 'in_progress', seen: 'pending'});
            const answer = await fetch('/tasks/design/move',
                {method: 'POST', body: fields, headers: {Accept: 'application/json'}});
            document.title = answer.status + ' ' + (await answer.json()).detail;
        }"""
    )
    assert second.title() == "409 design was moved meanwhile: its status is completed, no more pending"
    assert store.doc("design")["status"] == "completed"
    one.close()
    two.close()


def test_without_script(browser: Any, server: Served, store: Store) -> None:
    """The board is read, filtered, a card moved by a form of its own, and that taken back by a button."""
    window = Window(browser, server.address, java_script_enabled=False)
    page = window.go("/")
    assert page.get_by_role("link", name="Alpha", exact=True).count() == 1
    page.get_by_label("Lanes").select_option("assignee")
    page.get_by_role("button", name="Show").click()
    assert page.get_by_role("heading", name="Maria").count() == 1
    page.get_by_role("link", name="Move Design").click()
    page.get_by_label("Status").select_option("in_progress")
    page.get_by_role("button", name="Move").click()
    assert store.doc("design")["status"] == "in_progress"
    page.get_by_text("Done: place design Design").wait_for()
    page.get_by_role("button", name="Undo").click()
    assert store.doc("design")["status"] == "pending"
    window.close()


def test_a_phone_moves_a_card_by_its_form(browser: Any, server: Served, store: Store) -> None:
    """Columns out of sight widen the board, not the page, so that the form's button is where it is seen."""
    window = Window(browser, server.address, viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True)
    page = window.go("/")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("link", name="Move Delta").tap()
    form = page.locator("dialog[open]")
    form.get_by_label("Status").select_option("in_progress")
    form.get_by_role("button", name="Move", exact=True).tap()
    assert told(page) == "Moved Delta to In progress"
    assert store.doc("delta")["status"] == "in_progress"
    window.close()


def test_filters_lanes_and_columns(window: Window) -> None:
    """By assignee, in lanes by status, of one tag; the address says it all; what cannot be read is told."""
    page = window.go("/")
    page.get_by_label("Columns").select_option("assignee")
    page.locator("#column-Maria").wait_for()
    assert ids(page, "Maria") == ["alpha", "beta"]
    assert "by=assignee" in page.url
    page.get_by_label("Lanes").select_option("priority")
    page.get_by_role("heading", name="High").wait_for()
    page.keyboard.press("f")
    page.keyboard.type("#web")
    page.keyboard.press("Enter")
    page.locator(".card").nth(1).wait_for(state="detached")
    window.go("/?q=stats:done")
    assert "no filter stats:" in page.get_by_role("alert").inner_text()
    assert "did you mean status:done?" in page.get_by_role("alert").inner_text()


def test_a_card_changes_its_lane(window: Window, store: Store) -> None:
    """Dropped in another lane and column it gets both, in one commit."""
    page = window.go("/?lanes=assignee")
    before = store.commits()
    target = "[data-column='in_progress'][data-lane='Li']"
    page.drag_and_drop("#card-alpha", target)
    told(page)
    assert (store.doc("alpha")["status"], store.doc("alpha")["assignee"]) == ("in_progress", "Li")
    assert store.commits() == before + 1


def test_a_limit_is_seen(window: Window, store: Store) -> None:
    """The column says how many of how many, and warns when there are too many."""
    store.do("config", "set", "policies.wip", "{total: 1, level: warning}")
    page = window.go("/")
    assert page.locator("#column-in_progress .column-head .pill").inner_text() == "1 / 1"
    store.do("start", "alpha")
    window.go("/")
    assert page.locator("#column-in_progress .column-head .pill.red").inner_text() == "2 / 1"


def test_a_new_task_in_one_line(window: Window, store: Store) -> None:
    """A key opens the form; marks fill fields; what cannot be is told and what was typed stays."""
    page = window.go("/")
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog", name="New task")
    field = dialog.get_by_label("What is to be done")
    field.fill("Fix login #auth !hihg")
    field.press("Enter")
    page.get_by_text("priority 'hihg' is not one of").wait_for()
    assert field.input_value() == "Fix login #auth !hihg"
    field.fill("Fix login #auth @maria !high due:2027-01-01")
    field.press("Enter")
    page.get_by_text("Added Fix login").wait_for()
    (name,) = [one for one in ids(page, "pending") if store.doc(one)["title"] == "Fix login"]
    doc = store.doc(name)
    assert (doc["tags"], doc["assignee"], doc["priority"], doc["due"]) == (["auth"], "maria", "high", "2027-01-01")
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Took back").wait_for()
    assert not store.file(name).exists()


def test_everything_by_name(window: Window) -> None:
    """The palette finds pages, things to do and tasks, and says nothing where there is nothing."""
    page = window.go("/")
    page.keyboard.press("p")
    field = page.get_by_role("combobox", name="Everything by name")
    field.fill("go to list")
    field.press("Enter")
    page.wait_for_url("**/list")
    page.keyboard.press("Control+k")
    field.fill("gam")
    page.get_by_role("option", name="Gamma").wait_for()
    field.press("ArrowDown")
    field.press("ArrowUp")
    field.press("Enter")
    page.wait_for_url("**/tasks/gamma")


def test_a_view_is_saved(window: Window) -> None:
    """It has a name in this browser, leads back, and can be forgotten."""
    page = window.go("/?q=%23web")
    page.get_by_role("button", name="Save this view").click()
    page.get_by_label("Name").fill("Web")
    page.keyboard.press("Enter")
    window.go("/")
    page.get_by_role("navigation", name="Saved views").get_by_role("link", name="Web").click()
    page.wait_for_url("**/?q=%23web")
    page.get_by_role("button", name="Forget this view").click()
    window.go("/")
    assert page.get_by_role("link", name="Web", exact=True).count() == 0


def test_what_is_typed_and_ticked_survives_a_change(window: Window, store: Store) -> None:
    """A page shown anew keeps the focus, the words in a field and the place in a column."""
    page = window.go("/")
    page.locator("#q").fill("half a wo")
    store.do("add", "Zeta", "--id", "zeta", "--priority", "critical")
    page.evaluate("import('/static/live.js').then((live) => live.refresh())")
    page.locator("#card-zeta").wait_for()
    assert page.locator("#q").input_value() == "half a wo"
    assert page.evaluate("document.activeElement.id") == "q"
    assert ids(page, "pending")[0] == "zeta"


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "elsewhere"]
)
def test_the_way_back_leads_nowhere_else(http: httpx.Client, back: str) -> None:
    """A form that was made to lead to another site leads to the board."""
    answer = http.post("/tasks/alpha/move", data={"end": "top", "back": back})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/?done=")


@pytest.mark.parametrize(
    ("path", "data", "told"),
    [
        ("/tasks/alpha/move", {"by": "status"}, "no place to move to"),
        ("/tasks/alpha/move", {"by": "team", "end": "top"}, "unknown column 'team'"),
        ("/tasks/alpha/move", {"by": "team", "to": "x"}, "unknown column 'team'"),
        ("/tasks/alpha/move", {"by": "type", "to": ""}, "every task has a type"),
        ("/tasks/alpha/move", {"by": "parent", "to": "alpha"}, "alpha"),
        ("/tasks/nothing/move", {"end": "top"}, "no task 'nothing'"),
        ("/undo", {"commit": "zz"}, "no command 'zz'"),
        ("/add", {"text": " "}, "the title is blank"),
    ],
)
def test_what_a_form_cannot_ask_for(
    http: httpx.Client, store: Store, path: str, data: dict[str, str], told: str
) -> None:
    """It is refused in words, and nothing is written."""
    before = store.commits()
    answer = http.post(path, data=data, headers={"Accept": "application/json"})
    assert answer.status_code in (404, 409, 422)
    assert told in answer.json()["detail"]
    assert store.commits() == before


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?by=team", 422),
        ("/?lanes=team", 422),
        ("/?by=status&lanes=status", 422),
        ("/?closed=maybe", 400),
        ("/?more=pending&more=nothing", 200),
        ("/?by=phase&closed=1", 200),
        ("/list?page=0", 400),
        ("/list?page=99999999999999999999", 200),
        ("/list?sort=nothing", 422),
        ("/list?q=%23", 422),
        ("/tasks/nothing/move", 404),
        ("/tasks/alpha/move?by=team", 422),
        ("/find?q=%22", 200),
        ("/undo", 303),
    ],
)
def test_an_address_that_somebody_made_up(http: httpx.Client, path: str, status: int) -> None:
    """Whatever stands in it, the answer is a page or a refusal, and never a failure of the server."""
    assert http.get(path).status_code == status


def test_nothing_serious_is_found(window: Window, faults: Callable[[Any], list[str]]) -> None:
    """axe-core finds nothing serious on the board and its forms, in either look."""
    for path in ("/", "/?lanes=assignee&closed=1", "/add", "/tasks/alpha/move", "/?q=stats:x"):
        page = window.go(path)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert faults(page) == [], f"{path} {scheme}"


def test_another_s_change_appears(window: Window, store: Store) -> None:
    """An edit by hand, a command elsewhere and a broken file appear in the open page, which keeps its focus."""
    page = window.go("/")
    page.locator("html.connected").wait_for()
    page.locator("#card-alpha a.title").focus()
    store.do("start", "beta")
    page.locator("[data-column='in_progress'] #card-beta").wait_for()
    store.file("gamma").write_text("title: By hand\n", encoding="utf-8")
    page.get_by_text("By hand").wait_for()
    store.file("delta").write_text("title: [\n", encoding="utf-8")
    page.locator(".notice.red").wait_for()
    assert page.evaluate("document.activeElement.closest('.card').dataset.id") == "alpha"


def test_who_does_not_look_does_not_listen(window: Window, store: Store) -> None:
    """A page behind others gives its line back, and shows what came meanwhile when it is looked at again."""
    page = window.go("/")
    turn = "hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
    turn += " document.dispatchEvent(new Event('visibilitychange')); }"
    page.locator("html.connected").wait_for()
    page.evaluate(turn, True)
    assert page.locator("html.connected").count() == 0
    store.do("start", "beta")
    page.evaluate(turn, False)
    page.locator("[data-column='in_progress'] #card-beta").wait_for()


def test_a_team_at_the_board(browser: Any, server: Served, store: Store) -> None:
    """An editor who logged in moves cards in their own name, with forms of their session; a reader can only look."""
    from web.team import SENTENCE, gathered

    gathered(store)
    for name, seen in (("ed", True), ("rea", False)):
        window = Window(browser, server.address)
        page = window.go("/")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(SENTENCE)
        page.get_by_role("button", name="Log in").click()
        page.locator("#card-alpha").wait_for()
        assert page.get_by_role("link", name="New task").is_visible() is seen
        assert (page.get_attribute("#card-alpha", "draggable") == "true") is seen
        if seen:
            page.drag_and_drop("#card-design", "[data-column='in_progress']")
            assert told(page) == "Moved Design to In progress"
            page.get_by_role("button", name="Undo").click()
            page.get_by_text("Took back").wait_for()
        window.close()
    assert store.git("log", "-1", "--format=%an <%ae>") == "Ed Writer <ed@example.org>"
