"""A store with a task to be edited, and how a person edits it on its page."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from writing import Store

CONFIG = """\
version: 1
fields:
  customer: {type: text, description: Who asked for it}
  severity: {type: enum, choices: [minor, major]}
  public: {type: boolean}
"""

PAGES = ("/tasks/sess", "/tasks/sess/history", "/files/sess.yaml", "/activity", "/problems")


def editable(store: Store) -> Store:
    """Give a store fields of its own, and a task to be edited."""
    store.repo.write(".tasks/config.yaml", CONFIG)
    store.git("add", "-A")
    store.git("commit", "--quiet", "--message", "settings")
    store.do("add", "Sessions expire", "--id", "sess", "--description", "Drafts are *lost*.", "--criterion", "It holds")
    return store


def shown(page: Any, name: str) -> str:
    """Give what the page says of a field."""
    return str(page.locator(f"[id='edit-{name}'] .value").inner_text())


def change(page: Any, name: str, text: str) -> None:
    """Change a field as one does: open it, type, save."""
    place = page.locator(f"[id='edit-{name}']")
    place.locator("summary").first.click()
    control = place.locator("[name=value]")
    if control.evaluate("it => it.tagName") == "SELECT":
        control.select_option(text)
    else:
        control.fill(text)
    save(page, place)


def save(page: Any, place: Any) -> None:
    """Press the button of a form, and wait for the page that comes of it."""
    # What is seen live changes attributes, too: only the answer to the form brings another element.
    page.evaluate("document.querySelector('main').old = true")
    place.get_by_role("button", name="Save").click()
    for _ in range(200):
        page.wait_for_timeout(50)
        with suppress(Exception):  # between two pages there is none to ask
            if page.evaluate("document.readyState !== 'loading' && !document.querySelector('main').old"):
                return
    raise AssertionError("the page did not answer")
