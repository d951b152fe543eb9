"""A team at a server: three users of the three roles, and how a test logs in as one of them."""

from __future__ import annotations

from functools import cache

import httpx
from writing import Store

from tmfiles.web import passwords, users
from tmfiles.web.state import State
from web.serving import Served

SENTENCE = "a sentence is easy to keep"
TEAM = {
    "ada": users.user("ada", "Ada Min", "ada@example.org", "admin"),
    "ed": users.user("ed", "Ed Writer", "ed@example.org", "editor"),
    "rea": users.user("rea", "Rea Der", "rea@example.org", "reader"),
}


@cache
def kept() -> str:
    """Give the hash of everybody's password, which takes its time to make."""
    return passwords.hashed(SENTENCE)


def state(store: Store) -> State:
    """Give what the server of a store keeps for itself."""
    return State(str(store.private / "server"))


def gathered(store: Store) -> State:
    """Let the team in."""
    found = state(store)
    for one in TEAM.values():
        found.add(one)
        found.set_password(one.name, kept())
    return found


_opened: list[httpx.Client] = []


def client(served: Served, token: str = "") -> httpx.Client:
    """Give a client that follows nothing; `leave` closes it."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    made = httpx.Client(base_url=served.address, timeout=60, trust_env=False, headers=headers)
    _opened.append(made)
    return made


def leave() -> None:
    """Close all clients."""
    while _opened:
        _opened.pop().close()


def posted(browser: httpx.Client, path: str, data: dict[str, str], **headers: str) -> httpx.Response:
    """Send a form as a page of the server does."""
    return browser.post(path, data=data, headers={"Origin": str(browser.base_url).rstrip("/"), **headers})


def logged_in(served: Served, name: str) -> httpx.Client:
    """Give a browser in which a user has logged in."""
    browser = client(served)
    answer = posted(browser, "/login", {"name": name, "password": SENTENCE, "next": "/"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/"), answer.text
    return browser


def form_token(served: Served, browser: httpx.Client) -> str:
    """Give what the forms of a browser's pages send back."""
    people = served.app.state.people
    scope = {
        "type": "http",
        "headers": [(b"cookie", "; ".join(f"{k}={v}" for k, v in browser.cookies.items()).encode())],
    }
    person = people.find(scope)
    assert person is not None
    return str(people.form(person))
