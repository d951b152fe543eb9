"""The text of a file in the editor of a page: what is wrong where, saved to the byte, and nothing typed is lost."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from writing import Store

from tmfiles.web.pages.file import as_file, as_text
from web.browsing import Window
from web.serving import Served

TEXT = "# a comment\ntitle:   Odd   # spaces stay\n\n\npriority: high\nunknown: {a: 1}\n"


@pytest.fixture
def odd(store: Store) -> Store:
    """Give a store with a file that a person wrote in their own way."""
    store.file("odd").write_text(TEXT)
    store.git("add", "-A")
    store.git("commit", "--quiet", "--message", "odd")
    return store


def press(page: Any, name: str) -> None:
    """Press a button of the editor, and wait for the page that comes of it."""
    page.evaluate("document.querySelector('main').dataset.old = 'yes'")
    page.locator("form.file").get_by_role("button", name=name).click()
    page.locator("main:not([data-old])").wait_for()


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no-script"])
def test_a_text_is_saved_as_it_was_typed(scripted: bool, browser: Any, server: Served, odd: Store) -> None:
    """Comments, spaces and unknown keys are the person's own; one commit holds the edit, and it is undone."""
    window = Window(browser, server.address, java_script_enabled=scripted)
    page = window.go("/tasks/odd/file")
    before = odd.file("odd").read_bytes()
    assert page.get_by_label("The text of the file").input_value() == TEXT
    new = TEXT.replace("high", "low   # not now") + "# the end"
    page.get_by_label("The text of the file").fill(new)
    press(page, "Save")
    assert odd.file("odd").read_bytes() == new.encode()
    assert odd.subjects("-1") == ["tm: edit odd Odd"]
    page.get_by_role("button", name="Undo").click()
    page.locator(".state").wait_for()
    assert odd.file("odd").read_bytes() == before
    window.close()


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no-script"])
def test_an_error_is_told_where_it_stands(scripted: bool, browser: Any, server: Served, odd: Store) -> None:
    """Line and column are those of `check`; the text stays as it was typed, and the file as it was."""
    window = Window(browser, server.address, java_script_enabled=scripted)
    page = window.go("/files/odd.yaml")
    before = odd.files()
    new = TEXT.replace("high", "hihg").replace("unknown", "tilte")
    page.get_by_label("The text of the file").fill(new)
    press(page, "Save")
    rows = page.locator("#file-problems li").all_inner_texts()
    assert ["line 5, column 1" in rows[0], "did you mean 'high'" in rows[0]] == [True, True]
    assert ["line 6, column 1" in rows[1], "title" in rows[1]] == [True, True]
    assert page.get_by_label("The text of the file").input_value() == new
    assert odd.files() == before
    odd.file("odd").write_text(new)
    said = odd.do("check", "odd", code=1).out
    assert said.split(" ")[0] == ".tasks/odd.yaml:5:1:"
    window.close()


def test_what_is_wrong_is_told_while_one_types(window: Window, odd: Store) -> None:
    """After a pause, without a save; a click leads to the place, and the number of its line is marked."""
    page = window.go("/files/odd.yaml")
    text = page.get_by_label("The text of the file")
    text.fill(TEXT + "due: someday\n")
    link = page.locator("#file-problems").get_by_role("link", name="line 7, column 1")
    link.wait_for()
    assert page.locator(".gutter .bad").all_inner_texts() == ["7"]
    link.click()
    assert page.evaluate("document.activeElement.id") == "text"
    assert page.evaluate("document.activeElement.selectionStart") == len(TEXT)
    text.fill(TEXT)
    link.wait_for(state="detached")
    assert page.locator(".gutter span").count() == 7
    assert odd.commits() == int(odd.git("rev-list", "--count", "HEAD"))


def test_a_broken_file_is_mended_on_the_page(window: Window, store: Store) -> None:
    """What is no task leads to its text, with the line that is wrong; mended, it is a task again, and nothing else
    stood still meanwhile."""
    store.file("lost").write_text("title: Lost\n  due: x: y\n")
    page = window.go("/tasks/lost")
    assert page.url.endswith("/files/lost.yaml")
    assert "cannot be read as a task" in page.locator("main").inner_text()
    assert page.locator(".gutter .bad").count() == 1
    assert window.go("/tasks/design").locator("h1").inner_text() == "Design"
    page = window.go("/files/lost.yaml")
    page.get_by_label("The text of the file").fill("title: Found\n")
    press(page, "Save")
    assert window.go("/tasks/lost").locator("h1").inner_text() == "Found"
    store.assert_sound()


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no-script"])
def test_two_who_edit_one_text(scripted: bool, browser: Any, server: Served, odd: Store) -> None:
    """Other fields are put together; the same field is told with both sides, and neither text is lost."""
    window = Window(browser, server.address, java_script_enabled=scripted)
    page = window.go("/files/odd.yaml")
    odd.do("update", "odd", "--assignee", "li")
    page.get_by_label("The text of the file").fill(TEXT.replace("high", "low"))
    press(page, "Save")
    assert (odd.doc("odd")["priority"], odd.doc("odd")["assignee"]) == ("low", "li")
    odd.do("update", "odd", "--priority", "critical", "--due", "2026-12-01")
    text = page.get_by_label("The text of the file")
    text.fill(text.input_value().replace("low", "medium"))
    press(page, "Save")
    told = page.locator("main").inner_text()
    assert ["theirs: critical" in told, "yours: medium" in told] == [True, True]
    kept = page.get_by_label("The text of the file").input_value()
    assert ["priority: medium" in kept, "due: 2026-12-01" in kept] == [True, True]
    assert odd.doc("odd")["priority"] == "critical"
    press(page, "Save")
    assert (odd.doc("odd")["priority"], odd.doc("odd")["due"]) == ("medium", "2026-12-01")
    odd.assert_sound()
    window.close()


def test_a_text_outlives_the_page(window: Window, odd: Store) -> None:
    """What was typed and not saved can be gone on with, or forgotten."""
    page = window.go("/files/odd.yaml")
    page.get_by_label("The text of the file").fill(TEXT + "due: 2026-12-01\n")
    window.go("/problems")
    page = window.go("/files/odd.yaml")
    page.get_by_role("button", name="Go on with it").click()
    assert page.get_by_label("The text of the file").input_value() == TEXT + "due: 2026-12-01\n"
    press(page, "Save")
    assert odd.doc("odd")["due"] == "2026-12-01"
    window.go("/problems")
    page = window.go("/files/odd.yaml")
    assert page.get_by_role("button", name="Forget it").count() == 0


def test_the_settings_are_edited_too(window: Window, store: Store) -> None:
    """What is wrong in config.yaml is told like any other text."""
    page = window.go("/files/config.yaml")
    text = page.get_by_label("The text of the file")
    before = text.input_value()
    text.fill(before + "layout: round\n")
    press(page, "Save")
    assert "layout" in page.locator("#file-problems").inner_text()
    page.get_by_label("The text of the file").fill(before + "layout: flat\n")
    press(page, "Save")
    assert (store.path / ".tasks/config.yaml").read_text().endswith("layout: flat\n")


@pytest.mark.parametrize(
    "data",
    [b"title: a\r\npriority: low\r\n", b"\xef\xbb\xbftitle: a\n", b"title: a\r\n\r\n# b\nx: 1\n", b"title: a"],
    ids=["crlf", "mark", "mixed", "no-end"],
)
def test_the_way_of_a_file_stays(data: bytes, http: httpx.Client, store: Store) -> None:
    """A browser knows neither line ends nor byte order marks: what it sends back unchanged changes nothing, and a
    new line ends as most of them do."""
    store.file("way").write_bytes(data)
    store.git("-c", "core.autocrlf=false", "add", "-A")
    store.git("commit", "--quiet", "--message", "way")
    text = as_text(data).replace("\n", "\r\n")
    before = store.commits()
    answer = http.post("/files/way.yaml", data={"base": text, "text": text, "do": "save"})
    assert (answer.status_code, store.file("way").read_bytes(), store.commits()) == (303, data, before)
    http.post("/files/way.yaml", data={"base": text, "text": text.rstrip() + "\r\ntype: bug\r\n", "do": "save"})
    held = store.file("way").read_bytes()
    assert held.rstrip().endswith(b"\ntype: bug")
    assert held.endswith(b"\r\n") is (b"\r" in data)
    assert held.startswith(data.rstrip()) or b"\r\n\r\n# b\n" in held


LINE = st.text(st.sampled_from("ab: #"), max_size=4)


@given(st.lists(st.tuples(LINE, st.sampled_from(["\n", "\r\n", "\r"])), max_size=8), LINE, st.booleans())
def test_no_file_is_changed_by_looking(lines: list[tuple[str, str]], last: str, mark: bool) -> None:
    """Whatever a file's lines end in, what a control shows of it goes back as the very bytes."""
    data = (("\ufeff" if mark else "") + "".join(map("".join, lines)) + last).encode()
    assert as_file(as_text(data), data) == data


def test_what_no_control_can_hold_is_only_shown(http: httpx.Client, store: Store) -> None:
    """A file that is no UTF-8 is shown, and cannot be saved by mistake."""
    store.file("bad").write_bytes(b"title: \xff\n")
    answer = http.get("/files/bad.yaml")
    assert 'value="save"' not in answer.text
    assert "readonly" in answer.text


@pytest.mark.parametrize(
    "path",
    ["../.git/config", "%2e%2e/.git/config", "/etc/passwd", "no.yaml", "..%2f..%2fREADME.md", ".gitattributes"],
)
def test_no_other_file_is_reached(path: str, http: httpx.Client, store: Store) -> None:
    """Only what the store has found itself is read or written."""
    (store.path / "README.md").write_text("secret")
    assert http.get(f"/files/{path}").status_code in (404, 422)
    assert http.post(f"/files/{path}", data={"base": "", "text": "x", "do": "save"}).status_code in (404, 405, 422)
    assert (store.path / "README.md").read_text() == "secret"
