"""What stands around every page: the two looks, the keyboard and its help, and what axe-core has to say of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from tmfiles.web import wording
from web.browsing import Window
from web.serving import Served

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-11-22", "today"),
        ("2026-11-21T23:30:00+02:00", "yesterday"),
        ("2026-11-23", "tomorrow"),
        ("2026-11-27", "Friday"),
        ("2026-11-19", "3 days ago"),
        ("2026-12-04", "4 Dec"),
        ("2025-12-04", "4 Dec 2025"),
        ("someday", "someday"),
    ],
)
def test_a_day_is_said_as_people_do(text: str, said: str) -> None:
    """Near days by name or distance, others by day and month, with the year where it is another."""
    assert wording.day(text, NOW) == said


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Maria Kern", "MK"), ("agent-7", "A7"), ("li", "LI"), ("Ana de la Vega", "AV"), ("☕", "?"), ("", "?")],
)
def test_a_person_is_two_letters(name: str, letters: str) -> None:
    """Of the first name and the last, or the first two of the only one; a colour of eight that stays."""
    assert wording.initials(name) == letters
    assert 0 <= wording.hue(name) == wording.hue(name.upper()) < 8


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("no task 'x'", "No task 'x'."),
        ("design cannot depend on itself", "design cannot depend on itself."),
        ("bd-x9 is blocked", "bd-x9 is blocked."),
        ("unknown key 'depend_on'; did you mean 'depends_on'?", "Unknown key 'depend_on'; did you mean 'depends_on'?"),
    ],
)
def test_a_message_is_a_sentence(message: str, said: str) -> None:
    """It begins large unless with an id, and ends with one sign."""
    assert wording.sentence(message, "design") == said


@pytest.mark.parametrize(
    ("value", "said"), [("Zoë", "Zoë"), ({"owner": "Zoë"}, '{"owner": "Zoë"}'), (True, "true"), (None, "null")]
)
def test_a_value_without_a_control_is_told_as_yaml(value: object, said: str) -> None:
    """Text as it is, all else as it could stand in the file, never as a program would print it."""
    assert wording.plain(value) == said


def test_the_look_is_the_system_s_until_it_is_chosen(browser: Any, server: Served) -> None:
    """Dark where the system is, light at the press of a key, and still light in the next page."""
    window = Window(browser, server.address, color_scheme="dark")
    page = window.go("/")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.keyboard.press("t")
    light = page.evaluate(ground)
    assert light != dark
    window.go("/")
    assert page.evaluate(ground) == light
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate(ground) == dark
    window.close()


def test_the_keys_are_told_and_can_be_silenced(window: Window) -> None:
    """A question mark shows them; the dialog goes with Escape; unticked, a key alone does nothing any more."""
    page = window.go("/")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard")
    dialog.wait_for()
    dialog.get_by_label("Listen to keys without Ctrl").uncheck()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").count() == 0


def test_nothing_serious_is_found(window: Window, faults: Callable[[Any], list[str]]) -> None:
    """axe-core finds nothing serious in the frame, in either look, with the help open or not."""
    page = window.go("/")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert faults(page) == []
        page.keyboard.press("?")
        assert faults(page) == []
        page.keyboard.press("Escape")
